"""Who the practice patients are, and which courses of treatment each goes through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from pasis_tui.training.people import (
    FIRST_TEST_BIRTH,
    FREE_BIRTH_YEAR,
    LAST_TEST_BIRTH,
    NumberBook,
    invented_world,
)
from pasis_tui.training.treatments import (
    DOUBLE,
    Clinic,
    Course,
    draw_visits,
    plan_course,
    shares,
    workday,
)
from pasis_tui.validation.days import age
from pasis_tui.validation.identity import IdentityNumber

SPAN_DAYS = 840  # the referrals of the patients' latest courses arrived during this time
_YOUNG_DAYS = 420  # patients under 20 today arrived within so many days
_YEAR = 365.25

# domain.md section 9: 5 % never start, 12 % drop out, 80 % are discharged, 65 % of those followed.
ENDINGS = {"never": 5, "dropout": 12, "broken": 3, "discharged": 28, "followed": 52}
DIAGNOSES = {
    "F410": 10, "F411": 14, "F419P": 6, "F32-": 25, "F438A": 12, "F439P": 13,
    "F431": 8, "F40-": 7, "F42-": 5,
}  # fmt: skip
# ME07 recommends KBT first; the shares give KBT 75, PDT 15, IPT 10 % over all diagnoses.
PROBLEMS: Mapping[str, Mapping[str, float]] = {
    "F32-": {"KBT": 60, "PDT": 10, "IPT": 30},
    "F438A": {"KBT": 40, "PDT": 50, "IPT": 10},
    "F439P": {"KBT": 40, "PDT": 50, "IPT": 10},
}


@dataclass(slots=True)
class Member:
    """A practice patient; ``arrival`` is that of the latest referral."""

    id: int
    clinic: int
    number: IdentityNumber
    birth: date
    sex: str
    arrival: date
    language: str = ""
    protected: bool = False
    deceased_on: date | None = None


def draw_members(random: Random, today: date, sizes: list[int]) -> list[list[Member]]:
    """Return the patients of each clinic, by arrival; ids run from 1 through all clinics."""
    book = NumberBook(random)
    ids = count(1)
    return [
        list(_draw_clinic(random, today, clinic, size, book, ids))
        for clinic, size in enumerate(sizes)
    ]


def _draw_clinic(
    random: Random, today: date, clinic: int, size: int, book: NumberBook, ids: Iterator[int]
) -> Iterator[Member]:
    arrivals = sorted(
        workday(today - timedelta(days=round(SPAN_DAYS * (place / (size - 1)) ** 1.3)), -1)
        for place in range(size)
    )
    lately = [i for i, day in enumerate(arrivals) if (today - day).days <= _YOUNG_DAYS]
    young = set(random.sample(lately, round(size * 0.08)))
    others = shares(random, size - len(young), {"test": 65, "old": 35})
    sexes = shares(random, size, {"K": 72, "M": 28})
    speaking = shares(random, size, {"none": 94, "some": 6})
    very_old = [85.2, 86.0] if size > 100 else []
    for place, arrival in enumerate(arrivals):
        kind = "young" if place in young else others.pop()
        if kind == "young":
            years = random.uniform(16.1, 18.9)
            birth = arrival - timedelta(days=round(years * _YEAR))
        elif kind == "test":
            birth = _test_birth(random, arrival)
        else:
            years = very_old.pop() if very_old else random.triangular(36, 84, 44)
            birth = arrival - timedelta(days=round(years * _YEAR))
        number = book.number(birth, sexes[place])
        language = ""
        if speaking[place] == "some":
            language = random.choice(invented_world().people.languages)
        yield Member(
            next(ids), clinic, number, number.birth_date or birth, sexes[place], arrival, language
        )


def _test_birth(random: Random, arrival: date) -> date:
    """Return a birth date with test numbers, of someone at least 17 on *arrival*."""
    latest = min(LAST_TEST_BIRTH, arrival - timedelta(days=round(17 * _YEAR)))
    while True:
        birth = FIRST_TEST_BIRTH + timedelta(
            days=random.randint(14, (latest - FIRST_TEST_BIRTH).days)
        )
        if birth.year != FREE_BIRTH_YEAR:
            return birth


def plan_clinic(
    random: Random, clinic: Clinic, members: list[Member], today: date, visits: int | None
) -> list[Course]:
    """Return the courses of *members*, at least one each.

    With *visits*, patients come back from earlier courses until there are exactly that many.
    """
    size = len(members)
    endings = shares(random, size, ENDINGS)
    diagnoses = _with_problems(random, shares(random, size, DIAGNOSES))
    courses = []
    for member, ending, (diagnosis, problem) in zip(members, endings, diagnoses, strict=True):
        course = _course(random, clinic, member.id, member.arrival, ending, diagnosis, problem)
        courses.append(course)
    over = [c for c in courses if c.ending == "followed" and c.diagnosis not in DOUBLE]
    for course in over[::50][:3] if size > 100 else ():
        course.visits = 22  # BE07: some go over what the contract allows
    for course in courses:
        plan_course(random, clinic, course, today)
    if visits is not None:
        courses += _earlier(random, clinic, members, courses, today, visits)
    _mark(random, members, courses, today)
    return courses


def _course(
    random: Random,
    clinic: Clinic,
    patient: int,
    arrival: date,
    ending: str,
    diagnosis: str,
    problem: str,
) -> Course:
    wanted = random.randrange(len(clinic.therapists))
    therapist = clinic.therapists.index(clinic.therapist(wanted, arrival))
    visits = draw_visits(random, ending, diagnosis)
    return Course(patient, problem, diagnosis, arrival, ending, therapist, visits)


def _with_problems(random: Random, diagnoses: list[str]) -> list[tuple[str, str]]:
    drawn = {
        diagnosis: shares(random, diagnoses.count(diagnosis), PROBLEMS.get(diagnosis, {"KBT": 1}))
        for diagnosis in DIAGNOSES
    }
    return [(diagnosis, drawn[diagnosis].pop()) for diagnosis in diagnoses]


def _earlier(
    random: Random,
    clinic: Clinic,
    members: list[Member],
    courses: list[Course],
    today: date,
    visits: int,
) -> Iterator[Course]:
    """Yield earlier, closed courses of some patients until *visits* visits are reached."""
    missing = visits - sum(len(course.sessions) for course in courses)
    candidates = random.sample(members, len(members))
    size = len(candidates)
    endings = shares(random, size, {k: v for k, v in ENDINGS.items() if k != "never"})
    diagnoses = _with_problems(random, shares(random, size, DIAGNOSES))
    for member, ending, (diagnosis, problem) in zip(candidates, endings, diagnoses, strict=True):
        if missing <= 0:
            return
        arrival = workday(member.arrival - timedelta(days=random.randint(560, 1400)), -1)
        if age(member.birth, arrival) < 16:
            continue
        last = missing <= 32  # so few are missing that one or two courses are cut to fit
        course = _course(random, clinic, member.id, arrival, ending, diagnosis, problem)
        if last:
            course.ending = "discharged"
            course.visits = missing if missing <= 20 else 12
        plan_course(random, clinic, course, today, plain=last)
        if course.closed is not None and course.closed < member.arrival:
            missing -= len(course.sessions)
            yield course
    raise ValueError(f"{missing} of {visits} visits do not fit the practice patients")


def _mark(random: Random, members: list[Member], courses: list[Course], today: date) -> None:
    """Give three patients protected identity, and let one with nothing open have died."""
    last: dict[int, date | None] = {}
    for course in courses:
        known = last.get(course.patient, date.min)
        done = course.closed
        last[course.patient] = None if known is None or done is None else max(known, done)
    closed = [m for m in members if (d := last[m.id]) and d < today - timedelta(days=60)]
    still_open = [m for m in members if last[m.id] is None]
    dead, safe = random.sample(closed, 2)
    if len(members) > 100:
        latest = last[dead.id] or dead.arrival
        dead.deceased_on = latest + timedelta(days=random.randint(20, 50))
        safe.protected = True
        for member in random.sample(still_open, 2):
            member.protected = True
