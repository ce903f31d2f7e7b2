"""The lists behind ``<<`` on both databases."""

from __future__ import annotations

from datetime import date

from pasis_tui.services import code_lists
from pasis_tui.services.code_lists import CodePage
from pasis_tui.store.database import Database
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
    found = code_lists.search(context, "referring_unit", "åKER vård", 0, 9, source="1")
    assert all_of(found) == ["VC0002"]
    assert code_lists.search(context, "referring_unit", "%", 0, 9).total == 0


def test_pages_together_are_the_whole_table(database: Database) -> None:
    context = make_clinic(database).at()
    whole = list(codes.table("main_diagnosis"))
    pages = [code_lists.search(context, "main_diagnosis", "", n, 7) for n in range(0, 99, 7)]
    assert [code for page in pages for code in all_of(page)] == whole
    assert {page.total for page in pages} == {len(whole)}
    first = code_lists.search(context, "main_diagnosis", "f41", 0, 1)
    assert all_of(first)[0].startswith("F41")
