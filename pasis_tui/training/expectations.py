"""What an exercise's solution leaves behind: what a learner's records are compared with.

It is not written down but made: the solution's keys are played in a copy, by a program of its own
(``pasis exercise expect``), and what came of them is kept beside the template until file or
program change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pasis_tui.files.whole import whole
from pasis_tui.training.attempts import Attempts
from pasis_tui.training.exercises import Exercise
from pasis_tui.training.facts import Delta
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople

_LONGEST = 120.0  # seconds that a solution may take to be played


class NoSolution(ForPeople):
    """The exercise's own solution could not be played."""

    exit_code = 1


class Expected(NamedTuple):
    """What the solution changed and the facts, as ``kind.field``, that its keys typed.

    ``screens`` are (line of the solution, the screen as text once its keys were done).
    """

    changed: Delta
    typed: frozenset[str]
    screens: tuple[tuple[int, str], ...] = ()

    def write(self, path: Path) -> None:
        """Keep it at *path*; raises FileTrouble."""
        known = {
            "changed": self.changed.to_json(),
            "typed": sorted(self.typed),
            "screens": self.screens,
        }
        with whole(path) as file:
            file.write(json.dumps(known, ensure_ascii=False).encode())


def read_expected(path: Path) -> Expected | None:
    """Return what is kept at *path*, None when it is missing or was written by something else."""
    try:
        known = json.loads(path.read_text("utf-8"))
        screens = tuple((int(line), str(text)) for line, text in known["screens"])
        typed = frozenset(str(each) for each in known["typed"])
        return Expected(Delta.from_json(known["changed"]), typed, screens)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def expected(exercise: Exercise, home: Path) -> Expected:
    """Return what the solution of *exercise* leaves behind, playing it if that is not known yet.

    Takes a second or two the first time.  Raises NoSolution with what stopped it.
    """
    path = Attempts(home).expected_file(exercise)
    if (known := read_expected(path)) is not None:
        return known
    try:
        with TemporaryDirectory(prefix="pasis-") as folder:
            # The exercise as it was read: its file may have been changed or removed since.
            copied = Path(folder) / exercise.path.name
            copied.write_bytes(exercise.file.text.encode())
            played = _play(copied, home)
    except subprocess.TimeoutExpired as error:
        raise NoSolution(f"Facit till {exercise.title} blev aldrig klart.") from error
    except OSError as error:
        reason = in_swedish(error)
        raise NoSolution(f"Facit till {exercise.title} går inte att spela: {reason}.") from error
    if (known := read_expected(path)) is None:
        said = played.stderr.decode("utf-8", "replace").strip().removeprefix("pasis: ")
        raise NoSolution(f"Facit till {exercise.title} går inte att spela: {said[:400]}")
    return known


def _play(path: Path, home: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "pasis_tui", "exercise", "expect", str(path)],
        env={**os.environ, "PASIS_DATA_DIR": str(home), "PASIS_DATABASE": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_LONGEST,
        check=False,
    )
