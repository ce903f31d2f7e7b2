"""A practice date lies between 1900 and 2199, a jump of more than ten years asks, and at the ends
of the calendar every screen, list and `pasis show` answers in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pasis_tui.training.practice import build_practice
from tests.doses import one_in
from tests.flows.clerk import clerk
from tests.flows.practice import logged_in, run_pasis
from tests.terminal import ENTER, ESC, F2, F4, F8, F10, TAB, Terminal, ctrl

MANY = "9204012380"
ENDS = ("1900-01-01", "1900-02-28", "2000-02-29", "2096-02-29", "2199-12-31")
OUTSIDE = ("9999-12-31", "0001-01-01", "18991231", "22000101", "+9999å", "-9999m", "00010101")
PLACES = {
    "51": "051 Uppföljning",
    "ag": "AG Att göra",
    "48": "048 Översikt",
    "40": "040 Vårdåtaganden",
    "83": "083 Vårdkontakter",
    "85": "085 Besöksregistrering",
    "184": "184 Medicinsk registrering",
    "283 1": "283 Högkostnadsöversikt",
    "283 2": "283 Manuellt registrerade besök",
    "610": "610 Frikortsregistrering",
    "kl": "KL Kontrollista",
    "fb": "FB Besök",
    "hp": "HP Hämta filer",
    "hl": "HL Hämta filer",
    "14": "014 Personuppgifter",
}


@pytest.mark.parametrize("day", one_in(3, ENDS))
def test_every_screen_at_the_ends_of_the_calendar(home: Path, day: str) -> None:
    with logged_in(home, day=day) as opened:
        opened.type(F2, f"14 {MANY}", ENTER)
        opened.expect("014 Personuppgifter")
        for number, title in PLACES.items():
            _opens(opened, number, title, day)
            # What each has: its list, its read, its save, its letters; dialogues are stayed out of.
            opened.type(F4, ESC)
            opened.pump(0.15)
            opened.type(TAB, ENTER, F10)
            opened.type(ESC)
            opened.pump(0.15)
        opened.type(F2, ctrl("u"), "-", ENTER, F8)
        _opens(opened, "in", "IN Inställningar", day)


def _opens(opened: Terminal, number: str, title: str, day: str) -> None:
    """Open a screen; a refusal of what was typed before may drop the keys, so try again."""
    for _ in range(20):
        opened.type(F2, ctrl("u"), number, ENTER)
        for _ in range(10):
            opened.pump(0.1)
            if title in opened.line(1) and opened.sees(day):
                return
    raise AssertionError(f"{title} never opened:\n{opened.text()}")


@pytest.mark.parametrize("day", one_in(3, ENDS))
def test_show_and_export_at_the_ends(home: Path, day: str) -> None:
    for screen in ("014", "040", "048", "083", "184"):
        done = run_pasis("--date", day, "show", screen, MANY, home=home)
        assert done.returncode in {0, 1}, done.stderr
    for period in (("--from", "1900-01-01", "--to", day), ()):
        done = run_pasis("--date", day, "export", "besok", *period, str(home / "x.xlsx"), home=home)
        assert done.returncode in {0, 1, 2}, done.stderr
    assert not (home / "fel").exists()


@pytest.mark.parametrize("day", OUTSIDE)
def test_a_date_outside_is_refused_wherever_it_is_given(home: Path, day: str) -> None:
    for act in (
        ("show", "048"),
        ("practice", "reset"),
        ("init",),
        ("export", "besok", "x.xlsx"),
    ):
        done = run_pasis(f"--date={day}", *act, home=home)
        assert done.returncode == 2
        assert done.stderr.startswith("pasis: --date: ")
        assert "utanför" in done.stderr


def test_the_bounds_in_snabbval_and_in_the_prompt(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "9999-12-31", ENTER).sees("ligger utanför 1900–2199", "2026-03-02")
        annika.type(F2, ctrl("u"), "+9999å", ENTER).sees("hamnar utanför almanackan")
        annika.type(F2, ctrl("u"), "datum", ENTER).sees("Arbetsdatum är")
        annika.type("22000101", ENTER).sees("ligger utanför", "Datum 22000101")  # nothing is lost
        annika.type(ctrl("u"), "+1m", ENTER).sees("Övningsdatum är nu 2026-04-02")


def test_a_jump_of_more_than_ten_years_asks(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "+10å", ENTER).sees("Övningsdatum är nu 2036-03-02")
        annika.type(F2, "1998-03-02", ENTER).sees("mer än tio år", "[Flytta]", "[Stanna]")
        annika.type(ESC).terminal.expect_gone("[Flytta]")
        annika.sees("2036-03-02")
        annika.type(F2, ctrl("u"), "datum", ENTER, "+11å", ENTER, ENTER)  # asked for: in one burst
        annika.sees("Övningsdatum är nu 2047-03-02")
        annika.type(F2, "-20å", ENTER).sees("mer än tio år").type("j")
        annika.sees("Övningsdatum är nu 2027-03-02")


@pytest.mark.parametrize("day", ENDS)
def test_practice_data_can_be_made_on_any_day(day: str) -> None:
    assert build_practice(1, date.fromisoformat(day))["patient"]
