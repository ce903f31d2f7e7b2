"""What ``pasis db`` does for a register that is in use: backup, restore, check, retention."""

from __future__ import annotations

import argparse
from datetime import date

from pasis_tui.files.whole import typed_path
from pasis_tui.services.upkeep import backups, checking, retention
from pasis_tui.services.upkeep.manifests import Manifest
from pasis_tui.store.addresses import shown_target
from pasis_tui.store.database import Database
from pasis_tui.validation.counts import counted, counted_rows
from pasis_tui.validation.for_people import ForPeople

_MOST_FAULTS = 40  # that are told

Said = tuple[tuple[str, ...], tuple[str, ...]]


def run(options: argparse.Namespace, target: str, today: date) -> Said:
    """Do ``pasis db ACT``; return what is said of it, and the faults found.  Raises ForPeople."""
    if options.act == "backup":
        return _back_up(options.place, target), ()
    if options.act == "restore":
        return _restore(options, target), ()
    if options.act == "retention":
        return _retain(target, today, options.dry_run)
    return _check(target)


def _back_up(place: str, target: str) -> tuple[str, ...]:
    made = backups.back_up(target, typed_path(place))
    return (
        f"Säkerhetskopian ligger i {made.path}: {_counted(made.manifest)}.",
        "Den är läst tillbaka och lika. Den innehåller patientuppgifter: förvara den som registret.",
    )


def _restore(options: argparse.Namespace, target: str) -> tuple[str, ...]:
    if getattr(options, "database", None) is None:
        raise ForPeople("db restore behöver --database: en ny fil, eller en tom databas.")
    manifest = backups.restore(typed_path(options.backup), target)
    shown = shown_target(target)
    said = [
        f"{shown} är återställd ur säkerhetskopian från {manifest.made_at}: {_counted(manifest)}.",
        "Innehållet är lika, tabell för tabell.",
    ]
    if backups.is_older(manifest):
        said.append("Den är av en äldre version. Kör pasis db upgrade innan den öppnas.")
    return tuple(said)


def _check(target: str) -> Said:
    with Database.open(target) as database:
        faults = checking.faults_of(database)
        named = database.name
        notes = database.notes
    if not faults:
        return (*notes, f"{named}: inga fel."), ()
    told = faults[:_MOST_FAULTS]
    if rest := len(faults) - len(told):
        told.append(f"… och {rest} till")
    return notes, (f"{named} har fel:", *told)


def _retain(target: str, today: date, dry_run: bool) -> Said:
    with Database.open(target) as database:
        found = retention.old_enough(database, today)
        named = database.name
    commitments = counted(found.commitments, "vårdåtagande", "vårdåtaganden")
    people = counted(found.people, "person", "personer")
    said = (
        f"{named}, {today}:",
        f"Åtkomstloggen sparas minst {retention.LOG_YEARS} år: {counted_rows(found.looks)} om läsningar är"
        f" från före {found.log_from}.",
        f"Journaler sparas minst {retention.RECORD_YEARS} år efter sista anteckningen, med loggen om"
        f" vem som ändrat: {commitments}, {people} och"
        f" {counted_rows(found.changes)} i loggen har inget från {found.records_from} eller senare.",
    )
    if dry_run:
        return said, ()
    return said, (
        "Inget har tagits bort. Programmet gallrar inte: beslutet är vårdgivarens, och loggens kedjor"
        " hålls hela. Se docs/operations.md.",
    )


def _counted(manifest: Manifest) -> str:
    tables = len(manifest.tables)
    short = manifest.content[:16]
    return f"{counted_rows(manifest.rows)} i {tables} tabeller, schema {manifest.schema}, innehåll {short}"
