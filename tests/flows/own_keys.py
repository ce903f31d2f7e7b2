"""A keymap with every command moved to a key that no command has by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pasis_tui.commands import COMMANDS, key_text
from pasis_tui.display.display_files import displays
from tests.terminal import ENTER, F11, alt, ctrl

OWN_KEYMAP = {
    "help": "ctrl+o",
    "quick": "ctrl+g",
    "back": "ctrl+t",
    "values": "ctrl+l",
    "read": "ctrl+r",
    "clear": "ctrl+y",
    "favourites": "ctrl+v",
    "mark": "ctrl+x",
    "next": "ctrl+n",
    "dup": "ctrl+p",
    "save": "f11",
    "menu": "alt+w",
    "quit": "alt+q",
    "exercise": "alt+y",
}

_BUTTONS = {
    f"alt+{b.letter}"
    for shown in displays().values()
    for form in shown.formats
    for b in form.buttons
}
# What the keys of commands are called; the letters that buttons have too, and Esc, which answers a
# dialogue, are keys whatever the keymap says.
_STILL = {"escape", *_BUTTONS, *OWN_KEYMAP.values()}
OLD = [key for c in COMMANDS for key in c.keys if key not in _STILL]
OLD_KEY = re.compile(rf"(?<![\w+])(?:{'|'.join(re.escape(key_text(key)) for key in OLD)})(?![\w-])")


def own_key(command: str) -> str:
    """What a terminal sends for the moved key of *command*."""
    key = OWN_KEYMAP[command]
    if key == "f11":
        return F11
    return (alt if key.startswith("alt+") else ctrl)(key[-1])


def own_go(text: str) -> tuple[str, ...]:
    """Open a screen by Snabbval."""
    return (own_key("quick"), *text, ENTER)


def write_own_keys(home: Path) -> None:
    """Put the keymap in the program's folder *home*."""
    lines = [f"{name} = {json.dumps(key)}\n" for name, key in OWN_KEYMAP.items()]
    (home / "keymap.toml").write_text("".join(lines), encoding="utf-8")
