"""One test per rule of domain.md section 3 that 048's forms ask for.

Each: refused or warned by its id at the right field, and let through when it is right.
"""

from __future__ import annotations

from datetime import date

import pytest

from pasis_tui.services.forms import forms
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Confirmed
from tests.services.clinic import ALL, ARRIVAL, Clinic, all_but, make_clinic, refused, warned

NONE: Confirmed = frozenset()
DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def without(*rules: str) -> Confirmed:
    """Everything confirmed but *rules*."""
    return all_but(*rules)


def test_fo01_enrolment_mandatory_but_for_sick_leave_date(clinic: Clinic) -> None:
    card = clinic.commitment()
    for field in ("date", "treatment", "caregiver", "sick_leave_percent", "diagnosis"):
        with refused("FO01", field):
            clinic.enrol(card, ARRIVAL, **{field: ""})
    with refused("FO01", "sick_leave_percent"):
        clinic.enrol(card, ARRIVAL, sick_leave_percent="30")
    saved = clinic.enrol(card, ARRIVAL, sick_leave_percent="50")
    assert saved.enrolment is not None
    assert saved.enrolment.sick_leave_date is None


def test_fo02_enrolment_has_its_own_diagnoses(clinic: Clinic) -> None:
    card = clinic.commitment()
    for code in ("F320", "F419", "F999", "XYZ"):
        with refused("FO02", "diagnosis"):
            clinic.enrol(card, ARRIVAL, diagnosis=code)
    saved = clinic.enrol(card, ARRIVAL, diagnosis="f41.9p")
    assert saved.enrolment is not None
    assert saved.enrolment.diagnosis == "F419P"


def test_fo03_discharge_mandatory_and_after_enrolment(clinic: Clinic) -> None:
    card = clinic.commitment()
    with refused("FO03", "", "inskrivning"):
        clinic.discharge(card, DAY)
    clinic.enrol(card, DAY)
    for field in ("date", "caregiver", "sick_leave_percent"):
        with refused("FO03", field):
            clinic.discharge(card, DAY, **{field: ""})
    with refused("FO03", "date", DAY.isoformat()):
        clinic.discharge(card, DAY, date="2026-03-05")
    assert clinic.discharge(card, DAY).discharge is not None


def test_fo04_follow_up_needs_visit_and_discharge(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY)
    day = date(2026, 6, 12)
    fields = {"date": day.isoformat(), "approved": "J"}
    why = forms.get(clinic.at(day), card.id).why_no_follow_up
    assert why
    assert "besök" in why.message
    with refused("FO04", "", "besök"):
        forms.save_follow_up(clinic.at(day), card.id, None, fields, ALL)
    clinic.visit(card, DAY)
    why = forms.get(clinic.at(day), card.id).why_no_follow_up
    assert why
    assert "utskrivning" in why.message
    with refused("FO04", "", "utskrivning"):
        forms.save_follow_up(clinic.at(day), card.id, None, fields, ALL)
    clinic.discharge(card, DAY)
    for field in ("date", "approved"):
        with refused("FO04", field):
            forms.save_follow_up(clinic.at(day), card.id, None, fields | {field: ""}, ALL)
    assert forms.get(clinic.at(day), card.id).why_no_follow_up is None
    saved = forms.save_follow_up(clinic.at(day), card.id, None, fields, ALL)
    assert saved.follow_up is not None
    assert saved.follow_up.approved


def test_fo05_follow_up_within_its_window(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY)
    clinic.visit(card, DAY)
    window = clinic.discharge(card, DAY).follow_up_window
    assert window is not None
    assert window == (date(2026, 6, 9), date(2026, 7, 9))
    for day in (date(2026, 6, 8), date(2026, 7, 10)):
        with warned("FO05", "date", "2026-06-09", "2026-07-09"):
            forms.save_follow_up(
                clinic.at(day),
                card.id,
                None,
                {"date": day.isoformat(), "approved": "J"},
                without("FO05"),
            )
    for day in window:
        clinic.visit(card, day)
    fields = {"date": window[1].isoformat(), "approved": "J"}
    forms.save_follow_up(clinic.at(window[1]), card.id, None, fields, NONE)


def test_fo06_a_forms_date_is_a_visits(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    fields = {
        "date": "2026-03-08",
        "treatment": "KBT",
        "diagnosis": "F411",
        "caregiver": "ANNLIN",
        "sick_leave_percent": "0",
    }
    with warned("FO06", "date", "2026-03-08"):
        forms.save_enrolment(clinic.at(DAY), card.id, None, fields)
    fields["date"] = DAY.isoformat()
    forms.save_enrolment(clinic.at(DAY), card.id, None, fields)


def test_fo07_forms_in_order_and_not_in_the_future(clinic: Clinic) -> None:
    card = clinic.commitment()
    with refused("FO07", "date"):
        clinic.enrol(card, DAY, date="2026-03-10")
    with refused("FO07", "date"):
        clinic.enrol(card, DAY, date="2026-03-01")
    clinic.enrol(card, DAY)
    saved = clinic.discharge(card, date(2026, 4, 1))
    assert saved.enrolment is not None
    late = saved.enrolment.raw() | {"date": "2026-04-02"}
    with refused("FO07", "date", "utskrivning"):
        forms.save_enrolment(
            clinic.at(date(2026, 5, 1)), card.id, saved.enrolment.version, late, ALL
        )
    on_time = saved.enrolment.raw() | {"date": "2026-04-01"}
    forms.save_enrolment(
        clinic.at(date(2026, 5, 1)), card.id, saved.enrolment.version, on_time, ALL
    )
