"""One piece of work: one transaction, one unit, its audit events beside its rows.

Nothing is kept unless ``commit`` is called.  The unit of the actor is the only source of a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import SQLModel

from pasis_tui.store.actor import Actor, Context
from pasis_tui.store.conflict import Conflict, changes_of, difference, violates
from pasis_tui.store.database import Database
from pasis_tui.store.query import Query
from pasis_tui.store.scope import ForeignUnit, Unscoped
from pasis_tui.store.work import Work


class UnitOfWork(Work):
    """The work of one actor at one unit (SE01).

    ``reading=True`` does not reserve the right to write: for code lists and the like, which
    write no audit event.
    """

    def __init__(self, context: Context, *, reading: bool = False) -> None:
        database = context.database
        engine = database.reading_engine if reading else database.engine
        super().__init__(database, context.actor.unit_id, engine)
        self.context = context

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
        action: str,
        patient_id: int | None = None,
        entity: str | type[SQLModel] = "",
        entity_id: int | None = None,
        changes: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> int:
        """Add an audit event to this transaction; ``changes`` is {field: [old, new]}."""
        actor = self.context.actor
        return self._event(
            entity,
            changes,
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


class SystemWork(Work):
    """Work over all units: logging on, migrations, practice data and the isolation test only."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, None, database.engine)

    def log(
        self,
        action: str,
        working_date: date,
        *,
        screen: str = "",
        user_id: int | None = None,
        signature: str = "",
        unit_id: int | None = None,
        patient_id: int | None = None,
        entity: str | type[SQLModel] = "",
        entity_id: int | None = None,
        changes: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> int:
        """Add an audit event; who and where are given, for there may be no actor yet."""
        return self._event(
            entity,
            changes,
            working_date=working_date,
            user_id=user_id,
            signature=signature,
            unit_id=unit_id,
            screen=screen,
            action=action,
            patient_id=patient_id,
            entity_id=entity_id,
            reason=reason,
        )


__all__ = [
    "Conflict",
    "ForeignUnit",
    "Query",
    "SystemWork",
    "UnitOfWork",
    "Unscoped",
    "Work",
    "changes_of",
    "difference",
    "violates",
]
