"""F1 of a rule with two marks said that the instruction says it and that it says nothing of it."""

from __future__ import annotations

from datetime import date

import pytest

from pasis_tui.validation.rules import ABOUT_FIELD, MARKS, OURS, PARTLY, rule_help, rules

DAY = date(2026, 3, 2)


@pytest.mark.parametrize("rule_id", sorted(rules()))
def test_the_page_does_not_gainsay_itself(rule_id: str) -> None:
    rule = rules()[rule_id]
    page = " ".join(rule_help(rule_id, DAY))
    stated = MARKS["A"] in page
    assert stated == ("A" in rule.mark)
    assert not (stated and "anvisningen säger inget" in page)
    assert not (MARKS["P"] in page and "anvisningen säger inget" in page)
    assert ("programmets egen" in page.lower()) == ("V" in rule.mark)
    # a rule of our own about a field of the instruction does not claim its chapter says it
    about = rule.mark == "V" and not rule.chapter.startswith(OURS)
    assert (ABOUT_FIELD in page) == about
    assert (PARTLY in page) == ("V" in rule.mark and rule.mark != "V")


def test_the_two_that_were_met() -> None:
    for rule_id in ("VA10", "BE01"):
        assert rule_help(rule_id, DAY)[-1] == f"{MARKS['A']} {PARTLY}"
