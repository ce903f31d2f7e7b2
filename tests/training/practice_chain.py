"""Steps of the chain in a practice database, through the services, as an exercise's person does them."""

from __future__ import annotations

from datetime import date

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.visits import visit_proposals, visits
from pasis_tui.services.visits.visit_cards import VisitCard
from pasis_tui.store.actor import Context
from tests.services.clinic import ALL
from tests.services.practice import DAY

VERA = "199307142381"


def refer(context: Context, **raw: str) -> CommitmentCard:
    """Register Vera's referral."""
    person = patients.find(context, VERA)
    day = DAY.isoformat()
    typed = {
        "problem": "KBT",
        "arrival_date": day,
        "type_of_commitment": "R",
        "referral_source": "1",
        "referring_unit": person.listed_unit,
        "review_date": day,
        "caregiver": "ANNLIN",
        "decision_date": "2026-02-26",
    }
    return care_commitments.create(context, person.id, typed | raw, ALL)


def enrol(context: Context, card: CommitmentCard, **raw: str) -> forms.FormsCard:
    """Save the enrolment form."""
    typed = {
        "date": context.today.isoformat(),
        "treatment": card.problem,
        "diagnosis": "F411",
        "caregiver": "ANNLIN",
        "sick_leave_percent": "0",
        "sick_leave_date": "",
    }
    return forms.save_enrolment(context, card.id, None, typed | raw, ALL)


def visit(context: Context, card: CommitmentCard, day: date, time: str, **raw: str) -> VisitCard:
    """Save a visit and its medical registration as 085 proposes them, with what is typed."""
    proposal = visit_proposals.propose(context, card.patient_id, card.id)
    assert proposal.medical is not None
    number = proposal.number_at(day, None)
    typed = {
        **proposal.raw,
        **proposal.medical,
        "main_diagnosis": proposal.medical["main_diagnosis"] or "F411",
        "date": day.isoformat(),
        "time": time,
        "contact_type": "NY" if number == 1 else "ÅB",
    }
    return visits.save_all(context, card.patient_id, typed | raw, ALL)
