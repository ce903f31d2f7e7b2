"""A user's favourites: ordered, the first nine on digits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.exports.whole import whole
from pasis_tui.models import Favourite
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork, Work
from pasis_tui.validation.file_faults import in_swedish

# The instruction's chapter "Tips på favoriter att spara", in its order.
LONGEST = 60  # characters of a favourite's name
SUGGESTED = (
    ("014", "014 Personuppgifter"),
    ("283 1", "283 Högkostnadsöversikt"),
    ("283 2", "283 Manuellt registrerade besök"),
    ("610", "610 Frikortsregistrering"),
    ("048", "048 Översikt vårdåtaganden (psykoterapi/MMS)"),
    ("040", "040 Vårdåtaganden"),
    ("083", "083 Vårdkontakter"),
    ("085", "085 Besöksregistrering"),
    ("184", "184 Medicinsk registrering"),
)


class BadFavouritesFile(Exception):
    """A file that holds no favourites; the text is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """One favourite; ``position`` counts from 1."""

    position: int
    code: str
    label: str


_MINE = Query(
    select(col(Favourite.id), col(Favourite.code), col(Favourite.label))
    .where(col(Favourite.user_id) == bindparam("user_id"))
    .order_by(col(Favourite.position), col(Favourite.id))
)


def _mine(work: Work, context: Context) -> list[tuple[int, str, str]]:
    return [(r[0], r[1], r[2]) for r in work.all(_MINE, user_id=context.actor.user_id)]


def listing(context: Context) -> tuple[FavouriteRow, ...]:
    """Return the actor's favourites in order."""
    with UnitOfWork(context, reading=True) as work:
        rows = _mine(work, context)
    return tuple(FavouriteRow(n, code, label) for n, (_, code, label) in enumerate(rows, 1))


def add(context: Context, code: str, label: str) -> None:
    """Add a favourite last; one that is there already stays where it is."""
    with UnitOfWork(context) as work:
        rows = _mine(work, context)
        if code not in (c for _, c, _ in rows):
            _insert(work, context, len(rows) + 1, code, label)
        work.commit()


def _insert(work: Work, context: Context, position: int, code: str, label: str) -> None:
    work.insert(Favourite, user_id=context.actor.user_id, position=position, code=code, label=label)


def remove(context: Context, code: str) -> None:
    """Remove a favourite; one that is not there is no fault."""
    with UnitOfWork(context) as work:
        work.delete(Favourite, user_id=context.actor.user_id, code=code)
        _number(work, context)
        work.commit()


def _number(work: Work, context: Context) -> None:
    for position, (row_id, _, _) in enumerate(_mine(work, context), 1):
        work.update(Favourite, row_id, None, position=position)


def rename(context: Context, code: str, label: str) -> None:
    """Give a favourite the actor's own words."""
    with UnitOfWork(context) as work:
        for row_id, own, _ in _mine(work, context):
            if own == code:
                work.update(Favourite, row_id, None, label=label[:LONGEST])
        work.commit()


def move(context: Context, code: str, by: int) -> None:
    """Move a favourite *by* places, up when negative; the ends hold."""
    with UnitOfWork(context) as work:
        rows = _mine(work, context)
        at = next((i for i, (_, own, _) in enumerate(rows) if own == code), None)
        if at is not None:
            row = rows.pop(at)
            rows.insert(max(0, min(len(rows), at + by)), row)
            for position, (row_id, _, _) in enumerate(rows, 1):
                work.update(Favourite, row_id, None, position=position)
        work.commit()


def load(context: Context, wanted: Iterable[tuple[str, str]]) -> None:
    """Take over *wanted*, (code, label) in order; the actor's others come after them."""
    with UnitOfWork(context) as work:
        chosen = list(wanted)
        codes = {code for code, _ in chosen}
        kept = [(code, label) for _, code, label in _mine(work, context) if code not in codes]
        work.delete(Favourite, user_id=context.actor.user_id)
        for position, (code, label) in enumerate([*chosen, *kept], 1):
            _insert(work, context, position, code, label)
        work.commit()


def export_file(context: Context, path: Path) -> int:
    """Write the favourites to *path* for others to load; returns how many.  Raises FileTrouble."""
    rows = listing(context)
    lines = ["# Favoriter för PASiS övningsprogram"]
    for row in rows:
        label = row.label.replace("\\", "\\\\").replace('"', '\\"')
        lines += ["", "[[favourite]]", f'code = "{row.code}"', f'label = "{label}"']
    with whole(path) as file:
        file.write(("\n".join(lines) + "\n").encode())
    return len(rows)


def import_file(context: Context, path: Path, known: Iterable[str]) -> int:
    """Load the favourites in *path* whose screens are *known*; returns how many.

    Raises BadFavouritesFile.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [(str(r["code"]), _printable(str(r["label"]))) for r in raw["favourite"]]
    except OSError as error:
        raise BadFavouritesFile(f"Filen kan inte läsas: {in_swedish(error)}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadFavouritesFile("Filen innehåller inga favoriter.") from error
    codes = set(known)
    # A screen that the file names twice keeps its first place and words.
    chosen = {code: label for code, label in reversed(rows) if code in codes}
    wanted = [(code, chosen.pop(code)) for code, _ in rows if code in chosen]
    load(context, wanted)
    return len(wanted)


def _printable(label: str) -> str:
    """Keep what a screen can show: a file from elsewhere may hold escape sequences."""
    return "".join(c for c in label if c.isprintable())[:LONGEST]
