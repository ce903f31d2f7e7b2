"""Screen 085: what a visit must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation.findings import Finding, Refused, Unconfirmed, settle
from pasis_tui.validation.visits import (
    VisitFacts,
    VisitInput,
    check_visit,
    contact_type_for,
    read_visit,
    visits_allowed,
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

FORM = {
    "commitment": "4711",
    "date": "i",
    "time": "9",
    "reception": "huvud",
    "reason": "B",
    "kind": "E",
    "caregiver": "annlin",
    "contact_type": "åb",
    "distance": "n",
    "interpreter": "",
    "no_show": "N",
    "without_fee": "N",
    "exemption": "",
}
MANDATORY = ["commitment", "date", "time", "reception", "reason", "kind", "caregiver"]
MANDATORY += ["contact_type"]
NINE = time(9, 0)
GIVEN = VisitInput(
    commitment_id=4711,
    date=TODAY,
    time=NINE,
    reception="HUVUD",
    reason="B",
    kind="E",
    caregiver="ANNLIN",
    contact_type="ÅB",
    distance=False,
    interpreter=False,
    no_show=False,
    without_fee=False,
    exemption="",
)
FIRST = (date(2026, 2, 16), NINE)
FACTS = VisitFacts(
    4711, date(2026, 2, 2), first_kept=FIRST, kept_count=3, kept_before=3, diagnosis="F411"
)
UNSEEN = VisitFacts(4711, date(2026, 2, 2), diagnosis="F411")
HURT = replace(FACTS, diagnosis="F431")


def findings_of(
    facts: VisitFacts = FACTS, kva: tuple[str, ...] | None = None, **changes: Any
) -> list[Finding]:
    return check_visit(replace(GIVEN, **changes), facts, TODAY, kva)


def test_what_is_right_is_read_and_passes() -> None:
    assert read_visit(FORM, TODAY) == GIVEN
    assert findings_of() == []
    assert findings_of(UNSEEN, contact_type="NY") == []


@pytest.mark.parametrize("field", MANDATORY)
def test_be01_every_mandatory_field_is_asked_for(field: str) -> None:
    assert faults(read_visit, FORM | {field: ""}) == [("BE01", field)]
    assert "saknas" in reason(read_visit, FORM | {field: ""}, field)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("commitment", "A1"),
        ("date", "20260229"),
        ("time", "2460"),
        ("time", "24"),
        ("time", "kl nio"),
        ("reason", "X"),
        ("kind", "X"),
        ("contact_type", "TE"),
        ("distance", "kanske"),
        ("interpreter", "2"),
        ("no_show", "?"),
        ("caregiver", "ANN\x1bLIN"),
    ],
)
def test_be01_what_cannot_be_is_refused(field: str, text: str) -> None:
    assert faults(read_visit, FORM | {field: text}) == [("BE01", field)]


def test_be01_every_fault_is_told_at_once() -> None:
    empty = dict.fromkeys(FORM, "")
    assert faults(read_visit, empty) == [("BE01", field) for field in MANDATORY]
    assert reason(read_visit, empty, "time").startswith("Tid saknas.")


@pytest.mark.parametrize(
    ("typed", "start"), [("9", "09:00"), ("930", "09:30"), ("1430", "14:30"), ("14:30", "14:30")]
)
def test_be01_the_time_is_when_the_visit_starts(typed: str, start: str) -> None:
    assert read_visit(FORM | {"time": typed}, TODAY).time == time.fromisoformat(start)


def test_be01_no_visit_before_the_referral_came() -> None:
    assert blocked(findings_of(replace(UNSEEN, arrival_date=TODAY), contact_type="NY")) == []
    early = findings_of(UNSEEN, date=date(2026, 2, 1), contact_type="NY")
    assert blocked(early) == [("BE01", "date")]


def test_be01_the_caregiver_is_active() -> None:
    findings = findings_of(replace(FACTS, caregiver_active=False))
    assert blocked(findings) == [("BE01", "caregiver")]
    assert "ANNLIN" in why(findings, "BE01")


def test_be01_nobody_has_failed_to_come_tomorrow() -> None:
    tomorrow = date(2026, 3, 3)
    assert blocked(findings_of(date=tomorrow, no_show=True)) == [("BE01", "no_show")]
    assert findings_of(no_show=True) == []


def test_be02_the_reception_is_the_units() -> None:
    findings = findings_of(replace(FACTS, reception_known=False), reception="ANNAN")
    assert blocked(findings) == [("BE02", "reception")]
    assert "ANNAN" in why(findings, "BE02")


# -- BE03: exactly the first kept visit is NY ----------------------------------------------


@pytest.mark.parametrize(
    ("facts", "contact_type", "right"),
    [
        (UNSEEN, "NY", True),
        (UNSEEN, "ÅB", False),
        (FACTS, "ÅB", True),
        (FACTS, "NY", False),
    ],
)
def test_be03_the_first_kept_visit_is_new_and_no_other(
    facts: VisitFacts, contact_type: str, right: bool
) -> None:
    findings = findings_of(facts, contact_type=contact_type)
    assert blocked(findings) == ([] if right else [("BE03", "contact_type")])
    if not right:
        wanted = "NY" if contact_type == "ÅB" else "ÅB"
        assert f"ska vara {wanted}" in why(findings, "BE03")


def test_be03_a_no_show_is_neither() -> None:
    for contact_type in ("NY", "ÅB"):
        assert findings_of(UNSEEN, contact_type=contact_type, no_show=True) == []
        assert findings_of(FACTS, contact_type=contact_type, no_show=True) == []


def test_be03_an_earlier_visit_displaces_the_new_one_with_a_warning() -> None:
    facts = replace(FACTS, new_visit=FIRST, kept_before=0)
    earlier: dict[str, Any] = {"date": date(2026, 2, 9), "contact_type": "NY"}
    findings = findings_of(facts, **earlier)
    assert answers(findings) == [("BE03", "warn", "contact_type")]
    assert "2026-02-16 09:00" in why(findings, "BE03")
    assert "ÅB" in why(findings, "BE03")
    with pytest.raises(Unconfirmed):
        settle(findings)
    settle(findings, frozenset(findings))


def test_be03_confirming_the_warning_does_not_pass_the_refusal() -> None:
    with pytest.raises(Refused):
        settle(findings := findings_of(FACTS, contact_type="NY"), frozenset(findings))


@pytest.mark.parametrize(
    ("day", "moment", "wanted"),
    [
        ("2026-02-15", "23:00", "NY"),
        ("2026-02-16", "08:59", "NY"),
        ("2026-02-16", "09:00", "ÅB"),  # two at once: the one saved first
        ("2026-02-16", "09:01", "ÅB"),
        ("2026-02-17", "07:00", "ÅB"),
    ],
)
def test_be03_first_is_by_date_and_time(day: str, moment: str, wanted: str) -> None:
    when = date.fromisoformat(day), time.fromisoformat(moment)
    assert contact_type_for(*when, FACTS) == wanted


# -- BE04-BE06 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "kva", "wanted"),
    [
        ({"distance": True}, ("DU011",), [("BE04", "kva")]),
        ({"distance": True}, ("DU011", "ZV051"), []),
        ({"interpreter": True}, ("DU011",), [("BE06", "kva")]),
        ({"interpreter": True}, ("DU011", "ZV020"), []),
        (
            {"distance": True, "interpreter": True},
            ("DU011",),
            [("BE04", "kva"), ("BE06", "kva")],
        ),
        ({"distance": True, "interpreter": True}, None, []),  # 085 alone: the codes come in 184
    ],
)
def test_be04_be06_the_codes_say_what_the_visit_says(
    changes: dict[str, Any], kva: tuple[str, ...] | None, wanted: list[tuple[str, str]]
) -> None:
    findings = findings_of(FACTS, kva, **changes)
    assert warned(findings) == wanted
    assert blocked(findings) == []


def test_be04_a_new_visit_at_a_distance_is_ny_and_zv051() -> None:
    new: dict[str, Any] = {"contact_type": "NY", "distance": True}
    assert findings_of(UNSEEN, ("DU011", "ZV051"), **new) == []
    assert warned(findings_of(UNSEEN, ("DU011",), **new)) == [("BE04", "kva")]


FREE: dict[str, Any] = {"without_fee": True, "exemption": "SJ"}


@pytest.mark.parametrize("diagnosis", ["F431", "F42", "F42-", "F420", "F429"])
def test_be05_ptsd_and_ocd_may_have_double_sessions(diagnosis: str) -> None:
    second = replace(FACTS, diagnosis=diagnosis, doubled=True)
    assert findings_of(second, **FREE) == []
    assert blocked(findings_of(second)) == [("BE05", "without_fee")]
    other: dict[str, Any] = {"without_fee": True, "exemption": "SM"}
    assert blocked(findings_of(second, **other)) == [("BE05", "exemption")]


@pytest.mark.parametrize("diagnosis", ["F411", "F438", "F439P", "F32-", "F40", ""])
def test_be05_no_other_diagnosis_may(diagnosis: str) -> None:
    findings = findings_of(replace(FACTS, diagnosis=diagnosis, doubled=True), **FREE)
    assert blocked(findings) == [("BE05", "time")]
    assert (diagnosis or "diagnos saknas") in why(findings, "BE05")


def test_be05_a_chiefs_decision_without_a_double_session_is_right() -> None:
    assert findings_of(FACTS, **FREE) == []
    assert findings_of(HURT, **FREE) == []
    assert findings_of(HURT) == []


# -- BE07-BE09, HK01, VA34 -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "arrival", "allowed"),
    [
        ("F411", "2024-01-01", 20),
        ("F431", "2024-01-01", 23),
        ("F42-", "2026-02-02", 23),
        ("F421", "2026-02-02", 23),
        ("", "2026-02-02", 20),
        ("F411", "2023-12-31", None),
        ("F431", "2023-12-31", None),
    ],
)
def test_be07_how_many_visits_the_contract_pays(
    diagnosis: str, arrival: str, allowed: int | None
) -> None:
    assert visits_allowed(diagnosis, date.fromisoformat(arrival)) == allowed


@pytest.mark.parametrize(
    ("diagnosis", "others", "beyond"),
    [("F411", 19, False), ("F411", 20, True), ("F431", 22, False), ("F431", 23, True)],
)
def test_be07_one_more_is_a_warning(diagnosis: str, others: int, beyond: bool) -> None:
    facts = replace(FACTS, diagnosis=diagnosis, kept_count=others, kept_before=others)
    findings = findings_of(facts)
    assert answers(findings) == ([("BE07", "warn", "")] if beyond else [])
    if beyond:
        assert f"besök {others + 1}" in why(findings, "BE07")
    assert findings_of(facts, no_show=True) == []  # nobody came: nothing to pay


def test_be07_referrals_before_the_limit_have_none() -> None:
    old = replace(FACTS, arrival_date=date(2023, 12, 31), kept_count=40, kept_before=40)
    assert findings_of(old) == []


def test_be07_a_visit_in_the_middle_is_not_called_the_last() -> None:
    findings = findings_of(replace(FACTS, kept_count=20, kept_before=2))
    assert warned(findings) == [("BE07", "")]
    assert "har 21 besök" in why(findings, "BE07")
    assert "blir besök" not in why(findings, "BE07")


def test_be08_the_same_start_once() -> None:
    findings = findings_of(replace(FACTS, same_start=True))
    assert blocked(findings) == [("BE08", "time")]
    assert "2026-03-02 09:00 hos ANNLIN" in why(findings, "BE08")


@pytest.mark.parametrize(("day", "wanted"), [("2026-03-02", []), ("2026-03-03", ["BE09"])])
def test_be09_a_visit_ahead_is_a_booking(day: str, wanted: list[str]) -> None:
    findings = findings_of(date=date.fromisoformat(day))
    assert [rule for rule, _ in warned(findings)] == wanted
    assert blocked(findings) == []


def test_va34_a_closed_commitment_takes_no_visit() -> None:
    findings = findings_of(replace(FACTS, closed_on=date(2026, 3, 1)))
    assert blocked(findings) == [("VA34", "commitment")]


@pytest.mark.parametrize(
    ("without_fee", "exemption", "field"),
    [
        ("J", "", "exemption"),
        ("J", "XX", "exemption"),
        ("N", "SJ", "without_fee"),
        ("", "SJ", "without_fee"),
        ("x", "", "without_fee"),
    ],
)
def test_hk01_without_fee_and_its_reason_go_together(
    without_fee: str, exemption: str, field: str
) -> None:
    raw = FORM | {"without_fee": without_fee, "exemption": exemption}
    assert faults(read_visit, raw) == [("HK01", field)]
    read = read_visit(FORM | {"without_fee": "J", "exemption": "sj"}, TODAY)
    assert (read.without_fee, read.exemption) == (True, "SJ")


# -- whatever is typed ---------------------------------------------------------------------


@unhurried
@given(hostile_form(FORM))
def test_anything_typed_is_read_or_refused_at_its_field(raw: dict[str, str]) -> None:
    survives(read_visit, raw, FORM)


_WHEN = st.tuples(
    st.dates(date(2026, 2, 2), TODAY), st.times().map(lambda t: t.replace(microsecond=0))
)


@unhurried
@given(st.lists(_WHEN, min_size=1, max_size=8, unique=True))
def test_be03_in_whatever_order_visits_are_saved_one_is_new(order: list[tuple[date, time]]) -> None:
    """Save visits one by one, each as the rule wants it, the displaced one retyped."""
    saved: dict[tuple[date, time], str] = {}
    for when in order:
        new = next((other for other, kind in saved.items() if kind == "NY"), None)
        facts = replace(UNSEEN, first_kept=min(saved, default=None), new_visit=new)
        kind = contact_type_for(*when, facts)
        findings = check_visit(
            replace(GIVEN, date=when[0], time=when[1], contact_type=kind), facts, TODAY
        )
        assert blocked(findings) == []
        if findings and new is not None:
            saved[new] = "ÅB"
        saved[when] = kind
    assert [when for when, kind in saved.items() if kind == "NY"] == [min(saved)]
