"""Lists that are ordered, made in the background, and fetched (KL, FB and their Hämta filer)."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlmodel import col

from pasis_tui.files import book_tables, books
from pasis_tui.files.tables import BadTable, printable
from pasis_tui.files.whole import FileTrouble, saying_why, whole
from pasis_tui.models import (
    Action,
    AuditEvent,
    AuditEventPatient,
    Caregiver,
    ListOrder,
    User,
    Visit,
    wall_clock,
)
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports.list_rows import (
    CONTROL_COLUMNS,
    MARK_COLUMN,
    VISIT_COLUMNS,
    control_rows,
    patients_of,
    visit_rows,
)
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.findings import NOTHING, Confirmed, Refused, settle
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
    """An order as Hämta filer shows it; ``message`` counts the rows, or says why there are none."""

    id: int
    title: str
    period: str
    ordered_by: str
    ordered_on: dt.date
    state: str
    file_name: str
    message: str


class _Ordered(NamedTuple):
    id: int
    kind: str
    parameters: str
    signature: str
    ordered_on: dt.date
    state: str
    file_name: str
    message: str

    def shown(self) -> OrderRow:
        chosen, title = json.loads(self.parameters), TITLES[self.kind]
        return OrderRow(
            id=self.id,
            title=f"SKYDDADE {title}" if "protected_reason" in chosen else title,
            period=f"{chosen['from_date']}–{chosen['to_date']}" if "from_date" in chosen else "",
            ordered_by=self.signature,
            ordered_on=self.ordered_on,
            state=self.state,
            file_name=self.file_name,
            message=self.message,
        )


_SHOWN_ORDERS = (
    select(*columns_for(_Ordered, ListOrder, signature=col(User.signature)))
    .join(User, col(User.id) == col(ListOrder.ordered_by))
    .where(col(ListOrder.removed_at).is_(None))
    .order_by(col(ListOrder.id).desc())
)
_ORDERS = Query(_SHOWN_ORDERS.where(col(ListOrder.menu) == bindparam("menu")), _Ordered)
_ORDER = Query(_SHOWN_ORDERS.where(col(ListOrder.id) == bindparam("order")), _Ordered)
_ORDERED_AT = Query(
    select(col(ListOrder.ordered_at)).where(col(ListOrder.id) == bindparam("order"))
)
_NAMED = Query(
    select(col(AuditEventPatient.patient_id))
    .join(
        AuditEvent,
        and_(
            col(AuditEvent.id) == col(AuditEventPatient.event_id),
            col(AuditEvent.at) == col(AuditEventPatient.at),
        ),
    )
    .where(
        col(AuditEvent.unit_id) == bindparam("unit"),
        col(AuditEvent.at) >= bindparam("since"),
        col(AuditEvent.entity) == "list",
        col(AuditEvent.entity_id) == bindparam("order"),
    )
)
_WAITING = Query(
    select(col(ListOrder.id)).where(
        col(ListOrder.menu) == bindparam("menu"),
        col(ListOrder.kind) == bindparam("kind"),
        col(ListOrder.parameters) == bindparam("parameters"),
        col(ListOrder.ordered_by) == bindparam("ordered_by"),
        col(ListOrder.ordered_on) == bindparam("ordered_on"),
        col(ListOrder.state) == ORDERED,
        col(ListOrder.removed_at).is_(None),
    )
)
_CAREGIVER = Query(
    select(col(Caregiver.category)).where(col(Caregiver.signature) == bindparam("sign"))
)
_SEEN_AS = Query(
    select(col(Visit.id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .where(
        col(Caregiver.signature) == bindparam("sign"),
        col(Visit.caregiver_category) == bindparam("category"),
    )
    .limit(1)
)


@needs("lists")
def order_control_list(context: Context, raw: Mapping[str, str]) -> int:
    """Order a Kontrollista and return the order's id.  Raises Refused (LI01)."""
    order = read_control_list(raw, context.today)
    chosen = {"kind": order.kind}
    if order.from_date and order.to_date:
        chosen |= {"from_date": str(order.from_date), "to_date": str(order.to_date)}
    return _order(context, "HP", order.kind, chosen | _with_protected(order.protected_reason))


@needs("lists")
def order_visit_list(context: Context, raw: Mapping[str, str]) -> int:
    """Order Besök diagnos/KVÅ/op and return the order's id.  Raises Refused (LI01)."""
    order = _visit_order(context, raw)
    _check_category(context, order)
    return _order(
        context,
        "HL",
        "B",
        {
            "from_date": str(order.from_date),
            "to_date": str(order.to_date),
            "signature": order.signature,
            "category": order.category,
        }
        | _with_protected(order.protected_reason),
    )


def _with_protected(reason: str) -> dict[str, str]:
    """Return the fields of KL and FB that include protected identities; none without a reason."""
    return {"protected": "J", "protected_reason": reason} if reason else {}


def _visit_order(context: Context, raw: Mapping[str, str]) -> VisitListOrder:
    """Read an order of visits; another unit's signature is refused like an unknown one."""
    order = read_visit_list(raw, context.today)
    if order.signature:
        with UnitOfWork(context, reading=True) as work:
            if work.one(_CAREGIVER, sign=order.signature) is None:
                unknown = finding(
                    "LI01",
                    "signature",
                    context.today,
                    "unknown_signature",
                    signature=order.signature,
                )
                raise Refused([unknown])
    return order


def _check_category(context: Context, order: VisitListOrder) -> None:
    """Refuse a category that the signature neither has nor had at any visit: the list would be empty."""
    sign, category = order.signature, order.category
    if not sign or not category:
        return
    with UnitOfWork(context, reading=True) as work:
        own = [row[0] for row in work.all(_CAREGIVER, sign=sign)]
        if category in own or work.one(_SEEN_AS, sign=sign, category=category) is not None:
            return
    named = ", ".join(f"{code} {codes.table('category').get(code, '')}".strip() for code in own)
    empty = finding(
        "LI01",
        "category",
        context.today,
        "other_category",
        signature=sign,
        own=named,
        category=category,
    )
    raise Refused([empty])


def _order(context: Context, menu: str, kind: str, chosen: dict[str, str]) -> int:
    """Return the id of the order, of the same one when it has been made today and still waits."""
    now = wall_clock()
    with UnitOfWork(context) as work:
        wanted = {
            "menu": menu,
            "kind": kind,
            "parameters": json.dumps(chosen),
            "ordered_by": context.actor.user_id,
            "ordered_on": context.today,
        }
        work.lock_words("list_order", work.unit_id)
        waiting: int | None = work.scalar(_WAITING, **wanted)
        if waiting is not None:
            return waiting
        order_id: int = work.insert(ListOrder, **wanted, ordered_at=now, state=ORDERED)
        work.audit(
            "create",
            entity="list_order",
            entity_id=order_id,
            changes={name: [None, value] for name, value in chosen.items()},
            reason=chosen.get("protected_reason", ""),
        )
        work.commit()
    return order_id


@needs("lists")
def folder(context: Context, home: Path) -> Path:
    """Return the folder of the unit's files, made when missing, its owner's only.

    Raises FileTrouble.
    """
    path = home / "filer" / context.actor.unit_code
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FileTrouble(f"Mappen {path} kan inte skapas: {in_swedish(error)}.") from error
    return path


@needs("lists")
def make(
    context: Context,
    order_id: int,
    home: Path,
    progress: Callable[[int], None] = lambda rows: None,
) -> OrderRow:
    """Make the ordered list's file; if that fails, the order's message says why.

    The read of the patients in it is logged.  *progress* is called with the rows so far, and what
    it raises ends the work.  Raises NotFound for an order that was removed, also meanwhile.
    """
    with UnitOfWork(context, reading=True) as work:
        record = _standing(work, order_id, "Beställningen finns inte längre.")
    name = f"{_STEMS[record.kind]}-{context.today:%Y%m%d}-{order_id}.xlsx"
    state, message = READY, ""
    path: Path | None = None
    try:
        path = folder(context, home) / name
        _remove_files(path.parent, record.kind, order_id)
        count = write(context, record.kind, json.loads(record.parameters), path, progress, order_id)
        message = counted_rows(count)
    except FileTrouble as trouble:
        path, state, name, message = None, FAILED, "", str(trouble)
    try:
        with UnitOfWork(context) as work:
            work.lock_words("list_order", work.unit_id)
            _standing(work, order_id, "Listan görs inte: beställningen är borttagen.")
            work.update(ListOrder, order_id, None, state=state, file_name=name, message=message)
            changes = {"state": [ORDERED, state]}
            work.audit("change", entity="list_order", entity_id=order_id, changes=changes)
            work.commit()
    except BaseException:
        if path is not None:  # no order refers to it: nobody could remove it
            path.unlink(missing_ok=True)
        raise
    with UnitOfWork(context, reading=True) as work:
        row = work.one(_ORDER, order=order_id)
    if row is None:
        raise NotFound("Beställningen är borttagen.")
    return row.shown()


def _standing(work: UnitOfWork, order_id: int, gone: str) -> Any:
    """Return an order's record; raises NotFound, saying *gone*, when there is none any more."""
    record = work.record(ListOrder, order_id)
    if record is None or record.removed_at is not None:
        raise NotFound(gone)
    return record


@needs("lists")
def write(
    context: Context,
    kind: str,
    chosen: Mapping[str, str],
    path: Path,
    progress: Callable[[int], None] = lambda rows: None,
    order_id: int | None = None,
) -> int:
    """Write a list to *path* and return the number of rows; logged as a read of its patients.

    *order_id* is the order that the list is made for.

    Raises FileTrouble and Refused (LI01).
    """
    order: VisitListOrder | ControlListOrder = (
        _visit_order(context, chosen) if kind == "B" else read_control_list(chosen, context.today)
    )
    why = order.protected_reason
    said = f"{TITLES[kind]}, med skyddade: {why}" if why else TITLES[kind]
    asked = {name: [None, value] for name, value in chosen.items()}
    met: set[int] = set()
    with UnitOfWork(context, reading=True) as work:
        known = patients_of(work, order)
    # Logged first: making a large book takes seconds, and others must be able to save meanwhile.
    with UnitOfWork(context) as work:
        work.audit("read", None, "list", order_id, asked, said, known)
        work.commit()
    with UnitOfWork(context, reading=True) as work:
        columns: tuple[books.Column, ...] = CONTROL_COLUMNS
        if isinstance(order, VisitListOrder):
            columns = VISIT_COLUMNS
            rows = visit_rows(work, order, met)
        else:
            rows = control_rows(work, order, met)
        if why:
            columns += (MARK_COLUMN,)
        facts = _facts(context, kind, chosen)
        count = books.write_book(path, TITLES[kind], columns, rows, facts, progress)
    if more := met - known:  # saved by others since
        try:
            with UnitOfWork(context) as work:
                work.audit("read", None, "list", order_id, asked, said, more)
                work.commit()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return count


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


@needs("lists")
def orders(context: Context, menu: str) -> tuple[OrderRow, ...]:
    """Return the unit's orders of a Hämta filer (HP or HL), the newest first."""
    with UnitOfWork(context, reading=True) as work:
        return tuple(row.shown() for row in work.all(_ORDERS, menu=menu))


def _ready(context: Context, order_id: int, home: Path) -> Path:
    with UnitOfWork(context, reading=True) as work:
        record = _standing(work, order_id, "Filen är borttagen.")
    others = record.ordered_by != context.actor.user_id
    if others and "protected_reason" in json.loads(record.parameters):
        # The reason is that of the one who ordered, and is logged for them alone.
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


@needs("lists")
def preview(context: Context, order_id: int, home: Path, most: int = SHOWN + 1) -> list[list[str]]:
    """Return the first rows of a made list as text, the header first; logged.  Raises NotFound."""
    path = _ready(context, order_id, home)
    _log(context, order_id, "read")
    try:
        return book_tables.first_rows(path, most)
    except BadTable as bad:
        raise NotFound(f"{bad} Beställ listan igen.") from bad


@needs("lists")
def save_copy(
    context: Context,
    order_id: int,
    home: Path,
    target: Path,
    confirmed: Confirmed = NOTHING,
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
            target = target.with_name(target.name + path.suffix)  # or Excel will not open it
        taken = target.is_file()
    if taken:
        settle([finding("LI02", "", context.today, name=printable(target.name))], confirmed)
    with whole(target) as file, path.open("rb") as made:
        shutil.copyfileobj(made, file)
        # No file without its audit event.
        _log(context, order_id, "read", f"sparad som {target.name}")
    return target


def _log(context: Context, order_id: int, action: Action, reason: str = "") -> None:
    """Log what is done with a made list, of the patients that its making was logged with."""
    with Reading(context) as work:
        since = work.scalar(_ORDERED_AT, order=order_id)
        named: set[int] = set()
        if since is not None and action != "denied":
            rows = work.all(_NAMED, order=order_id, since=since, unit=work.unit_id)
            named = {row[0] for row in rows}
        work.audit(action, None, "list_order", order_id, None, reason, named)
        work.commit()


@needs("lists")
def remove(context: Context, order_id: int, home: Path) -> None:
    """Remove an order and its file; logged.  Raises NotFound and FileTrouble."""
    with UnitOfWork(context) as work:
        work.lock_words("list_order", work.unit_id)
        record = _standing(work, order_id, "Beställningen finns inte längre.")
        work.update(ListOrder, order_id, None, removed_at=wall_clock())
        work.audit("remove", entity="list_order", entity_id=order_id)
        work.commit()
    _remove_files(folder(context, home), record.kind, order_id)


def _remove_files(place: Path, kind: str, order_id: int) -> None:
    """Remove an order's files, one that was made when the program was killed too."""
    for path in place.glob(f"{_STEMS[kind]}-????????-{order_id}.xlsx"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileTrouble(
                f"Filen {path.name} kan inte tas bort: {in_swedish(error)}."
            ) from error
