"""The key table is the one of the screens' contract."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import pasis_tui
from pasis_tui.commands import (
    BY_NAME,
    COMMANDS,
    RESERVED_LETTERS,
    key_names,
    key_of,
    key_text,
    keys_in_text,
)
from pasis_tui.display.display_files import displays
from pasis_tui.display.keymap import Keymap
from pasis_tui.validation.rules import finding, rules, shared_messages

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
    "quit": ("ctrl+q", "alt+q"),  # the second is ours: a browser takes the first
    "exercise": ("ctrl+o", "alt+w"),  # ours: the table knows no exercises
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


# --- keys in texts --------------------------------------------------------------------------------

NAMED = re.compile(r"\{(\w+)\}")


@pytest.fixture
def own_keys() -> Iterator[None]:
    """A keymap of one's own in force, for one test."""
    Keymap({"save": ["f11", "ctrl+s"], "values": "ctrl+l", "next": []}).put_in_force()
    yield
    Keymap().put_in_force()


def test_texts_name_the_first_key_in_force(own_keys: None) -> None:
    assert keys_in_text("Spara ({save}). Välj med {values}.") == "Spara (F11). Välj med Ctrl+L."
    assert (key_of("save"), key_of("read")) == ("F11", "F5")
    assert keys_in_text("{next}") == "ingen tangent"


def test_a_refusal_names_them_too_and_takes_no_value_for_a_template(own_keys: None) -> None:
    typed = "{save} {0} {value}"
    refused = finding("VA02", "problem", date(2026, 11, 24), value=typed)
    assert refused.message == f"Problem ”{typed}” går inte. Ange KBT, IPT eller PDT (Ctrl+L)."


def test_an_unknown_command_in_a_text_is_a_fault() -> None:
    with pytest.raises(KeyError, match="sudo"):
        keys_in_text("Tryck {sudo}.")


def test_the_display_files_and_the_helps_of_rules_name_commands_only() -> None:
    texts = [rule.help for rule in rules().values()]
    for shown in displays().values():
        texts.append(shown.help)
        for form in shown.formats:
            texts += [form.empty, *(f.help for f in form.fields), *(b.help for b in form.buttons)]
    named = [name for text in texts for name in NAMED.findall(text)]
    assert len(named) > 30
    assert set(named) <= BY_NAME.keys()
    assert not [text for text in texts if re.search("[{}]", NAMED.sub("", text))]


def program() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(Path(str(pasis_tui.__file__)).parent.rglob("*.py")):
        yield path.name, ast.parse(path.read_text("utf-8"))


def test_no_check_gives_a_rule_a_value_by_a_commands_name() -> None:
    sentences = [text for rule in rules().values() for text in rule.sentences.values()]
    names = {n for text in (*sentences, *shared_messages().values()) for n in NAMED.findall(text)}
    assert names & key_names().keys() == {"read", "values"}
    for file, tree in program():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {
                "finding",
                "sentence",
            }:
                given = {keyword.arg for keyword in call.keywords}
                assert not given & key_names().keys(), f"{file}:{call.lineno}"


def test_no_text_is_filled_before_the_keymap_is_in_force() -> None:
    """Modules are imported before or after: what is filled in waits for a function's call."""
    for file, tree in program():
        calls = {
            id(node): node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in {"key_of", "keys_in_text", "key_names"}
        }
        for inner in ast.walk(tree):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                body = inner.body if isinstance(inner.body, list) else [inner.body]
                for node in (n for part in body for n in ast.walk(part)):
                    calls.pop(id(node), None)
        assert not calls, f"{file}: {sorted(calls.values())}"
