"""An exercise's own database: made once, copied for every attempt, kept until it is graded.

    forsok/mallar/HASH.db            the practice database of the exercise's day, and its start acts
    forsok/NAME/N/ovning-K.db        the N:th attempt; K counts up with each return to a save point
    forsok/NAME/N/forsok.json        what it is and how far it has come
    forsok/NAME/N/tangenter.jsonl    the keys that were pressed
    forsok/NAME/N/bilder.json        the screens on the way, once it is graded

A file that is open is never overwritten, so a return to a save point opens a new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Literal, get_args

from pasis_tui import __version__, clock, resources
from pasis_tui.files.whole import FileTrouble, saying_why, whole
from pasis_tui.services.users import access
from pasis_tui.store.actor import Context
from pasis_tui.store.copies import copy_closed, copy_open, discard
from pasis_tui.store.database import Database
from pasis_tui.store.holding import Hold
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training import start_acts
from pasis_tui.training.exercises import Exercise
from pasis_tui.training.facts import Facts, read_facts
from pasis_tui.training.practice import create_practice
from pasis_tui.training.routes import Pressed

Mode = Literal["practise", "test", "show"]
FOLDER, _TEMPLATES = "forsok", "mallar"
_SCREENS = "bilder.json"
_STATE, _KEYS = "forsok.json", "tangenter.jsonl"
_NUMBERS = ("file", "save_points", "hints")
_KEPT = 40  # templates: the shipped exercises and some of a trainer's own; the oldest goes
_STALE = 3600.0  # seconds after which nobody is still making a template
_MAKING = Lock()  # one thread at a time: what makes tables is not made for two
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at an exercise.

    ``day`` is its working date now, ``file`` the number of the database file in use, ``save_points`` how many there are, ``hints``
    how many were shown and ``done`` whether it was graded or given up.
    """

    folder: Path
    exercise: str
    mode: Mode
    template: str
    day: date
    file: int = 1
    save_points: int = 0
    hints: int = 0
    done: bool = False

    @property
    def database(self) -> Path:
        """Its database file."""
        return self.folder / f"ovning-{self.file}.db"

    @property
    def keys(self) -> Path:
        """The file of the keys pressed."""
        return self.folder / _KEYS


@cache
def _program() -> str:
    """Return a hash of all that decides what an exercise's start and solution leave behind."""
    digest = sha256(__version__.encode())
    for folder in (_PACKAGE, resources.folder("data"), resources.folder("screens")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".toml"}:
                known = path.stat()
                digest.update(f"{path.name} {known.st_size} {known.st_mtime_ns}".encode())
    return digest.hexdigest()


class Attempts:
    """The attempts of whoever owns the folder *home*."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        # Learners whose programs run on one machine share the templates, which nobody changes.
        shared = os.environ.get("PASIS_TEMPLATES")
        self._templates = Path(shared) if shared else self._folder / _TEMPLATES

    # --- templates ----------------------------------------------------------------------------

    def name_of(self, exercise: Exercise) -> str:
        """Return the name of an exercise's template, which changes with the file and the program."""
        said = f"{exercise.name}\n{exercise.file.text}\n{_program()}"
        return sha256(said.encode()).hexdigest()[:24]

    def expected_file(self, exercise: Exercise) -> Path:
        """Return where what the solution leaves behind is kept."""
        return self._templates / f"{self.name_of(exercise)}.json"

    def template(self, exercise: Exercise) -> Path:
        """Return an exercise's template, made if it is missing.

        Raises BadStart, and DatabaseTrouble when the disk does not let it be made.
        """
        path = self._templates / f"{self.name_of(exercise)}.db"
        with _MAKING:
            with saying_why(path):  # the folder may be somebody else's
                self._templates.mkdir(parents=True, exist_ok=True)
                made = path.exists()
            if not made:
                self._make(path, self._practice(exercise.date), exercise)
                self._tidy()
        return path

    def _practice(self, day: date) -> Path:
        """Return the template of the practice database as of *day*, made once for all exercises."""
        path = self._templates / f"ovning-{day}-{_program()[:24]}.db"
        if not path.exists():
            with _made_beside(path) as beside, Database.open(beside, create=True) as made:
                create_practice(made, day)
        return path

    def _make(self, path: Path, practice: Path, exercise: Exercise) -> None:
        with _made_beside(path) as beside:
            copy_closed(practice, beside)
            with Database.open(beside) as made:
                start_acts.play(exercise, made)

    def _tidy(self) -> None:
        with suppress(OSError):  # another program tidies too
            made = sorted(self._templates.glob("*.db"), key=lambda path: path.stat().st_mtime)
            for path in made[:-_KEPT]:
                discard(path)
                path.with_suffix(".json").unlink(missing_ok=True)
            for path in self._templates.glob("*.db.*"):  # half made when a program was killed
                if clock.wall() - path.stat().st_mtime > _STALE:
                    path.unlink()

    def before(self, exercise: Exercise) -> Facts:
        """Return the facts that an attempt at *exercise* starts with."""
        with Database.open(self.template(exercise)) as database:
            return facts_of(database, exercise, exercise.date)

    # --- attempts -----------------------------------------------------------------------------

    def begin(self, exercise: Exercise, mode: Mode = "practise") -> Attempt:
        """Begin a new attempt; what was left of the ones before it goes, unless another window is in it.

        Raises as ``template``.
        """
        template = self.template(exercise)
        for old in self._of(exercise.name):
            if not _is_open(old):
                self.discard(old)
        folder = self._new_folder(exercise.name)
        attempt = Attempt(folder, exercise.name, mode, template.stem, exercise.date)
        copy_closed(template, attempt.database)
        self.keep(attempt)
        return attempt

    def _new_folder(self, name: str) -> Path:
        place = self._folder / name
        with saying_why(place):
            place.mkdir(parents=True, exist_ok=True)
            number = max((int(p.name) for p in place.iterdir() if p.name.isdecimal()), default=0)
            while True:
                number += 1
                try:
                    (place / str(number)).mkdir(mode=0o700)
                except FileExistsError:
                    continue
                return place / str(number)

    def unfinished(self, exercise: Exercise) -> Attempt | None:
        """Return the attempt that can be gone on with: of this file, this program, not graded."""
        name = self.name_of(exercise)
        left = [x for x in self._of(exercise.name) if not x.done and not _is_open(x)]
        fitting = [each for each in left if each.template == name and each.mode != "show"]
        return fitting[-1] if fitting else None

    def _of(self, name: str) -> list[Attempt]:
        place = self._folder / name
        try:
            folders = [path for path in place.iterdir() if path.name.isdecimal()]
        except OSError:  # there is none, or it is somebody else's
            return []
        read = [_read(path) for path in sorted(folders, key=lambda path: int(path.name))]
        return [each for each in read if each is not None]

    def latest_keys(self, name: str) -> list[Pressed]:
        """Return the keys of the latest attempt at the exercise *name*."""
        known = [each for each in self._of(name) if each.mode != "show"]
        return list(keys_pressed(known[-1])) if known else []

    def keep(self, attempt: Attempt) -> None:
        """Write down how far an attempt has come."""
        known = asdict(attempt) | {"day": attempt.day.isoformat()}
        del known["folder"]
        with whole(attempt.folder / _STATE) as file:
            file.write(json.dumps(known, ensure_ascii=False).encode())

    # --- save points --------------------------------------------------------------------------

    def save(self, attempt: Attempt) -> Attempt:
        """Make a save point of what is saved now."""
        number = attempt.save_points + 1
        made = attempt.folder / f"sparlage-{number}.db"
        with saying_why(made):
            discard(made)  # of a crash before it was counted
        copy_open(attempt.database, made)
        with whole(attempt.folder / f"sparlage-{number}.txt") as file:
            file.write(attempt.day.isoformat().encode())
        attempt = replace(attempt, save_points=number)
        self.keep(attempt)
        return attempt

    def go_back(self, attempt: Attempt, number: int) -> Attempt:
        """Return the attempt as it was at its save point *number*, in a new file."""
        note = attempt.folder / f"sparlage-{number}.txt"
        try:
            day = date.fromisoformat(note.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise FileTrouble(f"Sparläge {number} går inte att läsa.") from error
        attempt = replace(attempt, file=attempt.file + 1, day=day)
        with saying_why(attempt.database):
            discard(attempt.database)  # as above
        copy_closed(attempt.folder / f"sparlage-{number}.db", attempt.database)
        self.keep(attempt)
        return attempt

    def discard(self, attempt: Attempt) -> None:
        """Remove an attempt that nobody works in."""
        shutil.rmtree(attempt.folder, ignore_errors=True)

    def finish(self, attempt: Attempt, screens: Mapping[int, str] | None = None) -> None:
        """Note that an attempt is over; *screens* are those after so many keys."""
        if screens:
            with whole(attempt.folder / _SCREENS) as file:
                file.write(json.dumps(screens, ensure_ascii=False).encode())
        self.keep(replace(attempt, done=True))

    def latest_screens(self, name: str) -> dict[int, str]:
        """Return the screens of the latest attempt at *name*, by the number of keys before each."""
        known = [each for each in self._of(name) if each.mode != "show"]
        try:
            read = json.loads((known[-1].folder / _SCREENS).read_text("utf-8")) if known else {}
            return {int(number): str(text) for number, text in read.items()}
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}


@contextmanager
def _made_beside(path: Path) -> Iterator[Path]:
    """Give a new name beside *path*; what was made there takes its place when all went well."""
    beside = path.with_name(f"{path.name}.{clock.now():%H%M%S%f}")
    try:
        yield beside
        with saying_why(path):
            beside.replace(path)
    except BaseException:
        with suppress(OSError):
            discard(beside)
        raise


def _is_open(attempt: Attempt) -> bool:
    """Tell whether a program, another window or this one, works in the attempt, or nobody can."""
    try:
        with Hold(attempt.database) as hold:
            return not hold.take(alone=True)
    except DatabaseTrouble:  # the folder is read-only, or somebody else's
        return True


def facts_of(database: Database, exercise: Exercise, today: date) -> Facts:
    """Return the facts of an exercise's database."""
    actor = access.practice_actor(database, exercise.unit, exercise.user)
    return read_facts(Context(database, actor, today, "ÖV"))


def _read(folder: Path) -> Attempt | None:
    """Return the attempt in *folder*, None when its file was cut or written by something else."""
    try:
        known: dict[str, Any] = json.loads((folder / _STATE).read_text("utf-8"))
        known["day"] = date.fromisoformat(str(known["day"]))
        attempt = Attempt(folder=folder, **known)
        there = attempt.database.is_file()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    wrong = [name for name in _NUMBERS if type(known.get(name)) is not int]
    if wrong or attempt.mode not in get_args(Mode) or not there:
        return None
    return attempt


# --- keys -------------------------------------------------------------------------------------


def key_line(pressed: Pressed) -> bytes:
    """Return a key as a line of an attempt's file."""
    return json.dumps(pressed, ensure_ascii=False).encode() + b"\n"


def keys_pressed(attempt: Attempt) -> Iterator[Pressed]:
    """Yield the keys of an attempt; a line cut by a crash ends them."""
    try:
        lines = attempt.keys.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            key, character, screen, at, refused = json.loads(line)
            yield Pressed(str(key), character, str(screen), float(at), tuple(map(str, refused)))
        except (ValueError, TypeError):
            return


__all__ = ["Attempt", "Attempts", "Mode", "facts_of", "key_line", "keys_pressed"]
