"""What the Snabbval box understands, as one pure function."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pasis_tui.display import Display

_DATE_MOVE = re.compile(r"[+-]\d+[dvmåy]?|\d{4}-\d\d-\d\d|\d{8}", re.IGNORECASE)
_NUMBER_AND_FUNCTION = re.compile(r"(\d{2,3})\s+(\d)")
_CODE_AND_PATIENT = re.compile(
    r"(\w{2,3}(?: \d)?)\s+([\d][\d\s+-]{8,15}|\d{6,8}-?[a-zA-Z]{2}[01][a-zA-Z])"
)


@dataclass(frozen=True, slots=True)
class Go:
    """Open this display, with ``patient`` as typed ("" keeps the patient carried)."""

    display: Display
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Several displays fit: show a numbered list."""

    displays: tuple[Display, ...]
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """The previous screen (1), or the one before it (2)."""

    steps: int


@dataclass(frozen=True, slots=True)
class FavouriteNumber:
    """Favourite number ``number``."""

    number: int


@dataclass(frozen=True, slots=True)
class MoveDate:
    """Move the practice date as ``text`` says."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No hit; ``message`` says so and the text is kept for editing."""

    message: str


Answer = Go | Choose | Back | FavouriteNumber | MoveDate | Nothing


def interpret(text: str, offered: Sequence[Display]) -> Answer:
    """Return what *text* in Snabbval means among the *offered* displays."""
    typed = " ".join(text.split())
    if typed in {"-", "--"}:
        return Back(len(typed))
    if typed in {"", "?"}:
        return Choose(tuple(offered))
    if match := re.fullmatch(r"[fF](\d{1,2})", typed):
        return FavouriteNumber(int(match[1]))
    if _DATE_MOVE.fullmatch(typed):
        return MoveDate(typed)
    patient = ""
    if match := _CODE_AND_PATIENT.fullmatch(typed):
        typed, patient = match[1], match[2].strip()
    if match := _NUMBER_AND_FUNCTION.fullmatch(typed):
        typed = f"{match[1]} {match[2]}"
    hits = _hits(typed, offered)
    if not hits:
        return Nothing(
            f"Snabbval: ingen bild heter ”{typed}”. Skriv nummer eller namn; F4 listar alla."
        )
    if len(hits) == 1:
        return Go(hits[0], patient)
    return Choose(tuple(hits), patient)


def _hits(typed: str, offered: Sequence[Display]) -> list[Display]:
    folded = typed.casefold()
    digits = folded.isdecimal()
    ways: tuple[Callable[[Display], bool], ...] = (
        lambda d: folded in {c.casefold() for c in codes_of(d)},
        lambda d: digits and folded.zfill(3) in {c.split()[0] for c in codes_of(d)},
        lambda d: digits and any(c.startswith(folded) for c in codes_of(d)),
        lambda d: not digits and folded in d.title.casefold(),
        lambda d: not digits and folded in " ".join(d.menu).casefold(),
    )
    for fits in ways:
        if found := [d for d in offered if fits(d)]:
            return found
    return []


def codes_of(shown: Display) -> tuple[str, ...]:
    """Return every code that opens the display *shown*."""
    return (shown.code, *shown.numbers)
