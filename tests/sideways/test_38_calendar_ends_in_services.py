"""Every date a service reads × calendar ends: saved, asked about or refused with a rule, never a fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import worklist
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Refused, Unconfirmed
from tests.services.clinic import ALL, Clinic, commitment_fields, make_clinic
from tests.sideways.test_21_born_29_february import CALENDAR_ENDS

ENDS = ["1900-01-01", "0001-01-01", "9999-12-31", "2200-01-01", *map(str, CALENDAR_ENDS)]


def every_act(
    clinic: Clinic, card: care_commitments.CommitmentCard
) -> list[Callable[[str], object]]:
    """What takes a date, as of the last working date there is."""
    today = date(2199, 12, 31)
    at = clinic.at(today)
    money = {"amount": "200", "provider": "VC", "proof": "KV"}
    card_of = {"number": "F1", "issuer": "Region"}
    closing = {"closing_reason": "AV", "closing_caregiver": "ANNLIN"}
    person = patients.get(at, clinic.max)
    fields = clinic.visit_fields(card, today, today=today)
    form = {"caregiver": "ANNLIN", "sick_leave_percent": "0", "sick_leave_date": ""}
    enrolment = form | {"treatment": "KBT", "diagnosis": "F411"}
    return [
        lambda d: visits.save_all(at, clinic.vera, fields | {"date": d}, ALL),
        lambda d: visits.propose(at, clinic.vera, card.id),
        lambda d: forms.save_enrolment(at, card.id, None, enrolment | {"date": d}, ALL),
        lambda d: forms.save_discharge(at, card.id, None, form | {"date": d}, ALL),
        lambda d: forms.save_follow_up(at, card.id, None, {"date": d, "approved": "J"}, ALL),
        lambda d: care_commitments.close(
            at, card.id, card.version, closing | {"closing_date": d}, ALL
        ),
        lambda d: care_commitments.create(
            at, clinic.max, commitment_fields(today) | {"arrival_date": d}, ALL
        ),
        lambda d: cost_protection.add_external(at, clinic.vera, money | {"date": d}, ALL),
        lambda d: cost_protection.add_card(
            at, clinic.vera, card_of | {"valid_from": d, "valid_to": d}, ALL
        ),
        lambda d: cost_protection.overview(at, clinic.vera),
        lambda d: patients.save(at, person.raw() | {"deceased_on": d}, person.version),
        lambda d: worklist.tasks_page(at),
    ]


@pytest.mark.parametrize("end", ENDS)
def test_a_calendar_end_is_no_fault_of_the_program(sqlite_database: Database, end: str) -> None:
    clinic = make_clinic(sqlite_database)
    card = clinic.commitment(date(2024, 2, 29))
    clinic.visit(card, date(2024, 2, 29))
    for act in every_act(clinic, card):
        with suppress(Refused, Unconfirmed):
            act(end)
