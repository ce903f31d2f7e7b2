"""The caregivers of a unit, as its administrator keeps them: with a login or without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pasis_tui.services.errors import AccountRefused, NoRight, NotFound
from pasis_tui.services.register import code_lists
from pasis_tui.services.users import caregivers
from pasis_tui.services.users.caregivers import KeptCaregiver
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Refused
from tests.services.clinic import ARRIVAL, Clinic, make_clinic


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def _boss(clinic: Clinic, day: date = ARRIVAL) -> Context:
    context = clinic.at(day)
    rights = context.actor.rights | {"users"}
    return replace(context, actor=replace(context.actor, rights=rights, practice=False))


def _kept(clinic: Clinic, signature: str) -> KeptCaregiver:
    (kept,) = [c for c in caregivers.listing(_boss(clinic)) if c.signature == signature]
    return kept


def test_a_therapist_without_a_login_is_named_by_a_commitment_until_the_last_day(
    clinic: Clinic,
) -> None:
    boss = _boss(clinic)
    assert caregivers.add(boss, "ylvteu", "Ylva  Teurnell", "PS") == "YLVTEU"
    assert _kept(clinic, "YLVTEU")[1:] == ("YLVTEU", "Ylva Teurnell", "PS", ARRIVAL, None)
    assert code_lists.meaning(boss, "caregiver", "YLVTEU") == "Ylva Teurnell, PS"
    card = clinic.commitment(caregiver="YLVTEU")
    visit = clinic.visit(card, ARRIVAL, caregiver="YLVTEU")
    assert visit.category == "PS"
    tomorrow = ARRIVAL + timedelta(days=1)
    kept = caregivers.change(boss, "YLVTEU", category="PT", active_to=ARRIVAL)
    assert (kept.category, kept.active_to) == ("PT", ARRIVAL)
    with pytest.raises(Refused, match="YLVTEU"):  # VA10, of the visit's day
        clinic.visit(card, tomorrow, caregiver="YLVTEU")
    caregivers.change(boss, "YLVTEU", goes_on=True)
    later = clinic.visit(card, tomorrow, caregiver="YLVTEU")
    assert later.category == "PT"
    changes = [e for e in clinic.events() if e.entity == "caregiver"]
    assert [(e.action, e.entity) for e in changes] == [
        ("create", "caregiver"), ("change", "caregiver"), ("change", "caregiver"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"category": "XX"}, "Vårdgivarkategorin finns inte. Välj bland"),
        ({"name": " "}, "Namnet skrivs med tecken som syns"),
        ({"active_to": date(1999, 1, 1)}, "Den sista dagen är före den första"),
        ({}, "Inget att ändra"),
    ],
)
def test_what_no_caregiver_becomes(clinic: Clinic, values: dict[str, Any], words: str) -> None:
    before = caregivers.listing(_boss(clinic))
    with pytest.raises(AccountRefused, match=words):
        caregivers.change(_boss(clinic), "GORLAT", **values)
    assert caregivers.listing(_boss(clinic)) == before


def test_who_keeps_them_and_of_whom(clinic: Clinic) -> None:
    with pytest.raises(AccountRefused, match="redan vårdgivare"):
        caregivers.add(_boss(clinic), "GORLAT", "En annan", "PS")
    with pytest.raises(NotFound, match="FINNSE är inte vårdgivare vid"):
        caregivers.change(_boss(clinic), "FINNSE", category="PS")
    with pytest.raises(NoRight, match="registrets skötsel"):
        caregivers.add(
            replace(clinic.at(), actor=replace(clinic.at().actor, rights=frozenset({"visit"}))),
            "NYASIG", "Ny", "PS",
        )  # fmt: skip
    practice = _boss(clinic)
    practice = replace(practice, actor=replace(practice.actor, practice=True))
    with pytest.raises(AccountRefused, match="De ändras inte"):
        caregivers.add(practice, "NYASIG", "Ny", "PS")


def test_nothing_new_is_no_change(clinic: Clinic) -> None:
    kept, events = _kept(clinic, "GORLAT"), len(clinic.events())
    assert caregivers.change(_boss(clinic), "GORLAT", category=kept.category) == kept
    assert len(clinic.events()) == events
