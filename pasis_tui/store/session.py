"""The ORM session of a unit of work: scoped at every statement and at every flush (SE01)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Session, SQLModel

from pasis_tui.models import AuditEvent, MedicalRegistration, UnitOwned, Versioned, wall_clock
from pasis_tui.store.scope import (
    CHILDREN,
    ForeignUnit,
    Unscoped,
    criteria,
    is_owned,
    refuse_unscoped,
    table_of,
)

_DIRTY = "pasis_dirty"


class UnitSession(Session):
    """A session on *connection* that sees and writes rows of *unit_id* only; None is every unit."""

    def __init__(self, connection: Connection, unit_id: int | None) -> None:
        # "rollback_only": the unit of work commits, never the session.
        super().__init__(
            connection,
            expire_on_commit=False,
            join_transaction_mode="rollback_only",
        )
        self.unit_id = unit_id
        self._criteria = None if unit_id is None else criteria(unit_id)
        event.listen(self, "before_flush", _check_flush)
        if unit_id is not None:
            event.listen(self, "do_orm_execute", _limit)

    def bulk_save_objects(self, *_args: Any, **_options: Any) -> None:
        """Refused: it passes by the checks of a flush."""
        raise Unscoped("use work.insert_many")

    bulk_insert_mappings = bulk_save_objects
    bulk_update_mappings = bulk_save_objects


def _limit(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, UnitSession)  # noqa: S101 - only they listen
    statement = state.statement
    if state.is_column_load or state.is_relationship_load:
        return  # of a row that this session has found already
    refuse_unscoped(statement)
    if not state.is_orm_statement:
        return
    mapper = state.bind_mapper
    model = None if mapper is None else mapper.class_
    if model is not None and not state.is_select:
        if model is AuditEvent and not state.is_insert:
            raise Unscoped("the audit log is only ever added to")
        if state.is_insert and is_owned(model):
            raise Unscoped("use work.insert or work.insert_many")
        if model in CHILDREN:
            # Its condition holds a subquery, which the ORM would ask for a second time, bare.
            raise Unscoped("use work.update or work.delete")
        if state.is_update and any(
            getattr(column, "key", column) == "unit_id"
            for column in getattr(statement, "_values", None) or ()
        ):
            raise ForeignUnit(f"{model.__name__} cannot change its unit (SE01)")
    state.statement = statement.options(*(session._criteria or ()))


def _check_flush(session: PlainSession, _context: UOWTransaction, _instances: Any) -> None:
    assert isinstance(session, UnitSession)  # noqa: S101 - only they listen
    unit = session.unit_id
    now = wall_clock()
    dirty = [row for row in session.dirty if session.is_modified(row)]
    session.info[_DIRTY] = [
        (table_of(type(row)).name, inspect(row).identity[0])
        for row in (*dirty, *session.deleted)
        if isinstance(row, Versioned) and inspect(row).identity
    ]
    for row in dirty:
        if isinstance(row, Versioned):
            row.changed_at = now
    for row in (*dirty, *session.deleted):
        if isinstance(row, AuditEvent):
            raise Unscoped("the audit log is only ever added to")
    if unit is None:
        return
    for row in (*session.new, *dirty, *session.deleted):
        if isinstance(row, UnitOwned):
            _check_owner(row, unit, row in session.new)
        elif type(row) in CHILDREN:
            _check_parent(session, row)


def _check_owner(row: UnitOwned, unit: int, is_new: bool) -> None:
    # A table class validates nothing: a new row may well have no unit yet.
    if is_new and row.__dict__.get("unit_id") is None:
        row.unit_id = unit
    before = inspect(row).attrs.unit_id.history.deleted
    if row.unit_id != unit or any(old != unit for old in before):
        raise ForeignUnit(f"{type(row).__name__} of another unit (SE01)")


def _check_parent(session: UnitSession, row: SQLModel) -> None:
    visit_id = row.__dict__.get("visit_id")
    with session.no_autoflush:
        own = any(
            isinstance(new, MedicalRegistration) and new.visit_id == visit_id for new in session.new
        )
        if not own and session.get(MedicalRegistration, visit_id) is None:
            raise ForeignUnit(f"{type(row).__name__} of another unit (SE01)")


def stale_rows(session: Session | None) -> list[tuple[str, Any]]:
    """Return (table name, key) of the rows that a failed flush wanted to change, its own first."""
    if session is None:
        return []
    rows: list[tuple[str, Any]] = session.info.get(_DIRTY, [])
    return rows
