"""Two clinics and a few patients, and a treatment walked through the services day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import AuditEvent, Caregiver, Patient, Reception, ReferringUnit, Visit
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import medical, visits
from pasis_tui.services.visits.visits import VisitCard
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Query, SystemWork
from pasis_tui.validation.findings import Confirmed, Finding, Level, Refused, Unconfirmed
from tests.seeding import Seed, seed_minimal

ARRIVAL = date(2026, 3, 2)


class ByRule(frozenset[Finding]):
    """Confirms every finding of some rules, whatever it says: for saves that are about others."""

    rules: frozenset[str]

    def __new__(cls, rules: Iterable[str]) -> ByRule:
        confirmed = super().__new__(cls)
        confirmed.rules = frozenset(rules)
        return confirmed

    def __contains__(self, finding: object) -> bool:
        return isinstance(finding, Finding) and finding.rule in self.rules


def confirming(*rules: str) -> ByRule:
    """Every finding of *rules*."""
    return ByRule(rules)


ALL = confirming(
    "VA04", "VA08", "VA11", "VA33", "FO05", "FO06", "BE03", "BE04", "BE06", "BE07", "BE09", "BE10", "BE11", "FO08", "VA13", "VA35", "ME02W", "ME05", "ME06", "ME07"
)  # fmt: skip


def all_but(*rules: str) -> ByRule:
    """``ALL`` without *rules*."""
    return ByRule(ALL.rules - set(rules))


_EVENTS = Query(
    select(
        col(AuditEvent.action),
        col(AuditEvent.patient_id),
        col(AuditEvent.entity),
        col(AuditEvent.entity_id),
        col(AuditEvent.changes),
        col(AuditEvent.reason),
        col(AuditEvent.unit_id),
        col(AuditEvent.screen),
    ).order_by(col(AuditEvent.id))
)
_KINDS = Query(
    select(col(Visit.date), col(Visit.contact_type))
    .where(col(Visit.commitment_id) == bindparam("commitment_id"))
    .where(col(Visit.cancelled_at).is_(None))
    .order_by(col(Visit.date), col(Visit.time))
)


@dataclass(frozen=True)
class Event:
    action: str
    patient_id: int | None
    entity: str
    entity_id: int | None
    changes: str
    reason: str
    unit_id: int
    screen: str


@dataclass(frozen=True)
class Clinic:
    """The world of a test.  ``vera`` and ``max`` have no commitment yet; ``young`` is a child."""

    database: Database
    seed: Seed
    vera: int
    max: int
    young: int
    hidden: int

    def at(self, day: date = ARRIVAL, which: Any = "a", screen: str = "085") -> Context:
        """Return a context that has a reason to read protected identities."""
        return replace(self.seed.context(self.database, which, day, screen), reason="prov")

    def events(self) -> list[Event]:
        with SystemWork(self.database) as work:
            return [Event(*row) for row in work.all(_EVENTS)]

    def contact_types(self, commitment_id: int) -> list[str]:
        with SystemWork(self.database) as work:
            return [kind for _, kind in work.all(_KINDS, commitment_id=commitment_id)]

    def commitment(
        self, day: date = ARRIVAL, patient: int | None = None, which: str = "a", **raw: str
    ) -> CommitmentCard:
        signature = self.seed.a.signature if which == "a" else self.seed.b.signature
        fields = commitment_fields(day, caregiver=signature) | raw
        patient_id = self.vera if patient is None else patient
        return care_commitments.create(self.at(day, which, "040"), patient_id, fields, ALL)

    def enrol(self, card: CommitmentCard, day: date, **raw: str) -> forms.FormsCard:
        fields = {
            "date": day.isoformat(),
            "treatment": card.problem,
            "diagnosis": "F411",
            "caregiver": card.caregiver,
            "sick_leave_percent": "0",
            "sick_leave_date": "",
        }
        return forms.save_enrolment(self.at(day, screen="048"), card.id, None, fields | raw, ALL)

    def discharge(self, card: CommitmentCard, day: date, **raw: str) -> forms.FormsCard:
        fields = {
            "date": day.isoformat(),
            "caregiver": card.caregiver,
            "sick_leave_percent": "0",
        }
        return forms.save_discharge(self.at(day, screen="048"), card.id, None, fields | raw, ALL)

    def visit(
        self,
        card: CommitmentCard,
        day: date,
        time: str = "0900",
        *,
        today: date | None = None,
        **raw: str,
    ) -> VisitCard:
        """Save a visit with everything proposed, as a clerk does, and with what is passed."""
        fields = self.visit_fields(card, day, time, today=today, **raw)
        return visits.save_all(self.at(today or day), card.patient_id, fields, ALL)

    def visit_fields(
        self,
        card: CommitmentCard,
        day: date,
        time: str = "0900",
        *,
        today: date | None = None,
        **raw: str,
    ) -> dict[str, str]:
        proposal = visits.propose(self.at(today or day), card.patient_id, card.id)
        assert proposal.medical is not None
        fields = {**proposal.raw, **proposal.medical, "date": day.isoformat(), "time": time}
        fields["main_diagnosis"] = fields["main_diagnosis"] or "F411"
        return fields | raw


def commitment_fields(day: date = ARRIVAL, /, **raw: str) -> dict[str, str]:
    return {
        "problem": "KBT",
        "arrival_date": day.isoformat(),
        "type_of_commitment": "R",
        "referral_source": "1",
        "referring_unit": "VC0001",
        "review_date": day.isoformat(),
        "caregiver": "ANNLIN",
        "decision_date": day.isoformat(),
        **raw,
    }


def make_clinic(database: Database) -> Clinic:
    seed = seed_minimal(database)
    with SystemWork(database) as work:
        work.insert(
            Reception, unit_id=seed.a.id, code="FILIAL", name="Filial Vidhamn", is_branch=True
        )
        work.insert(Reception, unit_id=seed.b.id, code="ANNAN", name="Annan")
        work.insert(
            Caregiver,
            unit_id=seed.a.id,
            signature="GORLAT",
            name="Göran Låtsasberg",
            category="HK",
            active_from=date(2020, 1, 1),
            active_to=date(2025, 12, 31),
        )
        work.insert(
            Caregiver,
            unit_id=seed.a.id,
            signature="BOPROV",
            name="Bo Provberg",
            category="PS",
            active_from=date(2020, 1, 1),
        )
        work.insert(ReferringUnit, code="VC0007", name="Vårdcentralen Fjärran", source="7")
        work.insert(ReferringUnit, code="VC0002", name="Vårdcentralen Åker", source="1")
        work.update(Patient, seed.patients[0], None, listed_unit_id=seed.health_centre)
        young = _person(work, "20120115DA0A", "Övning", "Kim", date(2012, 1, 15))
        hidden = _person(work, "19700115DA0B", "Testsson", "Eli", date(1970, 1, 15), True)
        work.commit()
    return Clinic(database, seed, seed.patients[0], seed.patients[1], young, hidden)


def _person(
    work: SystemWork, number: str, family: str, given: str, born: date, protected: bool = False
) -> int:
    key: int = work.insert(
        Patient,
        identity_number=number,
        kind="reservnummer",
        birth_date=born,
        sex="K",
        family_name=family,
        given_name=given,
        protected=protected,
    )
    return key


@contextmanager
def refused(rule: str, field: str, *words: str) -> Iterator[None]:
    """The block is refused by *rule* at *field*, with *words* in the message."""
    with pytest.raises(Refused) as caught:
        yield
    _assert_found(caught.value.findings, rule, field, Level.BLOCK, words)


@contextmanager
def warned(rule: str, field: str, *words: str) -> Iterator[None]:
    """The block stops at the warning *rule* at *field*, with *words* in the message."""
    with pytest.raises(Unconfirmed) as caught:
        yield
    _assert_found(caught.value.findings, rule, field, Level.WARN, words)


def _assert_found(
    findings: tuple[Finding, ...], rule: str, field: str, level: Level, words: tuple[str, ...]
) -> None:
    said = {(each.rule, each.field, each.level): each.message for each in findings}
    assert (rule, field, level) in said, said
    for word in words:
        assert word in said[rule, field, level]


def save_medical(
    clinic: Clinic, visit: VisitCard, raw: Mapping[str, str], confirmed: Confirmed = ALL
) -> medical.MedicalCard:
    card = medical.get(clinic.at(visit.date, screen="184"), visit.id)
    context = clinic.at(visit.date, screen="184")
    return medical.save(context, visit.id, card.version, {**card.raw(), **raw}, confirmed)
