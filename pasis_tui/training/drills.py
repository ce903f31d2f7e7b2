"""Code drills: which card is due, and when it comes again, by ``fsrs``.

The schedule is kept in the data folder, a file a learner, and follows the real clock: what is
learnt is learnt over days, whatever the working date is.  ``fsrs`` is imported when a card is
answered, never at the start.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pasis_tui import clock
from pasis_tui.files.whole import saying_why, whole
from pasis_tui.training.drill_cards import Card, cards
from pasis_tui.training.results import Result

FOLDER = "kodtraning"
NEW_A_DAY = 12  # about ten minutes with what comes again
AHEAD = timedelta(minutes=20)  # what is being learnt comes again in the same sitting
_MOST_BYTES = 2**20
_HARDEST = 10.0
_LONGEST = 40_000.0  # days
_REVIEW = 2  # fsrs.State.Review: learnt, and asked after days


class Answered(NamedTuple):
    """What became of an answer: whether it was right, and when the card comes again."""

    right: bool
    card: Card
    again: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How many cards are due now, new today, known (not due until another day) and never asked."""

    due: int
    new: int
    known: int
    unseen: int
    all: int


class _Kept(NamedTuple):
    """A card's schedule: ``memory`` as fsrs writes it, ``due``; ``new`` while it was never answered."""

    memory: Mapping[str, Any]
    due: datetime
    learning: bool


class Drills:
    """The cards of one learner; *home* is the data folder.

    Each answer reads the file anew, so that two programs of one learner do not undo each other.
    """

    def __init__(self, home: Path, learner: str) -> None:
        name = sha256(learner.encode(errors="replace")).hexdigest()[:16]
        self._path = home / FOLDER / f"{name}.json"
        self._learner = learner
        self.cards = cards()
        decks: dict[str, list[str]] = {}
        for key, card in self.cards.items():
            decks.setdefault(card.deck, []).append(key)
        # one of each deck in turn
        rounds = zip_longest(*decks.values())
        self._order = [key for each in rounds for key in each if key is not None]

    # -- what is due -----------------------------------------------------------------------------

    def due(self, now: datetime | None = None) -> list[Card]:
        """Return the cards to ask now, in order: what was wrong in exercises, what is due, what is
        new today; and what is being learnt, ahead of its time, when there is nothing else.
        """
        now = now or clock.now()
        state = self._read()
        wanted = [self.cards[each] for each in state.wanted if each in self.cards]
        schedule = sorted(state.schedule.items(), key=lambda each: each[1].due)
        known = {card.id for card in wanted}
        asked = [
            self.cards[key]
            for key, kept in schedule
            if kept.due <= now and key in self.cards and key not in known
        ]
        fresh = self._new(state, now, known)
        if found := wanted + asked + fresh:
            return found
        return [
            self.cards[key]
            for key, kept in schedule
            if kept.learning and kept.due <= now + AHEAD and key in self.cards
        ]

    def standing(self, now: datetime | None = None) -> Standing:
        """Return how many are due, new and known."""
        now = now or clock.now()
        state = self._read()
        wanted = set(state.wanted) & set(self.cards)
        due = wanted | {k for k, kept in state.schedule.items() if kept.due <= now}
        known = {k for k, kept in state.schedule.items() if kept.due > now and not kept.learning}
        return Standing(
            len(due & set(self.cards)),
            len(self._new(state, now, wanted)),
            len((known - wanted) & set(self.cards)),
            len(self.cards.keys() - state.schedule.keys() - wanted),
            len(self.cards),
        )

    def _new(self, state: _State, now: datetime, but: set[str]) -> list[Card]:
        """Return today's new cards, in the order of ``_order``."""
        today = now.astimezone().date().isoformat()
        left = NEW_A_DAY - (state.new_count if state.new_day == today else 0)
        fresh = [key for key in self._order if key not in state.schedule and key not in but]
        return [self.cards[key] for key in fresh[: max(left, 0)]]

    def next_at(self) -> datetime | None:
        """Return when the next card is due that was answered before; None when none was."""
        waiting = [kept.due for key, kept in self._read().schedule.items() if key in self.cards]
        return min(waiting, default=None)

    def more_today(self) -> int:
        """Let as many new cards more be asked today, and return how many there are.

        Raises FileTrouble.
        """
        state = self._read()
        left = len(self.cards.keys() - state.schedule.keys())
        if left:
            today = clock.now().astimezone().date().isoformat()
            asked = state.new_count if state.new_day == today else 0
            state.new_day, state.new_count = today, min(asked, NEW_A_DAY) - NEW_A_DAY
            self._write(state)
        return min(left, NEW_A_DAY)

    # -- what was answered -----------------------------------------------------------------------

    def answer(self, card: Card, text: str, now: datetime | None = None) -> Answered:
        """Take an answer, and keep when the card comes again.  Raises FileTrouble."""
        from fsrs import Card as Memory
        from fsrs import Rating, Scheduler
        from fsrs.card import CardDict

        now = now or clock.now()
        right = card.takes(text)
        state = self._read()
        kept = state.schedule.get(card.id)
        if kept is None:
            memory = Memory(card_id=1, due=now)
            if card.id not in state.wanted:
                today = now.astimezone().date().isoformat()
                state.new_count = (state.new_count if state.new_day == today else 0) + 1
                state.new_day = today
        else:
            memory = Memory.from_dict(CardDict(**kept.memory))  # type: ignore[typeddict-item]
        # No fuzz: what is shown to come again in four days does so.
        scheduler = Scheduler(enable_fuzzing=False, maximum_interval=365)
        rating = Rating.Good if right else Rating.Again
        memory, _ = scheduler.review_card(memory, rating, review_datetime=now)
        read = _kept(dict(memory.to_dict()))
        if read is None:
            raise ValueError("fsrs made a schedule that cannot be kept")
        state.schedule[card.id] = read
        state.wanted = [each for each in state.wanted if each != card.id]
        self._write(state)
        return Answered(right, card, read.due)

    def remember(self, names: Iterable[str]) -> int:
        """Ask the cards about *names*, rules and codes that went wrong, next; return how many.

        Raises FileTrouble.
        """
        asked = {name.casefold() for name in names}
        found = [key for key, card in self.cards.items() if card.name.casefold() in asked]
        state = self._read()
        new = [key for key in found if key not in state.wanted]
        if new:
            state.wanted += new
            self._write(state)
        return len(found)

    # -- the file --------------------------------------------------------------------------------

    def _read(self) -> _State:
        try:
            if not self._path.is_file() or self._path.stat().st_size > _MOST_BYTES:
                return _State({}, [])
            return _state(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, RecursionError):
            return _State({}, [])

    def _write(self, state: _State) -> None:
        kept = {
            "learner": self._learner,
            "new": [state.new_day, state.new_count],
            "wanted": state.wanted,
            "cards": {key: dict(each.memory) for key, each in state.schedule.items()},
        }
        with saying_why(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with whole(self._path) as file:
            file.write(json.dumps(kept, ensure_ascii=False).encode())


@dataclass(slots=True)
class _State:
    """What is kept of a learner: the schedule, and the cards that exercises have asked for."""

    schedule: dict[str, _Kept]
    wanted: list[str]
    new_day: str = ""
    new_count: int = 0


def _state(known: Any) -> _State:
    """Return what the file says; a card that is not as it is written is as one never answered."""
    if not isinstance(known, dict):
        return _State({}, [])
    schedule = {}
    written = known.get("cards")
    for key, each in written.items() if isinstance(written, dict) else ():
        if (kept := _kept(each)) is not None:
            schedule[str(key)] = kept
    asked = known.get("wanted")
    wanted = [each for each in asked if isinstance(each, str)] if isinstance(asked, list) else []
    state = _State(schedule, wanted)
    match known.get("new"):
        case [str() as day, int() as count]:
            state.new_day, state.new_count = day, count
    return state


def _kept(memory: Any) -> _Kept | None:
    """Return a card's schedule as fsrs wrote it, None for anything that fsrs would not take."""
    try:
        due, last = (datetime.fromisoformat(memory[name]) for name in ("due", "last_review"))
        stability, difficulty = float(memory["stability"]), float(memory["difficulty"])
        state, step = memory["state"], memory["step"]
    except (KeyError, TypeError, ValueError):
        return None
    steps = [None] if state == _REVIEW else [0, 1]
    if (
        due.tzinfo is None
        or last.tzinfo is None
        or not 0 < stability < _LONGEST
        or not 0 < difficulty <= _HARDEST
        or type(state) is not int
        or state not in {1, _REVIEW, 3}
        or step not in steps
        or type(step) not in {int, type(None)}
    ):
        return None
    plain = {"card_id": 1, "state": state, "step": step, "stability": stability}
    plain |= {"difficulty": difficulty, "due": memory["due"], "last_review": memory["last_review"]}
    return _Kept(plain, due, state != _REVIEW)


def names_in(result: Result) -> set[str]:
    """Return the rules and codes that went wrong in an exercise: what ``remember`` takes."""
    names = {each.rule for each in result.mistakes}
    for each in result.deviations:
        names |= {each.rule} if each.rule else set()
        if each.fact.endswith(("diagnosis", "diagnoses", ".kva")):
            names |= {*each.right.split(), *each.yours.split()}
    return names
