"""AG Att göra: each debt from the day it falls due to the day it is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from pasis_tui.models import CareCommitment, MedicalRegistration, ProcedureCode
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.reports import worklist
from pasis_tui.services.reports.worklist_debts import Task
from pasis_tui.services.visits import visits
from pasis_tui.services.visits.visits import VisitCard
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Refused
from tests.services.clinic import ALL, ARRIVAL, Clinic, make_clinic, refused, save_medical

WEEK = timedelta(days=7)
CODES = {"main_diagnosis": "F411", "problem": "KBT", "kva_1": "DU011"}
Event = Callable[[], object]


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def owed(clinic: Clinic, day: date, which: str = "a") -> tuple[Task, ...]:
    return worklist.tasks_page(clinic.at(day, which, "AG"), size=500).rows


def bare_visit(clinic: Clinic, card: CommitmentCard, day: date, today: date) -> VisitCard:
    """A visit saved in 085 alone: no medical registration."""
    fields = clinic.visit_fields(card, day, today=today)
    return visits.save(clinic.at(today), card.patient_id, fields, ALL)


def follow_up(clinic: Clinic, card: CommitmentCard, day: date) -> None:
    clinic.visit(card, day, reason="U")
    raw = {"date": day.isoformat(), "approved": "J"}
    forms.save_follow_up(clinic.at(day, screen="048"), card.id, None, raw, ALL)


def close(clinic: Clinic, card: CommitmentCard, closing: date, today: date) -> None:
    raw = {
        "closing_date": closing.isoformat(),
        "closing_reason": "AV",
        "closing_caregiver": "ANNLIN",
    }
    context = clinic.at(today, screen="040")
    version = care_commitments.get(context, card.id).version
    care_commitments.close(context, card.id, version, raw, ALL)


# (rule, screen, first day listed, first day gone, last day in time)
YEAR = [
    ("ME08", "184", "2026-03-09", "2026-03-12", "2026-03-09"),
    ("FO01", "048 I", "2026-03-09", "2026-03-16", "2026-03-09"),
    ("BE09", "085", "2026-05-19", "2026-05-22", "2026-05-18"),
    ("VA33", "048", "2026-06-04", "2026-06-10", "2026-06-18"),
    ("FO05", "085", "2026-08-27", "2026-09-10", "2026-10-10"),
    ("FO05", "048 P", "2026-09-10", "2026-10-20", "2026-10-10"),
    ("VA33", "040", "2026-10-11", "2026-10-20", "2026-10-10"),
    ("VA33", "040", "2026-10-20", "2026-12-05", "2026-11-20"),
]


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)], indirect=True
)
def test_a_year_of_one_commitment_day_by_day(clinic: Clinic) -> None:
    card = clinic.commitment()
    made: dict[str, VisitCard] = {}

    def visit(name: str, day: date, today: date) -> None:
        made[name] = bare_visit(clinic, card, day, today)

    d = date
    events: dict[date, list[Event]] = {
        d(2026, 3, 9): [lambda: visit("first", d(2026, 3, 9), d(2026, 3, 9))],
        d(2026, 3, 12): [lambda: save_medical(clinic, made["first"], CODES)],
        d(2026, 3, 16): [
            lambda: clinic.visit(card, d(2026, 3, 16)),
            lambda: clinic.enrol(card, d(2026, 3, 16)),
            lambda: visit("booked", d(2026, 5, 18), d(2026, 3, 16)),
        ],
        d(2026, 5, 22): [lambda: save_medical(clinic, made["booked"], CODES)],
        d(2026, 6, 10): [
            lambda: clinic.visit(card, d(2026, 6, 10)),
            lambda: clinic.discharge(card, d(2026, 6, 10)),
        ],
        d(2026, 10, 20): [lambda: follow_up(clinic, card, d(2026, 10, 20))],
        d(2026, 12, 5): [lambda: close(clinic, card, d(2026, 10, 20), d(2026, 12, 5))],
    }
    day = ARRIVAL
    while day <= d(2027, 3, 2):
        for event in events.get(day, ()):
            event()
        expected = sorted(
            (due, rule, screen)
            for rule, screen, first, gone, due in YEAR
            if first <= day.isoformat() < gone
        )
        tasks = owed(clinic, day)
        assert sorted((str(t.due), t.rule, t.screen) for t in tasks) == expected, day
        day += timedelta(days=1)


def test_a_follow_up_that_is_booked_in_time_is_not_asked_for_before_its_day(
    clinic: Clinic,
) -> None:
    card = clinic.commitment()
    for day in (date(2026, 3, 9), date(2026, 6, 10)):
        clinic.visit(card, day)
    clinic.enrol(card, date(2026, 3, 9))
    clinic.discharge(card, date(2026, 6, 10))
    follow_up = ("FO05", date(2026, 10, 10))

    def asked(day: date) -> bool:
        return follow_up in [(task.rule, task.due) for task in owed(clinic, day)]

    assert asked(date(2026, 9, 1))
    booked = bare_visit(clinic, card, date(2026, 9, 15), date(2026, 9, 1))
    assert [asked(date(2026, 9, day)) for day in (1, 9, 10, 14, 15)] == [False] * 4 + [True]
    visits.cancel(clinic.at(date(2026, 9, 11)), booked.id, booked.version, "förhinder", ALL)
    assert asked(date(2026, 9, 11))
    bare_visit(clinic, card, date(2026, 10, 11), date(2026, 9, 11))  # too late is not in time
    assert asked(date(2026, 9, 11))


def test_the_text_counts_the_days(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, ARRIVAL)
    clinic.enrol(card, ARRIVAL)
    clinic.discharge(card, ARRIVAL)  # follow-up 2026-06-02 to 07-02
    texts = {
        date(2026, 5, 19): "kan ske 2026-06-02–2026-07-02",
        date(2026, 6, 18): "14 dagar",
        date(2026, 6, 30): "stänger om 2 dagar",
        date(2026, 7, 3): "missad: fönstret var 2026-06-02–2026-07-02",
    }
    for day, text in texts.items():
        assert text in next(t.text for t in owed(clinic, day) if t.rule == "FO05")
    follow_up(clinic, card, date(2026, 7, 1))
    (task,) = owed(clinic, date(2026, 7, 2))
    assert "senast 2026-08-01, 30 dagar kvar" in task.text
    assert task.arguments == {"commitment": card.id}
    clinic.visit(card, date(2026, 8, 20), today=date(2026, 8, 3))
    (task,) = [t for t in owed(clinic, date(2026, 8, 3)) if t.rule == "VA33"]
    assert "2 dagar för sent" in task.text
    assert "bokningen 2026-08-20 först (VA32)" in task.text


def test_a_no_show_or_cancelled_visit_owes_nothing(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, ARRIVAL + WEEK, no_show="J", kva="", problem="")
    saved = bare_visit(clinic, card, ARRIVAL + timedelta(days=8), ARRIVAL + WEEK + WEEK)
    today = ARRIVAL + WEEK + WEEK
    assert [t.rule for t in owed(clinic, today)] == [
        "ME08",
        "FO01",
    ]  # the visit of an open month first
    visits.cancel(clinic.at(today), saved.id, saved.version, "fel patient", ALL)
    assert owed(clinic, today) == ()


def test_visits_beyond_the_contract_stand_last_and_are_not_walked_to(clinic: Clinic) -> None:
    card = clinic.commitment()
    for number in range(21):
        clinic.visit(card, ARRIVAL + number * timedelta(days=1))
    clinic.enrol(card, ARRIVAL)
    today = ARRIVAL + timedelta(days=21)
    (task,) = owed(clinic, today)
    assert (task.rule, task.due, task.what) == ("BE07", None, "22/03: besök 21 av 20")
    assert worklist.next_task(clinic.at(today)) is None
    march = {"from_date": "2026-03-01", "to_date": "2026-03-31"}
    (row,) = worklist.unpaid_page(clinic.at(today), march).rows
    assert (row.rule, row.visit_on) == ("BE07", date(2026, 3, 22))
    before = {"from_date": "2026-03-01", "to_date": "2026-03-21"}
    assert worklist.unpaid_page(clinic.at(today), before).rows == ()


def test_what_an_import_left_out_is_not_paid(clinic: Clinic) -> None:
    """The screens refuse these; a transfer from elsewhere may bring them."""
    card = clinic.commitment()
    clinic.enrol(card, ARRIVAL)
    bare = clinic.visit(card, ARRIVAL)
    odd = clinic.visit(card, ARRIVAL + WEEK)
    today = ARRIVAL + WEEK
    with SystemWork(clinic.database) as work:
        work.delete(ProcedureCode, visit_id=bare.id)
        work.update(MedicalRegistration, odd.id, None, main_diagnosis="F200")
        work.commit()
    assert [(t.rule, t.visit_id) for t in owed(clinic, today)] == [
        ("ME01", odd.id),  # today's
        ("ME04", bare.id),
    ]
    with SystemWork(clinic.database) as work:
        work.update(CareCommitment, card.id, None, referral_source="7")
        work.commit()
    assert [t.rule for t in owed(clinic, today)] == ["ME01", "VA07", "ME04"]
    march = {"from_date": "2026-03-01", "to_date": "2026-03-31"}
    rows = worklist.unpaid_page(clinic.at(today), march).rows
    assert [(t.rule, t.visit_id) for t in rows] == [
        ("ME04", bare.id),
        ("VA07", bare.id),
        ("ME01", odd.id),
        ("VA07", odd.id),
    ]


def test_the_walk_goes_on_and_begins_again(clinic: Clinic) -> None:
    card = clinic.commitment()
    made = [bare_visit(clinic, card, ARRIVAL + n * WEEK, ARRIVAL + 3 * WEEK) for n in range(3)]
    context = clinic.at(date(2026, 4, 2))
    after, seen = None, []
    for _ in range(5):
        task = worklist.next_task(context, after)
        assert task is not None
        after = task.task.key
        seen.append((task.number, task.total, task.task.rule))
    assert seen == [(1, 5, "ME08"), (2, 5, "ME08"), (3, 5, "ME08"), (4, 5, "FO01"), (5, 5, "VA33")]
    save_medical(clinic, made[0], CODES)
    again = worklist.next_task(context, after)
    assert again is not None
    assert (again.number, again.total, again.task.rule) == (1, 4, "ME08")
    event = clinic.events()[-1]
    assert (event.action, event.patient_id, event.entity_id) == ("read", clinic.vera, card.id)


def test_pages_meet_without_loss(clinic: Clinic) -> None:
    card = clinic.commitment()
    for number in range(9):
        bare_visit(clinic, card, ARRIVAL + number * WEEK, ARRIVAL + 9 * WEEK)
    context = clinic.at(ARRIVAL + 9 * WEEK)
    whole = worklist.tasks_page(context, size=100).rows
    first = worklist.tasks_page(context, size=4)
    second = worklist.tasks_page(context, after=first.rows[-1].key, size=4)
    end = worklist.tasks_page(context, last=True, size=4)
    back = worklist.tasks_page(context, before=second.rows[0].key, size=4)
    assert first.rows + second.rows == whole[:8]
    assert (first.before, first.after, second.before, end.after) == (False, True, True, False)
    assert (end.rows, back.rows, end.total) == (whole[-4:], first.rows, len(whole))


def test_another_unit_owes_nothing_of_this(clinic: Clinic) -> None:
    card = clinic.commitment()
    bare_visit(clinic, card, ARRIVAL, ARRIVAL)
    march = {"from_date": "2026-03-01", "to_date": "2026-03-31"}
    assert len(owed(clinic, ARRIVAL)) == 2
    assert owed(clinic, ARRIVAL, "b") == ()
    assert worklist.unpaid_page(clinic.at(ARRIVAL, "b"), march).total == 0
    assert worklist.next_task(clinic.at(ARRIVAL, "b")) is None


def test_a_protected_identity_is_left_out_as_in_048(clinic: Clinic) -> None:
    card = clinic.commitment(patient=clinic.hidden)
    bare_visit(clinic, card, ARRIVAL, ARRIVAL)
    assert owed(clinic, ARRIVAL) == ()


def test_the_read_is_logged_with_what_was_shown(clinic: Clinic) -> None:
    card = clinic.commitment()
    bare_visit(clinic, card, ARRIVAL, ARRIVAL)
    owed(clinic, ARRIVAL)
    event = clinic.events()[-1]
    assert (event.action, event.entity, event.screen) == ("read", "care_commitment", "AG")
    assert str(card.id) in event.changes


def test_the_period_is_a_period(clinic: Clinic) -> None:
    context = clinic.at(ARRIVAL)
    for raw, field in (
        ({"from_date": "", "to_date": "2026-03-31"}, "from_date"),
        ({"from_date": "2026-03-31", "to_date": "2026-03-01"}, "to_date"),
        ({"from_date": "1926-01-01", "to_date": "2026-01-01"}, "from_date"),
    ):
        with refused("LI01", field):
            worklist.unpaid_page(context, raw)
    with pytest.raises(Refused):
        worklist.unpaid_page(context, {"from_date": "x", "to_date": "y"})
    assert worklist.proposed_period(date(2026, 3, 10)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert worklist.proposed_period(date(2026, 3, 11)) == (date(2026, 3, 1), date(2026, 3, 11))
