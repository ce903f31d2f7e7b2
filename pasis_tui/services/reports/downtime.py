"""Papers for when the system is down: the visits of the coming days, and empty forms to write on.

They are printed ahead.  What was written on them is registered afterwards, with the visits' own dates.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Boolean, bindparam, or_, select
from sqlmodel import col

from pasis_tui.display.display_files import FieldSpec, displays
from pasis_tui.files.pdf_pages import Box, Heading, Lines, Part, Table, pages
from pasis_tui.files.whole import FileTrouble, saying_why, whole
from pasis_tui.models import CareCommitment, Caregiver, Patient, Reception, Visit
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Refused, refusal
from pasis_tui.validation.identity import format_identity_number

MOST_DAYS = 31
_HEADS = (
    *("Tid", "Personnummer", "Namn", "Vårdåtag.", "Problem", "Typ", "Kontakt"),
    *("Kom J/N", "Diagnos", "KVÅ", "Avgift", "Anmärkning"),
)
_WIDTHS = (10, 24, 40, 16, 13, 8, 13, 14, 20, 26, 14, 40)
# The forms, each with what is registered together: the display's code and the format in it.
_FORMS = (
    ("Nytt vårdåtagande", (("040", "key"), ("040", "commitment"))),
    ("Besök", (("085", "visit"), ("184", "medical"), ("184 K", "kva"))),
    ("Inskrivning", (("048 I", "enrolment"),)),
    ("Utskrivning", (("048 U", "discharge"),)),
    ("Uppföljning", (("048 P", "follow_up"),)),
)
_MANY = 16  # codes that are written out beside a box


class _Booked(NamedTuple):
    patient_id: int
    number: str
    family_name: str
    given_name: str
    day: dt.date
    time: dt.time
    reception: str
    reception_name: str
    caregiver: str
    caregiver_name: str
    commitment: int
    problem: str
    kind: str
    contact_type: str
    protected: bool


class DayList(NamedTuple):
    """What a day list holds: how many visits, and how many of protected people are left out."""

    visits: int
    left_out: int


_BOOKED = Query(
    select(
        col(Visit.patient_id),
        col(Patient.identity_number).label("number"),
        col(Patient.family_name),
        col(Patient.given_name),
        col(Visit.date).label("day"),
        col(Visit.time),
        col(Reception.code).label("reception"),
        col(Reception.name).label("reception_name"),
        col(Caregiver.signature).label("caregiver"),
        col(Caregiver.name).label("caregiver_name"),
        col(Visit.commitment_id).label("commitment"),
        col(CareCommitment.problem),
        col(Visit.kind),
        col(Visit.contact_type),
        col(Patient.protected),
    )
    .select_from(Visit)
    .join(Patient, col(Patient.id) == col(Visit.patient_id))
    .join(CareCommitment, col(CareCommitment.id) == col(Visit.commitment_id))
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .where(
        col(Visit.cancelled_at).is_(None),
        col(Visit.date) >= bindparam("first"),
        col(Visit.date) <= bindparam("last"),
        or_(col(Patient.protected).is_(False), bindparam("protected", type_=Boolean())),
    )
    .order_by(
        col(Visit.date),
        col(Reception.code),
        col(Caregiver.signature),
        col(Visit.time),
        col(Visit.id),
    ),
    _Booked,
)
_HIDDEN = Query(
    select(col(Visit.id))
    .select_from(Visit)
    .join(Patient, col(Patient.id) == col(Visit.patient_id))
    .where(
        col(Visit.cancelled_at).is_(None),
        col(Visit.date) >= bindparam("first"),
        col(Visit.date) <= bindparam("last"),
        col(Patient.protected).is_(True),
    )
)


@needs("lists")
def write_day_list(
    context: Context, first: dt.date, last: dt.date, path: Path, protected_reason: str = ""
) -> DayList:
    """Write the unit's visits of *first* to *last* as PDF to *path*, a page a day.

    Protected people are left out, or marked when there is a reason.  Each patient on the paper is
    named in the log, in the transaction that gives the file its name.  Raises Refused.
    """
    if not dt.timedelta(0) <= last - first < dt.timedelta(MOST_DAYS):
        raise Refused([refusal("", f"Dagslistan tar 1–{MOST_DAYS} dagar, den första först.")])
    reason = protected_reason.strip()
    with Reading(context) as work:
        rows = work.all(_BOOKED, first=first, last=last, protected=bool(reason))
        left_out = 0 if reason else len(work.all(_HIDDEN, first=first, last=last))
        said = f"dagslista {first}–{last}" + (f", skyddade: {reason}" if reason else "")
        work.audit("export", entity="list", reason=said, patients={row.patient_id for row in rows})
        parts = _days(context, rows, first, last, left_out)
        foot = f"{_made(context)}. Innehåller patientuppgifter: förvara inlåst, förstör efteråt."
        made = pages("Dagslista", parts, foot, wide=True)
        _write(path, made, work)
    return DayList(len(rows), left_out)


@needs("visit", "overview")
def write_forms(context: Context, path: Path) -> tuple[str, ...]:
    """Write the empty forms as PDF to *path* and return their titles.  Raises Refused.

    Their fields are those of the screens, in the order in which they are typed, with their codes.
    """
    parts: list[Part] = []
    titles = []
    for title, formats in _FORMS:
        numbers = list(dict.fromkeys(code.split()[0] for code, _ in formats))
        titles.append(f"{title} ({' och '.join(numbers)})")
        parts += _form(titles[-1], formats)
    try:
        with whole(path) as file:
            file.write(
                pages("Blanketter", parts, f"{_made(context)}. Registreras med besökets eget datum")
            )
    except FileTrouble as trouble:
        raise Refused([refusal("", str(trouble))]) from trouble
    return tuple(titles)


def _write(path: Path, made: bytes, work: UnitOfWork) -> None:
    """Write the file; it gets its name once the log has its event."""
    try:
        with saying_why(path), whole(path) as file:
            file.write(made)
            work.commit()
    except FileTrouble as trouble:
        raise Refused([refusal("", str(trouble))]) from trouble


def _made(context: Context) -> str:
    actor = context.actor
    practice = "ÖVNING - INGEN GILTIG HANDLING. " if actor.practice else ""
    return f"{practice}{actor.unit_code} {actor.unit_name}, utskrivet {context.today} av {actor.signature}"


def _days(
    context: Context, rows: list[_Booked], first: dt.date, last: dt.date, left_out: int
) -> list[Part]:
    actor = context.actor
    parts: list[Part] = [
        Heading(f"Dagslista {first} - {last}, {actor.unit_code} {actor.unit_name}", 15, True),
        Lines(
            "För när PASiS inte går att nå. Skriv vad som hände; registrera sedan varje besök i 085 med "
            "besökets eget datum och tid, och diagnos och KVÅ i 184."
        ),
    ]
    if left_out:
        parts.append(
            Lines(f"{left_out} besök av patienter med skyddade personuppgifter är inte med.")
        )
    if not rows:
        parts.append(Lines("Inga besök är bokade.", 11))
    for number, (day, of_day) in enumerate(groupby(rows, lambda row: row.day)):
        parts.append(Heading(f"{day} {_WEEKDAYS[day.weekday()]}", 13, bool(number)))
        for who, visits in groupby(of_day, lambda row: (row.reception, row.caregiver)):
            listed = list(visits)
            one = listed[0]
            parts.append(
                Heading(f"{who[0]} {one.reception_name}: {who[1]} {one.caregiver_name}", 10)
            )
            parts.append(Table(_HEADS, _WIDTHS, tuple(_row(each) for each in listed)))
    return parts


_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def _row(visit: _Booked) -> tuple[str, ...]:
    return (
        f"{visit.time:%H:%M}",
        format_identity_number(visit.number),
        f"{'SKYDDAD ' if visit.protected else ''}{visit.family_name}, {visit.given_name}",
        str(visit.commitment),
        visit.problem,
        visit.kind,
        visit.contact_type,
        *("",) * 5,
    )


def _form(title: str, formats: tuple[tuple[str, str], ...]) -> list[Part]:
    parts: list[Part] = [Heading(title, 15, True)]
    fields = [spec for code, name in formats for spec in displays()[code].format(name).fields]
    if "identity_number" not in {spec.name for spec in fields}:
        parts.append(Box("Personnummer", 12))
    parts.append(Box("Namn", 24))
    named: set[str] = set()
    explained: set[str] = set()
    for spec in fields:
        if spec.protected or not spec.label or spec.name in named:
            continue
        named.add(spec.name)
        note = "" if spec.table in explained else _note(spec)  # KVÅ once, though it has many rows
        if spec.table:
            explained.add(spec.table)
        parts.append(Box(spec.label + (" *" if spec.mandatory else ""), spec.width, note))
    parts.append(Box("Ifyllt av", 6))
    parts.append(Lines("* ska fyllas i.  Registrerat i PASiS den ____________  av ____________"))
    return parts


def _note(spec: FieldSpec) -> str:
    if spec.kind == "yesno":
        return "J eller N"
    if spec.kind in {"date", "time"}:
        return "ÅÅÅÅMMDD" if spec.kind == "date" else "TTMM, när besöket började"
    if spec.table in codes.TABLES and len(known := codes.table(spec.table)) <= _MANY:
        return ", ".join(f"{code} {text}" for code, text in known.items())
    return ""
