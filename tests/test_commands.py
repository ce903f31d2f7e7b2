"""The key table is the one of the screens' contract."""

from __future__ import annotations

from pasis_tui.commands import BY_NAME, COMMANDS, RESERVED_LETTERS, key_text
from pasis_tui.keymap import Keymap

TABLE = {  # screens.md, Keys
    "help": ("f1", "alt+h"),
    "quick": ("f2", "alt+x"),
    "back": ("f3", "escape"),
    "values": ("f4", "alt+z"),
    "read": ("f5", "alt+l"),
    "clear": ("alt+r",),
    "favourites": ("f6", "alt+v"),
    "mark": ("f7", "alt+g"),
    "next": ("f8", "alt+j"),
    "dup": ("f9", "alt+d"),
    "save": ("f10", "alt+s"),
    "menu": ("f12", "alt+m"),
    "quit": ("ctrl+q",),
}


def test_the_keys_are_the_published_ones() -> None:
    assert {c.name: c.keys for c in COMMANDS} == TABLE
    assert BY_NAME.keys() == TABLE.keys()


def test_no_key_does_two_things() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def test_reserved_letters_are_those_of_the_table() -> None:
    letters = {k[4:] for c in COMMANDS for k in c.keys if k.startswith("alt+")}
    assert letters == RESERVED_LETTERS


def test_every_command_says_what_it_does() -> None:
    for command in COMMANDS:
        assert command.legend
        assert command.help.endswith(".")


def test_legend_is_the_published_one_and_fits_80_columns() -> None:
    line = " ".join(f"{key} {word}" for key, word in Keymap().legend())
    assert line == ("F1 Hjälp F2 Snabbval F3 Tillbaka F4 Lista F6 Favoriter F8 Nästa F10 Spara")
    assert len(line) <= 80


def test_keys_are_written_as_on_the_keyboard() -> None:
    shown = [key_text(key) for key in ("f1", "alt+h", "escape", "ctrl+q", "shift+f2")]
    assert shown == ["F1", "Alt+H", "Esc", "Ctrl+Q", "Shift+F2"]
