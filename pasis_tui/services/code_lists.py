"""The lists behind ``<<``: code tables, and the unit's own rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, ImportedCode, Reception, ReferringUnit
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation import codes


@dataclass(frozen=True, slots=True)
class CodePage:
    """Rows of (code, text) and how many fit the search in all."""

    rows: Sequence[tuple[str, str]]
    total: int


_REFERRING = Query(
    select(
        col(ReferringUnit.code),
        col(ReferringUnit.name),
        col(ReferringUnit.place),
        col(ReferringUnit.source),
    ).order_by(col(ReferringUnit.name), col(ReferringUnit.code))
)
_CAREGIVERS = Query(
    select(
        col(Caregiver.signature),
        col(Caregiver.name),
        col(Caregiver.category),
        col(Caregiver.active_from),
        col(Caregiver.active_to),
    ).order_by(col(Caregiver.signature))
)
_RECEPTIONS = Query(
    select(col(Reception.code), col(Reception.name), col(Reception.is_branch)).order_by(
        col(Reception.is_branch), col(Reception.code)
    )
)
_ONE_REFERRING = Query(
    select(col(ReferringUnit.name), col(ReferringUnit.place), col(ReferringUnit.source)).where(
        col(ReferringUnit.code) == bindparam("code")
    )
)
_IMPORTED = Query(
    select(col(ImportedCode.code), col(ImportedCode.text))
    .where(col(ImportedCode.system) == bindparam("system"))
    .order_by(col(ImportedCode.code))
)


def _referring(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    source = filters.get("source")
    with UnitOfWork(context, reading=True) as work:
        return [
            (code, f"{name}, {place}" if place else name)
            for code, name, place, own in work.all(_REFERRING)
            if not source or own == source
        ]


def _caregivers(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    on: date = filters.get("on") or context.today
    with UnitOfWork(context, reading=True) as work:
        return [
            (signature, f"{name}, {category}")
            for signature, name, category, start, end in work.all(_CAREGIVERS)
            if start <= on and (end is None or on <= end)
        ]


def _receptions(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    with UnitOfWork(context, reading=True) as work:
        return [(code, name) for code, name, _ in work.all(_RECEPTIONS)]


def _units(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    return [(context.actor.unit_code, context.actor.unit_name)]  # SE01: no one else's


def _kva(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the program's own codes first, then the rest of an imported official list."""
    own = codes.table("kva")
    with UnitOfWork(context, reading=True) as work:
        more = [(c, text) for c, text in work.all(_IMPORTED, system="KVA") if c not in own]
    return [*own.items(), *more]


_DYNAMIC: dict[str, Callable[[Context, dict[str, Any]], list[tuple[str, str]]]] = {
    "referring_unit": _referring,
    "caregiver": _caregivers,
    "reception": _receptions,
    "unit": _units,
    "kva": _kva,
}


def _rows(context: Context, table: str, filters: dict[str, Any]) -> list[tuple[str, str]]:
    if table in _DYNAMIC:
        return _DYNAMIC[table](context, filters)
    if table not in codes.TABLES:
        return []  # a list of the view's own, before there is anything to choose from
    rows = list(codes.table(table).items())
    only = filters.get("only")
    return [row for row in rows if only is None or row[0] in only]


def search(
    context: Context, table: str, text: str, offset: int, size: int, **filters: Any
) -> CodePage:
    """Return the rows of *table* whose code or text holds every word of *text*.

    Filters: ``source`` for referring units, ``on`` (a date) for caregivers, ``only`` (codes).
    Codes that begin with *text* come first.
    """
    words = text.casefold().split()
    hits = [
        row
        for row in _rows(context, table, filters)
        if all(word in f"{row[0]} {row[1]}".casefold() for word in words)
    ]
    if words:
        hits.sort(key=lambda row: not row[0].casefold().startswith(words[0]))
    return CodePage(tuple(hits[offset : offset + size]), len(hits))


def meaning(context: Context, table: str, code: str, **filters: Any) -> str | None:
    """Return what *code* means in *table*, None when it is no code there."""
    if table == "referring_unit":
        with UnitOfWork(context, reading=True) as work:
            row = work.one(_ONE_REFERRING, code=code)
        return None if row is None else row[0]
    return dict(_rows(context, table, filters)).get(code)
