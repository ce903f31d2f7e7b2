"""The person: found by number, read, changed (screen 014 and every Läs)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    ImportedTestNumber,
    Patient,
    ReferringUnit,
)
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reach import created
from pasis_tui.store.actor import Context
from pasis_tui.store.conflict import difference
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork, Work
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
    age,
    candidates,
    format_identity_number,
)
from pasis_tui.validation.patients import PatientInput, read_patient, refuse_living
from pasis_tui.validation.rules import finding

PopulationRegister = Callable[[IdentityNumber], Mapping[str, str]]
_register: list[PopulationRegister] = []
_CONTACT = ("address", "postcode", "city", "phone")


def set_population_register(register: PopulationRegister | None) -> None:
    """Say who knows the people that the database does not; None: nobody."""
    _register[:] = [] if register is None else [register]


@dataclass(frozen=True, slots=True)
class PatientCard:
    """A person as screens show one; a protected person's address and phone are empty."""

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
        return {
            "identity_number": self.identity_text,
            "sex": self.sex,
            "family_name": self.family_name,
            "given_name": self.given_name,
            "address": self.address,
            "postcode": self.postcode,
            "city": self.city,
            "phone": self.phone,
            "listed_unit": self.listed_unit,
            "protected": "J" if self.protected else "N",
            "deceased_on": self.deceased_on.isoformat() if self.deceased_on else "",
            "interpreter_language": self.interpreter_language,
        }


_CARD: Any = select(
    col(Patient.id),
    col(Patient.identity_number),
    col(Patient.kind),
    col(Patient.family_name),
    col(Patient.given_name),
    col(Patient.birth_date),
    col(Patient.sex),
    col(Patient.address),
    col(Patient.postcode),
    col(Patient.city),
    col(Patient.phone),
    col(ReferringUnit.code),
    col(ReferringUnit.name),
    col(Patient.protected),
    col(Patient.deceased_on),
    col(Patient.interpreter_language),
    col(Patient.version),
).join(ReferringUnit, col(ReferringUnit.id) == col(Patient.listed_unit_id), isouter=True)
_BY_NUMBER = Query(_CARD.where(col(Patient.identity_number) == bindparam("number")))
_BY_ID = Query(_CARD.where(col(Patient.id) == bindparam("patient_id")))
_UNIT_CODE = Query(
    select(col(ReferringUnit.id)).where(col(ReferringUnit.code) == bindparam("code"))
)
_TEST_NUMBER = Query(
    select(col(ImportedTestNumber.identity_number)).where(
        col(ImportedTestNumber.identity_number) == bindparam("number")
    )
)
_COMMITMENTS = Query(
    select(func.count())
    .select_from(CareCommitment)
    .where(col(CareCommitment.patient_id) == bindparam("patient_id"))
)
_REGISTERED_BY = Query(
    select(col(Patient.registered_by_unit_id)).where(col(Patient.id) == bindparam("patient_id"))
)


def _card(row: tuple[Any, ...], today: date) -> PatientCard:
    pid, number, kind, family, given, born, sex, *contact, unit, unit_name = row[:13]
    protected, deceased, language, version = row[13:]
    years = age(born, deceased or today) if born else None
    if protected:
        contact = [""] * len(_CONTACT)
    address, postcode, city, phone = contact
    return PatientCard(
        pid,
        number,
        kind,
        family,
        given,
        born,
        sex,
        years,
        address,
        postcode,
        city,
        phone,
        unit or "",
        unit_name or "",
        protected,
        deceased,
        language,
        version,
    )


def find(context: Context, text: str, century: str = "") -> PatientCard:
    """Return the person whose number was typed; ten digits are resolved against the register.

    Raises Refused: VA01 for what is no number, or for ten digits that two persons fit, PR01
    where practice does not take it; NotFound when nobody knows the number.
    """
    numbers = _numbers(text, century, context.today)
    try:
        return _find(context, text, numbers)
    except IntegrityError:  # someone else fetched the same person at this very moment
        return _find(context, text, numbers)


def _find(context: Context, text: str, numbers: tuple[IdentityNumber, ...]) -> PatientCard:
    with UnitOfWork(context) as work:
        found = (work.one(_BY_NUMBER, number=number.digits) for number in numbers)
        known = [row for row in found if row is not None]
        if len(known) > 1:
            raise Refused([_two(text)])
        if known:
            card = _card(known[0], context.today)
            work.audit("read", patient_id=card.id, entity="patient", entity_id=card.id)
            work.commit()
            return card
        number = numbers[0]
        imported = work.one(_TEST_NUMBER, number=number.digits) is not None
        if context.actor.practice and refuse_living(number, imported):
            raise Refused([finding("PR01", "identity_number")])
        if not _register or number.kind == "reservnummer":
            raise NotFound(
                f"Patienten {format_identity_number(number.digits)} finns inte."
                " Lägg upp personen i 014 (Snabbval 14) och spara."
            )
        person = read_patient(_register[0](number), context.today)
        patient_id = _insert(work, person, None)
        row = work.one(_BY_ID, patient_id=patient_id)
        work.commit()
    if row is None:
        raise NotFound("Patienten kunde inte läsas.")
    return _card(row, context.today)


def _numbers(text: str, century: str, today: date) -> tuple[IdentityNumber, ...]:
    if century and century not in {"18", "19", "20"}:
        raise Refused(
            [finding("VA01", "century", reason=f"Sekel {century} går inte: skriv 19 eller 20.")]
        )
    try:
        found = candidates(text, today)
        if century:
            bare = "".join(c for c in text if c.isdecimal())
            if len(bare) == 10:
                found = candidates(century + bare, today)
    except InvalidIdentityNumber as fault:
        raise Refused([finding("VA01", "identity_number", reason=fault.reason)]) from fault
    return found


def _two(text: str) -> Any:
    return finding(
        "VA01",
        "identity_number",
        reason=f"{text.strip()} passar två patienter. Skriv tolv siffror, med sekel 19 eller 20.",
    )


def get(context: Context, patient_id: int) -> PatientCard:
    """Return a person already found, as of now; the read is logged.  Raises NotFound."""
    with UnitOfWork(context) as work:
        row = work.one(_BY_ID, patient_id=patient_id)
        if row is None:
            raise NotFound("Patienten finns inte längre.")
        work.audit("read", patient_id=patient_id, entity="patient", entity_id=patient_id)
        work.commit()
    return _card(row, context.today)


def read(context: Context, text: str, century: str = "") -> PatientCard:
    """Return the details behind screen 014: as ``find``, and only of patients the unit has.

    Raises Refused SE01 for a patient that only other units have.
    """
    card = find(context, text, century)
    check_relation(context, card.id)
    return card


def check_relation(context: Context, patient_id: int) -> None:
    """Raise Refused SE01, and log the try, when only other units have the patient."""
    with UnitOfWork(context, reading=True) as work:
        if work.scalar(_COMMITMENTS, patient_id=patient_id):
            return
        if work.scalar(_REGISTERED_BY, patient_id=patient_id) == work.unit_id:
            return
    with SystemWork(context.database) as everyone:
        elsewhere = everyone.scalar(_COMMITMENTS, patient_id=patient_id)
    if not elsewhere:
        return
    with UnitOfWork(context) as work:
        work.audit("denied", patient_id=patient_id, entity="patient", entity_id=patient_id)
        work.commit()
    raise Refused(
        [
            finding(
                "SE01",
                "identity_number",
                text=f"Patienten har inget vårdåtagande på {context.actor.unit_code}. Uppgifterna"
                " visas inte; försöket loggas. Kommer en remiss: lägg upp den i 040.",
            )
        ]
    )


def _values(work: Work, given: PatientInput) -> dict[str, Any]:
    listed = None
    if given.listed_unit:
        listed = work.scalar(_UNIT_CODE, code=given.listed_unit)
        if listed is None:
            raise Refused(
                [
                    finding(
                        "PE03",
                        "listed_unit",
                        text=f"Listad på ”{given.listed_unit}” finns inte. Sök med F4.",
                    )
                ]
            )
    return {
        "family_name": given.family_name,
        "given_name": given.given_name,
        "address": given.address,
        "postcode": given.postcode,
        "city": given.city,
        "phone": given.phone,
        "listed_unit_id": listed,
        "protected": given.protected,
        "deceased_on": given.deceased_on,
        "interpreter_language": given.interpreter_language,
        "sex": given.sex,
    }


def _insert(work: UnitOfWork, given: PatientInput, unit_id: int | None) -> int:
    number = given.identity_number
    values = _values(work, given)
    patient_id: int = work.insert(
        Patient,
        identity_number=number.digits,
        kind=number.kind,
        birth_date=number.birth_date,
        registered_by_unit_id=unit_id,
        **values,
    )
    # Not where they live: should the person be protected later, the log cannot forget.
    said = created({k: v for k, v in values.items() if k not in _CONTACT})
    work.audit("create", patient_id, "patient", patient_id, said)
    return patient_id


def save(context: Context, raw: Mapping[str, str], version: int | None) -> PatientCard:
    """Save screen 014: a new person (*version* None), or the one read with *version*.

    Raises Refused (VA01, PE01-PE03, PR01, SE01) and Conflict.
    """
    given = read_patient(raw, context.today)
    if version is not None:
        with UnitOfWork(context, reading=True) as work:
            row = work.one(_BY_NUMBER, number=given.identity_number.digits)
        if row is not None:
            check_relation(context, row[0])
    try:
        return _save(context, given, version)
    except IntegrityError:  # someone else registered the same person at this very moment
        return _save(context, given, version)


def _save(context: Context, given: PatientInput, version: int | None) -> PatientCard:
    number = given.identity_number
    with UnitOfWork(context) as work:
        row = work.one(_BY_NUMBER, number=number.digits)
        if row is None:
            imported = work.one(_TEST_NUMBER, number=number.digits) is not None
            if context.actor.practice and refuse_living(number, imported):
                raise Refused([finding("PR01", "identity_number")])
            patient_id = _insert(work, given, work.unit_id)
        else:
            patient_id = row[0]
            if version is None:
                raise Refused(
                    [
                        finding(
                            "PE03",
                            "identity_number",
                            text="Personen finns redan. Läs den först"
                            " (Enter i Personnummer) och ändra sedan.",
                        )
                    ]
                )
            before = work.record(Patient, patient_id)
            values = _values(work, given)
            changes = difference(before, values)
            if given.protected:  # the log says that it was emptied, not where they live
                changes |= {k: ["(skyddad)", ""] for k in _CONTACT if k in changes}
            work.update(Patient, patient_id, version, **values)
            work.audit("change", patient_id, "patient", patient_id, changes)
        saved = work.one(_BY_ID, patient_id=patient_id)
        work.commit()
    if saved is None:
        raise NotFound("Patienten kunde inte läsas.")
    return _card(saved, context.today)


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_reserve_number(context: Context, birth: date | None = None) -> str:
    """Return a free reservnummer for someone whose number is not known.

    Without *birth* it carries today's date, as for an unknown person (domain.md section 5).
    """
    day = birth or context.today
    with UnitOfWork(context, reading=True) as work:
        while True:
            parts = ("DEF", _LETTERS, "01", _LETTERS)
            number = f"{day:%Y%m%d}" + "".join(secrets.choice(part) for part in parts)
            if work.one(_BY_NUMBER, number=number) is None:
                return number
