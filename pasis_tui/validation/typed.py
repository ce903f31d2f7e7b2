"""How a number, a date or a code is typed and pasted, made plain before it is read."""

from __future__ import annotations

import unicodedata

from pasis_tui.validation.unseen import shortened

# What word processors, spreadsheets and phones write where a keyboard has a hyphen: hyphens,
# dashes and bars, the minus sign, and the small ones that NFKC leaves.
_DASHES = dict.fromkeys(map(ord, "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212"), "-")

# The kinds of fields; ``fields`` has a reader for each, and its imports are not for the start.
KINDS = frozenset(
    [
        "text",
        "output",
        "password",
        "code",
        "digits",
        "amount",
        "date",
        "time",
        "yesno",
        "identity",
        "diagnosis",
        "kva",
    ]
)


class InvalidValue(ValueError):
    """What a field does not take; ``reason`` is a Swedish sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def composed(text: str) -> str:
    """Return *text* in NFC: a letter in two parts (A and its ring), as macOS writes it, is one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """Return *text* in NFKC, every dash a hyphen, with nothing blank around it."""
    if text.isascii():
        return text.strip(" \t")
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip(" \t")


def short(text: str) -> str:
    """Return *text* as a message quotes it: printable, at most 20 characters."""
    return shortened(text, 20)
