"""Persons: found, kept, numbered, and whom a unit may see."""
