"""What keeps a register whole over the years: backups, restoring, checks, retention."""
