"""One transaction on one connection: reading and writing rows, by hand or through the ORM.

The hot path goes past SQLAlchemy's execution (a statement costs 10 µs instead of 40), so a save
with its rules, its rows and its audit event stays near the price of the commit itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from pasis_tui.models import AuditEvent, MedicalRegistration, wall_clock
from pasis_tui.store.conflict import Conflict, as_json, conflict_at
from pasis_tui.store.database import Database
from pasis_tui.store.query import SCOPE, Plan, Query
from pasis_tui.store.scope import CHILDREN, ForeignUnit, table_of
from pasis_tui.store.session import UnitSession, stale_rows
from pasis_tui.store.trouble import trouble_from, unreachable
from pasis_tui.store.writes import EXPECTED, RowType, row_type, row_type_of

_NEVER_SET = {"unit_id", "version", "changed_at"}


class Work:
    """The part that scoped and unscoped work share; open it with ``with``."""

    def __init__(self, database: Database, unit_id: int | None, engine: Engine) -> None:
        self.database = database
        self._unit = unit_id
        self._engine = engine
        self._dialect = engine.dialect
        self._failure: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._scope = {} if unit_id is None else {SCOPE: unit_id}
        self._connection: Connection | None = None
        self._driver: Any = None  # the driver's own connection while the transaction is open
        self._session: Session | None = None
        self._own_visits: set[Any] = set()

    def __enter__(self) -> Self:
        try:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
        except Exception as error:
            trouble = trouble_from(error, self.database.name)
            if trouble is None and self._dialect.name == "postgresql":
                trouble = unreachable(error, self.database.name)
            if trouble is not None:
                raise trouble from error
            raise
        self._connection = connection
        self._driver = connection.connection.driver_connection
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stale = stale_rows(self._session) if isinstance(error, StaleDataError) else []
        try:
            self._close()
        except DBAPIError:
            # A lost connection cannot be rolled back; the server has done it already.
            if error is None:
                raise
        if isinstance(error, StaleDataError):
            raise self._stale_conflict(stale) from error
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            trouble = trouble_from(error, self.database.name)
            if trouble is not None:
                raise trouble from error

    def _close(self) -> None:
        self._driver = None
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()  # rolls back what was not committed

    @property
    def connection(self) -> Connection:
        """The one connection.  Raises RuntimeError outside the ``with`` and after ``commit``."""
        if self._connection is None or self._driver is None:
            raise RuntimeError("the unit of work is not open")
        return self._connection

    @property
    def session(self) -> Session:
        """The ORM session on the same transaction, made when first asked for."""
        if self._session is None:
            self._session = UnitSession(self.connection, self._unit)
        return self._session

    def flush(self) -> None:
        """Send the ORM session's changes, if there is one."""
        if self._session is not None:
            self._session.flush()

    def commit(self) -> None:
        """Keep everything.  The last act: nothing may be executed after it."""
        self.flush()
        connection, self._driver = self.connection, None
        try:
            connection.commit()
        except BaseException:
            # SQLAlchemy would put it back in the pool with its transaction still open.
            connection.invalidate()
            raise

    def _run(self, plan: Plan, values: Mapping[str, Any]) -> Any:
        """Execute *plan* on the driver's connection and return its cursor."""
        return self._send(plan.sql, plan.parameters(values))

    def _send(self, sql: str, parameters: Any, many: bool = False) -> Any:
        connection = self.connection
        try:
            if not many:
                return self._driver.execute(sql, parameters)
            cursor = self._driver.cursor()
            cursor.executemany(sql, parameters)
            return cursor
        except self._failure as error:
            # As SQLAlchemy would have said it, but never with a patient's data in the text.
            lost = self._dialect.is_disconnect(cast(Any, error), self._driver, None)
            wrapped = DBAPIError.instance(
                sql,
                None,
                error,
                self._failure,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=self._dialect,
            )
            if lost:
                connection.invalidate(error)
            raise wrapped from error

    # -- reading ---------------------------------------------------------------------------

    def _read(self, query: Query, values: Mapping[str, Any]) -> tuple[Plan, Any]:
        if self._session is not None:
            self._session.flush()
        plan = query.plan(self._dialect, self._unit is not None)
        return plan, self._run(plan, {**values, **self._scope})

    def all(self, query: Query, /, **values: Any) -> list[tuple[Any, ...]]:
        """Return every row of *query*."""
        plan, cursor = self._read(query, values)
        return plan.rows(cursor)

    def one(self, query: Query, /, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row of *query*, or None."""
        plan, cursor = self._read(query, values)
        return plan.first(cursor)

    def scalar(self, query: Query, /, **values: Any) -> Any | None:
        """Return the first column of the first row of *query*, or None."""
        row = self.one(query, **values)
        return None if row is None else row[0]

    def record(self, model: type[SQLModel], key: Any) -> Any | None:
        """Return the row of *model* with primary key *key* as a named tuple, or None."""
        kind = row_type(model)
        row = self.one(kind.by_key, **kind.key_values(key))
        return None if row is None else kind.record._make(row)

    # -- writing ---------------------------------------------------------------------------

    def insert(self, model: type[SQLModel], **values: Any) -> Any:
        """Add a row, the model's defaults filled in; return the first column of its key."""
        kind = row_type(model)
        self._own(kind, values)
        row = kind.filled(values)
        with_id = "id" in row
        returning = kind.generated and not with_id
        cursor = self._run(kind.insertion(self._dialect, with_id, returning), row)
        if not returning:
            return row[kind.keys[0]]
        return cursor.lastrowid if self._dialect.name == "sqlite" else cursor.fetchone()[0]

    def insert_many(self, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add *rows*, all with the same fields given."""
        if not rows:
            return
        kind = row_type(model)
        filled = []
        for given in rows:
            values = dict(given)
            self._own(kind, values)
            filled.append(kind.filled(values))
        plan = kind.insertion(self._dialect, "id" in filled[0], False)
        self._send(plan.sql, [plan.parameters(row) for row in filled], many=True)

    def _own(self, kind: RowType, values: dict[str, Any]) -> None:
        if self._unit is None or not kind.owned:
            return
        if kind.unit_owned:
            if values.setdefault("unit_id", self._unit) != self._unit:
                raise ForeignUnit(f"{kind.name} of another unit (SE01)")
            if kind.model is MedicalRegistration:
                self._own_visits.add(values.get("visit_id"))
        elif kind.model in CHILDREN and values["visit_id"] not in self._own_visits:
            if self.record(MedicalRegistration, values["visit_id"]) is None:
                raise ForeignUnit(f"{kind.name} of another unit (SE01)")
            self._own_visits.add(values["visit_id"])

    def update(
        self, model: type[SQLModel], key: Any, version: int | None, /, **values: Any
    ) -> None:
        """Change one row and raise its version.  Raises Conflict when *version* is not its own.

        ``version`` None skips the comparison; a row that is gone, or of another unit, is a
        Conflict as well.
        """
        kind = row_type(model)
        if model is AuditEvent:
            raise ValueError("rows of the audit log are never changed")
        if forbidden := _NEVER_SET & set(values):
            raise ValueError(f"{kind.name}: the store alone writes {sorted(forbidden)}")
        if version is not None and not kind.versioned:
            raise ValueError(f"{kind.name} has no version")
        if not values:
            raise ValueError(f"{kind.name}: nothing to change")
        if kind.versioned:
            values["changed_at"] = wall_clock()
        scoped = self._unit is not None
        plan = kind.change(self._dialect, tuple(values), scoped, version is not None)
        parameters = {**values, **kind.key_values(key), EXPECTED: version, **self._scope}
        if self._run(plan, parameters).rowcount != 1:
            raise self._conflict(kind.name, key)

    def delete(self, model: type[SQLModel], /, **equals: Any) -> int:
        """Delete the rows where every field of *equals* has that value; return how many."""
        kind = row_type(model)
        if model is AuditEvent or not equals:
            raise ValueError(f"{kind.name}: rows are not deleted without a condition or from a log")
        plan = kind.removal(self._dialect, tuple(equals), self._unit is not None)
        deleted: int = self._run(plan, {**kind.where(equals), **self._scope}).rowcount
        return deleted

    def expect(self, row: Any, version: int | None) -> None:
        """Raise Conflict unless *row*, a record or an ORM row, still is *version*."""
        if row.version == version:
            return
        kind = row_type_of(row)
        saves = row.version - (version or 0)
        raise self._conflict(kind.name, getattr(row, kind.keys[0]), saves)

    def _conflict(self, entity: str, key: Any, saves: int = 1) -> Conflict:
        key = key[0] if isinstance(key, tuple) else key
        return conflict_at(self.connection, entity, key, saves)

    def _stale_conflict(self, stale: list[tuple[str, Any]]) -> Conflict:
        # The session's transaction is gone with the failed flush: look in a new one.
        with self.database.reading_engine.connect() as connection:
            entity, key = stale[0] if stale else ("", None)
            return conflict_at(connection, entity, key)

    def lock_patient(self, patient_id: int) -> None:
        """Let no one else's save of this patient in between; SQLite has one writer anyway."""
        if self._dialect.name == "postgresql":
            self._send("SELECT 1 FROM patient WHERE id = %s FOR NO KEY UPDATE", (patient_id,))

    def _event(
        self, entity: str | type[SQLModel], changes: Mapping[str, Any] | None, **values: Any
    ) -> int:
        name = entity if isinstance(entity, str) else table_of(entity).name
        event: int = self.insert(AuditEvent, entity=name, changes=as_json(changes or {}), **values)
        return event
