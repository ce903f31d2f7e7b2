"""What was registered through the services, graded: a long case, by two legal routes and by wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import visits
from pasis_tui.store.actor import Context
from pasis_tui.training.facts import Delta, Facts, read_facts
from pasis_tui.training.grading import Grade, grade
from tests.services.clinic import ALL
from tests.services.practice import DAY, clerk, practice
from tests.training.practice_chain import enrol, refer, visit

WEEKS = 20


def on(context: Context, day: date) -> Context:
    return replace(context, today=day)


def nine_months(
    context: Context,
    *,
    late_forms: bool = False,
    slip: bool = False,
    wrong_day: bool = False,
    second_thoughts: bool = False,
) -> None:
    """One patient from referral to closing, each visit on its day; and how it may go otherwise."""
    card = refer(context)
    first = DAY + timedelta(7)
    days = [first + timedelta(7 * n) for n in range(WEEKS)]
    if second_thoughts:  # by hand, a visit of another day first, cancelled again
        made = visit(on(context, days[0]), card, days[0], "08:00")
        visits.cancel(on(context, days[0]), made.id, made.version, "Fel tid", ALL)
    for n, day in enumerate(days):
        moved = day + timedelta(1) if wrong_day and n == 5 else day
        video = {"distance": "J", "kva": "DU011 ZV051"} if slip and n == 3 else {}
        visit(on(context, days[-1]), card, moved, "10:00", **video)
        if n == 0 and not late_forms:
            enrol(on(context, day), card, date=day.isoformat())
    if late_forms:
        enrol(on(context, days[-1]), card, date=first.isoformat())
    last = on(context, days[-1])
    typed = {"date": days[-1].isoformat(), "caregiver": "ANNLIN", "sick_leave_percent": "0"}
    forms.save_discharge(last, card.id, None, typed, ALL)
    follow = days[-1] + timedelta(100)
    visit(on(context, follow), card, follow, "13:00", reason="U")
    typed = {"date": follow.isoformat(), "approved": "J"}
    forms.save_follow_up(on(context, follow), card.id, None, typed, ALL)
    card = care_commitments.get(on(context, follow), card.id)
    closing = {
        "closing_date": follow.isoformat(),
        "closing_reason": "AV",
        "closing_caregiver": "ANNLIN",
    }
    care_commitments.close(on(context, follow), card.id, card.version, closing, ALL)


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Grade]:
    """Grade nine months that went otherwise, each in a copy of its own."""

    def after(name: str, **otherwise: bool) -> tuple[Facts, Facts]:
        (tmp_path / name).mkdir()
        with practice(tmp_path / name) as own:
            before = read_facts(clerk(own))
            nine_months(clerk(own), **otherwise)
            return before, read_facts(clerk(own))

    before, par = after("par")
    kept = par.since(before).to_json()  # a solution is kept as what it made

    def grading(**otherwise: bool) -> Grade:
        start, done = after("-".join(otherwise) or "same", **otherwise)
        assert start == before
        return grade(before, before.plus(Delta.from_json(kept)), done)

    return grading


def test_two_legal_routes_are_worth_all_marks(graded: Callable[..., Grade]) -> None:
    assert graded().marks == 100
    other = graded(late_forms=True, second_thoughts=True)
    assert (other.marks, other.deviations) == (100, ())


def test_a_slip_in_a_long_case_is_told_with_what_came_of_it(
    graded: Callable[..., Grade],
) -> None:
    result = graded(slip=True, wrong_day=True)
    assert [each.fact for each in result.deviations] == ["visit.distance", "visit.date"]
    (codes,) = result.deviations[0].consequences
    assert codes.endswith("KVÅ fel värde (du: DU011 ZV051, rätt: DU011).")
    assert 90 <= result.marks < 100
    assert result.facts > 30
