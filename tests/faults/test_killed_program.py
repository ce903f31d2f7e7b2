"""kill -9 of the whole program in a half-filled form: the draft comes back, the cursor too."""

from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random

import pytest

from tests.flows.practice import at_login, copy_practice, logged_in, until
from tests.flows.test_drafts import BACK, HALVES, OFFER, Half, cursor, halfway
from tests.sealed import texts_of
from tests.terminal import ENTER, LEFT, Terminal

KILLS, MANY = 10, 300
TESTS = 10
_NAMES = list(HALVES)


@pytest.mark.parametrize("number", range(KILLS))
def test_the_draft_comes_back(practice: Path, tmp_path: Path, number: int) -> None:
    _kill(practice, tmp_path / "home", number)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(TESTS))
def test_three_hundred_drafts_come_back(practice: Path, tmp_path: Path, part: int) -> None:
    for number in range(KILLS + part, KILLS + MANY, TESTS):
        _kill(practice, tmp_path / str(number), number)


def _kill(practice: Path, folder: Path, number: int) -> None:
    home = copy_practice(practice, folder)
    random = Random(number)
    half = HALVES[_NAMES[number % len(_NAMES)]]
    more = "".join(random.choice("123456789") for _ in range(random.randint(0, 2)))
    back = random.randint(0, len(half.last + more))
    with logged_in(home) as opened:
        row, column = halfway(opened, half)
        # Killed when all is on disk, or at any moment while the rest is typed.
        waits = number // len(_NAMES) % 2 == 0
        opened.type(more, LEFT * back)
        if waits:
            until(opened, lambda: _written(home) == (half.last + more, back), "the draft on disk")
        else:
            until(opened, lambda: _has(_written(home), half.last), "a draft on disk")
            end = time.perf_counter() + random.random() * 0.2
            while time.perf_counter() < end:
                opened.pump(0)
        opened.kill()
        kept = _written(home)
    assert kept is not None
    text, before_end = kept
    if waits:
        assert kept == (half.last + more, back)
    assert (half.last + more).startswith(text)
    column += len(text) - len(half.last) - before_end
    with at_login(home) as opened:
        opened.type(ENTER)
        opened.expect(OFFER, half.title).type(ENTER)
        _is_back(opened, half, text, (row, column))


def _is_back(opened: Terminal, half: Half, text: str, at: tuple[int, int]) -> None:
    opened.expect(BACK, *half.seen[:-1], text)
    until(opened, lambda: cursor(opened) == at, f"the cursor at {at}")


def _has(kept: tuple[str, int] | None, typed: str) -> bool:
    return kept is not None and kept[0].startswith(typed)


def _written(home: Path) -> tuple[str, int] | None:
    """Return what the draft on disk has where typing stopped, and how far the cursor is from its end."""
    texts = texts_of(home)
    if not texts:
        return None
    draft = json.loads(texts[0])
    form, field, place = draft["cursor"]
    text = draft["forms"][form]["values"].get(field, "")
    return text, len(text) - place
