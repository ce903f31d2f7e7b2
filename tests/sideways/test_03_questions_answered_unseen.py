"""A question was answered by keys typed before it could be seen, and what was typed after a
refusal landed in the field at fault.

Right, as on the 5250: a refusal, or a question that was not asked for, drops what was typed before
it stood on the screen and says how many keys; only Enter or J says yes.  Type-ahead that is neither
refused nor asked goes on as ever (the other half is in flows/test_type_ahead.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.widgets.inputs import dropped_text
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA, at_login
from tests.terminal import ENTER, ESC, F2, F4, F10, TAB, alt

COMMITMENTS = "SELECT count(*) FROM care_commitment"
STRANGE_VC = ("1", TAB, "vcal01", TAB, TAB, TAB, "-4")  # not where Vera is listed


def new_referral(annika: Clerk) -> Clerk:
    annika.go(f"40 {VERA}", "19930714-2381", "Inga vårdåtaganden på PSMA01")
    annika.type(alt("n")).sees("Nytt vårdåtagande: fyll i Problem")
    return annika.type("kbt", alt("l")).sees("Nyuppläggning")


@pytest.mark.parametrize("ahead", [F10, ENTER, "j", "n", "7", alt("s"), F10 * 3 + "jj" + ENTER])
def test_nothing_typed_ahead_answers_a_warning(home: Path, ahead: str) -> None:
    with clerk(home) as annika:
        before = annika.rows(COMMITMENTS)
        keys = annika.keys
        new_referral(annika).type(*STRANGE_VC)
        keys = annika.keys
        annika.type(F10, ahead).warned("VA08")
        annika.sees(dropped_text(annika.keys - keys - 1), "[Spara ändå]")
        assert annika.rows(COMMITMENTS) == before
        annika.type(F10).sees("Enter eller J svarar ja", "[Spara ändå]")
        assert annika.rows(COMMITMENTS) == before
        annika.type("J").says("Sparat: vårdåtagande")


def test_the_rest_of_a_burst_does_not_land_in_the_field_at_fault(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar")
        annika.type("9x", TAB, TAB, "J", TAB, "hej", F10).sees("Fel:", dropped_text(7))
        annika.at_fault("085_besoksregistrering", "time", "9x")
        annika.instead("915").type(F10).says("Sparat: besök")


def test_after_an_unknown_snabbval_nothing_more_is_typed_in_the_box(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "zzz", ENTER, VERA, ENTER).sees("[zzz", dropped_text(11))
        assert VERA not in annika.terminal.line(0)
        annika.type(F2, "40", ENTER).sees("040 Vårdåtaganden")


def test_a_list_with_nothing_that_fits_drops_what_follows_enter(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar").type(
            TAB, F4, "zzz", ENTER, "9", F10
        )
        annika.sees("Inget i listan passar", dropped_text(2))


def test_a_wrong_password_drops_what_was_typed_for_the_menu(home: Path) -> None:
    with at_login(home) as seen:
        seen.type(TAB, "fel", ENTER, F2, "40", ENTER)
        seen.expect("Fel:", dropped_text(4))


def test_a_burst_longer_than_the_terminals_buffer_is_dropped_whole(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar")
        annika.type("9x", TAB, "0123456789" * 700).sees("Fel:", "i förväg kastade")
        annika.at_fault("085_besoksregistrering", "time", "9x")


def test_what_is_typed_after_the_question_stands_there_answers_it(home: Path) -> None:
    with clerk(home) as annika:
        new_referral(annika).type(*STRANGE_VC, F10).warned("VA08").type(ESC)
        annika.says("VA08 Varning").type(F10).warned("VA08").type(ENTER)
        annika.says("Sparat: vårdåtagande")


def test_lists_that_were_asked_for_keep_type_ahead(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar")
        annika.type("9", TAB, F4, "fil", ENTER, TAB, F10).says("Sparat: besök")
        annika.sees("FILIAL")
