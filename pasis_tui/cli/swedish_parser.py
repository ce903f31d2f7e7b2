"""argparse in Swedish.

argparse asks gettext for each of its messages, by the English text; here it is answered without
catalogue files.  A message that a later Python words anew is left in English, never lost.
"""

from __future__ import annotations

import argparse
from typing import NoReturn

from pasis_tui.validation.unseen import marked

_SWEDISH = {
    "usage: ": "Användning: ",
    "positional arguments": "argument",
    "options": "val",
    "show this help message and exit": "visa den här hjälpen",
    " (default: %(default)s)": " (annars %(default)s)",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "det här saknas: %s",
    "unrecognized arguments: %s": "det här känns inte igen: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "%(value)r går inte, välj bland %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r går inte, skriv ett heltal",  # no other type
    "expected one argument": "ett värde ska stå efter",
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s kan betyda flera: %(matches)s"
    ),
    "ignored explicit argument %r": "tar inget värde men fick %r",
}


# argparse's own name for gettext
setattr(argparse, "_", lambda message: _SWEDISH.get(message, message))  # noqa: B010


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one sentence, which names the help, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """End the program with what was wrong, without the escape sequences that were typed."""
        self.exit(2, f"pasis: {marked(message)}. Se {self.prog} --help.\n")
