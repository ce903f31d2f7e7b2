"""One Command per act of the keyboard.

Bindings, the legend at the bottom, the help and the README's key table are made from this
table (``make docs``); nothing else in the program knows a key's name.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """An act: its two keys in Textual's spelling, its word in the legend and its help."""

    name: str
    keys: tuple[str, ...]
    legend: str
    help: str
    in_legend: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("help", ("f1", "alt+h"), "Hjälp", "Hjälp om fältet, meddelandet och bilden.", True),
    Command("quick", ("f2", "alt+x"), "Snabbval", "Till Snabbval, varifrån som helst.", True),
    Command(
        "back", ("f3", "escape"), "Tillbaka", "Ett steg tillbaka; frågar om något är osparat.", True
    ),
    Command(
        "values", ("f4", "alt+z"), "Lista", "Fältets lista (<<); i Snabbval alla bilder.", True
    ),
    Command("read", ("f5", "alt+l"), "Läs", "Läser, eller läser om."),
    Command("clear", ("alt+r",), "Rensa", "Tömmer bilden och släpper patienten."),
    Command("favourites", ("f6", "alt+v"), "Favoriter", "Favoriter; 1–9 öppnar en.", True),
    Command("mark", ("f7", "alt+g"), "Favorit", "Gör bilden till favorit, eller inte längre."),
    Command("next", ("f8", "alt+j"), "Nästa", "Nästa sak som enheten har ogjord.", True),
    Command("dup", ("f9", "alt+d"), "Dup", "Fältets senast sparade värde."),
    Command("save", ("f10", "alt+s"), "Spara", "Sparar.", True),
    Command("menu", ("f12", "alt+m"), "Menyval", "Menyval: alla bilder i grupper."),
    Command("quit", ("ctrl+q",), "Avsluta", "Lämnar programmet; frågar om något är osparat."),
)

BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}

RESERVED_LETTERS = frozenset("xzlhvgjdsmr")  # never a screen's own Alt letters

_SHOWN = {"escape": "Esc", "alt": "Alt", "ctrl": "Ctrl", "shift": "Shift"}


def key_text(key: str) -> str:
    """Return *key* as a user reads it: ``alt+h`` → ``Alt+H``, ``f1`` → ``F1``."""
    return "+".join(_SHOWN.get(part, part.upper()) for part in key.split("+"))
