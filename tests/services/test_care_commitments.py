"""040 through the service, on both databases: from referral to closing, with its log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pasis_tui.models import Caregiver
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.errors import NotFound
from pasis_tui.services.forms import forms, overview
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Conflict, SystemWork
from pasis_tui.validation.findings import Refused
from tests.services.clinic import ALL, ARRIVAL, Clinic, commitment_fields, make_clinic, refused

DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def test_a_commitment_from_referral_to_closing_and_open_again(clinic: Clinic) -> None:
    context = clinic.at(screen="040")
    start = care_commitments.start_proposal(context)
    assert start == {"unit": "PSMA01", "problem": "", "arrival_date": "2026-03-02"}
    opened = care_commitments.check_start(context, clinic.vera, start | {"problem": "kbt"})
    opened |= {"referral_source": "1", "referring_unit": "vc0001", "decision_date": "-3"}
    card = care_commitments.create(context, clinic.vera, opened)
    assert card.decision_date == date(2026, 2, 27)
    assert card.raw() == opened | {
        "referring_unit": "VC0001",
        "decision_date": "2026-02-27",
    }
    assert (card.referring_unit_name, card.listed_unit_name) == ("Vårdcentralen Ön",) * 2
    assert (card.caregiver_name, card.caregiver_category) == ("Annika Lindgren", "PT")
    assert (card.next_visit_number, card.visits_allowed, card.why_no_removal) == (1, 20, "")
    assert (card.status, card.is_open, card.why_no_closing) == ("Pågående", True, "")

    clinic.visit(card, DAY)
    context = clinic.at(DAY, screen="040")
    card = care_commitments.get(context, card.id)
    assert (card.visits, card.next_visit_number) == (1, 2)
    assert card.why_no_removal.startswith("Får ej tas bort SPS0431 267 O")
    assert card.closing_proposal() == {
        "closing_date": "2026-03-09",
        "closing_reason": "AV",
        "closing_caregiver": "ANNLIN",
    }
    shut = care_commitments.close(context, card.id, card.version, card.closing_proposal())
    assert (shut.status, shut.closing_caregiver_name) == ("Avslutad AV", "Annika Lindgren")
    assert str(card.id) in shut.why_no_closing
    rows = care_commitments.for_patient(context, clinic.vera)
    assert [(r.id, r.unit, r.status, r.visits) for r in rows] == [
        (card.id, "PSMA01", "Avslutad AV", 1)
    ]
    again = care_commitments.reopen(context, card.id, shut.version, "avslutat för tidigt")
    assert (again.status, again.closing_reason) == ("Pågående", "")


def test_the_log_says_who_did_what_old_and_new(clinic: Clinic) -> None:
    card = clinic.commitment()
    context = clinic.at(screen="040")
    moved = card.raw() | {"caregiver": "BOPROV"}
    changed = care_commitments.change(context, card.id, card.version, moved)
    assert changed.caregiver == "BOPROV"
    created, last = clinic.events()[-2:]
    assert (created.action, created.entity, created.patient_id, created.unit_id) == (
        "create",
        "care_commitment",
        clinic.vera,
        clinic.seed.a.id,
    )
    assert json.loads(created.changes)["referring_unit"] == [None, "VC0001"]
    assert (last.action, last.entity_id, last.screen) == ("change", card.id, "040")
    assert json.loads(last.changes) == {"caregiver": ["ANNLIN", "BOPROV"]}


def test_save_with_the_closing_block_filled_closes_in_one_go(clinic: Clinic) -> None:
    card = clinic.commitment()
    filled = card.raw() | {
        "caregiver": "BOPROV",
        "closing_date": "i",
        "closing_reason": "ÖV",
        "closing_caregiver": "ANNLIN",
    }
    with refused("VA10", "closing_caregiver"):
        care_commitments.change(
            clinic.at(), card.id, card.version, filled | {"closing_caregiver": "FINNSE"}
        )
    assert care_commitments.get(clinic.at(), card.id).caregiver == "ANNLIN"
    with pytest.raises(Refused) as caught:
        care_commitments.change(
            clinic.at(), card.id, card.version, filled | {"problem": "", "closing_reason": ""}
        )
    assert {f.rule for f in caught.value.findings} == {"VA02", "VA30"}
    shut = care_commitments.change(clinic.at(), card.id, card.version, filled)
    assert (shut.caregiver, shut.closed_on, shut.closing_reason) == ("BOPROV", ARRIVAL, "ÖV")
    assert [event.action for event in clinic.events()][-2:] == ["change", "close"]


def test_a_removed_commitment_is_gone_and_may_be_made_again(clinic: Clinic) -> None:
    card = clinic.commitment()
    care_commitments.remove(clinic.at(), card.id, card.version)
    assert care_commitments.for_patient(clinic.at(), clinic.vera) == ()
    with refused("SE01", ""):
        care_commitments.get(clinic.at(), card.id)
    assert clinic.commitment().id != card.id


def test_the_second_clerk_is_told_of_the_first(clinic: Clinic) -> None:
    card = clinic.commitment()
    care_commitments.change(
        clinic.at(), card.id, card.version, card.raw() | {"caregiver": "BOPROV"}
    )
    for act in (
        lambda: care_commitments.change(clinic.at(), card.id, card.version, card.raw()),
        lambda: care_commitments.close(
            clinic.at(),
            card.id,
            card.version,
            {"closing_date": "i", "closing_reason": "ÖV", "closing_caregiver": "ANNLIN"},
        ),
        lambda: care_commitments.remove(clinic.at(), card.id, card.version),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.who == "Annika Lindgren"
    assert care_commitments.get(clinic.at(), card.id).caregiver == "BOPROV"


def test_a_refused_save_leaves_nothing_behind(one: Clinic) -> None:
    before = len(one.events())
    with refused("VA07", "referring_unit"):
        care_commitments.create(
            one.at(), one.vera, commitment_fields(referring_unit="FINNSEJ"), ALL
        )
    assert len(one.events()) == before
    assert care_commitments.for_patient(one.at(), one.vera) == ()


def test_an_open_one_is_not_reopened_and_nobody_has_none(one: Clinic) -> None:
    card = one.commitment()
    with refused("VA34", "", "redan öppet"):
        care_commitments.reopen(one.at(), card.id, card.version, "varför inte")
    with pytest.raises(NotFound):
        care_commitments.create(one.at(), 99_999, commitment_fields(), ALL)
    for number in (0, -1, 2**31, 10**30):
        with refused("SE01", ""):
            care_commitments.get(one.at(), number)


def test_a_caregiver_who_left_may_still_be_the_one_who_closes_that_day(one: Clinic) -> None:
    day = date(2025, 12, 1)
    card = one.commitment(day, caregiver="GORLAT")
    one.visit(card, day)
    today = date(2026, 1, 2)
    card = care_commitments.get(one.at(today), card.id)
    closing = card.closing_proposal()
    assert closing["closing_caregiver"] == "GORLAT"
    shut = care_commitments.close(one.at(today), card.id, card.version, closing, ALL)
    assert shut.closing_caregiver_name == "Göran Låtsasberg"


def test_no_shows_are_no_visits_but_close_by_their_date(one: Clinic) -> None:
    card = one.commitment()
    one.visit(card, DAY, no_show="J")
    card = care_commitments.get(one.at(DAY), card.id)
    assert (card.visits, card.registered_visits, card.next_visit_number) == (0, 1, 1)
    assert dict(card.closing_reasons).keys() == {"AV"}
    assert card.why_no_removal


def test_forms_are_marked_and_listed_newest_first(one: Clinic) -> None:
    old = one.commitment()
    one.enrol(old, ARRIVAL)
    new = one.commitment(DAY, problem="IPT")
    rows = care_commitments.for_patient(one.at(DAY), one.vera)
    assert [row.id for row in rows] == [new.id, old.id]
    card = care_commitments.get(one.at(DAY), old.id)
    assert (card.enrolment, card.discharge, card.follow_up) == (True, False, False)
    assert forms.get(one.at(DAY), old.id).enrolment is not None
    assert visits.propose(one.at(DAY), one.vera).commitment_id is None


def test_a_booking_is_no_visit_yet(clinic: Clinic) -> None:
    """040 counts as 048 does; the booking still stands in the way of closing."""
    card = clinic.commitment()
    clinic.visit(card, ARRIVAL)
    clinic.visit(card, ARRIVAL + timedelta(days=14), today=ARRIVAL)
    context = clinic.at(ARRIVAL)
    (row,) = care_commitments.for_patient(context, card.patient_id)
    shown = care_commitments.get(context, card.id)
    assert (row.visits, shown.visits, shown.registered_visits) == (1, 1, 2)
    (listed,) = overview.overview_page(context, commitment_id=card.id).rows
    assert listed.visits == 1
    assert "2026-03-16 09:00 ligger efter idag" in shown.why_no_closing


@pytest.mark.parametrize(
    ("signature", "proposed"),
    [
        ("ANNLIN", "ANNLIN"),
        ("SLUTAT", ""),  # left yesterday
        ("BÖRJAR", ""),  # begins tomorrow
        ("BEREK1", ""),  # another unit's
    ],
)
def test_the_clerk_is_proposed_as_caregiver_while_their_signature_is_active(
    clinic: Clinic, signature: str, proposed: str
) -> None:
    """A draft that is taken up again opens with the same values as Läs."""
    day = timedelta(days=1)
    with SystemWork(clinic.database) as work:
        for other, first, last in (
            ("SLUTAT", ARRIVAL - day * 30, ARRIVAL - day),
            ("BÖRJAR", ARRIVAL + day, None),
        ):
            work.insert(
                Caregiver,
                unit_id=clinic.seed.a.id,
                signature=other,
                name="Test Person",
                category="PT",
                active_from=first,
                active_to=last,
            )
        work.commit()
    context = clinic.at(screen="040")
    context = replace(context, actor=replace(context.actor, signature=signature))
    opening = care_commitments.opening_values(context)
    assert opening == {
        "type_of_commitment": "R",
        "referral_source": "",
        "referring_unit": "",
        "review_date": "2026-03-02",
        "caregiver": proposed,
        "decision_date": "",
    }
    start = {"problem": "KBT", "arrival_date": "i"}
    opened = care_commitments.check_start(context, clinic.vera, start)
    assert opened.items() >= opening.items()
