"""184 through the service: proposed, saved, changed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from pasis_tui.models import ImportedCode
from pasis_tui.services.visits import medical, visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Conflict, SystemWork
from pasis_tui.validation.findings import Confirmed
from tests.services.clinic import ALL, Clinic, make_clinic, refused, save_medical

DAY = date(2026, 3, 9)
NONE: Confirmed = frozenset()


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def test_the_faithful_lane_registers_what_is_proposed(clinic: Clinic) -> None:
    card = clinic.commitment(problem="IPT")
    clinic.enrol(card, DAY, diagnosis="F438A")
    fields = clinic.visit_fields(card, DAY, distance="J", interpreter="J")
    visit = visits.save(clinic.at(DAY), clinic.vera, fields)
    registration = medical.get(clinic.at(DAY, screen="184"), visit.id)
    assert registration.version is None
    assert registration.proposal == {
        "main_diagnosis": "F438",
        "problem": "IPT",
        "kva_1": "DU022",
        "kva_2": "ZV051",
        "kva_3": "ZV020",
    }
    assert registration.origin == (
        "F438 från inskrivningen, KVÅ från problemet, ZV051 från Distans, ZV020 från Tolk"
    )
    assert (
        registration.visit.reception,
        registration.visit.contact_type,
        registration.visit.caregiver,
    ) == (
        "HUVUD",
        "NY",
        "ANNLIN",
    )
    saved = medical.save(clinic.at(DAY, screen="184"), visit.id, None, registration.raw())
    assert (saved.version, saved.kva) == (1, ("DU022", "ZV051", "ZV020"))
    assert saved.proposal is None
    event = clinic.events()[-1]
    assert (event.action, event.entity, event.screen) == ("create", "medical_registration", "184")
    assert medical.propose(clinic.at(DAY), visit.id) == registration.proposal


def test_a_change_replaces_and_tells_old_and_new(clinic: Clinic) -> None:
    visit = clinic.visit(clinic.commitment(), DAY)
    first = save_medical(clinic, visit, {"diagnosis_2": "Z730", "kva_2": "ZV051"})
    changed = save_medical(clinic, visit, {"main_diagnosis": "F410", "diagnosis_2": ""})
    assert (changed.main_diagnosis, changed.other_diagnoses) == ("F410", ())
    assert changed.kva == ("DU011", "ZV051")
    assert json.loads(clinic.events()[-1].changes) == {
        "main_diagnosis": ["F411", "F410"],
        "diagnosis_2": ["Z730", ""],
    }
    for version in (first.version, None):
        with pytest.raises(Conflict) as caught:
            medical.save(clinic.at(DAY), visit.id, version, first.raw(), ALL)
        assert caught.value.who == "Annika Lindgren"
    assert medical.get(clinic.at(DAY), visit.id) == changed


def test_every_row_and_code_comes_back_where_it_was(one: Clinic) -> None:
    visit = one.visit(one.commitment(), DAY)
    raw = {f"diagnosis_{row}": f"Z{row + 20}" for row in range(2, 16)}
    raw |= {f"kva_{n}": f"XA{n:03}" for n in range(2, 11)}
    saved = save_medical(one, visit, raw)
    assert saved.raw() == {"main_diagnosis": "F411", "problem": "KBT", "kva_1": "DU011"} | raw


def test_an_imported_code_needs_no_warning(one: Clinic) -> None:
    with SystemWork(one.database) as work:
        work.insert(ImportedCode, system="ICD10", code="Z730", text="Utbrändhet")
        work.commit()
    visit = one.visit(one.commitment(), DAY)
    saved = save_medical(one, visit, {"diagnosis_2": "z73.0"}, NONE)
    assert saved.other_diagnoses == ((2, "Z730"),)


def test_the_visit_before_is_what_a_late_registration_follows(one: Clinic) -> None:
    card = one.commitment()
    one.visit(card, DAY, main_diagnosis="F410")
    middle = one.visit_fields(card, DAY + timedelta(days=7))
    late = visits.save(one.at(DAY + timedelta(days=7)), one.vera, middle)
    one.visit(card, DAY + timedelta(days=14), main_diagnosis="F401")
    registration = medical.get(one.at(DAY + timedelta(days=15)), late.id)
    assert registration.proposal is not None
    assert registration.proposal["main_diagnosis"] == "F410"


def test_a_cancelled_visit_takes_no_codes(one: Clinic) -> None:
    visit = one.visit(one.commitment(), DAY)
    visits.cancel(one.at(DAY), visit.id, visit.version, "fel")
    with refused("ME01", "main_diagnosis", "makulerat"):
        save_medical(one, visit, {"main_diagnosis": "F410"})
    assert medical.get(one.at(DAY), visit.id).visit.cancelled


def test_a_no_show_takes_no_codes(one: Clinic) -> None:
    card = one.commitment(patient=one.max)
    visit = one.visit(card, DAY, no_show="J")
    codes = {"main_diagnosis": "F411", "problem": "KBT", "kva_1": "DU011"}
    with refused("ME01", "main_diagnosis", "uteblev", "085"):
        save_medical(one, visit, codes)
    assert medical.get(one.at(DAY), visit.id).version is None


def test_without_enrolment_the_clerk_chooses(one: Clinic) -> None:
    card = one.commitment()
    visit = visits.save(one.at(DAY), one.vera, one.visit_fields(card, DAY))
    registration = medical.get(one.at(DAY), visit.id)
    assert registration.proposal is not None
    assert registration.proposal["main_diagnosis"] == ""
    assert "diagnos saknas" in registration.origin
