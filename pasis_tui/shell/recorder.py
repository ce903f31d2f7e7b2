"""Records what is typed in practice and what the terminal shows, from ``pasis --record``.

The key's own time pays for a tuple in a queue; a thread writes, a few times a second.  Nothing of
the login or the lock is recorded, and nothing at all in a register.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isinf
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol, TextIO

from textual.geometry import Size

from pasis_tui import clock
from pasis_tui.commands import COMMANDS
from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import added_to
from pasis_tui.shell.page import Host, Page
from pasis_tui.store.copies import copy_open, discard
from pasis_tui.training import asciicast
from pasis_tui.training.par_keys import Stroke
from pasis_tui.training.recording import Head, Line, head_text, line_text, new_recording
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.inputs import Clicked, Input, KeyPress, Pasted

if TYPE_CHECKING:
    from pasis_tui.shell.exercise_run import ExerciseRun

_PAUSE = 0.05  # seconds that what is typed is gathered before it is written


class NotHere(ForPeople):
    """Nothing can be recorded here."""


class Stage(Host, Protocol):
    """The application as it is recorded."""

    keymap: Keymap
    exercise: ExerciseRun | None
    first_exercise: str

    @property
    def top(self) -> object:
        """What is on top: the view, a dialogue over it, or the notice of a small terminal."""

    @property
    def size(self) -> Size:
        """The terminal's size."""
        ...

    def watch_output(self, tap: Callable[[str], None] | None) -> None:
        """Have *tap* called with all that the terminal gets, beginning with a whole screen."""


class _Writer(threading.Thread):
    """Writes lines to files, in the order they were given; *failed* is told why it cannot."""

    def __init__(self, failed: Callable[[str], None]) -> None:
        super().__init__(name="recording", daemon=True)
        self._failed = failed
        self._queue: SimpleQueue[tuple[TextIO, Callable[[], str]] | None] = SimpleQueue()
        self._closing = threading.Event()

    def put(self, file: TextIO, text: Callable[[], str]) -> None:
        """Write what *text* returns; it is called in the writer's thread."""
        self._queue.put((file, text))

    def close(self) -> None:
        """Write what is left, and end."""
        self._closing.set()
        self._queue.put(None)
        self.join()

    def run(self) -> None:
        """Write until it is closed, or the disk refuses."""
        try:
            while (first := self._queue.get()) is not None:
                self._closing.wait(_PAUSE)  # the key is done before the thread takes its time
                self._write(first)
        except OSError as error:
            self._failed(in_swedish(error))

    def _write(self, first: tuple[TextIO, Callable[[], str]]) -> None:
        batch = [first]
        with suppress(Empty):
            while (more := self._queue.get_nowait()) is not None:
                batch.append(more)
            self._queue.put(None)  # the end, for ``run``
        for file, text in batch:
            file.write(text())
        for file in {file for file, _ in batch}:
            file.flush()


class Recorder:
    """One recording, from the login to the end of the program."""

    def __init__(self, stage: Stage, path: Path, head: Head) -> None:
        self._stage = stage
        self.path = path
        self._began = clock.monotonic()
        self._last = 0.0
        self._size = stage.size
        self._hidden = True  # what comes first is the login's own key
        self._screen = self._top = ""
        self._refused: tuple[str, ...] = ()
        self._why = self._saved = ""
        self._lines = _open(path)
        self._cast = _open(path.with_suffix(asciicast.SUFFIX))
        loop = asyncio.get_running_loop()

        def failed(why: str) -> None:
            with suppress(RuntimeError):  # the program has ended already
                loop.call_soon_threadsafe(self._stop, why)

        self._writer = _Writer(failed)
        self._writer.put(self._lines, lambda: head_text(head))
        began, size = clock.wall(), self._size
        title = f"pasis {head.date} {head.user}"
        self._writer.put(
            self._cast, lambda: asciicast.header(size.width, size.height, began, title)
        )
        self._writer.start()
        stage.listeners.inputs.append(self._heard)
        stage.listeners.refusals.append(self._was_refused)
        stage.listeners.saves.append(self._was_saved)
        stage.watch_output(self._shown)

    def close(self) -> None:
        """Write what is left; afterwards nothing is recorded."""
        self._stage.watch_output(None)
        self._writer.close()
        for file in (self._lines, self._cast):
            with suppress(OSError):
                file.close()

    def _stop(self, why: str) -> None:
        """Say that the disk has refused; what was written until then can be read."""
        stage = self._stage
        stage.watch_output(None)
        stage.listeners.inputs.remove(self._heard)
        stage.listeners.refusals.remove(self._was_refused)
        stage.listeners.saves.remove(self._was_saved)
        if stage.view is not None:
            stage.view.say(f"Inspelningen avbröts: {why}.")

    def _now(self) -> float:
        return clock.monotonic() - self._began

    # --- what is heard, in the key's own time --------------------------------------------------

    def _heard(self, event: Input, at: float, dropped: bool) -> None:
        stage = self._stage
        top = stage.top
        hidden, self._hidden = self._hidden, isinstance(top, Dialog) and top.locks
        screen, self._screen = self._screen, _code(stage)
        over, self._top = self._top, top.heading if isinstance(top, Dialog) else ""
        refused, self._refused = self._refused, ()
        why, self._why = self._why, ""
        saved, self._saved = self._saved, ""
        if hidden and not self._hidden:
            stage.watch_output(self._shown)
        elif self._hidden and not hidden:
            stage.watch_output(None)
        if hidden or self._hidden or isinf(at):  # what nobody typed is typed by nobody again
            return
        self._last = max(self._last, at - self._began)
        heard = self._last
        exercise = "" if stage.exercise is None else stage.exercise.exercise.name

        def text() -> str:
            key = Stroke(*event, 1) if isinstance(event, KeyPress) else None
            paste = event.text if isinstance(event, Pasted) else None
            click = (event.x, event.y) if isinstance(event, Clicked) else None
            return line_text(
                Line(heard, screen, key, paste, click, over, exercise, dropped, refused, why, saved)
            )

        self._writer.put(self._lines, text)

    def _was_refused(self, page: Page, findings: Sequence[Finding]) -> None:
        first = f"{findings[0].rule} {findings[0].message}".strip()
        self._refused += tuple(each.rule for each in findings)
        self._why = self._why or first
        now = self._now()
        self._writer.put(self._cast, lambda: asciicast.marker(now, first))

    def _was_saved(self, page: Page, message: str) -> None:
        self._saved = message

    # --- what is shown ---------------------------------------------------------------------------

    def _shown(self, data: str) -> None:
        now, size = self._now(), self._stage.size
        if size != self._size:
            self._size = size
            self._writer.put(self._cast, lambda: asciicast.resized(now, size.width, size.height))
        self._writer.put(self._cast, lambda: asciicast.output(now, data))


async def begin(stage: Stage) -> tuple[Recorder | None, str]:
    """Begin to record whoever has just logged on; return the recorder and what to say of it.

    In a register, or when the disk refuses, nothing is recorded; that is said too.
    """
    try:
        recorder = await _begin(stage)
    except (ForPeople, OSError) as error:
        why = in_swedish(error) if isinstance(error, OSError) else str(error).rstrip(".")
        return None, f"Inget spelas in: {why}."
    path = recorder.path
    return recorder, f"Allt du gör spelas in i {path.parent.name}/{path.name}."


async def _begin(stage: Stage) -> Recorder:
    session = stage.session
    actor, database = session.actor, session.database
    if not actor.practice:
        raise NotHere("det här är ett register. Inspelningar görs bara i övning.")
    if database.dialect != "sqlite":
        raise NotHere("övningsdatabasen ligger på en server, inte i en fil.")
    moment = clock.now().astimezone()
    keys = {command.name: stage.keymap.keys(command.name) for command in COMMANDS}
    head = Head(
        session.today,
        actor.signature,
        actor.unit_code,
        stage.size.width,
        stage.size.height,
        moment.isoformat(timespec="seconds"),
        keys,
        Path(stage.first_exercise).stem,
    )
    path = await asyncio.to_thread(new_recording, stage.home, actor.signature, moment)
    try:
        await asyncio.to_thread(copy_open, Path(database.name), path.with_suffix(".db"))
        return Recorder(stage, path, head)
    except BaseException:
        path.unlink(missing_ok=True)
        discard(path.with_suffix(".db"))
        raise


def _open(path: Path) -> TextIO:
    # A lone surrogate, which no text of UTF-8 has, is written as JSON writes it.
    return os.fdopen(added_to(path), "a", encoding="utf-8", errors="backslashreplace", newline="\n")


def _code(stage: Stage) -> str:
    return "" if stage.view is None else stage.view.display_file.code
