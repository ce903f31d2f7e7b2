"""F3 after several jumps to the same screen led to the screen itself, once for each jump.

Right: jumps to the screen where one already is are no steps; F3 goes to the screen before.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.flows.clerk import clerk
from tests.terminal import ENTER, F3, F6, alt

MANY, OTHER = "9204012380", "9204202396"
TITLES = {
    "14": "014 Personuppgifter",
    "40": "040 Vårdåtaganden",
    "48": "048 Översikt",
    "83": "083 Vårdkontakter",
    "184": "184 Medicinsk registrering",
    "283 1": "283 Högkostnadsöversikt",
    "610": "610 Frikortsregistrering",
    "51": "051 Uppföljning",
    "ag": "AG Att göra",
    "kl": "KL Kontrollista",
}


@pytest.mark.parametrize("number", list(TITLES))
def test_f3_leaves_the_screen_however_often_it_was_jumped_to(home: Path, number: str) -> None:
    patient = "" if number in {"51", "ag", "kl"} else f" {MANY}"
    with clerk(home) as annika:
        annika.go("su", "SU Support")
        for text in (f"{number}{patient}", number, f"{number}{patient}"):
            annika.go(text, TITLES[number])
        annika.type(F3)
        if number == "48":  # first from what a search shows
            annika.until(lambda: "SU Support" in annika.terminal.line(1), "the screen before")
        annika.until(lambda: annika.terminal.line(1).startswith("SU Support"), "the screen before")
        annika.type(F3).sees("Skriv bildens nummer")


def test_favourites_opened_twice_are_one_step(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("su", "SU Support").type(F6).sees("Favoriter").type(F6).sees("Favoriter")
        annika.type(F3).until(lambda: annika.terminal.line(1).startswith("SU Support"), "SU")


def test_after_a_form_f3_leaves_the_overview(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("su", "SU Support").go(f"48 {MANY}", "048 Översikt", "Sökt.").type(ENTER)
        annika.sees("Formulär för").type(alt("i")).sees("048 Inskrivning")
        annika.type(F3).sees("048 Översikt")
        annika.go("14", "014 Personuppgifter").type(F3).sees("048 Översikt")


def test_the_dashes_count_a_screen_once(home: Path) -> None:
    def stands(title: str) -> bool:
        return annika.terminal.line(1).startswith(title)

    with clerk(home) as annika:
        annika.go(f"40 {MANY}", TITLES["40"]).go("83", TITLES["83"]).go("14", TITLES["14"])
        for text, wanted in (("-", "83"), ("-", "14"), ("--", "40"), ("-", "14"), ("--", "83")):
            annika.go(text).until(partial(stands, TITLES[wanted]), wanted)
        annika.go("su", "SU Support").go("-").until(partial(stands, TITLES["83"]), "83")


def test_there_is_no_screen_before_the_first(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("-").says("Snabbval: det finns ingen tidigare bild.")
        annika.instead("--").type(ENTER).says("Snabbval: det finns ingen tidigare bild.")
