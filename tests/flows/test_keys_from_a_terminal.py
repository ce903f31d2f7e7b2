"""Keys as a real terminal sends them: a lone Esc, Alt+letter in a burst, bytes that are no UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

from pasis_tui.terminal.key_forms import KeyForms
from tests.terminal import ENTER, ESC, F2, TAB, alt, ctrl, terminal

LF = "\n"


def test_a_lone_esc_closes_a_dialogue_and_the_next_keys_arrive(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect("Skriv bildens nummer").type(F2, "?", ENTER)
        clerk.expect("Esc ångrar")
        clerk.type(ESC)
        clerk.expect_gone("Esc ångrar")
        clerk.type(F2, ctrl("u"), "14", ENTER)
        clerk.expect("10 siffror i följd").type(ctrl("q"))
        assert clerk.expect_end() == 0


def test_alt_and_a_letter_followed_at_once_by_text(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect("Skriv bildens nummer")
        clerk.type(F2, "40 9307142381", ENTER, alt("n"), "kbt", TAB, "i", alt("l"), "1", TAB)
        clerk.expect("Nyuppläggning", "Primärvård")


def test_a_byte_that_is_no_utf8_does_not_end_the_program(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect("Skriv bildens nummer").type(F2, "14", ENTER)
        clerk.expect("10 siffror i följd")
        os.write(clerk.fd, b"\xe5\xff\x1b[M \xff!")
        clerk.type(F2, ctrl("u"), "48", ENTER)
        clerk.expect("048 Översikt")


def test_a_line_feed_is_enter_wherever_it_is_typed(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.expect("Tryck Enter").type(LF)
        clerk.expect("Skriv bildens nummer").type(F2, "besök", LF)
        clerk.expect("Esc ångrar").type(LF)
        clerk.expect_gone("Esc ångrar").type(F2, ctrl("u"), "40", LF)
        clerk.expect("040 Vårdåtaganden").type("9307142381", LF)
        clerk.expect("Testsson, Vera")


def test_enter_typed_before_the_program_listens_is_not_lost(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.type(ENTER)  # the terminal is not in raw mode yet, and makes it a line feed
        clerk.expect("Skriv bildens nummer")


def test_a_line_feed_in_pasted_text_is_text(tmp_path: Path) -> None:
    with terminal(["--date", "2026-03-02"], tmp_path) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect("Skriv bildens nummer").type(F2, "14 9307142381", ENTER)
        clerk.expect("Läst.").type(ctrl("u"), "\x1b[200~Test\nSson\x1b[201~")
        clerk.expect("Test Sson")


def test_alt_letters_are_made_unambiguous_and_sequences_left_alone() -> None:
    forms = KeyForms()
    assert forms.feed("\x1bnKBT") == "\x1b[110;3uKBT"
    assert forms.feed("\x1bå\x1bN") == "\x1b[229;3u\x1b[110;3u"
    for sequence in ("\x1bOP", "\x1b[21~", "\x1b[A", "\x1b[200~x\x1b[201~"):
        assert forms.feed(sequence) == sequence
    assert forms.feed("\x1b\x1bOQ") == "\x1b[27;1u\x1bOQ"
    assert forms.feed("\x1b") == ""
    assert forms.silence() == "\x1b[27;1u"
