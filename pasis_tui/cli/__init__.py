"""The command line of ``pasis``."""
