"""The way that a learner went, beside the solution's: keys, detours, seconds, mistakes by rule.

It costs nothing in marks; it is the advice that is given afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import NamedTuple

from pasis_tui.commands import BY_NAME, key_of, key_text
from pasis_tui.display.display_files import displays
from pasis_tui.training.keystrokes import Keyed, predicted_seconds, types
from pasis_tui.validation.rules import rules

MENU = "meny"
LEAST_DETOUR = 4  # keys more than the solution's in one place, to be worth a word
_NUMBERS = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio")
_SHOWN_KEYS = 6
_NAMES = {"enter": "Enter", "tab": "Tab", "shift+tab": "Shift+Tab", "backspace": "Backsteg"} | {
    "up": "Upp", "down": "Ned", "left": "Vänster", "right": "Höger", "delete": "Delete",
    "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
}  # fmt: skip


class Pressed(NamedTuple):
    """A key that the learner pressed on the screen *screen*, *at* seconds after the start.

    ``refused`` are the rules of the refusal that it led to, the one on the message line first.
    """

    key: str
    character: str | None = None
    screen: str = ""
    at: float = 0.0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A rule that refused the learner, how often, and where it is taught."""

    rule: str
    title: str
    chapter: str
    count: int


@dataclass(frozen=True, slots=True)
class Route:
    """Keys and seconds beside the solution's; ``detour`` is a Swedish sentence, "" for none."""

    keys: int
    par_keys: int
    seconds: float
    predicted: float
    detour: str
    mistakes: tuple[Mistake, ...]

    @property
    def advice(self) -> tuple[str, ...]:
        """The Swedish sentences that the result page shows below the findings."""
        more = self.keys - self.par_keys
        keys = f"Du använde {self.keys} tangenter, facit {self.par_keys}."
        if more <= 0:
            keys = f"Du använde {self.keys} tangenter: inte fler än facit ({self.par_keys})."
        took, known = spoken_time(self.seconds), spoken_time(self.predicted)
        time = f"Det tog {took}. Facits tangenter tar {known} för den som kan dem, utan att läsa och tänka."
        mistakes = [
            f"{each.rule}{f' ×{each.count}' if each.count > 1 else ''}: {each.title}"
            + (f" (”{each.chapter}”)." if each.chapter not in {"", "–"} else ".")
            for each in self.mistakes
        ]
        return (keys, *([self.detour] if self.detour else []), time, *mistakes)


def compare(par: Sequence[Keyed], pressed: Sequence[Pressed]) -> Route:
    """Compare the keys that were *pressed* with the solution's."""
    return Route(
        keys=len(pressed),
        par_keys=len(par),
        seconds=pressed[-1].at if pressed else 0.0,
        predicted=predicted_seconds(par),
        detour=longest_detour(par, pressed),
        mistakes=mistakes(each.refused for each in pressed),
    )


def mistakes(refusals: Iterable[Sequence[str]]) -> tuple[Mistake, ...]:
    """Count *refusals*, each the rules of one, by rule; a refusal counts once for each of its rules."""
    counts = Counter(rule for refusal in refusals for rule in dict.fromkeys(refusal))
    known = rules()
    return tuple(
        Mistake(rule, known[rule].title, known[rule].chapter, count)
        for rule, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        if rule in known
    )


def spoken_time(seconds: float) -> str:
    """Return ``45 s`` or ``3 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


# --- detours ----------------------------------------------------------------------------------


def longest_detour(par: Sequence[Keyed], pressed: Sequence[Pressed]) -> str:
    """Return a sentence on what cost the most keys beyond the solution's; "" when nothing much did.

    By way of the menu is told first: that has one cure for all times.
    """
    by_menu = _by_menu(pressed)
    solution = sum(_command(each.key) == "menu" for each in par)
    if len(by_menu) > solution:
        most = Counter(by_menu).most_common(1)[0][0]
        code = most.split()[0].lstrip("0") or most
        times = _times(len(by_menu) - solution)
        return f"Du gick via menyn {times}: {key_of('quick')} {code} Enter går direkt."
    return _longest_run(par, pressed)


def _by_menu(pressed: Sequence[Pressed]) -> list[str]:
    """Return the screens that were opened from a row of the menu, each time."""
    opened: list[str] = []
    runs = [(screen, list(keys)) for screen, keys in groupby(pressed, lambda each: each.screen)]
    for (screen, keys), (after, _) in pairwise(runs):
        direct = any(_command(each.key) == "quick" or types(each) for each in keys)
        if screen == MENU and not direct and keys[-1].key == "enter":
            opened.append(after)
    return opened


def _command(key: str) -> str:
    return next((name for name, command in BY_NAME.items() if key in command.keys), "")


def _longest_run(par: Sequence[Keyed], pressed: Sequence[Pressed]) -> str:
    """Return where the learner pressed the most keys that the solution has no use for."""
    mine, right = _tokens(pressed), _tokens(par)
    matcher = SequenceMatcher(None, [t[0] for t in right], [t[0] for t in mine], autojunk=False)
    most, place = 0, (0, 0)
    for tag, i, j, a, b in matcher.get_opcodes():
        if tag == "equal":
            continue
        more = sum(t[2] for t in mine[a:b]) - sum(t[2] for t in right[i:j])
        if more > most:
            most, place = more, (a, b)
    if most < LEAST_DETOUR:
        return ""
    first = mine[place[0]][1]
    last = mine[place[1] - 1]
    keys = pressed[first : last[1] + last[2]]
    where = Counter(each.screen for each in keys if each.screen).most_common(1)
    title = _title(where[0][0]) if where else ""
    return f"Längsta omvägen{title}: {most} tangenter mer än facit ({_spelled(keys)})."


def _title(code: str) -> str:
    shown = displays().get(code)
    return f" i {shown.title}" if shown else ""


def _tokens(strokes: Sequence[Keyed]) -> list[tuple[str, int, int]]:
    """Return what was done: a text or a key by the command that it is, its place, its keys."""
    tokens: list[tuple[str, int, int]] = []
    at = 0
    for typed, group in groupby(strokes, types):
        run = list(group)
        if typed:
            tokens.append(("".join(each.character or "" for each in run).casefold(), at, len(run)))
        else:
            tokens += [(_command(x.key) or x.key, at + n, 1) for n, x in enumerate(run)]
        at += len(run)
    return tokens


def _spelled(keys: Sequence[Pressed]) -> str:
    """Return ``Tab ×7, F4, ”10”``, the end left out where it is long."""
    words = []
    for typed, group in groupby(keys, types):
        if typed:
            words.append(f"”{''.join(each.character or '' for each in group)}”")
            continue
        for key, same in groupby(group, lambda each: each.key):
            count = len(list(same))
            name = _NAMES.get(key) or key_text(key)
            words.append(f"{name} ×{count}" if count > 1 else name)
    return ", ".join(words[:_SHOWN_KEYS]) + (" …" if len(words) > _SHOWN_KEYS else "")


def _times(count: int) -> str:
    if count == 1:
        return "en gång"
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} gånger"
