"""What a command of ``pasis`` asks: a password, unless the environment has it, or a yes."""

from __future__ import annotations

import os
import sys

from pasis_tui.validation.for_people import ForPeople


class NoPassword(ForPeople):
    """No password can be had."""


def password(prompt: str) -> str:
    """Return PASIS_PASSWORD, or what is typed at *prompt* without being shown.

    Raises NoPassword.
    """
    if (answer := os.environ.get("PASIS_PASSWORD")) is None:
        answer = _typed(prompt)
    try:
        answer.encode()
    except UnicodeEncodeError as error:  # bytes that are not valid text
        raise NoPassword("Lösenordet har tecken som inte kan läsas.") from error
    return answer


def yes(question: str) -> bool:
    """Ask *question* at the terminal; only J or ja is a yes."""
    print(f"{question} (J/N) ", end="", flush=True)  # noqa: T201 - it is a question
    try:
        answer = sys.stdin.readline()
    except (UnicodeDecodeError, OSError):
        return False
    return answer.strip().casefold() in {"j", "ja"}


def _typed(prompt: str) -> str:
    from getpass import getpass

    try:
        if _is_terminal():
            return getpass(prompt)
        # getpass would warn in English; what another program says is read as it is.
        line = "" if sys.stdin is None else sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise NoPassword("Lösenordet har tecken som inte kan läsas.") from error
    except (EOFError, OSError):
        line = ""
    if not line:
        raise NoPassword(
            "Lösenordet kan inte frågas efter: det finns ingen terminal. Sätt PASIS_PASSWORD."
        )
    return line.rstrip("\r\n")


def _is_terminal() -> bool:
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))  # where getpass asks when it can
    except OSError:
        return False
    return True
