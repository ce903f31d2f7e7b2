"""Editing one line, as people expect it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pasis_tui.widgets.cells import visible
from pasis_tui.widgets.editor_drawing import caret_cell
from pasis_tui.widgets.line_editor import LineEditor, printable

# What a reader sees as one character: with marks, a selector, a joiner, and a wide one.
WHOLE = ["x\u0323\u0301", "❤\ufe0f", "👩\u200d", "漢"]


def editor(marked: str, limit: int = 50, *, upper: bool = False) -> LineEditor:
    """An editor whose cursor stands where | is in *marked*."""
    before, _, after = marked.partition("|")
    made = LineEditor(before + after, limit, upper=upper)
    made.cursor = len(before)
    return made


def marked(line: LineEditor) -> str:
    return f"{line.text[: line.cursor]}|{line.text[line.cursor :]}"


def typed(line: LineEditor, *keys: str) -> LineEditor:
    """Press keys by name; one character is typed as itself."""
    for key in keys:
        line.press(key, key if len(key) == 1 else None)
    return line


# --- inserting and overwriting --------------------------------------------------------------


def test_typing_goes_in_at_the_cursor() -> None:
    assert marked(typed(editor("Te|son"), "s", "t", "s")) == "Tests|son"


def test_insert_key_overwrites_until_pressed_again() -> None:
    line = typed(editor("|abcd"), "insert", "X", "Y")
    assert marked(line) == "XY|cd"
    assert marked(typed(line, "insert", "Z")) == "XYZ|cd"


def test_overwriting_at_the_end_adds() -> None:
    assert marked(typed(editor("ab|"), "insert", "c")) == "abc|"


def test_swedish_letters_and_space_are_text() -> None:
    assert marked(typed(editor("|"), "Å", "s", "a", " ", "Ö")) == "Åsa Ö|"


def test_monocase_raises_letters_as_they_are_typed() -> None:
    assert marked(typed(editor("|", upper=True), "f", "4", "1", "å", "é")) == "F41ÅÉ|"


def test_typing_replaces_the_selection() -> None:
    line = LineEditor("Vera")
    line.select_all()
    assert marked(typed(line, "B")) == "B|"


def test_selecting_an_empty_text_selects_nothing() -> None:
    line = LineEditor("")
    line.select_all()
    assert line.selected == ""


# --- a full field ---------------------------------------------------------------------------


def test_a_full_field_refuses_and_says_so() -> None:
    line = editor("123|", limit=3)
    assert line.press("4", "4") is False
    assert marked(line) == "123|"


def test_a_paste_that_does_not_fit_is_not_cut() -> None:
    line = editor("12|", limit=4)
    assert line.insert("345") is False
    assert marked(line) == "12|"


def test_a_full_field_takes_what_replaces_a_selection() -> None:
    line = LineEditor("123", 3)
    line.select_all()
    assert line.press("9", "9") is True
    assert line.text == "9"


def test_a_full_field_is_overwritten() -> None:
    line = typed(editor("|123", limit=3), "insert", "9")
    assert marked(line) == "9|23"


def test_raising_a_letter_that_becomes_two_counts_both() -> None:
    line = editor("12|", limit=3, upper=True)
    assert line.press("ß", "ß") is False
    assert line.text == "12"


# --- moving ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        ("ab|cd", "left", "a|bcd"),
        ("ab|cd", "right", "abc|d"),
        ("|abcd", "left", "|abcd"),
        ("abcd|", "right", "abcd|"),
        ("ab|cd", "ctrl+b", "a|bcd"),
        ("ab|cd", "ctrl+f", "abc|d"),
        ("ab|cd", "home", "|abcd"),
        ("ab|cd", "ctrl+a", "|abcd"),
        ("ab|cd", "end", "abcd|"),
        ("ab|cd", "ctrl+e", "abcd|"),
        ("ett två tre|", "ctrl+left", "ett två |tre"),
        ("ett två |tre", "ctrl+left", "ett |två tre"),
        ("ett  |två", "ctrl+left", "|ett  två"),
        ("|ett två", "ctrl+right", "ett| två"),
        ("ett| två", "ctrl+right", "ett två|"),
        ("930714-|2381", "ctrl+left", "|930714-2381"),
    ],
)
def test_moves(start: str, key: str, end: str) -> None:
    assert marked(typed(editor(start), key)) == end


def test_arrows_leave_a_selection_at_its_ends() -> None:
    line = LineEditor("Vera")
    line.select_all()
    assert marked(typed(line, "left")) == "|Vera"
    line.select_all()
    assert marked(typed(line, "right")) == "Vera|"


# --- deleting -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        ("ab|cd", "backspace", "a|cd"),
        ("|abcd", "backspace", "|abcd"),
        ("ab|cd", "delete", "ab|d"),
        ("abcd|", "delete", "abcd|"),
        ("ab|cd", "ctrl+d", "ab|d"),
        ("ab|cd", "ctrl+k", "ab|"),
        ("ab|cd", "ctrl+u", "|cd"),
        ("ett två tr|e", "ctrl+w", "ett två |e"),
        ("ett två |tre", "ctrl+w", "ett |tre"),
    ],
)
def test_deletes(start: str, key: str, end: str) -> None:
    assert marked(typed(editor(start), key)) == end


@pytest.mark.parametrize("key", ["backspace", "delete", "ctrl+d", "ctrl+k", "ctrl+u", "ctrl+w"])
def test_every_deletion_takes_the_selection_alone(key: str) -> None:
    line = typed(editor("a|bcd"), "shift+right", "shift+right")
    assert line.selected == "bc"
    assert marked(typed(line, key)) == "a|d"


# --- selecting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "keys", "selected"),
    [
        ("ab|cd", ["shift+left"], "b"),
        ("ab|cd", ["shift+right", "shift+right"], "cd"),
        ("ab|cd", ["shift+home"], "ab"),
        ("ab|cd", ["shift+end"], "cd"),
        ("ab|cd", ["shift+left", "shift+right"], ""),
        ("ab|cd", ["shift+end", "end"], ""),
        ("|abcd", ["shift+left"], ""),
    ],
)
def test_selects(start: str, keys: list[str], selected: str) -> None:
    assert typed(editor(start), *keys).selected == selected


def test_a_key_that_means_nothing_is_left_to_others() -> None:
    line = editor("ab|")
    assert line.press("f5", None) is None
    assert line.press("tab", "\t") is None
    assert line.press("enter", "\r") is None
    assert marked(line) == "ab|"


# --- what may not come in -------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800"],
)
def test_control_characters_and_bidi_overrides_never_come_in(bad: str) -> None:
    line = editor("|")
    line.press("x", bad)
    line.insert(f"a{bad}b")
    assert line.text == "ab"


def test_an_escape_sequence_loses_its_escape() -> None:
    line = editor("|")
    line.insert("\x1b[31mröd\x1b]0;titel\x07")
    assert line.text == "[31mröd]0;titel"


def test_a_line_break_in_a_paste_parts_words() -> None:
    line = editor("|")
    line.insert("Storgatan 1\r\n222 22\tLund")
    assert line.text == "Storgatan 1 222 22 Lund"


def test_a_paste_of_nothing_readable_leaves_the_selection() -> None:
    line = LineEditor("Vera")
    line.select_all()
    assert line.insert("\x00\x1b")
    assert line.text == "Vera"


def test_letters_in_two_parts_become_one() -> None:
    line = editor("|")
    line.insert("A\u030asa O\u0308berg")
    assert line.text == "Åsa Öberg"


def test_a_hard_space_is_a_space() -> None:
    line = editor("|")
    line.insert("222\u00a022")
    assert line.text == "222 22"


# --- characters of more than one code point -------------------------------------------------


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("there", "back"), [("right", "left"), ("ctrl+f", "ctrl+b")])
def test_the_cursor_steps_over_a_whole_character(whole: str, there: str, back: str) -> None:
    line = editor(f"a|{whole}b")
    assert marked(typed(line, there)) == f"a{whole}|b"
    assert caret_cell(line, 80) == 1 + cell_len(visible(whole))
    assert marked(typed(line, back)) == f"a|{whole}b"


@pytest.mark.parametrize("whole", WHOLE)
def test_a_whole_character_is_selected(whole: str) -> None:
    assert typed(editor(f"a|{whole}b"), "shift+right").selected == whole
    assert typed(editor(f"a{whole}|b"), "shift+left").selected == whole


@pytest.mark.parametrize("whole", WHOLE)
def test_a_whole_character_is_deleted(whole: str) -> None:
    assert marked(typed(editor(f"a{whole}|b"), "backspace")) == "a|b"
    assert marked(typed(editor(f"a|{whole}b"), "delete")) == "a|b"


KEYS = [
    *("left", "right", "home", "end", "ctrl+left", "ctrl+right", "shift+left", "shift+right"),
    *("shift+home", "shift+end", "backspace", "delete", "ctrl+k", "ctrl+u", "ctrl+w", "insert"),
    *"aÅß 漢",
    *("e\u0301", "\u0301", "\u200d", "👩", "\ufe0f", "\U0001f1f8", "א"),
]


@given(
    st.lists(st.one_of(st.sampled_from(KEYS), st.characters()), max_size=40),
    st.integers(0, 12),
    st.booleans(),
)
def test_whatever_is_pressed_the_line_stays_whole(keys: list[str], limit: int, upper: bool) -> None:
    line = LineEditor("", limit, upper=upper)
    for key in keys:
        named = key in KEYS and len(key) > 2 and key.isascii()
        before = line.text
        done = line.press(key, None if named else key)
        assert len(line.text) <= limit
        assert 0 <= line.cursor <= len(line.text)
        start, end = line.selection
        assert 0 <= start <= end <= len(line.text)
        assert printable(line.text) == line.text
        assert 0 <= caret_cell(line, 80) <= cell_len(visible(line.text))
        if done is not True:
            assert line.text == before
        assert not upper or line.text == line.text.upper()
