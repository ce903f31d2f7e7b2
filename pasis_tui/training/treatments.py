"""Invented treatments: courses from referral to closing, shaped by domain.md section 9.

A course is first planned to its end and then cut at today, so that every stage of the chain
occurs in its natural share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pasis_tui.validation.days import add_months

DOUBLE = ("F431", "F42-")  # BE05: PTSD and OCD
VISIT_MINUTES = 45
_HOURS = (8, 9, 10, 11, 13, 14, 15, 16)
_HOLIDAYS = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})


def workday(day: date, step: int = 1) -> date:
    """Return *day*, or the next after it (before it when *step* is -1) when the clinics are open."""
    while day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS:
        day += timedelta(days=step)
    return day


def shares(random: Random, size: int, weights: Mapping[str, float]) -> list[str]:
    """Return *size* keys, shuffled, each exactly in its share: the totals are not left to chance."""
    total = sum(weights.values())
    drawn: list[str] = []
    due = 0.0
    for key, weight in weights.items():
        due += size * weight / total
        drawn += [key] * (round(due) - len(drawn))
    random.shuffle(drawn)
    return drawn


@dataclass(frozen=True, slots=True)
class Therapist:
    """A caregiver as the plan needs one; active first to last inclusive."""

    id: int
    category: str
    first: date
    last: date
    reception_id: int
    branch_id: int
    branch_days: frozenset[int]

    def active(self, day: date) -> bool:
        """Return whether the therapist is employed on *day*."""
        return self.first <= day <= self.last

    def reception(self, day: date) -> int:
        """Return the reception where the therapist sits on *day*."""
        return self.branch_id if day.weekday() in self.branch_days else self.reception_id


class Clinic:
    """A clinic's therapists and when each is busy."""

    def __init__(self, unit_id: int, therapists: Sequence[Therapist]) -> None:
        self.unit_id = unit_id
        self.therapists = therapists
        self._busy: dict[tuple[int, date], list[tuple[int, int]]] = {}

    def therapist(self, wanted: int, day: date) -> Therapist:
        """Return therapist number *wanted*, or the one who takes over when that one is not employed."""
        count = len(self.therapists)
        for step in range(count):
            therapist = self.therapists[(wanted + step) % count]
            if therapist.active(day):
                return therapist
        raise LookupError(f"nobody works at unit {self.unit_id} on {day}")

    def book(self, wanted: int, day: date, hour: int, minutes: int) -> tuple[date, int]:
        """Book the first free start on or after *day*, preferring *hour*; return day and minute."""
        while True:
            day = workday(day)
            busy = self._busy.setdefault((self.therapist(wanted, day).id, day), [])
            for choice in (hour, *_HOURS):
                start = choice * 60
                if all(start + minutes <= a or b <= start for a, b in busy):
                    busy.append((start, start + minutes))
                    return day, start
            day += timedelta(days=1)


@dataclass(slots=True)
class Session:
    """One visit of a course; ``minute`` is its start in minutes after midnight."""

    day: date
    minute: int
    kind: str = "kept"  # kept, no-show, cancelled
    follow_up: bool = False
    second: bool = False  # the second half of a double session
    distance: bool = False

    @property
    def kept(self) -> bool:
        """Return whether the patient came, or is expected."""
        return self.kind == "kept"


@dataclass(slots=True)
class Course:
    """One commitment; ``ending`` is how the treatment goes: never, dropout, broken,
    discharged or followed."""

    patient: int
    problem: str
    diagnosis: str  # as the enrolment form has it
    arrival: date
    ending: str
    therapist: int  # index among the clinic's
    visits: int = 0
    sessions: list[Session] = field(default_factory=list)
    enrolled: date | None = None
    discharged: date | None = None
    followed: date | None = None
    closed: date | None = None
    sick_start: int = 0
    sick_end: int = 0


def draw_visits(random: Random, ending: str, diagnosis: str) -> int:
    """Return how many visits a course will have: 3-20, mean 11, dropouts fewer than 4."""
    if ending == "never":
        return 0
    if ending == "dropout":
        return random.choice((1, 2, 2, 3))
    if diagnosis in DOUBLE:
        return round(random.triangular(6, 23, 14))
    return round(random.triangular(4, 20, 13))


def draw_sick_leave(random: Random) -> tuple[int, int]:
    """Return the per cent at enrolment and at discharge: 25 % and 12 % are above zero."""
    if random.random() >= 0.25:
        return 0, 50 if random.random() < 0.01 else 0
    start = random.choice((25, 50, 50, 100, 100, 75))
    return start, random.choice([p for p in (25, 50, 75, 100) if p <= start]) * (
        random.random() < 0.45
    )


def plan_course(
    random: Random, clinic: Clinic, course: Course, today: date, *, plain: bool = False
) -> None:
    """Plan *course* to its end and cut it at *today*; fills in all its dates.

    A *plain* course has only kept visits: no double session, no-show or cancelled visit.
    """
    course.sick_start, course.sick_end = draw_sick_leave(random)
    if course.visits:
        kept = max(course.visits - (course.ending == "followed"), 1)
        _plan_sessions(
            random, clinic, course, ["kept"] * kept if plain else _events(random, course)
        )
    done = _closing_act(random, course)
    _cut(random, course, today)
    if done is not None and done <= today:
        last = course.sessions[-1].day if course.sessions else done
        course.closed = course.followed or last


def _events(random: Random, course: Course) -> list[str]:
    """Return what happens at each of the course's appointments before the follow-up visit."""
    kept = max(course.visits - (course.ending == "followed"), 1)
    doubles = 0
    if course.diagnosis in DOUBLE and kept >= 8 and random.random() < 0.6:
        doubles = random.randint(1, min(3, kept // 4))
    events = ["kept"] * (kept - doubles)
    for position in random.sample(range(1, len(events) - 1), doubles) if doubles else ():
        events[position] = "double"
    if len(events) > 2:  # the first visit and the last are kept
        for kind, odds in (("no-show", 0.045), ("cancelled", 0.016)):
            for _ in range(sum(random.random() < odds for _ in range(kept))):
                events.insert(random.randrange(1, len(events) - 1), kind)
    return events


def _plan_sessions(random: Random, clinic: Clinic, course: Course, events: list[str]) -> None:
    if course.ending == "dropout":
        step = 10.0
    else:
        length = 190 + 8 * (course.visits - 12) + random.gauss(0, 34)
        step = min(max(length, 9 * len(events)), 420) / max(len(events) - 1, 1)
    weekday, hour = random.randrange(5), random.choice(_HOURS)
    start = course.arrival + timedelta(days=random.randint(9, 38))
    previous = course.arrival
    for number, kind in enumerate(events):
        target = start + timedelta(days=round(number * step))
        target += timedelta(days=(weekday - target.weekday() + 3) % 7 - 3)
        minutes = VISIT_MINUTES * (2 if kind == "double" else 1)
        first_free = max(target, previous + timedelta(days=1))
        day, minute = clinic.book(course.therapist, first_free, hour, minutes)
        distance = random.random() < (0.2 if number else 0.12)
        shown = "kept" if kind == "double" else kind
        course.sessions.append(Session(day, minute, shown, distance=distance))
        if kind == "double":
            course.sessions.append(
                Session(day, minute + VISIT_MINUTES, second=True, distance=distance)
            )
        previous = day
    course.enrolled = course.sessions[0].day
    if course.ending in ("discharged", "followed"):
        course.discharged = previous
    if course.ending == "followed":
        target = max(add_months(previous, 3), previous + timedelta(days=90))
        target += timedelta(days=random.randint(8, 24))
        day, minute = clinic.book(course.therapist, target, hour, VISIT_MINUTES)
        distance = random.random() < 0.2
        course.sessions.append(Session(day, minute, follow_up=True, distance=distance))
        course.followed = day


def _closing_act(random: Random, course: Course) -> date | None:
    """Return the day on which a clerk closes the course; None when they forget."""
    if random.random() < 0.015:
        return None
    if course.ending == "never":
        return workday(course.arrival + timedelta(days=random.randint(35, 90)))
    last = course.sessions[-1].day
    waits = random.randint(22, 48) if course.ending == "followed" else random.randint(3, 33)
    if course.ending == "discharged" and random.random() < 0.85:
        waits = random.randint(110, 145)  # the follow-up window went by unused
    return workday(last + timedelta(days=waits))


def _cut(random: Random, course: Course, today: date) -> None:
    """Remove what lies after *today*, except some visits that are booked already."""
    past = [session for session in course.sessions if session.day <= today]
    coming = [session for session in course.sessions if session.day > today]
    soon = today + timedelta(days=16)
    booked = [s for s in coming[:2] if s.day <= soon and s.kept and not s.second]
    if booked and random.random() < 0.6 and booked[0] is coming[0]:
        if len(coming) > 1 and coming[1].second:
            booked = []  # a double session is booked only once its first half is kept
        past += booked
    course.sessions = past
    for stage in ("enrolled", "discharged", "followed"):
        if (day := getattr(course, stage)) and day > today:
            setattr(course, stage, None)
