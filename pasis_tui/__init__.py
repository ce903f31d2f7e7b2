"""PASiS on a keyboard: the numbered screens of a patient administration system."""

__version__ = "0.1.0"
