"""AG Att göra, F8 and SU Support through a real terminal."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import clerk
from tests.flows.practice import DAY
from tests.terminal import BACKTAB, DOWN, END, ENTER, ESC, F3, F5, F8, F10, HOME, TAB, UP, alt


def test_ag_lists_what_is_owed_and_enter_mends_it(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(
            "ag",
            "AG Att göra",
            "Senast",
            "Regel",
            "Att vänta",
            "Dia reg N",
            "Enter öppnar bilden som rättar",
        )
        total = int(hands.terminal.text().split(" av ")[1].split()[0])
        hands.type(ENTER).sees("184 Medicinsk registrering")
        hands.says("ME08:", "saknar medicinsk registrering")
        hands.type("f411", F10)
        text = hands.terminal.text
        hands.until(lambda: "Sparat" in text() or "[Spara ändå]" in text(), "saved or warned")
        if "[Spara ändå]" in text():
            hands.type(ENTER).sees("Sparat")
        hands.type(F3).sees("AG Att göra", f" av {total - 1} ")


def test_back_from_a_row_far_down_is_back_to_it_and_f8_goes_on_from_there(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "Enter öppnar bilden som rättar")

        def here() -> str:
            return hands.terminal.line(hands.terminal.screen.cursor.y)

        total = int(hands.terminal.text().split(" av ")[1].split()[0])
        hands.type(END).until(lambda: hands.terminal.screen.cursor.y == 20, "the last row")
        hands.type(UP * 3).until(lambda: hands.terminal.screen.cursor.y == 17, "three rows up")
        row = here()
        hands.type(ENTER)
        hands.terminal.expect_gone("AG Att göra")
        hands.type(F3).sees("AG Att göra").until(lambda: here() == row, f"back on {row}")
        hands.type(ENTER)
        hands.terminal.expect_gone("AG Att göra")
        hands.type(F8).says(f"Att göra {total - 2} av {total}")


def test_the_months_end_and_a_period_that_is_none(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "2026-02-01", "2026-02-28", "[Månadsavslut]")
        hands.type(alt("a")).says("Månadsavslut 2026-02-01–2026-02-28:", "ersätts")
        hands.sees("2026-02-23", "besöket ersätts inte")
        hands.type(ENTER).sees("184 Medicinsk registrering").type(F3)
        hands.says("Månadsavslut 2026-02-01–2026-02-28:")
        hands.type(alt("t")).says("Enter öppnar bilden")
        (audited,) = hands.rows("SELECT count(*) FROM audit_event WHERE screen = 'AG'")
        assert audited[0] >= 4


def test_f5_reads_the_list_that_is_shown_again(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "2026-02-23").type(DOWN).says("ME08 ")
        hands.type(F5).says("Enter öppnar bilden").sees("2026-02-23")
        hands.type(alt("a")).says("Månadsavslut").type(DOWN).says("ME08 ")
        hands.type(F5).says("Månadsavslut 2026-02-01–2026-02-28:")


def test_a_refused_period_leaves_the_list_that_is_shown(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "Enter öppnar bilden som rättar").type(TAB).instead("i")
        hands.type(ENTER).says("LI01", "ligger före").type(BACKTAB, BACKTAB, END)
        hands.until(lambda: hands.terminal.screen.cursor.y == 20, "the last row")
        hands.says("ME08 ").sees("2022-08-15").type(HOME).sees("2026-02-23").says("ME08 ")


def test_f8_walks_from_anywhere(home: Path) -> None:
    with clerk(home) as hands:
        hands.type(F8).sees("184 Medicinsk registrering").says("Att göra 1 av", "ME08:")
        hands.type(F8).says("Att göra 2 av")
        hands.go("48", "048 Översikt")
        hands.type(F8).says("Att göra 3 av")


def test_f8_asks_before_it_leaves_what_is_not_saved(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("14 9204012380", "014 Personuppgifter", "9204")
        hands.type("x", F8).sees("Osparade uppgifter")


def test_support_and_what_changed(home: Path) -> None:
    with clerk(home, DAY) as hands:
        hands.go("su", "SU Support", "Vårdgivarservice", "040-623 90 00", "0776-73 00 00")
        hands.sees("Registrering på filial", "Nytt 2026")
        hands.type(DOWN * 5, ENTER).sees("ÄNDRING 2025", "Qlikview").type(ESC)
        hands.type(F3).sees("Menyval")


def test_back_to_040_after_f8_is_back_to_its_own_patient(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("40 9204012380", "040 Vårdåtaganden", "19920401-2380").type("1", ENTER).sees(
            "Avslut"
        )
        hands.type(F8).sees("184 Medicinsk registrering").says("Att göra 1 av")
        hands.type(F3).sees("040 Vårdåtaganden", "19920401-2380", "Avslut")


def test_the_row_under_the_cursor_is_told_in_full(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "Dia reg N")
        hands.type(DOWN).says("ME08 ", ": Besöket 2026-03-02", "saknar medicinsk registrering")
        (name,) = hands.rows(
            "SELECT family_name || ', ' || given_name FROM patient WHERE identity_number = ?",
            "200503082380",
        )
        hands.says(f"ME08 {name[0]}:")
