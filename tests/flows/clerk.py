"""A clerk at a real terminal: types keys, looks at fields, asks `pasis show` and the database.

Nothing here waits for time: every step ends when what it leads to is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pasis_tui.display.display_files import FieldSpec, display
from tests.flows.practice import DAY, ask, logged_in, run_pasis, until
from tests.terminal import ENTER, ESC, F1, F2, Terminal, ctrl

_SPECIAL = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|\x1b[^\[O]|[^\x1b]|\x1b", re.DOTALL)


def keys_in(text: str) -> int:
    """Return how many keys were pressed to send *text*: a function or Alt key is one."""
    return len(_SPECIAL.findall(text))


class Clerk:
    """Hands on the keyboard and eyes on the screen of one running program."""

    def __init__(self, seen: Terminal, home: Path) -> None:
        self.terminal = seen
        self.home = home
        self.keys = 0

    # --- hands ------------------------------------------------------------------------------

    def type(self, *parts: str) -> Clerk:
        """Press keys, in one burst."""
        text = "".join(parts)
        self.keys += keys_in(text)
        self.terminal.type(text)
        return self

    def instead(self, text: str) -> Clerk:
        """Type *text* in the place of what stands before the cursor."""
        return self.type(ctrl("u"), text)

    def go(self, number: str, *wanted: str) -> Clerk:
        """Open a screen by Snabbval."""
        return self.type(F2, number, ENTER).sees(*wanted)

    def move(self, by: str, arrives: str) -> Clerk:
        """Move the practice date by Snabbval."""
        return self.type(F2, by, ENTER).sees(f"Övningsdatum är nu {arrives}")

    def asks_why(self, *wanted: str) -> Clerk:
        """Press F1 on the message, see *wanted* in the help, and close it."""
        self.type(F1).sees("MEDDELANDET", *wanted).type(ESC)
        self.terminal.expect_gone("MEDDELANDET")
        return self

    # --- eyes -------------------------------------------------------------------------------

    def sees(self, *wanted: str) -> Clerk:
        """Wait for all of *wanted*."""
        self.terminal.expect(*wanted)
        return self

    def until(self, holds: Callable[[], bool], what: str) -> Clerk:
        """Wait until *holds*."""
        until(self.terminal, holds, what)
        return self

    def says(self, start: str, *more: str) -> Clerk:
        """Wait for a message line that starts with *start* and has *more* in it."""

        def said() -> bool:
            message = self.terminal.message
            return message.startswith(start) and all(part in message for part in more)

        return self.until(said, f"the message {start} … {more}")

    def warned(self, *rules: str) -> Clerk:
        """Wait for the warning dialogue with each of *rules*."""
        return self.sees("Varning", "[Spara ändå]", *(f"{rule} Varning" for rule in rules))

    def green(self, text: str, offset: int = -1) -> bool:
        """Whether a V of *text*, found on the screen, is there and green; -1 is its last cell."""
        for y, line in enumerate(self.terminal.screen.display):
            if (x := line.find(text)) >= 0:
                cell = self.terminal.screen.buffer[y][x + offset % len(text)]
                if not re.fullmatch(r"[0-9a-f]{6}", cell.fg):
                    return cell.data == "V" and cell.fg == "green"
                red, green, blue = (int(cell.fg[i : i + 2], 16) for i in (0, 2, 4))
                return cell.data == "V" and green > red and green > blue
        raise AssertionError(f"{text!r} is not on the screen:\n{self.terminal.text()}")

    def at_fault(self, file: str, field: str, kept: str | None = None) -> Clerk:
        """Wait until *field* is marked, has the cursor and still holds *kept*."""
        spec = _spec(file, field)

        def holds() -> bool:
            place = self._marked(spec)
            if place is None:
                return False
            row, column = place
            entry = column + spec.entry - spec.column
            cursor = self.terminal.screen.cursor
            on_it = cursor.y == row and entry <= cursor.x <= entry + spec.width
            held = self.terminal.screen.display[row][entry : entry + spec.width].rstrip()
            return on_it and kept in {None, held}

        return self.until(holds, f"{spec.label} marked, with the cursor, holding {kept!r}")

    def _marked(self, spec: FieldSpec) -> tuple[int, int] | None:
        for y, line in enumerate(self.terminal.screen.display):
            if (x := line.find(f"!{spec.label}")) >= 0:
                return y, x + 1
        return None

    def value(self, file: str, field: str) -> str:
        """Return what stands in *field*, unmarked, as seen on the screen."""
        value = self._value(file, field)
        assert value is not None, f"{field} is not on the screen:\n{self.terminal.text()}"
        return value

    def holds(self, file: str, field: str, wanted: str) -> Clerk:
        """Wait until *field* is painted and holds *wanted*."""
        return self.until(lambda: self._value(file, field) == wanted, f"{field} holding {wanted!r}")

    def _value(self, file: str, field: str) -> str | None:
        spec = _spec(file, field)
        for line in self.terminal.screen.display:
            label = line[spec.column : spec.column + len(spec.label)]
            if label == spec.label:
                return line[spec.entry : spec.entry + spec.width].rstrip()
        return None

    # --- other eyes -------------------------------------------------------------------------

    def show(self, screen: str, *arguments: str, day: str = DAY) -> Any:
        """Return what `pasis show … --json` prints."""
        done = run_pasis("--date", day, "show", screen, *arguments, "--json", home=self.home)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database with plain SQL."""
        return ask(self.home, statement, *values)


def _spec(file: str, field: str) -> FieldSpec:
    for part in display(file).formats:
        for spec in part.fields:
            if spec.name == field and not part.list:
                return spec
    raise KeyError(field)


@contextmanager
def clerk(home: Path, day: str = DAY) -> Iterator[Clerk]:
    """A clerk who has just logged in, at 80x24, on the practice database in *home*."""
    with logged_in(home, day=day) as opened:
        yield Clerk(opened, home)
