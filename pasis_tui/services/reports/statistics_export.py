"""051's figures to Excel, logged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pasis_tui.files.statistics_book import Sheet, write_statistics
from pasis_tui.services.reports.small_groups import LEAST
from pasis_tui.services.reports.statistics import Report
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import UnitOfWork

HIDDEN_FEW = f"Dolt: färre än {LEAST} patienter, eller så få om talen dras från varandra."


@needs("statistics")
def save(context: Context, report: Report, sheets: Sequence[Sheet], path: Path) -> None:
    """Write *sheets* of *report* to *path* and log it.  Raises FileTrouble."""
    interval = report.interval
    facts = [
        ("Intervall", interval.label),
        ("Fr.o.m.", str(interval.from_date)),
        ("T.o.m.", str(interval.to_date)),
        ("Enhet", f"{context.actor.unit_code} {context.actor.unit_name}"),
        ("Jämförelse", "Alla enheter"),
        ("Kvartiler", "inklusiva (KVARTIL.INK)"),
        ("Små grupper", HIDDEN_FEW),
    ]
    # Logged first: no file without its event.
    with UnitOfWork(context) as work:
        work.audit("read", entity="statistics", reason=f"Excel {interval.label}")
        work.commit()
    write_statistics(path, facts, sheets)
