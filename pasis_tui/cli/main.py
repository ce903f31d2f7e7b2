"""The command ``pasis`` and its sub-commands.  Heavy modules are imported only when needed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TextIO

from pasis_tui import clock
from pasis_tui.terminal import heap
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.unseen import as_json, marked

if TYPE_CHECKING:
    import argparse

    from pasis_tui.app import PasisApp
    from pasis_tui.store.database import Database

# The options of pasis alone.
_PLAIN = SimpleNamespace(
    command=None, theme=None, mouse=False, record=False, class_word=None, learner=None
)
FAULT = 70  # the program itself failed
REFUSED = 1
# Options that are looked up in the database, or written to it.
_ASKED_FOR = (
    "identity", "unit", "unit_name", "code", "user", "signature", "name", "category", "protected_reason",
    "identity_number",
)  # fmt: skip
_OF_THE_PROGRAM = ("theme", "record", "read_only", "mouse", "class_word", "learner", "store")
_TAKEN_BY = {
    "play": ("theme", "record", "mouse", "class_word", "learner", "store"),
    "replay": ("theme", "mouse"),
    "serve": ("theme", "read_only", "class_word", "store"),
    "class": ("store",),
}
_OF_A_REGISTER = ("init", "users", "caregivers", "units")  # commands
_AND = "\n       "  # between sentences, under the first


class Trouble(ForPeople):
    """Ends the program with a sentence and an exit code."""

    def __init__(self, message: str, exit_code: int = ForPeople.exit_code) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``pasis`` and return its exit code: 0 well, 1 refused, 2 could not be done."""
    words = sys.argv[1:] if arguments is None else arguments
    options: Any = _PLAIN
    _hold_streams()
    if words:
        from pasis_tui.cli.usage import (
            make_parser,  # only now: a clerk types pasis and nothing more
        )

        options = make_parser().parse_args(words)
    try:
        return _run(options)
    except ForPeople as stopped:
        _complain(_AND.join(stopped.sentences))
        return stopped.exit_code
    except BrokenPipeError:  # the reader of the output has closed it
        _write_no_more()
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as fault:  # Python would print a traceback, with data in it
        _complain(_kept(fault))
        return FAULT
    finally:
        if arguments is None:  # the process ends: a third of a second less of taking it apart
            gc.freeze()


def _hold_streams() -> None:
    """Reopen closed streams, so that no later file gets their number and is overwritten."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _complain(text: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):  # the terminal may be gone
            shown = _AND.join(marked(line) for line in f"pasis: {text}".split(_AND))
            print(_written(shown, sys.stderr), file=sys.stderr, flush=True)


def _say(*lines: str) -> None:
    """Print a result whole, without control characters, or say why it could not be printed."""
    if sys.stdout is None:
        raise Trouble("Utmatningen är stängd: inget kan skrivas ut.")
    try:
        text = "\n".join(marked(line) for line in lines)
        print(_written(text, sys.stdout), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        _write_no_more()
        raise Trouble(f"Utskriften kunde inte skrivas: {in_swedish(error)}.") from error


def _written(text: str, stream: TextIO) -> str:
    """Return *text* with ? for characters that the stream cannot encode."""
    known = stream.encoding or "utf-8"
    return text.encode(known, "replace").decode(known)


def _write_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(options: argparse.Namespace) -> int:
    _refuse_what_is_ignored(options)
    day = _date(options)
    home = data_folder()
    target = getattr(options, "database", None) or os.environ.get("PASIS_DATABASE")
    if target is None and options.command in _OF_A_REGISTER:
        raise Trouble(f"{options.command} gäller ett register: ange --database FIL|URL.")
    if target is None:
        _make(home)
        target = str(home / "ovning.db")
    if options.command is None:
        return _open(options, target, home, day)
    if options.command == "exercise" and options.act == "play":
        from pasis_tui.cli.exercise import to_play

        return _open(options, target, home, day, exercise=to_play(options.what, home))
    if options.command == "replay":
        return _replay(options, home)
    if options.command == "class":
        _make(home)
    from pasis_tui.files import run_folder

    run_folder.begin(home)
    try:
        return _do(options, target, home, day or clock.today())
    finally:
        run_folder.end()


def _refuse_what_is_ignored(options: argparse.Namespace) -> None:
    command, opens = options.command, getattr(options, "act", None) == "play"
    if command is None:
        return
    taken = _TAKEN_BY["play" if opens else command] if opens or command in _TAKEN_BY else ()
    for name in _OF_THE_PROGRAM:
        if getattr(options, name, None) and name not in taken:
            option = "class" if name == "class_word" else name.replace("_", "-")
            but = ", om det får ändra" if name == "read_only" else ""
            raise Trouble(
                f"--{option} gäller programmet, inte kommandot {command}: kör det utan{but}."
            )


def _do(options: argparse.Namespace, target: str, home: Path, today: date) -> int:
    for name in _ASKED_FOR:
        if any("\ud800" <= c <= "\udfff" for c in getattr(options, name, None) or ""):
            option = name.replace("_", "-")
            raise Trouble(f"--{option} har tecken som inte kan läsas.")  # bytes, no characters
    if options.command == "show":
        return _show(options, target, today)
    if options.command == "export":
        return _export(options, target, today)
    if options.command == "import":
        return _import(options, target, today)
    if options.command == "exercise":
        from pasis_tui.cli import exercise

        return exercise.run(options, home, _say, _complain)
    if options.command == "downtime":
        with _database(target, today) as database:
            from pasis_tui.cli import downtime

            _say(*downtime.run(database, options, today))
        return 0
    if options.command == "audit":
        from pasis_tui.cli import audit

        return audit.run(options, target, today, _say, _complain)
    if options.command == "practice":
        return _reset(target, today, options.seed)
    if options.command == "serve":
        from pasis_tui.cli import serve

        serve.serve(options, target, home, today, _say)
        return 0
    if options.command == "class":
        from pasis_tui.cli import classes

        _say(*classes.run(options, home, today))
        return 0
    if options.command in _OF_A_REGISTER:
        from pasis_tui.cli import accounts

        done = {
            "init": accounts.make_register,
            "users": accounts.keep_users,
            "caregivers": accounts.keep_caregivers,
            "units": accounts.keep_units,
        }
        _say(*done[options.command](options, target, today))
        return 0
    if options.act == "upgrade":
        return _upgrade(target)
    from pasis_tui.cli import upkeep

    said, faults = upkeep.run(options, target, today)
    if said:
        _say(*said)
    if faults:
        _complain(_AND.join(faults))
    return REFUSED if faults else 0


def data_folder() -> Path:
    """Return the folder that the program writes in: PASIS_DATA_DIR, or the user's default."""
    if folder := os.environ.get("PASIS_DATA_DIR"):
        return Path(folder).expanduser()
    from platformdirs import user_data_path

    return user_data_path("pasis", appauthor=False)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Trouble(f"Mappen {folder} kan inte skapas: {in_swedish(error)}.") from error


def _date(options: argparse.Namespace) -> date | None:
    typed = getattr(options, "date", None)
    edition = getattr(options, "edition", None)
    if typed is None and edition:  # rules and parameters are those in force on the working date
        from pasis_tui.validation.days import add_months

        today = clock.today()
        return add_months(today, 12 * (int(edition) - today.year))
    if typed is None:
        return None
    from pasis_tui.validation.fields import InvalidValue, read_date

    try:
        return read_date(typed, clock.today())
    except InvalidValue as invalid:
        raise Trouble(f"--date: {invalid.reason}") from invalid


def _open(
    options: argparse.Namespace, target: str, home: Path, day: date | None, exercise: str = ""
) -> int:
    _check_terminal()
    from pasis_tui.display.keymap import load_keymap

    keymap = load_keymap(home / "keymap.toml")
    _be_quick()
    from pasis_tui.app import PasisApp

    link = None
    if options.class_word is not None or options.learner is not None:
        from pasis_tui.cli import classes

        _make(home)
        link = classes.join(options, home)
    app = PasisApp(target, home, day, keymap, _theme(options), link)
    app.first_exercise = exercise
    app.read_only = getattr(options, "read_only", False)
    app.record = getattr(options, "record", False)
    app.class_store = getattr(options, "store", None)
    return _show_app(app, options)


def _be_quick() -> None:
    # Textual paints a new screen at its next tick, by default up to 17 ms after it is ready.
    os.environ.setdefault("TEXTUAL_FPS", "250")
    # A key passes between threads some times; each may wait this long (5 ms by default) while
    # another thread works: a list that is made, the store that is imported under the login.
    sys.setswitchinterval(0.0002)
    heap.share_one()
    _import_asyncio_alone()


def _import_asyncio_alone() -> None:
    """Import asyncio without ``ssl``, which it takes where there is one: 4 MiB and 20 ms.

    The program opens no such connection: those to a server are libpq's.
    """
    if sys.modules.keys() & {"asyncio", "ssl"}:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


def _theme(options: argparse.Namespace) -> str:
    return getattr(options, "theme", None) or os.environ.get("PASIS_THEME", "pasis")


def _replay(options: argparse.Namespace, home: Path) -> int:
    _check_terminal()
    _be_quick()
    from pasis_tui.cli import replay

    return replay.run(options, home, _theme(options), partial(_show_app, options=options))


def _show_app(app: PasisApp, options: argparse.Namespace) -> int:
    app.run(mouse=getattr(options, "mouse", False))
    if app.recorder is not None:
        app.recorder.close()
    if app.class_link is not None:
        app.class_link.close()
    from pasis_tui.files import run_folder  # the login has read it, once it was painted

    app.jobs.leave()
    run_folder.end()
    if app.logged_on:
        app.session.database.dispose()
    kept = " Det du skrivit finns kvar som utkast." if app.kept else ""
    fault = app.fault
    sentence = "" if fault is None or isinstance(fault, ForPeople) else _kept(fault, kept)
    if fault is not None or app.signalled:
        _forget_keys()  # last, since the clerk may go on typing while the fault is written
    if isinstance(fault, ForPeople):
        raise Trouble(f"{_AND.join(fault.sentences)}{kept}")
    if sentence:
        raise Trouble(sentence, FAULT)
    if app.signalled:
        raise Trouble(f"Programmet avslutades utifrån.{kept}", 128 + app.signalled)
    if app.recorder is not None:
        _say(f"Inspelningen ligger i {app.recorder.path}.")
    return app.return_code or (0 if app.left_well else FAULT)


def _forget_keys() -> None:
    """Discard what was typed ahead for the program, so that the shell does not get it."""
    if sys.platform != "win32":
        import termios

        with suppress(termios.error, OSError, ValueError):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _kept(fault: BaseException, more: str = "") -> str:
    from pasis_tui import fault_log

    sentence = f"Ett fel i programmet avslutade det.{more}"
    try:
        return f"{sentence} Felet är beskrivet i {fault_log.keep(fault, data_folder())}."
    except (OSError, RuntimeError):  # no such disk, no such home
        return f"{sentence} Felet är {type(fault).__name__} och kunde inte skrivas ned."


def _check_terminal() -> None:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise Trouble(
            "Programmet behöver en terminal. För skript finns pasis show, se pasis --help."
        )
    named = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    # macOS names the codeset alone: LC_CTYPE=UTF-8.
    codeset = named.rpartition(".")[2].partition("@")[0].replace("-", "").lower()
    written = (sys.stdout.encoding or "").replace("-", "").lower()
    if (named and codeset != "utf8") or written != "utf8":
        raise Trouble(
            f"Terminalens teckenkodning är inte UTF-8 ({named or written})."
            " Sätt till exempel LANG=sv_SE.UTF-8 eller LC_ALL=C.UTF-8 och starta igen."
        )


def _database(target: str, today: date) -> Database:
    from pasis_tui.opening import open_for_clerks

    database = open_for_clerks(target, today).database
    for note in database.notes:
        _complain(note)
    return database


def _show(options: argparse.Namespace, target: str, today: date) -> int:
    with _database(target, today) as database:
        from pasis_tui.cli.actors import actor_of
        from pasis_tui.services.reports import show
        from pasis_tui.store.actor import Context

        actor = actor_of(database, options, today)
        records = show.rows(
            Context(database, actor, today, options.screen, reason=options.protected_reason or ""),
            options.screen,
            options.identity,
            options.visit,
            protected_reason=options.protected_reason,
        )
    if options.json:
        _say(*as_json(records).split("\n"))
    else:
        _say(*show.text_lines(options.screen, records))
    return 0


def _export(options: argparse.Namespace, target: str, today: date) -> int:
    kind = "B" if options.what == "besok" else options.list[0].upper()
    chosen = {
        "kind": kind,
        "from_date": options.from_date,
        "to_date": options.to_date,
        "signature": options.signature.upper(),
        "category": options.category.upper(),
    }
    if options.protected_reason is not None:
        chosen |= {"protected": "J", "protected_reason": options.protected_reason}
    with _database(target, today) as database:
        from pasis_tui.cli.actors import actor_of
        from pasis_tui.files.whole import typed_path
        from pasis_tui.services.reports import lists
        from pasis_tui.store.actor import Context

        path = typed_path(options.file)
        if path.suffix.lower() != ".xlsx":
            raise Trouble(
                f"{path.name or 'Filen'}: listan är en Excelbok. Filens namn ska sluta på .xlsx."
            )
        actor = actor_of(database, options, today)
        count = lists.write(Context(database, actor, today, "export"), kind, chosen, path)
    _say(f"{path}: {counted_rows(count)}")
    return 0


def _import(options: argparse.Namespace, target: str, today: date) -> int:
    with _database(target, today) as database:
        from pasis_tui.cli.importing import run

        done, refused = run(database, options, today)
    _say(*done)
    if refused:
        _complain(_AND.join(refused))
    return REFUSED if refused else 0


def _reset(target: str, today: date, seed: int) -> int:
    from pasis_tui.opening import reset_practice

    counted = reset_practice(target, today, seed)
    _say(f"Övningsdatabasen är gjord på nytt: {counted}.")
    return 0


def _upgrade(target: str) -> int:
    from pasis_tui.store.database import Database

    with Database.open(target, upgrade=True) as database:
        for note in database.notes:
            _complain(note)
        _say(f"{database.name}: uppgraderad.")
    return 0
