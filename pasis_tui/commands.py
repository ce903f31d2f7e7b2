"""One Command for each thing that a key does.

Bindings, the legend at the bottom, the help and the README's key table are made from this
table (``make docs``).  No other text knows a key's name: it asks ``key_of``, or is a template that
names keys by command, ``{save}``, for ``keys_in_text`` and for the rules' messages to fill in.

The names are those of the keymap in force.  A process has one keyboard, so it has one keymap:
the program puts its own in force when it starts, and what runs without a screen has the table's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """An act: its two keys in Textual's spelling, its word in the legend and its help."""

    name: str
    keys: tuple[str, ...]
    legend: str
    help: str
    in_legend: bool = False
    before_login: bool = False  # does something where nobody is logged on
    gives_way: tuple[str, ...] = ()  # its keys that a keymap may give to another command


COMMANDS: tuple[Command, ...] = (
    Command(
        "help", ("f1", "alt+h"), "Hjälp", "Hjälp om fältet, meddelandet och bilden.", True, True
    ),
    Command("quick", ("f2", "alt+x"), "Snabbval", "Till Snabbval, varifrån som helst.", True, True),
    Command(
        "back",
        ("f3", "escape"),
        "Tillbaka",
        "Ett steg tillbaka; frågar om något är osparat.",
        True,
        True,
    ),
    Command(
        "values",
        ("f4", "alt+z"),
        "Lista",
        "Fältets lista (<<); i Snabbval alla bilder.",
        True,
        True,
    ),
    Command("read", ("f5", "alt+l"), "Läs", "Läser, eller läser om.", before_login=True),
    Command("clear", ("alt+r",), "Rensa", "Tömmer bilden och släpper patienten."),
    Command("favourites", ("f6", "alt+v"), "Favoriter", "Favoriter; 1–9 öppnar en.", True),
    Command("mark", ("f7", "alt+g"), "Favorit", "Gör bilden till favorit, eller inte längre."),
    Command("next", ("f8", "alt+j"), "Nästa", "Nästa sak som enheten har ogjord.", True),
    Command("dup", ("f9", "alt+d"), "Dup", "Fältets senast sparade värde."),
    Command("save", ("f10", "alt+s"), "Spara", "Sparar.", True, True),
    Command("menu", ("f12", "alt+m"), "Menyval", "Menyval: alla bilder i grupper."),
    Command(
        "exercise",
        ("ctrl+o", "alt+w"),
        "Övning",
        "Övningens berättelse, tips, sparläge, rättning.",
        gives_way=("ctrl+o", "alt+w"),
    ),
    Command(
        "quit",
        ("ctrl+q", "alt+q"),
        "Avsluta",
        "Lämnar programmet; frågar om något är osparat.",
        before_login=True,
        gives_way=("alt+q",),  # there for browsers, which take Ctrl+Q themselves
    ),
)

BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}

RESERVED_LETTERS = frozenset("xzlhvgjdsmrwq")  # never a screen's own Alt letters

_SHOWN = {"escape": "Esc", "alt": "Alt", "ctrl": "Ctrl", "shift": "Shift"}


def key_text(key: str) -> str:
    """Return *key* as a user reads it: ``alt+h`` → ``Alt+H``, ``f1`` → ``F1``."""
    return "+".join(_SHOWN.get(part, part.upper()) for part in key.split("+"))


NO_KEY = "ingen tangent"  # what texts call the key of a command that has none
_REFERENCE = re.compile(r"\{(\w+)\}")
_in_force = {command.name: key_text(command.keys[0]) for command in COMMANDS}


def put_in_force(keys: Mapping[str, str]) -> None:
    """Have texts name each command by its key in *keys*, as a user reads it, "" for none."""
    _in_force.update({name: key or NO_KEY for name, key in keys.items()})


def key_names() -> Mapping[str, str]:
    """Return what texts call each command's key, by the command's name."""
    return _in_force


def key_of(command: str) -> str:
    """Return what texts call the key of *command*: ``F10``.  KeyError for no such command."""
    return _in_force[command]


def keys_in_text(template: str) -> str:
    """Return the program's own *template* with ``{save}`` as the key that saves.

    Never for a text that holds what a user or a record says.  KeyError for no such command.
    """
    return _REFERENCE.sub(lambda reference: _in_force[reference[1]], template)
