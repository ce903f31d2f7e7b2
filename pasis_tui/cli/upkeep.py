"""What ``pasis db`` does for a register that is in use: backup, restore, check, retention."""

from __future__ import annotations

import argparse
from datetime import date

from pasis_tui.files.whole import typed_path
from pasis_tui.services.upkeep import backups
from pasis_tui.services.upkeep.manifests import Manifest
from pasis_tui.store.addresses import shown_target
from pasis_tui.validation.for_people import ForPeople

ACTS = ("backup", "restore")


def run(options: argparse.Namespace, target: str, today: date) -> tuple[str, ...]:
    """Do ``pasis db ACT`` and return what is said of it.  Raises ForPeople."""
    del today
    if options.act == "backup":
        return _back_up(options.place, target)
    return _restore(options.backup, options, target)


def _back_up(place: str, target: str) -> tuple[str, ...]:
    made = backups.back_up(target, typed_path(place))
    return (
        f"Säkerhetskopian ligger i {made.path}: {_counted(made.manifest)}.",
        "Den är läst tillbaka och lika. Den innehåller patientuppgifter: förvara den som registret.",
    )


def _restore(backup: str, options: argparse.Namespace, target: str) -> tuple[str, ...]:
    if getattr(options, "database", None) is None:
        raise ForPeople("db restore behöver --database: en ny fil, eller en tom databas.")
    manifest = backups.restore(typed_path(backup), target)
    shown = shown_target(target)
    said = [
        f"{shown} är återställd ur säkerhetskopian från {manifest.made_at}: {_counted(manifest)}.",
        "Innehållet är lika, tabell för tabell.",
    ]
    if backups.is_older(manifest):
        said.append("Den är av en äldre version. Kör pasis db upgrade innan den öppnas.")
    return tuple(said)


def _counted(manifest: Manifest) -> str:
    tables = len(manifest.tables)
    short = manifest.content[:16]
    return f"{manifest.rows} rader i {tables} tabeller, schema {manifest.schema}, innehåll {short}"
