"""``pasis downtime``: papers for when the system is down, printed ahead."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

from pasis_tui.cli.actors import actor_of
from pasis_tui.files.whole import saying_why, typed_path
from pasis_tui.services.reports import downtime
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.fields import InvalidValue, read_date
from pasis_tui.validation.for_people import ForPeople

_AHEAD = 5  # working days


def run(database: Database, options: argparse.Namespace, today: date) -> tuple[str, ...]:
    """Write the day list and the empty forms; return what is said of them.  Raises ForPeople."""
    first = _day("--from", options.from_date, today) or today
    last = _day("--to", options.to_date, today) or _ahead(first)
    folder = typed_path(options.folder)
    actor = actor_of(database, options, today)
    context = Context(database, actor, today, "downtime")
    with saying_why(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = folder / f"dagslista-{actor.unit_code}-{first}--{last}.pdf"
    made = downtime.write_day_list(context, first, last, listed, options.protected_reason or "")
    forms = folder / f"blanketter-{actor.unit_code}.pdf"
    titles = downtime.write_forms(context, forms)
    hidden = (
        f" {made.left_out} besök av patienter med skyddade personuppgifter är inte med;"
        " --protected-reason tar med dem."
        if made.left_out
        else ""
    )
    return (f"{listed}: {made.visits} besök.{hidden}", f"{forms}: {', '.join(titles)}.")


def _day(option: str, typed: str, today: date) -> date | None:
    try:
        return read_date(typed, today) if typed else None
    except InvalidValue as invalid:
        raise ForPeople(f"{option}: {invalid.reason}") from invalid


def _ahead(first: date) -> date:
    day, left = first, _AHEAD - 1
    while left:
        day += timedelta(1)
        left -= day.weekday() < 5
    return day
