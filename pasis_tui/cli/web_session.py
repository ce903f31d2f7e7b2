"""The process behind one tab of ``pasis serve``: it makes its terminal its own, and is ``pasis``.

Run with ``python -m pasis_tui.cli.web_session``.  The database and all else come by the environment,
so that no process list shows an address.  In a class it asks for the learner's name first, and gives
each learner a data folder of their own, in which one tab at a time may be.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from pasis_tui.cli import asking
from pasis_tui.cli.main import data_folder, main
from pasis_tui.store.copies import copy_closed
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training import class_link
from pasis_tui.training.class_tables import store_of
from pasis_tui.training.classes import (
    LONGEST_NAME,
    ClassStore,
    NameTaken,
    SchoolClass,
    clean,
)
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.web.learners import CLASS_WORD, LEARNERS, PRACTICE, learner_folder

_LOCK = "tab.lock"
_TRIES, _PAUSE = 50, 0.1  # a tab that was just closed lets go of its folder


def _own_the_terminal() -> None:
    """Have the kernel end this process when the other side of its terminal is closed."""
    os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first that a session leader opens is its own


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is a terminal, before the program has it


def _name_asked() -> str | None:
    """Return the name that was typed, None when the tab is gone."""
    sys.stdout.write("Ditt namn (läraren trycker bara Enter): ")
    sys.stdout.flush()
    try:
        line = sys.stdin.readline()
    except (UnicodeDecodeError, OSError):
        return None
    return clean(line, LONGEST_NAME) if line else None


def _held(folder: Path) -> bool:
    """Take the folder for this process, until it ends; False when another tab has it."""
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_PAUSE)
        else:
            return True
    os.close(lock)
    return False


def _let_in(store: ClassStore, group: SchoolClass, home: Path, name: str) -> bool:
    """Let the learner *name* in; False when it is somebody else's name, or is in another tab."""
    try:
        joined = store.join(group.word, name)
    except NameTaken as taken:
        if not asking.yes(f"{taken} Är det du?"):
            return False
        joined = store.join(group.word, name, same=True)
    folder = learner_folder(home, group, name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _held(folder):
        _say(f"{joined.name} är inne i en annan flik. Stäng den, eller skriv ett annat namn.")
        return False
    made = home / LEARNERS / PRACTICE
    if made.exists():  # otherwise the program makes its own, in some seconds
        with suppress(FileExistsError, DatabaseTrouble):
            if not (folder / PRACTICE).exists():
                copy_closed(made, folder / PRACTICE)
    class_link.remember(folder, joined)
    return True


def _in_class(word: str, arguments: Sequence[str]) -> int:
    home = data_folder()
    target = store_of(home)
    with closing(ClassStore.open(target)) as store:
        group = store.find(word)
        _say(f"PASiS, klassen {group.name}")
        name = _name_asked()
        while name and not _let_in(store, group, home, name):
            name = _name_asked()
    if name is None:
        return 0
    os.environ["PASIS_CLASS_STORE"] = target
    os.environ["PASIS_TEMPLATES"] = str(home / LEARNERS / "mallar")
    if not name:
        return main(arguments)
    os.environ["PASIS_DATA_DIR"] = str(learner_folder(home, group, name))
    os.environ.pop("PASIS_DATABASE", None)
    return main([*arguments, f"--class={group.word}", f"--learner={name}"])


def run(arguments: Sequence[str]) -> int:
    """Be the program of one tab and return its exit code."""
    word = os.environ.pop(CLASS_WORD, "")
    if not word:
        return main(arguments)
    try:
        return _in_class(word, arguments)
    except ForPeople as stopped:
        _say(" ".join(stopped.sentences))
        return stopped.exit_code


if __name__ == "__main__":
    _own_the_terminal()
    raise SystemExit(run(sys.argv[1:]))
