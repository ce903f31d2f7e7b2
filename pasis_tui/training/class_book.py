"""A class's results as an Excel book: a row for each learner and exercise."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pasis_tui.files.books import Column, write_book
from pasis_tui.training.classes import Done, SchoolClass

_COLUMNS = (
    Column("Deltagare", 28),
    Column("Övning", 24),
    Column("Titel", 40),
    Column("Poäng", 8, "number"),
    Column("Tangenter", 10, "number"),
    Column("Facit", 8, "number"),
    Column("Försök", 8, "number"),
    Column("Senast", 17),
)


def write_results(path: Path, group: SchoolClass, done: tuple[Done, ...]) -> int:
    """Write *done* of a class to *path* and return how many rows.  Raises FileTrouble."""
    rows = [
        (
            each.name,
            each.exercise,
            each.title,
            each.marks,
            each.keys or None,
            each.par_keys or None,
            each.tries,
            shown_time(each.last),
        )
        for each in done
    ]
    facts = [("Klass", group.name), ("Ord", group.word), ("Började", shown_time(group.made))]
    return write_book(path, "Resultat", _COLUMNS, rows, facts)


def shown_time(at: float) -> str:
    """Return a time of the store by this machine's clock, as ``2026-03-02 09:15``."""
    return f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}"
