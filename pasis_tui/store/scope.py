"""SE01: a unit sees and changes its own rows only.  Enforced here, where no service can forget it.

Unit-owned are the subclasses of UnitOwned.  Every SELECT written on the models gets the unit
added to each unit-owned table in it; what cannot be given one (plain tables, textual SQL) is
refused.  ``store/writes.py`` adds it to INSERT, UPDATE and DELETE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, bindparam, inspect
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.annotation import Annotated
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.selectable import AliasedReturnsRows
from sqlmodel import SQLModel

from pasis_tui.models import Id, UnitOwned, Visit

SCOPE = "scope_unit_id"


class Unscoped(Exception):
    """A statement that the store cannot limit to the unit: a fault of the program (SE01)."""


class ForeignUnit(Exception):
    """A row of another unit was about to be written (SE01)."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of *model*."""
    table = inspect(model).local_table
    assert isinstance(table, Table)  # noqa: S101 - every model maps a table
    return table


@cache
def owned_models() -> tuple[type[UnitOwned], ...]:
    """Return every model whose rows belong to one unit."""
    mappers = inspect(Visit).registry.mappers
    return tuple(
        sorted(
            (mapper.class_ for mapper in mappers if issubclass(mapper.class_, UnitOwned)),
            key=lambda model: model.__name__,
        )
    )


@cache
def _owned_names() -> frozenset[str]:
    return frozenset(table_of(model).name for model in owned_models())


@cache
def _owned_word() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_owned_names()))})\b", re.IGNORECASE)


@cache
def _unit_criteria() -> tuple[ExecutableOption, ...]:
    # Lambdas, because only they follow an alias into a join.
    scope = bindparam(SCOPE, type_=Id)
    return tuple(
        with_loader_criteria(model, lambda cls: cls.unit_id == scope, include_aliases=True)
        for model in owned_models()
    )


def scoped_statement(statement: Any) -> Any:
    """Return *statement* limited to the unit that the parameter ``SCOPE`` names."""
    return statement.options(*_unit_criteria())


def refuse_unscoped(statement: Any) -> None:
    """Raise Unscoped when *statement* writes, or reaches a unit-owned table past its model."""
    if isinstance(statement, TextClause):
        raise Unscoped("textual SQL cannot be limited to the unit")
    met: set[str] = set()
    modelled: set[str] = set()
    elements: Iterable[Any] = visitors.iterate(statement)
    for element in elements:
        if isinstance(element, UpdateBase):
            raise Unscoped("a query reads: use work.insert, work.update or work.delete")
        if isinstance(element, TextClause) or (
            isinstance(element, ColumnClause) and element.is_literal
        ):
            if _owned_word().search(str(element)):
                raise Unscoped(f"textual SQL on a unit-owned table: {element}")
        elif isinstance(element, Table):
            met.add(element.name)
            if isinstance(element, Annotated):
                modelled.add(element.name)
        elif isinstance(element, Column):
            # The ORM marks the columns of a model; a plain table's are bare.
            bare = not isinstance(element, Annotated)
            (met if bare else modelled).add(_base_name(element.table))
        elif isinstance(element, AliasedReturnsRows) and isinstance(element, Annotated):
            modelled.add(_base_name(element))
    if plain := (met & _owned_names()) - modelled:
        raise Unscoped(f"use the model, not its table: {', '.join(sorted(plain))}")


def _base_name(source: Any) -> str:
    while isinstance(source, AliasedReturnsRows):
        source = source.element
    return source.name if isinstance(source, Table) else ""


def verify_scoped(sql: str, scopes: int) -> None:
    """Raise Unscoped unless *sql* has a unit condition for each unit-owned table it reads.

    ``scopes`` counts the unit parameters in it.  A second belt: it looks at what is really sent.
    """
    sources = re.findall(r'(?:\bFROM|\bJOIN|,|\()\s+"?(\w+)"?(?=[\s,)]|$)', sql + " ")
    if sum(name in _owned_names() for name in sources) != scopes:
        raise Unscoped(f"a unit-owned table is read without its unit: {sql}")
