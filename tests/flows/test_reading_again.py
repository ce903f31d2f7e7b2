"""Reading anew: another patient's number, and F5 over something typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA
from tests.terminal import BACKTAB, ENTER, ESC, F2, F5, F10, TAB, alt

INGRID = "0001152388"  # born 2000, with contacts
TOVE = "9807062386"  # born 1998, of this unit
ELSEWHERE = "200208152397"  # only the other unit has them
BORN_1850 = "185007142408"  # rightly built, and no test number
MANY = "9204012380"  # an open commitment with visits
CONTACTS, REFERRAL = "083_vardkontakter", "040_vardataganden"
ASKED = "Det du skrivit är inte sparat"


def test_the_century_of_the_former_patient_is_not_kept(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("83", "sekel 19 eller 20").type(INGRID, ENTER).sees("20000115-2388", "Dia reg")
        annika.type(TAB, TOVE, ENTER).sees("19980706-2386", "Sekel  19")
        annika.instead(INGRID).type(TAB, "19", ENTER).says("VA01 Fel: Med sekel 19")


@pytest.mark.parametrize(
    ("number", "screen", "read", "shown", "way", "refused"),
    [
        ("83", CONTACTS, INGRID, "2024-11-27", (TAB,), ELSEWHERE),
        ("40", REFERRAL, MANY, "100348", (TAB,), BORN_1850),
        ("283 1", "283_hogkostnadsoversikt", MANY, "[Till fil]", (TAB,), ELSEWHERE),
        ("283 2", "283_manuellt_registrerade_besok", MANY, "[Spara]", (BACKTAB,) * 2, ELSEWHERE),
        ("61", "610_frikortsregistrering", MANY, "[Spara]", (BACKTAB,) * 3, ELSEWHERE),
    ],
)
def test_a_refused_number_leaves_nothing_of_the_former_patient(
    home: Path, number: str, screen: str, read: str, shown: str, way: tuple[str, ...], refused: str
) -> None:
    with clerk(home) as annika:
        annika.go(number).type(read, ENTER).sees(shown)
        annika.type(*way, refused, ENTER).at_fault(screen, "identity_number", refused)
        annika.terminal.expect_gone(shown)


@pytest.mark.parametrize("number", ["14", "40", "48", "83", "85", "184"])
def test_snabbvals_number_stays_in_the_field_when_it_is_refused(home: Path, number: str) -> None:
    with clerk(home) as annika:
        annika.go(f"{number} 9807062387").says("VA01 Fel:")
        assert annika.terminal.sees("!Person")
        assert "9807062387" in annika.terminal.text()


def test_184_without_a_visit_takes_no_codes_and_says_so(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"184 {ELSEWHERE}").says("SE01 Fel:")
        annika.type(alt("k")).says("Läs patienten först")
        annika.go(f"85 {MANY}", "Tid är när besöket startar")
        annika.sees("Besök 4 av 20").type("7", *(TAB,) * 8, "j", TAB).sees("Uteblivet besök")
        assert not annika.terminal.sees("4 av 20")
        annika.type(F10).says("Sparat: uteblivet besök")
        annika.go("184", "uteblev och har inget att koda", "Uteblivet till N i 085")
        assert not annika.terminal.sees("[Spara]")


def _typed_over(annika: Clerk, number: str) -> str:
    """Type something in the screen *number* and return it as it stands there."""
    if number == "40":
        annika.go(f"40 {VERA}", "Inga vårdåtaganden").type(alt("n"), "kbt", alt("l"))
        annika.sees("Nyuppläggning").type("1", TAB, "vcbj")
        return "*VCBJ"
    if number == "14":
        annika.go(f"14 {VERA}", "Testsson").type("Nyttnamn")
        return "*Nyttnamn"
    if number == "85":
        annika.go(f"85 {MANY}", "Tid är när").type("11")
        return "*11"
    annika.go(f"184 {MANY}", "Huvuddiagnos").type(TAB, TAB, "z730")
    return "Z730"


@pytest.mark.parametrize("number", ["14", "40", "85", "184"])
def test_f5_asks_before_it_throws_what_was_typed(home: Path, number: str) -> None:
    with clerk(home) as annika:
        typed = _typed_over(annika, number)
        if number == "40":
            annika.type(BACKTAB)
        annika.type(F5).sees(ASKED).type(ESC)
        annika.terminal.expect_gone(ASKED)
        assert annika.terminal.sees(typed)
        annika.type(F5).sees(ASKED).type("k")
        annika.terminal.expect_gone(typed)


def test_meanings_stand_beside_what_is_proposed(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"40 {VERA}", "Inga vårdåtaganden").type(alt("n"), "kbt", alt("l"))
        annika.sees("Nyuppläggning", "*ANNLIN << Annika Lindgren")
        annika.go(f"40 {MANY}").type(ENTER).sees("Vårdåtagande 100348", "Vårdcentralen Sälgvången")
        annika.type(*(BACKTAB,) * 10).sees("Vårdcentralen Sälgvången")
        annika.type(alt("a")).sees("Sign   BOPROV << Bo Provberg")


def test_a_closed_commitments_form_cannot_be_typed_in(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"48 {MANY}", "100026").type("2", ENTER).sees("Formulär för vårdåtagande 100026")
        annika.type(alt("i")).sees("048 Inskrivning", "Återöppna det i 040 (Alt+E)")
        assert not annika.terminal.sees("[Spara]")
        annika.type(F2, f"48 {MANY}", ENTER).sees("100348").type(ENTER, alt("u"))
        annika.says("FO03 Fel:", "Registrera Inskrivning först")
