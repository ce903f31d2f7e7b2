"""The frame: Snabbval box, standing, patient, message; whole whatever stands in it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from pasis_tui.display.keymap import Keymap
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.frame import Banner, Foot, Head, Standing
from pasis_tui.widgets.palette import palette
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
    made = Head(title, palette("pasis"))
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
    shown = Foot(Keymap().legend(), palette("pasis"))
    async with on_screen(shown):
        shown.show([Finding("VA31", Level.BLOCK, "closing_date", message)])
        rows = lines(shown)
        assert "VA31 Fel:" in rows[0] + rows[1]
        assert rows[2].startswith("F1 Hjälp F2 Snabbval")


@pytest.mark.parametrize("length", [1, 60, 75, 140, 300])
async def test_the_first_of_several_findings_is_shown_and_how_many_more_there_are(
    length: int,
) -> None:
    shown = Foot(Keymap().legend(), palette("pasis"))
    message = "ord " * (length // 4) + "slut."
    first = Finding("VA31", Level.BLOCK, "closing_date", message)
    others = [Finding("VA30", Level.BLOCK, "closing_reason", "Orsak.")] * 2
    async with on_screen(shown):
        shown.show([first, *others])
        rows = lines(shown)
        said = (rows[0] if rows[0].startswith(" VA31") else "") + rows[1]
        assert said.startswith(" VA31 Fel: ")
        assert rows[1].rstrip().endswith("(+2 till, F1)")
        shown.show_dropped(3)
        assert "(+2 till, F1) (" in lines(shown)[1]
        shown.show([first])
        assert "till, F1" not in lines(shown)[1]


async def test_a_message_too_long_for_two_rows_says_where_it_is_whole() -> None:
    shown = Foot(Keymap().legend(), palette("pasis"))
    async with on_screen(shown):
        shown.say("ord " * 60)
        assert lines(shown)[1].rstrip().endswith("…  F1")


async def test_a_list_stands_in_the_rule_until_a_long_message_takes_it() -> None:
    shown = Foot(Keymap().legend(), palette("pasis"))
    async with on_screen(shown):
        shown.set_place("1–14 av 212  PgDn")
        assert lines(shown)[0].endswith("─ 1–14 av 212  PgDn ──")


async def test_a_long_note_gives_way_to_what_the_rule_tells_and_a_refusal_does_not() -> None:
    foot = Foot([], palette("pasis"))
    async with on_screen(foot):
        foot.set_place("1–9 av 12", "Patient: Testsson, Vera")
        foot.say("Sparat. " * 14)
        foot.give_way()
        assert lines(foot)[0].startswith("── Patient: Testsson, Vera ─")
        assert lines(foot)[0].endswith("─ 1–9 av 12 ──")
        foot.show([Finding("XX01", Level.BLOCK, "", "Det går inte. " * 8)])
        foot.give_way()
        assert lines(foot)[0].startswith(" XX01 Fel: Det går inte.")
        foot.say("Kort.")
        foot.give_way()
        assert lines(foot)[1].startswith(" Kort.")


@pytest.mark.parametrize("letters", ["Testsson ", "李小龍 ", "李", "e\u0301"])
async def test_what_the_rule_and_the_message_cannot_hold_ends_with_a_mark_and_f1(
    letters: str,
) -> None:
    foot = Foot([], palette("pasis"))
    async with on_screen(foot):
        text = (letters * 200)[:400]
        foot.set_place("1–9 av 12", text)
        assert "…  F1 ─" in lines(foot)[0]
        assert lines(foot)[0].endswith("─ 1–9 av 12 ──")
        foot.say(text)
        first, second = (line.strip() for line in lines(foot)[:2])
        assert second.endswith("…  F1")
        shown = (first + second.removesuffix("…  F1")).replace(" ", "")
        assert text.replace(" ", "").startswith(shown)
        for length in range(60, 170):  # nothing is lost where the line breaks
            foot.say(text[:length].strip())
            seen = "".join(lines(foot)[:2]).replace(" ", "").replace("…F1", "")
            if not seen.startswith("─"):
                assert text.replace(" ", "").startswith(seen)
