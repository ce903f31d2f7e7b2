"""One view a numbered screen: what is more than its display file."""
