"""``pasis exercise``: lists, checks, writes and opens exercises."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from pasis_tui import resources
from pasis_tui.files.whole import saying_why, typed_path
from pasis_tui.training.exercises import files_of, folders, read_exercise, shelf
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople

REFUSED = 1
_LEVELS = {1: "lätt", 2: "vanlig", 3: "svår"}


class NoExercise(ForPeople):
    """An exercise, a file or a folder that is not there."""


def run(
    options: argparse.Namespace,
    home: Path,
    say: Callable[..., None],
    complain: Callable[[str], None],
) -> int:
    """Do what was asked for; returns the exit code."""
    if options.act == "list":
        return _list(home, say, complain)
    if not options.what:
        raise NoExercise(f"exercise {options.act} behöver veta vilken: namn, fil eller mapp.")
    if options.act == "new":
        return _new(typed_path(options.what), say)
    if options.act == "from-recording":
        return _from_recording(typed_path(options.what), home, say)
    if options.act == "check":
        return _check(_paths(options.what, home), home, say, complain)
    return _expect(_paths(options.what, home)[0], home)


def to_play(what: str, home: Path) -> str:
    """Return the path of the exercise to open; raises NoExercise and BadFile."""
    if not what:
        raise NoExercise("exercise play behöver veta vilken: namn eller fil.")
    return str(read_exercise(_paths(what, home)[0]).path)


def _paths(what: str, home: Path) -> list[Path]:
    """Return the files that a name, a file or a folder means."""
    path = typed_path(what)
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
        found = files_of(path) if is_folder else []
    except OSError as error:
        raise NoExercise(f"{path} kan inte läsas: {in_swedish(error)}.") from error
    if is_folder:
        if not found:
            raise NoExercise(f"Mappen {path} har inga övningar (filer som slutar på .toml).")
        return found
    if is_file:
        return [path]
    named = [
        each
        for place in folders(home)
        for each in sorted(place.glob("*.toml"))
        if each.stem == what or each.stem.split("-")[0] == what.zfill(2)
    ]
    if not named:
        raise NoExercise(f"Det finns ingen övning, fil eller mapp som heter {what[:60]}.")
    return named[:1]


def _list(home: Path, say: Callable[..., None], complain: Callable[[str], None]) -> int:
    known = shelf(folders(home))
    for each in known.exercises:
        minutes = f"{each.minutes} min"
        say(f"{each.name:<28} {_LEVELS[each.level]:<7} {minutes:>7}  {each.title}")
    if known.faults:
        complain("\n       ".join(known.faults))
    return REFUSED if known.faults else 0


def _new(path: Path, say: Callable[..., None]) -> int:
    if path.suffix != ".toml":
        path = path.with_name(f"{path.name}.toml")
    template = (resources.folder("data") / "exercise_template.toml").read_text("utf-8")
    _write_new(path, template)
    say(f"{path} är skriven. Ändra i den och kontrollera med: pasis exercise check {path}")
    return 0


def _from_recording(path: Path, home: Path, say: Callable[..., None]) -> int:
    """Write the exercise that a recording becomes among the trainer's own, and say where."""
    from pasis_tui.training.from_recording import exercise_from
    from pasis_tui.training.recording import read_recording

    text = exercise_from(read_recording(path))
    target = folders(home)[1] / f"{path.stem}.toml"
    with saying_why(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    _write_new(target, text)
    say(
        f"{target} är skriven. Skriv berättelsen, ta bort omvägarna i facit och kontrollera med:"
        f" pasis exercise check {target}"
    )
    return 0


def _write_new(path: Path, text: str) -> None:
    with saying_why(path):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise NoExercise(f"{path} finns redan och skrivs inte över.") from None


def _check(
    paths: list[Path], home: Path, say: Callable[..., None], complain: Callable[[str], None]
) -> int:
    from pasis_tui.cli.exercise_check import check

    wrong = 0
    for path in paths:
        checked = check(path, home)
        for sentence in checked.faults:
            complain(sentence)
        for sentence in checked.warnings:
            complain(f"Varning: {sentence}")
        if checked.faults:
            wrong += 1
        else:
            say(f"{path.name}: facit spelat, {checked.keys} tangenter, 100 poäng.")
    return REFUSED if wrong else 0


def _expect(path: Path, home: Path) -> int:
    from pasis_tui.cli.exercise_check import keep_expected, solution_faults
    from pasis_tui.cli.playing import play
    from pasis_tui.training.attempts import Attempts
    from pasis_tui.training.expectations import NoSolution

    exercise = read_exercise(path)
    played = play(exercise, home)
    if faults := solution_faults(exercise, played):
        raise NoSolution(" ".join(faults))
    keep_expected(exercise, played, Attempts(home).expected_file(exercise))
    return 0
