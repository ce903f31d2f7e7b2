"""A person of another unit was read and changed by a unit that had nothing to do with them.

A unit reaches a person with whom it has a relation (``services/patients/reach.py``): an own vårdåtagande
that is not removed, or a person whom it registered and no other unit has.  Anything else is
refused by SE01 and logged, and a new referral is registered in 040 all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.models import ExternalFee, FreeCard, Patient
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection, fee_history
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import papers, patient_panel, show
from pasis_tui.services.visits import contacts, visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Refused
from tests.flows.practice import DAY, ask, logged_in, run_pasis
from tests.services.clinic import (
    ALL,
    ARRIVAL,
    Clinic,
    commitment_fields,
    confirming,
    make_clinic,
)
from tests.terminal import ENTER, F2, F10, TAB, alt, ctrl

NUMBER = "199307142381"
CARD = {"number": "A1", "issuer": "Region Väst", "valid_from": "2026-01-01",
        "valid_to": "2026-12-31"}  # fmt: skip
FEE = {"date": "2026-02-02", "amount": "100", "provider": "VC Ön", "proof": "KV"}


@dataclass(frozen=True)
class Rows:
    """Fees of the person at the own unit, from a time when it had a relation or not."""

    clinic: Clinic
    fee: int
    card: int

    @property
    def person(self) -> int:
        return self.clinic.vera


def _remove(clinic: Clinic, commitment: int, which: str) -> None:
    context = clinic.at(which=which, screen="040")
    version = care_commitments.get(context, commitment).version
    care_commitments.remove(context, commitment, version)


def _registered(clinic: Clinic, unit: int | None) -> None:
    with SystemWork(clinic.database) as work:
        work.update(Patient, clinic.vera, None, registered_by_unit_id=unit)
        work.commit()


def _own(clinic: Clinic) -> None:
    clinic.commitment()


def _own_closed(clinic: Clinic) -> None:
    card = clinic.commitment()
    closing = {"closing_date": str(ARRIVAL), "closing_reason": "ÖV", "closing_caregiver": "ANNLIN"}
    care_commitments.close(clinic.at(), card.id, card.version, closing, ALL)


def _own_and_others(clinic: Clinic) -> None:
    clinic.commitment()
    clinic.commitment(which="b")


def _registered_here(clinic: Clinic) -> None:
    _registered(clinic, clinic.seed.a.id)


def _registered_here_others_removed(clinic: Clinic) -> None:
    _registered(clinic, clinic.seed.a.id)
    _remove(clinic, clinic.commitment(which="b").id, "b")


def _nobodys(clinic: Clinic) -> None:
    _registered(clinic, None)


def _others(clinic: Clinic) -> None:
    clinic.commitment(which="b")


def _others_and_own_removed(clinic: Clinic) -> None:
    clinic.commitment(which="b")
    _remove(clinic, clinic.commitment().id, "a")


def _registered_there(clinic: Clinic) -> None:
    _registered(clinic, clinic.seed.b.id)


def _registered_there_own_removed(clinic: Clinic) -> None:
    _registered(clinic, clinic.seed.b.id)
    _remove(clinic, clinic.commitment().id, "a")


def _registered_here_others(clinic: Clinic) -> None:
    _registered(clinic, clinic.seed.a.id)
    clinic.commitment(which="b")


MAY: dict[str, Callable[[Clinic], None]] = {
    "own": _own,
    "own, closed": _own_closed,
    "own and another's": _own_and_others,
    "registered here": _registered_here,
    "registered here, another's removed": _registered_here_others_removed,
    "nobody's": _nobodys,
}
MAY_NOT: dict[str, Callable[[Clinic], None]] = {
    "another's": _others,
    "another's, own removed": _others_and_own_removed,
    "registered there": _registered_there,
    "registered there, own removed": _registered_there_own_removed,
    "registered here, another's": _registered_here_others,
}


def _save(context: Context, rows: Rows) -> object:
    """Screen 014 as if it had been read before the relation was lost."""
    with SystemWork(context.database) as work:
        row = work.record(Patient, rows.person)
    assert row is not None
    raw = {"identity_number": NUMBER, "family_name": "Björk", "given_name": "Åsa", "city": "Byn"}
    return patients.save(context, raw, row.version)


SERVICES: dict[str, Callable[[Context, Rows], object]] = {
    "patients.read": lambda c, r: patients.read(c, NUMBER),
    "patients.get": lambda c, r: patients.get(c, r.person),
    "patients.save": _save,
    "contacts.contacts_page": lambda c, r: contacts.contacts_page(c, r.person),
    "visits.propose": lambda c, r: visits.propose(c, r.person),
    "cost_protection.overview": lambda c, r: cost_protection.overview(c, r.person),
    "cost_protection.external_fees": lambda c, r: cost_protection.external_fees(c, r.person),
    "cost_protection.free_cards": lambda c, r: cost_protection.free_cards(c, r.person),
    "cost_protection.issue": lambda c, r: cost_protection.issue(c, r.person),
    "cost_protection.add_external": lambda c, r: cost_protection.add_external(
        c, r.person, FEE, confirming("HK05")
    ),
    "cost_protection.remove_external": lambda c, r: cost_protection.remove_external(
        c, r.fee, 1, "fel"
    ),
    "cost_protection.add_card": lambda c, r: cost_protection.add_card(c, r.person, CARD),
    "cost_protection.remove_card": lambda c, r: cost_protection.remove_card(c, r.card, 1, "fel"),
    "fee_history.protection_of": lambda c, r: fee_history.protection_of(c, r.person, None),
    "papers.overview_paper": lambda c, r: papers.overview_paper(c, r.person),
    "papers.card_copy": lambda c, r: papers.card_copy(c, r.card),
    "show 014": lambda c, r: show.rows(c, "014", NUMBER),
    "show 083": lambda c, r: show.rows(c, "083", NUMBER),
}
# What a person with a relation but without a vårdåtagande is refused for another reason.
NEEDS_COMMITMENT: dict[str, Callable[[Context, Rows], object]] = {
    "forms.overview_page": lambda c, r: forms.overview_page(c, identity=NUMBER).rows,
}


def _rows(database: Database, stand: Callable[[Clinic], None]) -> Rows:
    clinic = make_clinic(database)
    stand(clinic)
    with SystemWork(database) as work:
        unit: dict[str, Any] = {"unit_id": clinic.seed.a.id, "patient_id": clinic.vera}
        fee = work.insert(
            ExternalFee,
            **unit,
            date=ARRIVAL.replace(month=1),
            amount=100,
            provider="X",
            proof="KV",
        )
        card = work.insert(
            FreeCard,
            **unit,
            number="B1",
            issuer="Region Öst",
            valid_from=ARRIVAL.replace(year=2024),
            valid_to=ARRIVAL.replace(year=2025, day=1),
        )
        work.commit()
    return Rows(clinic, fee, card)


def _context(rows: Rows) -> Context:
    context = rows.clinic.at(screen="014")
    rights = frozenset({"patient", "booking", "overview", "visit", "medical", "fees"})
    return replace(context, actor=replace(context.actor, rights=rights))


@pytest.mark.parametrize("stand", MAY_NOT)
def test_without_a_relation_every_service_refuses(database: Database, stand: str) -> None:
    rows = _rows(database, MAY_NOT[stand])
    context = _context(rows)
    for name, do in {**SERVICES, **NEEDS_COMMITMENT}.items():
        before = len(rows.clinic.events())
        with pytest.raises(Refused) as refused:
            do(context, rows)
        assert [each.rule for each in refused.value.findings] == ["SE01"], name
        events = rows.clinic.events()[before:]
        assert events[-1].action == "denied", name
        assert {event.action for event in events} <= {"read", "denied"}, name
    with SystemWork(database) as work:
        person = work.record(Patient, rows.person)
    assert person is not None
    assert person.city == ""


@pytest.mark.parametrize("stand", MAY)
def test_with_a_relation_every_service_answers(sqlite_database: Database, stand: str) -> None:
    rows = _rows(sqlite_database, MAY[stand])
    last = ("cost_protection.remove_external", "cost_protection.remove_card")
    for name in sorted(SERVICES, key=lambda name: name in last):
        SERVICES[name](_context(rows), rows)


@pytest.mark.parametrize("stand", [*MAY, *MAY_NOT])
def test_only_with_a_relation_does_the_patient_stand_beside_the_form(
    sqlite_database: Database, stand: str
) -> None:
    """Nobody asked for it, so without one it is blank and no try is logged."""
    rows = _rows(sqlite_database, {**MAY, **MAY_NOT}[stand])
    before = len(rows.clinic.events())
    panel = patient_panel.look(_context(rows), rows.person)
    assert (panel is not None) == (stand in MAY)
    assert len(rows.clinic.events()) - before == (stand in MAY)


@pytest.mark.parametrize("stand", [*MAY, *MAY_NOT])
def test_a_new_referral_is_registered_whoever_has_the_person(
    database: Database, stand: str
) -> None:
    """040: Läs patient shows who it is, nothing of where they live; then the person is reached."""
    rows = _rows(database, {**MAY, **MAY_NOT}[stand])
    with SystemWork(database) as work:
        work.update(Patient, rows.person, None, address="Övre gatan 1", phone="070-174 06 05")
        work.commit()
    context = rows.clinic.at(screen="040")
    person = patients.find(context, "9307142381")
    assert (person.identity_number, person.name) == (NUMBER, "Björk, Åsa")
    assert (person.address, person.phone) == (
        ("Övre gatan 1", "070-174 06 05") if stand in MAY else ("", "")
    )
    raw = {"problem": "PDT", "arrival_date": str(ARRIVAL)}
    opened = care_commitments.check_start(context, person.id, raw, ALL)
    fields = commitment_fields(problem="PDT") | {"caregiver": opened["caregiver"]}
    card = care_commitments.create(context, person.id, fields, ALL)
    assert patients.read(context, NUMBER).address == "Övre gatan 1"
    if stand in MAY_NOT:
        care_commitments.remove(context, card.id, card.version)
        with pytest.raises(Refused):
            patients.read(context, NUMBER)


def test_who_fetches_a_person_from_the_population_register_has_registered_them(
    database: Database,
) -> None:
    clinic = make_clinic(database)
    patients.set_population_register(
        lambda number: {"identity_number": number.digits, "family_name": "P", "given_name": "N"}
    )
    try:
        new = patients.find(clinic.at(which="b"), "9307152380")
        assert patients.get(clinic.at(which="b"), new.id) == new
        with pytest.raises(Refused):
            patients.get(clinic.at(), new.id)
    finally:
        patients.set_population_register(None)


def test_at_the_screens(home: Path) -> None:
    """Another unit's person: 014 is refused, 040 Ny and Borttag do not open it."""
    [(number,)] = ask(
        home,
        "select identity_number from patient p join unit u on u.id = p.registered_by_unit_id"
        " where u.code = 'PSLU02' and protected = 0 and kind = 'personnummer' and not exists"
        " (select 1 from care_commitment c where c.patient_id = p.id and c.unit_id <> u.id)"
        " and birth_date < '2009-01-01' order by p.id limit 1",
    )
    refused = "inget vårdåtagande på PSMA01"
    with logged_in(home) as at:
        at.type(F2, f"14 {number}", ENTER)
        at.expect(refused)
        at.type(F2, f"40 {number}", ENTER)
        at.expect("Inga vårdåtaganden")
        at.type(alt("n"), "pdt", TAB, ctrl("u"), "i", alt("l"))
        at.expect("Nyuppläggning")
        at.type("1", TAB, "vcbj01", TAB, TAB, TAB, "-4", F10)
        at.expect("VA08")
        at.type(ENTER)
        at.expect("Sparat")
        at.type(F2, f"14 {number}", ENTER)
        at.expect("Läst.")
        at.type(F2, f"40 {number}", ENTER)
        at.expect("PDT")
        at.type(ENTER)
        at.expect("Borttag")
        at.type(alt("b"))
        at.expect("tas bort.")
        at.type(ENTER)
        at.expect("är borttaget")
        at.type(F2, f"14 {number}", ENTER)
        at.expect(refused)
    done = run_pasis("--date", DAY, "show", "014", str(number), home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "SE01" in done.stderr
