"""Two clerks at a barrier, each with a thread and connections of her own.

What both were told and what is stored after it must be what one of the two orders, one clerk after
the other, would have told and stored: that is measured, not written down, on copies of the same
patient.  Besides, the rules of the domain hold (``invariants``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, event, text

from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.validation.findings import Refused, Unconfirmed
from pasis_tui.validation.for_people import ForPeople
from tests.pairs.copies import STEP, by_patient, copy_patients, stories
from tests.pairs.invariants import broken_rules
from tests.services.clinic import Clinic

Act = Callable[[Clinic, int], object]
PATIENCE = 60.0


@dataclass(frozen=True)
class Pair:
    """Two acts about *patients*; each takes the clerk's clinic and the round's move of all ids.

    ``stored`` reads what is stored for a move where it is not of patients.
    """

    patients: tuple[int, ...]
    acts: tuple[Act, Act]
    stored: Callable[[Database, int], Any] | None = None


@dataclass
class Counted:
    """What was seen of a pair."""

    rounds: int = 0
    contradictions: list[str] = field(default_factory=list)
    told: set[tuple[str, ...]] = field(default_factory=set)


class Clerk:
    """A clerk with a thread and connections of her own, who may be held at her next commit."""

    def __init__(self, made: Clinic, address: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self.clinic = self._thread.submit(
            lambda: replace(made, database=Database.open(address))
        ).result()
        self._hold: Callable[[], None] | None = None
        event.listen(self.clinic.database.engine, "commit", self._at_commit)

    def _at_commit(self, _connection: Connection) -> None:
        hold, self._hold = self._hold, None
        if hold is not None:
            hold()

    def held_by(self, hold: Callable[[], None] | None) -> None:
        """Call *hold* before the next commit."""
        self._hold = hold

    def begin(self, work: Callable[[Clinic], Any]) -> Future[Any]:
        """Begin *work* in the clerk's thread."""
        return self._thread.submit(work, self.clinic)

    def close(self) -> None:
        """Go home."""
        self._thread.submit(self.clinic.database.dispose).result()
        self._thread.shutdown()


class Stage:
    """The two clerks and the database between them."""

    def __init__(self, clinic: Clinic, address: str) -> None:
        self.clinic = clinic
        self.clerks = (Clerk(clinic, address), Clerk(clinic, address))
        self._move = 0

    def close(self) -> None:
        """End both clerks."""
        for clerk in self.clerks:
            clerk.close()

    def play(self, pair: Pair, rounds: int, directed: int) -> Counted:
        """Play *pair* in both orders one after the other, then at once: *rounds* at a barrier.

        In the *directed* rounds one clerk is held at her commit until the other is done, or waits
        for a lock; each clerk in turn.
        """
        first, second = self.clerks
        one, other = pair.acts
        serial, moves = self._moves(2), self._moves(rounds)
        held = self._moves(directed)
        copy_patients(self.clinic.database, pair.patients, [*serial, *moves, *held])
        told: dict[int, tuple[str, str]] = {}

        def alone(clerk: Clerk, act: Act, move: int) -> str:
            return str(clerk.begin(lambda c: answer_to(act, c, move)).result(PATIENCE))

        here = serial[0]
        told[here] = (alone(first, one, here), alone(second, other, here))
        here = serial[1]
        later = alone(second, other, here)
        told[here] = (alone(first, one, here), later)

        barrier = threading.Barrier(2)
        at_once = [
            clerk.begin(partial(_at_barrier, act, moves, barrier))
            for clerk, act in zip(self.clerks, pair.acts, strict=True)
        ]
        answers = [answer.result(PATIENCE + rounds) for answer in at_once]
        told.update(zip(moves, zip(*answers, strict=True), strict=True))
        for number, move in enumerate(held):
            told[move] = self._directed(pair, move, number % 2)
        return self._judged(pair, told, serial)

    def _moves(self, count: int) -> list[int]:
        start = self._move
        self._move += count * STEP
        return [start + number * STEP for number in range(1, count + 1)]

    def _directed(self, pair: Pair, move: int, ahead: int) -> tuple[str, str]:
        behind = 1 - ahead
        reached, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            reached.set()
            go_on.wait(PATIENCE)

        leader, follower = self.clerks[ahead], self.clerks[behind]
        leader.held_by(hold)
        leading = leader.begin(lambda c: answer_to(pair.acts[ahead], c, move))
        leading.add_done_callback(lambda _: reached.set())
        reached.wait(PATIENCE)
        following = follower.begin(lambda c: answer_to(pair.acts[behind], c, move))
        self._wait_for(following)
        go_on.set()
        answers = {ahead: leading.result(PATIENCE), behind: following.result(PATIENCE)}
        leader.held_by(None)
        return answers[0], answers[1]

    def _wait_for(self, following: Future[Any]) -> None:
        """Wait until the clerk is done or waits for the other."""
        for _ in range(2_000):
            with suppress(TimeoutError):
                following.result(0.002)
                return
            if self.clinic.database.dialect != "postgresql":
                with suppress(TimeoutError):  # the file's one lock is not shown to others
                    following.result(0.01)
                return
            with self.clinic.database.reading_engine.connect() as connection:
                if connection.execute(_WAITING).scalar():
                    return

    def _judged(
        self, pair: Pair, told: dict[int, tuple[str, str]], serial: Sequence[int]
    ) -> Counted:
        database = self.clinic.database
        everyone = [p for move in told for p in by_patient(pair.patients, move)]
        known = stories(database, everyone) if pair.patients else {}

        def story(move: int) -> Any:
            if pair.stored is not None:
                return pair.stored(database, move)
            return tuple([known[patient] for patient in by_patient(pair.patients, move)])

        right = {(_accepted(told[move]), story(move)) for move in serial}
        counted = Counted(rounds=len(told) - len(serial), told=set(told.values()))
        broken = broken_rules(database, everyone)
        for move, answers in told.items():
            if move in serial:
                assert all("fault" not in answer for answer in answers), answers
                continue
            why = [broken[p] for p in by_patient(pair.patients, move) if p in broken]
            if any("fault" in answer for answer in answers):
                why.append("a fault")
            if (_accepted(answers), story(move)) not in right:
                why.append("no order of the two tells and stores this")
            if why:
                counted.contradictions.append(f"{answers}: {', '.join(why)}")
        return counted


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def _accepted(answers: Sequence[str]) -> tuple[bool, ...]:
    return tuple([answer == "done" for answer in answers])


def _at_barrier(
    act: Act, moves: Sequence[int], barrier: threading.Barrier, clinic: Clinic
) -> list[str]:
    answers = []
    try:
        for move in moves:
            barrier.wait(PATIENCE)
            answers.append(answer_to(act, clinic, move))
    except BaseException:
        barrier.abort()
        raise
    return answers


def answer_to(act: Act, clinic: Clinic, move: int) -> str:
    """Do an act and return what the clerk was told: done, by which rules not, or a fault."""
    try:
        act(clinic, move)
    except (Refused, Unconfirmed) as stopped:
        return " ".join(sorted({each.rule for each in stopped.findings}))
    except Exception as stopped:
        known = isinstance(stopped, ForPeople) and not isinstance(stopped, DatabaseTrouble)
        return type(stopped).__name__ if known else f"fault {type(stopped).__name__}: {stopped}"
    return "done"


@contextmanager
def staged(clinic: Clinic, address: str) -> Iterator[Stage]:
    """Give the stage of a database at *address*, filled as *clinic* tells."""
    stage = Stage(clinic, address)
    try:
        yield stage
    finally:
        stage.close()
