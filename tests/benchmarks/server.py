"""What a save costs on a PostgreSQL server: over a line, and with 32 clerks at once.

The server is the wheel's own, started for this.  Every clerk is a process, as clerks' programs are.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from tests.benchmarks.databases import Databases
from tests.benchmarks.probe import median
from tests.benchmarks.table import Line
from tests.failover.clerks import DAY, Clerk, clerks_at
from tests.seeding import Seed, seed_minimal
from tests.servers import OwnServer, line_to, own_server
from tests.services.clinic import ALL

CLERKS = 32
_EACH = 4  # a clerk's patients
_VISITS = 8  # of each patient
_LATE = 0.010  # seconds that a line takes in each direction
_PATIENCE = 120.0
_Act = Callable[[], object]
_Ready = Callable[[], AbstractContextManager[_Act]]


def _register(server: OwnServer, name: str, patients: int) -> tuple[Seed, list[Clerk]]:
    """Make a register with *patients*, each with a commitment and a ``Clerk`` who knows of both."""
    with Database.open(server.uri(name), create=True) as database:
        seed = seed_minimal(database)
        return seed, clerks_at(server.uri(name), database, seed, patients)


def _saves(database: Database, seed: Seed, clerk: Clerk, count: int) -> Iterator[_Act]:
    """Yield *count* saves of a visit, one a day, as 085 would send them."""
    proposal = visits.propose(
        seed.context(database, "a", DAY, "085"), clerk.patient, clerk.commitment
    )
    raw = {**proposal.raw, **(proposal.medical or {}), "main_diagnosis": "F411"}
    # No two patients come at one time to their common caregiver.
    raw["time"] = f"{7 + clerk.patient * 7 // 60 % 12:02}{clerk.patient * 7 % 60:02}"
    for number in range(1, count + 1):
        day = DAY + timedelta(days=number)
        raw |= {"date": day.isoformat(), "contact_type": "NY" if number == 1 else "ÅB"}
        context = seed.context(database, "a", day, "085")
        yield partial(visits.save_all, context, clerk.patient, {**raw}, ALL)


def _seconds(act: _Act) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# --- over a line ----------------------------------------------------------------------------------


def far_server(_home: Path, _files: Databases, patients: int = 8) -> list[Line]:
    """A visit saved over a line of 20 ms, there and back, in round trips of the same line."""
    with ExitStack() as stack:
        server = stack.enter_context(own_server())
        seed, everyone = _register(server, "postgres", patients)
        far = stack.enter_context(line_to(server.socket, _LATE))
        address = far.uri() + "?sslmode=disable&gssencmode=disable"
        database = stack.enter_context(Database.open(address))
        bare = stack.enter_context(psycopg.connect(address, autocommit=True))
        ours, trips = [], []
        for clerk in everyone:
            for act in _saves(database, seed, clerk, _VISITS):
                ours.append(_seconds(act))
                trips.append(_seconds(lambda: bare.execute("SELECT 1")))
    mine, one = median(ours[_VISITS:]), median(trips)
    return [
        Line(
            "a visit saved on a server 20 ms away",
            "one round trip to it",
            6,
            mine / one,
            detail=f"{mine * 1000:.0f} ms, {one * 1000:.1f} ms",
        )
    ]


# --- many clerks ----------------------------------------------------------------------------------


def many_clerks(_home: Path, _files: Databases, rounds: int = 3) -> list[Line]:
    """32 clerks who save visits at once, and 32 programs that insert the same rows."""
    ours: list[float] = []
    bare: list[float] = []
    saves = CLERKS * _EACH * _VISITS
    with own_server() as server:
        seed, everyone = _register(server, "postgres", CLERKS * _EACH)
        shares = [everyone[number::CLERKS] for number in range(CLERKS)]
        with psycopg.connect(server.uri("template1"), autocommit=True) as administrator:
            for number in range(rounds):
                for name in (f"ours{number}", f"bare{number}"):
                    new = sql.SQL("CREATE DATABASE {} TEMPLATE postgres")
                    administrator.execute(new.format(sql.Identifier(name)))
                address = server.uri(f"ours{number}")
                ours.append(_at_once([partial(_clerk, address, seed, each) for each in shares]))
                stored = _stored(address)
                if len(stored) != saves:
                    raise AssertionError(f"{len(stored)} of {saves} saves are stored")
                address = server.uri(f"bare{number}")
                bare.append(
                    _at_once([partial(_program, address, stored[n::CLERKS]) for n in range(CLERKS)])
                )
    mine, theirs = median(ours), median(bare)
    return [
        Line(
            f"a visit saved on a server, {CLERKS} clerks at once",
            f"its rows inserted by psycopg, {CLERKS} at once",
            2,
            mine / theirs,
            detail=f"{saves / mine:.0f} and {saves / theirs:.0f} a second",
        )
    ]


@contextmanager
def _clerk(address: str, seed: Seed, share: Sequence[Clerk]) -> Iterator[_Act]:
    with Database.open(address) as database:
        saves = [_saves(database, seed, each, _VISITS) for each in share]
        waiting = [next(each) for each in saves]  # what 085 proposed stands on the screen

        def act() -> None:
            for first, others in zip(waiting, saves, strict=True):
                first()
                for other in others:
                    other()

        yield act


def _at_once(programs: Sequence[_Ready]) -> float:
    """Run *programs*, each in a process, and return the seconds from when all were ready."""
    processes = multiprocessing.get_context("fork")
    ready = processes.Barrier(len(programs) + 1)

    def run(program: _Ready) -> None:
        with program() as act:
            ready.wait(_PATIENCE)
            act()

    started = [processes.Process(target=run, args=(program,)) for program in programs]
    for process in started:
        process.start()
    ready.wait(_PATIENCE)
    begun = time.perf_counter()
    for process in started:
        process.join()
    taken = time.perf_counter() - begun
    if any(process.exitcode for process in started):
        raise AssertionError("a program failed")
    return taken


# --- the same rows --------------------------------------------------------------------------------

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Save:
    """What one save added, by columns, without the keys that the database gives."""

    visit: _Row
    registration: _Row
    codes: Sequence[_Row]
    event: _Row


def _stored(address: str) -> list[_Save]:
    """Return what the clerks' saves added."""
    with psycopg.connect(address) as connection, connection.cursor(row_factory=dict_row) as cursor:
        visits_, registrations, codes, events = (
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            for name in ("visit", "medical_registration", "procedure_code", "audit_event")
        )
    registered = {row.pop("visit_id"): row for row in registrations}
    coded: dict[int, list[_Row]] = defaultdict(list)
    for row in codes:
        coded[row.pop("visit_id")].append(row)
    logged = {
        row["entity_id"]: _without(row, "id", "entity_id")
        for row in events
        if (row["entity"], row["action"]) == ("visit", "create")
    }
    return [
        _Save(_without(row, "id"), registered[row["id"]], coded[row["id"]], logged[row["id"]])
        for row in visits_
    ]


def _without(row: _Row, *names: str) -> _Row:
    return {name: value for name, value in row.items() if name not in names}


@contextmanager
def _program(address: str, saves: Sequence[_Save]) -> Iterator[_Act]:
    with psycopg.connect(address) as connection:
        statements = {
            name: _insertion(name, row).as_bytes(connection)
            for name, row in (
                ("visit", saves[0].visit),
                ("medical_registration", {"visit_id": 0, **saves[0].registration}),
                ("procedure_code", {"visit_id": 0, **saves[0].codes[0]}),
                ("audit_event", {"entity_id": 0, **saves[0].event}),
            )
        }

        def act() -> None:
            for save in saves:
                _insert(connection, statements, save)

        yield act


def _insertion(table: str, row: _Row) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({}){}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
        sql.SQL(" RETURNING id" if table == "visit" else ""),
    )


def _insert(
    connection: psycopg.Connection[Any], statements: Mapping[str, bytes], save: _Save
) -> None:
    execute = connection.execute
    (key,) = execute(statements["visit"], save.visit).fetchone() or (0,)
    execute(statements["medical_registration"], {"visit_id": key, **save.registration})
    for code in save.codes:
        execute(statements["procedure_code"], {"visit_id": key, **code})
    execute(statements["audit_event"], {"entity_id": key, **save.event})
    connection.commit()
