"""048 through the service: the three forms and the list."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.forms import forms
from pasis_tui.services.forms.forms import due_text
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Conflict
from pasis_tui.validation.findings import Confirmed
from tests.services.clinic import ALL, ARRIVAL, Clinic, make_clinic, refused

DAY = date(2026, 3, 9)
NONE: Confirmed = frozenset()


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def test_the_three_forms_as_proposed_all_the_way(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY, main_diagnosis="F439")
    shown = forms.get(clinic.at(DAY), card.id)
    raw = forms.propose_enrolment(shown, DAY)
    assert raw == {
        "date": "2026-03-09",
        "treatment": "KBT",
        "diagnosis": "F439P",
        "caregiver": "ANNLIN",
        "sick_leave_percent": "",
        "sick_leave_date": "",
    }
    raw |= {"sick_leave_percent": "50", "sick_leave_date": "20260201"}
    shown = forms.save_enrolment(clinic.at(DAY), card.id, None, raw)
    assert shown.enrolment is not None
    assert shown.enrolment.sick_leave_date == date(2026, 2, 1)
    assert forms.propose_enrolment(shown, DAY) == raw | {"sick_leave_date": "2026-02-01"}

    last = date(2026, 4, 20)
    clinic.visit(card, last)
    shown = forms.get(clinic.at(last), card.id)
    raw = forms.propose_discharge(shown, last)
    assert raw["date"] == "2026-04-20"
    shown = forms.save_discharge(clinic.at(last), card.id, None, raw | {"sick_leave_percent": "0"})
    assert shown.follow_up_window == (date(2026, 7, 20), date(2026, 8, 20))

    day = date(2026, 8, 3)
    assert visits.propose(clinic.at(day), clinic.vera).raw["reason"] == "U"
    clinic.visit(card, day)
    shown = forms.get(clinic.at(day), card.id)
    raw = forms.propose_follow_up(shown, day)
    assert raw == {"date": "2026-08-03", "approved": ""}
    shown = forms.save_follow_up(clinic.at(day), card.id, None, raw | {"approved": "n"})
    assert shown.follow_up is not None
    assert not shown.follow_up.approved
    assert (shown.visits, shown.first_visit_date, shown.last_visit_date) == (3, DAY, day)


def test_a_saved_form_changes_with_its_version(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = clinic.enrol(card, DAY).enrolment
    assert first is not None
    raw = first.raw() | {"sick_leave_percent": "25"}
    second = forms.save_enrolment(clinic.at(DAY), card.id, first.version, raw, ALL).enrolment
    assert second is not None
    assert second.version == first.version + 1
    assert json.loads(clinic.events()[-1].changes) == {"sick_leave_percent": [0, 25]}
    for version in (first.version, None):
        with pytest.raises(Conflict):
            forms.save_enrolment(clinic.at(DAY), card.id, version, raw, ALL)
    assert forms.get(clinic.at(DAY), card.id).enrolment == second


def test_f32_is_not_proposed_back_and_forth_wrongly(one: Clinic) -> None:
    card = one.commitment()
    one.visit(card, DAY, main_diagnosis="F321")
    assert forms.propose_enrolment(forms.get(one.at(DAY), card.id), DAY)["diagnosis"] == "F32-"
    other = one.commitment(patient=one.max)
    one.enrol(other, DAY, diagnosis="F32-")
    proposal = visits.propose(one.at(DAY), one.max)
    assert proposal.medical is not None
    assert proposal.medical["main_diagnosis"] == ""
    assert "F32-" in proposal.medical_origin


def test_overview_pages_newest_arrival_first(clinic: Clinic) -> None:
    made = []
    for number in range(7):
        day = ARRIVAL + timedelta(days=number)
        patient = clinic.vera if number % 2 else clinic.max
        card = clinic.commitment(day, patient)
        care_commitments.close(
            clinic.at(day),
            card.id,
            card.version,
            {"closing_date": "i", "closing_reason": "ÖV", "closing_caregiver": "ANNLIN"},
        )
        made.append(card.id)
    open_one = clinic.commitment(DAY + timedelta(days=3))
    today = clinic.at(DAY + timedelta(days=3), screen="048")
    page = forms.overview_page(today)
    assert [row.commitment_id for row in page.rows] == [open_one.id]
    first = forms.overview_page(today, "A", size=3, count=True)
    assert [row.commitment_id for row in first.rows] == [open_one.id, made[6], made[5]]
    assert (first.before, first.after, first.total) == (False, True, 8)
    second = forms.overview_page(today, "A", size=3, after=first.last)
    assert [row.commitment_id for row in second.rows] == [made[4], made[3], made[2]]
    back = forms.overview_page(today, "A", size=3, before=second.first)
    assert back.rows == first.rows
    end = forms.overview_page(today, "A", size=3, last=True)
    assert [row.commitment_id for row in end.rows] == [made[2], made[1], made[0]]
    shown = json.loads(clinic.events()[-1].changes)["shown"][1]
    assert shown == [made[2], made[1], made[0]]


def test_overview_row_counts_kept_visits_and_marks_forms(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    cancelled = clinic.visit(card, DAY, "1300")
    visits.cancel(clinic.at(DAY), cancelled.id, cancelled.version, "fel")
    clinic.visit(card, DAY, "1400", no_show="J")
    clinic.visit(card, DAY + timedelta(days=7), today=DAY)
    (row,) = forms.overview_page(clinic.at(DAY)).rows
    assert (row.visits, row.enrolment, row.due) == (1, False, "inskrivning")
    assert (row.identity_text, row.name) == ("19930714-2381", "Björk, Åsa")
    clinic.enrol(card, DAY)
    clinic.discharge(card, DAY)
    (row,) = forms.overview_page(clinic.at(DAY)).rows
    assert (row.enrolment, row.discharge, row.follow_up) == (True, True, False)
    assert (row.due, row.due_short) == ("uppf 2026-06-09", "uppf 9/6")


def test_search_finds_the_closed_and_the_protected(clinic: Clinic) -> None:
    card = clinic.commitment()
    care_commitments.close(
        clinic.at(),
        card.id,
        card.version,
        {"closing_date": "i", "closing_reason": "ÖV", "closing_caregiver": "ANNLIN"},
    )
    secret = clinic.commitment(patient=clinic.hidden)
    context = clinic.at(screen="048")
    assert forms.overview_page(context).rows == ()
    assert [row.commitment_id for row in forms.overview_page(context, "A").rows] == [card.id]
    for text in ("9307142381", "199307142381", "19930714-2381"):
        (row,) = forms.overview_page(context, identity=text).rows
        assert (row.commitment_id, row.is_open) == (card.id, False)
    (row,) = forms.overview_page(context, commitment_id=secret.id).rows
    assert row.protected
    assert clinic.events()[-1].patient_id == clinic.hidden
    (row,) = forms.overview_page(context, identity="19700115DA0B").rows
    assert row.commitment_id == secret.id
    with refused("SE01", "", "finns inte vid PSMA01"):
        forms.overview_page(context, commitment_id=10**20)
    assert clinic.events()[-1].action == "denied"
    # A number that nobody has a commitment for is no secret: nothing fits.
    assert forms.overview_page(context, identity="9307152380").rows == ()
    assert clinic.events()[-1].action == "denied"


@pytest.mark.parametrize(
    ("visits", "days", "today", "due"),
    [
        (0, (None, None, None), "2026-03-10", ("", "")),
        (2, (None, None, None), "2026-03-10", ("inskrivning", "inskriv.")),
        (2, ("2026-03-09", None, None), "2026-12-31", ("", "")),
        (2, ("2026-03-09", "2026-08-31", None), "2026-09-01", ("uppf 2026-11-30", "uppf30/11")),
        (
            2,
            ("2026-03-09", "2026-08-31", None),
            "2026-11-30",
            ("uppf! 2026-12-31", "upp!31/12"),
        ),
        (2, ("2026-03-09", "2026-03-10", None), "2026-07-10", ("uppf! 2026-07-10", "upp! 10/7")),
        (2, ("2026-03-09", "2026-03-10", None), "2026-07-11", ("avsluta!", "avsluta!")),
        (2, ("2026-03-09", "2026-03-10", "2026-06-20"), "2026-06-20", ("avsluta!", "avsluta!")),
    ],
)
def test_what_falls_due(
    visits: int, days: tuple[str | None, ...], today: str, due: tuple[str, str]
) -> None:
    dates = [None if day is None else date.fromisoformat(day) for day in days]
    due_and_when = due_text(visits, dates[0], dates[1], dates[2], date.fromisoformat(today))
    assert due_and_when == due
    assert len(due_and_when[1]) <= 9


def test_a_form_keeps_the_caregiver_who_has_left(one: Clinic) -> None:
    day = date(2025, 12, 1)
    card = one.commitment(day, caregiver="GORLAT")
    saved = one.enrol(card, day).enrolment
    assert saved is not None
    raw = saved.raw() | {"sick_leave_percent": "25"}
    changed = forms.save_enrolment(one.at(DAY), card.id, saved.version, raw, ALL).enrolment
    assert changed is not None
    assert changed.caregiver_name == "Göran Låtsasberg"
