"""FB took a signature and a category that exclude each other; [Utskrivning] without inskrivning looked
pressable; a no-show offered Dubbelsession; ME04 on the KVÅ screen named another screen's key.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import clerk
from tests.flows.practice import ask
from tests.terminal import ENTER, F1, F10, RIGHT, TAB, alt

_BARE = """
SELECT p.identity_number FROM care_commitment c JOIN patient p ON p.id = c.patient_id
WHERE c.unit_id = 1 AND c.closed_on IS NULL AND c.removed_at IS NULL AND p.protected = 0
  AND NOT EXISTS (SELECT 1 FROM enrolment_form e WHERE e.commitment_id = c.id)
  AND 1 = (SELECT count(*) FROM care_commitment o WHERE o.patient_id = p.id)
ORDER BY c.id LIMIT 1
"""


def test_a_signature_and_a_category_that_exclude_each_other(home: Path) -> None:
    ((own,),) = ask(home, "SELECT category FROM caregiver WHERE signature = 'ANNLIN'")
    other = "LK" if own != "LK" else "HK"
    with clerk(home) as hands:
        hands.go("fb", "FB Besök diagnos").type("annlin", TAB, other, F10)
        hands.says("LI01", "ANNLIN har kategorin", own, "blir listan tom", "Töm Vårdgivarkategori")
        hands.at_fault("fb_besok", "category", other)
        assert ask(home, "SELECT count(*) FROM list_order WHERE kind = 'B'") == [(0,)]
        hands.instead(own).type(F10).says("Beställd.")


def test_utskrivning_without_inskrivning_says_why_on_focus_and_on_press(home: Path) -> None:
    ((number,),) = ask(home, _BARE)
    with clerk(home) as hands:
        hands.go(f"48 {number}", "048 Översikt").type(ENTER)
        hands.sees("[Inskrivning]", "(Utskrivning)", "(Uppföljning)")
        hands.type(RIGHT).says("Utskrivning kräver en inskrivning. Registrera Inskrivning först.")
        hands.type(RIGHT).until(lambda: "Utskrivning kräver" not in hands.terminal.message, "why")
        hands.type(alt("u")).says("FO03 Fel: Utskrivning kräver en inskrivning")
        hands.sees("048 Översikt").type(alt("i")).sees("048 Inskrivning")


@pytest.mark.parametrize("no_show", ["J", "N"])
def test_only_a_visit_that_took_place_offers_a_second_half(home: Path, no_show: str) -> None:
    ((visit, day),) = ask(
        home,
        "SELECT v.id, v.date FROM visit v JOIN medical_registration m ON m.visit_id = v.id"
        " JOIN care_commitment c ON c.id = v.commitment_id JOIN patient p ON p.id = v.patient_id"
        " WHERE m.main_diagnosis = 'F431' AND c.closed_on IS NULL AND v.unit_id = 1"
        " AND v.double_of_visit_id IS NULL AND p.protected = 0 AND v.no_show = 0"
        " AND v.cancelled_at IS NULL ORDER BY v.date DESC LIMIT 1",
    )
    ask_and_write(home, "UPDATE visit SET no_show = ? WHERE id = ?", int(no_show == "J"), visit)
    ((number,),) = ask(
        home, "SELECT identity_number FROM patient JOIN visit ON patient_id = patient.id"
        " WHERE visit.id = ?", visit,
    )  # fmt: skip
    with clerk(home) as hands:
        hands.go(f"83 {number}", "083 Vårdkontakter", day).type(alt("n")).sees("085 Besöks")
        hands.sees("[Makulera]")
        assert hands.terminal.sees("Dubbelsession") is (no_show == "N")


def ask_and_write(home: Path, statement: str, *values: object) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home / "ovning.db")) as database:
        database.execute(statement, values)
        database.commit()


def test_me04_names_a_key_of_the_screen_it_stands_on(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra").type(ENTER).sees("184 Medicinsk registrering")
        hands.type(alt("k")).sees("184 KVÅ").instead("").type(F10)
        hands.until(lambda: "ME04" in hands.terminal.message, "ME04")
        assert "Alt+" not in hands.terminal.message
        hands.at_fault("184_kva", "kva_1").type(F1).sees("DU008").type("\x1b")
        hands.type("\x1b").sees("184 Medicinsk registrering").type(F10)
        hands.says("ME04", "KVÅ/operationer (Alt+K)").type(alt("k")).sees("184 KVÅ")
