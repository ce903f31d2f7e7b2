"""The users of a register, as its administrators keep them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from pasis_tui.models import Unit, UserUnit
from pasis_tui.services.errors import AccountRefused, ClinicRefused, LoginRefused, NoRight, NotFound
from pasis_tui.services.patients import numbers
from pasis_tui.services.register import clinic, code_lists
from pasis_tui.services.register.clinic import create_clinic
from pasis_tui.services.users import access, accounts, settings
from pasis_tui.store.actor import Context, SessionEnded
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork
from tests.services.clinic import ARRIVAL

pytestmark = pytest.mark.usefixtures("quick_passwords")

_PLACES = accounts._check_all_places
UNIT, BOSS = "PSXX01", "EVAEK"
SECRET, OTHER = "korrekt häst batteri", "grön vattenflaska här"


def log_in(database: Database, signature: str, password: str = SECRET, unit: str = UNIT) -> Context:
    actor = access.log_in(database, signature, password, unit, ARRIVAL)
    return Context(database, actor, ARRIVAL, "users")


@pytest.fixture
def boss(database: Database) -> Context:
    return _boss_of(database)


def _boss_of(database: Database) -> Context:
    create_clinic(
        database, unit=UNIT, unit_name="Kliniken", signature=BOSS, name="Eva Ek", category="PT",
        password=SECRET, today=ARRIVAL,
    )  # fmt: skip
    return log_in(database, BOSS)


def test_a_clerk_is_added_works_and_is_stopped(boss: Context) -> None:
    assert accounts.add(boss, "boberg", "Bo  Berg", ["clerk"], OTHER, category="PS") == "BOBERG"
    bo = log_in(boss.database, "boberg", OTHER)
    assert bo.actor.rights == frozenset(
        ("patient", "booking", "visit", "medical", "overview", "fees", "lists", "statistics")
    )
    with pytest.raises(NoRight):
        accounts.listing(bo)
    assert [(a.signature, a.name, a.roles) for a in accounts.listing(boss)] == [
        ("BOBERG", "Bo Berg", "clerk"),
        (BOSS, "Eva Ek", "administrator manager"),
    ]
    numbers.new_reserve_number(bo, "1980")
    accounts.set_disabled(boss, "boberg", True)
    with pytest.raises(SessionEnded, match="BOBERG har inte längre tillträde till PSXX01"):
        numbers.new_reserve_number(bo, "1980")
    with pytest.raises(LoginRefused):
        log_in(boss.database, "boberg", OTHER)
    with pytest.raises(AccountRefused, match="redan avstängd"):
        accounts.set_disabled(boss, "boberg", True)
    accounts.set_disabled(boss, "boberg", False)
    log_in(boss.database, "boberg", OTHER)


def test_roles_and_passwords_that_are_changed_end_the_session(boss: Context) -> None:
    accounts.add(boss, "BOBERG", "Bo Berg", ["clerk", "administrator"], OTHER)
    changes: list[Callable[[], object]] = [
        lambda: accounts.change(boss, "BOBERG", roles=["receptionist"]),
        lambda: accounts.change(boss, "BOBERG", name="Bo Bergman"),
        lambda: accounts.set_password(boss, "BOBERG", OTHER),
    ]
    for change in changes:
        bo = log_in(boss.database, "BOBERG", OTHER)
        change()
        with pytest.raises(SessionEnded, match="ändrade"):
            settings.read(bo)
    bo = log_in(boss.database, "BOBERG", OTHER)
    assert accounts.change(boss, "BOBERG", roles=["ingen"]) == ""
    with pytest.raises(SessionEnded, match="inte längre"):
        settings.read(bo)
    with pytest.raises(LoginRefused):
        log_in(boss.database, "BOBERG", OTHER)


def test_ones_own_password(boss: Context) -> None:
    other_session = log_in(boss.database, BOSS)
    for current, new, field, words in (
        ("fel", OTHER, "current", "Nuvarande"),
        (SECRET, "kort", "password", "för kort"),
        (SECRET, "Kliniken2026PSXX01", "password", "för lätt"),
        (SECRET, SECRET, "password", "det gamla"),
    ):
        with pytest.raises(AccountRefused, match=words) as refused:
            accounts.change_own_password(boss, current, new)
        assert refused.value.field == field
    actor = accounts.change_own_password(boss, SECRET, OTHER)
    settings.read(Context(boss.database, actor, ARRIVAL, "IN"))
    with pytest.raises(SessionEnded):
        settings.read(other_session)
    with pytest.raises(LoginRefused):
        log_in(boss.database, BOSS)
    log_in(boss.database, BOSS, OTHER)


@pytest.mark.parametrize(
    ("signature", "name", "roles", "words"),
    [
        ("ALLTFÖRLÅNG", "Bo", ["clerk"], "högst sex"),
        ("B O", "Bo", ["clerk"], "högst sex"),
        ("BOBERG", "", ["clerk"], "Namnet"),
        ("BOBERG", "B\x1b[31mo", ["clerk"], "Namnet"),
        ("BOBERG", "Bo", [], "Ge en roll med --role. Välj bland receptionist"),
        ("BOBERG", "Bo", ["chef"], "Välj bland receptionist, clerk, manager, administrator"),
        ("BOBERG", "Bo", ["trainer"], "bara i övning"),
        (BOSS, "Bo", ["clerk"], "finns redan"),
    ],
)
def test_what_no_account_can_be(
    boss: Context, signature: str, name: str, roles: list[str], words: str
) -> None:
    with pytest.raises(AccountRefused, match=words):
        accounts.add(boss, signature, name, roles, OTHER)
    assert len(accounts.listing(boss)) == 1


def test_a_user_becomes_a_caregiver_later_and_once(boss: Context) -> None:
    accounts.add(boss, "BOBERG", "Bo Berg", ["clerk"], OTHER)
    assert code_lists.meaning(boss, "caregiver", "BOBERG") is None
    with pytest.raises(AccountRefused, match="Välj bland PS, PT"):
        accounts.change(boss, "BOBERG", category="XX")
    assert accounts.change(boss, "boberg", category="PS") == "clerk"
    assert code_lists.meaning(boss, "caregiver", "BOBERG") == "Bo Berg, PS"
    with pytest.raises(AccountRefused, match="BOBERG är redan vårdgivare"):
        accounts.change(boss, "BOBERG", category="PT")


def test_no_unit_is_left_without_an_administrator_by_a_closed_account(boss: Context) -> None:
    accounts.add(boss, "BOBERG", "Bo Berg", ["administrator"], OTHER)
    clinic.add_unit(boss, "PSYY01", "Ännu en klinik")
    with pytest.raises(AccountRefused, match="PSYY01 behöver minst en administratör"):
        accounts.set_disabled(boss, BOSS, True)
    there = log_in(boss.database, BOSS, unit="PSYY01")
    accounts.change(there, "BOBERG", roles=["administrator"])
    accounts.set_disabled(log_in(boss.database, BOSS), BOSS, True)


def test_guesses_at_ones_own_password_are_counted_and_lock(boss: Context) -> None:
    for _ in range(5):
        with pytest.raises(AccountRefused, match="Nuvarande lösenord är fel") as told:
            accounts.change_own_password(boss, "gissat ord här nu", OTHER)
        assert told.value.field == "current"
    with pytest.raises(AccountRefused, match="låst i 15 minuter"):
        accounts.change_own_password(boss, SECRET, OTHER)
    with pytest.raises(LoginRefused):
        log_in(boss.database, BOSS)


def test_the_administrators_password_is_the_one_that_counts(
    boss: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their own was changed while it was hashed: what the administrator is told is true."""
    accounts.add(boss, "BOBERG", "Bo Berg", ["clerk"], OTHER)
    theirs = "tre gula bussar i regn"

    def slowly(password: str) -> str:
        if password == SECRET[::-1]:
            accounts.change_own_password(log_in(boss.database, "BOBERG", OTHER), OTHER, theirs)
        return hash_password(password)

    monkeypatch.setattr("pasis_tui.services.users.accounts.hash_password", slowly)
    accounts.set_password(boss, "BOBERG", SECRET[::-1])
    log_in(boss.database, "BOBERG", SECRET[::-1])
    with pytest.raises(LoginRefused):
        log_in(boss.database, "BOBERG", theirs)


def test_a_password_that_was_changed_at_the_same_instant_is_not_told_as_given(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server lets the user in between what the administrator's save reads and what it writes."""
    boss = _boss_of(postgres_database)
    accounts.add(boss, "BOBERG", "Bo Berg", ["clerk"], OTHER)
    bo, theirs, real = log_in(boss.database, "BOBERG", OTHER), "tre gula bussar i regn", _PLACES
    looks = iter((False, True))

    def checked(*given: Any) -> None:
        real(*given)
        if next(looks):
            accounts.change_own_password(bo, OTHER, theirs)

    monkeypatch.setattr("pasis_tui.services.users.accounts._check_all_places", checked)
    with pytest.raises(AccountRefused, match="ändrades nyss av någon annan"):
        accounts.set_password(boss, "BOBERG", SECRET[::-1])
    log_in(boss.database, "BOBERG", theirs)


def test_the_last_administrator_stays_whatever_two_do_at_once(boss: Context) -> None:
    with pytest.raises(AccountRefused, match="minst en administratör"):
        accounts.change(boss, BOSS, roles=["manager"])
    with pytest.raises(AccountRefused, match="minst en administratör"):
        accounts.set_disabled(boss, BOSS, True)
    accounts.add(boss, "BOBERG", "Bo Berg", ["administrator"], OTHER)
    bo = log_in(boss.database, "BOBERG", OTHER)
    start, refused = Barrier(2), []

    def remove(context: Context, signature: str) -> None:
        start.wait()
        try:
            accounts.set_disabled(context, signature, True)
        except (AccountRefused, SessionEnded) as error:
            refused.append(error)

    both = [Thread(target=remove, args=(bo, BOSS)), Thread(target=remove, args=(boss, "BOBERG"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(refused) == 1


def test_a_unit_keeps_its_own_roles_and_no_other_s(boss: Context) -> None:
    """An administrator cannot get into another unit by way of a user of both."""
    with SystemWork(boss.database) as work:
        other = work.insert(Unit, code="PSYY02", name="En annan")
        work.commit()
    accounts.add(boss, "BOBERG", "Bo Berg", ["clerk"], OTHER)
    with SystemWork(boss.database) as work:
        user = work.one(accounts._ACCOUNT, signature="BOBERG")
        assert user is not None
        work.insert(UserUnit, user_id=user.id, unit_id=other, roles="administrator")
        work.commit()
    for act in (
        lambda: accounts.set_password(boss, "BOBERG", SECRET),
        lambda: accounts.set_disabled(boss, "BOBERG", True),
        lambda: accounts.change(boss, "BOBERG", name="En Annan"),
    ):
        with pytest.raises(AccountRefused, match="roller även vid PSYY02"):
            act()
    accounts.change(boss, "BOBERG", roles=["ingen"])
    with pytest.raises(NotFound, match="BOBERG finns inte vid PSXX01"):
        accounts.set_password(boss, "BOBERG", SECRET)
    bo = log_in(boss.database, "BOBERG", OTHER, "PSYY02")
    with pytest.raises(NotFound):
        accounts.set_password(bo, BOSS, OTHER)
    assert [each.signature for each in accounts.listing(bo)] == ["BOBERG"]


def test_a_unit_is_added_and_its_first_administrator_hands_it_over(boss: Context) -> None:
    assert clinic.add_unit(boss, "psyy01", "Ännu  en klinik") == "PSYY01"
    assert clinic.units(boss) == [(UNIT, "Kliniken"), ("PSYY01", "Ännu en klinik")]
    with pytest.raises(ClinicRefused, match="PSYY01 finns redan"):
        clinic.add_unit(boss, "PSYY01", "En till")
    there = log_in(boss.database, BOSS, unit="PSYY01")
    accounts.add(there, "BOBERG", "Bo Berg", ["clerk", "administrator", "manager"], OTHER)
    accounts.change(there, BOSS, roles=["ingen"])
    with pytest.raises(LoginRefused):
        log_in(boss.database, BOSS, unit="PSYY01")
    accounts.listing(log_in(boss.database, BOSS))


def test_a_reception_is_the_units_own(boss: Context) -> None:
    assert clinic.add_reception(boss, "vidham", "Filial Vidhamn", is_branch=True) == "VIDHAM"
    clinic.add_unit(boss, "PSYY01", "Ännu en klinik")
    there = log_in(boss.database, BOSS, unit="PSYY01")
    clinic.add_reception(there, "VIDHAM", "En annan", is_branch=False)
    shown = {
        unit: [(row[0], row[1]) for row in code_lists.search(each, "reception", "", 0, 10).rows]
        for unit, each in (("here", boss), ("there", there))
    }
    assert [code for code, _ in shown["here"]] == ["HUVUD", "VIDHAM"]
    assert ("VIDHAM", "En annan") in shown["there"]
    for code, name, words in (
        ("VIDHAM", "Igen", "finns redan"),
        ("FÖRLÅNG", "X", "högst sex"),
        ("", "X", "högst sex"),
        ("NY", " ", "tecken som syns"),
    ):
        with pytest.raises(ClinicRefused, match=words):
            clinic.add_reception(boss, code, name, is_branch=True)


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("PSY01", "Kort", "sex tecken"),
        ("PS Y01", "Blank", "sex tecken"),
        ("PSYY01", "  ", "tecken som syns"),
        ("PSYY01", "A\x1b[31m", "tecken som syns"),
        (UNIT, "Samma", "finns redan"),
    ],
)
def test_what_no_unit_can_be(boss: Context, code: str, name: str, words: str) -> None:
    with pytest.raises(ClinicRefused, match=words):
        clinic.add_unit(boss, code, name)
    assert len(clinic.units(boss)) == 1
