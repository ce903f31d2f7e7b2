"""LG Åtkomstlogg: who has seen or changed what, at the unit, and a patient's extract of it.

To look at the log is itself logged.  A person with protected identity is named only to who has
asked for that very person.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union
from sqlmodel import col

from pasis_tui import clock
from pasis_tui.models import AuditEvent, AuditEventPatient, Patient, User
from pasis_tui.services.errors import NotFound
from pasis_tui.services.patients.numbers import numbers_of
from pasis_tui.services.reports.log_words import field_word
from pasis_tui.services.reports.papers import Paper
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.pages import Key, Pages
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.counts import counted
from pasis_tui.validation.findings import Refused, refusal
from pasis_tui.validation.identity import format_identity_number
from pasis_tui.validation.lists import read_period

PROTECTED = "Skyddade personuppgifter"
_DAY, _WEEK = dt.timedelta(days=1), dt.timedelta(days=6)
ACTIONS = {
    "read": "Läst",
    "create": "Upplagt",
    "change": "Ändrat",
    "remove": "Borttaget",
    "close": "Avslutat",
    "reopen": "Återöppnat",
    "cancel": "Makulerat",
    "export": "Till fil",
    "denied": "NEKAT",
    "log_in": "Inloggning",
    "log_in_refused": "Nekad inlogg.",
}
ENTITIES = {
    "": "",
    "patient": "Personuppgifter",
    "care_commitment": "Vårdåtagande",
    "enrolment_form": "Inskrivning",
    "discharge_form": "Utskrivning",
    "follow_up_form": "Uppföljning",
    "visit": "Besök",
    "medical_registration": "Medicinsk reg.",
    "external_fee": "Extern avgift",
    "free_card": "Frikort",
    "cost_protection": "Högkostnadsskydd",
    "patient_panel": "Patientpanel",
    "list": "Lista",
    "list_order": "Beställd lista",
    "statistics": "Statistik",
    "statistics_order": "Beställd statistik",
    "referring_unit": "Remittent",
    "imported_code": "Kodfil",
    "imported_test_number": "Testnummer",
    "invoice_specification": "Fakturaspec.",
    "pmo_transfer": "PMO-överföring",
    "skipped_transfer": "PMO, ej infört",
    "unit": "Enhet",
    "user_account": "Användare",
    "caregiver": "Vårdgivare",
    "practice": "Övningsdata",
    "favourite": "Favoriter",
    "audit_event": "Åtkomstlogg",
    "spot_check": "Stickprov",
}


# Where something was done that is no numbered screen; six characters are seen in LG.
PLACES = {
    "login": "inlogg",
    "db": "db",
    "show": "skriv",
    "users": "anv",
    "caregivers": "vårdg",
    "units": "enhet",
    "downtime": "papper",
    "audit": "logg",
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event as LG shows it; ``patient`` is a name, a number of patients, or that it is protected."""

    id: int
    at: dt.datetime
    signature: str
    screen: str
    action: str
    entity: str
    entity_id: int | None
    patient: str
    reason: str
    changes: str

    @property
    def where(self) -> str:
        """The screen, or the command in Swedish."""
        return PLACES.get(self.screen, self.screen)

    @property
    def what(self) -> str:
        """The act in Swedish."""
        return ACTIONS.get(self.action, self.action)

    @property
    def about(self) -> str:
        """What it was done to, in Swedish."""
        entity = ENTITIES.get(self.entity, self.entity)
        return entity if self.entity_id is None else f"{entity} {self.entity_id}"


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, the newest first."""

    rows: tuple[LogRow, ...]
    before: bool
    after: bool
    total: int | None


class Chosen(NamedTuple):
    """What LG's fields say: of whom, by whom, at which unit, from one day to another."""

    patient_id: int | None
    user_id: int | None
    unit_id: int
    first: dt.datetime
    beyond: dt.datetime
    from_date: dt.date
    to_date: dt.date

    @property
    def narrowed(self) -> tuple[bool, bool]:
        """Whether to one patient, and to one user."""
        return self.patient_id is not None, self.user_id is not None

    @property
    def parameters(self) -> dict[str, Any]:
        """The chosen as a query takes it."""
        found: dict[str, Any] = self._asdict()
        return {name: value for name, value in found.items() if value is not None}


class _Found(NamedTuple):
    id: int
    at: dt.datetime
    signature: str
    screen: str
    action: str
    entity: str
    entity_id: int | None
    reason: str
    changes: str
    patients: str
    patient_id: int | None
    family_name: str | None
    given_name: str | None
    protected: bool | None


def _statement(of_patient: bool, of_user: bool) -> Any:
    event = AuditEvent
    statement = (
        select(
            *columns_for(
                _Found,
                event,
                family_name=col(Patient.family_name),
                given_name=col(Patient.given_name),
                protected=col(Patient.protected),
            )
        )
        .select_from(event)
        .outerjoin(Patient, col(Patient.id) == col(event.patient_id))
        .where(
            col(event.unit_id) == bindparam("unit_id"),
            col(event.at) >= bindparam("first"),
            col(event.at) < bindparam("beyond"),
        )
    )
    if of_user:
        statement = statement.where(col(event.user_id) == bindparam("user_id"))
    if of_patient:
        named = union(
            select(col(event.id).label("id"), col(event.at).label("at")).where(
                col(event.patient_id) == bindparam("patient_id"),
                col(event.at) >= bindparam("first"),
                col(event.at) < bindparam("beyond"),
            ),
            select(col(AuditEventPatient.event_id), col(AuditEventPatient.at)).where(
                col(AuditEventPatient.patient_id) == bindparam("patient_id"),
                col(AuditEventPatient.at) >= bindparam("first"),
                col(AuditEventPatient.at) < bindparam("beyond"),
            ),
        ).subquery("named")
        statement = statement.join(
            named, (named.c.id == col(event.id)) & (named.c.at == col(event.at))
        )
    return statement


_ORDER = (col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
_PAGES = {
    (of_patient, of_user): Pages(_statement(of_patient, of_user), _ORDER)
    for of_patient in (False, True)
    for of_user in (False, True)
}
_ONE = {  # of what was chosen only: a look is logged on whom it shows
    chosen: Query(_statement(*chosen).where(col(AuditEvent.id) == bindparam("event_id")), _Found)
    for chosen in _PAGES
}
_NAMED = Query(
    select(col(Patient.id), col(Patient.identity_number), col(Patient.family_name),
           col(Patient.given_name), col(Patient.protected))
    .join(AuditEventPatient, col(AuditEventPatient.patient_id) == col(Patient.id))
    .where(col(AuditEventPatient.event_id) == bindparam("event_id"))
    .order_by(col(Patient.family_name), col(Patient.given_name), col(Patient.id))
    .limit(bindparam("most"))
)  # fmt: skip


class _Person(NamedTuple):
    id: int
    identity_number: str
    family_name: str
    given_name: str
    protected: bool


_PATIENT = Query(
    select(*columns_for(_Person, Patient)).where(
        col(Patient.identity_number) == bindparam("number")
    ),
    _Person,
)
_USER = Query(select(col(User.id)).where(col(User.signature) == bindparam("signature")))


_SHOWN = 40  # patients that a single event's dialogue names


@needs("log")
def log_page(
    context: Context,
    raw: Mapping[str, str],
    *,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
) -> LogPage:
    """Return a page of the events that *raw* chooses, the newest first; the look is logged.

    *raw* has ``identity_number``, ``signature``, ``unit``, ``from_date`` and ``to_date``; what is
    empty narrows nothing, but the unit is the own one.  Raises Refused at the field that is wrong.
    """
    with Reading(context) as work:
        chosen = read_chosen(work, raw)
        page = _PAGES[chosen.narrowed].page(
            work, after=after, before=before, last=last, size=size, count=True,
            **chosen.parameters,
        )  # fmt: skip
        rows = tuple([_row(_Found(*row), chosen.patient_id) for row in page.rows])
        if after is None and before is None and not last:
            log_look(work, chosen, raw)
        work.commit()
    return LogPage(rows, page.before, page.after, page.total)


def log_look(work: UnitOfWork, chosen: Chosen, raw: Mapping[str, str], reason: str = "") -> None:
    """Log that the log was looked at, and what was asked for."""
    said: dict[str, Any] = {
        "from_date": chosen.from_date,
        "to_date": chosen.to_date,
        "signature": raw.get("signature", "").strip().upper(),
        "unit": chosen.unit_id,
    }
    asked = {name: [None, value] for name, value in said.items() if value}
    work.audit("read", chosen.patient_id, "audit_event", None, asked, reason)


def read_chosen(work: UnitOfWork, raw: Mapping[str, str]) -> Chosen:
    """Read LG's fields; without days it is the week up to now.  Raises Refused."""
    last = clock.today()  # the log has the real clock, whatever day is practised
    first = last - _WEEK
    if any(raw.get(name, "").strip() for name in ("from_date", "to_date")):
        first, last = read_period(raw, work.today)
    signature = raw.get("signature", "").strip().upper()
    user_id = None
    if signature:
        user_id = work.scalar(_USER, signature=signature)
        if user_id is None:
            raise Refused([refusal("signature", f"Ingen användare har signaturen {signature}.")])
    number = raw.get("identity_number", "").strip()
    person = _person(work, number) if number else None
    return Chosen(
        None if person is None else person.id,
        user_id,
        _unit(work, raw.get("unit", "").strip().upper()),
        _midnight(first),
        _midnight(last + _DAY),
        first,
        last,
    )


def _midnight(day: dt.date) -> dt.datetime:
    """Return when *day* begins at the clinic, in UTC: as a clerk reads the log's times."""
    return dt.datetime.combine(day, dt.time()).astimezone().astimezone(dt.UTC)


def _unit(work: UnitOfWork, code: str) -> int:
    if code and code != work.actor.unit_code:  # another unit's log is seen logged in there (SE01)
        work.audit("denied", entity="audit_event", reason="annan enhets logg")
        work.commit()
        raise Refused(
            [refusal("unit", f"Loggen för {code} visas bara för den enheten: logga in där.")]
        )
    return work.unit_id


def _person(work: UnitOfWork, text: str) -> _Person:
    numbers = numbers_of(text, "", work.today)
    found = [work.one(_PATIENT, number=number.digits) for number in numbers]
    known = [person for person in found if person is not None]
    if len(known) != 1:
        why = "Två patienter har de tio siffrorna: skriv alla tolv." if known else (
            "Ingen patient har det numret.")  # fmt: skip
        raise Refused([refusal("identity_number", why)])
    return known[0]


def _hidden(found: _Found, asked_for: int | None) -> bool:
    return bool(found.protected) and found.patient_id != asked_for


def _row(found: _Found, asked_for: int | None) -> LogRow:
    """Return the event as LG shows it to who asked for the patient *asked_for*, None for any."""
    if found.patients:
        patient = counted(int(found.patients.partition(":")[0]), "patient", "patienter")
    elif found.family_name is None:
        patient = ""
    elif _hidden(found, asked_for):
        patient = PROTECTED
    else:
        patient = f"{found.family_name}, {found.given_name}"
    return LogRow(*found[:7], patient, found.reason, found.changes)


@needs("log")
def event_lines(context: Context, event_id: int, raw: Mapping[str, str]) -> tuple[str, ...]:
    """Return one event in full, as lines of text; the look is logged.  Raises NotFound."""
    with Reading(context) as work:
        chosen = read_chosen(work, raw)
        lines = lines_of(work, chosen, event_id)
        log_look(work, chosen, raw, f"rad {event_id}")
        work.commit()
    return lines


def lines_of(work: UnitOfWork, chosen: Chosen, event_id: int) -> tuple[str, ...]:
    """Return one of the chosen events, in full.  Raises NotFound, also for one not among them."""
    found = work.one(_ONE[chosen.narrowed], event_id=event_id, **chosen.parameters)
    if found is None:
        raise NotFound("Raden finns inte i loggen.")
    row = _row(found, chosen.patient_id)
    lines = [
        f"Tid         {_time(row.at)}",
        f"Användare   {row.signature}   Bild {row.where}",
        f"Vad         {row.what} {row.about}".rstrip(),
    ]
    if row.patient:
        lines.append(f"Patient     {row.patient}")
    if row.reason:
        lines.append(f"Orsak       {row.reason}")
    if found.patients:
        named = work.all(_NAMED, event_id=event_id, most=_SHOWN + 1)
        for patient_id, number, family, given, protected in named[:_SHOWN]:
            text = f"{format_identity_number(number)} {family}, {given}"
            hidden = protected and patient_id != chosen.patient_id
            lines.append(f"            {PROTECTED if hidden else text}")
        if len(named) > _SHOWN:
            lines.append("            … och fler")
    for name, change in json.loads(row.changes).items():
        word = f"{field_word(row.entity, name):<20}"
        if _hidden(found, chosen.patient_id):  # a name may be among what was changed
            lines.append(f"{word} (skyddad)")
            continue
        old, new = change if isinstance(change, list) and len(change) == 2 else (None, change)
        lines.append(f"{word} {_said(old)} → {_said(new)}")
    return tuple(lines)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "J" if value else "N"
    if isinstance(value, list):  # ids, or what a panel showed
        return ", ".join(ENTITIES.get(str(each), str(each)) for each in value) or "–"
    return "–" if value in (None, "") else str(value)


def _time(at: dt.datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


@needs("log")
def extract(context: Context, raw: Mapping[str, str]) -> Paper:
    """Return a patient's extract of the unit's log as a paper, the newest first; logged.

    *raw* as for ``log_page``, its number filled in.  Raises Refused.
    """
    if not raw.get("identity_number", "").strip():
        raise Refused([refusal("identity_number", "Skriv patientens nummer för ett utdrag.")])
    with Reading(context) as work:
        chosen = read_chosen(work, raw)
        person = _person(work, raw["identity_number"])
        pages, rows, after = _PAGES[chosen.narrowed], [], None
        while True:
            page = pages.page(work, after=after, size=1000, **chosen.parameters)
            rows += [_row(_Found(*row), person.id) for row in page.rows]
            after = page.last
            if not page.after:
                break
        log_look(work, chosen, raw, "utdrag")
        work.commit()
    actor = context.actor
    name = PROTECTED if person.protected else f"{person.family_name}, {person.given_name}"
    lines = [
        "UTDRAG UR ÅTKOMSTLOGGEN" + ("  ÖVNING – INGEN GILTIG HANDLING" if actor.practice else ""),
        "=" * 70,
        f"Enhet:              {actor.unit_code} {actor.unit_name}",
        f"Patient:            {format_identity_number(person.identity_number)} {name}",
        f"Period:             {chosen.from_date}–{chosen.to_date}",
        "",
        f"{'Tid':<17}{'Av':<8}{'Bild':<7}{'Vad':<14}Uppgift",
        "-" * 70,
        *(_line(row) for row in rows),
        *(() if rows else ("Ingen har läst eller ändrat något i perioden.",)),
        "",
        f"Utskrivet:          {context.today} av {actor.signature}",
    ]
    paper = f"loggutdrag-{person.id}-{context.today}.txt"
    return Paper("Utdrag ur åtkomstloggen", paper, tuple(lines), person.id, "audit_event", None)


def _line(row: LogRow) -> str:
    return f"{row.at.astimezone():%Y-%m-%d %H:%M} {row.signature:<8}{row.where:<7}{row.what:<14}{row.about}".rstrip()


__all__ = ["ACTIONS", "ENTITIES", "LogPage", "LogRow", "event_lines", "extract", "log_page"]
