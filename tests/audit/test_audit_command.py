"""pasis audit: verify names what is wrong, head is kept outside, a spoilt head is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.flows.practice import NAME, VERA, ask, at_login, logged_in, run_pasis
from tests.terminal import ENTER, F2, TAB, alt, ctrl


def _sql(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute(statement)


def test_the_head_is_made_and_finds_a_cut_tail(home: Path) -> None:
    with logged_in(home) as at:
        at.type(F2, f"40 {VERA}", ENTER)
        at.expect("Ny (Alt+N)")
    head = home / "huvud"
    made = run_pasis("audit", "head", str(head), home=home)
    assert made.returncode == 0, made.stderr
    assert head.stat().st_mode & 0o077 == 0
    well = run_pasis("audit", "verify", "--head", str(head), home=home)
    assert (well.returncode, well.stdout[:12]) == (0, "Loggen är he")
    _sql(home, "UPDATE audit_event SET reason = 'x' WHERE action = 'log_in'")
    wrong = run_pasis("audit", "verify", home=home)
    assert wrong.returncode == 1
    assert "är ändrad" in wrong.stdout
    _sql(home, "UPDATE audit_event SET reason = '' WHERE action = 'log_in'")
    _sql(home, "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
    assert run_pasis("audit", "verify", home=home).returncode == 0  # unseen without a head
    cut = run_pasis("audit", "verify", "--head", str(head), home=home)
    assert cut.returncode == 1
    assert "borttagna: huvudet huvud har sett" in cut.stdout


def test_a_spoilt_head_is_refused(home: Path) -> None:
    head = home / "huvud"
    run_pasis("audit", "head", str(head), home=home)
    whole = head.read_text()
    for spoilt in (
        whole[:-9],
        whole.replace("made 2", "made 3"),
        "",
        "något annat ÅÄÖ",
        "\x00\x1b",
    ):
        head.write_text(spoilt)
        told = run_pasis("audit", "verify", "--head", str(head), home=home)
        assert told.returncode == 2, spoilt
        assert told.stderr.startswith("pasis: ")
        assert "Traceback" not in told.stderr
    assert run_pasis("audit", "verify", "--head", str(home), home=home).returncode == 2


def test_the_trainer_looks_and_reviews_in_lg(home: Path) -> None:
    with logged_in(home) as at:
        at.type(F2, f"40 {VERA}", ENTER)
        at.expect("Ny (Alt+N)")
    with at_login(home) as at:
        at.type(ctrl("u"), "lenlek", TAB, ctrl("u"), "ovning", TAB, ENTER)
        at.expect("Menyval")
        at.type(F2, "lg", ENTER)
        at.expect("senaste veckan")
        at.type(alt("k"))
        at.expect("Testsson, Vera", "Inloggning")
        at.type(ENTER)
        at.expect("Loggens rad")
        at.type(ENTER)
        at.type(alt("t"))
        at.expect("återstår")
        at.type(alt("a"))
        at.expect("Vad är avvikelsen")
        at.type("ingen vårdrelation", ENTER)
        at.expect("AVVIKELSE")
        at.type(alt("n"))
        at.expect("Utan anmärkn")
        at.type(alt("o"))
        at.expect("STICKPROV AV ÅTKOMSTLOGGEN")
        at.type(ENTER)
        at.expect("Skrivet till fil")


def test_an_extract_of_a_protected_patient_takes_a_reason(home: Path) -> None:
    ((number,),) = ask(home, "SELECT identity_number FROM patient WHERE protected LIMIT 1")
    extract = ("audit", "extract", number, "--user", "LENLEK", "--unit", "PSMA01")
    refused = run_pasis(*extract, home=home, typed="ovning\n")
    assert refused.returncode == 1
    assert "--protected-reason" in refused.stderr
    shown = run_pasis(*extract, "--protected-reason", "begärt", home=home, typed="ovning\n")
    assert shown.returncode == 0, shown.stderr
    assert "UTDRAG UR ÅTKOMSTLOGGEN" in shown.stdout
    assert ask(home, "SELECT count(*) FROM audit_event WHERE reason LIKE '%begärt%'") == [(1,)]
