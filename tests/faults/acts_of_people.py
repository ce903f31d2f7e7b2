"""Acts for the faults: Logging on, a user's own things, and 014."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pasis_tui.models import DatabaseFact, User
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.patients import numbers, patients, reach
from pasis_tui.services.register import clinic, imports
from pasis_tui.services.reports import patient_panel
from pasis_tui.services.users import (
    access,
    accounts,
    caregivers,
    draft_keys,
    favourites,
    presence,
    settings,
)
from pasis_tui.store.actor import Context
from pasis_tui.store.kind import mark_as_practice
from pasis_tui.store.passwords import hash_known_password
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.training.people import practice_person
from pasis_tui.validation.findings import Refused
from tests.faults.acts import DAY, Do, act
from tests.services.clinic import Clinic
from tests.services.transfer_files import at, csv_file

PASSWORD = "övning"

# -- logging on, a user's own things -------------------------------------------------------------


def _with_password(c: Clinic, failed: int = 0) -> None:
    with SystemWork(c.database) as work:
        # Cheap to check: the parameters are the stored hash's own.
        hashed = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
        values = {"password_hash": hashed, "failed_attempts": failed}
        work.update(User, c.seed.a.user, None, **values)
        work.commit()


@act("access.log_in")
@act("access.log_in", "after a slip")
def _log_in(c: Clinic, folder: Path, failed: int = 1) -> Do:
    _with_password(c, failed)
    return lambda c, _: access.log_in(c.database, "annlin", PASSWORD, "PSMA01", DAY)


def _refused_login(password: str, failed: int) -> Callable[[Clinic, Path], Do]:
    def prepare(c: Clinic, folder: Path) -> Do:
        _with_password(c, failed)

        def do(c: Clinic, _: Path) -> None:
            with pytest.raises(LoginRefused):
                access.log_in(c.database, "annlin", password, "PSMA01", DAY)

        return do

    return prepare


act("access.log_in", "refused")(_refused_login("fel", 0))
act("access.log_in", "locks")(_refused_login("fel", 4))


@act("access.practice_actor", "of another unit")
def _practice_actor(c: Clinic, folder: Path) -> Do:
    facts = {"mode": "practice", "practice_user": "ANNLIN", "practice_unit": "PSMA01"}
    with SystemWork(c.database) as work:
        mark_as_practice(work.connection)
        for user in (c.seed.a.user, c.seed.b.user):
            work.update(User, user, None, password_hash=hash_known_password("ovning"))
        for name, value in facts.items():
            work.insert(DatabaseFact, name=name, value=value)
        work.commit()
    assert c.database.mode == "practice"

    def do(c: Clinic, _: Path) -> None:
        with pytest.raises(LoginRefused):
            access.practice_actor(c.database, "PSLU02")

    return do


@act("clinic.create_clinic", empty=True)
def _create_clinic(c: Clinic, folder: Path) -> Do:
    return lambda c, _: clinic.create_clinic(
        c.database,
        unit="PSMA01",
        unit_name="Kliniken",
        signature="ANNLIN",
        name="Annika",
        category="PT",
        password="ett långt lösenord",
        today=DAY,
    )


@act("presence.stand")
def _presence(c: Clinic, folder: Path) -> Do:
    presence.stand(at(c), 1, c.max)
    return lambda c, _: presence.stand(at(c), 2, c.vera)


@act("presence.end")
def _presence_ends(c: Clinic, folder: Path) -> Do:
    presence.stand(at(c), 1, c.max)
    return lambda c, _: presence.end(c.database, c.seed.a.id, 1)


@act("draft_keys.draft_key")
def _draft_key(c: Clinic, folder: Path) -> Do:
    return lambda c, _: draft_keys.draft_key(at(c))


@act("draft_keys.log_refused")
def _log_refused(c: Clinic, folder: Path) -> Do:
    return lambda c, _: draft_keys.log_refused(at(c), 1)


@act("settings.change")
def _settings(c: Clinic, folder: Path) -> Do:
    return lambda c, _: settings.change(at(c), auto_skip=True)


def _favourites(do: Do) -> Callable[[Clinic, Path], Do]:
    def prepare(c: Clinic, folder: Path) -> Do:
        favourites.load(at(c), favourites.suggested()[:5])
        return do

    return prepare


for _name, _do in {
    "add": lambda c, _: favourites.add(at(c), "AG", "AG Att göra"),
    "remove": lambda c, _: favourites.remove(at(c), "283 1"),
    "rename": lambda c, _: favourites.rename(at(c), "014", "Personer"),
    "move": lambda c, _: favourites.move(at(c), "048", -3),
    "load": lambda c, _: favourites.load(at(c), favourites.suggested()[3:]),
}.items():
    act(f"favourites.{_name}")(_favourites(_do))


@act("favourites.import_file")
def _import_favourites(c: Clinic, folder: Path) -> Do:
    favourites.load(at(c), favourites.suggested())
    favourites.export_file(at(c), folder / "favoriter.toml")
    favourites.load(at(c), [("AG", "AG Att göra")])
    known = [code for code, _ in favourites.suggested()[:4]]
    return lambda c, folder: favourites.import_file(at(c), folder / "favoriter.toml", known)


# -- 014 -----------------------------------------------------------------------------------------

NEW = {"identity_number": "189001019802", "family_name": "Ny", "given_name": "Tage", "sex": "K"}


@act("patients.save", "new")
def _new_person(c: Clinic, folder: Path) -> Do:
    imports.import_test_numbers(at(c), csv_file(folder, "Testpersonnummer", "189001019802"))
    return lambda c, _: patients.save(at(c), NEW, None)


@act("patients.save", "change")
def _change_person(c: Clinic, folder: Path) -> Do:
    c.commitment()
    card = patients.get(at(c), c.vera)
    raw = card.raw() | {"phone": "040-12 34 56", "address": "Nygatan 1"}
    return lambda c, _: patients.save(at(c), raw, card.version)


@act("patients.save", "reservnummer")
def _reserve(c: Clinic, folder: Path) -> Do:
    number = numbers.new_reserve_number(at(c), "19800505").number
    raw = {"identity_number": number, "family_name": "Okänd", "given_name": "X", "sex": "M"}
    return lambda c, _: patients.save(at(c), raw, None)


@act("numbers.new_reserve_number", commits=0)
def _reserve_number(c: Clinic, folder: Path) -> Do:
    return lambda c, _: numbers.new_reserve_number(at(c), "1980")


@act("patients.find", "known")
def _find(c: Clinic, folder: Path) -> Do:
    return lambda c, _: patients.find(at(c), "9307142381")


@act("patients.find", "from the register")
def _find_new(c: Clinic, folder: Path) -> Do:
    imports.import_test_numbers(at(c), csv_file(folder, "Testpersonnummer", "189001019802"))

    def do(c: Clinic, _: Path) -> object:
        patients.set_population_register(lambda n: practice_person(n) | {"listed_unit": ""})
        try:
            return patients.find(at(c), "189001019802")
        finally:
            patients.set_population_register(None)

    return do


@act("patients.get")
def _get_person(c: Clinic, folder: Path) -> Do:
    return lambda c, _: patients.get(at(c), c.vera)


@act("patient_panel.look")
def _look_at_person(c: Clinic, folder: Path) -> Do:
    c.visit(c.commitment(), DAY)
    return lambda c, _: patient_panel.look(at(c), c.vera)


@act("patients.read", logs_first=True)
def _read_person(c: Clinic, folder: Path) -> Do:
    return lambda c, _: patients.read(at(c), "9307142381")


@act("reach.check_relation")
def _others_person(c: Clinic, folder: Path) -> Do:
    c.commitment(which="b")

    def do(c: Clinic, _: Path) -> None:
        with pytest.raises(Refused):
            reach.check_relation(replace(at(c), admitted=True), c.vera)

    return do


# -- accounts --------------------------------------------------------------------------------------

_GOOD = "en lång rad ord"


def _as_administrator(c: Clinic) -> Context:
    context = at(c)
    return replace(
        context,
        actor=replace(context.actor, rights=context.actor.rights | {"users"}, practice=False),
    )


def _with_colleague(c: Clinic) -> None:
    accounts.add(_as_administrator(c), "NYASIG", "Ny Kollega", ["clerk"], _GOOD)


@act("accounts.add")
def _add_account(c: Clinic, folder: Path) -> Do:
    return lambda c, _: _with_colleague(c)


@act("caregivers.add")
def _add_caregiver(c: Clinic, folder: Path) -> Do:
    return lambda c, _: caregivers.add(_as_administrator(c), "NYAVAR", "Ny Vårdgivare", "PS")


@act("caregivers.change")
def _change_caregiver(c: Clinic, folder: Path) -> Do:
    return lambda c, _: caregivers.change(_as_administrator(c), "GORLAT", category="PS")


@act("clinic.add_unit")
def _add_unit(c: Clinic, folder: Path) -> Do:
    return lambda c, _: clinic.add_unit(_as_administrator(c), "PSYY01", "Ännu en klinik")


@act("clinic.add_reception")
def _add_reception(c: Clinic, folder: Path) -> Do:
    return lambda c, _: clinic.add_reception(
        _as_administrator(c), "VIDHAM", "Filialen", is_branch=True
    )


@act("accounts.change")
def _change_account(c: Clinic, folder: Path) -> Do:
    _with_colleague(c)
    return lambda c, _: accounts.change(_as_administrator(c), "NYASIG", roles=["receptionist"])


@act("accounts.set_disabled")
def _disable_account(c: Clinic, folder: Path) -> Do:
    _with_colleague(c)
    return lambda c, _: accounts.set_disabled(_as_administrator(c), "NYASIG", True)


@act("accounts.set_password")
def _set_password(c: Clinic, folder: Path) -> Do:
    _with_colleague(c)
    return lambda c, _: accounts.set_password(_as_administrator(c), "NYASIG", f"{_GOOD} till")


@act("accounts.change_own_password", commits=2)
def _change_own_password(c: Clinic, folder: Path) -> Do:
    _with_password(c)
    return lambda c, _: accounts.change_own_password(_as_administrator(c), PASSWORD, _GOOD)
