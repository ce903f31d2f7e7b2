"""Logging in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlmodel import col

from pasis_tui.models import User
from pasis_tui.services.errors import ClinicRefused, LoginRefused
from pasis_tui.services.patients import patients
from pasis_tui.services.register.clinic import create_clinic
from pasis_tui.services.users import access, favourites, settings
from pasis_tui.store.actor import SessionEnded
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password, verify_password
from pasis_tui.store.unit_of_work import Query, SystemWork
from tests.services.clinic import ARRIVAL, Clinic, make_clinic
from tests.services.practice import DAY, practice

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Database]:
    with practice(tmp_path) as database:
        yield database


def events(database: Database) -> list[tuple[str, str]]:
    with database.engine.connect() as connection:
        rows = connection.execute(text("select action, signature from audit_event order by id"))
        return [(row[0], row[1]) for row in rows if row[0].startswith("log_in")]


def refused(database: Database, user: str, password: str, unit: str) -> str:
    with pytest.raises(LoginRefused) as error:
        access.log_in(database, user, password, unit, DAY)
    return str(error.value)


def locked_ago(database: Database, ago: timedelta, user_id: int = 1) -> None:
    """Say that the account was locked so long ago; negative, by a clock that was ahead."""
    with SystemWork(database) as work:
        work.update(User, user_id, None, locked_at=work.clock() - ago)
        work.commit()


def test_the_practice_clerk_gets_in_and_it_is_logged(world: Database) -> None:
    actor = access.log_in(world, "annlin", "ovning", "psma01", DAY)
    assert (actor.signature, actor.unit_code, actor.practice) == ("ANNLIN", "PSMA01", True)
    assert actor.may("visit")
    assert not actor.may("trainer")
    assert events(world) == [("log_in", "ANNLIN")]


def test_every_wrong_answer_gets_the_same_words(world: Database) -> None:
    words = {
        refused(world, "ANNLIN", "fel", "PSMA01"),
        refused(world, "NOBODY", "ovning", "PSMA01"),
        refused(world, "ANNLIN", "ovning", "PSLU02"),
        refused(world, "", "", ""),
    }
    assert words == {"Användare, lösenord eller enhet är fel."}
    assert [action for action, _ in events(world)] == ["log_in_refused"] * 4


def test_five_in_a_row_lock_the_account_for_a_time(world: Database) -> None:
    words = {refused(world, "ANNLIN", "fel", "PSMA01") for _ in range(5)}
    words.add(refused(world, "ANNLIN", "ovning", "PSMA01"))
    assert words == {"Användare, lösenord eller enhet är fel."}  # nothing tells of the account
    with world.engine.connect() as connection:
        why = connection.execute(text("select reason from audit_event order by id")).scalars().all()
    assert why[-2:] == ["låses", "låst"]
    locked_ago(world, access.LOCKED_FOR - timedelta(minutes=1))
    refused(world, "ANNLIN", "ovning", "PSMA01")
    locked_ago(world, access.LOCKED_FOR + timedelta(seconds=1))
    actor = access.log_in(world, "ANNLIN", "ovning", "PSMA01", DAY)
    assert actor.signature == "ANNLIN"


def test_a_right_answer_forgets_the_wrong_ones(world: Database) -> None:
    for _ in range(2):
        for _ in range(4):
            refused(world, "ANNLIN", "fel", "PSMA01")
        access.log_in(world, "ANNLIN", "ovning", "PSMA01", DAY)


@pytest.mark.parametrize("typed", ["9307142381", "930714-2381", "19930714-2381"])
def test_a_clerk_gets_in_by_identity_number(database: Database, typed: str) -> None:
    clinic = make_clinic(database)
    stored = hash_password("ett långt lösenord")
    with SystemWork(database) as work:
        work.update(
            User,
            clinic.seed.a.user,
            None,
            identity_number="199307142381",
            password_hash=stored,
        )
        work.commit()
    actor = access.log_in(database, typed, "ett långt lösenord", "PSMA01", DAY)
    assert actor.signature == "ANNLIN"


@pytest.mark.parametrize("typed", ["A\x00B", "\ud800", "x" * 10_000, "٣" * 12])
def test_what_no_name_can_be_is_refused_like_any_other(database: Database, typed: str) -> None:
    make_clinic(database)
    assert refused(database, typed, typed, typed) == "Användare, lösenord eller enhet är fel."


def test_the_practice_actor_has_their_own_units_only(world: Database) -> None:
    assert access.practice_actor(world).unit_code == "PSMA01"
    with pytest.raises(LoginRefused, match="hör inte till enhet PSLU02"):
        access.practice_actor(world, "PSLU02")


def test_a_clinics_own_database(database: Database) -> None:
    wanted = {"unit": "PSXX01", "unit_name": "Klinik", "signature": "ABC", "name": "A B"}
    with pytest.raises(ClinicRefused, match="minst 12 tecken"):
        create_clinic(database, **wanted, category="PT", password="kort", today=DAY)
    create_clinic(database, **wanted, category="PT", password="ett långt lösenord", today=DAY)
    actor = access.log_in(database, "ABC", "ett långt lösenord", "PSXX01", DAY)
    assert not actor.practice
    with pytest.raises(LoginRefused, match="övningsdata"):
        access.practice_actor(database)
    with pytest.raises(ClinicRefused, match="redan en enhet"):
        create_clinic(database, **wanted, category="PT", password="ett långt lösenord", today=DAY)


# --- the lock -------------------------------------------------------------------------------


@pytest.fixture
def clinic(database: Database) -> Clinic:
    made = make_clinic(database)
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(_PASSWORD)
    with SystemWork(database) as work:
        work.update(User, made.seed.a.user, None, password_hash=quick)
        work.commit()
    return made


_PASSWORD = "ett långt lösenord"
_STATE = Query(
    select(
        col(User.failed_attempts),
        col(User.failed_since_login),
        col(User.locked_at),
    ).where(col(User.signature) == "ANNLIN")
)


def state(database: Database) -> Any:
    with SystemWork(database) as work:
        return work.one(_STATE)


def test_guesses_at_the_same_time_all_count(clinic: Clinic) -> None:
    """64 at once left 4 counted, and the account open."""
    answers = []

    def guess(number: int) -> None:
        try:
            access.log_in(clinic.database, "ANNLIN", f"gissning {number}", "PSMA01", DAY)
        except LoginRefused:
            answers.append(number)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(64)))
    attempts, remembered, locked_at = state(clinic.database)
    assert (len(answers), attempts, remembered) == (64, 64, 64)
    assert locked_at is not None
    assert refused(clinic.database, "ANNLIN", _PASSWORD, "PSMA01")


def test_a_clock_that_is_put_right_neither_locks_for_days_nor_opens(clinic: Clinic) -> None:
    database, user = clinic.database, clinic.seed.a.user
    for _ in range(5):
        refused(database, "ANNLIN", "fel", "PSMA01")
    locked_ago(database, timedelta(days=-1), user)  # it was a day ahead, and is put right
    refused(database, "ANNLIN", _PASSWORD, "PSMA01")
    began = state(database)[2]
    with SystemWork(database) as work:
        assert timedelta() <= work.clock() - began < access.LOCKED_FOR
    refused(database, "ANNLIN", "fel", "PSMA01")
    assert state(database)[2] == began  # a guess during the lock does not lengthen it
    locked_ago(database, timedelta(days=1), user)  # it is put forward: one guess, no five
    refused(database, "ANNLIN", "fel", "PSMA01")
    refused(database, "ANNLIN", _PASSWORD, "PSMA01")
    locked_ago(database, timedelta(days=1), user)
    assert access.log_in(database, "ANNLIN", _PASSWORD, "PSMA01", DAY).failed_before == 7


def test_guesses_between_ones_own_logins_are_told(clinic: Clinic) -> None:
    database = clinic.database
    for _ in range(3):
        refused(database, "ANNLIN", "fel", "PSMA01")
    assert access.log_in(database, "ANNLIN", _PASSWORD, "PSMA01", DAY).failed_before == 3
    assert access.log_in(database, "ANNLIN", _PASSWORD, "PSMA01", DAY).failed_before == 0


def test_a_name_that_is_nobodys_is_not_written_down(clinic: Clinic) -> None:
    refused(clinic.database, "Hemligt-Ord-7", "x", "PSMA01")
    with clinic.database.engine.connect() as connection:
        rows = connection.execute(text("select * from audit_event")).all()
    assert rows
    assert "HEMLIGT" not in repr(rows).upper()


def test_no_transaction_is_open_while_a_password_is_tried(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop of wrong logins made clerks wait: each save must find the database free."""
    database, tried = clinic.database, []

    def while_trying(hashed: str, password: str) -> bool:
        tried.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return verify_password(hashed, password)

    monkeypatch.setattr(f"{access.__name__}.verify_password", while_trying)
    refused(database, "ANNLIN", "fel", "PSMA01")
    access.log_in(database, "ANNLIN", _PASSWORD, "PSMA01", DAY)
    assert tried == [0, 0]


def test_a_clerk_saves_while_somebody_guesses(clinic: Clinic) -> None:
    stop = Event()

    def guess() -> None:
        while not stop.is_set():
            refused(clinic.database, "ANNLIN", "fel", "PSMA01")

    guessing = [Thread(target=guess) for _ in range(4)]
    for thread in guessing:
        thread.start()
    try:
        before = len(clinic.events())
        card = clinic.commitment()
        for day in range(5):
            clinic.visit(card, ARRIVAL + timedelta(days=7 * day))
        while len(clinic.events()) < before + 40:
            patients.get(clinic.at(), clinic.vera)
    finally:
        stop.set()
        for thread in guessing:
            thread.join()
    assert len(clinic.contact_types(card.id)) == 5


# --- an account that is changed while it is used ---------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "UPDATE user_account SET disabled_at = changed_at WHERE signature = 'ANNLIN'",
            "inte längre",
        ),
        ("UPDATE user_account SET access_version = 2 WHERE signature = 'ANNLIN'", "ändrade"),
        ("UPDATE user_unit SET roles = 'receptionist'", "ändrade"),
        ("DELETE FROM user_unit", "inte längre tillträde till PSMA01"),
    ],
)
def test_what_is_withdrawn_bites_at_the_next_act(clinic: Clinic, change: str, words: str) -> None:
    context = clinic.at()
    patients.get(context, clinic.vera)
    card = clinic.commitment()
    with clinic.database.engine.begin() as connection:
        connection.execute(text(change))
    count = len(clinic.events())
    acts: list[Callable[[], object]] = [
        lambda: patients.get(context, clinic.vera),
        lambda: clinic.visit(card, ARRIVAL),
        lambda: favourites.listing(context),
        lambda: settings.read(context),
    ]
    for act in acts:
        with pytest.raises(SessionEnded, match=words):
            act()
    left = clinic.events()[count:]
    assert {event.action for event in left} == {"denied"}
    assert {event.reason for event in left} == {"kontot eller dess roller är ändrade"}
