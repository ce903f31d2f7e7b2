"""SE01: a unit sees and changes its own rows only.  Enforced here, where no service can forget it.

Unit-owned are the subclasses of UnitOwned and, through their visit, the rows of ``CHILDREN``.
Every SELECT, UPDATE and DELETE written on the models gets the unit added to each unit-owned
table in it; what cannot be given one (plain tables, textual SQL) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Table, bindparam, inspect, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.annotation import Annotated
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.selectable import AliasedReturnsRows
from sqlmodel import SQLModel

from pasis_tui.models import MedicalRegistration, OtherDiagnosis, ProcedureCode, UnitOwned, Visit

SCOPE = "scope_unit_id"
# Rows without a unit of their own belong to the unit of their medical registration.
CHILDREN: tuple[type[SQLModel], ...] = (OtherDiagnosis, ProcedureCode)


class Unscoped(Exception):
    """A statement that the store cannot limit to the unit: a fault of the program (SE01)."""


class ForeignUnit(Exception):
    """A row of another unit was about to be written (SE01)."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of *model*."""
    table = inspect(model).local_table
    assert isinstance(table, Table)  # noqa: S101 - every model maps a table
    return table


def is_owned(model: type[SQLModel]) -> bool:
    """Say whether rows of *model* belong to one unit."""
    return issubclass(model, UnitOwned) or model in CHILDREN


@cache
def owned_models() -> tuple[type[SQLModel], ...]:
    """Return every model whose rows belong to one unit."""
    mappers = inspect(Visit).registry.mappers
    return tuple(
        sorted(
            (mapper.class_ for mapper in mappers if is_owned(mapper.class_)),
            key=lambda model: model.__name__,
        )
    )


@cache
def _owned_names() -> frozenset[str]:
    return frozenset(table_of(model).name for model in owned_models())


@cache
def _owned_word() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_owned_names()))})\b", re.IGNORECASE)


def belongs(model: type[SQLModel], entity: Any, unit: Any) -> ColumnElement[bool]:
    """Return the condition that a row of *model* is of *unit*; *entity* has its columns."""
    if issubclass(model, UnitOwned):
        condition: ColumnElement[bool] = entity.unit_id == unit
        return condition
    return _own_visit(unit, entity)


def _own_visit(unit: Any, child: Any) -> ColumnElement[bool]:
    """Say that the unit has the registration of *child*; IN would make a table of it each time."""
    medical = table_of(MedicalRegistration)
    own = select(medical.c.visit_id).where(
        medical.c.unit_id == unit, medical.c.visit_id == child.visit_id
    )
    return own.correlate_except(medical).exists()


# A criterion is a lambda because only a lambda follows an alias into a join.  SQLAlchemy keeps one
# by its code and what it closes over, and tracks the values: so a unit is closed over as a plain
# number or inside a statement, never turned off with ``track_closure_variables``, and prepared
# statements, whose unit is a parameter, have lambdas of their own.


def criteria(unit: int) -> tuple[ExecutableOption, ...]:
    """Return the options that limit a statement on the models to *unit*."""
    return tuple(
        with_loader_criteria(model, lambda cls: cls.unit_id == unit, include_aliases=True)
        if issubclass(model, UnitOwned)
        else with_loader_criteria(model, lambda cls: _own_visit(unit, cls), include_aliases=True)
        for model in owned_models()
    )


@cache
def _prepared_criteria() -> tuple[ExecutableOption, ...]:
    scope = bindparam(SCOPE, type_=Integer())
    return tuple(
        with_loader_criteria(model, lambda cls: cls.unit_id == scope, include_aliases=True)
        if issubclass(model, UnitOwned)
        else with_loader_criteria(model, lambda cls: _own_visit(scope, cls), include_aliases=True)
        for model in owned_models()
    )


def scoped_statement(statement: Any) -> Any:
    """Return *statement* limited to the unit that the parameter ``SCOPE`` names."""
    return statement.options(*_prepared_criteria())


def refuse_unscoped(statement: Any) -> None:
    """Raise Unscoped when *statement* reaches a unit-owned table past its model."""
    if isinstance(statement, TextClause):
        raise Unscoped("textual SQL cannot be limited to the unit")
    met: set[str] = set()
    modelled: set[str] = set()
    elements: Iterable[Any] = visitors.iterate(statement)
    for element in elements:
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
    children = {table_of(model).name for model in CHILDREN}
    sources = re.findall(r'(?:\bFROM|\bJOIN|,|\()\s+"?(\w+)"?(?=[\s,)]|$)', sql + " ")
    rows = sum(name in _owned_names() - children for name in sources)
    inner = len(re.findall(r"EXISTS \(SELECT medical_registration\.visit_id", sql))
    if rows != scopes or sum(name in children for name in sources) > inner:
        raise Unscoped(f"a unit-owned table is read without its unit: {sql}")
