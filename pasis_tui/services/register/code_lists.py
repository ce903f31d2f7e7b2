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
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.collation import swedish_key
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.validation.typed import composed


@dataclass(frozen=True, slots=True)
class CodePage:
    """Rows of (code, text), how many match in all, and a hint on where there may be more."""

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
    select(col(ReferringUnit.name)).where(col(ReferringUnit.code) == bindparam("code"))
)
_IMPORTED = Query(
    select(col(ImportedCode.text)).where(
        col(ImportedCode.system) == bindparam("system"), col(ImportedCode.code) == bindparam("code")
    )
)
_ANY_IMPORTED = Query(
    select(col(ImportedCode.code)).where(col(ImportedCode.system) == bindparam("system")).limit(1)
)


_CAPITALS = "ÅÄÖÉÈÜÆØ"
_key = cache(swedish_key)  # thousands of units are sorted at every key press of a search


def _referring(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    source = filters.get("source")
    with UnitOfWork(context, reading=True) as work:
        rows = [
            (code, f"{name}, {place}" if place else name)
            for code, name, place, own in work.all(_REFERRING)
            if not source or own == source
        ]
    return sorted(rows, key=lambda row: (_key(row[1]), row[0]))


def _caregivers(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    on: date = filters.get("on") or context.today
    with UnitOfWork(context, reading=True) as work:
        rows = [
            (signature, f"{name}, {category}")
            for signature, name, category, start, end in work.all(_CAREGIVERS)
            if start <= on and (end is None or on <= end)
        ]
    return sorted(rows, key=lambda row: swedish_key(row[0]))


def _receptions(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    with UnitOfWork(context, reading=True) as work:
        rows = [
            (branch, swedish_key(code), code, name) for code, name, branch in work.all(_RECEPTIONS)
        ]
    return [(code, name) for _, _, code, name in sorted(rows)]  # branches last


def _units(context: Context, filters: dict[str, Any]) -> list[tuple[str, str]]:
    return [(context.actor.unit_code, context.actor.unit_name)]  # SE01: no one else's


_DYNAMIC: dict[str, Callable[[Context, dict[str, Any]], list[tuple[str, str]]]] = {
    "referring_unit": _referring,
    "caregiver": _caregivers,
    "reception": _receptions,
    "unit": _units,
}

# What fills a list that is empty, as in a new register.
_FILLED_BY = {
    "referring_unit": "Listan läses in med: pasis import referring-units FIL",
    "caregiver": "Vårdgivare läggs upp med: pasis caregivers add SIGN",
}
# What is said when only what was chosen leaves it empty.
_NOTHING_CHOSEN = {
    "referring_unit": "Ingen remitterande enhet hör till det som står i Remiss från.",
    "caregiver": "Ingen vårdgivare är verksam på enheten den dagen.",
}


def _rows(context: Context, table: str, filters: dict[str, Any]) -> list[tuple[str, str]]:
    if table in _DYNAMIC:
        return _DYNAMIC[table](context, filters)
    if table not in codes.TABLES:
        return []  # a list that the view fills itself, still empty
    rows = sorted(codes.table(table).items(), key=lambda row: swedish_key(row[0]))
    only = filters.get("only")
    return [row for row in rows if only is None or row[0] in only]


@needs()
def search(
    context: Context, /, table: str, text: str, offset: int, size: int, **filters: Any
) -> CodePage:
    """Return the rows of *table* whose code or text holds every word of *text*.

    Filters: ``source`` for referring units, ``on`` (a date) for caregivers, ``only`` (codes).
    The code itself comes first, then what begins with *text*.
    """
    if table in codes.OFFICIAL:
        return _search_official(context, table, text, offset, size)
    rows = _rows(context, table, filters)
    hits = narrowed(rows, text)
    hint = "" if rows else _why_empty(context, table)
    return CodePage(tuple(hits[offset : offset + size]), len(hits), hint)


def _why_empty(context: Context, table: str) -> str:
    everything = {"referring_unit": _REFERRING, "caregiver": _CAREGIVERS}.get(table)
    if everything is None:
        return ""
    with UnitOfWork(context, reading=True) as work:
        filtered = bool(work.all(everything))
    return (_NOTHING_CHOSEN if filtered else _FILLED_BY)[table]


@needs()
def meaning(context: Context, /, table: str, code: str, **filters: Any) -> str | None:
    """Return the text of *code* in *table*, None when there is no such code."""
    code = composed(code)
    if table in codes.OFFICIAL:
        return meanings(context, table, [code]).get(code)
    if table == "referring_unit":
        with UnitOfWork(context, reading=True) as work:
            name: str | None = work.scalar(_ONE_REFERRING, code=code)
        return name
    return dict(_rows(context, table, filters)).get(code)


# --- official lists: tens of thousands of codes, so the database searches ---------------------


@needs()
def meanings(context: Context, table: str, wanted: Sequence[str]) -> dict[str, str]:
    """Return {code: text} of those *wanted* that ship or were imported (table icd10 or kva)."""
    system, shipped = codes.OFFICIAL[table]
    own = codes.table(shipped)
    texts = {code: own[code] for code in wanted if code in own}
    if len(texts) < len(set(wanted)):
        with UnitOfWork(context, reading=True) as work:
            for code in set(wanted) - set(texts):
                if (said := work.scalar(_IMPORTED, system=system, code=code)) is not None:
                    texts[code] = said
    return texts


@cache
def _official(table: str, words: int) -> tuple[Query[Any], Query[Any]]:
    """Return the statements (a page, the count) of a search for so many *words*."""
    system, shipped = codes.OFFICIAL[table]
    code = col(ImportedCode.code)
    lowered = func.lower(col(ImportedCode.text))
    for capital in _CAPITALS:  # SQLite lowers only A to Z
        lowered = func.replace(lowered, capital, capital.lower())
    holds = [
        or_(
            code.like(bindparam(f"code{n}"), escape="/"),
            lowered.like(bindparam(f"text{n}"), escape="/"),
        )
        for n in range(words)
    ]
    own: list[Any] = [literal_column(f"'{ours}'") for ours in codes.table(shipped)]
    wanted = and_(
        col(ImportedCode.system) == system, *holds, code.not_in(own), code != bindparam("first")
    )
    begins = [case((code.like(bindparam("begin"), escape="/"), 0), else_=1)] if words else []
    page = (
        select(code, col(ImportedCode.text))
        .where(wanted)
        .order_by(*begins, code)
        .limit(bindparam("size", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    return Query(page), Query(select(func.count()).select_from(ImportedCode).where(wanted))


def _search_official(context: Context, table: str, text: str, offset: int, size: int) -> CodePage:
    """Search the shipped codes, then an imported list; codes are typed with or without the dot.

    A code typed in full comes first, wherever it is from: an imported F32 before the shipped F320.
    """
    system, shipped = codes.OFFICIAL[table]
    text = composed(text)
    shipping = codes.table(shipped)
    own = narrowed(list(shipping.items()), text)
    words = {"first": ""}
    for n, word in enumerate(text.split()):
        literal = "".join(f"/{c}" if c in "/%_" else c for c in word)
        words[f"code{n}"] = f"%{literal.replace('.', '').upper()}%"
        words[f"text{n}"] = f"%{literal.lower()}%"
    page, count = _official(table, len(words) // 2)
    whole = text.strip().replace(".", "").upper()
    if "code0" in words:
        words["begin"] = words["code0"][1:]
    with UnitOfWork(context, reading=True) as work:
        if work.one(_ANY_IMPORTED, system=system) is None:
            hint = f"Hela listan läses in med: pasis import {table} FIL"
            return CodePage(tuple(own[offset : offset + size]), len(own), hint)
        if (
            whole
            and whole not in shipping
            and (said := work.scalar(_IMPORTED, system=system, code=whole)) is not None
        ):
            own.insert(0, (whole, said))
            words["first"] = whole
        rows = own[offset : offset + size]
        total: int = work.scalar(count, **words) or 0
        if len(rows) < size and total:
            at = max(0, offset - len(own))
            rows += work.all(page, size=size - len(rows), offset=at, **words)
    return CodePage(tuple(rows), len(own) + total)
