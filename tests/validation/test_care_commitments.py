"""Screen 040: opening, changing, closing and removing a vårdåtagande."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation.care_commitments import (
    CommitmentFacts,
    CommitmentInput,
    CommitmentStart,
    check_commitment,
    check_open,
    check_start,
    read_commitment,
    read_start,
)
from pasis_tui.validation.closing import (
    ClosingFacts,
    ClosingInput,
    check_closing,
    check_removal,
    closing_reasons,
    proposed_closing_date,
    read_closing,
)
from pasis_tui.validation.findings import Finding
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

START = {"unit": "PSMA01", "problem": "KBT", "arrival_date": "i"}
FORM = START | {
    "type_of_commitment": "R",
    "referral_source": "1",
    "referring_unit": "VC0001",
    "review_date": "20260302",
    "caregiver": "annlin",
    "decision_date": "-3",
}
KNOWN = CommitmentFacts(
    age=34, referring_source="1", referring_name="Vårdcentralen Ön", listed_code="VC0001"
)
GIVEN = CommitmentInput("KBT", TODAY, "R", "1", "VC0001", TODAY, "ANNLIN", date(2026, 2, 27))
LAST = date(2026, 2, 20)
SEEN = ClosingFacts(4711, date(2026, 1, 5), has_visits=True, last_visit=LAST)
UNSEEN = ClosingFacts(4711, date(2026, 1, 5), has_visits=False)
CLOSING = {"closing_date": "20260220", "closing_reason": "AV", "closing_caregiver": "ANNLIN"}


def findings_of(facts: CommitmentFacts = KNOWN, **changes: object) -> list[Finding]:
    return check_commitment(replace(GIVEN, **changes), facts, TODAY)  # type: ignore[arg-type]


def closed(
    facts: ClosingFacts, day: date = LAST, code: str = "AV", today: date = TODAY
) -> list[Finding]:
    return check_closing(ClosingInput(day, code, "ANNLIN"), facts, today)


# -- before and after Läs ------------------------------------------------------------------


def test_what_is_right_is_read_and_passes() -> None:
    assert read_start(START, TODAY) == CommitmentStart("KBT", TODAY)
    assert read_commitment(FORM, TODAY) == GIVEN
    assert findings_of() == []


@pytest.mark.parametrize("problem", ["", "KBX", "F41", "KBT IPT"])
def test_va02_problem_is_one_of_three(problem: str) -> None:
    assert faults(read_start, START | {"problem": problem}) == [("VA02", "problem")]
    assert faults(read_commitment, FORM | {"problem": problem}) == [("VA02", "problem")]


@pytest.mark.parametrize("problem", ["KBT", "ipt", " Pdt "])
def test_va02_any_case_is_taken(problem: str) -> None:
    assert read_start(START | {"problem": problem}, TODAY).problem == problem.strip().upper()


@pytest.mark.parametrize("text", ["", "20260230", "igår", "2026"])
def test_va03_arrival_is_a_date(text: str) -> None:
    assert faults(read_start, START | {"arrival_date": text}) == [("VA03", "arrival_date")]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 3, 3), [("VA03", "block", "arrival_date")]),
        (date(2026, 3, 2), []),
        (date(2026, 3, 1), [("VA04", "warn", "arrival_date")]),
    ],
)
def test_va03_va04_arrival_is_today(day: date, wanted: list[tuple[str, str, str]]) -> None:
    assert answers(check_start(CommitmentStart("KBT", day), KNOWN, TODAY)) == wanted


def test_va04_is_not_asked_again_when_a_commitment_is_changed() -> None:
    older = replace(GIVEN, arrival_date=date(2026, 2, 27), decision_date=date(2026, 2, 26))
    assert warned(check_commitment(older, KNOWN, TODAY)) == [("VA04", "arrival_date")]
    assert check_commitment(older, KNOWN, TODAY, is_new=False) == []


@pytest.mark.parametrize("field", sorted(set(FORM) - set(START)))
def test_va05_before_read_only_three_fields(field: str) -> None:
    assert faults(read_start, START | {field: FORM[field]}) == [("VA05", field)]
    read_start(START | {field: " "}, TODAY)


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        ("type_of_commitment", "", "VA06"),
        ("type_of_commitment", "X", "VA06"),
        ("referral_source", "", "VA07"),
        ("referral_source", "2", "VA07"),
        ("referring_unit", "", "VA07"),
        ("review_date", "", "VA09"),
        ("review_date", "20261301", "VA09"),
        ("decision_date", "", "VA09"),
        ("caregiver", "", "VA10"),
    ],
)
def test_va06_to_va10_each_field_by_its_own_rule(field: str, text: str, rule: str) -> None:
    assert faults(read_commitment, FORM | {field: text}) == [(rule, field)]


def test_va07_the_referral_code_is_known_and_of_that_kind() -> None:
    unknown = replace(KNOWN, referring_source=None, referring_name="")
    assert blocked(findings_of(unknown)) == [("VA07", "referring_unit")]
    assert "VC0001" in why(findings_of(unknown), "VA07")
    outside = replace(KNOWN, referring_source="7", referring_name="Vårdcentralen Fjärran")
    assert blocked(findings_of(outside)) == [("VA07", "referral_source")]
    assert "Vårdcentralen Fjärran" in why(findings_of(outside), "VA07")
    assert findings_of(outside, referral_source="7") == []


def test_va08_the_referral_comes_from_where_the_patient_is_listed() -> None:
    elsewhere = replace(KNOWN, listed_code="VC0002", listed_name="Vårdcentralen Åker")
    assert warned(findings_of(elsewhere)) == [("VA08", "referring_unit")]
    assert "Vårdcentralen Åker" in why(findings_of(elsewhere), "VA08")
    assert findings_of(replace(KNOWN, listed_code="")) == []  # not known where


@pytest.mark.parametrize(
    ("decision", "arrival", "review", "field"),
    [
        ("2026-02-27", "2026-02-26", "2026-03-02", "decision_date"),
        ("2026-02-20", "2026-02-27", "2026-02-26", "review_date"),
        ("2026-02-20", "2026-02-27", "2026-03-03", "review_date"),
    ],
)
def test_va09_decision_arrival_review_in_order(
    decision: str, arrival: str, review: str, field: str
) -> None:
    findings = findings_of(
        decision_date=date.fromisoformat(decision),
        arrival_date=date.fromisoformat(arrival),
        review_date=date.fromisoformat(review),
    )
    assert blocked(findings) == [("VA09", field)]


def test_va09_all_on_one_day_is_right() -> None:
    assert findings_of(decision_date=TODAY) == []


def test_va09_arrival_is_not_moved_past_what_has_happened() -> None:
    known = replace(KNOWN, first_activity=date(2026, 3, 1))
    assert blocked(findings_of(known)) == [("VA09", "arrival_date")]
    assert findings_of(replace(KNOWN, first_activity=TODAY)) == []


def test_va10_the_caregiver_is_active() -> None:
    findings = findings_of(replace(KNOWN, caregiver_active=False))
    assert blocked(findings) == [("VA10", "caregiver")]
    assert "ANNLIN" in why(findings, "VA10")


@pytest.mark.parametrize(("age", "wanted"), [(15, ["VA11"]), (16, []), (None, [])])
def test_va11_the_patient_is_sixteen(age: int | None, wanted: list[str]) -> None:
    findings = findings_of(replace(KNOWN, age=age))
    assert [rule for rule, _ in warned(findings)] == wanted
    assert blocked(findings) == []


def test_va12_one_open_commitment_for_a_problem() -> None:
    findings = findings_of(replace(KNOWN, other_open=4711))
    assert blocked(findings) == [("VA12", "problem")]
    assert "4711" in why(findings, "VA12")
    assert "KBT" in why(findings, "VA12")


# -- Borttag -------------------------------------------------------------------------------


def test_va20_removal_without_visits_and_forms_only() -> None:
    assert check_removal(UNSEEN, 0, 0, TODAY) == []
    for visits, forms in ((1, 0), (12, 3)):
        findings = check_removal(SEEN, visits, forms, TODAY)
        assert blocked(findings) == [("VA20", "")]
        assert why(findings, "VA20").startswith("Får ej tas bort SPS0431 267 O")
        assert "AV" in why(findings, "VA20")
    findings = check_removal(UNSEEN, 0, 1, TODAY)
    assert blocked(findings) == [("VA20", "")]
    assert "SPS" not in why(findings, "VA20")  # PASiS's own message speaks of visits
    assert "1 formulär" in why(findings, "VA20")


# -- closing -------------------------------------------------------------------------------


def test_the_closing_block_is_read() -> None:
    assert read_closing(CLOSING, TODAY) == ClosingInput(LAST, "AV", "ANNLIN")


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        ("closing_date", "", "VA31"),
        ("closing_date", "20260231", "VA31"),
        ("closing_reason", "", "VA30"),
        ("closing_reason", "XX", "VA30"),
        ("closing_caregiver", "", "VA10"),
    ],
)
def test_va30_va31_va10_the_closing_block_is_mandatory(field: str, text: str, rule: str) -> None:
    assert faults(read_closing, CLOSING | {field: text}) == [(rule, field)]


def test_va30_av_exactly_when_a_visit_exists() -> None:
    assert set(closing_reasons(has_visits=True)) == {"AV"}
    assert "AV" not in closing_reasons(has_visits=False)
    assert closing_reasons(has_visits=False)
    assert closed(SEEN) == []
    assert blocked(closed(SEEN, code="ÖV")) == [("VA30", "closing_reason")]
    assert blocked(closed(UNSEEN, code="AV")) == [("VA30", "closing_reason")]
    assert closed(UNSEEN, code="ÖV") == []


def test_va30_va31_a_no_show_alone_is_a_registered_visit() -> None:
    no_show = replace(SEEN, last_visit=date(2026, 2, 25))
    assert closed(no_show, date(2026, 2, 25)) == []
    assert blocked(closed(no_show, LAST, "ÖV")) == [
        ("VA30", "closing_reason"),
        ("VA31", "closing_date"),
    ]


@pytest.mark.parametrize(
    ("facts", "day", "right"),
    [
        (SEEN, LAST, True),
        (SEEN, LAST - timedelta(days=1), False),
        (SEEN, TODAY, False),  # closed later: dated back to the last visit
        (replace(SEEN, follow_up_date=LAST), LAST, True),
        (replace(SEEN, follow_up_date=LAST, last_visit=date(2026, 1, 9)), LAST, True),
        (
            replace(SEEN, follow_up_date=LAST, last_visit=date(2026, 1, 9)),
            date(2026, 1, 9),
            False,
        ),
    ],
)
def test_va31_closing_date_is_the_follow_ups_or_the_last_visits(
    facts: ClosingFacts, day: date, right: bool
) -> None:
    findings = closed(facts, day)
    assert proposed_closing_date(facts) == LAST
    assert blocked(findings) == ([] if right else [("VA31", "closing_date")])
    if not right:
        assert "2026-02-20" in why(findings, "VA31")
        assert ("uppföljning" in why(findings, "VA31")) == (facts.follow_up_date is not None)


@pytest.mark.parametrize(
    ("day", "right"),
    [("2026-01-04", False), ("2026-01-05", True), ("2026-03-02", True), ("2026-03-03", False)],
)
def test_va31_without_visits_from_arrival_to_today(day: str, right: bool) -> None:
    findings = closed(UNSEEN, date.fromisoformat(day), "ÖV")
    assert proposed_closing_date(UNSEEN) is None
    assert blocked(findings) == ([] if right else [("VA31", "closing_date")])


def test_va32_nothing_lies_ahead() -> None:
    findings = closed(replace(SEEN, later=(date(2026, 3, 9), time(9, 30))))
    assert blocked(findings) == [("VA32", "closing_date")]
    assert "2026-03-09 09:30" in why(findings, "VA32")


def test_va32_nothing_lies_after_the_closing_date() -> None:
    findings = closed(replace(SEEN, follow_up_date=LAST, last_visit=date(2026, 2, 25)))
    assert blocked(findings) == [("VA32", "closing_date")]
    assert "2026-02-25" in why(findings, "VA32")


@pytest.mark.parametrize(
    ("last", "today", "late"),
    [
        ("2026-02-20", "2026-03-20", False),
        ("2026-02-20", "2026-03-21", True),
        ("2026-01-31", "2026-02-28", False),  # the last day of a shorter month counts
        ("2026-01-31", "2026-03-01", True),
    ],
)
def test_va33_closed_within_a_calendar_month(last: str, today: str, late: bool) -> None:
    day = date.fromisoformat(last)
    findings = closed(replace(SEEN, last_visit=day), day, today=date.fromisoformat(today))
    assert answers(findings) == ([("VA33", "warn", "closing_date")] if late else [])


def test_va10_who_closes_is_active() -> None:
    findings = closed(replace(SEEN, caregiver_active=False))
    assert blocked(findings) == [("VA10", "closing_caregiver")]


def test_va34_a_closed_commitment_is_closed() -> None:
    assert check_open(4711, None, TODAY) == []
    findings = check_open(4711, LAST, TODAY, "commitment")
    assert blocked(findings) == [("VA34", "commitment")]
    assert "2026-02-20" in why(findings, "VA34")


# -- whatever is typed ---------------------------------------------------------------------


def test_every_fault_is_told_at_once() -> None:
    empty = dict.fromkeys(FORM, "")
    assert {field for _, field in faults(read_commitment, empty)} == set(FORM) - {"unit"}
    assert reason(read_commitment, empty, "caregiver").startswith("Vårdgivarsignatur saknas.")


@unhurried
@given(hostile_form(FORM))
def test_anything_typed_is_read_or_refused_at_its_field(raw: dict[str, str]) -> None:
    survives(read_start, raw, FORM)
    survives(read_commitment, raw, FORM)


@unhurried
@given(hostile_form(CLOSING))
def test_any_closing_typed_is_read_or_refused_at_its_field(raw: dict[str, str]) -> None:
    survives(read_closing, raw, CLOSING)


_DAYS = st.dates(date(2025, 1, 1), TODAY)


@unhurried
@given(
    arrival=_DAYS,
    has_visits=st.booleans(),
    last=_DAYS,
    follow_up=st.none() | _DAYS,
)
def test_what_is_proposed_closes(
    arrival: date, has_visits: bool, last: date, follow_up: date | None
) -> None:
    """The proposed date with an offered reason passes, but for a visit after the follow-up."""
    facts = ClosingFacts(
        1,
        arrival,
        has_visits,
        follow_up_date=follow_up if has_visits else None,
        last_visit=last if has_visits else None,
    )
    day = proposed_closing_date(facts) or TODAY
    for code in closing_reasons(has_visits):
        rules = {rule for rule, _ in blocked(closed(facts, day, code))}
        late = facts.follow_up_date is not None and facts.follow_up_date < last
        assert rules == ({"VA32"} if late else set())
