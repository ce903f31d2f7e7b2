"""One transaction on one connection: reading and writing rows.

It goes past SQLAlchemy's execution (a statement costs 10 µs instead of 40), so a save
with its rules, its rows and its audit event stays near the price of the commit itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from pasis_tui.models import AuditEvent, Entity, wall_clock
from pasis_tui.store import waiting
from pasis_tui.store.chain import LATEST, Chain, Latest, Receipt, patients_digest, seen_links
from pasis_tui.store.conflict import Conflict, as_json, conflict_at
from pasis_tui.store.database import Database
from pasis_tui.store.locks import KEY, PATIENT, WORDS, Unlocked, patient_of
from pasis_tui.store.outbox import Outbox
from pasis_tui.store.query import SCOPE, Plan, Query, Row
from pasis_tui.store.scope import ForeignUnit
from pasis_tui.store.server_engine import WARNED
from pasis_tui.store.settling import Settling, nothing_is_kept
from pasis_tui.store.trouble import trouble_at_opening, trouble_from
from pasis_tui.store.writes import EXPECTED, Change, RowType, row_type, row_type_of
from pasis_tui.validation.for_people import ReadOnly

_NEVER_SET = {"unit_id", "version", "changed_at"}
_SERVER_CLOCK = Query(select(func.clock_timestamp()))
_CHAIN = "pasis_chain"  # key in a connection's info: its chain of audit events, as committed
_PATIENTS_OF_FILE = (
    "INSERT INTO audit_event_patient (event_id, patient_id, at)"
    " SELECT e.id, p.value, e.at FROM audit_event e CROSS JOIN json_each(?) p WHERE e.id = ?"
)
_PATIENTS_OF_SERVER = (
    "INSERT INTO audit_event_patient (event_id, patient_id, at) SELECT %s, unnest(%s::bigint[]), %s"
)


class Work:
    """The part that scoped and unscoped work share; open it with ``with``."""

    def __init__(self, database: Database, unit_id: int | None, engine: Engine) -> None:
        self.database = database
        self._unit = unit_id
        self._engine = engine
        self._dialect = engine.dialect
        self._server = engine.dialect.name == "postgresql"
        self._failure: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._scope = {} if unit_id is None else {SCOPE: unit_id}
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None  # while the transaction is open
        self._ahead: dict[Any, Any] = {}  # cursors of what was asked ahead, by question and values
        self._chain: Chain | None = None  # as this transaction has moved it on
        self.receipt: Receipt | None = None  # of this transaction's last audit event
        self._locked = False
        self._unsure = False  # something was read before anything was locked
        self._read_events: list[dict[str, Any]] = []  # of a program that only reads

    def __enter__(self) -> Self:
        try:
            connection = self._engine.connect()
            try:
                if self._server:
                    connection.execution_options(isolation_level="AUTOCOMMIT")  # see Outbox
                connection.begin()
                self.database.ask_watch(connection)
            except BaseException:
                connection.close()
                raise
        except Exception as error:
            trouble = trouble_at_opening(error, self.database.name, self._dialect.name)
            if trouble is not None:
                raise trouble from error
            raise
        self._connection = connection
        driver = connection.connection.driver_connection
        self._outbox = Outbox(driver, self._failure, self._wrapped, server=self._server)
        return self

    def __exit__(self, _kind: object, given: BaseException | None, _trace: object) -> None:
        error = given
        try:
            self._close()
        except DBAPIError as lost:
            # A lost connection cannot be rolled back; the server has done so already.
            error = error or lost
        wrapped = isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)
        if error is not None and (wrapped or isinstance(error, self._failure)):
            trouble = trouble_from(error, self.database.name)
            if trouble is not None:
                raise trouble from error
        if error is not None and error is not given:
            raise error

    def _close(self) -> None:
        self._outbox = None
        self._ahead.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()  # rolls back what was not committed

    def abandon(self) -> None:
        """Roll back what was written, and give up the locks.  Nothing may be executed after it."""
        self._close()

    @property
    def _opened(self) -> tuple[Connection, Outbox]:
        """The one connection.  Raises RuntimeError outside the ``with`` and after ``commit``."""
        if self._connection is None or self._outbox is None:
            raise RuntimeError("the unit of work is not open")
        return self._connection, self._outbox

    def _sent(self) -> Connection:
        """Return the connection once all that was kept has been sent."""
        connection, outbox = self._opened
        outbox.flush()
        return connection

    def commit(self) -> None:
        """Commit.  Nothing may be executed after it."""
        if self.database.readings is not None:
            instance = self.database.fact("instance") or ""
            self._close()
            self.database.readings.write(instance, self._read_events)
            return
        connection, outbox = self._opened
        watch = self.database.watch
        stamp = 0
        if watch is not None and watch.due and self._engine is self.database.engine:
            stamp = watch.next_stamp(outbox.driver)
            outbox.send(f"PRAGMA user_version={stamp}", ()).close()
        try:
            kept = self._send_commit(connection, outbox)
            self._outbox = None
            if not kept:
                return
            if self._chain is not None:
                connection.info[_CHAIN] = self._chain
            if watch is not None and stamp:
                watch.stamped(stamp)
            # It counts as saved only if the open file is still the database.
            self.database.ask_watch(connection)
        except BaseException:
            # SQLAlchemy would put it back in the pool with its transaction still open.
            connection.invalidate()
            raise

    @property
    def _saves(self) -> bool:
        """Whether the transaction changes more than the log."""
        return True

    def _send_commit(self, connection: Connection, outbox: Outbox) -> bool:
        """Commit; False when the answer was lost, but what was committed has been found.

        Raises Uncertain when that cannot be found out, GivenUp when the clerk no longer waits.
        """
        waiting.commits(self.database.name, saves=self._saves)
        server = self._server
        try:
            connection.info.pop(WARNED, None)
            outbox.commit()
            connection.commit()
            if connection.info.pop(WARNED, False) and self._saves:
                # The server stopped waiting for its standby: what it alone has goes with it.
                raise waiting.Uncertain(self.database.name)
            return True
        except DBAPIError as error:
            if server and not error.connection_invalidated:
                raise  # the server has answered: it was not kept
            connection.invalidate()
            if not server and nothing_is_kept(error.orig):
                raise
            if self.receipt is None:
                if not server:
                    raise
                raise waiting.Uncertain(self.database.name) from error
            settling = Settling(self.receipt, server=server)
            if not waiting.ask_until_known(
                lambda: settling.ask(self._another()), self.database.name
            ):
                raise
            return False

    def _another(self) -> Work:
        return Work(self.database, None, self.database.reading_engine)

    def driver_row(self, sql: str) -> Any:
        """Return the first row of the driver's answer to *sql*, which has no parameters."""
        return self._opened[1].send(sql, ()).fetchone()

    def _run(self, plan: Plan, values: Mapping[str, Any]) -> Any:
        """Execute *plan* on the driver's connection and return its cursor."""
        return self._opened[1].send(plan.sql, plan.parameters(values))

    def _later(self, plan: Plan, values: Mapping[str, Any]) -> Any:
        """Do the same with the next that is waited for: an error comes there, or at COMMIT."""
        return self._opened[1].later(plan.sql, plan.parameters(values))

    def _wrapped(self, error: Exception, sql: str) -> Exception:
        """Return *error* as SQLAlchemy would raise it, but without a patient's data in the text."""
        connection, outbox = self._opened
        lost = self._dialect.is_disconnect(cast(Any, error), outbox.driver, None)
        wrapped = DBAPIError.instance(
            sql,
            None,
            cast(Any, error),
            self._failure,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=self._dialect,
        )
        if lost:
            connection.invalidate(error)
        return cast("Exception", wrapped)

    # -- reading ---------------------------------------------------------------------------

    def _read(self, query: Query[Any], values: Mapping[str, Any]) -> tuple[Plan, Any]:
        self._unsure |= not self._locked and query is not LATEST
        plan = query.plan(self._dialect, self._unit is not None)
        if self._ahead and (cursor := self._ahead.pop((query, *values.items()), None)) is not None:
            self._sent()
            return plan, cursor
        return plan, self._run(plan, {**values, **self._scope})

    def ahead(self, query: Query[Any], /, **values: Any) -> None:
        """Ask a server *query* along with the next question: when it is asked again, with the same
        values, the answer is there.

        Not to a file, where there is nothing to save.  What is locked or written in between makes
        it asked anew.
        """
        if self._server:
            self._unsure |= not self._locked
            plan = query.plan(self._dialect, self._unit is not None)
            self._ahead[query, *values.items()] = self._later(plan, {**values, **self._scope})

    def all(self, query: Query[Row], /, **values: Any) -> list[Row]:
        """Return every row of *query*."""
        plan, cursor = self._read(query, values)
        rows = plan.rows(cursor)
        make = query.make
        return cast("list[Row]", rows) if make is None else [make(row) for row in rows]

    def one(self, query: Query[Row], /, **values: Any) -> Row | None:
        """Return the first row of *query*, or None."""
        plan, cursor = self._read(query, values)
        row = plan.first(cursor)
        make = query.make
        return cast("Row", row) if row is None or make is None else make(row)

    def first(self, query: Query[Row], /, **values: Any) -> Row | None:
        """As ``one``, before anything is locked: what is written may not follow from it."""
        plan = query.plan(self._dialect, self._unit is not None)
        row = plan.first(self._run(plan, {**values, **self._scope}))
        make = query.make
        return cast("Row", row) if row is None or make is None else make(row)

    def scalar(self, query: Query[Any], /, **values: Any) -> Any | None:
        """Return the first column of the first row of *query*, or None."""
        row = self.one(query, **values)
        return None if row is None else row[0]

    def record(self, model: type[SQLModel], key: Any) -> Any | None:
        """Return the row of *model* with primary key *key* as a named tuple, or None."""
        kind = row_type(model)
        row = self.one(kind.by_key, **kind.key_values(key))
        return None if row is None else kind.record._make(row)

    def clock(self) -> datetime:
        """Return the time by the clock of the database: the server's, of a file the machine's."""
        if self._dialect.name != "postgresql":
            return wall_clock()
        now = self.scalar(_SERVER_CLOCK)
        assert isinstance(now, datetime)  # noqa: S101 - what the function returns
        return now

    # -- writing ---------------------------------------------------------------------------

    def insert(self, model: type[SQLModel], **values: Any) -> Any:
        """Add a row, the model's defaults filled in; return the first column of its key.

        A breach of a rule of the database raises IntegrityError at once when the database gives the
        key, else at the next that is waited for.
        """
        self._may_write()
        kind = row_type(model)
        self._sure(kind)
        self._own(kind, values)
        row = kind.filled(values)
        with_id = "id" in row
        returning = kind.generated and not with_id
        plan = kind.insertion(self._dialect, with_id, returning)
        if not returning:
            self._later(plan, row)
            return row[kind.keys[0]]
        cursor = self._run(plan, row)
        return cursor.fetchone()[0] if self._server else cursor.lastrowid

    def insert_many(self, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add *rows*, which all have the same fields."""
        if not rows:
            return
        self._may_write()
        kind = row_type(model)
        self._sure(kind)
        filled = []
        for fields in rows:
            values = dict(fields)
            self._own(kind, values)
            filled.append(kind.filled(values))
        plan = kind.insertion(self._dialect, "id" in filled[0], False)
        self._opened[1].later(plan.sql, [plan.parameters(row) for row in filled], many=True)

    def _may_write(self) -> None:
        """Raise ReadOnly in a program that only reads; what was asked ahead is no longer so."""
        if self.database.read_only:
            raise ReadOnly
        self._ahead.clear()

    def _own(self, kind: RowType, values: dict[str, Any]) -> None:
        if self._unit is None or not kind.owned:
            return
        if values.setdefault("unit_id", self._unit) != self._unit:
            raise ForeignUnit(f"{kind.name} of another unit (SE01)")

    def update(
        self, model: type[SQLModel], key: Any, version: int | None, /, **values: Any
    ) -> None:
        """Change one row and raise its version.  Raises Conflict when *version* is not its own.

        ``version`` None skips the comparison; a row that is gone, or of another unit, is a
        Conflict as well.
        """
        self._may_write()
        kind = row_type(model)
        if model is AuditEvent:
            raise ValueError("rows of the audit log are never changed")
        if forbidden := _NEVER_SET & set(values):
            raise ValueError(f"{kind.name}: the store alone writes {sorted(forbidden)}")
        if version is not None and not kind.versioned:
            raise ValueError(f"{kind.name} has no version")
        if not values:
            raise ValueError(f"{kind.name}: nothing to change")
        self._sure(kind)
        if kind.versioned:
            values["changed_at"] = wall_clock()
        scoped = self._unit is not None
        plan = kind.change(self._dialect, tuple(values), scoped, version is not None)
        parameters = {**values, **kind.key_values(key), EXPECTED: version, **self._scope}
        if self._run(plan, parameters).rowcount != 1:
            raise self.conflict(kind.name, key)

    def delete(self, model: type[SQLModel], /, **equals: Any) -> int:
        """Delete the rows where every field of *equals* has that value; return how many."""
        self._may_write()
        kind = row_type(model)
        if model is AuditEvent or not equals:
            raise ValueError(f"{kind.name}: rows are not deleted without a condition or from a log")
        self._sure(kind)
        plan = kind.removal(self._dialect, tuple(equals), self._unit is not None)
        deleted: int = self._run(plan, {**kind.where(equals), **self._scope}).rowcount
        return deleted

    def change(self, change: Change, /, **values: Any) -> int:
        """Do *change* and return how many rows it changed."""
        self._may_write()
        changed: int = self._run(change.plan(self._dialect), values).rowcount
        return changed

    def expect(self, row: Any, version: int | None) -> None:
        """Raise Conflict unless the record *row* still is *version*."""
        if row.version == version:
            return
        kind = row_type_of(row)
        saves = row.version - (version or 0)
        raise self.conflict(kind.name, getattr(row, kind.keys[0]), saves)

    def conflict(self, entity: str, key: Any, saves: int = 1) -> Conflict:
        """Return the Conflict for a row: who wrote it last, by the audit log.

        *saves* are the times it was saved since it was read.
        """
        key = key[0] if isinstance(key, tuple) else key
        return conflict_at(self._sent(), entity, key, saves)

    # -- locking: first of all, then the facts are read ------------------------------------------
    # A server is asked for locks along with the first of the facts: all of them come after.

    def lock_patient(self, *patient_ids: int) -> None:
        """Keep others who lock these patients out until the end."""
        self._may_write()
        self._locked = True
        if self._server:
            for patient_id in sorted(patient_ids):  # one order, so that nobody waits in a circle
                self._lock(PATIENT, patient_id)

    def lock_patient_of(self, model: type[SQLModel], key: int) -> int | None:
        """Lock the patient of a row and return the patient; None, locking nobody, for no own row."""
        query = patient_of(model)  # pyright: ignore[reportArgumentType] - a class is hashable
        plan, cursor = self._lock(query, key)
        self._sent()
        row = plan.first(cursor)
        return None if row is None else row[0]

    def lock_words(self, *words: object) -> None:
        """Keep others who lock the same words out until the end: for what no row stands for yet."""
        self._locked = True
        if self._server:
            self._lock(WORDS, " ".join(map(str, words)))

    def _lock(self, query: Query[Any], key: Any) -> tuple[Plan, Any]:
        plan = query.plan(self._dialect, self._unit is not None)
        self._locked = True
        self._ahead.clear()
        return plan, self._later(plan, {KEY: key, **self._scope})

    def owner(self, query: Query[Any], /, **values: Any) -> Any | None:
        """Return what ``scalar`` does, to find out whom to lock: nothing may be judged by it."""
        plan = query.plan(self._dialect, self._unit is not None)
        row = plan.first(self._run(plan, {**values, **self._scope}))
        return None if row is None else row[0]

    def _sure(self, kind: RowType) -> None:
        """Raise Unlocked when what is to be written may follow from facts read without a lock."""
        if self._unsure and self._unit is not None and kind.model is not AuditEvent:
            raise Unlocked(f"{kind.name} is written after something was read without a lock")

    def _event(
        self,
        entity: Entity,
        changes: Mapping[str, Any] | None,
        patients: Collection[int] = (),
        **values: Any,
    ) -> None:
        """Add an audit event at the end of this connection's chain.

        A transaction whose COMMIT was never answered takes its connection, and so its chain, along.
        """
        if self.database.read_only:
            logged = {"at": wall_clock(), "entity": entity, "changes": as_json(changes or {})}
            self._read_events.append(logged | {"patients": sorted(set(patients))} | values)
            return
        chain = self._chain or self._opened[0].info.get(_CHAIN) or Chain()
        several = set(patients)
        row = row_type(AuditEvent).filled(
            {
                "entity": entity,
                "changes": as_json(changes or {}),
                "patients": patients_digest(several),
                "seen": self._links(chain) if chain.links_next else "",
                **dict.fromkeys(("chain", "seq", "previous", "hash"), None),
                **values,
            }
        )
        row |= chain.place(row)
        if several:
            self._name_patients(self.insert(AuditEvent, **row), several, row["at"])
        else:
            self._later(row_type(AuditEvent).insertion(self._dialect, False, False), row)
        self._chain = chain.after(row)
        self.receipt = Receipt(row["chain"], row["seq"], row["hash"], row["at"])

    def _links(self, chain: Chain) -> str:
        """Return the newest rows of other chains: nothing is judged by them, so nothing is locked."""
        plan = LATEST.plan(self._dialect, False)
        return seen_links(map(Latest._make, plan.rows(self._run(plan, {}))), chain.number)

    def _name_patients(self, event: int, patients: Collection[int], at: datetime) -> None:
        """Add the *patients* of an event in one statement: there may be a hundred thousand."""
        ids = sorted(patients)
        if self._server:
            self._opened[1].later(_PATIENTS_OF_SERVER, (event, ids, at))
        else:
            self._opened[1].later(_PATIENTS_OF_FILE, (json.dumps(ids), event)).close()
