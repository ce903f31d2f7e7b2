"""Eight clerks on two patients, each doing whatever comes to mind with what she reads there.

A pair is two acts that were thought of; here nobody has thought.  What is stored afterwards must keep the
rules of the domain, the log must be whole, and nobody may have met a fault.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from pasis_tui import clock
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import visits
from pasis_tui.services.visits.visits import VisitCard
from tests.pairs.pairs import (
    DAY,
    cancel,
    change_commitment,
    change_visit,
    close,
    create,
    discharge,
    enrol,
    person,
    register,
    remove,
    reopen,
    visit,
)
from tests.pairs.stage import PATIENCE, Act, Clerk, answer_to
from tests.services.clinic import Clinic
from tests.services.transfer_files import at

CLERKS, PATIENTS = 8, 2
_TIMES = ("0800", "0900", "1000", "1100", "1300", "1400")
Choice = Callable[[Clinic, Random, CommitmentCard], Act | None]


def _ids(c: Clinic, statement: str, **values: Any) -> list[int]:
    with c.database.reading_engine.connect() as connection:
        return [row[0] for row in connection.execute(text(statement), values)]


def _some_visit(c: Clinic, random: Random, card: CommitmentCard) -> VisitCard | None:
    known = _ids(c, "SELECT id FROM visit WHERE commitment_id = :of", of=card.id)
    return visits.get(at(c), random.choice(known)) if known else None


def _visit(c: Clinic, random: Random, card: CommitmentCard) -> Act:
    day = DAY + timedelta(days=random.randint(-2, 7))
    return visit(c, card, day, random.choice(_TIMES))


def _change(c: Clinic, random: Random, card: CommitmentCard) -> Act | None:
    own = _some_visit(c, random, card)
    if own is None:
        return None
    day = DAY + timedelta(days=random.randint(-2, 2))
    return change_visit(own, **random.choice([{"no_show": "J"}, {"date": str(day)}]))


def _cancel(c: Clinic, random: Random, card: CommitmentCard) -> Act | None:
    own = _some_visit(c, random, card)
    return None if own is None else cancel(own)


def _register(c: Clinic, random: Random, card: CommitmentCard) -> Act | None:
    own = _some_visit(c, random, card)
    return None if own is None else register(c, own)


def _enrol(c: Clinic, random: Random, card: CommitmentCard) -> Act:
    there = forms.get(at(c), card.id).enrolment
    return enrol(card, version=None if there is None else there.version)


def _discharge(c: Clinic, random: Random, card: CommitmentCard) -> Act:
    there = forms.get(at(c), card.id).discharge
    return discharge(card, version=None if there is None else there.version)


CHOICES: dict[str, tuple[int, Choice]] = {
    "visit": (8, _visit),
    "change of a visit": (3, _change),
    "cancel": (4, _cancel),
    "register": (3, _register),
    "close": (3, lambda c, random, card: close(card)),
    "close AB": (
        1,
        lambda c, random, card: close(card, closing_reason="AB", closing_date=str(DAY)),
    ),
    "reopen": (3, lambda c, random, card: reopen(card)),
    "remove": (2, lambda c, random, card: remove(card)),
    "change of a commitment": (1, lambda c, random, card: change_commitment(card, problem="PDT")),
    "enrol": (2, _enrol),
    "discharge": (2, _discharge),
    "create": (2, lambda c, random, card: create(card.patient_id)),
}


def _one(c: Clinic, random: Random, patient: int) -> tuple[str, Act]:
    """Return an act by its name, made of what is stored now."""
    commitments = _ids(c, "SELECT id FROM care_commitment WHERE patient_id = :of", of=patient)
    name = random.choices([*CHOICES], [weight for weight, _ in CHOICES.values()])[0]
    if not commitments:
        return "create", create(patient)

    def act(c: Clinic, move: int) -> object:
        card = care_commitments.get(at(c), random.choice(commitments))
        made = CHOICES[name][1](c, random, card)
        return None if made is None else made(c, move)

    return name, act


def live(
    clinic: Clinic, address: str, seed: int, *, acts: int = 0, seconds: float = 0.0
) -> tuple[list[int], Counter[tuple[str, str]]]:
    """Have all clerks work, *acts* each or for *seconds*; return the patients, and (act, answer)s."""
    people = [person(clinic) for _ in range(PATIENTS)]
    end = clock.monotonic() + seconds
    barrier = threading.Barrier(CLERKS)

    def work(number: int, c: Clinic) -> Counter[tuple[str, str]]:
        random = Random(seed * CLERKS + number)
        seen: Counter[tuple[str, str]] = Counter()
        barrier.wait(PATIENCE)
        while seen.total() < acts or clock.monotonic() < end:
            name, act = _one(c, random, random.choice(people))
            seen[name, answer_to(act, c, 0)] += 1
        return seen

    with ExitStack() as stack:
        clerks = [Clerk(clinic, address) for _ in range(CLERKS)]
        for clerk in clerks:
            stack.callback(clerk.close)
        begun = [
            clerk.begin(lambda c, number=number: work(number, c))  # type: ignore[misc]
            for number, clerk in enumerate(clerks)
        ]
        answers = [each.result(PATIENCE + seconds + acts) for each in begun]
    return people, sum(answers, Counter())
