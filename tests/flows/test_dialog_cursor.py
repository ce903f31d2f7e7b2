"""The terminal's own cursor stands where an open dialogue's keys act, never in the form behind it.

A screen reader follows that cursor; it stood wherever it last was in the form.
"""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import until
from tests.terminal import F1, F3, F7, TAB


def _stands_at(hands: Clerk, text: str) -> None:
    """The cursor comes to stand at *text*."""
    screen = hands.terminal.screen

    def there() -> bool:
        line = screen.display[screen.cursor.y]
        return line[screen.cursor.x :].startswith(text)

    until(hands.terminal, there, f"the cursor at {text!r}")


def test_it_stands_at_the_marked_button_of_unsaved_work(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("in", "Inställningar").type(TAB, TAB, "30", F3).sees("Osparade uppgifter")
        for button in ("›[Spara]", "›[Kasta]", "›[Stanna]", "›[Spara]"):
            _stands_at(hands, button)
            hands.type(TAB)


def test_it_stands_at_the_button_that_enter_presses(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("su", "SU Support").type(F7).says("SU Support är nu favorit").type(F7)
        hands.sees("[Ta bort]")
        _stands_at(hands, "[Ta bort]")


def test_it_stands_where_a_help_begins(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("40", "Personnummer").type(F1).sees("Enter eller Esc stänger")
        screen = hands.terminal.screen
        hands.until(
            lambda: "┌ Hjälp" in hands.terminal.line(screen.cursor.y - 1),
            "the cursor on the first line of the help",
        )
