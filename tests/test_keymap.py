"""A user's own keys: taken when they can work, refused in words when they cannot."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from pasis_tui.commands import COMMANDS
from pasis_tui.display.display_files import displays
from pasis_tui.display.keymap import Keymap, load_keymap
from pasis_tui.validation.toml_files import BadFile


def refusal(changes: dict[str, str | list[str]]) -> str:
    with pytest.raises(BadFile) as caught:
        Keymap(changes)
    assert str(caught.value) == " ".join(caught.value.problems)
    return str(caught.value)


def written(folder: Path, text: str) -> Path:
    path = folder / "keymap.toml"
    path.write_text(text, encoding="utf-8")
    return path


# --- what works -----------------------------------------------------------------------------


def test_without_changes_every_command_has_its_own_keys() -> None:
    keymap = Keymap()
    for command in COMMANDS:
        assert keymap.keys(command.name) == command.keys
        for key in command.keys:
            assert keymap.command(key) == command.name
    assert keymap.command("a") is None
    assert keymap.command("enter") is None


def test_a_changed_key_does_the_command_and_the_old_one_does_not() -> None:
    keymap = Keymap({"save": "ctrl+s"})
    assert keymap.command("ctrl+s") == "save"
    assert keymap.command("f10") is None
    assert keymap.key_text("save") == "Ctrl+S"
    assert ("Ctrl+S", "Spara") in keymap.legend()


def test_several_keys_and_capitals() -> None:
    keymap = Keymap({"save": ["F10", "Ctrl+S"]})
    assert keymap.keys("save") == ("f10", "ctrl+s")


def test_two_commands_can_trade_keys() -> None:
    keymap = Keymap({"help": ["f2"], "quick": ["f1"]})
    assert (keymap.command("f2"), keymap.command("f1")) == ("help", "quick")


def test_a_command_without_keys_leaves_the_legend() -> None:
    keymap = Keymap({"next": []})
    assert keymap.key_text("next") == ""
    assert "Nästa" not in [word for _, word in keymap.legend()]


# --- what is refused ------------------------------------------------------------------------


def test_a_clash_names_the_key_and_both_commands() -> None:
    text = refusal({"save": "f1"})
    assert "F1 är given både till ”Hjälp” (help) och ”Spara” (save)" in text


def test_every_clash_is_named() -> None:
    text = refusal({"save": ["f1", "f2"], "menu": "f4"})
    assert all(word in text for word in ("F1", "F2", "F4", "Snabbval", "Lista", "Menyval"))


def test_an_unknown_command_is_named_with_those_there_are() -> None:
    text = refusal({"spara": "f11"})
    assert "”spara” är inget kommando" in text
    assert all(command.name in text for command in COMMANDS)


@pytest.mark.parametrize("key", [*string.ascii_letters, *"åäöÅÄÖ0123456789", "shift+a"])
def test_letters_and_digits_are_text(key: str) -> None:
    assert "bokstäver och siffror är text i fälten" in refusal({"save": key})


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ctrl+i", "tabb"),
        ("ctrl+m", "Enter"),
        ("ctrl+j", "Enter"),
        ("ctrl+h", "backsteg"),
        ("ctrl+a", "redigering"),
        ("ctrl+w", "redigering"),
        ("ctrl+c", "kopierar"),
        ("alt+1", "terminaler"),
        ("shift+f3", "terminaler"),
        ("ctrl+f3", "terminaler"),
    ],
)
def test_keys_that_belong_to_others_are_refused(key: str, why: str) -> None:
    text = refusal({"save": key})
    assert why in text
    assert "”save”" in text


@pytest.mark.parametrize(
    "key", ["enter", "tab", "space", "f13", "f99", "alt+ctrl+x", "", "hej", "+", "\x1b"]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    assert "går inte" in refusal({"save": key}) or "ingen tangent" in refusal({"save": key})


def test_the_letter_of_a_button_is_refused_by_the_buttons_name() -> None:
    text = refusal({"save": "alt+k"})
    assert "Alt+K" in text
    named = [
        f"”{button.label}” i {shown.title}"
        for shown in displays().values()
        for form in shown.formats
        for button in form.buttons
        if button.letter == "k"
    ]
    assert any(name in text for name in named)
    assert "Spara" in text


# --- the file -------------------------------------------------------------------------------


def test_no_file_means_the_programs_own_keys(tmp_path: Path) -> None:
    assert load_keymap(tmp_path / "keymap.toml").command("f1") == "help"


@pytest.mark.parametrize("head", ["", "[keys]\n"])
def test_the_file_is_read(tmp_path: Path, head: str) -> None:
    keymap = load_keymap(written(tmp_path, f'{head}save = ["f11", "ctrl+s"]\n'))
    assert keymap.keys("save") == ("f11", "ctrl+s")


def test_broken_toml_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"keymap\.toml kan inte läsas"):
        load_keymap(written(tmp_path, "save = [f11"))


def test_bytes_that_are_no_text_are_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "keymap.toml"
    path.write_bytes(b'save = "\xff\xfe"')
    with pytest.raises(BadFile, match=r"keymap\.toml kan inte läsas"):
        load_keymap(path)


def test_a_folder_in_the_files_place_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").mkdir()
    with pytest.raises(BadFile, match=r"keymap\.toml kan inte läsas"):
        load_keymap(tmp_path / "keymap.toml")


def test_keys_that_are_no_table_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="keys"):
        load_keymap(written(tmp_path, 'keys = "f11"\n'))


def test_the_key_of_exercises_gives_way_to_a_keymap_of_ones_own() -> None:
    keymap = Keymap({"help": "ctrl+o"})
    assert keymap.command("ctrl+o") == "help"
    assert keymap.keys("exercise") == ("alt+w",)
    with pytest.raises(BadFile, match="given både till"):
        Keymap({"help": "ctrl+o", "exercise": "ctrl+o"})


def test_only_the_browsers_key_of_quit_gives_way() -> None:
    keymap = Keymap({"help": "alt+q"})
    assert keymap.command("alt+q") == "help"
    assert keymap.keys("quit") == ("ctrl+q",)
    with pytest.raises(BadFile, match="given både till"):
        Keymap({"help": "ctrl+q"})
