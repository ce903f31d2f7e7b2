"""Visits and their medical registration."""
