"""F4 at every field of every screen, in one terminal: the code that is typed is the one that is chosen.

Where codes begin with a digit one of those is typed, which chose a row by its number before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pasis_tui.display.display_files import Display, FieldSpec, display
from pasis_tui.resources import folder
from tests.flows.practice import LOGIN, MENU, Watched, watched
from tests.terminal import BACKTAB, ENTER, ESC, F2, F4, TAB, alt

MANY = "9204012380"
DISCHARGED = "0410202386"
RESERVE = "750127EY0E"  # of whom the sex is typed
_ROW = re.compile(r"│ [› ][1-9 ]  ?(\S+) +\S")
_KEYS = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|\x1b[^\[O]|[^\x1b]|\x1b", re.DOTALL)
_MOST = 60  # keys from field to field of one form

# How each screen is reached with a form to fill in.
WAYS: dict[str, tuple[str, ...]] = {
    "014_personuppgifter": (f"{F2}14 {RESERVE}{ENTER}",),
    "040_vardataganden": (f"{F2}40 {MANY}{ENTER}", ENTER, alt("a")),
    "048_oversikt": (f"{F2}48{ENTER}", BACKTAB),
    "048_inskrivning": (f"{F2}48 {MANY}{ENTER}", ENTER, alt("i")),
    "048_utskrivning": (f"{F2}48 {DISCHARGED}{ENTER}", ENTER, alt("u")),
    "048_uppfoljning": (f"{F2}48 {DISCHARGED}{ENTER}", ENTER, alt("p")),
    "051_uppfoljning": (f"{F2}51{ENTER}",),
    "085_besoksregistrering": (f"{F2}85 {MANY}{ENTER}",),
    "184_medicinsk_registrering": (f"{F2}184 {MANY}{ENTER}",),
    "184_kva": (f"{F2}184 {MANY}{ENTER}", alt("k")),
    "283_manuellt_registrerade_besok": (f"{F2}283 2 {MANY}{ENTER}",),
    "ag_att_gora": (f"{F2}ag{ENTER}", BACKTAB),
    "fb_besok": (f"{F2}fb{ENTER}",),
    "in_installningar": (f"{F2}in{ENTER}",),
    "kl_kontrollista": (f"{F2}kl{ENTER}",),
}
# Fields that are open at another time: those of a new vårdåtagande, and of a closing without visits.
CLOSED = {"040_vardataganden": {"problem", "type_of_commitment"}}


def _asked(shown: Display) -> set[str]:
    return {
        f.name
        for form in shown.formats
        if not form.list
        for f in form.fields
        if f.table and not f.protected
    }


class Hands:
    """A keyboard whose every key is done and painted before anything is looked at."""

    def __init__(self, program: Watched) -> None:
        self._program = program
        self.terminal = program.terminal

    def type(self, *parts: str) -> None:
        self._program.burst(_KEYS.findall("".join(parts)))
        self._program.settle()

    @property
    def place(self) -> tuple[int, int]:
        return self.terminal.screen.cursor.y, self.terminal.screen.cursor.x

    def field(self, shown: Display) -> FieldSpec | None:
        """The field that the cursor stands in."""
        y, x = self.place
        line = self.terminal.line(y)
        fields = [
            spec
            for form in shown.formats
            if not form.list
            for spec in form.fields
            if spec.label and line[spec.column :].startswith(spec.label)
            if spec.entry <= x <= spec.entry + spec.width
        ]
        return max(fields, key=lambda spec: len(spec.label), default=None)  # KVÅ 1 and KVÅ 10

    def choose(self, spec: FieldSpec) -> None:
        """Type a code of the field's list and Enter: it stands in the field."""
        y, _ = self.place
        self.type(F4)
        assert self.terminal.sees("│ Sök "), (spec.name, self.terminal.text())
        codes = [m[1] for line in self.terminal.screen.display if (m := _ROW.search(line))]
        assert codes, self.terminal.text()
        code = next((c for c in codes if c[0] in "123456789"), codes[-1])
        self.type(code)
        assert self.terminal.sees(f"│ Sök {code}"), (spec.name, self.terminal.text())
        self.type(ENTER)
        assert not self.terminal.sees("│ Sök "), (spec.name, self.terminal.text())
        held = self.terminal.line(y)[spec.entry : spec.entry + max(spec.width, len(code))]
        assert code in held.split(), (spec.name, code, self.terminal.text())

    def leave(self) -> None:
        """To the menu, letting go of what was chosen."""
        self.type(ESC)
        if self.terminal.sees("Osparade uppgifter"):
            self.type("k")


@contextmanager
def _at_work(home: Path) -> Iterator[Hands]:
    with watched(home) as program:
        program.terminal.expect(LOGIN)
        hands = Hands(program)
        hands.type(ENTER)
        program.terminal.expect(MENU)
        yield hands


def test_every_field_of_every_screen(home: Path) -> None:
    with _at_work(home) as hands:
        for name, way in WAYS.items():
            shown = display(name)
            for keys in way:
                hands.type(keys)
            assert hands.terminal.sees(shown.title), (name, hands.terminal.text())
            wanted = _asked(shown) - CLOSED.get(name, set())
            asked: set[str] = set()
            for _ in range(_MOST):
                spec = hands.field(shown)
                if spec is not None and spec.name in wanted - asked:
                    hands.choose(spec)
                    asked.add(spec.name)
                if asked == wanted:
                    break
                hands.type(TAB)
            assert asked == wanted, (name, wanted - asked, hands.terminal.text())
            hands.leave()


def test_the_fields_of_a_new_commitment(home: Path) -> None:
    shown = display("040_vardataganden")
    with _at_work(home) as hands:
        hands.type(F2, "40 9307142381", ENTER)
        hands.type(alt("n"))
        for field, more in (("problem", (TAB, "i", alt("l"))), ("type_of_commitment", ())):
            spec = hands.field(shown)
            while spec is None or spec.name != field:
                hands.type(TAB)
                spec = hands.field(shown)
            hands.choose(spec)
            hands.type(*more)


def test_every_screen_with_such_a_field_is_here() -> None:
    files = {path.stem for path in folder("screens").glob("*.toml")}
    assert {name for name in files if _asked(display(name))} == WAYS.keys()
