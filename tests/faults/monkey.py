"""Keys pressed without sense, from a seed: what a cat on the keyboard and a hurried clerk make.

Left out are Ctrl+Q and Alt+Q, which are asked for by name; and a slash or tilde, so that no file is written
outside the folder the program was started in.
"""

from __future__ import annotations

from random import Random

from tests.flows.practice import VERA
from tests.flows.typed_scripts import Typist
from tests.terminal import (
    BACKTAB,
    DOWN,
    END,
    ENTER,
    ESC,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F12,
    HOME,
    LEFT,
    PGDN,
    PGUP,
    RIGHT,
    TAB,
    UP,
    alt,
    ctrl,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzåäöABCDEÅÄÖ"
CHARACTERS = LETTERS + "0123456789" * 2 + " -.,:;+=?!'\"()%&<>*#€é"
FUNCTIONS = [F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F12]
MOVES = [UP, DOWN, LEFT, RIGHT, TAB, TAB, BACKTAB, HOME, END, PGUP, PGDN, ENTER, ENTER]
EDITS = ["\x7f", "\x1b[3~", "\x1b[2~", "\x1b[1;5D", "\x1b[1;5C", *map(ctrl, "abcdefknoprstuvwxyzl")]
PASTED = (
    "Åsa Öberg",
    "9307142381",
    "rad ett\r\nrad två\ttab",
    "x" * 3000,
    "\u202eevil\u0301 👩‍👩‍👧 \u200b",
    "=1+1; DROP TABLE visit",
    "2026-03-02\n",
)
# Screens, with and without numbers; words that fit several; nothing; dates.
PLACES = (
    *("14", "40", "48", "83", "85", "184", "051", "51", "283 1", "283 2", "610", "ag", "kl", "fb"),
    *("hp", "hl", "in", "su", "besök", "vård", "-", "--", "?", "", "f1", "f9", "zzz", "datum"),
    *("+1m", "-10d", "+1å", "2026-03-02", "20260401"),
)
SIZES = ((24, 80), (24, 80), (30, 100), (50, 132), (24, 200), (23, 80), (10, 30), (60, 80))


class Monkey:
    """Makes bursts of keys, an item a key; the given patients are often asked for."""

    def __init__(self, seed: int, patients: list[str]) -> None:
        self.random = Random(seed)
        self.patients = [*patients, VERA]
        self.typist = Typist(seed, self.patients)

    def burst(self) -> list[str]:
        """Return keys to be sent in one write; an Esc always comes alone."""
        one = self.random.choice
        way = self.random.random()
        if way < 0.06:
            return [ESC]
        if way < 0.30:
            who = [" ", *one(self.patients)] if self.random.random() < 0.6 else []
            return [F2, *one(PLACES), *who, ENTER]
        if way < 0.45:
            return [one(CHARACTERS) for _ in range(self.random.randint(1, 12))]
        if way < 0.55:
            return [one(FUNCTIONS) for _ in range(self.random.randint(1, 3))]
        if way < 0.65:
            return [
                alt(one(LETTERS[:29].replace("q", ""))) for _ in range(self.random.randint(1, 2))
            ]
        if way < 0.78:
            return [one(MOVES) for _ in range(self.random.randint(1, 8))]
        if way < 0.82:
            return [one(EDITS) for _ in range(self.random.randint(1, 4))]
        if way < 0.85:
            return [f"\x1b[200~{one(PASTED)}\x1b[201~"]
        return self._spoilt(self.typist.script())

    def _spoilt(self, script: list[str]) -> list[str]:
        """Return a piece of a clerk's script with keys lost, doubled and strange ones between."""
        start = self.random.randrange(len(script))
        keys: list[str] = []
        for key in script[start : start + self.random.randint(5, 40)]:
            chance = self.random.random()
            if chance < 0.05:
                continue
            keys += [key, key] if chance < 0.08 else [key]
            if chance > 0.97:
                keys.append(self.random.choice([*FUNCTIONS, *MOVES, *CHARACTERS]))
        return keys or [ENTER]

    def size(self) -> tuple[int, int] | None:
        """Return the terminal's new rows and columns, mostly None."""
        return self.random.choice(SIZES) if self.random.random() < 0.02 else None
