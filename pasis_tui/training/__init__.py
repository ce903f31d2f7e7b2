"""Practice data, and later the exercises."""
