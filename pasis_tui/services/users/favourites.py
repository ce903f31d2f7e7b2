"""A user's favourites: ordered, the first nine on digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from pasis_tui.display.display_files import displays
from pasis_tui.files.whole import FileTrouble, whole
from pasis_tui.models import Favourite
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork, Work
from pasis_tui.validation import toml_files
from pasis_tui.validation.typed import composed

# The instruction's chapter "Tips på favoriter att spara", in its order.
LONGEST = 60  # characters of a favourite's name
_SUGGESTED = ("014", "283 1", "283 2", "610", "048", "040", "083", "085", "184")


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """One favourite; ``position`` counts from 1."""

    position: int
    code: str
    label: str


class FavouriteEntry(NamedTuple):
    """A favourite as a file has it."""

    code: str
    label: str


class FavouritesFile(NamedTuple):
    """A file of favourites, in order."""

    rows: Annotated[tuple[FavouriteEntry, ...], toml_files.Key("favourite")]


_of_actor = col(Favourite.user_id) == bindparam("user_id")


class _Mine(NamedTuple):
    """A row of one's own; ``position`` orders them and may leave numbers out."""

    id: int
    code: str
    label: str
    position: int


_MINE = Query(
    select(*columns_for(_Mine, Favourite))
    .where(_of_actor)
    .order_by(col(Favourite.position), col(Favourite.id)),
    _Mine,
)
_ONE = Query(
    select(col(Favourite.id)).where(_of_actor, col(Favourite.code) == bindparam("code")).limit(1)
)
_LAST = Query(select(func.max(col(Favourite.position))).where(_of_actor))


def _mine(work: Work, context: Context) -> list[_Mine]:
    return work.all(_MINE, user_id=context.actor.user_id)


def _lock(work: UnitOfWork) -> None:
    """Keep the user's other programs out of the favourites until the end."""
    work.lock_words("favourite", work.actor.user_id)


def suggested() -> tuple[tuple[str, str], ...]:
    """Return the instruction's set, (code, label) in its order."""
    return tuple((code, displays()[code].title) for code in _SUGGESTED)


@needs()
def listing(context: Context) -> tuple[FavouriteRow, ...]:
    """Return the actor's favourites in order."""
    with UnitOfWork(context, reading=True) as work:
        rows = _mine(work, context)
    return tuple(FavouriteRow(n, own.code, own.label) for n, own in enumerate(rows, 1))


@needs()
def add(context: Context, code: str, label: str) -> None:
    """Add a favourite last; one that is there already stays where it is."""
    user = context.actor.user_id
    with UnitOfWork(context) as work:
        _lock(work)
        if work.one(_ONE, user_id=user, code=code) is None:
            last = work.scalar(_LAST, user_id=user) or 0
            work.insert(
                Favourite, user_id=user, position=last + 1, code=code, label=composed(label)
            )
        work.commit()


@needs()
def remove(context: Context, code: str) -> None:
    """Remove a favourite; one that is not there is no fault."""
    with UnitOfWork(context) as work:
        _lock(work)
        work.delete(Favourite, user_id=context.actor.user_id, code=code)
        work.commit()


@needs()
def rename(context: Context, code: str, label: str) -> None:
    """Give a favourite the actor's own words."""
    with UnitOfWork(context) as work:
        _lock(work)
        own = work.scalar(_ONE, user_id=context.actor.user_id, code=code)
        if own is not None:
            work.update(Favourite, own, None, label=composed(label)[:LONGEST])
        work.commit()


@needs()
def move(context: Context, code: str, by: int) -> None:
    """Move a favourite *by* places, up when negative, but not past the ends."""
    with UnitOfWork(context) as work:
        _lock(work)
        rows = _mine(work, context)
        positions = sorted({own.position for own in rows})
        if len(positions) < len(rows):  # two programs of this user have added one at the same time
            positions = list(range(1, len(rows) + 1))
        at = next((i for i, own in enumerate(rows) if own.code == code), None)
        if at is not None:
            moved = rows.pop(at)
            rows.insert(max(0, min(len(rows), at + by)), moved)
            for position, own in zip(positions, rows, strict=True):
                if own.position != position:
                    work.update(Favourite, own.id, None, position=position)
        work.commit()


@needs()
def load(context: Context, wanted: Iterable[tuple[str, str]]) -> None:
    """Put *wanted*, (code, label) in order, first; the actor's other favourites follow."""
    user = context.actor.user_id
    with UnitOfWork(context) as work:
        _lock(work)
        chosen = list(wanted)
        codes = {code for code, _ in chosen}
        kept = [(own.code, own.label) for own in _mine(work, context) if own.code not in codes]
        work.delete(Favourite, user_id=user)
        work.insert_many(
            Favourite,
            [
                {"user_id": user, "position": position, "code": code, "label": label}
                for position, (code, label) in enumerate([*chosen, *kept], 1)
            ],
        )
        work.commit()


@needs()
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


@needs()
def import_file(context: Context, path: Path, known: Iterable[str]) -> int:
    """Load the favourites in *path* whose screens are *known*; returns how many.

    Raises FileTrouble; nothing is loaded then.
    """
    try:
        rows = toml_files.read(path, FavouritesFile).rows
    except toml_files.BadFile as bad:
        more = len(bad.problems) - 1
        rest = f" {more} fel till." if more else ""
        raise FileTrouble(f"Det hämtades inga favoriter: {bad.problems[0]}{rest}") from bad
    codes = set(known)
    # A screen that the file names twice keeps its first place and words.
    chosen = {row.code: row.label[:LONGEST] for row in reversed(rows) if row.code in codes}
    wanted = [(row.code, chosen.pop(row.code)) for row in rows if row.code in chosen]
    load(context, wanted)
    return len(wanted)
