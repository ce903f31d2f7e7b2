"""What ``pasis import`` does; a module of its own, so that it is imported only when needed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pasis_tui.cli.actors import actor_of
from pasis_tui.files.tables import BadTable, printable
from pasis_tui.services.register import imports, pmo_transfer
from pasis_tui.services.register.imports import Imported
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database

_WHOLE: dict[str, Callable[[Context, Path], Imported]] = {
    "invoice-specification": imports.import_invoice_specification,
    "icd10": lambda context, path: imports.import_codes(context, "ICD10", path),
    "kva": lambda context, path: imports.import_codes(context, "KVA", path),
    "referring-units": imports.import_referring_units,
    "test-numbers": imports.import_test_numbers,
}


def run(
    database: Database, options: argparse.Namespace, today: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the file that *options* name in, as what they say.

    Returns what is said of what was done, and of the rows that were refused.
    """
    actor = actor_of(database, options, today)
    context = Context(database, actor, today, "import", reason="inläsning av fil")
    refused: tuple[str, ...] = ()
    if options.what == "pmo":
        imported, refused = pmo_transfer.import_pmo(context, _path(options.file))
    else:
        imported = _WHOLE[options.what](context, _path(options.file))
    return (imported.summary, *imported.notes, *imported.remarks), refused


def _path(file: str) -> Path:
    try:
        return Path(file).expanduser()
    except RuntimeError as error:  # ~somebody whom the system does not know
        raise BadTable(f"{printable(file, 200)} finns inte.") from error
