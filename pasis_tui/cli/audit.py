"""What ``pasis audit`` does: checks the log, writes its head, an extract, brings in what a copy logged."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from pasis_tui import clock
from pasis_tui.cli.actors import actor_of
from pasis_tui.files.plain_text import write_private
from pasis_tui.files.wanted import printable
from pasis_tui.files.whole import typed_path
from pasis_tui.services.reports import access_log
from pasis_tui.services.upkeep import reading_files
from pasis_tui.services.upkeep.reading_files import BadReadings
from pasis_tui.store.actor import Context
from pasis_tui.store.chain_check import check_log, tips_of
from pasis_tui.store.chain_head import BadHead, head_lines, read_head
from pasis_tui.store.database import Database
from pasis_tui.validation.counts import counted, counted_rows
from pasis_tui.validation.fields import InvalidValue, read_date
from pasis_tui.validation.file_faults import in_swedish

_SHOWN = 50  # faults that are told; one act of tampering may lead to many
WELL, WRONG = 0, 1
_LARGEST = 256 * 1024 * 1024  # bytes of a head that is read


def run(
    options: argparse.Namespace,
    target: str,
    today: date,
    say: Callable[..., None],
    complain: Callable[[str], None],
) -> int:
    """Do one act and return the exit code: 1 for a log that is not what was written."""
    with Database.open(target) as database:
        if options.act == "verify":
            return _verify(database, options, today, say, complain)
        if options.act == "head":
            lines = head_lines(database.fact("instance") or "-", clock.now(), tips_of(database))
            _give(lines, options.file, say)
            return WELL
        actor = actor_of(database, options, today)
        context = Context(database, actor, today, "audit")
        if options.act == "collect":
            for file in options.files:
                say(_collected(context, file))
            return WELL
        raw = {
            "identity_number": options.identity,
            "from_date": options.from_date or f"{clock.today().year - 9}-01-01",
            "to_date": options.to_date or str(clock.today()),
        }
        context = replace(context, reason=options.protected_reason or "")
        paper = access_log.extract(context, raw)
        _give(list(paper.lines), options.file, say)
        return WELL


def _verify(
    database: Database,
    options: argparse.Namespace,
    today: date,
    say: Callable[..., None],
    complain: Callable[[str], None],
) -> int:
    heads = []
    for file in options.head or ():
        head = read_head(_head(file), file)
        if head.instance != (database.fact("instance") or "-"):
            raise BadHead(f"{file} är huvudet av ett annat registers logg.")
        heads.append((f"huvudet {Path(file).name}", head.tips))
    since = None
    if options.since:
        try:
            since = read_date(options.since, today)
        except InvalidValue as invalid:
            raise BadHead(f"--since: {invalid.reason}") from invalid
    verdict = check_log(database, heads, since)
    if not verdict.faults:
        kept = "" if heads else " Utan --head syns inte om slutet av en kedja är borttaget."
        chains = counted(verdict.chains, "kedja", "kedjor")
        say(f"Loggen är hel: {counted_rows(verdict.rows)} i {chains}.{kept}")
        return WELL
    count = len(verdict.faults)
    more = [f"… och {count - _SHOWN} fel till."] if count > _SHOWN else []
    say(*[fault.text for fault in verdict.faults[:_SHOWN]], *more)
    complain(f"Loggen är inte som den skrevs: {count} fel i {counted_rows(verdict.rows)}.")
    return WRONG


def _collected(context: Context, file: str) -> str:
    """Bring in a file of readings and return what to say of it."""
    try:
        text = _text(file, "utf-8")
    except UnicodeDecodeError as error:
        raise BadReadings(f"{file} är inga läsningar ur pasis --read-only.") from error
    name = printable(Path(file).name)
    whole, _, cut = text.rpartition("\n")  # a line that is cut was never shown to anybody
    done = reading_files.collect(context, whole.split("\n") if whole else [], name)
    known = f" {done.known} fanns redan." if done.known else ""
    others = (
        f" {done.others} hör till andra enheter: deras chefer för in dem." if done.others else ""
    )
    last = " Den sista raden är avkapad: det visades aldrig." if cut else ""
    new = counted(done.new, "läsning införd", "läsningar införda")
    return f"{name}: {new} i loggen.{known}{others}{last}"


def _head(file: str) -> str:
    try:
        return _text(file, "ascii")
    except UnicodeDecodeError as error:
        raise BadHead(f"{file} är inget huvud av en logg (pasis audit head).") from error


def _text(file: str, encoding: str) -> str:
    """Return the content of *file*.  Raises BadHead, UnicodeDecodeError."""
    try:
        path = Path(file).expanduser()
        if path.stat().st_size > _LARGEST:
            raise BadHead(f"{file} är för stor.")
        return path.read_text(encoding)
    except (OSError, RuntimeError) as error:
        why = in_swedish(error) if isinstance(error, OSError) else "mappen finns inte"
        raise BadHead(f"{file} kan inte läsas: {why}.") from error


def _give(lines: list[str], file: str | None, say: Callable[..., None]) -> None:
    if file is None:
        say(*lines)
        return
    path = typed_path(file)
    write_private(path.parent, path.name, lines)
    say(f"Skrivet till {path}.")
