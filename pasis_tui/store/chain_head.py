"""The head of the log: the last row of every chain, as a file kept outside the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from pasis_tui.store.chain import Tip
from pasis_tui.validation.for_people import ForPeople

_FIRST = "pasis audit head 1"


class BadHead(ForPeople):
    """A file that is no whole head of this register's log."""


class Head(NamedTuple):
    """What a head says: of which register (its fact ``instance``), when it was made, the tips."""

    instance: str
    made: datetime
    tips: tuple[Tip, ...]


def head_lines(instance: str, made: datetime, tips: Iterable[Tip]) -> list[str]:
    """Return the lines of a head; the last is the sum of those before it."""
    lines = [_FIRST, f"register {instance}", f"made {made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"]
    lines += map(str, tips)
    return [*lines, _sum(lines)]


def read_head(text: str, name: str) -> Head:
    """Return the head that *text* is; raises BadHead, which says what *name* lacks."""
    lines = text.splitlines()
    if not lines or lines[0] != _FIRST:
        raise BadHead(f"{name} är inget huvud av en logg (pasis audit head).")
    if len(lines) < 4 or lines[-1] != _sum(lines[:-1]):
        raise BadHead(f"{name} är avkortad eller ändrad: dess kontrollsumma stämmer inte.")
    try:
        register, made = lines[1].removeprefix("register "), lines[2].removeprefix("made ")
        moment = datetime.strptime(made, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return Head(register, moment, tuple(Tip.read(line) for line in lines[3:-1]))
    except ValueError as error:
        raise BadHead(f"{name} är inget huvud som den här versionen kan läsa.") from error


def _sum(lines: Iterable[str]) -> str:
    written = "".join(f"{line}\n" for line in lines)
    return f"sum {hashlib.sha256(written.encode()).hexdigest()}"
