"""The three forms of screen 048, and its list."""
