"""Screen 048: Inskrivning, Utskrivning and Uppföljning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.forms import (
    DischargeInput,
    EnrolmentInput,
    FollowUpInput,
    FormFacts,
    check_discharge,
    check_enrolment,
    check_follow_up,
    follow_up_window,
    proposed_main_diagnosis,
    read_discharge,
    read_enrolment,
    read_follow_up,
    why_no_follow_up,
)
from tests.validation.answers import (
    TODAY,
    answers,
    blocked,
    faults,
    hostile_form,
    reason,
    survives,
    unhurried,
    warned,
    why,
)

ENROLMENT = {
    "date": "20251006",
    "treatment": "kbt",
    "diagnosis": "f41.1",
    "caregiver": "annlin",
    "sick_leave_percent": "50",
    "sick_leave_date": "20250901",
}
DISCHARGE = {"date": "20251117", "caregiver": "ANNLIN", "sick_leave_percent": "0"}
FOLLOW_UP = {"date": "20260223", "approved": "j"}
IN, OUT, AFTER = date(2025, 10, 6), date(2025, 11, 17), date(2026, 2, 23)
IN_FORM = EnrolmentInput(IN, "KBT", "F411", "ANNLIN", 50, date(2025, 9, 1))
OUT_FORM = DischargeInput(OUT, "ANNLIN", 0)
AFTER_FORM = FollowUpInput(AFTER, True)
FACTS = FormFacts(4711, date(2025, 10, 1), visit_dates=frozenset({IN, OUT, AFTER}))
ENROLLED = replace(FACTS, enrolment=IN)
DISCHARGED = replace(ENROLLED, discharge=OUT)
Check = Callable[[FormFacts], list[Finding]]
CHECKS: list[Check] = [
    lambda facts: check_enrolment(IN_FORM, facts, TODAY),
    lambda facts: check_discharge(OUT_FORM, facts, TODAY),
    lambda facts: check_follow_up(AFTER_FORM, facts, TODAY),
]


def enrolled(day: date, facts: FormFacts = FACTS) -> list[Finding]:
    return check_enrolment(replace(IN_FORM, date=day), facts, TODAY)


def discharged(day: date, facts: FormFacts = ENROLLED) -> list[Finding]:
    return check_discharge(replace(OUT_FORM, date=day), facts, TODAY)


def followed(day: date, facts: FormFacts = DISCHARGED, today: date = TODAY) -> list[Finding]:
    return check_follow_up(FollowUpInput(day, True), facts, today)


def test_what_is_right_is_read_and_passes() -> None:
    assert read_enrolment(ENROLMENT, TODAY) == IN_FORM
    assert read_discharge(DISCHARGE, TODAY) == OUT_FORM
    assert read_follow_up(FOLLOW_UP, TODAY) == AFTER_FORM
    assert not read_follow_up(FOLLOW_UP | {"approved": "N"}, TODAY).approved
    assert check_enrolment(IN_FORM, FACTS, TODAY) == []
    assert check_discharge(OUT_FORM, ENROLLED, TODAY) == []
    assert check_follow_up(AFTER_FORM, DISCHARGED, TODAY) == []


@pytest.mark.parametrize("field", sorted(set(ENROLMENT) - {"sick_leave_date"}))
def test_fo01_enrolment_asks_for_every_field_but_one(field: str) -> None:
    assert faults(read_enrolment, ENROLMENT | {field: ""}) == [("FO01", field)]
    assert "saknas" in reason(read_enrolment, ENROLMENT | {field: ""}, field)


def test_fo01_the_date_of_sick_leave_may_be_left_out() -> None:
    assert read_enrolment(ENROLMENT | {"sick_leave_date": ""}, TODAY).sick_leave_date is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("date", "20251032"),
        ("treatment", "XYZ"),
        ("sick_leave_percent", "60"),
        ("sick_leave_percent", "50 %"),
        ("sick_leave_percent", "-25"),
        ("sick_leave_date", "20250931"),
        ("sick_leave_date", "+1"),
    ],
)
def test_fo01_enrolment_refuses_what_cannot_be(field: str, text: str) -> None:
    assert faults(read_enrolment, ENROLMENT | {field: text}) == [("FO01", field)]


@pytest.mark.parametrize("code", ["F320", "F40", "F419", "F420", "F438", "F439", "Z730", "F3"])
def test_fo02_codes_of_the_other_list_are_refused(code: str) -> None:
    assert faults(read_enrolment, ENROLMENT | {"diagnosis": code}) == [("FO02", "diagnosis")]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("f32-", "F32-"),
        ("F40-", "F40-"),
        ("f41.0", "F410"),
        ("F411", "F411"),
        ("f41.9p", "F419P"),
        ("F42-", "F42-"),
        ("F43.1", "F431"),
        ("F438A", "F438A"),
        (" f439p ", "F439P"),
    ],
)
def test_fo02_the_forms_nine_codes_are_taken(typed: str, code: str) -> None:
    assert read_enrolment(ENROLMENT | {"diagnosis": typed}, TODAY).diagnosis == code


@pytest.mark.parametrize("field", sorted(DISCHARGE))
@pytest.mark.parametrize("text", ["", "x\x1b"])
def test_fo03_discharge_asks_for_every_field(field: str, text: str) -> None:
    assert faults(read_discharge, DISCHARGE | {field: text}) == [("FO03", field)]


def test_fo03_discharge_comes_after_enrolment() -> None:
    assert blocked(discharged(OUT, FACTS)) == [("FO03", "")]
    assert blocked(discharged(IN - timedelta(days=1))) == [("FO03", "date")]
    assert discharged(IN) == []  # the same day is right


@pytest.mark.parametrize(
    ("field", "text"), [("date", ""), ("date", "x"), ("approved", ""), ("approved", "Ja!")]
)
def test_fo04_follow_up_asks_for_date_and_approved(field: str, text: str) -> None:
    assert faults(read_follow_up, FOLLOW_UP | {field: text}) == [("FO04", field)]


def test_fo04_follow_up_needs_a_visit_and_a_discharge() -> None:
    unseen = replace(DISCHARGED, visit_dates=frozenset())
    assert (none := why_no_follow_up(unseen, TODAY))
    assert "besök" in none.message
    assert ("FO04", "") in blocked(followed(AFTER, unseen))
    assert (none := why_no_follow_up(ENROLLED, TODAY))
    assert "utskrivning" in none.message
    assert blocked(followed(AFTER, ENROLLED)) == [("FO04", "")]
    assert why_no_follow_up(DISCHARGED, TODAY) is None


@pytest.mark.parametrize(
    ("discharge", "first", "last"),
    [
        ("2025-11-17", "2026-02-17", "2026-03-17"),
        ("2025-11-30", "2026-02-28", "2026-03-30"),  # a shorter month's last day counts
        ("2023-11-30", "2024-02-29", "2024-03-30"),
        ("2025-10-31", "2026-01-31", "2026-02-28"),
        ("2025-12-31", "2026-03-31", "2026-04-30"),
    ],
)
def test_fo05_the_window_is_three_to_four_calendar_months(
    discharge: str, first: str, last: str
) -> None:
    window = follow_up_window(date.fromisoformat(discharge))
    assert window == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("day", "outside"),
    [
        ("2026-02-16", True),
        ("2026-02-17", False),
        ("2026-03-17", False),
        ("2026-03-18", True),
    ],
)
def test_fo05_a_follow_up_outside_its_window_is_a_warning(day: str, outside: bool) -> None:
    when = date.fromisoformat(day)
    facts = replace(DISCHARGED, visit_dates=frozenset({when}))
    findings = followed(when, facts, today=date(2026, 4, 1))
    assert answers(findings) == ([("FO05", "warn", "date")] if outside else [])
    if outside:
        assert "2026-02-17" in why(findings, "FO05")
        assert "2026-03-17" in why(findings, "FO05")


def test_fo05_moving_the_discharge_moves_the_window() -> None:
    done = replace(DISCHARGED, follow_up=AFTER)
    assert discharged(OUT, done) == []
    assert warned(discharged(IN, done)) == [("FO05", "date")]


@pytest.mark.parametrize("check", CHECKS)
def test_fo06_a_forms_date_is_a_visits(check: Check) -> None:
    assert check(DISCHARGED) == []
    elsewhere = replace(DISCHARGED, visit_dates=frozenset({date(2025, 10, 7)}))
    assert answers(check(elsewhere)) == [("FO06", "warn", "date")]


@pytest.mark.parametrize("check", CHECKS)
def test_fo07_no_form_before_the_referral_came(check: Check) -> None:
    assert ("FO07", "date") in blocked(check(replace(DISCHARGED, arrival_date=TODAY)))


def test_fo07_no_form_ahead_of_today() -> None:
    ahead = TODAY + timedelta(days=1)
    for findings in (enrolled(ahead), discharged(ahead), followed(ahead)):
        assert blocked(findings) == [("FO07", "date")]
        assert "2026-03-03" in why(findings, "FO07")


def test_fo07_the_first_and_the_last_day_that_go() -> None:
    facts = replace(FACTS, arrival_date=IN)
    assert enrolled(IN, facts) == []
    assert answers(enrolled(TODAY)) == [("FO06", "warn", "date")]
    assert read_enrolment(ENROLMENT | {"sick_leave_date": "i"}, TODAY).sick_leave_date == TODAY
    assert blocked(followed(OUT)) == []
    assert blocked(discharged(AFTER, replace(DISCHARGED, follow_up=AFTER))) == []


def test_fo07_the_forms_follow_one_another() -> None:
    done = replace(DISCHARGED, follow_up=AFTER)
    assert enrolled(OUT, DISCHARGED) == []
    assert blocked(enrolled(OUT + timedelta(days=1), DISCHARGED)) == [("FO07", "date")]
    assert ("FO07", "date") in blocked(enrolled(AFTER + timedelta(days=1), done))
    assert blocked(discharged(AFTER + timedelta(days=1), done)) == [("FO07", "date")]
    assert blocked(followed(OUT - timedelta(days=1))) == [("FO07", "date")]


@pytest.mark.parametrize("check", CHECKS)
def test_va34_a_closed_commitment_takes_no_form(check: Check) -> None:
    assert blocked(check(replace(DISCHARGED, closed_on=AFTER))) == [("VA34", "")]


@pytest.mark.parametrize("check", CHECKS[:2])
def test_va10_the_caregiver_is_active(check: Check) -> None:
    assert blocked(check(replace(DISCHARGED, caregiver_active=False))) == [("VA10", "caregiver")]


@pytest.mark.parametrize(
    ("form", "medical"),
    [
        ("F32-", ""),  # F320 or F321: only the therapist knows
        ("F40-", ""),
        ("F42-", ""),
        ("F410", "F410"),
        ("F411", "F411"),
        ("F419P", "F419"),
        ("F431", "F431"),
        ("F438A", "F438"),
        ("F439P", "F439"),
    ],
)
def test_a_visits_diagnosis_is_proposed_where_the_form_decides_it(form: str, medical: str) -> None:
    assert proposed_main_diagnosis(form) == medical


def test_the_forms_every_code_stands_for_some_of_the_other_list() -> None:
    listed = {
        form: [code for code in codes.table("main_diagnosis") if codes.agrees(form, code)]
        for form in codes.table("enrolment_diagnosis")
    }
    assert all(listed.values())
    together = sorted(code for fitting in listed.values() for code in fitting)
    assert together == sorted(codes.table("main_diagnosis"))  # each of them exactly once


@pytest.mark.parametrize(
    ("read", "form"),
    [(read_enrolment, ENROLMENT), (read_discharge, DISCHARGE), (read_follow_up, FOLLOW_UP)],
)
@unhurried
@given(data=st.data())
def test_anything_typed_is_read_or_refused_at_its_field(
    read: Callable[[Mapping[str, str], date], object], form: dict[str, str], data: st.DataObject
) -> None:
    survives(read, data.draw(hostile_form(form)), form)


@unhurried
@given(st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_fo05_every_window_is_about_a_month_three_months_away(day: date) -> None:
    first, last = follow_up_window(day)
    assert 89 <= (first - day).days <= 92
    assert 28 <= (last - first).days <= 31
