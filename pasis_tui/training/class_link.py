"""A learner's program in a class: tells the class store what happens, and hears what the trainer says.

What an exercise calls, on ``app.class_link`` when it is not None, between two keys; none of it waits
for anything, and a store that is gone is no matter:

    link.begin_run("07-dubbelsession", "Dubbelsession", "practise")   when it begins or goes on
    link.step()                                                       a hint, a save point
    link.ended(result)                                                graded (a ``results.Result``);
    link.ended(None)                                                  left, not graded
    link.wished                                                       the exercise wished next, or ""

The program itself calls ``refusal`` and ``saved`` from its listeners, ``screen`` while ``watched``,
and ``news`` once a second.  Sending and asking is done in a thread of its own.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pasis_tui import clock
from pasis_tui.files.whole import FileTrouble, whole
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training.classes import (
    LONGEST_NAME,
    NO_RULE,
    ClassStore,
    Joined,
    LearnerGone,
    News,
    clean,
)
from pasis_tui.training.outbox import FOLDER, Outbox
from pasis_tui.training.results import Result

ASKS = 1.0  # seconds between two questions for news
_PAUSE, _LONGEST_PAUSE = 1.0, 8.0  # between two tries to reach a store that is gone
_BATCH = 100
_PATIENCE = 3.0  # seconds that the end of the program waits for what is not sent yet


class Said(NamedTuple):
    """What the trainer says: a line, and the exercise that it wishes for, if any."""

    text: str
    exercise: str = ""


class ClassLink:
    """The link of one program to its class, from ``start`` to ``close``."""

    def __init__(self, target: str, home: Path, joined: Joined, *, reached: bool = True) -> None:
        self.joined = joined
        self.wished = ""
        self.watched = False  # the trainer looks at the screen
        self.reached = reached  # the store answered last time
        self._target = target
        self._home = home
        self._outbox = Outbox.new(home, joined.token)
        self._boxes = [*Outbox.left(home, joined.token), self._outbox]
        self._said: deque[Said] = deque()
        self._tip, self._wish = joined.last_tip, joined.wish
        self._screen = self._shown = ""
        self._shows = False  # what happens is the demonstration's doing
        self._store: ClassStore | None = None
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="class", daemon=True)

    def start(self) -> None:
        """Begin to send and to ask."""
        self._thread.start()

    def close(self) -> None:
        """End, after a moment for what is not sent yet; what remains is sent by the next program."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)
        for box in self._boxes:
            box.close()

    # --- what happens -----------------------------------------------------------------------

    def begin_run(self, exercise: str, title: str, mode: str) -> None:
        """Tell that the learner is in *exercise*, in the mode show, practise or test."""
        if exercise == self.wished:
            self.wished = ""
        self._shows = mode == "show"
        self._tell("begin", exercise=exercise, title=title, mode=mode)

    def ended(self, result: Result | None) -> None:
        """Tell that the exercise is over, with its result, or None when it was left."""
        self._shows = False
        if result is None:
            self._tell("end")
        else:
            keys, par = result.keys, result.par_keys
            self._tell("end", marks=result.marks, keys=keys, par_keys=par)

    def refusal(self, rule: str) -> None:
        """Tell that *rule* refused something, "" where no rule says so."""
        if not self._shows:
            self._tell("refusal", rule=rule or NO_RULE)

    def saved(self) -> None:
        """Tell that something was saved."""
        if not self._shows:
            self._tell("save")

    def step(self) -> None:
        """Tell that the learner is at work, by a hint or a save point."""
        self._tell("step")

    def screen(self, text: str) -> None:
        """Keep what the learner's screen shows, for the trainer who looks at it."""
        self._screen = text

    def news(self) -> Iterator[Said]:
        """Yield what the trainer has said since it was last asked."""
        while self._said:
            yield self._said.popleft()

    def _tell(self, kind: str, **more: Any) -> None:
        self._outbox.put({"kind": kind, "at": clock.wall(), **more})
        self._wake.set()

    # --- the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        pause, not_before = _PAUSE, 0.0
        while True:
            self._wake.wait(ASKS)
            self._wake.clear()
            closing = self._closing  # before what is sent: nothing comes after it
            if closing or clock.monotonic() >= not_before:
                try:
                    self._work()
                    self.reached, pause, not_before = True, _PAUSE, 0.0
                except LearnerGone:
                    self._leave_store()
                    return
                except DatabaseTrouble:
                    self._leave_store()
                    self.reached = self.watched = False
                    not_before = clock.monotonic() + pause
                    pause = min(pause * 2, _LONGEST_PAUSE)
            if closing:
                self._leave_store()
                return

    def _work(self) -> None:
        if self._store is None:
            self._store = ClassStore.open(self._target)
        store, token = self._store, self.joined.token
        try:
            self._send(store, token)
            news = store.news(token, self._tip)
        except LearnerGone:
            store.let_in_again(self.joined)
            self._send(store, token)
            news = store.news(token, self._tip)
        self._hear(news)
        if self.watched and self._screen != self._shown:
            self._shown, shown = self._screen, self._shown
            try:
                store.show_screen(token, self._shown)
            except DatabaseTrouble:
                self._shown = shown
                raise

    def _send(self, store: ClassStore, token: str) -> None:
        for box in self._boxes:
            while not box.empty:
                first, items = box.waiting(_BATCH)
                box.delivered = store.deliver(token, box.sender, first, items)
        for box in [each for each in self._boxes if each is not self._outbox]:
            self._boxes.remove(box)
            box.close()

    def _hear(self, news: News) -> None:
        self.watched = news.watched
        for number, text in news.tips:
            self._tip = number
            self._said.append(Said(f"Läraren: {text}"))
        if news.wish > self._wish:
            self.wished = news.exercise
            self._said.append(Said(f"Läraren: nästa övning är {news.title}.", news.exercise))
        if news.tips or news.wish > self._wish:
            self._wish = news.wish
            remember(self._home, self.joined._replace(last_tip=self._tip, wish=self._wish))

    def _leave_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


# --- joining ------------------------------------------------------------------------------------


def join(target: str, home: Path, word: str, name: str, *, same: bool = False) -> ClassLink:
    """Join a class of the store *target*, or go on in it where this data folder was.

    A store that is gone lets in whoever has joined before from here.  Raises what
    ``ClassStore.join`` does, and DatabaseTrouble.
    """
    before = _remembered(home, word, name)
    reached = True
    try:
        store = ClassStore.open(target)
        try:
            joined = store.join(word, name, before.token if before else "", same=same)
        finally:
            store.close()
    except DatabaseTrouble:
        if before is None:
            raise
        joined, reached = before, False
    if before is not None and before.token == joined.token:  # what was said meanwhile is heard
        joined = joined._replace(last_tip=before.last_tip, wish=before.wish)
    remember(home, joined)
    return ClassLink(target, home, joined, reached=reached)


def remember(home: Path, joined: Joined) -> None:
    """Keep that the learner is in the class; a folder that cannot be written is no matter."""
    path = _memory(home, joined.word, joined.name)
    with suppress(OSError, FileTrouble):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with whole(path) as file:
            file.write(json.dumps(joined._asdict()).encode())


def _remembered(home: Path, word: str, name: str) -> Joined | None:
    try:
        known = json.loads(_memory(home, word, name).read_text("utf-8"))
        joined = Joined(**known)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    texts = (joined.token, joined.name, joined.class_name, joined.word)
    numbers = (joined.last_tip, joined.wish)
    plain = all(type(t) is str for t in texts) and all(type(n) is int for n in numbers)
    return joined if plain and joined.token.isalnum() and len(joined.token) <= 32 else None


def _memory(home: Path, word: str, name: str) -> Path:
    who = f"{' '.join(word.casefold().replace('-', ' ').split())}/{clean(name, LONGEST_NAME).casefold()}"
    return home / FOLDER / f"{sha256(who.encode(errors='replace')).hexdigest()[:16]}.json"
