"""The shared validation module: pure rules, no database, no screen."""
