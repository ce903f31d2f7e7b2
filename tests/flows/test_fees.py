"""Fees from visit to frikort on the screens 085, 283 and 610, through a real terminal."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA
from tests.terminal import ENTER, ESC, F1, TAB, alt, ctrl


def started(hands: Clerk, external: str) -> None:
    """A commitment for Vera, and a fee she paid elsewhere."""
    hands.go(f"40 {VERA}", "040 Vårdåtaganden", "Testsson")
    hands.type(alt("n"), "kbt", TAB, "i", alt("l")).sees("Nyuppläggning")
    hands.type("1", TAB, "VCBJ01", TAB, "i", TAB, "ANNLIN", TAB, "i", alt("s"))
    text = hands.terminal.text
    hands.until(lambda: "Sparat" in text() or "[Spara ändå]" in text(), "saved or warned")
    if "[Spara ändå]" in text():
        hands.type(ENTER).sees("Sparat")
    hands.go("283 2", "283 Manuellt registrerade besök", "Bevis")
    hands.type("260105", TAB, external, TAB, "Kliniken Fjärran", TAB, "kv", alt("s"))
    hands.sees(f"Sparat: {external} kr 2026-01-05", "Kliniken Fjärran")


def paper(home: Path, start: str) -> str:
    """The one paper in the folder whose name begins so; nobody else may read it."""
    (path,) = (home / "utskrifter").glob(f"{start}-*.txt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert VERA not in path.name
    return path.read_text(encoding="utf-8")


def test_manual_visits_are_saved_refused_and_taken_away(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "1300")
        hands.type("i", TAB, "0", TAB, "X", TAB, "KV", alt("s")).says("HK04", "Belopp")
        hands.type(alt("b")).sees("räknas inte längre").type("dubbelt", ENTER)
        hands.sees("Borttaget: avgiften 1300 kr 2026-01-05", "Inga manuellt registrerade besök")


def test_a_fee_half_typed_stays_when_another_is_taken_away(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "1300")
        hands.type("i", TAB, "175", alt("b")).sees("räknas inte längre").type("dubbelt", ENTER)
        hands.sees("Borttaget: avgiften 1300 kr 2026-01-05", "Inga manuellt registrerade besök")
        assert hands.value("283_manuellt_registrerade_besok", "amount") == "175"
        hands.type(alt("s")).says("HK04", "Vårdgivare saknas")


def test_the_last_fee_is_what_is_left_and_gives_a_frikort_and_papers(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "1400")
        hands.go("85", "betalt i perioden 1 400 av 1 450, kvar 50")
        hands.type("9", alt("s"))
        hands.sees("Sparat: besök 2026-03-02 09:00", "utfärdat", "2026-03-02–2027-01-04")
        hands.move("+7d", "2026-03-09")
        hands.go("85", "Frikort (övningskod) 2026-03-02–2027-01-04: ingen avgift")
        assert hands.value("085_besoksregistrering", "exemption") == "FK"

        hands.go("283 1", "283 Högkostnadsöversikt", "Betalt i perioden 1 450 av 1 450, kvar 0")
        hands.sees(
            "Gäller 2026-03-02–2027-01-04", "2026-01-05–2027-01-04", "Kliniken Fjärran", "1 400"
        )
        hands.type(alt("t")).says("Skrivet till fil: utskrifter/hogkostnadsoversikt")
        assert "1 400" in paper(tmp_path, "hogkostnadsoversikt")
        hands.type(ENTER).sees("KVITTO", "[Till fil]", "50 kr").type(ENTER)
        hands.says("Skrivet till fil: utskrifter/kvitto")
        assert "Betalt:             50 kr" in paper(tmp_path, "kvitto")

        hands.go("610", "610 Frikortsregistrering", "PSMA01-", "2027-01-04")
        hands.type("a1", TAB, "260101", TAB, "Region X", TAB, "270101", alt("s"))
        hands.says("HK06", "2026-12-31")
        hands.instead("261231").type(alt("s")).says("HK07", "gäller redan")
        hands.type(alt("t")).says("Skrivet till fil: utskrifter/frikort")
        assert "Gäller till:        2027-01-04" in paper(tmp_path, "frikort")


def test_f1_explains_a_warning_before_it_is_answered(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "1450")
        hands.type("i", TAB, "100", TAB, "X", TAB, "kv", alt("s")).warned("HK05")
        hands.type(F1).sees("HK05  Avgiften räknas inte", "Kapitel: Region Skånes").type(ESC)
        hands.warned("HK05").type(ENTER).sees("För mycket betalt: 100 kr mer, se 283 1.")


def test_a_reason_longer_than_its_line_is_not_cut_in_silence(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "100")
        hands.type(alt("b")).sees("räknas inte längre").type("x" * 121)
        hands.sees("Orsak: högst 120 tecken ryms.").type(ctrl("u"))
        hands.type("\x1b[200~" + "y" * 10_000 + "\x1b[201~").sees("högst 120 tecken ryms.")
        hands.type("dubbelt").sees("Enter godtar").type(ENTER).sees("Borttaget: avgiften 100 kr")


def test_a_frikort_from_elsewhere_frees_the_visit(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, "100")
        hands.go("610", "610 Frikortsregistrering", "Inga frikort")
        hands.type("a1", TAB, "260201", TAB, "Region X", TAB, "270131", alt("s"))
        hands.sees("Sparat: frikort A1", "registrerat")
        hands.go("85", "Frikort (övningskod) 2026-02-01–2027-01-31: ingen avgift")
        hands.go("610", "610 Frikortsregistrering", "A1")
        hands.type(alt("b")).sees("gäller inte längre").type("fel patient", ENTER)
        hands.sees("Borttaget: frikort A1", "Inga frikort")
        hands.go("85", "betalt i perioden 100 av 1 450, kvar 1 350")
