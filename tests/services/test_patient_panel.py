"""What stands beside a patient's form: as of now, as far as the clerk may see, and logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from pasis_tui.models import Patient
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports import patient_panel
from pasis_tui.services.reports.patient_panel import OpenCommitment, PatientPanel
from pasis_tui.services.visits import visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from tests.services.clinic import ALL, ARRIVAL, Clinic, make_clinic

DAY = date(2026, 3, 9)
EVERYTHING = frozenset({"patient", "booking", "overview", "visit", "medical", "fees"})
CONTACT = {
    "address": "Övre gatan 1",
    "postcode": "24138",
    "city": "Eslöv",
    "phone": "070-174 06 05",
    "interpreter_language": "dari",
}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def update(clinic: Clinic, patient: int, **values: object) -> None:
    with SystemWork(clinic.database) as work:
        work.update(Patient, patient, None, **values)
        work.commit()


def at(clinic: Clinic, rights: frozenset[str] = EVERYTHING, day: date = DAY) -> Context:
    context = clinic.at(day)
    return replace(context, actor=replace(context.actor, rights=rights))


def look(context: Context, patient: int) -> PatientPanel:
    panel = patient_panel.look(context, patient)
    assert panel is not None
    return panel


def only(panel: PatientPanel) -> OpenCommitment:
    """The one open commitment."""
    assert panel.commitments is not None
    assert len(panel.commitments) == 1
    return panel.commitments[0]


def test_it_tells_what_a_clerk_looks_up(clinic: Clinic) -> None:
    update(clinic, clinic.vera, **CONTACT)
    card = clinic.commitment()
    clinic.enrol(card, DAY)
    clinic.visit(card, DAY)
    clinic.visit(card, DAY + timedelta(days=7), "1300", today=DAY)
    panel = look(at(clinic), clinic.vera)
    assert (panel.card.name, panel.card.phone, panel.card.listed_unit_name) == (
        "Björk, Åsa", CONTACT["phone"], "Vårdcentralen Ön",
    )  # fmt: skip
    own = only(panel)
    assert (own.id, own.problem, own.diagnosis) == (card.id, card.problem, "F411")
    assert (own.visits, own.allowed, own.enrolment, own.discharge) == (1, 20, True, False)
    assert own.caregiver.startswith("ANNLIN ")
    assert panel.last == (DAY, time(9))
    assert panel.next == (DAY + timedelta(days=7), time(13))
    assert panel.closed == 0
    assert panel.standing.startswith("betalt i perioden ")
    later = look(at(clinic, day=DAY + timedelta(days=8)), clinic.vera)
    assert (later.last, later.next) == ((DAY + timedelta(days=7), time(13)), None)


def test_no_shows_and_cancelled_visits_are_no_visits(clinic: Clinic) -> None:
    card = clinic.commitment()
    saved = clinic.visit(card, DAY)
    visits.cancel(at(clinic), saved.id, saved.version, "fel patient", ALL)
    panel = look(at(clinic), clinic.vera)
    assert (panel.last, [c.visits for c in panel.commitments or ()]) == (None, [0])


def test_the_read_is_logged_with_what_was_shown(clinic: Clinic) -> None:
    clinic.commitment()
    before = len(clinic.events())
    look(at(clinic), clinic.vera)
    (event,) = clinic.events()[before:]
    assert (event.action, event.patient_id, event.screen) == ("read", clinic.vera, "085")
    assert (event.entity, event.entity_id) == ("patient_panel", clinic.vera)
    for what in ("patient", "care_commitment", "visit", "cost_protection"):
        assert f'"{what}"' in event.changes


def test_it_shows_and_logs_no_more_than_the_rights_allow(clinic: Clinic) -> None:
    update(clinic, clinic.vera, **CONTACT)
    card = clinic.commitment()
    clinic.enrol(card, DAY)
    clinic.visit(card, DAY)

    def without(*rights: str) -> PatientPanel:
        return look(at(clinic, EVERYTHING - set(rights)), clinic.vera)

    person = without("patient").card
    assert (person.address, person.phone, person.listed_unit_name) == ("", "", "")
    assert person.interpreter_language == ""
    assert without("booking", "overview").commitments is None
    assert without("booking").commitments
    own = only(without("medical"))
    assert (own.diagnosis, own.allowed) == ("", 20)
    panel = without("visit")
    assert (panel.last, panel.sees_visits) == (None, False)
    assert without("fees").standing == ""
    before = len(clinic.events())
    look(at(clinic, frozenset({"patient"})), clinic.vera)
    (event,) = clinic.events()[before:]
    assert "visit" not in event.changes
    assert "cost_protection" not in event.changes


def test_of_a_protected_person_there_is_nothing_of_where_they_live(clinic: Clinic) -> None:
    clinic.commitment()
    with SystemWork(clinic.database) as work:
        listed = work.record(Patient, clinic.vera)
    assert listed is not None
    assert listed.listed_unit_id
    update(clinic, clinic.vera, **CONTACT, protected=True)
    card = look(at(clinic), clinic.vera).card
    assert card.protected
    shown = (card.address, card.postcode, card.city, card.phone, card.listed_unit_name)
    assert shown == ("", "", "", "", "")
    assert card.listed_unit == ""


def test_of_a_person_without_a_relation_there_is_nothing(clinic: Clinic) -> None:
    clinic.commitment(which="b")
    before = len(clinic.events())
    assert patient_panel.look(at(clinic), clinic.vera) is None
    assert len(clinic.events()) == before  # nobody asked, so nobody is said to have tried
    clinic.commitment()
    own = only(look(at(clinic), clinic.vera))
    assert own.arrival_date == ARRIVAL


def test_a_person_who_is_gone_is_told_so(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        patient_panel.look(at(clinic), 999_999)
