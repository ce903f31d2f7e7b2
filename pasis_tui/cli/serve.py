"""What ``pasis serve`` does; imported only when it is typed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from pasis_tui.files import run_folder
from pasis_tui.files.whole import unusable
from pasis_tui.opening import reset_practice
from pasis_tui.training.class_tables import store_of
from pasis_tui.training.classes import ClassStore
from pasis_tui.web.learners import CLASS_WORD, LEARNERS, PRACTICE
from pasis_tui.web.server import CannotServe, Served, run

_SESSION = (
    "-P",
    "-m",
    "pasis_tui.cli.web_session",
)  # -P: nothing is imported from where it is started
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
_NOT_OURS = ("LINES", "COLUMNS", "TERM_PROGRAM", "NO_COLOR", "PASIS_PASSWORD", "PASIS_DATABASE")


def serve(
    options: argparse.Namespace,
    target: str,
    home: Path,
    today: date,
    say: Callable[[str], None],
) -> None:
    """Serve the database *target*, or a class, until the process is told to end.

    Raises CannotServe, NoExtra where the extra is not installed, and what opening a database or a
    class raises.
    """
    for name in ("sessions", "idle"):
        if getattr(options, name) < 1:
            raise CannotServe(f"--{name} ska vara 1 eller mer.")
    if not 0 <= options.port < 1 << 16:
        raise CannotServe("--port ska vara 0 till 65535; 0 tar en som är ledig.")
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    environment |= _TERMINAL | {"PASIS_DATA_DIR": str(home.absolute())}
    if store := getattr(options, "store", None):
        environment["PASIS_CLASS_STORE"] = store
    if options.class_word is None:
        environment["PASIS_DATABASE"] = target
    else:
        if getattr(options, "database", None) or os.environ.get("PASIS_DATABASE"):
            raise CannotServe("En klass övar, var och en i sin egen databas: utan --database.")
        if options.read_only:
            raise CannotServe("--read-only går inte med --class: en klass övar och sparar.")
        environment |= _class(options.class_word, home, today, store)
    if options.theme:
        environment["PASIS_THEME"] = options.theme
    arguments = [sys.executable, *_SESSION]
    if day := getattr(options, "date", None):
        arguments.append(f"--date={day}")
    if options.read_only:
        arguments.append("--read-only")
    run(
        Served(
            arguments=arguments,
            environment=environment,
            home=home,
            folder=_sessions(),
            host=options.host,
            port=options.port,
            public_url=options.public_url or "",
            sessions=options.sessions,
            idle=options.idle,
        ),
        say,
    )


def _sessions() -> Path:
    """Make the folder of the sessions' files; it goes when the run ends, or is swept."""
    run = run_folder.current()
    if run is None:
        raise RuntimeError("no run was begun")  # every command begins one
    try:
        return run.sessions()
    except OSError as error:
        raise unusable(run.tmp, error) from error


def _class(word: str, home: Path, today: date, named: str | None) -> dict[str, str]:
    """Make what a class needs: it is there, and so is practice data to copy for each learner."""
    target = store_of(home, named)
    with closing(ClassStore.open(target)) as store:
        group = store.find(word)
    if group.ended is not None:
        raise CannotServe(f"Klassen {group.name} är avslutad.")
    folder = home / LEARNERS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = str(folder / PRACTICE)
    reset_practice(made, today, 1)
    return {CLASS_WORD: group.word, "PASIS_CLASS_STORE": target}
