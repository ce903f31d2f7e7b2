"""Protected identities in 048, AG and KL: asked for with a reason, marked in words, logged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.flows.practice import NAME, ask, logged_in
from tests.terminal import BACKTAB, ENTER, ESC, F2, F10, TAB, alt, ctrl

WHY = "Inventering"
MARK = "SKYDDAD"
BANNER = "SKYDDADE PERSONUPPGIFTER"


def hidden(home: Path) -> set[str]:
    """The numbers of the unit's patients with protected identity, as screens write them."""
    rows = ask(
        home,
        "SELECT DISTINCT p.identity_number FROM patient p JOIN care_commitment c"
        " ON c.patient_id = p.id JOIN unit u ON u.id = c.unit_id"
        " WHERE p.protected AND u.code = 'PSMA01'",
    )
    return {f"{number[:-4]}-{number[-4:]}" for (number,) in rows}


def logged(home: Path) -> set[tuple[str, str, bool]]:
    return set(
        ask(
            home,
            "SELECT screen, action, patient_id IS NOT NULL FROM audit_event WHERE reason LIKE ?",
            f"%{WHY}%",
        )
    )


def test_048_asks_why_and_marks_them_for_that_listing_only(home: Path) -> None:
    numbers = hidden(home)
    with logged_in(home) as clerk:
        clerk.type(F2, "48", ENTER)
        clerk.expect("Enter visar formulären").type(TAB, TAB, TAB, "s", ENTER)
        clerk.expect("Skyddade personuppgifter", "Orsak").type(ENTER)
        clerk.expect("får inte vara tom").type(ESC)
        clerk.expect_gone("får inte vara tom")
        assert MARK not in clerk.text()
        assert logged(home) == set()
        clerk.type(ENTER, WHY, ENTER)
        clerk.expect(MARK, "orsaken är loggad")
        body = clerk.text().splitlines()[:-3]  # the rule below tells the marked row again
        assert {row[2:15] for row in body if MARK in row} == numbers
        assert logged(home) == {("048", "read", True)}
        clerk.type(ENTER)
        clerk.expect(BANNER, "[Inskrivning").type(alt("r"))
        clerk.expect_gone(BANNER).expect("Pågående", "Skriv ID eller personnummer")
        assert MARK not in clerk.text()


def test_a_whole_number_is_looked_up_with_a_reason_too(home: Path) -> None:
    number = min(hidden(home))
    with logged_in(home) as clerk:
        clerk.type(F2, "48", ENTER)
        clerk.expect("Enter visar formulären").type(BACKTAB, BACKTAB, number, ENTER)
        clerk.expect(BANNER, "Orsak").type(WHY, ENTER)
        clerk.expect("Sökt.", f"{number} {MARK}")
        clerk.type(F2, f"40 {number}", ENTER)
        clerk.expect("040 Vårdåtaganden", BANNER)
    assert logged(home) == {("048", "read", True), ("040", "read", True)}


SEEN = {
    "14": "Listad på", "40": "Ankomst", "48": "Ankomst", "83": "Dia reg", "85": "Besöksdatum",
    "283 1": "Period", "283 2": "Nytt manuellt", "61": "Frikort från",
}  # fmt: skip


def test_every_screen_shows_the_banner_alone_until_somebody_says_why(home: Path) -> None:
    """Nothing is shown or logged as read without a reason, and keys typed ahead are none."""
    number = min(hidden(home))
    ((name, key),) = ask(
        home,
        "SELECT family_name, id FROM patient WHERE identity_number = ?",
        number.replace("-", ""),
    )
    with logged_in(home) as clerk:
        for screen in SEEN:
            clerk.type(F2, f"{screen} {number}", ENTER)
            clerk.expect(BANNER, "Orsak", "Enter godtar")
            assert not clerk.sees(name), screen
            clerk.type(ESC)
            clerk.expect_gone("Enter godtar").expect("PE04")
            assert not clerk.sees(name), screen
        assert ask(
            home,
            "SELECT count(*) FROM audit_event WHERE patient_id = ? AND action = 'read'"
            " AND signature = 'ANNLIN' AND screen <> 'start'",
            key,
        ) == [(0,)]
        clerk.type(F2, f"14 {number}", ENTER, "TYPED AHEAD", ENTER)
        clerk.expect(BANNER, "Orsak", "i förväg")
        clerk.type(WHY, ENTER)
        clerk.expect("Listad på", name)
        for screen, seen in SEEN.items():
            clerk.type(F2, screen, ENTER)
            clerk.expect(seen, BANNER)
    reasons = ask(
        home,
        "SELECT DISTINCT reason FROM audit_event WHERE patient_id = ? AND action = 'read'"
        " AND signature = 'ANNLIN' AND reason LIKE '%" + WHY + "%'",
        key,
    )
    assert reasons == [(WHY,)]


def test_ag_has_a_list_of_theirs(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as database:
        database.execute("UPDATE patient SET protected = 1 WHERE identity_number = '200503082380'")
        database.commit()
    with logged_in(home) as clerk:
        clerk.type(F2, "ag", ENTER)
        clerk.expect("Att vänta", "ersätts inte")
        assert not clerk.sees("20050308-2380")
        clerk.type(alt("k"))
        clerk.expect("Orsak").type(WHY, ENTER)
        clerk.expect("orsaken är loggad", "20050308-2380 Dia reg N 15/08           SKYDDAD, äldre")
        body = clerk.text().splitlines()[:-3]  # the rule below tells the marked row whole
        assert "besöket ersätts inte" not in "".join(body)
        clerk.type(alt("t"))
        clerk.expect_gone("orsaken är loggad").expect_gone(MARK).expect("ersätts inte")
        # The month's end has nothing of theirs; that it was asked for is logged all the same.
        clerk.type(alt("a"))
        clerk.expect("Månadsavslut 2026").type(alt("k"))
        clerk.expect("Orsak").type(WHY, ENTER)
        clerk.expect("Inget för patienter med skyddade personuppgifter.")
    assert logged(home) == {("AG", "read", True), ("AG", "read", False)}


def test_kl_takes_them_in_with_a_reason_and_hp_says_so(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, "kl", ENTER)
        clerk.expect("Skyddade", "Orsak").type("f", TAB, "j", F10)
        clerk.expect("PE04", "Orsak saknas").type(WHY, F10)
        clerk.expect("Beställd.").expect("Listan är klar: SKYDDADE Fakturerade")
        clerk.type(alt("b"))
        clerk.expect("Listan är klar: Fakturerade").type(alt("f"))
        clerk.expect("HP Hämta filer", "SKYDDADE Fakturerade")
        assert logged(home) == {("KL", "create", False), ("KL", "read", False)}


def test_048_says_that_another_units_number_or_id_is_not_here(home: Path) -> None:
    ((number, commitment),) = ask(
        home,
        "SELECT p.identity_number, c.id FROM care_commitment c JOIN patient p ON p.id = c.patient_id"
        " JOIN unit u ON u.id = c.unit_id WHERE u.code = 'PSLU02' AND NOT EXISTS (SELECT 1 FROM"
        " care_commitment o WHERE o.patient_id = p.id AND o.unit_id <> c.unit_id) LIMIT 1",
    )
    with logged_in(home) as clerk:
        clerk.type(F2, "48", ENTER)
        clerk.expect("Enter visar formulären").type(TAB, str(commitment), ENTER)
        clerk.expect("SE01", f"Vårdåtagande {commitment} finns inte vid PSMA01")
        clerk.type(ctrl("u"), "999999", ENTER)
        clerk.expect("SE01", "Vårdåtagande 999999 finns inte vid PSMA01")
        assert "Pågående" in clerk.text()
        assert not [
            row for row in clerk.text().splitlines() if row.startswith(("›", "  19", "  20"))
        ]
        clerk.type(ctrl("u"), TAB, number, ENTER)
        clerk.expect("SE01", "Patienten har inget vårdåtagande på PSMA01")
