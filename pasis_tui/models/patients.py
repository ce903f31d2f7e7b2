"""The patient."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field

from pasis_tui.models.base import Id, Versioned


class Patient(Versioned, table=True):
    """A person.  ``identity_number`` is 12 digits, or a reservnummer of 10 or 12 characters.

    ``kind`` is personnummer, samordningsnummer or reservnummer; ``sex`` is K or M.
    Of a patient with protected identity no address, phone or city is stored.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    identity_number: str = Field(max_length=12, unique=True)
    kind: str = Field(max_length=18)
    birth_date: date | None = None
    sex: str = Field(max_length=1)
    family_name: str = Field(index=True)
    given_name: str
    address: str = ""
    postcode: str = Field(default="", max_length=5)
    city: str = ""
    phone: str = ""
    listed_unit_id: int | None = Field(default=None, foreign_key="referring_unit.id", sa_type=Id)
    protected: bool = False
    deceased_on: date | None = None
    interpreter_language: str = ""
    registered_by_unit_id: int | None = Field(default=None, foreign_key="unit.id", sa_type=Id)
