"""Lists ordered in KL and FB and fetched in HP and HL, through a real terminal."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import logged_in
from tests.terminal import END, ENTER, ESC, F2, F5, PGDN, RIGHT, TAB, alt, ctrl

# ten years of visits: a moment's work, so that keys come while it is done
ALL_VISITS = ("fb", ENTER, TAB, TAB, ctrl("u"), "200101", TAB, alt("b"))


def states(hands: Clerk) -> list[tuple[str, str]]:
    """The orders' states and messages in the database, the oldest first."""
    orders = hands.rows("SELECT state, message FROM list_order ORDER BY id")
    return [(state, message) for state, message in orders]


def test_a_long_list_is_looked_at_with_its_head_and_says_how_much_of_it_is_shown(
    home: Path,
) -> None:
    with clerk(home) as hands:
        hands.type(F2, *ALL_VISITS).says("Listan är klar: Besök diagnos KVÅ,")
        hands.go("hl", "Besök diagnos KVÅ", "2020-01-01–2026-03-02", "klar")
        hands.type(ENTER).sees("Personnummer", "Besöksdatum", "de första 200 av", "PgDn")
        hands.type(PGDN, RIGHT * 4).sees("Diagnos", "KVÅ", "DU0", "i sidled")
        hands.type(END).sees("–200 av 200").type(ESC)
        hands.terminal.expect_gone("de första 200 av")


def test_the_file_screen_shows_the_list_that_became_ready_meanwhile(home: Path) -> None:
    with clerk(home) as hands:
        hands.type(F2, *ALL_VISITS, F2, "hl", ENTER).sees("HL Hämta filer")
        hands.says("Listan är klar: Besök diagnos KVÅ,").sees("2026-03-02 klar")
        assert "2026-03-02 beställd" not in hands.terminal.text()


def test_an_order_taken_away_while_its_list_is_made_leaves_nothing(home: Path) -> None:
    with clerk(home) as hands:
        hands.type(F2, *ALL_VISITS, F2, "hl", ENTER, alt("b"), ENTER)
        hands.says("Listan görs inte: beställningen är borttagen.").sees("Inga beställda listor.")
        assert list((home / "filer").rglob("*.xlsx")) == []


def test_the_program_left_while_a_list_is_made_makes_it_the_next_time(home: Path) -> None:
    with clerk(home) as hands:
        hands.type(F2, "kl", ENTER, alt("b"), ctrl("q"))
        assert hands.terminal.expect_end() == 0
        assert "Warning" not in hands.terminal.text()
        assert states(hands) == [("beställd", "")]
        with logged_in(home) as opened:
            again = Clerk(opened, home)
            again.go("hp", "HP Hämta filer", "Fakturerade vårdåtagande")
            again.says("Listan är klar: Fakturerade vårdåtagande,").sees("2026-03-02 klar")
            again.type(ENTER).sees("ID vårdåtagande").type(ESC)


def test_a_list_that_cannot_be_written_is_told_as_a_fault(home: Path) -> None:
    (home / "filer").write_text("en fil där mappen ska vara", encoding="utf-8")
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Fel: Listan kunde inte göras:")
        hands.go("hp", "HP Hämta filer", "fel").type(ENTER).says("Fel:", "kan inte skapas")


def test_save_as_names_the_whole_path_and_asks_before_it_writes_over(home: Path) -> None:
    target = home / "åäö lista.xlsx"
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar")
        hands.go("hp", "klar").type(alt("p")).sees("Spara som")
        hands.instead(str(target.with_suffix(""))).type(ENTER).says("Sparad:")
        said = hands.terminal.message.replace(" ", "")
        assert said.endswith(str(target).replace(" ", ""))
        assert load_workbook(target).worksheets[0]["A1"].value == "Personnummer"
        target.write_text("något annat", encoding="utf-8")
        hands.type(alt("p")).instead(str(target)).type(ENTER).warned("LI02").type(ESC)
        hands.terminal.expect_gone("[Spara ändå]")
        hands.sees("Fil ", "finns redan")  # with the path, to be given another name
        assert target.read_text(encoding="utf-8") == "något annat"
        hands.type(ENTER).warned("LI02").type(ENTER)
        hands.says("Sparad:")
        assert load_workbook(target).worksheets[0]["A1"].value == "Personnummer"
        hands.type(F5).says("Enter visar listan").type(alt("b")).sees("tas bort").type(ENTER)
        hands.says("Borttagen: Fakturerade vårdåtagande.")
