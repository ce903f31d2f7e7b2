"""Display files, the keymap and Snabbval."""
