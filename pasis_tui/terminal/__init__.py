"""The terminal's bytes: what comes in, what goes out, and how the program is guarded."""
