"""What the Snabbval box understands, as one pure function."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import Display
from pasis_tui.validation.dates import looks_like_date
from pasis_tui.validation.typed import plain, short

_NUMBER_AND_FUNCTION = re.compile(r"(\d{2,3})\s+(\d)")
_CODE_AND_PATIENT = re.compile(
    r"(\w{2,3}(?: \d)?)\s+([\d][\d\s+-]{8,15}|\d{6,8}-?[a-zA-Z]{2}[01][a-zA-Z])"
)
_OVERVIEW_AND_ID = re.compile(r"(0?48)\s+(\d{1,9})", re.ASCII)  # ten digits are a person's


@dataclass(frozen=True, slots=True)
class Go:
    """Open this display, with ``patient`` as typed ("" keeps the patient carried).

    048 searches the vårdåtagande ``commitment`` ("" none).
    """

    display: Display
    patient: str = ""
    commitment: str = ""


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
    """Return what *text* in Snabbval means among the *offered* displays.

    What has the length of an identity number goes to the screen, which refuses it at its field.
    """
    typed = " ".join(plain(text).split())
    if typed in {"-", "--"}:
        return Back(len(typed))
    if typed in {"", "?"}:
        return Choose(tuple(offered))
    if match := re.fullmatch(r"[fF](\d{1,5})", typed):
        return FavouriteNumber(int(match[1]))
    if looks_like_date(typed):
        return MoveDate(typed)
    patient = commitment = ""
    if match := _OVERVIEW_AND_ID.fullmatch(typed):
        typed, commitment = match[1], match[2]
    elif match := _CODE_AND_PATIENT.fullmatch(typed):
        typed, patient = match[1], match[2].strip()
    if match := _NUMBER_AND_FUNCTION.fullmatch(typed):
        typed = f"{match[1]} {match[2]}"
    hits = _hits(typed, offered)
    if not hits:
        return Nothing(f"Snabbval: {_why_nothing(typed, offered)}")
    if len(hits) == 1:
        return Go(hits[0], patient, commitment)
    return Choose(tuple(hits), patient)


def _why_nothing(typed: str, offered: Sequence[Display]) -> str:
    """Return what is wrong with *typed*: the number after a right screen, or the screen."""
    words = typed.split()
    for count in range(len(words) - 1, 0, -1):
        screen, rest = " ".join(words[:count]), " ".join(words[count:])
        if not _with_code(screen, offered):
            continue
        functions = [code for d in offered for code in codes_of(d) if code.startswith(f"{screen} ")]
        if functions and len(rest) == 1:
            return f"”{short(typed)}” finns inte, men {' och '.join(functions)}."
        digits = sum(c.isdecimal() for c in rest)
        if not digits:
            return (
                f"”{short(rest)}” är inget personnummer. Efter {screen.upper()} skrivs 10 siffror"
                " i följd, eller 12 med sekel."
            )
        return (
            f"numret ”{short(rest)}” har {digits} {'siffra' if digits == 1 else 'siffror'}. Efter"
            f" {screen.upper()} skrivs 10 siffror i följd, eller 12 med sekel."
        )
    if re.fullmatch(r"\d{6}", typed, re.ASCII):
        return (
            f"”{typed}” kan vara ett datum eller ett ID. Skriv"
            f" {typed[:2]}-{typed[2:4]}-{typed[4:]}, eller 48 {typed}."
        )
    return f"ingen bild heter ”{typed}”. Skriv nummer eller namn; {key_of('values')} listar alla."


def _with_code(screen: str, offered: Sequence[Display]) -> list[Display]:
    """Return the displays that *screen* names by its code or number."""
    folded = screen.casefold()
    known = {folded, folded.zfill(3)} if folded.isdecimal() else {folded}
    return [
        d
        for d in offered
        if known & {code.casefold() for whole in codes_of(d) for code in (whole, whole.split()[0])}
    ]


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
        if hits := [d for d in offered if fits(d)]:
            return hits
    return []


def codes_of(shown: Display) -> tuple[str, ...]:
    """Return every code that opens the display *shown*."""
    return (shown.code, *shown.numbers)
