"""One piece of work: one transaction, one unit, its audit events beside its rows.

Nothing is kept unless ``commit`` is called.  The unit of the actor is the only source of a unit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Self

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from pasis_tui.models import Action, Entity, Patient, User, UserUnit
from pasis_tui.store.actor import Actor, Context, SessionEnded, access_of
from pasis_tui.store.conflict import Conflict, difference, violates
from pasis_tui.store.database import Database
from pasis_tui.store.locks import Unlocked
from pasis_tui.store.query import Query
from pasis_tui.store.scope import ForeignUnit, Unscoped
from pasis_tui.store.work import Work
from pasis_tui.store.writes import RowType
from pasis_tui.validation.findings import ProtectedIdentity
from pasis_tui.validation.rules import finding

# Asked at each act: what a user may do is withdrawn at once.
_ACCESS = Query(
    select(col(User.access_version), col(UserUnit.roles))
    .join(UserUnit, col(UserUnit.user_id) == col(User.id))
    .where(
        col(User.id) == bindparam("user_id"),
        col(UserUnit.unit_id) == bindparam("at_unit"),
        col(User.disabled_at).is_(None),
    )
)


class Undeclared(Exception):
    """A service that declares no right was about to work: a fault of the program."""


_PROTECTED = Query(select(col(Patient.protected)).where(col(Patient.id) == bindparam("patient_id")))


class UnitOfWork(Work):
    """The work of one actor at one unit (SE01).

    ``reading=True`` does not reserve the right to write: for code lists and the like, which
    write no audit event.  Raises Undeclared for a context that no service admitted.
    """

    def __init__(self, context: Context, *, reading: bool = False) -> None:
        if not context.admitted:
            raise Undeclared("a unit of work was opened outside a service that declares its right")
        database = context.database
        engine = database.reading_engine if reading else database.engine
        super().__init__(database, context.actor.unit_id, engine)
        self.context = context
        self._changing = False

    def __enter__(self) -> Self:
        """Begin, and ask whether the actor still has the access they logged in with.

        Raises SessionEnded, logged, when the account or its roles at the unit were changed.
        """
        super().__enter__()
        actor = self.context.actor
        try:
            known = self.first(_ACCESS, user_id=actor.user_id, at_unit=actor.unit_id)
            ended = known is None or access_of(*known) != actor.access
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        if ended:
            self.__exit__(None, None, None)
            self._end_session(gone=known is None)
        return self

    def _end_session(self, *, gone: bool) -> None:
        actor = self.context.actor
        with SystemWork(self.database) as work:
            work.log(
                "denied",
                self.context.today,
                screen=self.context.screen,
                entity="user_account",
                entity_id=actor.user_id,
                user_id=actor.user_id,
                signature=actor.signature,
                unit_id=actor.unit_id,
                reason="kontot eller dess roller är ändrade",
            )
            work.commit()
        raise SessionEnded(actor, gone=gone)

    @property
    def actor(self) -> Actor:
        """Who works."""
        return self.context.actor

    @property
    def unit_id(self) -> int:
        """The only unit this work sees and writes."""
        return self.context.actor.unit_id

    @property
    def today(self) -> date:
        """The working date."""
        return self.context.today

    def audit(
        self,
        action: Action,
        patient_id: int | None = None,
        entity: Entity = "",
        entity_id: int | None = None,
        changes: Mapping[str, Any] | None = None,
        reason: str = "",
        patients: Collection[int] = (),
        protected_reason: str = "",
    ) -> None:
        """Add an audit event to this transaction; ``changes`` is {field: [old, new]}.

        *patients* are the ids of all whom it concerns, when it concerns several.  Reading one with
        protected identity takes a reason, *protected_reason* or the context's, which is logged;
        raises ProtectedIdentity without.
        """
        actor = self.context.actor
        if action == "read" and patient_id is not None:
            reason = self._with_reason(patient_id, reason, protected_reason)
        self._changing = self._changing or action not in {"read", "denied"}
        self._event(
            entity,
            changes,
            patients,
            working_date=self.context.today,
            user_id=actor.user_id,
            signature=actor.signature,
            unit_id=actor.unit_id,
            screen=self.context.screen,
            action=action,
            patient_id=patient_id,
            entity_id=entity_id,
            reason=reason,
        )

    def _with_reason(self, patient_id: int, reason: str, given: str) -> str:
        """Return *reason* with why a protected identity is read, as it is for everyone else."""
        if not self.scalar(_PROTECTED, patient_id=patient_id):
            return reason
        why = given or self.context.reasons.get(patient_id, "") or self.context.reason
        if not why:
            raise ProtectedIdentity(patient_id, finding("PE04", "", self.today, "why_read"))
        return f"{reason}: {why}" if reason else why

    def everywhere(self, query: Query[Any], /, **values: Any) -> Any | None:
        """Return what ``scalar`` does, over all units: only ``services/patients/reach.py`` may ask."""
        plan = query.plan(self._dialect, False)
        row = plan.first(self._run(plan, values))
        return None if row is None else row[0]

    @property
    def _saves(self) -> bool:
        return self._changing

    def commit(self) -> None:
        """Commit, and count the change, so that panels are read again."""
        super().commit()
        if self._changing:
            self.database.changes += 1


class Reading(UnitOfWork):
    """Reads without the right to write, so that nobody waits; then the reading is logged.

    ``commit`` ends the reading and commits its events in a short transaction of their own: what
    was read is shown only after it.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context, reading=True)
        self._events: list[tuple[Any, ...]] = []

    def audit(
        self,
        action: Action,
        patient_id: int | None = None,
        entity: Entity = "",
        entity_id: int | None = None,
        changes: Mapping[str, Any] | None = None,
        reason: str = "",
        patients: Collection[int] = (),
        protected_reason: str = "",
    ) -> None:
        """Keep an audit event for ``commit``."""
        event = (action, patient_id, entity, entity_id, changes, reason, patients, protected_reason)
        self._events.append(event)

    def commit(self) -> None:
        """End the reading, and commit its events."""
        self.abandon()
        with UnitOfWork(self.context) as log:
            for event in self._events:
                log.audit(*event)
            log.commit()

    def _sure(self, kind: RowType) -> None:
        raise Unlocked(f"{kind.name} is written by a reading")


class SystemWork(Work):
    """Work over all units: logging on, migrations, practice data, and whether other units have a
    person (``services/patients/reach.py``).
    """

    def __init__(self, database: Database, *, reading: bool = False) -> None:
        super().__init__(database, None, database.reading_engine if reading else database.engine)

    @property
    def connection(self) -> Connection:
        """The connection itself.  Raises RuntimeError outside the ``with`` and after ``commit``."""
        connection, outbox = self._opened
        outbox.at_once()
        return connection

    def log(
        self,
        action: Action,
        working_date: date,
        *,
        screen: str = "",
        entity: Entity = "",
        changes: Mapping[str, Any] | None = None,
        patients: Collection[int] = (),
        **columns: Any,
    ) -> None:
        """Add an audit event; *columns* are its user, unit and more, as there may be no actor yet."""
        columns |= {"working_date": working_date, "screen": screen, "action": action}
        self._event(entity, changes, patients, **columns)


__all__ = [
    "Conflict",
    "ForeignUnit",
    "Query",
    "Reading",
    "SystemWork",
    "UnitOfWork",
    "Unlocked",
    "Unscoped",
    "Work",
    "difference",
    "violates",
]
