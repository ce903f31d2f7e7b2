"""Files from others, written as a whole or not at all: invoices, official codes, units, numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from pasis_tui.files.tables import Wanted, printable, read_table
from pasis_tui.models import CareCommitment, ImportedCode, ImportedTestNumber, ReferringUnit
from pasis_tui.services.errors import NoRight
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.transfers import (
    InvoiceRow,
    RowList,
    read_code,
    read_invoice,
    read_referring_unit,
    read_test_number,
)

_Read = TypeVar("_Read")
_IDS_LOGGED = 100

INVOICE = (
    Wanted(
        "commitment_id",
        ("id vårdåtagande", "vårdåtagandenummer", "vårdåtagande-id", "vårdåtagande", "id"),
    ),
    Wanted(
        "invoiced_on", ("fakturadatum", "faktureringsdatum", "fakturerad", "datum"), False, "date"
    ),
)
CODES = (
    Wanted("code", ("kod", "code", "icd-10-kod", "kvå-kod")),
    Wanted("text", ("titel", "benämning", "text", "kodtext", "beskrivning", "title")),
)
REFERRING = (
    Wanted("code", ("kod", "enhetskod", "code")),
    Wanted("name", ("namn", "enhetsnamn", "enhet", "benämning", "name")),
    Wanted("place", ("ort", "plats", "place"), False),
    Wanted("source", ("remiss från", "källa", "source")),
)
NUMBERS = (
    Wanted(
        "identity_number",
        (
            "testpersonnummer",
            "testsamordningsnummer",
            "testnummer",
            "personnummer",
            "samordningsnummer",
            "identitetsbeteckning",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote, in one Swedish sentence; remarks on rows; notes on how the file was read."""

    summary: str
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class BadRows(ForPeople):
    """Rows of the file are wrong, and nothing was written; ``lines`` say which rows, and why."""

    exit_code = 1

    def __init__(self, name: str, rows: RowList) -> None:
        self.lines = (*rows.lines(), *rows.notes)
        what = f"{counted_rows(rows.count)} är fel"
        super().__init__(f"{name}: {what}. Inget är infört; rätta filen och läs in den igen.")

    @property
    def sentences(self) -> tuple[str, ...]:
        """How many rows are wrong, then which and why."""
        return (str(self), *self.lines)


class _Stand(NamedTuple):
    patient_id: int
    arrival_date: dt.date
    closed_on: dt.date | None
    invoiced_on: dt.date | None


class _Referring(NamedTuple):
    id: int
    code: str
    name: str
    place: str
    source: str


_STAND = Query(
    select(*columns_for(_Stand, CareCommitment)).where(
        col(CareCommitment.id) == bindparam("commitment_id"),
        col(CareCommitment.removed_at).is_(None),
    ),
    _Stand,
)
_PATIENT = Query(
    select(col(CareCommitment.patient_id)).where(
        col(CareCommitment.id) == bindparam("commitment_id")
    )
)
_CODES = Query(
    select(func.count())
    .select_from(ImportedCode)
    .where(col(ImportedCode.system) == bindparam("system"))
)
_REFERRING = Query(select(*columns_for(_Referring, ReferringUnit)), _Referring)
_NUMBERS = Query(select(col(ImportedTestNumber.identity_number)))


def read_rows(
    path: Path,
    wanted: Sequence[Wanted],
    read: Callable[[Mapping[str, str]], _Read],
    faults: RowList,
) -> list[tuple[int, _Read]]:
    """Return every good row of a file with its number; the bad ones and the notes go to *faults*.

    The whole file is read before anything is written.  Raises BadTable.
    """
    good = []
    table = read_table(path, wanted)
    faults.notes = tuple(table.notes)
    for row in table:
        if row.fault:
            faults.add(row.number, row.fault)
            continue
        try:
            good.append((row.number, read(row.cells)))
        except Refused as refused:
            faults.refuse(row.number, refused)
    return good


def _only_once(
    rows: list[tuple[int, _Read]], key: Callable[[_Read], Any], faults: RowList, what: str
) -> None:
    """Add every row whose key has been seen before to *faults*."""
    seen: dict[Any, int] = {}
    for number, row in rows:
        first = seen.setdefault(key(row), number)
        if first != number:
            faults.add(number, f"{what} {key(row)} står redan på rad {first}.")


def _settle(path: Path, faults: RowList) -> None:
    if faults.count:
        raise BadRows(printable(path.name), faults)


# -- the invoice specification -----------------------------------------------------------------


@needs("lists")
def import_invoice_specification(context: Context, path: Path) -> Imported:
    """Mark the unit's commitments on an invoice specification as invoiced, all or none; logged.

    ``invoiced_on`` is the latest invoice's date: the file's, or the working date where it has
    none.  A closed commitment is marked and remarked upon.  Unknown, removed and other units'
    IDs are answered alike (SE01) and logged as denied.  Raises BadTable, BadRows, NoRight.
    """
    faults, remarks = RowList(), RowList()
    rows = read_rows(path, INVOICE, lambda raw: read_invoice(raw, context.today), faults)
    _only_once(rows, lambda row: row.commitment_id, faults, "Vårdåtagande")
    marked = 0
    foreign: list[int] = []
    with UnitOfWork(context) as work:
        _lock_patients(work, [row for _, row in rows])
        for number, row in rows:
            stand = work.one(_STAND, commitment_id=row.commitment_id)
            if stand is None:
                foreign.append(row.commitment_id)
                faults.add(
                    number,
                    f"Vårdåtagande {row.commitment_id} finns inte vid {work.actor.unit_code}.",
                )
                continue
            if row.invoiced_on < stand.arrival_date:
                faults.add(
                    number,
                    f"Vårdåtagande {row.commitment_id}: fakturadatum {row.invoiced_on} ligger"
                    f" före ankomstdatum {stand.arrival_date}.",
                )
            if not faults.count:
                marked += _mark(work, row, stand, number, remarks)
        if not faults.count:
            work.audit(
                "change",
                entity="care_commitment",
                reason=f"fakturaspecifikation, {marked} av {len(rows)} vårdåtaganden",
            )
            work.commit()
    if foreign:
        _log_denied(context, foreign)
    _settle(path, faults)
    done = f"Vårdåtaganden markerade som fakturerade: {marked}, rader: {len(rows)}."
    return Imported(done, tuple(remarks.lines()), faults.notes)


def _lock_patients(work: UnitOfWork, rows: list[InvoiceRow]) -> None:
    """Keep others' saves of every patient on the specification out until the end."""
    owners = [work.owner(_PATIENT, commitment_id=row.commitment_id) for row in rows]
    work.lock_patient(*{owner for owner in owners if owner is not None})


def _mark(work: UnitOfWork, row: InvoiceRow, stand: _Stand, number: int, remarks: RowList) -> int:
    """Mark one commitment and return 1, or 0 when it already has that date or a later one."""
    named = f"Vårdåtagande {row.commitment_id}"
    if stand.invoiced_on is not None and stand.invoiced_on >= row.invoiced_on:
        remarks.add(number, f"{named} är redan fakturerat {stand.invoiced_on}.")
        return 0
    if stand.closed_on is not None:
        remarks.add(number, f"{named} är avslutat {stand.closed_on}; markeras ändå.")
    work.update(CareCommitment, row.commitment_id, None, invoiced_on=row.invoiced_on)
    work.audit(
        "change",
        stand.patient_id,
        "care_commitment",
        row.commitment_id,
        {"invoiced_on": [stand.invoiced_on, row.invoiced_on]},
        "fakturaspecifikation",
    )
    return 1


def _log_denied(context: Context, ids: list[int]) -> None:
    """Log the IDs that were refused, in a transaction that outlives the failed import."""
    with UnitOfWork(context) as work:
        for commitment_id in dict.fromkeys(ids[:_IDS_LOGGED]):
            reason = "fakturaspecifikation: finns inte vid enheten"
            work.audit("denied", None, "care_commitment", commitment_id, reason=reason)
        if len(ids) > _IDS_LOGGED:
            reason = f"fakturaspecifikation: {len(ids)} finns inte vid enheten"
            work.audit("denied", entity="care_commitment", reason=reason)
        work.commit()


# -- official lists ----------------------------------------------------------------------------


@needs("users", "exercises")  # the whole register's: an administrator; in practice anybody
def import_codes(context: Context, system: str, path: Path) -> Imported:
    """Replace the codes of *system* (ICD10 or KVA) by those of an official file; logged.

    Headings among the codes are skipped.  Raises BadTable, BadRows and NoRight.
    """
    faults = RowList()
    rows = read_rows(path, CODES, lambda raw: read_code(system, raw, context.today), faults)
    texts: dict[str, str] = {}
    for number, row in rows:
        if row is None:
            continue
        code, text = row
        if texts.setdefault(code, text) != text:
            faults.add(number, f"Kod {code} står redan med en annan text.")
    if not texts and not faults.count:
        faults.add(rows[0][0], "Filen har bara rubriker, inga koder.")
    _settle(path, faults)
    with UnitOfWork(context) as work:
        work.lock_words("imported_code", system)
        before = work.scalar(_CODES, system=system)
        work.delete(ImportedCode, system=system)
        work.insert_many(
            ImportedCode,
            [{"system": system, "code": code, "text": text} for code, text in texts.items()],
        )
        work.audit(
            "change",
            entity="imported_code",
            changes={"system": [None, system], "codes": [before, len(texts)]},
            reason=printable(path.name),
        )
        work.commit()
    named = "ICD-10" if system == "ICD10" else "KVÅ"
    passed = sum(row is None for _, row in rows)
    also = f", överhoppade rubriker: {passed}" if passed else ""
    done = f"Inlästa {named}-koder: {len(texts)}, förut: {before}{also}."
    return Imported(done, (), faults.notes)


@needs("users", "exercises")  # the whole register's: an administrator; in practice anybody
def import_referring_units(context: Context, path: Path) -> Imported:
    """Add referring units, or rename them, by their code; logged.  None is removed.

    Raises BadTable, BadRows and NoRight.
    """
    faults = RowList()
    rows = read_rows(path, REFERRING, lambda raw: read_referring_unit(raw, context.today), faults)
    _only_once(rows, lambda row: row.code, faults, "Enhet")
    _settle(path, faults)
    new = changed = 0
    with UnitOfWork(context) as work:
        work.lock_words("referring_unit")
        known = {unit.code: unit for unit in work.all(_REFERRING)}
        for _, row in rows:
            values = {"name": row.name, "place": row.place, "source": row.source}
            if row.code not in known:
                key = work.insert(ReferringUnit, code=row.code, **values)
                new += 1
                said = {"code": [None, row.code], **{n: [None, v] for n, v in values.items() if v}}
                work.audit("create", entity="referring_unit", entity_id=key, changes=said)
                continue
            old = known[row.code]
            said = {n: [was, v] for n, v in values.items() if (was := getattr(old, n)) != v}
            if said:
                changed += 1
                work.update(ReferringUnit, old.id, None, **values)
                work.audit("change", entity="referring_unit", entity_id=old.id, changes=said)
        work.commit()
    same = len(rows) - new - changed
    done = f"Nya remitterande enheter: {new}, ändrade: {changed}, oförändrade: {same}."
    return Imported(done, (), faults.notes)


@needs("users", "exercises")  # the whole register's: an administrator; in practice anybody
def import_test_numbers(context: Context, path: Path) -> Imported:
    """Add official test identity numbers, which practice then accepts; logged.

    Raises BadTable, BadRows, and NoRight outside practice.
    """
    if not context.actor.practice:
        raise NoRight("Testnummer hör bara till övningsdata; en kliniks databas tar inga.")
    faults = RowList()
    rows = read_rows(path, NUMBERS, lambda raw: read_test_number(raw, context.today), faults)
    _settle(path, faults)
    wanted = dict.fromkeys(number for _, number in rows)
    with UnitOfWork(context) as work:
        work.lock_words("imported_test_number")
        known = {number for (number,) in work.all(_NUMBERS)}
        fresh = [number for number in wanted if number not in known]
        work.insert_many(ImportedTestNumber, [{"identity_number": n} for n in fresh])
        work.audit(
            "change",
            entity="imported_test_number",
            changes={"numbers": [len(known), len(known) + len(fresh)]},
            reason=printable(path.name),
        )
        work.commit()
    done = f"Nya testnummer: {len(fresh)}, fanns redan: {len(rows) - len(fresh)}."
    return Imported(done, (), faults.notes)
