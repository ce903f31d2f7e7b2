"""A clerk who may not see diagnoses: refused by name, and nothing of them is shown."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk
from tests.flows.practice import MENU, at_login
from tests.terminal import ENTER, alt, ctrl

MANY = "9204012380"  # an open commitment with coded visits


def test_the_reception_registers_visits_and_sees_no_diagnosis(home: Path) -> None:
    with at_login(home) as opened:
        rut = Clerk(opened, home)
        rut.type(ctrl("u"), "recept", ENTER).sees(MENU, "RECEPT")
        for number, title in (("184", "184 Medicinsk"), ("ag", "AG Att göra"), ("84", "184 ")):
            rut.go(number).says(f"Du saknar behörighet till {title}")
        rut.go(f"85 {MANY}", "Tid är när besöket startar")
        assert not opened.sees("Huvuddiagnos")
        assert not opened.sees("Spara allt")
        rut.type("9", alt("s")).says("Sparat: besök")
        tried = rut.rows("SELECT reason FROM audit_event WHERE action = 'denied' ORDER BY id")
        assert [reason for (reason,) in tried] == [
            f"bild {code}: behörighet {right} saknas"
            for code, right in (("184", "medical"), ("AG", "overview"), ("184", "medical"))
        ]
