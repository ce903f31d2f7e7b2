"""The rows of files from others, each read and checked by itself (IM01)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from pasis_tui.validation import codes
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.identity import InvalidIdentityNumber, parse_identity_number
from pasis_tui.validation.medical import ICD10
from pasis_tui.validation.reading import Reader, shown

RULE = "IM01"
SHOWN = 50  # how many rows a list names; the others are counted
_HIGHEST_ID = 2_147_483_647
_YES = frozenset({"J", "JA", "X", "1", "TRUE", "SANT", "YES"})
_NO = frozenset({"N", "NEJ", "0", "FALSE", "FALSKT", "NO", "-"})
_TICKED = _YES | {"KBT/IPT", "KBT", "IPT"}
# Chapters and groups stand among the codes of the official files.
_ICD_HEADING = re.compile(r"[IVX]{1,6}|[0-9]{1,2}|[A-Z][0-9]{2}-([A-Z][0-9]{2})?", re.ASCII)
_KVA_HEADING = re.compile(r"[0-9]{1,2}|[A-ZÅÄÖ]{1,3}[0-9]?(-[A-ZÅÄÖ]{1,3}[0-9]?)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNIT_CODE = re.compile(r"[A-ZÅÄÖ0-9-]{2,8}")


class RowList:
    """Remarks on the rows of a file: the first ``SHOWN`` in words, all of them counted.

    ``notes`` are about the file as a whole.
    """

    def __init__(self) -> None:
        self.notes: tuple[str, ...] = ()
        self.count = 0
        self._said: list[tuple[int, str]] = []

    def add(self, row: int, text: str) -> None:
        """Say *text* of the file's row number *row*."""
        self.count += 1
        if len(self._said) < SHOWN:
            self._said.append((row, text))

    def refuse(self, row: int, refused: Refused) -> None:
        """Say of a row why it was refused."""
        self.add(row, " ".join(each.message for each in refused.findings[:5]))

    def lines(self) -> list[str]:
        """Return the list in Swedish, by row, one line each."""
        said = [f"rad {row}: {text}" for row, text in sorted(self._said)]
        if self.count > len(said):
            said.append(f"… och {self.count - len(said)} till")
        return said


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A commitment on an invoice specification."""

    commitment_id: int
    invoiced_on: date


@dataclass(frozen=True, slots=True)
class ReferringUnitRow:
    """A unit that may refer; ``source`` 1 or 7."""

    code: str
    name: str
    place: str
    source: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact of the health centre's journal; ``fields`` are what it says of 085's fields."""

    identity_number: str
    date: date
    time: time
    ticked: bool
    fields: Mapping[str, str]


def read_invoice(raw: Mapping[str, str], today: date) -> InvoiceRow:
    """Read a row of the invoice specification; without a date it is *today*'s.  Raises Refused."""
    reader = Reader(raw, today, RULE)
    text = reader.text("commitment_id", "ID vårdåtagande", "digits", mandatory=True)
    number = int(text[:12] or 0)
    if text and not 0 < number <= _HIGHEST_ID:
        reader.fault("commitment_id", "no_commitment_id", value=shown(text))
    day = reader.day("invoiced_on", "Fakturadatum", mandatory=False) or today
    if day > today:
        reader.fault("invoiced_on", "invoiced_in_future", date=day, today=today)
    reader.done()
    return InvoiceRow(number, day)


def read_code(system: str, raw: Mapping[str, str], today: date) -> tuple[str, str] | None:
    """Read a row of the official ICD10 or KVA file as (code, text), None for a heading.

    Raises Refused.
    """
    tidy = {name: " ".join(text.replace("\u00ad", "").split()) for name, text in raw.items()}
    reader = Reader(tidy, today, RULE)
    code = reader.text("code", "Kod", "diagnosis", mandatory=True).rstrip("†*+!#")
    text = reader.text("text", "Text", mandatory=True)
    shape, heading = (ICD10, _ICD_HEADING) if system == "ICD10" else (codes.KVA, _KVA_HEADING)
    if code and not shape.fullmatch(code):
        if heading.fullmatch(code) and not reader.faults:
            return None
        variant = "no_icd10_code" if system == "ICD10" else "no_kva_code"
        reader.fault("code", variant, value=shown(code))
    reader.done()
    return code, text


def read_referring_unit(raw: Mapping[str, str], today: date) -> ReferringUnitRow:
    """Read a row of the list of units that refer.  Raises Refused."""
    reader = Reader(raw, today, RULE)
    code = reader.text("code", "Kod", "code", mandatory=True)
    if code and not _UNIT_CODE.fullmatch(code):
        reader.fault("code", "unit_code", value=shown(code))
    name = reader.text("name", "Namn", mandatory=True)
    place = reader.text("place", "Ort")
    source = reader.code("source", "Remiss från", "referral_source")
    reader.done()
    return ReferringUnitRow(code, name, place, source)


def read_test_number(raw: Mapping[str, str], today: date) -> str:
    """Read a row of the official test numbers as 12 digits.  Raises Refused."""
    reader = Reader(raw, today, RULE)
    text = reader.text("identity_number", "Testnummer", mandatory=True)
    digits = ""
    if text:
        try:
            number = parse_identity_number(text, today)
            digits = number.digits
            if number.kind == "reservnummer" or sum(c.isdecimal() for c in text) != 12:
                reader.fault("identity_number", "no_century", value=shown(text))
        except InvalidIdentityNumber as fault:
            reader.fault("identity_number", "no_number", value=shown(text), reason=fault.reason)
    reader.done()
    return digits


def read_contact(raw: Mapping[str, str], today: date) -> ContactRow:
    """Read a row of the transfer from PMO.  Raises Refused.

    085's own fields are read by the rules of the visit, later; here yes and no become J and N.
    """
    clock, dated = raw.get("time", ""), ""
    if " " in clock.strip():  # a whole moment, whose date must be the contact's
        dated, clock = clock.split(" ", 1)
    reader = Reader({**raw, "time": clock}, today, RULE)
    number = reader.text("identity_number", "Personnummer", "identity", mandatory=True)
    day = reader.day("date", "Datum")
    moment = reader.moment("time", "Tid")
    if day and _ISO_DATE.fullmatch(dated) and dated != day.isoformat():
        reader.fault("time", "other_date", other=dated, date=day)
    attribute = reader.text("attribute", "Attribut KBT/IPT", "code")
    if attribute and attribute not in _TICKED | _NO:
        reader.fault("attribute", "attribute", value=shown(attribute))
    # Who held the contact is never guessed, as 085 may propose it to a clerk who sees it.
    reader.text("caregiver", "Vårdgivare", "code", mandatory=attribute not in _TICKED)
    reader.done()
    own = {"identity_number", "date", "time", "attribute"}
    fields = {
        name: _yes_or_no(text) if name in _YES_NO_FIELDS else text
        for name, text in raw.items()
        if name not in own and text.strip()
    }
    return ContactRow(number, day or today, moment or time(0), attribute in _TICKED, fields)


_YES_NO_FIELDS = frozenset({"distance", "interpreter", "no_show", "without_fee"})


def _yes_or_no(text: str) -> str:
    typed = text.strip().upper()
    return "J" if typed in _YES else "N" if typed in _NO else text
