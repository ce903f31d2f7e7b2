"""Official ICD-10 and KVÅ in 184: the clinic's own file is searched, and each code says what it is."""

from __future__ import annotations

from pathlib import Path

from tests.flows.practice import logged_in, run_pasis
from tests.terminal import ENTER, F2, F3, F4, TAB, alt

MANY = "9204012380"
ICD = "Kod\tTitel\nF45.0\tSomatiseringssyndrom\nZ73.0\tUtbrändhet\nZ73.3\tStress, övrig\n"
KVA = "Kod\tBenämning\nDU021\tRådgivande samtal\nAV034\tStöd åt anhörig\n"


def read_in(home: Path, what: str, text: str) -> None:
    file = home / f"{what}.tsv"
    file.write_text(text, encoding="utf-8")
    done = run_pasis("--date", "2026-03-02", "import", what, str(file), home=home)
    assert done.returncode == 0, done.stderr


def test_the_lists_that_ship_are_offered_and_say_how_the_whole_ones_come(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, f"184 {MANY}", ENTER)
        clerk.expect("Huvuddiagnos", "<<").type(TAB, TAB, F4)
        clerk.expect("1  F320", "Lindrig depressiv episod", "pasis import icd10 FIL", "PgDn fler")
        clerk.type("f431", ENTER)
        clerk.expect_gone("Esc ångrar").expect("F431  << Posttraumatiskt str")
        clerk.type("z730", TAB)
        clerk.expect("Z730  << okänd kod").type(alt("k"))
        clerk.expect("184 KVÅ/operationer").type(F4)
        clerk.expect("DU008", "pasis import kva FIL").type(F3)
        clerk.expect_gone("pasis import").type(TAB, "av034", TAB)
        clerk.expect("AV034 << okänd kod")


def test_imported_lists_are_searched_and_their_meanings_shown(home: Path) -> None:
    read_in(home, "icd10", ICD)
    read_in(home, "kva", KVA)
    with logged_in(home) as clerk:
        clerk.type(F2, f"184 {MANY}", ENTER)
        clerk.expect("Huvuddiagnos", "<<").type(TAB, TAB, F4)
        clerk.expect("34 av 34", "PgDn fler").type("ÖVRIG")
        clerk.expect("1  Z733    Stress, övrig", "1 av 34")
        assert not clerk.sees("pasis import")
        clerk.type("1")
        clerk.expect("Z733  << Stress, övrig").type("z73.0", TAB)
        clerk.expect("Z730  << Utbrändhet").type(alt("k"))
        clerk.expect("184 KVÅ/operationer").type(TAB, F4, "råd")
        clerk.expect("1  DU021   Rådgivande samtal").type(ENTER)
        clerk.expect("DU021 << Rådgivande samtal").type(F3)
        # What was filled in and not typed says it too.
        clerk.expect("184 Medicinsk registrering", "DU021 Rådgivande samtal", "<< Utbrändhet")
