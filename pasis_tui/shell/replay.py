"""Plays a recording: its keys through the gate at its own pace, then the keyboard is the person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.geometry import Size

from pasis_tui.display.display_files import displays
from pasis_tui.shell.demonstration import Demonstration
from pasis_tui.shell.exercise_run import ExerciseRun
from pasis_tui.shell.jobs import Jobs
from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.shell.pace import Pace, how_to_steer
from pasis_tui.shell.page import Host
from pasis_tui.shell.player import settled
from pasis_tui.training.par_keys import as_written
from pasis_tui.training.recording import Line, Recording
from pasis_tui.validation.unseen import shortened
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.inputs import Clicked, Input, KeyPress, Pasted

_LONGEST = 5.0  # seconds of a pause that are waited for
_DRAFT = (
    "Osparat utkast"  # asked for at the recording's login; a copy of the database has no drafts
)
_FREE = "Tangentbordet är ditt. Det här är en kopia, som försvinner när du lämnar programmet."


class Stage(Host, Protocol):
    """The application as a recording plays in it."""

    gate: KeyGate
    jobs: Jobs
    exercise: ExerciseRun | None
    person_typed: Callable[[Input], None] | None

    def show_coach(self, text: str) -> None:
        """Show the strip."""

    @property
    def size(self) -> Size:
        """The terminal's size."""
        ...

    @property
    def top(self) -> object:
        """What is on top: the view, or a dialogue."""

    @property
    def covered(self) -> bool:
        """Whether the lock, or the notice of a small terminal, hides the screens."""
        ...


class Replay:
    """Plays *recording*, at *speed* times its own pace; longer pauses than five seconds are cut."""

    def __init__(self, stage: Stage, recording: Recording, speed: float) -> None:
        self._stage = stage
        self._recording = recording
        self._pace = Pace(lambda: stage.covered, speed)
        self.steer = self._pace.steer

    async def play(self) -> None:
        """Play to the end, to where the program does something else, or until Esc."""
        stage = self._stage
        stage.person_typed = self.steer
        said = await self._play()
        await self._leave_demonstration()
        stage.person_typed = None
        stage.show_coach("")
        if stage.view is not None:
            stage.view.say(f"{said} {_FREE}")

    async def _play(self) -> str:
        lines = self._recording.played()
        before = 0.0
        for number, line in enumerate(lines, 1):
            pause, before = line.at - before, line.at
            self._tell(number, len(lines), line)
            if not await self._pace.wait(min(pause, _LONGEST)):
                return "Uppspelningen avbröts."
            await self._leave_demonstration()
            screen, top = self._here()
            if line.top == _DRAFT and top != _DRAFT:
                continue
            if (screen, top) != (line.screen, line.top):
                wanted, shown = _named(line.screen, line.top), _named(screen, top)
                return (
                    f"Programmet gör inte som när det spelades in: {wanted} väntades"
                    f" vid {line.at:.0f} s, {shown} visas.{self._other_size()}"
                )
            self._stage.gate.put(_input(line))
            await settled(self._stage)
        cut = " Inspelningen är avkapad där." if self._recording.cut else ""
        return f"Uppspelningen är klar.{cut}"

    async def _leave_demonstration(self) -> None:
        """Leave a demonstration that a recorded key began: what left it then was not recorded."""
        stage = self._stage
        shown = stage.exercise
        if isinstance(shown, Demonstration):
            if stage.person_typed is not None:
                stage.person_typed(KeyPress("escape"))
            if shown.leaving is not None:
                await shown.leaving
            stage.person_typed = self.steer

    def _other_size(self) -> str:
        head, here = self._recording.head, self._stage.size
        if (head.columns, head.rows) == (here.width, here.height):
            return ""
        return f" Inspelningen gjordes i {head.columns}×{head.rows}, terminalen är {here.width}×{here.height}."

    def _here(self) -> tuple[str, str]:
        stage = self._stage
        top = stage.top
        screen = "" if stage.view is None else stage.view.display_file.code
        return screen, top.heading if isinstance(top, Dialog) else ""

    def _tell(self, number: int, count: int, line: Line) -> None:
        key = as_written(*line.key[:2]) if line.key else "inklistrat" if line.paste else "klick"
        key = shortened(key, 20)
        self._stage.show_coach(f"Uppspelning {number} av {count}: {key}  {how_to_steer()}")


def _input(line: Line) -> Input:
    if line.key is not None:
        return KeyPress(line.key.key, line.key.character)
    if line.paste is not None:
        return Pasted(line.paste)
    return Clicked(*(line.click or (0, 0)))


def _named(screen: str, top: str) -> str:
    title = displays()[screen].title if screen in displays() else shortened(screen, 20)
    return f"{title} med rutan {shortened(top, 40)}" if top else title
