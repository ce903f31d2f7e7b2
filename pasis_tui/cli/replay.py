"""``pasis replay FILE``: a recording in the program, on a copy of the database it began in."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory

from pasis_tui.app import PasisApp
from pasis_tui.files import run_folder
from pasis_tui.files.whole import confined_to, typed_path
from pasis_tui.opening import read_own_files
from pasis_tui.services.patients import patients
from pasis_tui.services.users import access
from pasis_tui.shell.replay import Replay
from pasis_tui.store.actor import Actor
from pasis_tui.store.copies import copy_closed
from pasis_tui.store.database import Database
from pasis_tui.terminal import workers
from pasis_tui.training.exercises import folders
from pasis_tui.training.people import practice_person
from pasis_tui.training.recording import Recording, read_recording
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.unseen import shortened

_SPEEDS = (0.1, 1000.0)


class NoReplay(ForPeople):
    """A recording that cannot be played here."""


class ReplayApp(PasisApp):
    """The program with whoever was recorded logged on, and the recording playing."""

    def __init__(
        self,
        database: Database,
        actor: Actor,
        recording: Recording,
        speed: float,
        home: Path,
        theme: str = "pasis",
    ) -> None:
        head = recording.head
        super().__init__(database.name, home, head.date, head.keymap(), theme)
        self._database, self._actor = database, actor
        self._replay = Replay(self, recording, speed)

    async def begin(self) -> None:
        """Begin at once, without a login."""
        await self.logged_in(self._database, self._actor)
        workers.begin(self, self._guarded, name="replay", group="replay")

    async def _guarded(self) -> None:
        try:
            with confined_to(self.home):
                await self._replay.play()
        except Exception as error:
            if self.is_headless:
                raise
            self.fail(error)


def run(
    options: argparse.Namespace, home: Path, theme: str, show: Callable[[PasisApp], int]
) -> int:
    """Play the recording in the terminal; returns the exit code.  *show* runs the application."""
    speed = _speed(options.speed)
    path = typed_path(options.file)
    if path.suffix == ".cast":
        raise NoReplay(
            f"{path.name} visas av asciinema play. pasis spelar upp {path.with_suffix('.jsonl').name}."
        )
    recording = read_recording(path)
    if not recording.database.is_file():
        raise NoReplay(
            f"{recording.database.name} saknas: övningsdatabasen som inspelningen började i ska"
            " ligga bredvid den."
        )
    exercise = _exercise(recording, home)
    read_own_files()
    patients.set_population_register(practice_person)
    with TemporaryDirectory(prefix="pasis-") as folder:
        own = Path(folder) / "ovning.db"
        copy_closed(recording.database, own)
        _bring_exercises(home, Path(folder))
        run_folder.begin(Path(folder))
        with Database.open(own) as database:
            head = recording.head
            actor = access.practice_actor(database, head.unit, head.user)
            app = ReplayApp(database, actor, recording, speed, Path(folder), theme)
            app.first_exercise = exercise
            return show(app)


def _exercise(recording: Recording, home: Path) -> str:
    """Return the file of the exercise that the program was opened in, "" for none."""
    if not (name := recording.head.exercise):
        return ""
    known = {path.stem: path for place in folders(home) for path in place.glob("*.toml")}
    if name not in known:
        raise NoReplay(f"Inspelningen börjar i övningen {shortened(name, 60)}, som inte finns här.")
    return str(known[name])


def _bring_exercises(home: Path, folder: Path) -> None:
    """Let the trainer's own exercises be found, since a recording may open one."""
    own = folders(home)[1]
    if own.is_dir() and own == home / "exercises":
        (folder / "exercises").symlink_to(own.resolve(), target_is_directory=True)


def _speed(typed: str) -> float:
    try:
        speed = float(typed.replace(",", "."))
    except ValueError:
        speed = 0.0
    low, high = _SPEEDS
    if not (isfinite(speed) and low <= speed <= high):
        raise NoReplay(f"--speed: skriv ett tal från {low} till {high:.0f}; 2 är dubbelt så fort.")
    return speed
