"""One module per piece of work a clerk does."""
