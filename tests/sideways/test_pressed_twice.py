"""A key pressed twice does its act once: one record, one event, and the message that it is saved.

Each pair goes in one burst, as a nervous hand or a key that bounces sends it.  A second F10 after
a save changed the version, logged a change of nothing and said "Ändrat"; Beställ ordered twice.
"""

from __future__ import annotations

import json
from pathlib import Path

from pasis_tui.services.reports import lists, statistics
from pasis_tui.store.database import Database
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA, ask
from tests.flows.test_chain_wrong import open_085, open_forms, start_new
from tests.services.clinic import make_clinic
from tests.terminal import ENTER, ESC, F3, F7, F10, TAB, alt

TWICE = F10 * 2
_ENROLLED = """
SELECT p.identity_number, c.id FROM care_commitment c JOIN patient p ON p.id = c.patient_id
JOIN enrolment_form f ON f.commitment_id = c.id
WHERE c.unit_id = 1 AND c.closed_on IS NULL AND p.protected = 0 ORDER BY c.id LIMIT 1
"""


def _acts(hands: Clerk) -> list[tuple[str, str]]:
    """What was saved since the practice data were made, in order."""
    rows = hands.rows(
        "SELECT action, entity FROM audit_event WHERE action IN"
        " ('create', 'change', 'remove', 'close', 'cancel') AND entity <> 'practice'"
        " AND coalesce(reason, '') <> 'nyckel' ORDER BY id"  # the key of a new user's drafts
    )
    return [(action, entity) for action, entity in rows]


def test_every_save_of_the_chain(home: Path) -> None:
    with clerk(home) as hands:
        start_new(hands).type("kbt", alt("l")).sees("Nyuppläggning")
        hands.type("1", TAB, "vcbj01", TAB, TAB, TAB, "-4", TWICE).says("Sparat: vårdåtagande")
        open_085(hands).type("9", TWICE).says("Sparat: besök", "Medicinsk registrering återstår")
        open_forms(hands).type(alt("i")).sees("048 Inskrivning")
        hands.type("f411", TAB, TAB, "0", TWICE).says("Inskrivningen är sparad (V)")
        hands.go("184", "184 Medicinsk registrering", "Huvuddiagnos").type(TWICE)
        hands.says("Sparat: medicinsk registrering")
        open_forms(hands).type(alt("u")).sees("048 Utskrivning")
        hands.type("0", TWICE).says("Utskrivningen är sparad (V)")
        hands.go("14", "Läst.").type("Andersson", TWICE).says("Sparat: 19930714-2381 Andersson")
        hands.type(F3).terminal.expect_gone("014 Personuppgifter")
        assert _acts(hands) == [
            ("create", "patient"),
            ("create", "care_commitment"),
            ("create", "visit"),
            ("create", "enrolment_form"),
            ("create", "medical_registration"),
            ("create", "discharge_form"),
            ("change", "patient"),
        ]


def test_what_empties_its_form_when_it_has_saved(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel: Nummer saknas")
        hands.type("a1", TAB, "260201", TAB, "Region X", TAB, "270131", TWICE)
        hands.says("Sparat: frikort A1").type(alt("b") * 2).sees("gäller inte längre", "Orsak")
        hands.type(ESC).terminal.expect_gone("gäller inte längre")
        hands.go("283 2", "283 Manuellt")
        hands.type("260105", TAB, "100", TAB, "Kliniken Fjärran", TAB, "kv", TWICE)
        hands.says("Sparat: 100 kr 2026-01-05")
        hands.go("14", "Läst.")
        assert _acts(hands)[1:] == [("create", "free_card"), ("create", "external_fee")]


def test_another_good_word_is_not_taken_for_sparat(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(f"610 {VERA}", "Inga frikort").type(F7).says(
            "610 Frikortsregistrering är nu favorit"
        )
        hands.type(F10).says("HK06 Fel: Nummer saknas")


def test_spara_with_nothing_changed_says_so_and_logs_nothing(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("14 9204012380", "Läst.").type(F10).says("Inget är ändrat.")
        hands.go("40", "Enter öppnar raden").type(ENTER).sees("[Avsluta]").type(F10).says(
            "Inget är ändrat."
        )
        hands.go("83", "083 Vårdkontakter").type(ENTER).sees("184 Medicinsk registrering", "DU0")
        hands.type(F10).says("Sparat: medicinsk registrering")  # what was proposed is not yet saved
        hands.go("184", "184 Medicinsk registrering", "Huvuddiagnos")
        hands.go("su", "SU Support").type(F3).sees("184 Medicinsk registrering", "Huvuddiagnos")
        hands.type(F10).says("Inget är ändrat.").type(alt("k")).sees("184 KVÅ/operationer")
        hands.type(F10).says("Inget är ändrat.").go("83", "083 Vårdkontakter").type(alt("n"))
        hands.sees("085 Besöksregistrering").type(F10).says("Inget är ändrat.")
        hands.go("su", "SU Support")
        assert _acts(hands) == [("create", "medical_registration")]


def test_spara_with_nothing_changed_in_a_form_and_in_the_settings(home: Path) -> None:
    ((number, commitment),) = ask(home, _ENROLLED)
    with clerk(home) as hands:
        hands.go(f"48 {commitment}", number[-4:]).type(ENTER).sees("Inskrivning V")
        hands.type(alt("i")).sees("048 Inskrivning").type(F10).says("Inget är ändrat.")
        hands.go("in", "IN Inställningar").type(F10).says("Inget är ändrat.")
        hands.type("j", F10).says("Inställningarna är sparade.")
        hands.type(F10).says("Inställningarna är sparade.").go("su", "SU Support")
        assert _acts(hands) == [("change", "user_account")]
        ((changes,),) = hands.rows("SELECT changes FROM audit_event ORDER BY id DESC LIMIT 1")
        assert json.loads(changes) == {"auto_skip": [False, True]}


def test_an_order_that_waits_is_not_given_twice(database: Database) -> None:
    clinic = make_clinic(database)
    raw = {"kind": "F", "protected": "N", "protected_reason": ""}
    first = lists.order_control_list(clinic.at(screen="KL"), raw)
    assert lists.order_control_list(clinic.at(screen="KL"), raw) == first
    other = {"kind": "P", "from_date": "2026-03-01", "to_date": "2026-03-02"}
    assert lists.order_control_list(clinic.at(screen="KL"), raw | other) != first
    span = {"from_date": "2026-01-01", "to_date": "2026-02-28"}
    own = statistics.order_own(clinic.at(screen="051"), span)
    assert statistics.order_own(clinic.at(screen="051"), span).id == own.id
    assert len(statistics.own_intervals(clinic.at(screen="051"))) == 1
