"""KVÅ codes taken back to 184 did not count as unsaved: F3 left without a question, and a kill lost
them.  They belong to what is typed in 184: asked about, saved, kept and set against another's."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import at_login, logged_in, until
from tests.flows.test_drafts import BACK, MANY, OFFER, drafts, written
from tests.terminal import ENTER, ESC, F2, F3, F10, TAB, Terminal, alt, ctrl

CODES = "SELECT count(*) FROM procedure_code WHERE code = 'ZV020'"


def carried(hands: Terminal) -> None:
    """Type a code in KVÅ/operationer and take it back to 184."""
    hands.type(F2, f"184 {MANY}", ENTER)
    hands.expect("184 Medicinsk registrering", "Huvuddiagnos").type(alt("k"))
    hands.expect("184 KVÅ/operationer").type(TAB, "zv020", F3)
    hands.expect("184 Medicinsk registrering", "ZV020 Användande")


def asked(annika: Clerk) -> Clerk:
    carried(annika.terminal)
    return annika.type(F3).sees("Osparade uppgifter")


def test_f3_asks_and_each_answer_does_what_it_says(home: Path) -> None:
    with clerk(home) as annika:
        before = annika.rows(CODES)
        asked(annika).type(ESC)
        annika.terminal.expect_gone("Osparade uppgifter")
        annika.sees("ZV020 Användande").type(F3).sees("Osparade uppgifter").type("k")
        annika.sees("Skriv bildens nummer")
        assert annika.rows(CODES) == before
        annika.until(lambda: drafts(home) == [], "no draft left")
        annika.go(f"184 {MANY}", "184 Medicinsk registrering")
        annika.terminal.expect_gone("ZV020")
        asked(annika).type(F10).sees("Skriv bildens nummer")
        assert annika.rows(CODES) == [(before[0][0] + 1,)]
        annika.until(lambda: drafts(home) == [], "no draft left")


def test_a_kill_in_184_keeps_them(home: Path) -> None:
    with logged_in(home) as hands:
        carried(hands)
        until(hands, lambda: written(home, "ZV020"), "a draft on disk")
        hands.kill()
    with at_login(home) as hands:
        hands.type(ENTER)
        hands.expect(OFFER, "184 Medicinsk registrering").type(ENTER)
        hands.expect("184 Medicinsk registrering", BACK, "ZV020 Användande").type(alt("k"))
        hands.expect("184 KVÅ/operationer", "ZV020").type(F3)
        hands.expect("184 Medicinsk registrering", "ZV020 Användande").type(F10)
        hands.expect("Sparat: medicinsk registrering", "ZV020")
        until(hands, lambda: drafts(home) == [], "no draft left")


def test_anothers_codes_are_told_and_f10_in_the_question_saves_and_leaves(home: Path) -> None:
    """Both changed the second code: it is told, asked about, and saved by the answer."""
    theirs = "SELECT count(*) FROM procedure_code WHERE code = 'ZV051'"
    with clerk(home) as annika:
        carried(annika.terminal)
        annika.until(lambda: written(home, "ZV020"), "a draft on disk")
        annika.terminal.kill()
    kept = home / "drafts"
    kept.rename(home / "undan")
    with clerk(home) as bo:
        bo.go(f"184 {MANY}", "184 Medicinsk registrering").type(alt("k"))
        bo.sees("184 KVÅ/operationer").type(TAB, ctrl("u"), "zv051", F10).sees("Sparat:", "ZV051")
        before = bo.rows(theirs)
    if kept.exists():
        kept.rmdir()
    (home / "undan").rename(kept)
    with at_login(home) as hands:
        annika = Clerk(hands, home)
        annika.type(ENTER).sees(OFFER).type(ENTER).sees("184 Medicinsk registrering", BACK)
        said = "Kod 2: sparat ZV051, i utkastet ZV020"
        annika.until(lambda: said in " ".join(hands.message.split()), said)
        annika.type(F3).sees("Osparade uppgifter").type(F10).sees("Sparat av annan", "ZV051")
        annika.type(ESC)
        hands.expect_gone("Sparat av annan")
        annika.sees("184 Medicinsk registrering", "ZV020")
        assert annika.rows(theirs) == before
        annika.type(F3).sees("Osparade uppgifter").type(F10).sees("Sparat av annan").type("m")
        annika.sees("Skriv bildens nummer")
        assert annika.rows(theirs) == [(before[0][0] - 1,)]
        assert annika.rows(CODES)[0][0] > 0
