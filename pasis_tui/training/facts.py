"""The clinic's records as domain facts: what an exercise's solution is compared by.

A record is what a screen shows of it, field by field as it is typed there.  Its id only tells two
copies of one template apart from what is new in them; versions, clocks and who is logged on are
not read at all.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from pasis_tui.display.display_files import display
from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    ExternalFee,
    FollowUpForm,
    FreeCard,
    ListOrder,
    MedicalRegistration,
    OtherDiagnosis,
    Patient,
    ProcedureCode,
    Reception,
    ReferringUnit,
    SkippedTransfer,
    StatisticsOrder,
    Visit,
)
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.visit_cards import TYPED_COLUMNS
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.care_commitments import CommitmentInput
from pasis_tui.validation.closing import CLOSING
from pasis_tui.validation.fees import ExternalFeeInput, FreeCardInput
from pasis_tui.validation.forms import DischargeInput, EnrolmentInput, FollowUpInput
from pasis_tui.validation.patients import PatientInput
from pasis_tui.validation.records import as_typed, entries

Key = tuple[str, int]  # kind and id


class Kind(NamedTuple):
    """A kind of record: what it is called, where its fields' words stand, how it is recognised.

    ``parent`` is the kind that it belongs to and ``parent_field`` the field that says which;
    ``keys`` are the fields that a clerk knows it by.  With ``one`` a parent has only one of them.
    ``sets`` are fields of several codes, whose order says nothing; ``derived`` those that nobody
    types.
    """

    noun: str
    display: str
    format: str
    parent: str = ""
    parent_field: str = ""
    keys: tuple[str, ...] = ()
    one: bool = False
    sets: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()


# A parent comes before what belongs to it.
KINDS: Mapping[str, Kind] = {
    "patient": Kind("Patient", "014_personuppgifter", "person", keys=("identity_number",)),
    "commitment": Kind(
        "Vårdåtagande",
        "040_vardataganden",
        "commitment",
        "patient",
        "identity_number",
        ("problem", "arrival_date"),
    ),
    "enrolment": Kind(
        "Inskrivning", "048_inskrivning", "enrolment", "commitment", "commitment", one=True
    ),
    "discharge": Kind(
        "Utskrivning", "048_utskrivning", "discharge", "commitment", "commitment", one=True
    ),
    "follow_up": Kind(
        "Uppföljning", "048_uppfoljning", "follow_up", "commitment", "commitment", one=True
    ),
    "visit": Kind(
        "Besök",
        "085_besoksregistrering",
        "visit",
        "commitment",
        "commitment",
        ("date", "time"),
        derived=("fee",),
    ),
    "medical": Kind(
        "Medicinsk registrering",
        "184_medicinsk_registrering",
        "medical",
        "visit",
        "visit",
        one=True,
        sets=("other_diagnoses", "kva"),
    ),
    "manual_fee": Kind(
        "Manuellt registrerat besök",
        "283_manuellt_registrerade_besok",
        "entry",
        "patient",
        "identity_number",
        ("date", "amount"),
    ),
    "free_card": Kind(
        "Frikort", "610_frikortsregistrering", "entry", "patient", "identity_number", ("number",)
    ),
    "issued_card": Kind(
        "Utfärdat frikort",
        "610_frikortsregistrering",
        "entry",
        "patient",
        "identity_number",
        ("valid_from",),
        derived=("valid_from", "valid_to"),
    ),
    "skipped_transfer": Kind(
        "Överhoppad PMO-kontakt",
        "083_vardkontakter",
        "contacts",
        "patient",
        "identity_number",
        ("date", "time"),
        derived=("date", "time"),
    ),
    "control_list": Kind("Kontrollista", "kl_kontrollista", "order", keys=("kind",)),
    "visit_list": Kind("Filutplock", "fb_besok", "order", keys=("from_date", "to_date")),
    "interval": Kind(
        "Eget intervall", "051_uppfoljning", "interval", keys=("from_date", "to_date")
    ),
}


class _Place(NamedTuple):
    """Where the words of a field stand that its kind's own format does not have.

    ``field`` "" is for what no screen has a field for: the chapter is the screen's then.
    """

    display: str
    format: str = ""
    field: str = ""
    label: str = ""


_COMMITMENT = _Place("085_besoksregistrering", "visit", "commitment")
_VISIT = _Place("083_vardkontakter", label="Besök")
_ELSEWHERE: Mapping[str, _Place] = {
    "visit.cancelled": _Place("085_besoksregistrering", label="Makulerad"),
    "medical.visit": _VISIT,
    "medical.kva": _Place("085_besoksregistrering", "medical", "kva"),
    "medical.other_diagnoses": _Place(
        "184_medicinsk_registrering", "medical", "diagnosis_2", "Rad 2–15"
    ),
    "enrolment.commitment": _COMMITMENT,
    "discharge.commitment": _COMMITMENT,
    "follow_up.commitment": _COMMITMENT,
    "commitment.identity_number": _Place("040_vardataganden", "key", "identity_number"),
    "manual_fee.identity_number": _Place(
        "283_manuellt_registrerade_besok", "key", "identity_number"
    ),
    "free_card.identity_number": _Place("610_frikortsregistrering", "key", "identity_number"),
    "issued_card.identity_number": _Place("610_frikortsregistrering", "key", "identity_number"),
    "skipped_transfer.identity_number": _Place("083_vardkontakter", "key", "identity_number"),
    "skipped_transfer.time": _Place("083_vardkontakter", "contacts", "time"),
}


class Words(NamedTuple):
    """What a field is called, the rule that it is checked by and the chapter of the instruction.

    ``default`` is what the screen opens with, ``table`` the code table behind it.
    """

    label: str
    rule: str
    chapter: str
    default: str = ""
    table: str = ""


@cache
def words(field: str) -> Words:
    """Return the display file's words of ``kind.field``; KeyError when no screen has the field."""
    kind, _, name = field.partition(".")
    place = _ELSEWHERE.get(field) or _Place(KINDS[kind].display, KINDS[kind].format, name)
    shown = display(place.display)
    if not place.field:
        return Words(place.label, "", shown.chapter)
    spec = shown.format(place.format).field(place.field)
    chapter = spec.chapter or shown.chapter
    return Words(place.label or spec.label, spec.rule, chapter, spec.default, spec.table)


class Record(NamedTuple):
    """One record; ``fields`` as they are typed, codes of a set sorted and separated by spaces."""

    kind: str
    id: int
    parent: Key | None
    fields: dict[str, str]

    @property
    def key(self) -> Key:
        """Kind and id."""
        return self.kind, self.id


@dataclass(frozen=True, slots=True)
class Delta:
    """What came to be between two facts: records new or changed, and keys of those that went."""

    records: tuple[Record, ...]
    gone: tuple[Key, ...]

    def to_json(self) -> str:
        """Return it as a text to keep."""
        records = [[r.kind, r.id, r.parent, dict(r.fields)] for r in self.records]
        return json.dumps({"records": records, "gone": self.gone}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Delta:
        """Read what ``to_json`` wrote; raises ValueError for anything else."""
        try:
            read = json.loads(text)
            records = tuple(
                Record(kind, int(key), parent and (str(parent[0]), int(parent[1])), dict(known))
                for kind, key, parent, known in read["records"]
                if kind in KINDS
            )
            return cls(records, tuple((str(kind), int(key)) for kind, key in read["gone"]))
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"no facts: {fault}") from fault


@dataclass(frozen=True, slots=True)
class Facts:
    """What a unit has registered, as of a working date."""

    today: dt.date
    records: Mapping[Key, Record]

    def of(self, kind: str) -> Iterator[Record]:
        """Yield the records of a kind, in the order of their ids."""
        return (record for key, record in self.records.items() if key[0] == kind)

    def since(self, before: Facts) -> Delta:
        """Return what was registered, changed and removed since *before*."""
        new = (r for key, r in self.records.items() if before.records.get(key) != r)
        gone = (key for key in before.records if key not in self.records)
        return Delta(tuple(new), tuple(gone))

    def plus(self, delta: Delta, today: dt.date | None = None) -> Facts:
        """Return these facts after *delta*."""
        records = dict(self.records)
        for key in delta.gone:
            records.pop(key, None)
        records |= {record.key: record for record in delta.records}
        return Facts(today or self.today, records)


def facts_of(today: dt.date, records: Iterable[Record]) -> Facts:
    """Return *records* as facts."""
    return Facts(today, {record.key: record for record in records})


# --- reading them -----------------------------------------------------------------------------


class _Source(NamedTuple):
    """A kind's statement: id, parent's id and the fields ``names``, in that order."""

    kind: str
    query: Query[Any]
    names: tuple[str, ...]


def _declared(record: Any, model: Any) -> dict[str, Any]:
    """Return {field: column} of a declared record, as far as its table has the column."""
    return {
        each.key: getattr(model, each.column) for each in entries(record).values() if each.column
    }


def _source(kind: str, model: Any, parent: Any, known: Mapping[str, Any], *joins: Any) -> _Source:
    """Return the statement of a kind's records, those that are removed left out."""
    key = model.id if hasattr(model, "id") else parent
    statement: Any = select(key.label("id"), parent.label("parent"), *known.values())
    statement = statement.select_from(model)
    for table, condition in joins:
        statement = statement.outerjoin(table, condition)
    if hasattr(model, "removed_at"):
        statement = statement.where(col(model.removed_at).is_(None))
    return _Source(kind, Query(statement.order_by(key)), tuple(known))


_closer = aliased(Caregiver)


def _signed(model: Any, record: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return a form's columns with its caregiver's signature, and the join that finds it."""
    known = _declared(record, model)
    if "caregiver" not in entries(record):
        return known, ()
    join = (Caregiver, col(Caregiver.id) == col(model.caregiver_id))
    return known | {"caregiver": col(Caregiver.signature)}, (join,)


def _form(kind: str, model: Any, record: Any) -> _Source:
    known, joins = _signed(model, record)
    return _source(kind, model, col(model.commitment_id), known, *joins)


def _commitments() -> _Source:
    known, joins = _signed(CareCommitment, CommitmentInput)
    closing = ("closed_on", "closing_reason")
    known["referring_unit"] = col(ReferringUnit.code)
    known |= {
        name: getattr(CareCommitment, column)
        for name, column in zip(CLOSING, closing, strict=False)
    }
    known["closing_caregiver"] = _closer.signature
    return _source(
        "commitment",
        CareCommitment,
        col(CareCommitment.patient_id),
        known,
        *joins,
        (ReferringUnit, col(ReferringUnit.id) == col(CareCommitment.referring_unit_id)),
        (_closer, col(_closer.id) == col(CareCommitment.closing_caregiver_id)),
    )


def _visits() -> _Source:
    known = {name: column for name, column in TYPED_COLUMNS.items() if name != "commitment_id"}
    known |= {"fee": col(Visit.fee), "cancelled": col(Visit.cancelled_at).is_not(None)}
    return _source(
        "visit",
        Visit,
        col(Visit.commitment_id),
        known,
        (Reception, col(Reception.id) == col(Visit.reception_id)),
        (Caregiver, col(Caregiver.id) == col(Visit.caregiver_id)),
    )


def _people() -> _Source:
    """The people that the unit registered or has a commitment for."""
    known: dict[str, Any] = {
        each.name: col(ReferringUnit.code)
        if each.name == "listed_unit"
        else getattr(Patient, each.name)
        for each in fields(PatientInput)
    }
    own = select(col(CareCommitment.id)).where(
        col(CareCommitment.patient_id) == col(Patient.id), col(CareCommitment.removed_at).is_(None)
    )
    statement: Any = (
        select(col(Patient.id), literal(0).label("parent"), *known.values())
        .select_from(Patient)
        .outerjoin(ReferringUnit, col(ReferringUnit.id) == col(Patient.listed_unit_id))
        .where(or_(col(Patient.registered_by_unit_id) == bindparam("own_unit"), own.exists()))
        .order_by(col(Patient.id))
    )
    return _Source("patient", Query(statement), tuple(known))


def _of_patient(kind: str, model: Any, record: Any, *more: str) -> _Source:
    names = (*(each.name for each in fields(record)), *more)
    return _source(kind, model, col(model.patient_id), {n: getattr(model, n) for n in names})


_SOURCES = (
    _people(),
    _commitments(),
    _form("enrolment", EnrolmentForm, EnrolmentInput),
    _form("discharge", DischargeForm, DischargeInput),
    _form("follow_up", FollowUpForm, FollowUpInput),
    _visits(),
    _source(
        "medical",
        MedicalRegistration,
        col(MedicalRegistration.visit_id),
        {name: getattr(MedicalRegistration, name) for name in ("main_diagnosis", "problem")},
    ),
    _of_patient("manual_fee", ExternalFee, ExternalFeeInput),
    _of_patient("free_card", FreeCard, FreeCardInput, "issued_here"),
    _source(
        "skipped_transfer",
        SkippedTransfer,
        col(SkippedTransfer.patient_id),
        {"date": col(SkippedTransfer.date), "time": col(SkippedTransfer.time)},
    ),
    _source(
        "interval",
        StatisticsOrder,
        literal(0),
        {name: getattr(StatisticsOrder, name) for name in ("from_date", "to_date")},
    ),
)
_CODES = tuple(
    (name, Query(select(col(model.visit_id), col(model.code)).order_by(col(model.code))))
    for name, model in (("other_diagnoses", OtherDiagnosis), ("kva", ProcedureCode))
)
_LISTS = Query(
    select(col(ListOrder.id), col(ListOrder.kind), col(ListOrder.parameters))
    .where(col(ListOrder.removed_at).is_(None))
    .order_by(col(ListOrder.id))
)
_NO_CODES = dict.fromkeys(KINDS["medical"].sets, "")
_ISSUED = ("valid_from", "valid_to")


_LIST_FIELDS = {
    "control_list": ("kind", "from_date", "to_date", "protected"),
    "visit_list": ("signature", "category", "from_date", "to_date", "protected"),
    "issued_card": _ISSUED,
}


@cache
def fact_names() -> frozenset[str]:
    """Return every ``kind.field`` that there is, and the kinds themselves: what an exercise may name."""
    known = {source.kind: source.names for source in _SOURCES} | _LIST_FIELDS
    names = set(KINDS)
    for kind, said in KINDS.items():
        fields_of = {*known[kind], *said.sets, *([said.parent_field] if said.parent else [])}
        names |= {f"{kind}.{name}" for name in fields_of - {"issued_here"}}
    return frozenset(names)


@cache
def _typed_at() -> dict[tuple[str, str, str], str]:
    """Return {(screen's code, format, field): the fact that is typed there}."""
    places = {("085", "medical", name): f"medical.{name}" for name in ("main_diagnosis", "problem")}
    for fact in fact_names() - set(KINDS):
        kind, name = fact.split(".")
        said = KINDS[kind]
        place = _ELSEWHERE.get(fact) or _Place(said.display, said.format, name)
        own = name not in {*said.derived, said.parent_field} or fact == "visit.commitment"
        if own and place.field:
            places[display(place.display).code, place.format, place.field] = fact
    medical = display(KINDS["medical"].display)
    for spec in medical.format("medical").fields:
        if spec.name.startswith("diagnosis_"):
            places[medical.code, "medical", spec.name] = "medical.other_diagnoses"
    for spec in display("184_kva").format("kva").fields:
        if spec.name.startswith("kva_"):
            places[display("184_kva").code, "kva", spec.name] = "medical.kva"
    return places


def typed_fact(code: str, form: str, field: str) -> str | None:
    """Return the fact that is typed in a *field* of the format *form* on the screen *code*.

    None where it is none, such as the number that a patient is read by.  A solution's ``typed``
    facts are found so, as its keys are played.
    """
    return _typed_at().get((code, form, field))


@needs()
def read_facts(context: Context) -> Facts:
    """Return what the actor's unit has registered.  Reads a practice database only, and logs nothing:
    an exercise's copy is nobody's register.  Raises ValueError for any other.
    """
    if not context.actor.practice:
        raise ValueError("exercises are graded in a practice database only")
    records: dict[Key, Record] = {}
    with UnitOfWork(context, reading=True) as work:
        codes = [(name, _gathered(work.all(query))) for name, query in _CODES]
        for source in _SOURCES:
            # A parameter that a statement does not have is not sent.
            for row in work.all(source.query, own_unit=work.unit_id):
                record = _record(source, row)
                records[record.kind, record.id] = record
        for name, of_visit in codes:
            for key, known in of_visit.items():
                records["medical", key].fields[name] = " ".join(known)
        for key, kind, parameters in work.all(_LISTS):
            ordered = _ordered(key, kind, json.loads(parameters))
            records[ordered.key] = ordered
    return Facts(context.today, records)


def _gathered(rows: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    """Return {visit: its codes}."""
    codes: dict[int, list[str]] = {}
    for visit_id, code in rows:
        codes.setdefault(visit_id, []).append(code)
    return codes


def _record(source: _Source, row: tuple[Any, ...]) -> Record:
    kind, key, parent = source.kind, row[0], row[1]
    known = {
        name: value if type(value) is str else as_typed(value)
        for name, value in zip(source.names, row[2:], strict=True)
    }
    if kind == "medical":
        known |= _NO_CODES
    elif kind == "free_card" and known.pop("issued_here") == "J":
        # Its number is made up as it is issued, and nobody types the rest.
        kind, known = "issued_card", {name: known[name] for name in _ISSUED}
    above = KINDS[kind].parent
    return Record(kind, key, (above, parent) if above else None, known)


def _ordered(key: int, kind: str, chosen: Mapping[str, str]) -> Record:
    """Return an ordered list; why protected identities are in it is said in nobody's words."""
    known = {name: value for name, value in chosen.items() if name != "protected_reason"}
    if kind == "B":
        return Record("visit_list", key, None, {"signature": "", "category": "", **known})
    return Record("control_list", key, None, {**known, "kind": kind})
