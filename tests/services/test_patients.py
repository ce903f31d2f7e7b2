"""Finding, reading and changing a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.services.errors import NotFound
from pasis_tui.services.patients import patients
from pasis_tui.services.patients.numbers import new_reserve_number
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.identity import IdentityNumber, check_digit
from tests.services.clinic import make_clinic
from tests.services.practice import clerk, practice


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Database]:
    with practice(tmp_path) as database:
        yield database


def one(database: Database, sql: str, **values: object) -> tuple[object, ...]:
    with database.engine.connect() as connection:
        row = connection.execute(text(sql), values).first()
    assert row is not None
    return tuple(row)


def refusal(error: pytest.ExceptionInfo[Refused]) -> tuple[str, str]:
    return error.value.findings[0].rule, error.value.findings[0].field


def foreigner(database: Database) -> str:
    number = one(
        database,
        "select identity_number from patient where id in (select patient_id from care_commitment"
        " c join unit u on u.id = c.unit_id where u.code = 'PSLU02') and id not in (select"
        " patient_id from care_commitment c join unit u on u.id = c.unit_id"
        " where u.code = 'PSMA01')",
    )[0]
    return str(number)


def test_a_number_nobody_has_is_looked_up_in_the_population_register(world: Database) -> None:
    card = patients.find(clerk(world), "9307142381")
    assert (card.name, card.identity_text) == ("Testsson, Vera", "19930714-2381")
    assert patients.find(clerk(world), "19930714-2381").id == card.id
    created, read = (
        one(world, "select count(*) from audit_event where action = :a and patient_id = :p",
            a=action, p=card.id)[0]
        for action in ("create", "read")
    )  # fmt: skip
    assert (created, read) == (1, 1)


def test_without_a_register_the_way_out_is_014(world: Database) -> None:
    patients.set_population_register(None)
    with pytest.raises(NotFound, match="014"):
        patients.find(clerk(world), "9307142381")


def test_a_number_that_could_be_a_living_persons_is_refused_in_practice(world: Database) -> None:
    body = "850709980"
    with pytest.raises(Refused) as error:
        patients.find(clerk(world), body + str(check_digit(body)))
    assert refusal(error) == ("PR01", "identity_number")
    assert "testnummer" in error.value.findings[0].message


def test_two_persons_of_different_centuries_ask_for_the_century(world: Database) -> None:
    body = "050101238"
    ten = body + str(check_digit(body))
    assert world.mode == "practice"  # asked once a database: these are no numbers of practice
    with world.engine.begin() as connection:
        for century in ("19", "20"):
            connection.execute(
                text(
                    "insert into patient (identity_number, kind, birth_date, sex, family_name,"
                    " given_name, address, postcode, city, phone, protected,"
                    " interpreter_language, version, changed_at) values (:n, 'personnummer',"
                    " :b, 'K', 'Prov', 'Sekel', '', '', '', '', 0, '', 1, '2026-01-01 00:00:00')"
                ),
                {"n": century + ten, "b": f"{century}05-01-01"},
            )
    with pytest.raises(Refused) as error:
        patients.find(clerk(world), ten)
    assert refusal(error) == ("VA01", "identity_number")
    assert "sekel" in error.value.findings[0].message
    assert patients.find(clerk(world), ten, "19").identity_number == "19" + ten
    assert patients.find(clerk(world), "20" + ten).identity_number == "20" + ten


def test_a_patient_of_another_unit_is_refused_and_the_try_is_logged(world: Database) -> None:
    number = foreigner(world)
    with pytest.raises(Refused) as error:
        patients.read(clerk(world), number)
    assert refusal(error)[0] == "SE01"
    assert one(world, "select count(*) from audit_event where action = 'denied'") == (1,)


def test_saving_names_and_a_conflict_that_says_who(world: Database) -> None:
    context = clerk(world)
    card = patients.find(context, "9307142381")
    saved = patients.save(context, {**card.raw(), "phone": "070-174 06 07"}, card.version)
    assert saved.phone == "070-174 06 07"
    changes = one(world, "select changes from audit_event where action = 'change'")[0]
    assert "070-174" not in str(changes)  # where somebody lives is never in the log
    assert "phone" in str(changes)
    with pytest.raises(Conflict, match="Annika Lindgren"):
        patients.save(context, {**card.raw(), "city": "Annanstans"}, card.version)


def test_a_protected_person_has_no_address_anywhere(world: Database) -> None:
    context = clerk(world)
    card = patients.find(context, "9307142381")
    with pytest.raises(Refused) as error:
        patients.save(context, {**card.raw(), "protected": "J"}, card.version)
    assert {f.rule for f in error.value.findings} == {"PE02"}
    emptied = dict.fromkeys(("address", "postcode", "city", "phone"), "")
    saved = patients.save(context, {**card.raw(), "protected": "J", **emptied}, card.version)
    assert (saved.protected, saved.address, saved.phone) == (True, "", "")


def test_a_reserve_number_makes_a_person_of_its_own(world: Database) -> None:
    context = clerk(world)
    number = new_reserve_number(context, "1980").number
    raw = {"identity_number": number, "family_name": "OID", "given_name": "OID", "sex": "M"}
    card = patients.save(context, raw, None)
    assert (card.kind, card.sex) == ("reservnummer", "M")
    assert patients.read(context, number).id == card.id
    with pytest.raises(Refused) as error:
        patients.save(context, {**raw, "sex": ""}, None)
    assert refusal(error) == ("PE03", "sex")


def test_another_units_patient_is_not_changed_from_here(database: Database) -> None:
    clinic = make_clinic(database)
    clinic.commitment(which="b")
    theirs = patients.get(clinic.at(which="b"), clinic.vera)
    with pytest.raises(Refused) as error:
        patients.save(clinic.at(), {**theirs.raw(), "city": "Annanstans"}, theirs.version)
    assert refusal(error) == ("SE01", "identity_number")
    assert clinic.events()[-1].action == "denied"
    assert patients.get(clinic.at(which="b"), clinic.vera) == theirs


def test_protecting_a_person_leaves_no_address_in_the_log(database: Database) -> None:
    clinic = make_clinic(database)
    card = patients.get(clinic.at(), clinic.vera)
    lived = {**card.raw(), "address": "Hemliga gatan 1", "phone": "070-174 06 05"}
    card = patients.save(clinic.at(), lived, card.version)
    emptied = dict.fromkeys(("address", "postcode", "city", "phone"), "")
    patients.save(clinic.at(), {**card.raw(), **emptied, "protected": "J"}, card.version)
    said = json.loads(clinic.events()[-1].changes)
    assert said["protected"] == [False, True]
    assert said["address"] == said["phone"] == ["(skyddad)", ""]


def test_a_new_person_is_logged_with_what_was_written(database: Database) -> None:
    clinic = make_clinic(database)
    raw = {"identity_number": FREE, "family_name": "Prov", "given_name": "Ny", "city": "Almköping"}
    card = patients.save(clinic.at(), raw, None)
    created = clinic.events()[-1]
    assert (created.action, created.patient_id) == ("create", card.id)
    said = json.loads(created.changes)
    assert said["family_name"] == [None, "Prov"]
    assert "city" not in said


def test_two_clerks_who_fetch_the_same_new_person_get_one(postgres_database: Database) -> None:
    clinic = make_clinic(postgres_database)

    def register(number: IdentityNumber) -> dict[str, str]:
        raw = {"identity_number": number.digits, "family_name": "Prov", "given_name": "Ny"}
        patients.save(clinic.at(), raw, None)  # the other clerk is just ahead
        return raw

    patients.set_population_register(register)
    try:
        assert patients.find(clinic.at(), FREE).name == "Prov, Ny"
    finally:
        patients.set_population_register(None)


FREE = "930715238" + str(check_digit("930715238"))
