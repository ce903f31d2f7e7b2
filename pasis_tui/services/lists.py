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
from pasis_tui.exports.tables import BadTable, printable
from pasis_tui.exports.whole import FileTrouble, saying_why, whole
from pasis_tui.models import Caregiver, ListOrder, User, wall_clock
from pasis_tui.services.errors import NotFound
from pasis_tui.services.list_rows import (
    CONTROL_COLUMNS,
    MARK_COLUMN,
    VISIT_COLUMNS,
    control_rows,
    visit_rows,
)
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.findings import Refused, settle
from pasis_tui.validation.lists import (
    ControlListOrder,
    VisitListOrder,
    read_control_list,
    read_visit_list,
)
from pasis_tui.validation.rules import finding

ORDERED, READY, FAILED = "beställd", "klar", "fel"
SHOWN = 200  # rows of a list that Öppna shows
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
    ordered_on: dt.date
    state: str
    file_name: str
    message: str


_ORDERS = Query(
    select(
        col(ListOrder.id),
        col(ListOrder.kind),
        col(ListOrder.parameters),
        col(User.signature),
        col(ListOrder.ordered_on),
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
    return _order(context, "HP", given.kind, chosen | _with_protected(given.protected_reason))


def order_visit_list(context: Context, raw: Mapping[str, str]) -> int:
    """Order Besök diagnos/KVÅ/op and return the order's id.  Raises Refused (LI01)."""
    given = _visit_order(context, raw)
    return _order(
        context,
        "HL",
        "B",
        {
            "from_date": str(given.from_date),
            "to_date": str(given.to_date),
            "signature": given.signature,
            "category": given.category,
        }
        | _with_protected(given.protected_reason),
    )


def _with_protected(reason: str) -> dict[str, str]:
    """Return the fields of KL and FB that ask for protected identities; none without a reason."""
    return {"protected": "J", "protected_reason": reason} if reason else {}


def _visit_order(context: Context, raw: Mapping[str, str]) -> VisitListOrder:
    """Read an order of visits; another unit's signature is refused as an unknown one."""
    given = read_visit_list(raw, context.today)
    if given.signature:
        with UnitOfWork(context, reading=True) as work:
            if work.one(_CAREGIVER, sign=given.signature) is None:
                text = f"Vårdgivarsignatur ”{given.signature}” finns inte på enheten. Välj med F4."
                raise Refused([finding("LI01", "signature", text)])
    return given


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
            reason=chosen.get("protected_reason", ""),
        )
        work.commit()
    return order_id


def folder(context: Context, home: Path) -> Path:
    """Return the folder of the unit's files, made when missing, its owner's only.

    Raises FileTrouble.
    """
    found = home / "filer" / context.actor.unit_code
    try:
        found.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FileTrouble(f"Mappen {found} kan inte skapas: {in_swedish(error)}.") from error
    return found


def make(
    context: Context, order_id: int, home: Path, progress: Callable[[int], None] | None = None
) -> OrderRow:
    """Make the ordered list's file; a fault is kept as the order's message.

    The read of the patients in it is logged.  Raises NotFound for an order that was removed,
    also when it was while the list was made.
    """
    with UnitOfWork(context, reading=True) as work:
        record = work.record(ListOrder, order_id)
    if record is None or record.removed_at is not None:
        raise NotFound("Beställningen finns inte längre.")
    name = f"{_STEMS[record.kind]}-{context.today:%Y%m%d}-{order_id}.xlsx"
    state, message = READY, ""
    path: Path | None = None
    try:
        path = folder(context, home) / name
        count = write(context, record.kind, json.loads(record.parameters), path, progress)
        message = counted_rows(count)
    except FileTrouble as trouble:
        path, state, name, message = None, FAILED, "", str(trouble)
    try:
        with UnitOfWork(context) as work:
            record = work.record(ListOrder, order_id)
            if record is None or record.removed_at is not None:
                raise NotFound("Listan görs inte: beställningen är borttagen.")
            work.update(ListOrder, order_id, None, state=state, file_name=name, message=message)
            changes = {"state": [ORDERED, state]}
            work.audit("change", entity="list_order", entity_id=order_id, changes=changes)
            work.commit()
    except BaseException:
        if path is not None:  # no order names it: nobody could remove it
            path.unlink(missing_ok=True)
        raise
    return next(row for row in orders(context, record.menu) if row.id == order_id)


def counted_rows(count: int) -> str:
    """Return how many rows a list has, in Swedish."""
    return "1 rad" if count == 1 else f"{count} rader"


def write(
    context: Context,
    kind: str,
    chosen: Mapping[str, str],
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write a list to *path* and return its rows; logged as a read.

    Raises FileTrouble and Refused (LI01).
    """
    order: VisitListOrder | ControlListOrder = (
        _visit_order(context, chosen) if kind == "B" else read_control_list(chosen, context.today)
    )
    why = order.protected_reason
    # Logged first: making a large book takes seconds, and others must be able to save meanwhile.
    with UnitOfWork(context) as work:
        said = f"{TITLES[kind]}, med skyddade: {why}" if why else TITLES[kind]
        work.audit("read", entity="list", reason=said, changes=dict(chosen))
        work.commit()
    with UnitOfWork(context, reading=True) as work:
        columns: tuple[books.Column, ...] = CONTROL_COLUMNS
        if isinstance(order, VisitListOrder):
            columns = VISIT_COLUMNS
            rows = visit_rows(work, order)
        else:
            rows = control_rows(work, order)
        if why:
            columns += (MARK_COLUMN,)
        facts = _facts(context, kind, chosen)
        return books.write_book(path, TITLES[kind], columns, rows, facts, progress)


def _facts(context: Context, kind: str, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    actor = context.actor
    why = chosen.get("protected_reason", "")
    facts = [
        ("Lista", TITLES[kind]),
        ("Enhet", f"{actor.unit_code} {actor.unit_name}"),
        ("Beställd av", f"{actor.signature} {actor.name}"),
        ("Arbetsdatum", str(context.today)),
        ("Fr.o.m.", chosen.get("from_date", "")),
        ("T.o.m.", chosen.get("to_date", "")),
        ("Vårdgivarsignatur", chosen.get("signature", "")),
        ("Vårdgivarkategori", chosen.get("category", "")),
        ("Skyddade personuppgifter", "ingår, märkta SKYDDAD" if why else "ingår inte i listan"),
        ("Orsak till skyddade", why),
    ]
    if actor.practice:
        facts.append(("Övning", "påhittade patienter"))
    return [fact for fact in facts if fact[1]]


def orders(context: Context, menu: str) -> tuple[OrderRow, ...]:
    """Return the unit's orders of a Hämta filer (HP or HL), the newest first."""
    with UnitOfWork(context, reading=True) as work:
        rows = work.all(_ORDERS, menu=menu)
    found = []
    for order_id, kind, parameters, signature, day, state, file_name, message in rows:
        chosen = json.loads(parameters)
        period = f"{chosen['from_date']}–{chosen['to_date']}" if "from_date" in chosen else ""
        title = f"SKYDDADE {TITLES[kind]}" if "protected_reason" in chosen else TITLES[kind]
        found.append(OrderRow(order_id, title, period, signature, day, state, file_name, message))
    return tuple(found)


def _ready(context: Context, order_id: int, home: Path) -> Path:
    with UnitOfWork(context, reading=True) as work:
        record = work.record(ListOrder, order_id)
    if record is None or record.removed_at is not None:
        raise NotFound("Filen är borttagen.")
    others = record.ordered_by != context.actor.user_id
    if others and "protected_reason" in json.loads(record.parameters):
        # The reason was the other's, who alone is logged with it.
        _log(context, order_id, "denied", "skyddade personuppgifter, beställd av en annan")
        raise NotFound(
            "Listan har skyddade personuppgifter och öppnas bara av den som beställde den."
            " Beställ en egen, med orsak."
        )
    if record.state != READY:
        raise NotFound(record.message or "Filen är inte klar än.")
    path: Path = folder(context, home) / record.file_name
    if not path.exists():
        raise NotFound(f"Filen {record.file_name} finns inte kvar på disken. Beställ listan igen.")
    return path


def preview(context: Context, order_id: int, home: Path, most: int = SHOWN + 1) -> list[list[str]]:
    """Return the first rows of a made list as text, the header first; logged.  Raises NotFound."""
    path = _ready(context, order_id, home)
    _log(context, order_id, "read")
    try:
        return books.read_first_sheet(path, most)
    except BadTable as bad:
        raise NotFound(f"{bad} Beställ listan igen.") from bad


def save_copy(
    context: Context,
    order_id: int,
    home: Path,
    target: Path,
    confirmed: frozenset[str] = frozenset(),
) -> Path:
    """Copy a made list to *target*, a file or folder, and return the file's whole path; logged.

    Raises NotFound, FileTrouble, and Unconfirmed (LI02) before another file is written over.
    """
    path = _ready(context, order_id, home)
    target = target.absolute()
    with saying_why(target):
        if target.is_dir():
            target = target / path.name
        elif target.suffix.lower() != path.suffix:
            target = target.with_name(target.name + path.suffix)  # or Excel does not know it
        taken = target.is_file()
    if taken:
        settle([finding("LI02", "", name=printable(target.name))], confirmed)
    with whole(target) as file, path.open("rb") as made:
        shutil.copyfileobj(made, file)
        _log(context, order_id, "read", f"sparad som {target.name}")  # no file without its event
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
