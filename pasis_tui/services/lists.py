"""Lists that are ordered, made in the background and fetched (KL, FB and their Hämta filer)."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.exports import books
from pasis_tui.models import Caregiver, ListOrder, User, wall_clock
from pasis_tui.services.errors import NotFound
from pasis_tui.services.list_rows import (
    CONTROL_COLUMNS,
    VISIT_COLUMNS,
    control_rows,
    visit_rows,
)
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.lists import read_control_list, read_visit_list
from pasis_tui.validation.rules import finding

ORDERED, READY, FAILED = "beställd", "klar", "fel"
MENUS = {"HP": ("F", "P"), "HL": ("B",)}
TITLES = {
    "F": "Fakturerade vårdåtagande",
    "P": "Vårdåtagande under perioden",
    "B": "Besök diagnos KVÅ",
}
_STEMS = {"F": "kontrollista-fakturerade", "P": "kontrollista-period", "B": "besok-diagnos-kva"}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as Hämta filer shows it; ``rows`` is None until the list is made."""

    id: int
    title: str
    period: str
    ordered_by: str
    ordered_at: dt.datetime
    state: str
    file_name: str
    message: str


_ORDERS = Query(
    select(
        col(ListOrder.id),
        col(ListOrder.kind),
        col(ListOrder.parameters),
        col(User.signature),
        col(ListOrder.ordered_at),
        col(ListOrder.state),
        col(ListOrder.file_name),
        col(ListOrder.message),
    )
    .join(User, col(User.id) == col(ListOrder.ordered_by))
    .where(col(ListOrder.menu) == bindparam("menu"), col(ListOrder.removed_at).is_(None))
    .order_by(col(ListOrder.id).desc())
)
_CAREGIVER = Query(select(col(Caregiver.id)).where(col(Caregiver.signature) == bindparam("sign")))


def order_control_list(context: Context, raw: Mapping[str, str]) -> int:
    """Order a Kontrollista and return the order's id.  Raises Refused (LI01)."""
    given = read_control_list(raw, context.today)
    chosen = {"kind": given.kind}
    if given.from_date and given.to_date:
        chosen |= {"from_date": str(given.from_date), "to_date": str(given.to_date)}
    return _order(context, "HP", given.kind, chosen)


def order_visit_list(context: Context, raw: Mapping[str, str]) -> int:
    """Order Besök diagnos/KVÅ/op and return the order's id.  Raises Refused (LI01)."""
    given = read_visit_list(raw, context.today)
    if given.signature:
        with UnitOfWork(context, reading=True) as work:
            if work.one(_CAREGIVER, sign=given.signature) is None:
                text = f"Vårdgivarsignatur ”{given.signature}” finns inte på enheten. Välj med F4."
                raise Refused([finding("LI01", "signature", text)])
    return _order(
        context,
        "HL",
        "B",
        {
            "from_date": str(given.from_date),
            "to_date": str(given.to_date),
            "signature": given.signature,
            "category": given.category,
        },
    )


def _order(context: Context, menu: str, kind: str, chosen: dict[str, str]) -> int:
    now = wall_clock()
    with UnitOfWork(context) as work:
        order_id: int = work.insert(
            ListOrder,
            menu=menu,
            kind=kind,
            parameters=json.dumps(chosen),
            ordered_by=context.actor.user_id,
            ordered_at=now,
            ordered_on=context.today,
            state=ORDERED,
        )
        work.audit(
            "create",
            entity="list_order",
            entity_id=order_id,
            changes={name: [None, value] for name, value in chosen.items()},
        )
        work.commit()
    return order_id


def folder(context: Context, home: Path) -> Path:
    """Return the folder of the unit's files, made when missing, its owner's only."""
    found = home / "filer" / context.actor.unit_code
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def make(
    context: Context, order_id: int, home: Path, progress: Callable[[int], None] | None = None
) -> OrderRow:
    """Make the ordered list's file; a fault is kept as the order's message.

    The read of the patients in it is logged.  Raises NotFound.
    """
    with UnitOfWork(context, reading=True) as work:
        record = work.record(ListOrder, order_id)
    if record is None or record.removed_at is not None:
        raise NotFound("Beställningen finns inte längre.")
    name = f"{_STEMS[record.kind]}-{context.today:%Y%m%d}-{order_id}.xlsx"
    state, message = READY, ""
    try:
        path = folder(context, home) / name
        count = write(context, record.kind, json.loads(record.parameters), path, progress)
        message = f"{count} rader"
    except OSError as error:
        state, name = FAILED, ""
        message = f"Filen kan inte skrivas: {error.strerror or error}."
    with UnitOfWork(context) as work:
        work.update(ListOrder, order_id, None, state=state, file_name=name, message=message)
        work.audit(
            "change", entity="list_order", entity_id=order_id, changes={"state": [ORDERED, state]}
        )
        work.commit()
    return next(row for row in orders(context, record.menu) if row.id == order_id)


def write(
    context: Context,
    kind: str,
    chosen: Mapping[str, str],
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write a list to *path* and return its rows; logged as a read.  Raises OSError, Refused."""
    # Logged first: making a large book takes seconds, and others must be able to save meanwhile.
    with UnitOfWork(context) as work:
        work.audit("read", entity="list", reason=TITLES[kind], changes=dict(chosen))
        work.commit()
    with UnitOfWork(context, reading=True) as work:
        columns: tuple[books.Column, ...] = CONTROL_COLUMNS
        if kind == "B":
            columns = VISIT_COLUMNS
            rows = visit_rows(work, read_visit_list(chosen, context.today))
        else:
            rows = control_rows(work, read_control_list(chosen, context.today))
        facts = _facts(context, kind, chosen)
        return books.write_book(path, TITLES[kind], columns, rows, facts, progress)


def _facts(context: Context, kind: str, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    actor = context.actor
    facts = [
        ("Lista", TITLES[kind]),
        ("Enhet", f"{actor.unit_code} {actor.unit_name}"),
        ("Beställd av", f"{actor.signature} {actor.name}"),
        ("Arbetsdatum", str(context.today)),
        ("Fr.o.m.", chosen.get("from_date", "")),
        ("T.o.m.", chosen.get("to_date", "")),
        ("Vårdgivarsignatur", chosen.get("signature", "")),
        ("Vårdgivarkategori", chosen.get("category", "")),
        ("Skyddade personuppgifter", "ingår inte i listan"),
    ]
    if actor.practice:
        facts.append(("Övning", "påhittade patienter"))
    return [fact for fact in facts if fact[1]]


def orders(context: Context, menu: str) -> tuple[OrderRow, ...]:
    """Return the unit's orders of a Hämta filer (HP or HL), the newest first."""
    with UnitOfWork(context, reading=True) as work:
        rows = work.all(_ORDERS, menu=menu)
    found = []
    for order_id, kind, parameters, signature, at, state, file_name, message in rows:
        chosen = json.loads(parameters)
        period = f"{chosen['from_date']}–{chosen['to_date']}" if "from_date" in chosen else ""
        found.append(
            OrderRow(order_id, TITLES[kind], period, signature, at, state, file_name, message)
        )
    return tuple(found)


def _ready(context: Context, order_id: int, home: Path) -> Path:
    with UnitOfWork(context, reading=True) as work:
        record = work.record(ListOrder, order_id)
    if record is None or record.removed_at is not None or record.state != READY:
        raise NotFound("Filen är inte klar än, eller borttagen.")
    path: Path = folder(context, home) / record.file_name
    if not path.exists():
        raise NotFound(f"Filen {record.file_name} finns inte kvar på disken. Beställ listan igen.")
    return path


def preview(context: Context, order_id: int, home: Path, most: int = 200) -> list[list[str]]:
    """Return the first rows of a made list as text, the header first; logged.  Raises NotFound."""
    path = _ready(context, order_id, home)
    _log(context, order_id, "read")
    return books.read_first_sheet(path, most)


def save_copy(context: Context, order_id: int, home: Path, target: Path) -> Path:
    """Copy a made list to *target*, a file or folder; logged.  Raises NotFound and OSError."""
    path = _ready(context, order_id, home)
    if target.is_dir():
        target = target / path.name
    beside = target.with_name(target.name + ".ny")
    try:
        shutil.copyfile(path, beside)
        beside.chmod(0o600)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _log(context, order_id, "read", f"sparad som {target.name}")
    return target


def _log(context: Context, order_id: int, action: str, reason: str = "") -> None:
    with UnitOfWork(context) as work:
        work.audit(action, entity="list_order", entity_id=order_id, reason=reason)
        work.commit()


def remove(context: Context, order_id: int, home: Path) -> None:
    """Remove an order and its file; logged.  Raises NotFound."""
    with UnitOfWork(context) as work:
        record = work.record(ListOrder, order_id)
        if record is None or record.removed_at is not None:
            raise NotFound("Beställningen finns inte längre.")
        work.update(ListOrder, order_id, None, removed_at=wall_clock())
        work.audit("remove", entity="list_order", entity_id=order_id)
        work.commit()
    if record.file_name:
        (folder(context, home) / record.file_name).unlink(missing_ok=True)
