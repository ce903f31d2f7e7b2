"""A keymap of one's own, as a clerk uses it: every command moved, and each new key works."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk
from tests.flows.own_keys import own_go, own_key, write_own_keys
from tests.flows.practice import VERA, watched
from tests.terminal import ENTER, ESC, F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F12, TAB, alt, ctrl

MANY = "9204012380"  # an open commitment with visits
OLD = (F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F12, ctrl("q"))


def test_each_moved_key_does_its_command(home: Path) -> None:
    write_own_keys(home)
    with watched(home) as program:
        annika = Clerk(program.terminal, home)
        annika.sees("Tryck Enter").type(own_key("help")).sees("TANGENTER").type(own_key("back"))
        program.terminal.expect_gone("TANGENTER")
        annika.type(ENTER).sees("Menyval")
        annika.type(*own_go(f"14 {VERA}")).says("Läst.", "Spara (F11)", "Rensa (Ctrl+Y)")
        annika.type("Nyttnamn", own_key("save")).says("Sparat:")
        annika.type(own_key("dup")).sees("Nyttnamn")
        annika.type(own_key("mark")).says("014 Personuppgifter är nu favorit")
        annika.type(own_key("favourites")).sees("Favoriter", "1–9 eller Enter öppnar")
        annika.type(own_key("back")).says("Läst.")
        annika.type(*[TAB] * 6, own_key("values")).sees("Listad på", "Sök").type(own_key("back"))
        annika.type(own_key("clear")).says("Personnummer: 10 siffror")
        annika.type(*own_go("283 2")).says("Personnummer: 10 siffror")
        annika.type(MANY, own_key("read")).says("Datum, belopp", "Spara (F11)")
        annika.type(own_key("next")).says("Att göra 1 av")
        annika.type(own_key("menu")).sees("Menyval", "Snabbval (Ctrl+G)", "Ctrl+O\n hjälp.")
        annika.type(own_key("quit"))
        assert program.terminal.expect_end() == 0


def test_the_old_keys_do_nothing(home: Path) -> None:
    write_own_keys(home)
    with watched(home) as program:
        annika = Clerk(program.terminal, home)
        annika.sees("Tryck Enter").type(ENTER).sees("Menyval")
        annika.type(*own_go("283 2")).says("Personnummer: 10 siffror")
        program.settle()
        before = program.terminal.text()
        program.burst(OLD)
        program.settle()
        assert program.terminal.text() == before
        annika.type(alt("h")).says("Alt+H är ingen knapp här. Ctrl+O visar tangenterna.")


def test_a_dialogue_answers_to_esc_although_tillbaka_is_another_key(home: Path) -> None:
    write_own_keys(home)
    with watched(home) as program:
        annika = Clerk(program.terminal, home)
        annika.sees("Tryck Enter").type(own_key("help")).sees("TANGENTER").type(ESC)
        program.terminal.expect_gone("TANGENTER")
        annika.type(ENTER).sees("Menyval").type(*own_go("in")).says("Ändra och tryck Spara (F11)")
        annika.type("j", own_key("back")).sees("Osparade uppgifter", "Stanna] Esc").type(ESC)
        program.terminal.expect_gone("Osparade uppgifter")
        annika.sees("IN Inställningar")
