"""Nothing of a patient with protected identity is read before somebody has said why, on any path;
then each read is logged with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import papers, patient_panel, show
from pasis_tui.services.visits import contacts, medical, visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import ProtectedIdentity
from tests.services.clinic import Clinic, make_clinic
from tests.services.test_protected import DAY, WHY

NUMBER = "19700115DA0B"


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


Read = Callable[[Context, int, int, int], Any]


def _show(screen: str) -> Read:
    return lambda c, p, k, v: show.rows(c, screen, NUMBER, None)


READS: dict[str, Read] = {
    "014, 040 and every Läs": lambda c, p, k, v: patients.find(c, NUMBER),
    "014": lambda c, p, k, v: patients.read(c, NUMBER),
    "the patient carried": lambda c, p, k, v: patients.get(c, p),
    "040, the list": lambda c, p, k, v: care_commitments.for_patient(c, p),
    "040": lambda c, p, k, v: care_commitments.get(c, k),
    "048, by number": lambda c, p, k, v: forms.overview_page(c, identity=NUMBER),
    "048, by ID": lambda c, p, k, v: forms.overview_page(c, commitment_id=k),
    "048, the forms": lambda c, p, k, v: forms.get(c, k),
    "083": lambda c, p, k, v: contacts.contacts_page(c, p),
    "085": lambda c, p, k, v: visits.propose(c, p),
    "085, saved": lambda c, p, k, v: visits.get(c, v),
    "184": lambda c, p, k, v: medical.get(c, v),
    "184, proposed": lambda c, p, k, v: medical.propose(c, v),
    "283 1": lambda c, p, k, v: cost_protection.overview(c, p),
    "283 2": lambda c, p, k, v: cost_protection.external_fees(c, p),
    "610": lambda c, p, k, v: cost_protection.free_cards(c, p),
    "the panel": lambda c, p, k, v: patient_panel.look(c, p),
    "the receipt": lambda c, p, k, v: papers.receipt(c, v),
    "the paper of 283": lambda c, p, k, v: papers.overview_paper(c, p),
    **{f"show {screen}": _show(screen) for screen in ("014", "040", "048", "083")},
    "show 184": lambda c, p, k, v: show.rows(c, "184", None, v),
}


@pytest.mark.parametrize("way", READS)
def test_a_reason_comes_before_anything_is_seen_and_is_logged(clinic: Clinic, way: str) -> None:
    card = clinic.commitment(patient=clinic.hidden)
    visit = clinic.visit(card, DAY)
    context = replace(clinic.at(DAY, screen="014"), reason="")
    before = len(clinic.events())
    with pytest.raises(ProtectedIdentity) as stopped:
        READS[way](context, clinic.hidden, card.id, visit.id)
    assert stopped.value.patient_id == clinic.hidden
    assert [f.rule for f in stopped.value.findings] == ["PE04"]
    assert not {e.action for e in clinic.events()[before:]} - {"denied"}
    other = replace(context, reasons={clinic.vera: WHY})
    with pytest.raises(ProtectedIdentity):
        READS[way](other, clinic.hidden, card.id, visit.id)
    READS[way](replace(context, reasons={clinic.hidden: WHY}), clinic.hidden, card.id, visit.id)
    reads = [e for e in clinic.events()[before:] if e.action == "read"]
    assert reads
    assert all(WHY in e.reason for e in reads if e.patient_id == clinic.hidden)
    assert {e.patient_id for e in reads} == {clinic.hidden}


def test_a_protected_persons_papers_say_so(clinic: Clinic) -> None:
    visit = clinic.visit(clinic.commitment(patient=clinic.hidden), DAY)
    context = clinic.at(DAY)
    for paper in (papers.receipt(context, visit.id), papers.overview_paper(context, clinic.hidden)):
        assert any(line.startswith("SKYDDADE PERSONUPPGIFTER") for line in paper.lines)
        assert "19700115" not in paper.name
