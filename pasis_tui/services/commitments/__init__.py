"""Vårdåtaganden: opened, changed, closed, and what decides their state."""
