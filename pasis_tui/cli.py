"""The door: ``pasis`` and its sub-commands.  Nothing heavy is imported before it must."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from pasis_tui.store.database import Database

USAGE_FAULT = 2
_PLAIN = SimpleNamespace(command=None, theme=None, mouse=False)  # the options of pasis alone
FAULT = 70  # the program itself failed
REFUSED = 1


class Trouble(Exception):
    """What ends the program with a sentence: its text, and the exit code."""

    def __init__(self, message: str, code: int = USAGE_FAULT) -> None:
        super().__init__(message)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``pasis`` and return its exit code: 0 well, 1 refused, 2 could not be done."""
    given = sys.argv[1:] if arguments is None else arguments
    options: Any = _PLAIN
    if given:
        from pasis_tui.usage import make_parser  # only now: a clerk types pasis and nothing more

        options = make_parser().parse_args(given)
    try:
        return _run(options)
    except Trouble as trouble:
        print(f"pasis: {trouble}", file=sys.stderr)
        return trouble.code
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    today = _date(options)
    home = data_folder()
    target = getattr(options, "database", None) or os.environ.get("PASIS_DATABASE")
    if target is None:
        _make(home)
        target = str(home / "ovning.db")
    if options.command == "show":
        return _show(options, target, today)
    if options.command == "export":
        return _export(options, target, today)
    if options.command == "import":
        return _import(options, target, today or date.today())
    if options.command == "practice":
        return _reset(target, today, options.seed)
    if options.command == "db":
        if options.act == "create":
            return _create(options, target, today or date.today())
        return _care_for(options.act, target)
    return _open(options, target, home, today)


def data_folder() -> Path:
    """Return the folder the program writes in: PASIS_DATA_DIR, or the user's own."""
    if given := os.environ.get("PASIS_DATA_DIR"):
        return Path(given).expanduser()
    from platformdirs import user_data_path

    return user_data_path("pasis", appauthor=False)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        from pasis_tui.validation.file_faults import in_swedish

        raise Trouble(f"Mappen {folder} kan inte skapas: {in_swedish(error)}.") from error


def _date(options: argparse.Namespace) -> date | None:
    given = getattr(options, "date", None)
    if given is None:
        return None
    from pasis_tui.validation.fields import InvalidValue, read_date

    try:
        return read_date(given, date.today())
    except InvalidValue as invalid:
        raise Trouble(f"--date: {invalid.reason}") from invalid


def _open(options: argparse.Namespace, target: str, home: Path, day: date | None) -> int:
    _check_terminal()
    from pasis_tui.keymap import BadKeymap, load_keymap

    try:
        keymap = load_keymap(home / "keymap.toml")
    except BadKeymap as bad:
        raise Trouble("\n       ".join(bad.problems)) from bad
    # Textual paints a new screen at its next tick, by default up to 17 ms after it is ready.
    os.environ.setdefault("TEXTUAL_FPS", "250")
    # A key passes between threads some times; each may wait this long (5 ms by default) while
    # another thread works: a list that is made, the store that is imported under the login.
    sys.setswitchinterval(0.0002)
    from pasis_tui.app import Launch, PasisApp

    theme = options.theme or os.environ.get("PASIS_THEME", "pasis")
    app = PasisApp(Launch(target, home, day, keymap, theme))
    app.run(mouse=options.mouse)
    if app.trouble:
        raise Trouble(app.trouble)
    if app.fault is not None:
        raise Trouble(_kept(app.fault, home), FAULT)
    return app.return_code or (0 if app.left_well else FAULT)


def _kept(fault: Exception, home: Path) -> str:
    from pasis_tui import fault_log

    told = "Ett fel i programmet avslutade det. Det du skrivit finns kvar som utkast."
    try:
        return f"{told} Felet är beskrivet i {fault_log.keep(fault, home)}."
    except OSError:
        return f"{told} Felet är {type(fault).__name__} och kunde inte skrivas ned."


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Trouble(
            "Programmet behöver en terminal. För skript finns pasis show, se pasis --help."
        )
    named = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    codeset = named.partition(".")[2].partition("@")[0].replace("-", "").lower()
    written = (sys.stdout.encoding or "").replace("-", "").lower()
    if (named and codeset != "utf8") or written != "utf8":
        raise Trouble(
            f"Terminalens teckenkodning är inte UTF-8 ({named or written})."
            " Sätt till exempel LANG=sv_SE.UTF-8 eller LC_ALL=C.UTF-8 och starta igen."
        )


def _database(target: str, today: date) -> Database:
    from pasis_tui.opening import CannotOpen, open_for_clerks

    try:
        return open_for_clerks(target, today).database
    except CannotOpen as trouble:
        raise Trouble(str(trouble)) from trouble


def _show(options: argparse.Namespace, target: str, day: date | None) -> int:
    today = day or date.today()
    database = _database(target, today)
    from pasis_tui.services import access, show
    from pasis_tui.services.errors import LoginRefused, NoRight, NotFound
    from pasis_tui.store.actor import Context
    from pasis_tui.store.trouble import DatabaseTrouble
    from pasis_tui.validation.findings import Refused

    try:
        actor = access.practice_actor(database, options.unit)
        context = Context(database, actor, today, options.screen)
        found = show.rows(
            context,
            options.screen,
            options.identity,
            options.visit,
            protected_reason=options.protected_reason,
        )
    except Refused as refusal:
        first = refusal.findings[0]
        raise Trouble(f"{first.rule} {first.message}", REFUSED) from refusal
    except (LoginRefused, NoRight, NotFound) as refusal:
        raise Trouble(str(refusal), REFUSED) from refusal
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from trouble
    finally:
        database.dispose()
    if options.json:
        import json

        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print("\n".join(show.text_lines(options.screen, found)))
    return 0


def _export(options: argparse.Namespace, target: str, day: date | None) -> int:
    today = day or date.today()
    database = _database(target, today)
    from pasis_tui.exports.whole import FileTrouble, typed_path
    from pasis_tui.services import access, lists
    from pasis_tui.services.errors import LoginRefused
    from pasis_tui.store.actor import Context
    from pasis_tui.store.trouble import DatabaseTrouble
    from pasis_tui.validation.findings import Refused

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
    try:
        path = typed_path(options.file)
        if path.suffix.lower() != ".xlsx":
            raise Trouble(f"{path.name}: listan är en Excelbok. Filens namn ska sluta på .xlsx.")
        actor = access.practice_actor(database, options.unit)
        count = lists.write(Context(database, actor, today, "export"), kind, chosen, path)
    except Refused as refusal:
        first = refusal.findings[0]
        raise Trouble(f"{first.rule} {first.message}", REFUSED) from refusal
    except LoginRefused as refusal:
        raise Trouble(str(refusal), REFUSED) from refusal
    except (FileTrouble, DatabaseTrouble) as trouble:
        raise Trouble(str(trouble)) from trouble
    finally:
        database.dispose()
    print(f"{path}: {lists.counted_rows(count)}")
    return 0


def _import(options: argparse.Namespace, target: str, today: date) -> int:
    database = _database(target, today)
    from pasis_tui.imports_cli import run

    try:
        answer = run(
            database, options.what, options.file, today, unit=options.unit, user=options.user
        )
    finally:
        database.dispose()
    if answer.done:
        print("\n".join(answer.done))
    if answer.trouble:
        sys.stdout.flush()
        print("pasis: " + "\n       ".join(answer.trouble), file=sys.stderr)
    return answer.code


def _reset(target: str, day: date | None, seed: int) -> int:
    from pasis_tui.opening import CannotOpen, reset_practice

    try:
        counted = reset_practice(target, day or date.today(), seed)
    except CannotOpen as trouble:
        raise Trouble(str(trouble)) from trouble
    print(f"Övningsdatabasen är gjord på nytt: {counted}.")
    return 0


def _create(options: argparse.Namespace, target: str, today: date) -> int:
    from getpass import getpass

    from pasis_tui.services.clinic import create_clinic
    from pasis_tui.store.database import Database
    from pasis_tui.store.trouble import DatabaseTrouble

    wanted = {n: getattr(options, n) for n in ("unit", "unit_name", "signature", "name")}
    if missing := [f"--{n.replace('_', '-')}" for n, value in wanted.items() if not value]:
        raise Trouble("db create behöver " + ", ".join(missing) + ".")
    password = os.environ.get("PASIS_PASSWORD") or getpass("Lösenord för första användaren: ")
    try:
        with Database.open(target, create=True) as database:
            create_clinic(
                database, **wanted, category=options.category, password=password, today=today
            )
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from trouble
    except ValueError as fault:
        raise Trouble(str(fault)) from fault
    print(f"Databasen är skapad för {options.unit.upper()}. Logga in med pasis --database {target}")
    return 0


def _care_for(act: str, target: str) -> int:
    from pasis_tui.store.database import Database
    from pasis_tui.store.trouble import DatabaseTrouble

    try:
        with Database.open(target, upgrade=act == "upgrade") as database:
            if act == "check" and (faults := database.check()):
                raise Trouble("Databasen är skadad: " + "; ".join(faults[:5]), REFUSED)
            print(f"{database.name}: " + ("uppgraderad." if act == "upgrade" else "inga fel."))
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from trouble
    return 0
