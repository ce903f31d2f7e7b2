"""Clerks who save visits through the real services, and remember what they were told of each."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from pasis_tui.models import AuditEvent, Patient, Visit
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import Query, SystemWork
from pasis_tui.store.waiting import Uncertain
from tests.seeding import Seed
from tests.services.clinic import ALL, commitment_fields

DAY = date(2026, 3, 9)
Start = tuple[int, date]  # the commitment, and the day of the visit: a clerk tries each day once
_STORED = Query(select(col(Visit.id), col(Visit.commitment_id), col(Visit.date)))
_EVENTS = Query(
    select(col(AuditEvent.entity_id))
    .where(col(AuditEvent.entity) == "visit")
    .where(col(AuditEvent.action) == "create")
)


def clerks_at(
    address: str, database: Database, seed: Seed, count: int, first: int = 0
) -> list[Clerk]:
    """Return *count* clerks, each with an invented patient of her own, who has a commitment."""
    context = seed.context(database, "a", DAY, "040")
    with SystemWork(database) as work:
        patients = [
            work.insert(
                Patient,
                identity_number=_reserve_number(first + number),
                kind="reservnummer",
                birth_date=date(1970, 1, 1),
                sex="K",
                family_name="Övning",
                given_name=f"Kim {first + number}",
            )
            for number in range(count)
        ]
        work.commit()
    return [
        Clerk(
            address,
            seed,
            patient,
            care_commitments.create(context, patient, commitment_fields(DAY), ALL).id,
        )
        for patient in patients
    ]


def _reserve_number(number: int) -> str:
    """Return a number that nobody has."""
    return f"19700101D{chr(65 + number // 100)}{number % 100:02d}"


@dataclass
class Clerk:
    """Saves one visit after another until told to stop; a trouble is told, and she tries again."""

    address: str
    seed: Seed
    patient: int
    commitment: int
    saved: dict[int, Start] = field(default_factory=dict)  # acknowledged, by the visit's id
    lost: list[Start] = field(default_factory=list)  # told that nothing was saved
    unknown: list[Start] = field(default_factory=list)  # told that it is not known
    times: list[float] = field(default_factory=list)  # when each save was acknowledged
    fault: BaseException | None = None

    def work(self, stop: threading.Event) -> None:
        """Save until *stop*; what is no DatabaseTrouble is kept as a fault of the program."""
        try:
            with ExitStack() as stack:
                database = stack.enter_context(self._opened(stop))
                number = 0
                while not stop.is_set():
                    number += 1
                    self._save(database, number)
        except BaseException as error:
            self.fault = error

    def _opened(self, stop: threading.Event) -> Database:
        while True:
            try:
                return Database.open(self.address)
            except DatabaseTrouble:
                if stop.wait(0.1):
                    raise

    def _save(self, database: Database, number: int) -> None:
        day = DAY + timedelta(days=number)
        context = self.seed.context(database, "a", day, "085")
        try:
            proposal = visits.propose(context, self.patient, self.commitment)
        except DatabaseTrouble:
            time.sleep(0.02)
            return
        raw = {**proposal.raw, **(proposal.medical or {}), "date": day.isoformat()}
        raw |= {"time": "0900", "main_diagnosis": raw["main_diagnosis"] or "F411"}
        start = (self.commitment, day)
        try:
            card = visits.save_all(context, self.patient, raw, ALL)
        except DatabaseTrouble as trouble:
            (self.unknown if isinstance(trouble, Uncertain) else self.lost).append(start)
            return
        self.saved[card.id] = start
        self.times.append(time.monotonic())


class AtWork:
    """Clerks at work in threads of their own, each with a connection of her own."""

    def __init__(self, clerks: Sequence[Clerk]) -> None:
        self.clerks = clerks
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=clerk.work, args=(self._stop,)) for clerk in clerks
        ]

    def __enter__(self) -> AtWork:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def all_saved(self, count: int, since: float = 0.0) -> bool:
        """Whether every clerk has saved *count* visits since the moment *since*."""
        for clerk in self.clerks:
            if clerk.fault is not None:
                raise AssertionError(f"clerk {clerk.commitment}") from clerk.fault
        return all(sum(moment > since for moment in clerk.times) >= count for clerk in self.clerks)


def wrongly_told(database: Database, clerks: Sequence[Clerk]) -> list[str]:
    """Return what the database holds against what the clerks were told; nothing when all is true."""
    mine = {clerk.commitment for clerk in clerks}
    with SystemWork(database, reading=True) as work:
        stored = {row[0]: tuple(row[1:]) for row in work.all(_STORED) if row[1] in mine}
        events = [row[0] for row in work.all(_EVENTS)]
    told = {visit: start for clerk in clerks for visit, start in clerk.saved.items()}
    lost = {start for clerk in clerks for start in clerk.lost}
    unknown = {start for clerk in clerks for start in clerk.unknown}
    starts = list(stored.values())
    return [
        *(
            f"acknowledged and gone: {start}"
            for visit, start in told.items()
            if stored.get(visit) != start
        ),
        *(f"told as lost and stored: {start}" for start in lost & set(starts)),
        *(
            f"stored, and told nothing of: {start}"
            for start in {*starts} - {*told.values()} - unknown - lost
        ),
        *(f"stored twice: {start}" for start in set(starts) if starts.count(start) > 1),
        *(
            f"{events.count(visit)} events of visit {visit}"
            for visit in stored
            if events.count(visit) != 1
        ),
    ]


def longest_pause(clerks: Sequence[Clerk], since: float) -> float:
    """Return how long after the moment *since* the last of the clerks had saved again."""
    return max(min(moment for moment in clerk.times if moment > since) for clerk in clerks) - since
