"""A modifier or a media key alone, or any key that does nothing, leaves the refusal and its mark."""

from __future__ import annotations

from pathlib import Path

from pasis_tui.terminal.key_forms import KeyForms
from tests.flows.clerk import clerk
from tests.flows.practice import watched
from tests.terminal import ENTER, F2, TAB

# Shift, Ctrl, Alt, AltGr and their like; Caps, Scroll and Num Lock; media keys and volume.
ALONE = [f"\x1b[{code}{held}u" for code in (*range(57441, 57455),) for held in ("", ";2", ";3")]
ALONE += [f"\x1b[{code}u" for code in (57358, 57359, 57360, 57361, 57362, *range(57428, 57441))]
ALONE += ["\x1b[57443;3u", "\x1b[57441;2:3u", "\x1b[97;1:3u", "\x1b[57376u"]
NOTHING = ["\x1b[23~", "\x1b[15;2~", "\x1b[25~", "\x1b[1;3A", "\x1b[5~", "\x1b[F"]


def test_the_refusal_of_a_field_stands(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal
        opened.expect("Tryck Enter")
        program.burst((ENTER, F2, *"14", ENTER, *"9307142380", ENTER))
        program.settle()
        opened.expect("VA01 Fel:", "Kontrollsiffran 0")
        before = opened.text(), (opened.screen.cursor.x, opened.screen.cursor.y)
        opened.type(*ALONE)
        program.burst(NOTHING)
        program.settle()
        assert (opened.text(), (opened.screen.cursor.x, opened.screen.cursor.y)) == before
        program.burst(("\x7f", "1", ENTER))
        program.settle()
        opened.expect("Testsson, Vera").expect_gone("VA01")


def test_the_refusal_of_a_dialogue_and_of_snabbval_stands(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "datum", ENTER).sees("Arbetsdatum är").type(ENTER)
        annika.sees("Datum: får inte vara tom.")
        annika.type(*ALONE, "\x1b[23~").type("\x1b[25~").sees("får inte vara tom.")
        annika.type("x").terminal.expect_gone("får inte vara tom.")
        annika.type("\x1bOR").terminal.expect_gone("Arbetsdatum är")
        annika.type(F2, "zzz", ENTER).sees("ingen bild heter ”zzz”")
        annika.type(*ALONE, "\x1b[23~", "\x1b[25~", TAB, F2)
        annika.sees("ingen bild heter ”zzz”", "[zzz")


def test_nothing_of_them_reaches_the_parser() -> None:
    forms = KeyForms()
    assert [forms.feed(sequence) for sequence in ALONE] == [""] * len(ALONE)
    assert forms.held == ""
