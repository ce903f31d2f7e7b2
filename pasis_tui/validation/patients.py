"""What a person's details must be (screen 014)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.dates import read_date
from pasis_tui.validation.days import add_months, age
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.identity import (
    TOO_OLD,
    IdentityNumber,
    InvalidIdentityNumber,
    parse_identity_number,
)
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding
from pasis_tui.validation.typed import InvalidValue, plain, short


@dataclass(frozen=True, slots=True)
class PatientInput:
    """A person's details, read.  ``listed_unit`` is a referring unit's code or ""."""

    identity_number: IdentityNumber
    family_name: str
    given_name: str
    address: str
    postcode: str
    city: str
    phone: str
    listed_unit: str
    protected: bool
    deceased_on: date | None
    interpreter_language: str
    sex: str


_STAND_IN = IdentityNumber("", "", None, None)


def read_patient(raw: Mapping[str, str], today: date) -> PatientInput:
    """Read screen 014's fields; raises Refused with every fault (VA01, PE01-PE03)."""
    reader = Reader(raw, today, "PE03")
    number = _STAND_IN
    try:
        number = parse_identity_number(raw.get("identity_number", ""), today)
    except InvalidIdentityNumber as fault:
        reader.faults.append(fault.at("identity_number"))
    sex = reader.code("sex", "Kön", "sex", mandatory=number.sex is None and number.kind != "")
    protected = reader.yes("protected", "Skyddad")
    deceased = reader.day("deceased_on", "Avliden", mandatory=False)
    if deceased is not None and deceased > today:
        reader.fault("deceased_on", "died_in_future", date=deceased)
    elif deceased is not None and number.birth_date is not None and deceased < number.birth_date:
        reader.fault("deceased_on", "died_before_birth", date=deceased, born=number.birth_date)
    postcode = reader.text("postcode", "Postnummer").replace(" ", "")
    if postcode and not re.fullmatch(r"\d{5}", postcode, re.ASCII):
        reader.fault("postcode", "postcode", value=shown(postcode))
    phone = reader.text("phone", "Telefon")
    if phone and not re.fullmatch(r"\+?[\d\s()/-]{5,20}", phone, re.ASCII):
        reader.fault("phone", "phone", value=shown(phone))
    patient = PatientInput(
        number,
        reader.text("family_name", "Efternamn", mandatory=True, rule="PE01"),
        reader.text("given_name", "Förnamn", mandatory=True, rule="PE01"),
        reader.text("address", "Adress"),
        postcode,
        reader.text("city", "Ort"),
        phone,
        reader.text("listed_unit", "Listad på", "code"),
        protected,
        deceased,
        reader.text("interpreter_language", "Tolkspråk"),
        number.sex or sex,
    )
    if protected:
        for field, label in (
            ("address", "Adress"),
            ("postcode", "Postnummer"),
            ("city", "Ort"),
            ("phone", "Telefon"),
        ):
            if raw.get(field, "").strip():
                reader.fault(field, "stored_of_protected", "PE02", label=label)
    reader.done()
    return patient


def read_birth(text: str, today: date) -> tuple[date, bool]:
    """Read a birth date, or an estimated year as today's month and day in it (True).

    Raises Refused (PE03), also for who is not born yet and for who would be too old to live.
    """
    typed = plain(text)
    estimated = re.fullmatch(r"\d{4}", typed, re.ASCII) is not None
    oldest, newest = today.year - TOO_OLD + 1, today.year
    if estimated and not oldest <= int(typed) <= newest:
        raise _no_birth(today, "birth_year_outside", year=typed, oldest=oldest, newest=newest)
    try:
        day = (
            add_months(today, -12 * (today.year - int(typed)))
            if estimated
            else read_date(typed, today)
        )
    except InvalidValue as fault:
        raise _no_birth(today, "no_birth_date", value=short(typed)) from fault
    if day > today and str(day.year) not in typed:
        day = add_months(day, -1200)  # with a two-digit year the date of birth lies in the past
    if day > today:
        raise _no_birth(today, "born_in_future", born=day)
    if (years := age(day, today)) >= TOO_OLD:
        raise _no_birth(today, "born_too_long_ago", born=day, years=years)
    return day, estimated


def _no_birth(today: date, variant: str, **values: object) -> Refused:
    return Refused([finding("PE03", "birth", today, variant, **values)])
