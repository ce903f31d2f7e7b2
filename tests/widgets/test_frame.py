"""The frame: Snabbval box, standing, patient, message; whole whatever stands in it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from pasis_tui.keymap import Keymap
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.frame import Banner, Foot, Head, Standing
from tests.widgets.harness import lines, on_screen

STANDING = Standing(True, "PSMA01", "ANNLIN", "2026-11-24", True)
NAMES = [
    "Testsson, Vera",
    "李小龍, 漢字",
    "👨\u200d👩\u200d👧 Test",
    "אבג, דהו",
    "\x1b[31mröd",
    "x" * 90,
]


def head(title: str = "085 Besöksregistrering") -> Head:
    made = Head(title)
    made.standing = STANDING
    return made


async def test_the_first_row_tells_who_where_and_when() -> None:
    shown = head()
    async with on_screen(shown):
        first = lines(shown)[0]
        assert first.startswith("PASiS  Snabbval  [            ]")
        assert first.rstrip().endswith("ÖVNING  PSMA01  ANNLIN  Övningsdatum 2026-11-24")


@pytest.mark.parametrize("text", ["40", "40 9307142381", "besöksregistrering", *NAMES])
async def test_the_box_never_moves_what_stands_beside_it(text: str) -> None:
    shown = head()
    async with on_screen(shown):
        for shown.active in (False, True):
            shown.box.load("")
            empty = lines(shown)[0]
            shown.box.insert(text[:40])
            for key in ("end", "home", "right", "shift+end"):
                shown.box.press(key, None)
                row = lines(shown)[0]
                assert row.endswith(empty[31:])
                before = row[: row.rindex("]", 0, len(row) - len(empty[31:]))]
                assert cell_len(before) == 30
                assert 18 <= shown.caret().x <= 29


@pytest.mark.parametrize("name", NAMES)
async def test_the_patients_row_ends_with_the_sex_whatever_the_name(name: str) -> None:
    shown = head()
    async with on_screen(shown):
        shown.banner = Banner("19930714-2381", name, "33 år", "Kvinna")
        row = lines(shown)[1]
        assert row.startswith("085 Besöksregistrering")
        assert "19930714-2381  " in row
        assert row.endswith("33 år  Kvinna")


async def test_protected_and_deceased_stand_in_words() -> None:
    shown = head()
    async with on_screen(shown):
        shown.banner = Banner("19930714-2381", "Testsson, Vera", "33 år", "Kvinna", True, True)
        assert "SKYDDADE PERSONUPPGIFTER  AVLIDEN" in lines(shown)[2]


@pytest.mark.parametrize("message", ["Sparat.", "x" * 300, *NAMES, "ord " * 60])
async def test_the_message_is_inside_its_rows(message: str) -> None:
    shown = Foot(Keymap().legend())
    async with on_screen(shown):
        shown.show(Finding("VA31", Level.BLOCK, "closing_date", message))
        rows = lines(shown)
        assert "VA31 Fel:" in rows[0] + rows[1]
        assert rows[2].startswith("F1 Hjälp F2 Snabbval")


async def test_a_message_too_long_for_two_rows_says_where_it_is_whole() -> None:
    shown = Foot(Keymap().legend())
    async with on_screen(shown):
        shown.say("ord " * 60)
        assert lines(shown)[1].rstrip().endswith("…  F1")


async def test_a_list_stands_in_the_rule_until_a_long_message_takes_it() -> None:
    shown = Foot(Keymap().legend())
    async with on_screen(shown):
        shown.set_place("1–14 av 212  PgDn")
        assert lines(shown)[0].endswith("─ 1–14 av 212  PgDn ──")
