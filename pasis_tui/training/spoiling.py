"""Planted errors: writes what no rule would let through, so that *Vad är fel här?* can be taught.

Only in an exercise's own database, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, NamedTuple, Protocol

from sqlalchemy import delete, insert, update
from sqlmodel import SQLModel

from pasis_tui.models import (
    CareCommitment,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    OtherDiagnosis,
    ProcedureCode,
    Visit,
)
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.care_commitments import CommitmentInput
from pasis_tui.validation.closing import ClosingInput
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.forms import DischargeInput, EnrolmentInput, FollowUpInput
from pasis_tui.validation.records import entries
from pasis_tui.validation.visits import VisitInput


class BadSpoil(ForPeople):
    """A planted error that cannot be written."""

    exit_code = 1


class Case(Protocol):
    """Whom the error is about."""

    def commitment(self) -> int:
        """Return the key of the vårdåtagande."""
        ...

    def visit(self, typed: Mapping[str, str]) -> int:
        """Return the key of the visit on the date and at the time that are given."""
        ...


class _Kind(NamedTuple):
    """A record that can be spoiled: its table, its key's column and its declarations."""

    model: type[SQLModel]
    key: str
    records: tuple[type, ...]


_KINDS: Mapping[str, _Kind] = {
    "commitment": _Kind(CareCommitment, "id", (CommitmentInput, ClosingInput)),
    "enrolment": _Kind(EnrolmentForm, "commitment_id", (EnrolmentInput,)),
    "discharge": _Kind(DischargeForm, "commitment_id", (DischargeInput,)),
    "follow_up": _Kind(FollowUpForm, "commitment_id", (FollowUpInput,)),
    "visit": _Kind(Visit, "id", (VisitInput,)),
    "medical": _Kind(MedicalRegistration, "visit_id", ()),
}
_CODES = ("main_diagnosis", "problem")


def spoil(context: Context, case: Case, typed: Mapping[str, str]) -> None:
    """Write ``value`` into ``field``, as ``kind.field``; a kind alone is taken away.

    Raises BadSpoil for what cannot be written so.
    """
    if not context.actor.practice:
        raise BadSpoil("bara en övnings egen databas får fel skrivna i sig")
    kind, _, field = typed["field"].partition(".")
    if kind not in _KINDS:
        raise BadSpoil(f"{kind} kan inte få ett fel; välj bland {', '.join(_KINDS)}")
    known = _KINDS[kind]
    key = case.visit(typed) if kind in {"visit", "medical"} else case.commitment()
    table = known.model.metadata.tables[str(known.model.__tablename__)]
    here = table.c[known.key] == key
    with SystemWork(context.database) as work:
        connection = work.connection
        if not field:
            if kind in {"commitment", "visit"}:
                raise BadSpoil(f"{kind} kan inte tas bort, bara ett fält i det kan få ett fel")
            for model in (OtherDiagnosis, ProcedureCode) if kind == "medical" else ():
                rows = model.metadata.tables[str(model.__tablename__)]
                connection.execute(delete(rows).where(rows.c.visit_id == key))
            written = connection.execute(delete(table).where(here))
        elif field == "kva" and kind == "medical":
            rows = ProcedureCode.metadata.tables[str(ProcedureCode.__tablename__)]
            connection.execute(delete(rows).where(rows.c.visit_id == key))
            codes = typed.get("value", "").split()
            for position, code in enumerate(codes, 1):
                values = {"unit_id": context.actor.unit_id, "visit_id": key}
                connection.execute(insert(rows).values(position=position, code=code, **values))
            work.commit()
            return
        else:
            column, value = _value(known, field, typed.get("value", ""))
            written = connection.execute(update(table).where(here).values({column: value}))
        if written.rowcount != 1:
            raise BadSpoil(f"det finns ingen {kind} att skriva felet i")
        work.commit()


def _value(kind: _Kind, field: str, text: str) -> tuple[str, Any]:
    """Return the column of a field and the text as it is kept there."""
    if kind.model is MedicalRegistration and field in _CODES:
        return field, text
    for record in kind.records:
        for name, each in entries(record).items():
            if name != field:
                continue
            if not each.column:
                break
            try:
                return each.column, _read(each.type, text)
            except ValueError as fault:
                raise BadSpoil(f"{field} kan inte vara ”{text[:30]}”") from fault
    raise BadSpoil(f"{field} kan inte få ett fel")


def _read(kind: Any, text: str) -> Any:
    if kind is date:
        return date.fromisoformat(text) if text else None
    if kind is time:
        return time.fromisoformat(text)
    if kind is bool:
        return text == "J"
    return int(text) if kind is int else text
