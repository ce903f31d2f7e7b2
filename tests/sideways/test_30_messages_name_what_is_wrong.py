"""A wrong century was blamed on the number, Avslut named codes that F4 does not show, a right screen
with a wrong number was "no screen", and a signature that had left was only "not active".
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pasis_tui.display.display_files import displays
from pasis_tui.display.quick_select import Go, Nothing, interpret
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from tests.flows.clerk import clerk
from tests.flows.practice import logged_in
from tests.flows.test_chain_wrong import refer, visit
from tests.services.clinic import ALL, commitment_fields, make_clinic, refused
from tests.terminal import ENTER, F2, TAB, alt

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("number", "century", "words"),
    [
        ("9307142381", "20", "framtiden"),
        ("9307142381", "18", "Rätta eller töm Sekel"),
        ("199307142381", "20", "stämmer inte med 19930714-2381"),
        ("19930714-2381", "18", "stämmer inte med 19930714-2381"),
        ("9307142381", "17", "19 eller 20"),
        ("9307142381", "2", "19 eller 20"),
    ],
)
def test_a_wrong_century_is_the_centurys_fault(
    database: Database, number: str, century: str, words: str
) -> None:
    clinic = make_clinic(database)
    with refused("VA01", "century", words):
        patients.read(clinic.at(TODAY, screen="083"), number, century)
    assert patients.read(clinic.at(TODAY, screen="083"), number, "19").id == clinic.vera
    with refused("VA01", "identity_number", "Kontrollsiffran"):
        patients.read(clinic.at(TODAY, screen="083"), "9307142380", century="19")


SNABBVAL = {
    "40 123": ("”123” har 3 siffror", "10 siffror"),
    "85 Testkvist": ("”Testkvist” är inget personnummer", "10 siffror"),
    "085 Testkvist": ("”Testkvist” är inget personnummer",),
    "40 93071423": ("”93071423” har 8 siffror",),
    "ag 123": ("”123” har 3 siffror", "AG"),
    "283 3": ("283 1 och 283 2",),
    "283 123": ("”123” har 3 siffror",),
}


@pytest.mark.parametrize(("typed", "words"), SNABBVAL.items())
def test_a_right_screen_with_a_wrong_number(typed: str, words: tuple[str, ...]) -> None:
    answer = interpret(typed, list(displays().values()))
    assert isinstance(answer, Nothing), answer
    assert answer.message.startswith("Snabbval")
    assert len(answer.message) <= 158
    for word in words:
        assert word in answer.message
    assert "ingen bild" not in answer.message


def test_a_wrong_screen_is_still_a_wrong_screen() -> None:
    for typed in ("99 9307142381", "zz 123", "99 123"):
        answer = interpret(typed, list(displays().values()))
        assert isinstance(answer, Nothing)
        assert "ingen bild heter" in answer.message
    assert isinstance(interpret("40 9307142381", list(displays().values())), Go)


def test_a_signature_that_has_left_or_not_begun_says_when(database: Database) -> None:
    clinic = make_clinic(database)
    at = clinic.at(TODAY, screen="040")
    fields = commitment_fields(TODAY)
    gone = ("GORLAT", "slutade 2025-12-31", "F4")
    with refused("VA10", "caregiver", *gone):
        care_commitments.create(at, clinic.vera, fields | {"caregiver": "GORLAT"}, ALL)
    with refused("VA10", "caregiver", "ANNLIN", "börjar 2020-01-01", "2019-05-06"):
        early = commitment_fields(date(2019, 5, 6))
        care_commitments.create(at, clinic.vera, early, ALL)
    with refused("VA10", "caregiver", "XXXXXX", "finns inte på enheten", "F4"):
        care_commitments.create(at, clinic.vera, fields | {"caregiver": "XXXXXX"}, ALL)
    card = clinic.commitment()
    visit = clinic.visit_fields(card, TODAY)
    with refused("BE01", "caregiver", *gone):
        visits.save_all(clinic.at(TODAY), clinic.vera, visit | {"caregiver": "GORLAT"}, ALL)
    saved = clinic.visit(card, TODAY)
    with refused("BE01", "caregiver", *gone):
        raw = saved.raw() | {"caregiver": "GORLAT"}
        visits.change(clinic.at(TODAY), saved.id, saved.version, raw, ALL)
    with refused("VA10", "caregiver", *gone):
        clinic.enrol(card, TODAY, caregiver="GORLAT")
    clinic.enrol(card, TODAY)
    with refused("VA10", "caregiver", *gone):
        clinic.discharge(card, TODAY, caregiver="GORLAT")
    version = care_commitments.get(at, card.id).version
    closing = {"closing_date": str(TODAY), "closing_reason": "AV", "closing_caregiver": "GORLAT"}
    with refused("VA10", "closing_caregiver", *gone):
        care_commitments.close(at, card.id, version, closing, ALL)
    assert forms.get(at, card.id).discharge is None


def test_083_marks_sekel_and_snabbval_keeps_its_text(home: Path) -> None:
    with logged_in(home) as hand:
        hand.type(F2, "83", ENTER)
        hand.expect("sekel 19 eller 20").type("9307142381", TAB, "20", ENTER)
        hand.expect("2093-07-14 ligger i framtiden", "!Sekel").type("\x15", "19", ENTER)
        hand.expect("Testsson, Vera").type(F2, "40 123", ENTER)
        hand.expect("”123” har 3 siffror", "[40 123").type("\x15", "85 Testkvist", ENTER)
        hand.expect("”Testkvist” är inget personnummer", " Testkvist ]", "083 Vårdkontakter")


def test_avslut_names_only_the_codes_that_f4_shows(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        annika.type(alt("a")).sees("Avslut Datum")
        annika.instead("i").type(TAB, "xx", TAB).sees("”XX” är ingen kod här. Giltiga: ÖV. F4")
        visit(annika)
        annika.go("40", "[Avsluta]").type(alt("a")).sees("Avslut Datum  2026-03-02")
        annika.type(TAB, "xx", TAB).sees("”XX” är ingen kod här. Giltiga: AV. F4")
