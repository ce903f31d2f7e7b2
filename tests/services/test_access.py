"""Logging in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.models import User, wall_clock
from pasis_tui.services.errors import ClinicRefused, LoginRefused
from pasis_tui.services.register.clinic import create_clinic
from pasis_tui.services.users import access
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork
from tests.services.clinic import make_clinic
from tests.services.practice import DAY, practice


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
    almost = wall_clock() + access.LOCKED_FOR - timedelta(minutes=1)
    with pytest.raises(LoginRefused):
        access.log_in(world, "ANNLIN", "ovning", "PSMA01", DAY, now=almost)
    later = wall_clock() + access.LOCKED_FOR + timedelta(seconds=1)
    actor = access.log_in(world, "ANNLIN", "ovning", "PSMA01", DAY, now=later)
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
    with pytest.raises(ClinicRefused, match="minst 10 tecken"):
        create_clinic(database, **wanted, category="PT", password="kort", today=DAY)
    create_clinic(database, **wanted, category="PT", password="ett långt lösenord", today=DAY)
    actor = access.log_in(database, "ABC", "ett långt lösenord", "PSXX01", DAY)
    assert not actor.practice
    with pytest.raises(LoginRefused, match="övningsdata"):
        access.practice_actor(database)
    with pytest.raises(ClinicRefused, match="redan en enhet"):
        create_clinic(database, **wanted, category="PT", password="ett långt lösenord", today=DAY)
