"""The practice rows of a few seeds and days, with the look-ups that the tests need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pasis_tui.training.practice import build_practice

Row = dict[str, Any]
DAYS = [(1, date(2026, 11, 24)), (2, date(2026, 3, 1)), (3, date(2025, 12, 31))]
TREATMENT = {"KBT": "DU011", "PDT": "DU008", "IPT": "DU022"}
MEDICAL = {
    "F32-": r"F32[01]",
    "F40-": r"F40\d?",
    "F410": "F410",
    "F411": "F411",
    "F419P": "F419",
    "F42-": r"F42\d?",
    "F431": "F431",
    "F438A": "F438",
    "F439P": "F439",
}


@dataclass(frozen=True)
class World:
    """The rows of one build, with the look-ups that the rules need."""

    today: date
    tables: dict[str, list[Row]]

    def by_id(self, table: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.tables[table]}

    def forms(self, table: str) -> dict[int, Row]:
        return {row["commitment_id"]: row for row in self.tables[table]}

    def of_unit(self, table: str, unit_id: int) -> list[Row]:
        return [row for row in self.tables[table] if row["unit_id"] == unit_id]

    def visits(self) -> dict[int, list[Row]]:
        """Return each commitment's visits that are not cancelled, in order."""
        by_commitment: dict[int, list[Row]] = defaultdict(list)
        for row in sorted(self.tables["visit"], key=lambda v: (v["date"], v["time"])):
            if row["cancelled_at"] is None:
                by_commitment[row["commitment_id"]].append(row)
        return by_commitment


@cache
def build_world(seed: int, today: date) -> World:
    return World(today, build_practice(seed, today))


def kept(visits: list[Row]) -> list[Row]:
    return [visit for visit in visits if not visit["no_show"]]


def minutes(visit: Row) -> int:
    return int(visit["time"].hour) * 60 + int(visit["time"].minute)


def assert_active(caregiver: Row, day: date, unit_id: int) -> None:
    assert caregiver["unit_id"] == unit_id
    assert caregiver["active_from"] <= day
    assert caregiver["active_to"] is None or day <= caregiver["active_to"]
