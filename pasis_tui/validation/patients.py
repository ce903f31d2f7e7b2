"""What a person's details must be (screen 014)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
    is_practice_number,
    parse_identity_number,
)
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding


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
        reader.faults.append(finding("VA01", "identity_number", reason=fault.reason))
    sex = reader.code("sex", "Kön", "sex", mandatory=number.sex is None and number.kind != "")
    protected = reader.yes("protected", "Skyddad")
    deceased = reader.day("deceased_on", "Avliden", mandatory=False)
    if deceased is not None and deceased > today:
        reader.fault("deceased_on", f"Avliden: {deceased} ligger i framtiden. Kontrollera datumet.")
    elif deceased is not None and number.birth_date is not None and deceased < number.birth_date:
        reader.fault(
            "deceased_on", f"Avliden: {deceased} ligger före födelsen {number.birth_date}."
        )
    postcode = reader.text("postcode", "Postnummer").replace(" ", "")
    if postcode and not re.fullmatch(r"\d{5}", postcode, re.ASCII):
        reader.fault("postcode", f"Postnummer ”{shown(postcode)}” är inte fem siffror.")
    phone = reader.text("phone", "Telefon")
    if phone and not re.fullmatch(r"\+?[\d\s()/-]{5,20}", phone, re.ASCII):
        reader.fault(
            "phone",
            f"Telefon ”{shown(phone)}” är inget telefonnummer. Siffror, mellanslag och - går.",
        )
    found = PatientInput(
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
                reader.fault(
                    field,
                    f"{label} får inte lagras för skyddade personuppgifter. Töm fältet.",
                    "PE02",
                )
    reader.done()
    return found


def refuse_living(number: IdentityNumber, imported: bool) -> str:
    """Return why practice mode does not take *number*, or "" (PR01).

    *imported* tells that the number stands in an imported official test list.
    """
    return "" if imported or is_practice_number(number) else "PR01"
