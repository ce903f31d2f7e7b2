"""What a service answers when it cannot, besides a refusal by a rule."""

from __future__ import annotations


class NotFound(Exception):
    """There is no such thing at this unit; the text is a Swedish sentence with a way out."""


class NoRight(Exception):
    """The actor lacks the right; the text is a Swedish sentence."""


class LoginRefused(Exception):
    """Nobody was logged on; the text says no more than it may."""
