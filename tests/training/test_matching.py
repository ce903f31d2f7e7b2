"""Properties of the matcher: n faults are n findings, and the order of doing things says nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pasis_tui.training.facts import KINDS, Facts, Key, Record
from pasis_tui.training.grading import grade
from pasis_tui.training.matching import match
from tests.training.exercise_facts import (
    COURSE,
    changed,
    commitment,
    enrolment,
    facts,
    medical,
    patient,
    visit,
)

BEFORE = facts(patient())
_FIRST_DAY = dt.date(2026, 1, 12)
# A wrong value of each; none of them is what follows from another.
WRONG = {
    "commitment.decision_date": "2025-12-01",
    "commitment.referring_unit": "VCBJ02",
    "commitment.review_date": "2026-01-07",
    "enrolment.diagnosis": "F431",
    "enrolment.sick_leave_percent": "50",
    "visit.time": "07:15",
    "visit.kind": "G",
    "visit.interpreter": "J",
    "visit.reason": "U",
    "medical.other_diagnoses": "F329 Z733",
}


@st.composite
def courses(draw: st.DrawFn) -> list[Record]:
    """A commitment with its form and visits, each a week after the one before."""
    count = draw(st.integers(2, 12))
    course: list[Record] = [patient(), commitment(), enrolment()]
    for n in range(1, count + 1):
        day = (_FIRST_DAY + dt.timedelta(7 * n)).isoformat()
        time = draw(st.sampled_from(["08:00", "10:00", "13:30"]))
        kind = "NY" if n == 1 else "ÅB"
        course += [visit(n, day, time=time, contact_type=kind), medical(n)]
    return course


def renumbered(records: Sequence[Record], seed: int) -> Facts:
    """The same records by another route: other ids, in another order."""
    random = Random(seed)
    ids: dict[Key, Key] = {}
    for kind in ("commitment", "visit"):
        old = [r.key for r in records if r.kind == kind]
        new = [(kind, 500_000 + n) for n in range(len(old))]
        random.shuffle(new)
        ids |= dict(zip(old, new, strict=True))
    moved = []
    for record in records:
        parent = record.parent and ids.get(record.parent, record.parent)
        key = ids.get(record.key, record.key)[1]
        if KINDS[record.kind].one and parent:
            key = parent[1]
        moved.append(record._replace(id=key, parent=parent))
    random.shuffle(moved)
    return facts(*moved)


@given(courses(), st.integers(0, 1000))
def test_another_order_of_doing_the_same_costs_nothing(course: list[Record], seed: int) -> None:
    result = grade(BEFORE, facts(*course), renumbered(course, seed))
    assert (result.marks, result.deviations) == (100, ())


@given(courses(), st.data())
def test_each_changed_field_is_one_finding_and_an_extra_visit_one_more(
    course: list[Record], data: st.DataObject
) -> None:
    places = [
        (n, name.split(".")[1])
        for n, record in enumerate(course)
        for name in WRONG
        if name.split(".")[0] == record.kind
    ]
    # a visit that differs in more than a few fields is another visit
    wrong = data.draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=3))
    done = list(course)
    for n, name in wrong:
        done[n] = changed(done[n], **{name: WRONG[f"{done[n].kind}.{name}"]})
    seed = data.draw(st.integers(0, 1000))
    result = grade(BEFORE, facts(*course), renumbered(done, seed))
    assert sorted(each.fact for each in result.deviations) == sorted(
        f"{course[n].kind}.{name}" for n, name in wrong
    )
    day = data.draw(st.dates(dt.date(2026, 5, 1), dt.date(2026, 6, 30))).isoformat()
    done += [visit(99, day, time="09:45"), medical(99)]
    with_extra = grade(BEFORE, facts(*course), renumbered(done, seed))
    assert len(with_extra.deviations) == len(wrong) + 1
    (extra,) = [each for each in with_extra.deviations if each.kind == "extra"]
    assert extra.record == f"Besök {day} kl. 09:45"
    assert with_extra.marks <= result.marks


@given(courses(), st.data())
def test_the_wrong_day_is_the_same_visit(course: list[Record], data: st.DataObject) -> None:
    visits = [n for n, record in enumerate(course) if record.kind == "visit"]
    n = data.draw(st.sampled_from(visits))
    day = dt.date.fromisoformat(course[n].fields["date"]) + dt.timedelta(
        data.draw(st.integers(1, 6))
    )
    done = list(course)
    done[n] = changed(done[n], date=day.isoformat())
    result = grade(BEFORE, facts(*course), renumbered(done, n))
    assert [each.fact for each in result.deviations] == ["visit.date"]


@given(courses(), st.data())
def test_a_forgotten_visit_is_one_finding(course: list[Record], data: st.DataObject) -> None:
    visits = [record for record in course if record.kind == "visit"]
    gone = data.draw(st.sampled_from(visits))
    done = [r for r in course if r.key != gone.key and r.parent != gone.key]
    (missing,) = grade(BEFORE, facts(*course), renumbered(done, gone.id)).deviations
    assert missing.kind == "missing"
    assert missing.record == f"Besök {gone.fields['date']} kl. {gone.fields['time']}"


@given(courses(), courses(), st.integers(0, 1000))
@settings(max_examples=50)
def test_nothing_is_matched_twice_or_forgotten(
    par: list[Record], done: list[Record], seed: int
) -> None:
    made = renumbered(done, seed)
    found = match(BEFORE, facts(*par), made)
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert {**{b: a for a, b in found.pairs.items()}} == dict(found.back)
    assert len(found.pairs) + len(found.missing) == len(par)
    assert len(found.pairs) + len(found.extra) == len(done)
    for a, b in found.pairs.items():
        assert a[0] == b[0]
    assert COURSE in found.pairs
    assert 0 <= grade(BEFORE, facts(*par), made).marks <= 100
