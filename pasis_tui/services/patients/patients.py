"""The person: found by number, read, changed (screen 014 and every Läs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from pasis_tui.models import ImportedTestNumber, Patient, ReferringUnit, Visit
from pasis_tui.services.errors import NotFound
from pasis_tui.services.patients.numbers import numbers_of, reads_as
from pasis_tui.services.patients.reach import (
    check_relation,
    created,
    has_relation,
    require_relation,
)
from pasis_tui.services.rights import PATIENTS, needs
from pasis_tui.store.actor import Context
from pasis_tui.store.conflict import CHANGED, difference
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.days import age
from pasis_tui.validation.findings import NOTHING, Confirmed, Refused, settle
from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
    check_age,
    format_identity_number,
    is_practice_number,
)
from pasis_tui.validation.patients import PatientInput, read_patient
from pasis_tui.validation.records import as_typed
from pasis_tui.validation.rules import finding

PopulationRegister = Callable[[IdentityNumber], Mapping[str, str]]
_register: list[PopulationRegister] = []
_CONTACT = ("address", "postcode", "city", "phone")


def set_population_register(register: PopulationRegister | None) -> None:
    """Set the register that is asked about people missing from the database; None for no register."""
    _register[:] = [] if register is None else [register]


@dataclass(frozen=True, slots=True)
class PatientCard:
    """A person as screens show one; a protected person's address and phone are empty.

    ``fetched``: it was this reading that registered the person, from the population register.
    """

    id: int
    identity_number: str
    kind: str
    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    age: int | None
    address: str
    postcode: str
    city: str
    phone: str
    listed_unit: str
    listed_unit_name: str
    protected: bool
    deceased_on: date | None
    interpreter_language: str
    version: int
    fetched: bool = field(default=False, compare=False)

    @property
    def identity_text(self) -> str:
        """The number as people read it: 19930714-2381."""
        return format_identity_number(self.identity_number)

    @property
    def name(self) -> str:
        """``Testsson, Vera``."""
        return f"{self.family_name}, {self.given_name}"

    def raw(self) -> dict[str, str]:
        """Return the fields of screen 014."""
        typed = {each.name: as_typed(getattr(self, each.name)) for each in fields(PatientInput)}
        return typed | {"identity_number": self.identity_text}


_LISTED: Mapping[str, Any] = {
    "listed_unit": func.coalesce(col(ReferringUnit.code), ""),
    "listed_unit_name": func.coalesce(col(ReferringUnit.name), ""),
}
_COLUMNS: Mapping[str, Any] = {
    each.name: _LISTED[each.name] if each.name in _LISTED else col(getattr(Patient, each.name))
    for each in fields(PatientCard)
    if each.name not in {"age", "fetched"}
}
_CARD: Any = select(*_COLUMNS.values()).join(
    ReferringUnit, col(ReferringUnit.id) == col(Patient.listed_unit_id), isouter=True
)
_BY_NUMBER = Query(_CARD.where(col(Patient.identity_number) == bindparam("number")))
_BY_ID = Query(_CARD.where(col(Patient.id) == bindparam("patient_id")))
_ID = Query(select(col(Patient.id)).where(col(Patient.identity_number) == bindparam("number")))
_UNIT_CODE = Query(
    select(col(ReferringUnit.id)).where(col(ReferringUnit.code) == bindparam("code"))
)
_TEST_NUMBER = Query(
    select(col(ImportedTestNumber.identity_number)).where(
        col(ImportedTestNumber.identity_number) == bindparam("number")
    )
)


def _read(work: UnitOfWork, query: Query[Any], **values: Any) -> PatientCard | None:
    row = work.one(query, **values)
    if row is None:
        return None
    known = dict(zip(_COLUMNS, row, strict=True))
    if known["protected"]:
        known |= dict.fromkeys(_CONTACT, "")
    born, until = known["birth_date"], known["deceased_on"] or work.today
    return PatientCard(**known, age=age(born, until) if born else None)


def card_of(work: UnitOfWork, patient_id: int) -> PatientCard | None:
    """Return a person within a unit of work whose actor may see them, None when there is none."""
    return _read(work, _BY_ID, patient_id=patient_id)


@needs(*PATIENTS)
def find(context: Context, text: str, century: str = "") -> PatientCard:
    """Return the person whose number was typed; ten digits are resolved against the register.

    Of a person the unit has no relation with (``reach``) there is no address, phone or language.
    Raises Refused: VA01 for what is no number, for one that nobody living has or for ten digits
    that two persons fit, PR01 where practice does not take it; NotFound when nobody knows the
    number.  What a wrong *century* led to is a fault of the century.
    """
    numbers = numbers_of(text, century, context.today)
    try:
        return _find(context, text, numbers)
    except (NotFound, Refused) as stopped:
        if not century or reads_as(text, numbers[0], context.today):
            raise
        if isinstance(stopped, Refused) and {f.rule for f in stopped.findings} - {"PR01", "VA01"}:
            raise
        number = format_identity_number(numbers[0].digits)
        nobody = finding(
            "VA01", "century", context.today, "nobody_of_century", century=century, number=number
        )
        raise Refused([nobody]) from stopped


def _find(context: Context, text: str, numbers: tuple[IdentityNumber, ...]) -> PatientCard:
    with Reading(context) as work:
        cards = (_read(work, _BY_NUMBER, number=number.digits) for number in numbers)
        known = [card for card in cards if card is not None]
        if len(known) > 1:
            typed = text.strip()
            raise Refused(
                [finding("VA01", "identity_number", work.today, "two_patients", number=typed)]
            )
        if known:
            card = known[0]
            if not has_relation(work, card.id):
                card = replace(
                    card, address="", postcode="", city="", phone="", interpreter_language=""
                )
            work.audit("read", patient_id=card.id, entity="patient", entity_id=card.id)
            work.commit()
            return card
        number = numbers[0]
        _check_new(work, number)
        if not _register or number.kind == "reservnummer":
            raise NotFound(
                f"Patienten {format_identity_number(number.digits)} finns inte."
                " Lägg upp personen i 014 (Snabbval 14) och spara."
            )
    person = read_patient(_register[0](number), context.today)
    with UnitOfWork(context) as work:
        _lock(work, number)
        if _read(work, _BY_NUMBER, number=number.digits) is None:
            return replace(_committed(work, _insert(work, person)), fetched=True)
    return _find(context, text, numbers)  # someone else fetched the person at this very moment


def _lock(work: UnitOfWork, number: IdentityNumber) -> None:
    """Keep out others who save the person with this number, whether there is one yet or not."""
    work.lock_words("patient", number.digits)
    patient_id = work.owner(_ID, number=number.digits)
    if patient_id is not None:
        work.lock_patient(patient_id)


def _committed(work: UnitOfWork, patient_id: int) -> PatientCard:
    """Commit, and return the person as they then are."""
    card = card_of(work, patient_id)
    work.commit()
    if card is None:
        raise NotFound("Patienten kunde inte läsas.")
    return card


def _check_new(work: UnitOfWork, number: IdentityNumber) -> None:
    """Refuse a new person whose number practice does not take (PR01) or nobody has (VA01)."""
    practice = work.actor.practice
    imported = practice and work.one(_TEST_NUMBER, number=number.digits) is not None
    if practice and not imported and not is_practice_number(number):
        raise Refused([finding("PR01", "identity_number", work.today)])
    if imported:
        return
    try:
        check_age(number, work.today)
    except InvalidIdentityNumber as fault:
        raise Refused([fault.at("identity_number")]) from fault


@needs(*PATIENTS)
def get(context: Context, patient_id: int) -> PatientCard:
    """Return a person already found, as of now; the read is logged.

    Raises NotFound, and Refused SE01 for a person the unit has no relation with.
    """
    check_relation(context, patient_id)
    with Reading(context) as work:
        card = card_of(work, patient_id)
        if card is None:
            raise NotFound("Patienten finns inte längre.")
        work.audit("read", patient_id=patient_id, entity="patient", entity_id=patient_id)
        work.commit()
    return card


@needs(*PATIENTS)
def read(context: Context, text: str, century: str = "") -> PatientCard:
    """Return the details behind screen 014: as ``find``, and only of the unit's own patients.

    Raises Refused SE01 for a person the unit has no relation with.
    """
    card = find(context, text, century)
    check_relation(context, card.id)
    return card


_LAST_VISIT = Query(
    select(func.max(col(Visit.date))).where(
        col(Visit.patient_id) == bindparam("patient_id"), col(Visit.cancelled_at).is_(None)
    )
)


def _check_death(
    work: UnitOfWork, patient_id: int, day: date | None, before: date | None, confirmed: Confirmed
) -> None:
    """Warn of a death dated before a registered visit (PE05), as BE10 does at the visit."""
    if day is None or day == before:
        return
    last = work.scalar(_LAST_VISIT, patient_id=patient_id)
    if last is not None and last > day:
        settle([finding("PE05", "deceased_on", work.today, died=day, last=last)], confirmed)


def _values(work: UnitOfWork, patient: PatientInput) -> dict[str, Any]:
    listed = None
    if patient.listed_unit:
        listed = work.scalar(_UNIT_CODE, code=patient.listed_unit)
        if listed is None:
            unknown = finding(
                "PE03", "listed_unit", work.today, "unknown_listed_unit", value=patient.listed_unit
            )
            raise Refused([unknown])
    values = asdict(patient)
    del values["identity_number"]
    return {
        "listed_unit_id" if name == "listed_unit" else name: value for name, value in values.items()
    } | {"listed_unit_id": listed}


def _insert(work: UnitOfWork, patient: PatientInput) -> int:
    number = patient.identity_number
    values = _values(work, patient)
    patient_id: int = work.insert(
        Patient,
        identity_number=number.digits,
        kind=number.kind,
        birth_date=number.birth_date,
        registered_by_unit_id=work.unit_id,
        **values,
    )
    # Without the address: if the person is protected later, the log cannot be changed.
    said = created({k: v for k, v in values.items() if k not in _CONTACT})
    work.audit("create", patient_id, "patient", patient_id, said)
    return patient_id


@needs("patient")
def save(
    context: Context,
    raw: Mapping[str, str],
    version: int | None,
    confirmed: Confirmed = NOTHING,
) -> PatientCard:
    """Save screen 014: a new person (*version* None), or the one read with *version*.

    Raises Refused (VA01, PE01-PE03, PR01, SE01), Unconfirmed (PE05) and Conflict.
    """
    patient = read_patient(raw, context.today)
    number = patient.identity_number
    with UnitOfWork(context) as work:
        _lock(work, number)
        known = _read(work, _BY_NUMBER, number=number.digits)
        if known is None:
            _check_new(work, number)
            patient_id = _insert(work, patient)
        else:
            patient_id = known.id
            if version is None:
                raise Refused(
                    [finding("PE03", "identity_number", work.today, "registered_already")]
                )
            require_relation(work, patient_id)
            before = work.record(Patient, patient_id)
            if before is not None:
                work.expect(before, version)
                _check_death(work, patient_id, patient.deceased_on, before.deceased_on, confirmed)
            values = _values(work, patient)
            changes = difference(before, values)
            # The log never keeps an address: if the person is protected later, it cannot be changed.
            hidden = ["(skyddad)", ""] if patient.protected else [CHANGED, CHANGED]
            changes |= {k: hidden for k in _CONTACT if k in changes}
            if changes:
                work.update(Patient, patient_id, version, **values)
                work.audit("change", patient_id, "patient", patient_id, changes)
        return _committed(work, patient_id)
