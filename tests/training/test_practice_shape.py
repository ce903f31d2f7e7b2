"""The practice data: volumes, shares and stages."""

from __future__ import annotations

from collections import Counter
from statistics import mean, median

import pytest

from pasis_tui.validation.days import add_months, age
from tests.training.practice_world import (
    DAYS,
    Row,
    World,
    build_world,
    kept,
)


@pytest.fixture(params=DAYS, ids=lambda p: f"seed{p[0]}-{p[1]}")
def world(request: pytest.FixtureRequest) -> World:
    seed, today = request.param
    return build_world(seed, today)


def test_volumes(world: World) -> None:
    patients = Counter(row["registered_by_unit_id"] for row in world.tables["patient"])
    assert patients == {1: 300, 2: 40}
    assert len(world.of_unit("visit", 1)) == 3500
    assert len(world.of_unit("visit", 2)) > 200
    assert 165 <= len(world.tables["referring_unit"]) <= 180
    assert {row["source"] for row in world.tables["referring_unit"]} == {"1", "7"}
    assert [unit["code"] for unit in world.tables["unit"]] == ["PSMA01", "PSLU02"]
    left = [c for c in world.tables["caregiver"] if c["active_to"]]
    assert len(left) == 1
    assert left[0]["active_to"] < world.today


def test_ages_and_special_patients(world: World) -> None:
    patients = [p for p in world.tables["patient"] if p["registered_by_unit_id"] == 1]
    ages = [age(p["birth_date"], world.today) for p in patients]
    assert min(ages) >= 16
    assert sum(years < 20 for years in ages) >= 10
    assert sum(years >= 50 for years in ages) >= 30
    assert sum(years >= 85 for years in ages) >= 1
    protected = [p for p in patients if p["protected"]]
    assert len(protected) == 3
    for patient in protected:
        assert not any(patient[k] for k in ("address", "postcode", "city", "phone"))
    (dead,) = [p for p in patients if p["deceased_on"]]
    commitments = [c for c in world.tables["care_commitment"] if c["patient_id"] == dead["id"]]
    assert all(c["closed_on"] and c["closed_on"] < dead["deceased_on"] for c in commitments)
    assert dead["deceased_on"] <= world.today
    assert all(p["address"] and p["city"] for p in patients if not p["protected"])


def test_shape_of_the_finished_treatments() -> None:
    """Section 9, over those whose whole course has had time to happen, of three seeds."""
    finished: list[tuple[Row, list[Row], Row | None, Row | None]] = []
    all_visits: list[Row] = []
    enrolments: list[Row] = []
    discharges: list[Row] = []
    commitments: list[Row] = []
    for seed, today in DAYS:
        world = build_world(seed, today)
        visits, out = world.visits(), world.forms("discharge_form")
        follow = world.forms("follow_up_form")
        enrolments += world.of_unit("enrolment_form", 1)
        discharges += world.of_unit("discharge_form", 1)
        all_visits += world.of_unit("visit", 1)
        for row in world.of_unit("care_commitment", 1):
            commitments.append(row)
            if (today - row["arrival_date"]).days > 500:
                own = kept(visits[row["id"]])
                finished.append((row, own, out.get(row["id"]), follow.get(row["id"])))
    counts = [len(own) for _, own, _, _ in finished]
    started = [number for number in counts if number]
    assert 10 <= mean(started) <= 12
    assert max(counts) <= 23
    assert 0.02 <= 1 - len(started) / len(counts) <= 0.08
    assert 0.08 <= sum(number < 4 for number in started) / len(counts) <= 0.16
    discharged = [row for row in finished if row[2]]
    assert 0.74 <= len(discharged) / len(finished) <= 0.86
    assert 0.57 <= sum(row[3] is not None for row in discharged) / len(discharged) <= 0.73
    assert 175 <= median((row[2]["date"] - row[1][0]["date"]).days for row in discharged) <= 205  # type: ignore[index]
    assert 0.17 <= mean(v["distance"] for v in all_visits) <= 0.23
    assert 0.03 <= mean(v["interpreter"] for v in all_visits) <= 0.08
    assert 0.03 <= mean(v["no_show"] for v in all_visits) <= 0.05
    problems = Counter(row["problem"] for row in commitments)
    for problem, share in {"KBT": 0.75, "PDT": 0.15, "IPT": 0.10}.items():
        assert abs(problems[problem] / len(commitments) - share) < 0.04
    groups = Counter(row["diagnosis"][:3] for row in enrolments)
    for group, share in {"F41": 0.30, "F32": 0.25, "F40": 0.07, "F42": 0.05}.items():
        assert abs(groups[group] / len(enrolments) - share) < 0.04
    assert abs(mean(row["sick_leave_percent"] > 0 for row in enrolments) - 0.25) < 0.05
    assert abs(mean(row["sick_leave_percent"] > 0 for row in discharges) - 0.12) < 0.04


def test_women_are_72_per_cent(world: World) -> None:
    assert abs(mean(p["sex"] == "K" for p in world.tables["patient"]) - 0.72) < 0.01


def test_every_stage_of_the_chain_is_there(world: World) -> None:
    visits = world.visits()
    enrolled, discharged = world.forms("enrolment_form"), world.forms("discharge_form")
    followed = world.forms("follow_up_form")
    registered = {row["visit_id"] for row in world.tables["medical_registration"]}
    stages: Counter[str] = Counter()
    for row in world.of_unit("care_commitment", 1):
        own = visits[row["id"]]
        past = [v for v in own if v["date"] <= world.today]
        stages["booked"] += len(own) - len(past)
        stages["no dia reg"] += sum(v["id"] not in registered for v in kept(past))
        stages["invoiced"] += row["invoiced_on"] is not None
        if len(kept(own)) > 20:
            stages["over 20"] += 1
        if row["closed_on"]:
            stages[f"closed {row['closing_reason']}"] += 1
        elif row["id"] in followed:
            stages["followed up"] += 1
        elif row["id"] in discharged:
            out = discharged[row["id"]]["date"]
            window = add_months(out, 3) <= world.today <= add_months(out, 4)
            stages["in the window" if window else "discharged"] += 1
        elif row["id"] in enrolled:
            stages["ongoing" if len(kept(past)) > 1 else "enrolled"] += 1
        elif past:
            stages["form missing"] += 1
        else:
            stages["not started"] += 1
    few = ("enrolled", "in the window", "followed up", "form missing", "over 20")
    assert all(stages[stage] >= 1 for stage in few), stages
    for stage in ("not started", "ongoing", "discharged", "closed AV", "closed ÖV", "booked"):
        assert stages[stage] >= 5, stages
    assert stages["no dia reg"] >= 5
    assert stages["invoiced"] >= 200
    cancelled = [v for v in world.tables["visit"] if v["cancelled_at"]]
    assert 10 <= len(cancelled) <= 90
    assert all(v["cancel_reason"] for v in cancelled)
    last = max(v["date"] for v in world.tables["visit"])
    assert world.today < last
