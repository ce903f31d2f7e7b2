"""One declaration reads, writes back, logs and stores a record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from pasis_tui.validation.findings import Refused
from pasis_tui.validation.reading import Reader
from pasis_tui.validation.records import columns_of, entry, logged, raw_of, read_record

TODAY = dt.date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Note:
    """A record with a field of each type."""

    commitment_id: int = entry("Vårdåtagande", "digits", key="commitment")
    on: dt.date = entry("Datum", "date")
    at: dt.time = entry("Tid", "time")
    caregiver: str = entry("Behandlare", column="")
    problem: str = entry("Problem", table="problem", column="treatment")
    distance: bool = entry("Distans", "yesno", mandatory=False)
    until: dt.date | None = entry("Till", "date", mandatory=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedNote(Note):
    """The same, saved: what is no entry is neither read nor logged."""

    version: int


TYPED = {
    "commitment": "100392",
    "on": "i",
    "at": "930",
    "caregiver": "annlin",
    "problem": "kbt",
    "distance": "j",
    "until": "",
}


def _read(**other: str) -> Note:
    reader = Reader(TYPED | other, TODAY, "BE01")
    note = read_record(Note, reader)
    reader.done()
    return note


def test_what_is_typed_is_read_each_in_its_type() -> None:
    assert _read() == Note(100392, TODAY, dt.time(9, 30), "ANNLIN", "KBT", True, None)


def test_it_is_written_back_as_it_is_read() -> None:
    raw = raw_of(_read(until="2026-03-09"))
    assert raw == {
        "commitment": "100392",
        "on": "2026-03-02",
        "at": "09:30",
        "caregiver": "ANNLIN",
        "problem": "KBT",
        "distance": "J",
        "until": "2026-03-09",
    }
    assert _read(**raw) == _read(until="2026-03-09")


def test_the_log_names_fields_as_the_screen_does_and_the_table_its_columns() -> None:
    note = SavedNote(100392, TODAY, dt.time(9, 30), "ANNLIN", "KBT", True, None, version=3)
    assert logged(note) == {
        "commitment": 100392,
        "on": TODAY,
        "at": dt.time(9, 30),
        "caregiver": "ANNLIN",
        "problem": "KBT",
        "distance": True,
        "until": None,
    }
    assert columns_of(note) == {
        "commitment_id": 100392,
        "on": TODAY,
        "at": dt.time(9, 30),
        "treatment": "KBT",
        "distance": True,
        "until": None,
    }


def test_every_fault_is_told_at_its_field() -> None:
    with pytest.raises(Refused) as refused:
        _read(commitment="x", on="", at="25", problem="XYZ", until="31/2")
    assert [f.field for f in refused.value.findings] == [
        "commitment",
        "on",
        "at",
        "problem",
        "until",
    ]
