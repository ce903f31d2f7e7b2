"""LG through a real terminal: what a row's dialogue shows, and two managers at one spot check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pasis_tui.services.reports import spot_checks
from pasis_tui.services.users import access
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, MENU, NAME, ask, at_login, run_pasis
from tests.terminal import BACKTAB, DOWN, ENTER, ESC, PGDN, TAB, alt, ctrl

OTHER = "9204012380"


@contextmanager
def _manager(home: Path) -> Iterator[Clerk]:
    """One who may see the log, in LG."""
    with at_login(home) as opened:
        hands = Clerk(opened, home)
        hands.type(ctrl("u"), "lenlek", TAB, ctrl("u"), "ovning", TAB, ENTER).sees(MENU)
        hands.go("lg", "LG Åtkomstlogg").says("Välj patient")
        yield hands


def _stand_on(hands: Clerk, text: str) -> None:
    """Go down to the first row with *text*."""
    seen = hands.terminal
    while text not in seen.line(seen.screen.cursor.y):
        before = seen.line(seen.screen.cursor.y)

        def moved(before: str = before) -> bool:
            return seen.line(seen.screen.cursor.y) != before

        hands.type(DOWN).until(moved, f"a row with {text}")


def test_a_number_that_was_not_searched_for_names_nobody(home: Path) -> None:
    ((number, name),) = ask(
        home, "SELECT identity_number, family_name FROM patient WHERE protected LIMIT 1"
    )
    shown = run_pasis(
        "--date", DAY, "show", "014", number, "--protected-reason", "begärt", home=home
    )
    assert shown.returncode == 0, shown.stderr
    with _manager(home) as hands:
        hands.type(alt("k")).sees("Enter visar hela raden")
        _stand_on(hands, "Skyddade pers")
        hands.type(TAB, OTHER, BACKTAB, ENTER).sees("Loggens rad", "Bild 014")
        hands.sees("Patient     Skyddade personuppgifter")
        assert name not in hands.terminal.text()
    looked = ask(
        home,
        "SELECT patient_id FROM audit_event WHERE entity = 'audit_event' AND reason LIKE 'rad%'",
    )
    assert looked == [(None,)]


def test_a_row_with_many_patients_is_read_to_its_end(home: Path) -> None:
    made = run_pasis("--date", DAY, "export", "kontrollista", str(home / "k.xlsx"), home=home)
    assert made.returncode == 0, made.stderr
    with _manager(home) as hands:
        hands.type(alt("k")).sees("Enter visar hela raden")
        _stand_on(hands, " patienter")
        hands.type(ENTER).sees("Loggens rad", "PgDn mer", "Enter eller Esc stänger")
        hands.type(PGDN * 5)
        hands.terminal.expect_gone("PgDn mer")
        hands.sees("→", "Enter eller Esc stänger").type(ESC)
        hands.terminal.expect_gone("Loggens rad")


def test_a_row_that_another_manager_has_reviewed_is_shown_so(home: Path) -> None:
    for _ in range(3):
        run_pasis("--date", DAY, "show", "083", OTHER, home=home)
    with _manager(home) as hands:
        hands.type(alt("t")).says("Stickprov ")
        with Database.open(home / NAME) as database:
            day = date.fromisoformat(DAY)
            actor = access.practice_actor(database, user="LENLEK")
            other = Context(database, actor, day, "LG")
            sample = spot_checks.latest(other)
            assert sample is not None
            spot_checks.review(other, sample.id, sample.rows[0].id, "G", "")
        hands.type(alt("n")).says("Fel: Raden är redan granskad av LENLEK.")
        hands.sees("Utan anm")
        hands.type(alt("a")).sees("Anteckning").type("Tittade utan skäl", ENTER)
        hands.says("Fel: Raden är redan granskad av LENLEK. Din anteckning är inte sparad: Tittade")
        hands.sees(" utan skäl\n")
        hands.type(DOWN, alt("n")).says("Stickprov ", f"{sample.left - 2} av {len(sample.rows)}")
