"""The search in a ``<<`` list: which rows match what is typed.

A row is (code, text).  Upper and lower case, accents' spelling and a screen's leading zero make no
difference.
"""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.validation.typed import plain

Row = tuple[str, str]


def begins(row: Row, typed: str) -> bool:
    """Whether the row's code or text begins with *typed*, which must not be empty."""
    wanted = _folded(typed)
    code, text = _folded(row[0]), _folded(row[1])
    starts = (code, code.lstrip("0"), text)
    return any(start.startswith(wanted) for start in starts) or (
        "." in wanted and code.startswith(wanted.replace(".", ""))
    )


def holds(row: Row, typed: str) -> bool:
    """Whether every word of *typed* stands somewhere in the row's code or text."""
    text = _folded(f"{row[0]} {row[1]}")
    return all(
        word in text or ("." in word and word.replace(".", "") in text)
        for word in _folded(typed).split()
    )


def narrowed(rows: Sequence[Row], typed: str) -> list[Row]:
    """Return the *rows* that hold *typed*: the code itself first, then what begins with it."""
    if not typed.strip():
        return list(rows)
    return sorted((row for row in rows if holds(row, typed)), key=lambda row: _rank(row, typed))


def searches(rows: Sequence[Row], typed: str, digit: str) -> bool:
    """Tell whether *digit* extends the search after *typed* instead of choosing that row.

    A number that is being typed, such as a date, is never cut short.
    """
    if typed[-1:].isdecimal():
        return True
    longer = typed.lstrip() + digit
    matches = holds if typed.strip() else begins
    return any(matches(row, longer) for row in rows)


def _rank(row: Row, typed: str) -> int:
    wanted, code = _folded(typed).strip(), _folded(row[0])
    if wanted in (code, code.lstrip("0")) or wanted.replace(".", "") == code:
        return 0
    return 1 if begins(row, wanted) else 2


def _folded(text: str) -> str:
    return plain(text).casefold()
