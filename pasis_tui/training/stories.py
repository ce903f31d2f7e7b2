"""Whether a story says what is graded: the learner could not have known it otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from pasis_tui.training.exercises import Exercise, told
from pasis_tui.training.facts import words
from pasis_tui.training.grading import Graded
from pasis_tui.training.grading_table import table
from pasis_tui.training.people import invented_world
from pasis_tui.validation import codes
from pasis_tui.validation.dates import MONTHS

_STEM = 5  # letters of a code's meaning that a story must have in common with it
_MEANING = 5  # letters that a word must have to mean something
_WORD = re.compile(r"\w+")


def unsaid(exercise: Exercise, graded: Iterable[Graded]) -> list[str]:
    """Return a sentence for each graded value that the story does not say."""
    story = " ".join(told(exercise.story).split()).casefold()
    missing = []
    for each in graded:
        if each.value and not any(_says(story, form) for form in _forms(each, exercise.date)):
            missing.append(
                f"{each.fact} {each.value} ({each.label}) bedöms men står inte i berättelsen"
            )
    return list(dict.fromkeys(missing))


def _says(story: str, form: str) -> bool:
    """Whether *story* has *form*, and not as a part of a longer number: 3.00 is not said by 13.00."""
    return re.search(rf"(?<!\d){re.escape(form)}(?!\d)", story) is not None


def _forms(graded: Graded, today: date) -> Iterator[str]:
    """Yield the ways in which a text may say a value, in small letters."""
    value = graded.value.casefold()
    if len(value) > 1:
        yield value
    yield from table().said.get(graded.fact, ())
    yield from _date_forms(graded.value, today)
    yield from _time_forms(graded.value)
    code_table = words(graded.fact).table
    for code in graded.value.split():
        if re.fullmatch(r"[A-Z]\d{3,4}[A-Z]?", code):
            yield f"{code[:3]}.{code[3:]}".casefold()
        yield from (stem.casefold() for stem in _named(code, code_table))
    digits = re.sub(r"\D", "", value)
    if len(digits) in {10, 12}:
        for number in (digits, digits[-10:]):
            yield from (number, f"{number[:-4]}-{number[-4:]}")


def _date_forms(value: str, today: date) -> Iterator[str]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return
    yield f"{day.day} {MONTHS[day.month - 1]}"
    yield f"{day.day}/{day.month}"
    near = {0: ("idag", "i dag"), -1: ("igår", "i går"), 1: ("i morgon", "imorgon")}
    yield from near.get((day - today) // timedelta(days=1), ())


def _time_forms(value: str) -> Iterator[str]:
    try:
        moment = time.fromisoformat(value)
    except ValueError:
        return
    yield f"{moment:%H.%M}"
    yield f"{moment.hour}.{moment.minute:02d}"
    if moment.minute == 0:
        yield from (f"klockan {moment.hour}", f"kl. {moment.hour}", f"kl {moment.hour}")


def _named(code: str, code_table: str) -> Iterator[str]:
    """Yield the beginnings of the words that a code means."""
    world = invented_world()
    meanings = [
        *(c.name for those in world.caregivers.values() for c in those if c.signature == code),
        *(r.name for unit in world.units for r in unit.receptions if r.code == code),
        *(u[1] for units in world.referring_units.values() for u in units if u[0] == code),
    ]
    if code_table in codes.TABLES and code in codes.table(code_table):
        meanings.append(codes.table(code_table)[code])
    for meaning in meanings:
        yield meaning
        yield from (w[:_STEM] for w in _WORD.findall(meaning) if len(w) >= _MEANING)
