"""083 through the service: ten years of contacts, in pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pasis_tui.services.visits import contacts, visits
from pasis_tui.store.database import Database
from tests.services.clinic import Clinic, make_clinic

DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


def test_contacts_newest_first_with_what_is_registered(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = clinic.visit(card, DAY)
    second = visits.save(
        clinic.at(DAY), clinic.vera, clinic.visit_fields(card, DAY, "1300", reception="FILIAL")
    )
    missed = clinic.visit(card, DAY + timedelta(days=1), no_show="J")
    booked = clinic.visit(card, DAY + timedelta(days=9), today=DAY)
    page = contacts.contacts_page(clinic.at(DAY, screen="083"), clinic.vera, count=True)
    assert [row.visit_id for row in page.rows] == [booked.id, missed.id, second.id, first.id]
    assert [row.dia_reg for row in page.rows] == ["J", "-", "N", "J"]
    assert page.total == 4
    row = page.rows[2]
    assert (row.date, row.time.isoformat(), row.reception) == (DAY, "13:00:00", "FILIAL")
    assert (row.reason, row.kind, row.caregiver, row.contact_type) == ("B", "E", "ANNLIN", "ÅB")
    assert (row.fee, row.problem, row.commitment_id) == (200, "KBT", card.id)
    assert page.rows[1].no_show
    event = clinic.events()[-1]
    assert (event.action, event.patient_id, event.screen) == ("read", clinic.vera, "083")


def test_contacts_page_by_page_and_back(clinic: Clinic) -> None:
    card = clinic.commitment()
    made = [clinic.visit(card, DAY + timedelta(days=n)).id for n in range(7)]
    context = clinic.at(DAY + timedelta(days=7))
    first = contacts.contacts_page(context, clinic.vera, size=3)
    second = contacts.contacts_page(context, clinic.vera, size=3, after=first.last)
    end = contacts.contacts_page(context, clinic.vera, size=3, last=True)
    assert [row.visit_id for row in first.rows + second.rows] == made[:0:-1]
    assert [row.visit_id for row in end.rows] == made[2::-1]
    assert (first.before, first.after, end.before, end.after) == (False, True, True, False)
    back = contacts.contacts_page(context, clinic.vera, size=3, before=second.first)
    assert back.rows == first.rows


def test_ten_years_and_no_more(clinic: Clinic) -> None:
    card = clinic.commitment(date(2021, 3, 1))
    visit = clinic.visit(card, date(2021, 3, 9))
    for today, shown in ((date(2031, 3, 9), 1), (date(2031, 3, 10), 0)):
        assert len(contacts.contacts_page(clinic.at(today), clinic.vera).rows) == shown
    assert visit.id


def test_a_patient_of_nobody_has_an_empty_list(clinic: Clinic) -> None:
    page = contacts.contacts_page(clinic.at(DAY), clinic.max)
    assert (page.rows, page.first, page.after) == ((), None, False)
