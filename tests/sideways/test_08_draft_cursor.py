"""A draft came back with the cursor in an old field when the screen was gone to anew, so what is
always typed there went elsewhere.  The cursor comes back with Tillbaka and the offer at login."""

from __future__ import annotations

from pathlib import Path

from tests.flows.practice import ask, logged_in, until
from tests.flows.test_drafts import BACK, MANY
from tests.terminal import ENTER, F2, F3, F10, TAB, ctrl


def test_what_is_always_typed_goes_into_time(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, f"85 {MANY}", ENTER)
        clerk.expect("085 Besöksregistrering", "Tid är när").type(TAB, TAB)
        clerk.type(ctrl("u"), "annlin", F2, "48", ENTER)
        clerk.expect("048 Översikt").type(F2, f"85 {MANY}", ENTER, "14", F10)
        clerk.expect("Sparat: besök 2026-03-02 14:00")
    assert ask(home, "SELECT count(*) FROM visit WHERE date = '2026-03-02' AND time LIKE '14:00%'")


def test_tillbaka_puts_the_cursor_where_it_was(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, f"14 {MANY}", ENTER)
        clerk.expect("Läst.").type(TAB, TAB, ctrl("u"), "Övre", F2, "48", ENTER)
        clerk.expect("048 Översikt").type(F3)
        clerk.expect("014 Personuppgifter", BACK).type("gatan")
        until(clerk, lambda: clerk.sees("*Övregatan") or clerk.sees("Övregatan"), "typing goes on")
