"""A key is the same key whatever terminal sends it, with Caps Lock on too; what a terminal answers
late, whole or in pieces, is nobody's typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.terminal.key_forms import KeyForms
from tests.flows.practice import ask, logged_in
from tests.terminal import ENTER, F2, Terminal

ESC = "\x1b"
VERA = "9307142381"
# What xterm sends; each terminal's own form of it follows.
XTERM = {
    "F1": "\x1bOP",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F10": "\x1b[21~",
    "Home": "\x1b[H",
    "End": "\x1b[F",
    "Tab": "\t",
    "Enter": "\r",
    "Esc": ESC,
    "Back": "\x7f",
}
PUTTY = {"F1": "\x1b[11~", "F2": "\x1b[12~", "F3": "\x1b[13~", "F4": "\x1b[14~"}
PUTTY |= {"Home": "\x1b[1~", "End": "\x1b[4~"}
CONSOLE = {"F1": "\x1b[[A", "F2": "\x1b[[B", "F3": "\x1b[[C", "F4": "\x1b[[D"}
CONSOLE |= {"Home": "\x1b[1~", "End": "\x1b[4~"}
RXVT = PUTTY | {"Home": "\x1b[7~", "End": "\x1b[8~"}
KITTY = {
    **{"F1": "\x1b[P", "F2": "\x1b[Q", "F3": "\x1b[13~", "F4": "\x1b[S", "F10": "\x1b[21~"},
    **{"Tab": "\x1b[9u", "Enter": "\x1b[13u", "Esc": "\x1b[27u", "Back": "\x1b[127u"},
}


def plain(letter: str) -> str:
    return letter


def kitty(letter: str) -> str:
    shift = ";2" if letter.isupper() else ";"
    return f"\x1b[{ord(letter.lower())}{shift};{ord(letter)}u"


def kitty_caps(letter: str) -> str:
    return f"\x1b[{ord(letter.lower())};65;{ord(letter.upper())}u"


def other_keys(letter: str) -> str:
    return f"\x1b[27;2;{ord(letter)}~" if letter.isupper() else letter


TERMINALS: dict[str, tuple[dict[str, str], Callable[[str], str], Callable[[str], str]]] = {
    "xterm": ({}, plain, lambda a: ESC + a),
    "xterm caps": ({}, str.upper, lambda a: ESC + a.upper()),
    "modifyOtherKeys": ({}, other_keys, lambda a: f"\x1b[27;3;{ord(a)}~"),
    "modifyOtherKeys caps": ({}, str.upper, lambda a: f"\x1b[27;3;{ord(a.upper())}~"),
    "modifyOtherKeys shift": ({}, other_keys, lambda a: f"\x1b[27;4;{ord(a.upper())}~"),
    "formatOtherKeys": ({}, plain, lambda a: f"\x1b[{ord(a)};3u"),
    "PuTTY": (PUTTY, plain, lambda a: ESC + a),
    "PuTTY caps": (PUTTY, str.upper, lambda a: ESC + a.upper()),
    "Linux console": (CONSOLE, plain, lambda a: ESC + a),
    "rxvt": (RXVT, plain, lambda a: ESC + a),
    "kitty": (KITTY, kitty, lambda a: f"\x1b[{ord(a)};3u"),
    "kitty caps": (KITTY, kitty_caps, lambda a: f"\x1b[{ord(a)};67u"),
    "kitty shift": (KITTY, kitty, lambda a: f"\x1b[{ord(a)};4u"),
}


class Typist:
    """Types on one terminal's keyboard."""

    def __init__(self, opened: Terminal, name: str) -> None:
        self.opened = opened
        own, self._letter, self._alt = TERMINALS[name]
        self._keys = XTERM | own

    def type(self, *keys: str) -> None:
        """Each is a key's name, Alt+letter, or text."""
        self.opened.type(*map(self._form, keys))

    def _form(self, key: str) -> str:
        if key in self._keys:
            return self._keys[key]
        if key.startswith("Alt+"):
            return self._alt(key[4:])
        return "".join(self._letter(c) if c.isalpha() else c for c in key)


@pytest.mark.parametrize("name", list(TERMINALS))
def test_the_same_flow_on_every_keyboard(home: Path, name: str) -> None:
    with logged_in(home) as opened:
        hands = Typist(opened, name)
        hands.type("F1")
        opened.expect("Hjälp", "TANGENTER")
        hands.type("Esc")
        opened.expect_gone("TANGENTER")
        hands.type("F2", f"40 {VERA}", "Enter")
        opened.expect("Testsson, Vera", "Ny (Alt+N)")
        hands.type("Alt+n", "kbt", "Tab", "i", "Alt+l", "1", "Tab")
        opened.expect("Nyuppläggning", "Primärvård")
        hands.type("vcbj01x", "Back", "Home", "End", "F4")
        opened.expect("Esc ångrar")
        hands.type("F3")
        opened.expect_gone("Esc ångrar")
        hands.type("Tab", "i", "Tab", "annlin", "Tab", "i", "Alt+s")
        opened.expect("Sparat: vårdåtagande")
        hands.type("F2", "14", "Enter")
        opened.expect("014 Personuppgifter", "Läst.")
        hands.type("Alt+m")
        opened.expect("Skriv bildens nummer")


@pytest.mark.parametrize("letter", "XZLHVGJDSMRNP")
def test_caps_lock_and_alt_is_the_same_command(letter: str) -> None:
    forms = KeyForms()
    for sequence in (ESC + letter, f"\x1b[27;4;{ord(letter)}~", f"\x1b[{ord(letter)};68u"):
        keys = forms.feed(sequence) or forms.silence()
        assert keys == f"\x1b[{ord(letter.lower())};3u"


def test_alt_p_with_caps_lock_presses_its_button(home: Path) -> None:
    with logged_in(home) as opened:
        opened.type(F2, "48 9109122383", ENTER, ENTER)
        opened.expect("Formulär för vårdåtagande")
        opened.type(ESC + "P")
        opened.expect("048 Uppföljning")


ANSWERS = (
    "\x1b]11;rgb:0c0c/0c0c/0c0c\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]4;1;rgb:cd/00/00\x1b\\",
    "\x1b[?62;1;4;22c",
    "\x1b[?6c",
    "\x1b[>41;370;0c",
    "\x1b[=0;1c",
    "\x1b[0n",
    "\x1b[24;80R",
    "\x1b[?24;80;1R",
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1bP!|00000000\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b[?2026;2$y",
    "\x1b[?2048;0$y",
    "\x1b[4;1$y",
    "\x1b[?1u",
    "\x1b[8;24;80t",
    "\x1b[4;600;800t",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[?997;1n",
)


def test_what_a_terminal_answers_is_not_typed(home: Path) -> None:
    with logged_in(home) as opened:
        opened.type(F2, f"14 {VERA}", ENTER)
        opened.expect("Läst.").type("\x15Bj")
        for answer in ANSWERS:
            opened.type(answer)
        for answer in ANSWERS:  # and in two reads, the second when the first was taken
            middle = len(answer) // 2
            if middle > 2:
                opened.type(answer[:middle])
                opened.pump(0.02)
                opened.type(answer[middle:])
        opened.type("ork", "\x1b[21~")
        opened.expect("Sparat: 19930714-2381 Bjork, Vera.")
    assert ask(home, "SELECT family_name FROM patient WHERE family_name LIKE 'Bj%'") == [("Bjork",)]


@given(st.sampled_from(ANSWERS), st.data())
def test_an_answer_cut_anywhere_says_nothing(answer: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(answer) - 1))
    forms = KeyForms()
    whole = KeyForms().feed(answer)
    assert forms.feed("a" + answer[:cut]) + forms.feed(answer[cut:] + "b") == f"a{whole}b"


_KEYS = ("\x1b[15~", "\x1b[24;3~", "\x1b[1;5A", "\x1b[Z", "\x1b[27;1u", "\x1b[M !!", "\x1b[[A")


@given(st.sampled_from([*ANSWERS, *_KEYS]), st.integers(1, 9), st.data())
def test_what_a_slow_line_brings_in_pieces_is_the_same(
    sequence: str, silences: int, data: st.DataObject
) -> None:
    """From its second character, or its sixth, on it is nothing that a hand types."""
    cut = data.draw(st.integers(min(2, len(sequence) - 1), len(sequence) - 1))
    forms = KeyForms()
    whole = KeyForms().feed(sequence)
    seen = forms.feed("a" + sequence[:cut])
    if sequence[1] == "[" or cut > 5:
        seen += "".join(forms.silence() for _ in range(silences))
    assert seen + forms.feed(sequence[cut:] + "b") == f"a{whole}b"


@given(st.lists(st.text(st.sampled_from("\x1b[]OPM?>;:~u0123457aA\x07\\$<_ é\r")), max_size=8))
def test_nothing_that_is_sent_ends_the_reading(chunks: Iterable[str]) -> None:
    from textual._xterm_parser import XTermParser

    forms, parser = KeyForms(), XTermParser()
    for chunk in chunks:
        if keys := forms.feed(chunk):
            list(parser.feed(keys))
    for _ in range(20):
        if keys := forms.silence():
            list(parser.feed(keys))
    assert forms.held == ""
