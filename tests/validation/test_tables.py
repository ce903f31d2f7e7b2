"""Code tables, dated parameters and the rule table."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest

from pasis_tui.validation import codes, medical
from pasis_tui.validation.findings import Level
from pasis_tui.validation.parameters import parameter, parameter_or_none
from pasis_tui.validation.rules import rule_help, rules

# domain.md section 3: every id with its level.
WANTED = {
    "VA01": "block", "VA02": "block", "VA03": "block", "VA04": "warn", "VA05": "block",
    "VA06": "block", "VA07": "block", "VA08": "warn", "VA09": "block", "VA10": "block",
    "VA11": "warn", "VA12": "block", "VA20": "block", "VA30": "block", "VA31": "block",
    "VA32": "block", "VA33": "warn", "VA34": "block", "FO01": "block", "FO02": "block",
    "FO03": "block", "FO04": "block", "FO05": "warn", "FO06": "warn", "FO07": "block",
    "BE01": "block", "BE02": "block", "BE03": "block", "BE04": "warn", "BE05": "block",
    "BE06": "warn", "BE07": "warn", "BE08": "block", "BE09": "warn", "ME01": "block",
    "ME02": "block", "ME03": "block", "ME04": "block", "ME05": "warn", "ME06": "warn",
    "ME07": "warn", "ME08": "warn", "HK01": "block", "PM01": "block", "SE01": "block",
}  # fmt: skip


def test_every_rule_of_the_domain_has_its_level_message_and_chapter() -> None:
    known = rules()
    assert {k: known[k].level.value for k in WANTED} == WANTED
    for rule in known.values():
        assert rule.title
        assert rule.chapter
        assert len(rule.help) > 30
        assert all(list(Formatter().parse(text)) for text in rule.sentences.values())
        assert rule_help(rule.id, date(2026, 3, 2))[0].startswith(rule.id)
        assert isinstance(rule.level, Level)


def test_the_refused_removal_says_exactly_what_pasis_says() -> None:
    assert rules()["VA20"].message.startswith("Får ej tas bort SPS0431 267 O")


def test_invented_codes_say_that_they_are() -> None:
    invented = {
        "closing_reason": {"ÖV"}, "exemption": {"U2", "Ä8", "FK", "SM"}, "contact_type": {"ÅB"},
        "visit_kind": {"E", "G"}, "visit_reason": {"B", "U"},
    }  # fmt: skip
    for name, those in invented.items():
        for code, text in codes.table(name).items():
            assert ("övningskod" in text) == (code in those), (name, code)


def test_the_two_diagnosis_lists_are_never_mixed() -> None:
    enrolment, visit = codes.table("enrolment_diagnosis"), codes.table("main_diagnosis")
    assert "F32-" in enrolment
    assert not any("-" in code for code in visit)
    assert {f"F40{n}" for n in range(10)} | {f"F42{n}" for n in range(10)} <= visit.keys()
    assert set(enrolment) == {
        "F32-", "F40-", "F410", "F411", "F419P", "F42-", "F431", "F438A", "F439P"
    }  # fmt: skip
    for code in visit:
        assert medical.ICD10.fullmatch(code)
        assert sum(codes.agrees(form, code) for form in enrolment) == 1, code
    for code in enrolment:
        assert re.fullmatch(r"[A-Z]\d{2}(-|\d[A-Z]?)", code)


@pytest.mark.parametrize(
    ("name", "on", "wanted"),
    [
        ("cost_ceiling", date(2023, 6, 1), 1300), ("cost_ceiling", date(2024, 1, 1), 1400),
        ("cost_ceiling", date(2025, 1, 1), 1450), ("cost_ceiling", date(2026, 12, 31), 1450),
        ("visit_fee", date(2026, 1, 1), 200), ("no_show_fee", date(2026, 1, 1), 400),
        ("no_show_fee_exempt", date(2026, 1, 1), 300), ("visits_allowed", date(2024, 1, 1), 20),
        ("visits_allowed_double", date(2026, 1, 1), 23),
    ],
)  # fmt: skip
def test_parameters_follow_their_dates(name: str, on: date, wanted: int) -> None:
    assert parameter(name, on) == wanted


def test_before_its_first_date_a_limit_is_none() -> None:
    assert parameter_or_none("visits_allowed", date(2023, 12, 31)) is None
