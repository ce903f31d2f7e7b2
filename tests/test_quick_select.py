"""Everything the Snabbval box is promised to understand (screens.md, Snabbval)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.display.display_files import Display, choosable, displays
from pasis_tui.display.quick_select import (
    Answer,
    Back,
    Choose,
    FavouriteNumber,
    Go,
    MoveDate,
    Nothing,
    interpret,
)

RIGHTS = frozenset(d.right for d in displays().values())
OFFERED = choosable(RIGHTS)
# Screens of later issues, as screens.md names them: the box must be ready for their codes.
LATER = [
    Display("283 1", "283 Högkostnadsöversikt", menu=("Patient", "Högkostnadsöversikt")),
    Display(
        "283 2",
        "283 Manuellt registrerade besök",
        menu=("Patient", "Manuellt registrerade besök"),
    ),
    Display("610", "610 Frikortsregistrering", menu=("Patient", "Frikortsregistrering")),
    Display("051", "051 Uppföljning", menu=("Psykoterapi/MMS", "Uppföljning")),
    Display("AG", "AG Att göra", menu=("Psykoterapi/MMS", "Att göra")),
    Display("ÖV", "ÖV Övningar", numbers=("OV",), menu=("Övning", "Övningar")),
    Display("HP", "HP Hämta filer", menu=("Psykoterapi/MMS", "Hämta filer")),
    Display("HL", "HL Hämta filer", menu=("Listor/Filutplock", "Hämta filer")),
]
FIRST = [d for d in OFFERED if d.code in {"014", "040", "048", "083", "085", "184"}]
ALL = [*FIRST, *LATER]


def opened(text: str, offered: list[Display] = ALL) -> tuple[str, str]:
    """The code and patient that *text* opens."""
    answer = interpret(text, offered)
    assert isinstance(answer, Go), answer
    return answer.display.code, answer.patient


def listed(text: str) -> list[str]:
    answer = interpret(text, ALL)
    assert isinstance(answer, Choose), answer
    return [d.code for d in answer.displays]


# --- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("14", "014"),
        ("014", "014"),
        ("40", "040"),
        ("48", "048"),
        ("83", "083"),
        ("85", "085"),
        ("085", "085"),
        ("  85 ", "085"),
        ("84", "184"),
        ("084", "184"),
        ("184", "184"),
        ("610", "610"),
        ("ag", "AG"),
        ("ÖV", "ÖV"),
        ("öv", "ÖV"),
        ("ov", "ÖV"),
    ],
)
def test_a_number_opens_its_screen(text: str, code: str) -> None:
    assert opened(text) == (code, "")


def test_283_offers_its_two_functions() -> None:
    assert listed("283") == ["283 1", "283 2"]


@pytest.mark.parametrize("text", ["283 1", "283  1"])
def test_number_and_function(text: str) -> None:
    assert opened(text) == ("283 1", "")


def test_the_other_function() -> None:
    assert opened("283 2") == ("283 2", "")


def test_forms_of_048_are_opened_from_it_only() -> None:
    assert isinstance(interpret("048 I", ALL), Nothing)


@pytest.mark.parametrize("shown", [pytest.param(d, id=d.code) for d in OFFERED])
def test_any_numbered_screen_takes_four_keystrokes_with_f2_and_enter(shown: Display) -> None:
    ways = []
    for number in (shown.code, *shown.numbers):
        for typed in (number.lstrip("0")[:1], number.lstrip("0")[:2]):
            answer = interpret(typed, OFFERED)
            if isinstance(answer, Go) and answer.display is shown:
                ways.append(len(typed) + 2)
            elif isinstance(answer, Choose) and shown in answer.displays[:9]:
                ways.append(len(typed) + 3)  # the digit in front of the row
    assert min(ways, default=99) <= 4


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("besöksreg", "085"),
        ("BESÖKSREG", "085"),
        ("frikort", "610"),
        ("vårdkontakter", "083"),
        ("medicinsk", "184"),
        ("personuppgifter", "014"),
    ],
)
def test_part_of_a_name_opens_the_only_hit(text: str, code: str) -> None:
    assert opened(text) == (code, "")


def test_besok_alone_opens_the_visit_while_nothing_else_is_called_so() -> None:
    answer = interpret("besök", FIRST)
    assert isinstance(answer, Go)
    assert answer.display.code == "085"


def test_several_hits_are_listed() -> None:
    assert {"085", "283 2"} <= set(listed("besök"))
    assert set(listed("hämta")) == {"HP", "HL"}


@pytest.mark.parametrize("text", ["zzz", "999", "85x", "frikort85", "§"])
def test_no_hit_says_so_and_names_the_text(text: str) -> None:
    answer = interpret(text, ALL)
    assert isinstance(answer, Nothing)
    assert text in answer.message
    assert "F4" in answer.message


# --- number and patient ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "patient"),
    [
        ("40 9307142381", "040", "9307142381"),
        ("040 199307142381", "040", "199307142381"),
        ("40 930714-2381", "040", "930714-2381"),
        ("48 19930714-2381", "048", "19930714-2381"),
        ("85 930714+2381", "085", "930714+2381"),
        ("84 930714 2381", "184", "930714 2381"),
        ("14 930714DA0B", "014", "930714DA0B"),
        ("14 19930714da0b", "014", "19930714da0b"),
        ("283 1 9307142381", "283 1", "9307142381"),
        ("ag 9307142381", "AG", "9307142381"),
    ],
)
def test_number_and_patient_together(text: str, code: str, patient: str) -> None:
    assert opened(text) == (code, patient)


def test_a_patient_goes_with_the_list_too() -> None:
    answer = interpret("283 9307142381", ALL)
    assert isinstance(answer, Choose)
    assert answer.patient == "9307142381"


# --- the rest -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("-", Back(1)),
        ("--", Back(2)),
        ("f3", FavouriteNumber(3)),
        ("F9", FavouriteNumber(9)),
        ("+3m", MoveDate("+3m")),
        ("-1d", MoveDate("-1d")),
        ("+2V", MoveDate("+2V")),
        ("2026-03-02", MoveDate("2026-03-02")),
    ],
)
def test_moves(text: str, answer: Answer) -> None:
    assert interpret(text, ALL) == answer


@pytest.mark.parametrize("text", ["?", "", "  "])
def test_question_mark_lists_all(text: str) -> None:
    assert listed(text) == [d.code for d in ALL]


def test_a_screen_without_a_right_is_not_offered() -> None:
    few = choosable(RIGHTS - {"medical"})
    assert "184" not in [d.code for d in few]
    assert isinstance(interpret("84", few), Nothing)


@given(st.text(max_size=60))
def test_anything_typed_has_an_answer(text: str) -> None:
    answer = interpret(text, ALL)
    assert isinstance(answer, Go | Choose | Back | FavouriteNumber | MoveDate | Nothing)
    if isinstance(answer, Choose):
        assert answer.displays
