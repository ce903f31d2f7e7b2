"""SE01: every service called as another unit sees nothing, changes nothing and is logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from pasis_tui.models import (
    CareCommitment,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    Visit,
)
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.errors import NoRight
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import contacts, medical, visits
from pasis_tui.services.visits.visits import VisitCard
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Refused
from tests.services.clinic import ALL, Clinic, commitment_fields, make_clinic

DAY = date(2026, 3, 9)


@dataclass(frozen=True)
class Theirs:
    """What unit A has, for unit B to reach for."""

    clinic: Clinic
    card: CommitmentCard
    visit: VisitCard
    fields: dict[str, str]
    medical_raw: dict[str, str]


@pytest.fixture
def theirs(database: Database) -> Theirs:
    clinic = make_clinic(database)
    card = clinic.commitment()
    visit = clinic.visit(card, DAY, main_diagnosis="F431")
    clinic.enrol(card, DAY, diagnosis="F431")
    clinic.discharge(card, DAY)
    return Theirs(
        clinic,
        care_commitments.get(clinic.at(DAY), card.id),
        visit,
        clinic.visit_fields(card, DAY, "1400", contact_type="ÅB"),
        medical.get(clinic.at(DAY), visit.id).raw(),
    )


def snapshot(clinic: Clinic, card: CommitmentCard, visit: VisitCard) -> list[Any]:
    models = (CareCommitment, EnrolmentForm, DischargeForm, FollowUpForm)
    with SystemWork(clinic.database) as work:
        records = [work.record(model, card.id) for model in models]
        return [*records, work.record(Visit, visit.id), work.record(MedicalRegistration, visit.id)]


CLOSING = {"closing_date": "2026-03-09", "closing_reason": "AV", "closing_caregiver": "ANNLIN"}
FORM = {
    "date": "2026-03-09",
    "treatment": "KBT",
    "diagnosis": "F431",
    "caregiver": "ANNLIN",
    "sick_leave_percent": "0",
    "approved": "J",
}
Act = Callable[[Context, Theirs], object]
REFUSED: dict[str, Act] = {
    "care_commitments.get": lambda c, t: care_commitments.get(c, t.card.id),
    "care_commitments.change": lambda c, t: care_commitments.change(
        c, t.card.id, t.card.version, t.card.raw(), ALL
    ),
    "care_commitments.close": lambda c, t: care_commitments.close(
        c, t.card.id, t.card.version, CLOSING, ALL
    ),
    "care_commitments.reopen": lambda c, t: care_commitments.reopen(
        c, t.card.id, t.card.version, "nyfiken"
    ),
    "care_commitments.remove": lambda c, t: care_commitments.remove(c, t.card.id, t.card.version),
    "forms.get": lambda c, t: forms.get(c, t.card.id),
    "forms.save_enrolment": lambda c, t: forms.save_enrolment(c, t.card.id, 1, FORM, ALL),
    "forms.save_discharge": lambda c, t: forms.save_discharge(c, t.card.id, 1, FORM, ALL),
    "forms.save_follow_up": lambda c, t: forms.save_follow_up(c, t.card.id, None, FORM, ALL),
    "visits.get": lambda c, t: visits.get(c, t.visit.id),
    "visits.propose": lambda c, t: visits.propose(c, t.card.patient_id),
    "visits.propose chosen": lambda c, t: visits.propose(c, t.card.patient_id, t.card.id),
    "visits.propose_second": lambda c, t: visits.propose_second(c, t.visit.id),
    "visits.save": lambda c, t: visits.save(c, t.card.patient_id, t.fields, ALL),
    "visits.save_all": lambda c, t: visits.save_all(c, t.card.patient_id, t.fields, ALL),
    "visits.change": lambda c, t: visits.change(c, t.visit.id, t.visit.version, t.visit.raw(), ALL),
    "visits.cancel": lambda c, t: visits.cancel(c, t.visit.id, t.visit.version, "nyfiken", ALL),
    "medical.get": lambda c, t: medical.get(c, t.visit.id),
    "medical.propose": lambda c, t: medical.propose(c, t.visit.id),
    "medical.save": lambda c, t: medical.save(c, t.visit.id, 1, t.medical_raw, ALL),
    "contacts.contacts_page": lambda c, t: contacts.contacts_page(c, t.card.patient_id),
    "overview by id": lambda c, t: forms.overview_page(c, commitment_id=t.card.id),
    "overview by number": lambda c, t: forms.overview_page(c, identity="199307142381"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_another_unit_is_refused_and_logged(name: str, theirs: Theirs) -> None:
    clinic = theirs.clinic
    before, events = snapshot(clinic, theirs.card, theirs.visit), len(clinic.events())
    with pytest.raises(Refused) as caught:
        REFUSED[name](clinic.at(DAY, "b", "048"), theirs)
    assert {each.rule for each in caught.value.findings} == {"SE01"}
    sentence = str(caught.value)
    for secret in ("Björk", "Åsa", "F431", "KBT", "PSMA01", "ANNLIN"):
        assert secret not in sentence
    assert snapshot(clinic, theirs.card, theirs.visit) == before
    (event,) = clinic.events()[events:]
    assert (event.action, event.unit_id, event.screen) == ("denied", clinic.seed.b.id, "048")
    assert event.entity_id in {theirs.card.id, theirs.visit.id, theirs.card.patient_id}


def test_lists_of_another_unit_are_empty(theirs: Theirs) -> None:
    clinic = theirs.clinic
    context = clinic.at(DAY, "b")
    assert care_commitments.for_patient(context, theirs.card.patient_id) == ()
    for state in "PA":
        assert forms.overview_page(context, state).rows == ()


def test_another_unit_starts_its_own_and_sees_only_that(theirs: Theirs) -> None:
    clinic = theirs.clinic
    context = clinic.at(DAY, "b")
    patient = theirs.card.patient_id
    start = {"problem": "KBT", "arrival_date": "i"}
    opened = care_commitments.check_start(context, patient, start)
    assert opened["caregiver"] == clinic.seed.b.signature
    fields = commitment_fields(DAY, caregiver=clinic.seed.b.signature)
    mine = care_commitments.create(context, patient, fields, ALL)
    assert [row.id for row in care_commitments.for_patient(context, patient)] == [mine.id]
    assert contacts.contacts_page(context, patient).rows == ()
    proposal = visits.propose(context, patient)
    assert [choice.id for choice in proposal.commitments] == [mine.id]
    assert (proposal.raw["contact_type"], proposal.visit_number) == ("NY", 1)
    assert proposal.medical is not None
    assert proposal.medical["main_diagnosis"] == ""
    assert [row.commitment_id for row in forms.overview_page(context).rows] == [mine.id]


def test_without_the_right_no_diagnosis_is_proposed_or_saved(theirs: Theirs) -> None:
    clinic = theirs.clinic
    desk = clinic.at(DAY)
    desk = replace(desk, actor=replace(desk.actor, rights=desk.actor.rights - {"medical"}))
    assert visits.propose(desk, theirs.card.patient_id, theirs.card.id).medical is None
    assert visits.propose_second(desk, theirs.visit.id).medical is None
    with pytest.raises(NoRight, match="184 Medicinsk registrering"):
        visits.save_all(desk, theirs.card.patient_id, theirs.fields, ALL)
    assert visits.save(desk, theirs.card.patient_id, theirs.fields, ALL).dia_reg == "N"
