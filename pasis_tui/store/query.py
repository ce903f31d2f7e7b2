"""Statements compiled once and run many times, without the ORM's cost at each run.

SQLAlchemy 2.1 compiles and processes types; only the way from a compiled statement to the
driver is ours.  A save is a handful of these, so each microsecond here is paid ten times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar, cast, overload

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from pasis_tui.store.scope import SCOPE, refuse_unscoped, scoped_statement, verify_scoped

Row = TypeVar("Row")
_Processor = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Slot:
    """A parameter: *name* in the SQL, *key* the caller's word, or a fixed *value*."""

    name: str
    key: str
    required: bool
    value: Any
    process: _Processor


class Plan:
    """A statement compiled for one dialect, with the processors of its types."""

    __slots__ = ("_positional", "_processors", "_slots", "sql")

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, types: Sequence[Any] = ()
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - DDL never comes here
        if compiled.post_compile_params:
            raise ValueError("a prepared statement cannot hold IN with a list that varies")
        self.sql = str(compiled)
        self._positional = compiled.positiontup is not None
        names = compiled.positiontup if compiled.positiontup is not None else [*compiled.binds]
        self._slots = tuple(_slot(compiled, name, dialect) for name in names)
        processors = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in types]
        self._processors = tuple([(place, each) for place, each in enumerate(processors) if each])

    def count(self, key: str) -> int:
        """Return how often the parameter *key* occurs in the statement."""
        if self._positional:
            return sum(slot.key == key for slot in self._slots)
        return self.sql.count(f"%({key})s")

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return *values* as the driver wants them; KeyError names one that is missing."""
        if self._positional:
            return tuple(
                [
                    slot.value
                    if not slot.required
                    else values[slot.key]
                    if slot.process is None
                    else slot.process(values[slot.key])
                    for slot in self._slots
                ]
            )
        return {
            slot.name: slot.value
            if not slot.required
            else values[slot.key]
            if slot.process is None
            else slot.process(values[slot.key])
            for slot in self._slots
        }

    def rows(self, cursor: Any) -> list[tuple[Any, ...]]:
        """Return every row of a driver's *cursor*, dates and truth values as Python's own."""
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [self._row(row) for row in rows] if self._processors else rows

    def first(self, cursor: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None, and discard the rest."""
        row: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()
        return row if row is None or not self._processors else self._row(row)

    def _row(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, process in self._processors:
            values[place] = process(values[place])
        return tuple(values)


def _slot(compiled: SQLCompiler, name: str, dialect: Dialect) -> _Slot:
    bind = compiled.binds[name]
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return _Slot(name, bind.key, True, None, process)
    value = bind.effective_value
    return _Slot(name, bind.key, False, value if process is None else process(value), None)


class Query(Generic[Row]):
    """A SELECT of columns of the models, with ``bindparam("name")`` for what varies.

    Write it as if there were one unit: the store adds the unit (SE01) to every unit-owned table
    in it, subqueries and aliases too.  With *kind*, a named tuple or dataclass, each row comes as
    one: the SELECT's columns, labelled where need be, are its fields, or it is refused here.
    Raises Unscoped for a statement the unit cannot be added to.
    """

    __slots__ = ("_plans", "_statement", "make")

    @overload
    def __init__(self: Query[tuple[Any, ...]], statement: Select[*tuple[Any, ...]]) -> None: ...
    @overload
    def __init__(self, statement: Select[*tuple[Any, ...]], kind: type[Row]) -> None: ...
    def __init__(self, statement: Select[*tuple[Any, ...]], kind: Any = None) -> None:
        refuse_unscoped(statement)
        if any(isinstance(described["expr"], type) for described in statement.column_descriptions):
            raise ValueError("a Query selects columns, not whole rows: use work.record")
        self._statement = statement
        self._plans: dict[tuple[str, bool], Plan] = {}
        self.make: Callable[[tuple[Any, ...]], Row] | None = None
        if kind is not None:
            self.make = _maker(
                kind, [described["name"] for described in statement.column_descriptions]
            )

    def plan(self, dialect: Dialect, scoped: bool) -> Plan:
        """Return the plan for *dialect*, with the unit as parameter ``SCOPE`` when *scoped*."""
        key = (dialect.name, scoped)
        plan = self._plans.get(key)
        if plan is None:
            statement = scoped_statement(self._statement) if scoped else self._statement
            types = [column.type for column in self._statement.selected_columns]
            plan = Plan(statement, dialect, types)
            if scoped:
                verify_scoped(plan.sql, plan.count(SCOPE))
            self._plans[key] = plan
        return plan


def columns_for(kind: Any, model: Any, /, **elsewhere: Any) -> list[Any]:
    """Return the columns of a SELECT whose rows are a *kind*: of *model*, by the fields' names.

    *elsewhere* says where a field is that *model* does not have (it may know of more fields than the
    row class); a field with a default may have no column.
    """
    names, spare = _fields(kind)
    return [
        elsewhere[name].label(name) if name in elsewhere else getattr(model, name)
        for name in names
        if name in elsewhere or name not in spare
    ]


def _fields(kind: Any) -> tuple[list[str], Collection[str]]:
    """Return the names of a row class's fields, and of those with a default in a named tuple."""
    if hasattr(kind, "_make"):
        return list(kind._fields), kind._field_defaults
    return [each.name for each in fields(kind)], ()


def _maker(kind: Any, columns: Sequence[str]) -> Callable[[tuple[Any, ...]], Any]:
    """Return what makes a *kind* of a row; raises ValueError unless *columns* are its fields."""
    names, spare = _fields(kind)
    rest = names[len(columns) :]  # found out later
    if names[: len(columns)] != list(columns) or not all(name in spare for name in rest):
        raise ValueError(f"{kind.__name__} has the fields {names}, its SELECT {list(columns)}")
    if hasattr(kind, "_make"):
        return (lambda row: kind(*row)) if rest else cast("Callable[[Any], Any]", kind._make)
    if any(each.kw_only for each in fields(kind)):
        return lambda row: kind(**dict(zip(names, row, strict=True)))
    return lambda row: kind(*row)


__all__ = ["SCOPE", "Plan", "Query", "columns_for"]
