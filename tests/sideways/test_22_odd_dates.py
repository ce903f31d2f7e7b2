"""Dates that are odd together were saved without a word: a discharge before a later treatment
visit, a closing while the follow-up is still ahead, care before birth or after death.  Each is
asked about, and the ordinary chain asks nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pasis_tui.models import Patient
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Confirmed, Level
from pasis_tui.validation.rules import rules
from tests.flows.clerk import clerk
from tests.services.clinic import (
    ALL,
    Clinic,
    all_but,
    commitment_fields,
    confirming,
    make_clinic,
    warned,
)
from tests.services.clinic import _person as add_person
from tests.terminal import ENTER, ESC, F10, TAB

DAY = date(2026, 3, 2)
NEW = ("VA13", "VA35", "FO08", "BE10", "BE11", "PE05")


def without(rule: str) -> Confirmed:
    return all_but(rule)


def died(clinic: Clinic, patient: int, day: date) -> None:
    with SystemWork(clinic.database) as work:
        work.update(Patient, patient, None, deceased_on=day)
        work.commit()


@pytest.mark.parametrize("rule", NEW)
def test_they_are_warnings_and_our_own(rule: str) -> None:
    assert rules()[rule].level is Level.WARN
    assert rules()[rule].mark == "V"
    assert rules()[rule].chapter.startswith("egen regel")


def test_a_discharge_before_a_later_treatment_visit(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY)
    clinic.visit(card, DAY + timedelta(7))
    clinic.enrol(card, DAY)
    raw = {"date": DAY.isoformat(), "caregiver": card.caregiver, "sick_leave_percent": "0"}
    at = clinic.at(DAY + timedelta(7), screen="048")
    with warned("FO08", "date", str(DAY + timedelta(7)), "Anledning till U"):
        forms.save_discharge(at, card.id, None, raw, without("FO08"))
    forms.save_discharge(at, card.id, None, raw | {"date": str(DAY + timedelta(7))})


def test_a_treatment_visit_after_the_discharge(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY)
    clinic.enrol(card, DAY)
    clinic.discharge(card, DAY)
    later = DAY + timedelta(14)
    fields = clinic.visit_fields(card, later)
    assert fields["reason"] == "U"  # what is proposed is not odd
    with warned("FO08", "reason", str(DAY), "Anledning U"):
        visits.save_all(clinic.at(later), clinic.vera, fields | {"reason": "B"}, without("FO08"))
    visits.save_all(clinic.at(later), clinic.vera, fields)


def test_closing_while_the_follow_up_is_ahead(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY)
    clinic.enrol(card, DAY)
    clinic.discharge(card, DAY)
    version = care_commitments.get(clinic.at(DAY, screen="040"), card.id).version
    raw = {"closing_date": str(DAY), "closing_reason": "AV", "closing_caregiver": "ANNLIN"}
    for today in (DAY, date(2026, 5, 30), date(2026, 7, 2)):
        with warned("VA35", "closing_date", "2026-06-02", "2026-07-02"):
            at = clinic.at(today, screen="040")
            care_commitments.close(at, card.id, version, raw, without("VA35"))
    # the window is past: late (VA33), and nothing is lost by closing
    at = clinic.at(date(2026, 7, 3), screen="040")
    care_commitments.close(at, card.id, version, raw, confirming("VA33"))


def test_a_dead_patients_commitment_is_closed_without_that_question(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY)
    clinic.enrol(card, DAY)
    clinic.discharge(card, DAY)
    died(clinic, clinic.vera, DAY + timedelta(3))
    at = clinic.at(DAY + timedelta(5), screen="040")
    version = care_commitments.get(at, card.id).version
    raw = {"closing_date": str(DAY), "closing_reason": "AV", "closing_caregiver": "ANNLIN"}
    care_commitments.close(at, card.id, version, raw)


def test_a_visit_and_a_commitment_after_death(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    death = DAY + timedelta(3)
    died(clinic, clinic.vera, death)
    for day, odd in ((death, False), (death + timedelta(1), True)):
        fields = clinic.visit_fields(card, day)
        if odd:
            with warned("BE10", "date", str(death), "Avliden i 014"):
                visits.save_all(clinic.at(day), clinic.vera, fields, without("BE10"))
        else:
            visits.save_all(clinic.at(day), clinic.vera, fields)
    late = death + timedelta(1)
    fields = commitment_fields(late, problem="IPT")
    with warned("VA13", "arrival_date", str(death)):
        care_commitments.create(clinic.at(late), clinic.vera, fields, without("VA13"))
    with warned("VA13", "arrival_date", str(death)):
        start = {"problem": "IPT", "arrival_date": str(late)}
        care_commitments.check_start(clinic.at(late), clinic.vera, start, without("VA13"))


def test_a_death_dated_before_a_visit_that_stands(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY)
    at = clinic.at(DAY + timedelta(9), screen="014")

    def dated(day: str, confirmed: Confirmed = frozenset()) -> None:
        person = patients.get(at, clinic.vera)
        patients.save(at, person.raw() | {"deceased_on": day}, person.version, confirmed)

    with warned("PE05", "deceased_on", str(DAY), "makulera besöket i 085"):
        dated(str(DAY - timedelta(1)), without("PE05"))
    assert patients.get(at, clinic.vera).deceased_on is None
    dated(str(DAY))  # on the day itself nothing is odd
    dated("")
    dated(str(DAY - timedelta(1)), confirming("PE05"))
    person = patients.get(at, clinic.vera)
    patients.save(at, person.raw() | {"city": "Lund"}, person.version)  # it is asked once


def test_in_014_the_death_is_asked_about(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("14 9204012380", "Läst.").type(TAB * 8, "20200101", F10)
        annika.warned("PE05").type(ESC).at_fault("014_personuppgifter", "deceased_on", "2020-01-01")
        annika.type(F10).warned("PE05").type(ENTER).says("Sparat")


def test_a_visit_and_a_commitment_before_birth(database: Database) -> None:
    clinic = make_clinic(database)
    born = date(2025, 3, 2)
    with SystemWork(database) as work:
        kim = add_person(work, "20250302DA0A", "Testsson", "Kim", born)
        work.commit()
    early = born - timedelta(1)
    fields = commitment_fields(early)
    with warned("VA13", "arrival_date", str(born), "personnumret"):
        care_commitments.create(clinic.at(DAY), kim, fields, without("VA13"))
    card = care_commitments.create(clinic.at(DAY), kim, fields, ALL)
    visit = clinic.visit_fields(card, early, today=DAY)
    with warned("BE10", "date", str(born), "personnumret"):
        visits.save_all(clinic.at(DAY), kim, visit, without("BE10"))


def test_the_ordinary_chain_asks_none_of_them(database: Database) -> None:
    clinic = make_clinic(database)
    few = confirming("VA08")
    at = clinic.at(DAY, screen="040")
    card = care_commitments.create(at, clinic.vera, commitment_fields(DAY), few)
    for week in range(3):
        day = DAY + timedelta(weeks=week)
        visits.save_all(clinic.at(day), clinic.vera, clinic.visit_fields(card, day))
        if week == 0:
            clinic.enrol(card, day)
    last = DAY + timedelta(weeks=2)
    raw = {"date": str(last), "caregiver": card.caregiver, "sick_leave_percent": "0"}
    forms.save_discharge(clinic.at(last, screen="048"), card.id, None, raw)
    follow = date(2026, 6, 20)
    visits.save_all(clinic.at(follow), clinic.vera, clinic.visit_fields(card, follow))
    raw = {"date": str(follow), "approved": "J"}
    forms.save_follow_up(clinic.at(follow, screen="048"), card.id, None, raw)
    version = care_commitments.get(clinic.at(follow, screen="040"), card.id).version
    raw = {"closing_date": str(follow), "closing_reason": "AV", "closing_caregiver": "ANNLIN"}
    care_commitments.close(clinic.at(follow, screen="040"), card.id, version, raw)
