"""What a command of ``pasis`` asks: words, a password, or a yes.

A password comes from the terminal, unseen, or as a line of standard input: not as an argument, nor
in the environment, for both stand in the system's list of processes.
"""

from __future__ import annotations

import sys

from pasis_tui.validation.for_people import ForPeople


class NoPassword(ForPeople):
    """No password can be had."""


class Unequal(ForPeople):
    """The new password was typed in two ways."""


def password(prompt: str) -> str:
    """Return what is typed at *prompt* without being shown, or the next line of standard input.

    Raises NoPassword.
    """
    answer = _typed(prompt)
    try:
        answer.encode()
    except UnicodeEncodeError as error:  # bytes that are not valid text
        raise NoPassword("Lösenordet har tecken som inte kan läsas.") from error
    return answer


def new_password(prompt: str) -> str:
    """Return a new password, asked for twice at a terminal.  Raises NoPassword and Unequal."""
    typed = password(prompt)
    if sys.stdin.isatty() and password("En gång till: ") != typed:
        raise Unequal("Lösenorden är olika. Inget är ändrat.")
    return typed


def line(prompt: str, missing: str) -> str:
    """Return what is typed at *prompt*; without a terminal raise NoPassword with *missing*."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise NoPassword(missing)
    print(prompt, end="", flush=True)  # noqa: T201 - it is a question
    try:
        return sys.stdin.readline().strip()
    except (UnicodeDecodeError, OSError) as error:
        raise NoPassword("Det som skrevs har tecken som inte kan läsas.") from error


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
        if sys.stdin is not None and sys.stdin.isatty():
            return getpass(prompt)
        answer = "" if sys.stdin is None else sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise NoPassword("Lösenordet har tecken som inte kan läsas.") from error
    except (EOFError, OSError):
        answer = ""
    if not answer:
        raise NoPassword(
            "Lösenordet kan inte frågas efter: det finns ingen terminal. Ge det på standard in."
        )
    return answer.rstrip("\r\n")
