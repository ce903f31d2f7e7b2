"""The lists behind ``<<`` on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pasis_tui.models import ImportedCode
from pasis_tui.services.register import code_lists
from pasis_tui.services.register.code_lists import CodePage
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation import codes
from tests.services.clinic import make_clinic


def all_of(page: CodePage) -> list[str]:
    return [code for code, _ in page.rows]


def test_every_list_is_the_own_units(database: Database) -> None:
    clinic = make_clinic(database)
    a, b = clinic.at(), clinic.at(which="b")
    assert all_of(code_lists.search(a, "reception", "", 0, 9)) == ["HUVUD", "FILIAL"]
    assert "ANNAN" in all_of(code_lists.search(b, "reception", "", 0, 9))
    assert all_of(code_lists.search(a, "caregiver", "", 0, 9)) == ["ANNLIN", "BOPROV"]
    assert all_of(code_lists.search(b, "caregiver", "", 0, 9)) == [clinic.seed.b.signature]
    assert code_lists.search(a, "unit", "", 0, 9).rows == (("PSMA01", clinic.seed.a.name),)
    assert code_lists.meaning(a, "unit", "PSLU02") is None
    assert code_lists.meaning(b, "caregiver", "ANNLIN") is None


def test_a_caregiver_who_left_is_offered_on_their_own_days(database: Database) -> None:
    context = make_clinic(database).at()
    assert code_lists.meaning(context, "caregiver", "GORLAT", on=date(2026, 1, 1)) is None
    then = code_lists.meaning(context, "caregiver", "GORLAT", on=date(2025, 12, 31))
    assert then == "Göran Låtsasberg, HK"


def test_referring_units_by_kind_and_by_words_in_any_case(database: Database) -> None:
    context = make_clinic(database).at()
    outside = code_lists.search(context, "referring_unit", "", 0, 9, source="7")
    assert (all_of(outside), outside.total) == (["VC0007"], 1)
    page = code_lists.search(context, "referring_unit", "åKER vård", 0, 9, source="1")
    assert all_of(page) == ["VC0002"]
    assert code_lists.search(context, "referring_unit", "%", 0, 9).total == 0


def test_an_empty_list_says_whether_it_is_what_was_chosen(database: Database) -> None:
    context = make_clinic(database).at()
    before = code_lists.search(context, "caregiver", "", 0, 9, on=date(1990, 1, 1))
    assert (before.total, before.hint) == (0, "Ingen vårdgivare är verksam på enheten den dagen.")
    of_kind = code_lists.search(context, "referring_unit", "", 0, 9, source="9")
    assert of_kind.hint == "Ingen remitterande enhet hör till det som står i Remiss från."


def test_pages_together_are_the_whole_table(database: Database) -> None:
    context = make_clinic(database).at()
    whole = list(codes.table("main_diagnosis"))
    pages = [code_lists.search(context, "main_diagnosis", "", n, 7) for n in range(0, 99, 7)]
    assert [code for page in pages for code in all_of(page)] == whole
    assert {page.total for page in pages} == {len(whole)}
    first = code_lists.search(context, "main_diagnosis", "f41", 0, 1)
    assert all_of(first)[0].startswith("F41")


# --- official lists ---------------------------------------------------------------------------

OFFICIAL = [
    ("F410", "Paniksyndrom enligt filen"),
    ("F45", "Somatoforma syndrom"),
    ("F450", "Somatiseringssyndrom"),
    ("F640", "Ångest i fil 100%"),
    ("H810", "Ménières sjukdom"),
    ("Z600", "ÖVERGÅNG mellan livsskeden_"),
    ("Z730", "Utbrändhet, övergående ångest"),
]


def imported(database: Database, system: str, rows: list[tuple[str, str]]) -> Context:
    context = make_clinic(database).at()
    with UnitOfWork(replace(context, admitted=True)) as work:
        work.insert_many(
            ImportedCode, [{"system": system, "code": c, "text": text} for c, text in rows]
        )
        work.commit()
    return context


@pytest.mark.parametrize(("table", "ships"), [("icd10", "main_diagnosis"), ("kva", "kva")])
def test_with_nothing_imported_the_codes_that_ship_are_offered_and_a_word_on_more(
    database: Database, table: str, ships: str
) -> None:
    context = make_clinic(database).at()
    page = code_lists.search(context, table, "", 0, 99)
    assert page.rows == tuple(codes.table(ships).items())
    assert page.hint == f"Hela listan läses in med: pasis import {table} FIL"
    assert code_lists.meanings(context, table, ["Z730"]) == {}


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("f45", ["F45", "F450"]),
        ("F45.0", ["F450"]),
        ("syndrom soma", ["F45", "F450"]),
        ("ångest fil", ["F640"]),
        ("Ångest övergående", ["Z730"]),
        ("övergång", ["Z600"]),
        ("ménières", ["H810"]),
        ("100%", ["F640"]),
        ("_", ["Z600"]),
        ("finns inte", []),
        ("paniksyndrom fil", []),  # F410 ships, with its own text
    ],
)
def test_an_imported_list_is_searched_by_code_and_by_text(
    database: Database, typed: str, hits: list[str]
) -> None:
    context = imported(database, "ICD10", OFFICIAL)
    page = code_lists.search(context, "icd10", typed, 0, 9)
    assert (all_of(page), page.total, page.hint) == (hits, len(hits), "")


def test_what_ships_comes_first_and_pages_together_are_the_whole(database: Database) -> None:
    context = imported(database, "ICD10", OFFICIAL)
    ours = list(codes.table("main_diagnosis"))
    whole = ours + [code for code, _ in OFFICIAL if code not in ours]
    pages = [code_lists.search(context, "icd10", "", n, 5) for n in range(0, 60, 5)]
    assert [code for page in pages for code in all_of(page)] == whole
    assert {page.total for page in pages} == {len(whole)}
    # What begins with the word stands before what only has it.
    assert all_of(code_lists.search(context, "icd10", "z", 0, 2)) == ["Z600", "Z730"]


def test_a_code_means_what_ships_or_what_was_imported(database: Database) -> None:
    context = imported(database, "ICD10", OFFICIAL)
    meanings = code_lists.meanings(context, "icd10", ["F410", "Z730", "Z999"])
    assert meanings == {"F410": codes.table("main_diagnosis")["F410"], "Z730": OFFICIAL[-1][1]}
    assert code_lists.meaning(context, "icd10", "Z999") is None
    assert code_lists.meanings(context, "kva", ["DU011", "Z730"]).keys() == {"DU011"}


def test_a_code_typed_whole_comes_first_wherever_it_is_from(database: Database) -> None:
    """F32 is imported, F320 and more ship: whoever types F32 means F32."""
    context = imported(database, "ICD10", [("F32", "Depressiv episod"), ("F329", "Ospecificerad")])
    for typed in ("f32", "F32", " F32 ", "f3.2"):
        page = code_lists.search(context, "icd10", typed, 0, 99)
        rows = [code for code, _ in page.rows]
        assert rows[0] == "F32", typed
        assert len(rows) == len(set(rows)) == page.total
        assert any(code.startswith("F32") and code != "F329" for code in rows[1:])
        one_by_one = [
            code_lists.search(context, "icd10", typed, at, 1).rows[0][0] for at in range(len(rows))
        ]
        assert one_by_one == rows
