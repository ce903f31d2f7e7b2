"""Scripts of keys as clerks type them, right and wrong, made from a seed.

A script knows nothing of what the screen answers: a dialogue that was expected may not come, a
list may be empty, a patient another unit's.  That is what makes a burst of it hard.

Left out are keys whose meaning is chance or silence: a lone Esc (told from Alt by time), Nytt
reservnummer (drawn by lot), favourites to a file (its folder is named on the screen), lists
ordered in the background (they say so when they are done) and Ctrl+Q.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.terminal import (
    BACKTAB,
    DOWN,
    END,
    ENTER,
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

BACKSPACE = "\x7f"
STRANGER = "0208152397"  # the other clinic's
NOBODY = ("9303102387", "9311052388", "9306202394")  # unknown until read: the register has them
_TEXTS = (
    "Ny gata 7",
    "Åsö-Öberg",
    "070-174 06 11",
    "222 22",
    "x" * 12,
    "=1+1",
    "F41.1",
    "2026-13-40",
)
_DATES = ("i", "-1", "-10", "+1m", "20260209", "260210", "2026-02-12", "31/2", "")
_TIMES = ("9", "14", "1015", "930", "8:05", "25", "")


class Typist:
    """Makes scripts that concern the given patients."""

    def __init__(self, seed: int, patients: list[str]) -> None:
        self.random = Random(seed)
        self.patients = patients

    def script(self) -> list[str]:
        """Return a script, a key an item."""
        acts: list[Callable[[], list[str]]] = [
            self.commitment,
            self.open_commitment,
            self.form,
            self.form,
            self.visit,
            self.visit,
            self.visit,
            self.medical,
            self.contacts,
            self.overview,
            self.person,
            self.values,
            self.favourites,
            self.somewhere,
            self.rummage,
            self.rummage,
            self.settings,
            self.money,
            self.worklist,
        ]
        keys: list[str] = []
        for _ in range(self.random.randint(2, 4)):
            keys += self.random.choice(acts)()
            keys += self.interruption()
        return keys

    # --- pieces -----------------------------------------------------------------------------

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def maybe(self, chance: float, keys: list[str]) -> list[str]:
        return keys if self.random.random() < chance else []

    def number(self) -> str:
        """Return a patient's ten digits: mostly one of the unit's own."""
        return self.random.choice(
            [*self.patients * 4, *NOBODY, STRANGER, "9307142380", "930714", *self.patients]
        )

    def go(self, code: str) -> list[str]:
        """Snabbval, by key or letter, often with a number after the code."""
        who = self.maybe(0.7, [" ", *self.number()])
        return [self.one(F2, F2, alt("x")), *code, *who, ENTER]

    def date(self) -> list[str]:
        return [ctrl("u"), *self.random.choice(_DATES)]

    def answer(self) -> list[str]:
        """Answer a dialogue that may have come, one way or the other; or say nothing."""
        return self.random.choice([[ENTER], [ENTER], [F3], ["n"], ["j"], []])

    def save(self, letter: str = "s") -> list[str]:
        return [self.one(F10, alt(letter)), *self.answer()]

    # --- acts -------------------------------------------------------------------------------

    def commitment(self) -> list[str]:
        """040: a new one, from Läs patient to Spara."""
        problem = self.one("kbt", "ipt", "pdt", "abc")
        rest = [
            "1",
            TAB,
            *self.one("vcbj01", "vcsu01", "x"),
            TAB,
            "i",
            TAB,
            *"annlin",
            TAB,
            *"-4",
        ]
        return [
            *self.go("40"),
            alt("n"),
            *problem,
            TAB,
            *self.date(),
            alt("l"),
            *self.maybe(0.2, [ENTER]),
            *self.maybe(0.8, rest),
            *self.save(),
        ]

    def open_commitment(self) -> list[str]:
        """040: open one, and what its buttons do."""
        act = self.random.choice(
            [
                [alt("a"), *self.save()],
                [alt("a"), *self.date(), TAB, *self.save()],
                [alt("b"), *self.answer()],
                [alt("f"), *self.maybe(0.5, [alt(self.one("i", "u", "p"))])],
                [alt("e"), *"Fel datum", ENTER],
                [*[BACKTAB] * self.random.randint(1, 6), *self.date(), *self.save()],
            ]
        )
        return [*self.go(self.one("40", "040")), *self.maybe(0.5, [DOWN]), ENTER, *act]

    def form(self) -> list[str]:
        """048: one of the three forms of one commitment."""
        which = self.random.choice(
            [
                [
                    alt("i"),
                    *self.maybe(0.3, [BACKTAB, BACKTAB, *self.date(), TAB, TAB]),
                    *self.one("f411", "f33.1", "zz9", "F431"),
                    TAB,
                    TAB,
                    *self.one("25", "0", "17"),
                    TAB,
                    *"-20",
                ],
                [alt("u"), BACKTAB, BACKTAB, *self.date(), TAB, TAB, *self.one("0", "50")],
                [alt("p"), BACKTAB, *self.date(), TAB, self.one("j", "n", "x")],
            ]
        )
        return [*self.go("48"), ENTER, *which, *self.save(), *self.maybe(0.5, ["1"])]

    def visit(self) -> list[str]:
        """085: a visit in either lane, sometimes with every field gone through."""
        fields = [
            *[TAB] * self.random.randint(1, 7),
            *self.one("j", "filial", "g", "n", "annlin"),
            TAB,
            *self.maybe(0.3, [BACKTAB, BACKTAB]),
        ]
        after = self.random.choice(
            [
                [],
                [alt("e"), F10],
                [alt("b"), F10, *self.answer()],
                [alt("k"), *"Fel dag", ENTER],
                [*self.date(), *self.save()],
            ]
        )
        return [
            *self.go(self.one("85", "085")),
            *self.maybe(0.2, [F4, ENTER]),
            *self.random.choice(_TIMES),
            *self.maybe(0.4, fields),
            *self.maybe(0.2, [UP, *self.date(), DOWN]),
            self.one(alt("a"), alt("a"), F10),
            *self.answer(),
            *after,
        ]

    def medical(self) -> list[str]:
        """184 and its KVÅ."""
        kva = [alt("k"), *self.one("du011", "zv051", "xx"), TAB, *self.one("zv020", ""), TAB]
        return [
            *self.go(self.one("184", "84")),
            *self.maybe(0.6, [ctrl("u"), *self.one("f411", "F33.1", "q1"), TAB]),
            *self.maybe(0.3, [TAB, *self.one("f401", "f43.1"), TAB]),
            *self.maybe(0.6, [*kva, *self.maybe(0.4, [F3])]),
            *self.save(),
        ]

    def contacts(self) -> list[str]:
        """083: through the list, and a row opened."""
        return [
            *self.go("83"),
            *[self.one(DOWN, DOWN, PGDN, PGUP, END, HOME, UP) for _ in range(4)],
            self.one("j", "n", ENTER, alt("n")),
            *self.maybe(0.5, self.save()),
        ]

    def overview(self) -> list[str]:
        """048: the unit's list, searched and paged."""
        return [
            F2,
            *"48",
            ENTER,
            *self.maybe(0.5, [alt("r")]),
            *[self.one(DOWN, PGDN, PGUP, END, HOME) for _ in range(4)],
            *self.maybe(0.4, [TAB, TAB, TAB, ctrl("u"), self.one("a", "p", "q"), ENTER]),
            *self.maybe(0.6, [ENTER, *self.answer()]),
        ]

    def person(self) -> list[str]:
        """014: details changed."""
        change = [*[TAB] * self.random.randint(0, 6), ctrl("u"), *self.random.choice(_TEXTS)]
        return [*self.go("14"), *change, *self.maybe(0.3, [F4, "s", ENTER]), TAB, *self.save()]

    def values(self) -> list[str]:
        """A value list of some field: filtered, paged, chosen from or left."""
        choose = self.random.choice(
            [[ENTER], ["2"], ["9"], [F3], [DOWN, DOWN, ENTER], [PGDN, PGDN, "1"], [PGDN, PGUP, "3"]]
        )
        return [
            *self.go(self.one("85", "14", "184", "40")),
            *[TAB] * self.random.randint(0, 5),
            self.one(F4, alt("z")),
            *self.one("", "a", "an", "ps", "f4", "qq"),
            *choose,
        ]

    def favourites(self) -> list[str]:
        """Favourites: the set, an order, a name, one opened."""
        act = self.random.choice(
            [
                [self.one("1", "3", "9")],
                [DOWN, alt("u"), alt("n"), DOWN, alt("t"), "j"],
                [alt("b"), ctrl("u"), *"Min egen", ENTER],
                [F3],
            ]
        )
        return [self.one(F6, alt("v")), *self.maybe(0.6, [alt("f")]), *act]

    def somewhere(self) -> list[str]:
        """Snabbval by name, history, list, favourite, date or a fault; or the menu."""
        return self.random.choice(
            [
                [
                    F2,
                    *self.one("besök", "vård", "frikort", "zzz", "-", "--", "f2", "person"),
                    ENTER,
                ],
                [F2, *"vård", ENTER, self.one("1", "2", "k"), ENTER],
                [F2, *self.one("?", ""), ENTER, *self.one("048", "med", "q"), ENTER],
                [F2, F4, DOWN, ENTER],
                [F2, UP, self.one(UP, DOWN), ENTER],
                [F2, *self.one("+7d", "-1d", "+1m", "2026-03-02"), ENTER],
                [F2, *"datum", ENTER, *"+2v", ENTER],
                [F12, *[DOWN] * self.random.randint(0, 7), ENTER],
                [alt("m"), *self.one("48", "14", "83"), ENTER],
                [F7, F2, "-", ENTER],
            ]
        )

    def money(self) -> list[str]:
        """283 and 610: looked at, and a line typed."""
        line = [*self.date(), TAB, *self.one("250", "12", "x"), TAB, *"Ett annat ställe", TAB]
        return [
            *self.go(self.one("283 1", "283 2", "610")),
            *self.maybe(0.6, [*self.maybe(0.7, line), *self.save()]),
            *self.maybe(0.3, [alt(self.one("u", "b", "k")), *self.answer()]),
            *self.maybe(0.3, [DOWN, ENTER, *self.answer()]),
        ]

    def worklist(self) -> list[str]:
        """AG: the next unfinished thing, from the list and from anywhere."""
        steps = [self.one(F8, DOWN, ENTER, alt("j")) for _ in range(self.random.randint(1, 3))]
        return [F2, *"ag", ENTER, *steps, *self.maybe(0.4, [F3, *self.answer()])]

    def settings(self) -> list[str]:
        """IN: auto-skip and the lane."""
        return [F2, *"in", ENTER, self.one("j", "n"), TAB, self.one("s", "s", "t"), F10]

    def rummage(self) -> list[str]:
        """Editing keys and letters wherever the cursor stands."""
        keys = [TAB, TAB, BACKTAB, UP, DOWN, LEFT, RIGHT, HOME, END, BACKSPACE, PGDN]
        keys += [ctrl(c) for c in "aekuwdfb"]
        keys += [*"abcåäö123 -", ENTER, F9, F5, F8, alt("d"), alt("w"), alt("ö"), alt("å")]
        return [self.random.choice(keys) for _ in range(self.random.randint(4, 14))]

    def interruption(self) -> list[str]:
        """What comes between: help, a step back, Rensa, a look elsewhere; mostly nothing."""
        if self.random.random() < 0.55:
            return []
        return self.random.choice(
            [
                [self.one(F1, alt("h")), PGDN, self.one(F3, ENTER, F1)],
                [F3, *self.answer()],
                [F3, F3, ENTER],
                [alt("r"), *self.answer()],
                [F2, *"datum", F3],
                [F2, F3],
                [F2, "x", TAB],
                [F9],
                [F5],
            ]
        )
