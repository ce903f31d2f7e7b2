"""The plain dated tariff of a visit: domain.md section 6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pasis_tui.validation.visits import fee_of, proposed_fee, read_visit
from tests.validation.answers import TODAY

GIVEN = read_visit(
    {
        "commitment": "4711",
        "date": "i",
        "time": "9",
        "reception": "HUVUD",
        "reason": "B",
        "kind": "E",
        "caregiver": "ANNLIN",
        "contact_type": "ÅB",
    },
    TODAY,
)
FREE = {"without_fee": True, "exemption": "SJ"}


@pytest.mark.parametrize(
    ("born", "no_show", "wanted"),
    [
        ("1993-07-14", False, (200, "")),
        ("1993-07-14", True, (400, "")),
        ("2006-03-03", False, (0, "U2")),  # twenty tomorrow
        ("2006-03-02", False, (200, "")),
        ("2006-03-03", True, (300, "U2")),
        ("1941-03-03", False, (200, "")),  # eighty-five tomorrow
        ("1941-03-02", False, (0, "Ä8")),
        ("1941-03-02", True, (300, "Ä8")),
        (None, False, (200, "")),
    ],
)
def test_the_fee_follows_age_and_presence(
    born: str | None, no_show: bool, wanted: tuple[int, str]
) -> None:
    birth_date = None if born is None else date.fromisoformat(born)
    assert proposed_fee(birth_date, TODAY, no_show=no_show) == wanted


@pytest.mark.parametrize(
    ("changes", "fee"),
    [
        ({}, 200),
        (FREE, 0),
        ({"no_show": True}, 400),
        ({"no_show": True} | FREE, 0),
        ({"no_show": True, "exemption": "SJ"}, 400),
    ],
)
def test_the_fee_registered(changes: dict[str, Any], fee: int) -> None:
    visit = replace(GIVEN, **changes)
    assert fee_of(visit, date(1993, 7, 14)) == fee
