"""INSERT, UPDATE and DELETE of one model, compiled once a dialect."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Update, and_, bindparam, delete, insert, select, update
from sqlmodel import SQLModel

from pasis_tui.models import UnitOwned, Versioned
from pasis_tui.store.query import SCOPE, Plan, Query
from pasis_tui.store.scope import Unscoped, owned_models, table_of

EXPECTED = "expected_version"
_WHERE = "where_"


class RowType:
    """What the store knows of one model: its columns, defaults and compiled statements."""

    def __init__(self, model: type[SQLModel]) -> None:
        self.model = model
        self.table = table_of(model)
        self.name = self.table.name
        self.owned = issubclass(model, UnitOwned)
        self.keys = tuple(
            column.name
            for column in self.table.primary_key
            if not (self.owned and column.name == "unit_id")  # the store adds the unit itself
        )
        self.versioned = issubclass(model, Versioned)
        self.columns = tuple(column.name for column in self.table.columns)
        self.generated = self.keys == ("id",)
        self._defaults: dict[str, Any] = {}
        self._factories: dict[str, Callable[[], Any]] = {}
        for name, field in model.model_fields.items():
            if field.default_factory is not None:
                self._factories[name] = field.default_factory  # type: ignore[assignment]
            elif not field.is_required():
                self._defaults[name] = field.default
        if self.generated:
            self._defaults.pop("id", None)
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self.record: Any = namedtuple(f"{model.__name__}Record", self.columns)  # type: ignore[misc]
        self.by_key = Query(
            select(*(getattr(model, name) for name in self.columns)).where(
                *(getattr(model, name) == bindparam(f"{_WHERE}{name}") for name in self.keys)
            )
        )

    def filled(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return *values* with the model's defaults; TypeError names what is missing or unknown."""
        row = {**self._defaults, **values}
        for name, factory in self._factories.items():
            if name not in row:
                row[name] = factory()
        if len(row) != len(self.columns) - (self.generated and "id" not in row):
            known = set(self.columns)
            missing = known - set(row) - ({"id"} if self.generated else set())
            raise TypeError(
                f"{self.name}: missing {sorted(missing)}, unknown {sorted(set(row) - known)}"
            )
        return row

    def key_values(self, key: Any) -> dict[str, Any]:
        """Return the primary key *key*, a value or a tuple, as parameters."""
        values = key if isinstance(key, tuple) else (key,)
        return {f"{_WHERE}{name}": value for name, value in zip(self.keys, values, strict=True)}

    def insertion(self, dialect: Dialect, with_id: bool, returning: bool) -> Plan:
        """Return the INSERT of a whole row."""

        def build() -> Plan:
            names = [name for name in self.columns if with_id or name != "id"]
            statement = insert(self.table).values({name: bindparam(name) for name in names})
            if returning and dialect.name != "sqlite":
                return Plan(statement.returning(self.table.c.id), dialect)
            return Plan(statement.inline(), dialect)

        return self._plan(("insert", dialect.name, with_id, returning), build)

    def change(
        self, dialect: Dialect, names: tuple[str, ...], scoped: bool, versioned: bool
    ) -> Plan:
        """Return the UPDATE of *names* of one row, its version compared when *versioned*."""

        def build() -> Plan:
            columns = self.table.c
            sets: dict[str, Any] = {
                name: bindparam(name, type_=columns[name].type) for name in names
            }
            if self.versioned:
                sets["version"] = columns.version + 1
            where = [columns[name] == bindparam(f"{_WHERE}{name}") for name in self.keys]
            if versioned:
                where.append(columns.version == bindparam(EXPECTED))
            if scoped and self.owned:
                where.append(columns.unit_id == bindparam(SCOPE))
            return Plan(update(self.table).where(and_(*where)).values(sets), dialect)

        return self._plan(("update", dialect.name, names, scoped, versioned), build)

    def removal(self, dialect: Dialect, names: tuple[str, ...], scoped: bool) -> Plan:
        """Return the DELETE of the rows where each of *names* equals its parameter."""

        def build() -> Plan:
            columns = self.table.c
            where = [columns[name] == bindparam(f"{_WHERE}{name}") for name in names]
            if scoped and self.owned:
                where.append(columns.unit_id == bindparam(SCOPE))
            return Plan(delete(self.table).where(and_(*where)), dialect)

        return self._plan(("delete", dialect.name, names, scoped), build)

    def where(self, equals: dict[str, Any]) -> dict[str, Any]:
        """Return *equals* as the parameters of a removal."""
        return {f"{_WHERE}{name}": value for name, value in equals.items()}

    def _plan(self, key: tuple[Any, ...], build: Callable[[], Plan]) -> Plan:
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = build()
        return plan


class Change:
    """An UPDATE by expressions of rows that no unit owns, compiled once a dialect.

    For ``Work.change``: what counts must count in one statement.  Raises Unscoped for a table whose
    rows belong to a unit.
    """

    __slots__ = ("_plans", "_statement")

    def __init__(self, statement: Update) -> None:
        if str(statement.table) in {table_of(model).name for model in owned_models()}:
            raise Unscoped("an UPDATE by expressions cannot be limited to the unit")
        self._statement = statement
        self._plans: dict[str, Plan] = {}

    def plan(self, dialect: Dialect) -> Plan:
        """Return the plan for *dialect*."""
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = Plan(self._statement, dialect)
        return plan


_TYPES: dict[Any, RowType] = {}


def row_type(model: type[SQLModel]) -> RowType:
    """Return what the store knows of *model*."""
    kind = _TYPES.get(model)
    if kind is None:
        kind = _TYPES[model] = RowType(model)
    return kind


def row_type_of(record: Any) -> RowType:
    """Return what the store knows of the model of *record*."""
    return next(kind for kind in _TYPES.values() if kind.record is type(record))
