"""The lists behind ``<<``: code tables, and the unit's own rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, or_, select
from sqlmodel import col

from pasis_tui.models import Caregiver, ImportedCode, Reception, ReferringUnit
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation import codes


@dataclass(frozen=True, slots=True)
class CodePage:
    """Rows of (code, text), how many fit the search in all, and a word on where more may be."""

    rows: Sequence[tuple[str, str]]
    total: int
    hint: str = ""


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
    select(col(ImportedCode.text)).where(
        col(ImportedCode.system) == bindparam("system"), col(ImportedCode.code) == bindparam("code")
    )
)
_ANY_IMPORTED = Query(
    select(col(ImportedCode.code)).where(col(ImportedCode.system) == bindparam("system")).limit(1)
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


_DYNAMIC: dict[str, Callable[[Context, dict[str, Any]], list[tuple[str, str]]]] = {
    "referring_unit": _referring,
    "caregiver": _caregivers,
    "reception": _receptions,
    "unit": _units,
}


def _rows(context: Context, table: str, filters: dict[str, Any]) -> list[tuple[str, str]]:
    if table in _DYNAMIC:
        return _DYNAMIC[table](context, filters)
    if table not in codes.TABLES:
        return []  # a list of the view's own, before there is anything to choose from
    rows = list(codes.table(table).items())
    only = filters.get("only")
    return [row for row in rows if only is None or row[0] in only]


def _holding(rows: Sequence[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """Return the *rows* with every word of *text*, those whose code begins with it first."""
    words = text.casefold().split()
    hits = [row for row in rows if all(w in f"{row[0]} {row[1]}".casefold() for w in words)]
    if words:
        hits.sort(key=lambda row: not row[0].casefold().startswith(words[0]))
    return hits


def search(
    context: Context, table: str, text: str, offset: int, size: int, **filters: Any
) -> CodePage:
    """Return the rows of *table* whose code or text holds every word of *text*.

    Filters: ``source`` for referring units, ``on`` (a date) for caregivers, ``only`` (codes).
    Codes that begin with *text* come first.
    """
    if table in codes.OFFICIAL:
        return _search_official(context, table, text, offset, size)
    hits = _holding(_rows(context, table, filters), text)
    return CodePage(tuple(hits[offset : offset + size]), len(hits))


def meaning(context: Context, table: str, code: str, **filters: Any) -> str | None:
    """Return what *code* means in *table*, None when it is no code there."""
    if table in codes.OFFICIAL:
        return meanings(context, table, [code]).get(code)
    if table == "referring_unit":
        with UnitOfWork(context, reading=True) as work:
            row = work.one(_ONE_REFERRING, code=code)
        return None if row is None else row[0]
    return dict(_rows(context, table, filters)).get(code)


# --- official lists: tens of thousands of codes, so the database searches ---------------------


def meanings(context: Context, table: str, wanted: Sequence[str]) -> dict[str, str]:
    """Return {code: text} of those *wanted* that ship or were imported (table icd10 or kva)."""
    system, shipped = codes.OFFICIAL[table]
    own = codes.table(shipped)
    found = {code: own[code] for code in wanted if code in own}
    if len(found) < len(set(wanted)):
        with UnitOfWork(context, reading=True) as work:
            for code in set(wanted) - set(found):
                if (row := work.one(_IMPORTED, system=system, code=code)) is not None:
                    found[code] = row[0]
    return found


@cache
def _official(table: str, patterns: tuple[int, ...]) -> tuple[Query, Query]:
    """Return the statements (a page, the count) for words with so many patterns each."""
    system, shipped = codes.OFFICIAL[table]
    code = col(ImportedCode.code)
    lowered = func.lower(col(ImportedCode.text))
    holds = [
        or_(
            code.like(bindparam(f"code{n}"), escape="/"),
            *(lowered.like(bindparam(f"text{n}_{m}"), escape="/") for m in range(count)),
        )
        for n, count in enumerate(patterns)
    ]
    own: list[Any] = [literal_column(f"'{ours}'") for ours in codes.table(shipped)]
    wanted = and_(col(ImportedCode.system) == system, *holds, code.not_in(own))
    begins = [case((code.like(bindparam("begin"), escape="/"), 0), else_=1)] if patterns else []
    page = (
        select(code, col(ImportedCode.text))
        .where(wanted)
        .order_by(*begins, code)
        .limit(bindparam("size", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    return Query(page), Query(select(func.count()).select_from(ImportedCode).where(wanted))


def _patterns(word: str) -> list[str]:
    """Return what a text's lower() may hold for *word*: SQLite lowers only A to Z."""
    low = word.lower()
    raised = "".join(c if c.isascii() else c.upper() for c in low)
    first = low if low[0].isascii() else low[0].upper() + low[1:]
    return [f"%{pattern}%" for pattern in dict.fromkeys((low, first, raised))]


def _search_official(context: Context, table: str, text: str, offset: int, size: int) -> CodePage:
    """Search the codes that ship, then an imported list; codes are typed with or without dot."""
    system, shipped = codes.OFFICIAL[table]
    own = _holding(list(codes.table(shipped).items()), text.replace(".", ""))
    rows = own[offset : offset + size]
    words: dict[str, str] = {}
    counts = []
    for n, word in enumerate(text.split()):
        literal = "".join(f"/{c}" if c in "/%_" else c for c in word)
        words[f"code{n}"] = f"%{literal.replace('.', '').upper()}%"
        patterns = _patterns(literal)
        words |= {f"text{n}_{m}": pattern for m, pattern in enumerate(patterns)}
        counts.append(len(patterns))
    if words:
        words["begin"] = words["code0"][1:]
    page, count = _official(table, tuple(counts))
    with UnitOfWork(context, reading=True) as work:
        if work.one(_ANY_IMPORTED, system=system) is None:
            hint = f"Hela listan läses in med: pasis import {table} FIL"
            return CodePage(tuple(rows), len(own), hint)
        total: int = work.scalar(count, **words) or 0
        if len(rows) < size and total:
            at = max(0, offset - len(own))
            rows += work.all(page, size=size - len(rows), offset=at, **words)
    return CodePage(tuple(rows), len(own) + total)
