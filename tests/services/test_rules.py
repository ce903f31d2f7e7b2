"""One test per rule of domain.md section 3 that 040 asks for.

Each: refused or warned by its id at the right field, and let through when it is right.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Confirmed, Refused
from tests.services.clinic import (
    ALL,
    ARRIVAL,
    Clinic,
    all_but,
    commitment_fields,
    confirming,
    make_clinic,
    refused,
    warned,
)

NONE: Confirmed = frozenset()
DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def create(clinic: Clinic, **raw: str) -> CommitmentCard:
    """Spara of Nyuppläggning on the day of arrival, nothing confirmed."""
    return care_commitments.create(
        clinic.at(screen="040"), clinic.vera, commitment_fields(**raw), NONE
    )


def without(*rules: str) -> Confirmed:
    """Everything confirmed but *rules*."""
    return all_but(*rules)


# -- 040 -----------------------------------------------------------------------------------


def test_va01_a_number_that_is_none_is_refused_in_the_search(clinic: Clinic) -> None:
    with refused("VA01", "identity_number"):
        forms.overview_page(clinic.at(screen="048"), identity="9307142382")
    assert forms.overview_page(clinic.at(screen="048"), identity="9307142381").rows == ()


def test_va02_problem_is_one_of_three(clinic: Clinic) -> None:
    for problem in ("XYZ", "", "F41"):
        with refused("VA02", "problem"):
            create(clinic, problem=problem)
    assert create(clinic, problem="ipt").problem == "IPT"


def test_va03_arrival_not_in_the_future(clinic: Clinic) -> None:
    for day in ("2026-03-03", "", "2026-02-30"):
        with refused("VA03", "arrival_date"):
            create(clinic, arrival_date=day)
        with refused("VA03", "arrival_date"):
            care_commitments.check_start(
                clinic.at(), clinic.vera, {"problem": "KBT", "arrival_date": day}
            )
    assert create(clinic).arrival_date == ARRIVAL


def test_va04_arrival_is_today(clinic: Clinic) -> None:
    late = {"problem": "KBT", "arrival_date": "2026-02-26"}
    with warned("VA04", "arrival_date", "2026-02-26"):
        care_commitments.check_start(clinic.at(), clinic.vera, late)
    care_commitments.check_start(clinic.at(), clinic.vera, late, confirming("VA04"))
    late |= {"decision_date": "2026-02-20"}
    with warned("VA04", "arrival_date"):
        create(clinic, **late)
    fields = commitment_fields(**late)
    care_commitments.create(clinic.at(), clinic.vera, fields, confirming("VA04"))


def test_va05_nothing_but_three_fields_before_read(clinic: Clinic) -> None:
    start = {"unit": "PSMA01", "problem": "KBT", "arrival_date": "i"}
    with refused("VA05", "caregiver"):
        care_commitments.check_start(clinic.at(), clinic.vera, start | {"caregiver": "ANNLIN"})
    opened = care_commitments.check_start(clinic.at(), clinic.vera, start)
    assert opened["type_of_commitment"] == "R"
    assert opened["arrival_date"] == "2026-03-02"
    assert opened["caregiver"] == "ANNLIN"


def test_va06_kind_is_referral(clinic: Clinic) -> None:
    for kind in ("X", ""):
        with refused("VA06", "type_of_commitment"):
            create(clinic, type_of_commitment=kind)
    assert create(clinic, type_of_commitment="r").type_of_commitment == "R"


def test_va07_referral_source_and_code_belong_together(clinic: Clinic) -> None:
    with refused("VA07", "referral_source"):
        create(clinic, referral_source="2")
    with refused("VA07", "referring_unit", "FINNSEJ"):
        create(clinic, referring_unit="FINNSEJ")
    with refused("VA07", "referral_source", "Fjärran"):
        create(clinic, referring_unit="VC0007")
    fields = commitment_fields(referring_unit="VC0007", referral_source="7")
    card = care_commitments.create(clinic.at(), clinic.vera, fields, confirming("VA08"))
    assert card.referring_unit_name == "Vårdcentralen Fjärran"


def test_va08_referral_from_where_the_patient_is_listed(clinic: Clinic) -> None:
    with warned("VA08", "referring_unit", "Vårdcentralen Ön", "Vårdcentralen Åker"):
        create(clinic, referring_unit="VC0002")
    assert create(clinic, referring_unit="VC0001").listed_unit == "VC0001"


def test_va09_decision_arrival_review_in_order(clinic: Clinic) -> None:
    with refused("VA09", "decision_date"):
        care_commitments.create(
            clinic.at(date(2026, 3, 5)),
            clinic.vera,
            commitment_fields(review_date="2026-03-04", decision_date="2026-03-03"),
            ALL,
        )
    with refused("VA09", "review_date"):
        create(clinic, review_date="2026-03-01")
    with refused("VA09", "review_date"):
        create(clinic, review_date="2026-03-03")
    card = create(clinic)
    clinic.visit(card, DAY)
    moved = card.raw() | {"arrival_date": "2026-03-10", "review_date": "2026-03-10"}
    with refused("VA09", "arrival_date"):
        care_commitments.change(clinic.at(date(2026, 3, 12)), card.id, card.version, moved)


def test_va10_caregiver_of_the_unit_and_active(clinic: Clinic) -> None:
    for signature in ("FINNSE", "GORLAT", clinic.seed.b.signature, ""):
        with refused("VA10", "caregiver"):
            create(clinic, caregiver=signature)
    card = create(clinic, caregiver="boprov")
    assert (card.caregiver, card.caregiver_name, card.caregiver_category) == (
        "BOPROV",
        "Bo Provberg",
        "PS",
    )
    with refused("VA10", "caregiver"):
        clinic.enrol(card, ARRIVAL, caregiver="GORLAT")
    with refused("VA10", "closing_caregiver"):
        care_commitments.close(
            clinic.at(), card.id, card.version, closing("2026-03-02", "ÖV", "GORLAT")
        )


def test_va11_patient_is_sixteen(clinic: Clinic) -> None:
    fields = commitment_fields()
    with warned("VA11", "", "14 år"):
        care_commitments.create(clinic.at(), clinic.young, fields, without("VA11"))
    care_commitments.create(clinic.at(), clinic.young, fields, confirming("VA11"))


def test_va12_one_open_commitment_per_problem(clinic: Clinic) -> None:
    first = create(clinic)
    with refused("VA12", "problem", str(first.id)):
        care_commitments.check_start(
            clinic.at(), clinic.vera, {"problem": "KBT", "arrival_date": "i"}
        )
    with refused("VA12", "problem", str(first.id)):
        create(clinic)
    second = create(clinic, problem="IPT")
    with refused("VA12", "problem", str(first.id)):
        care_commitments.change(
            clinic.at(), second.id, second.version, second.raw() | {"problem": "KBT"}
        )
    shut = care_commitments.close(clinic.at(), first.id, first.version, closing("2026-03-02", "ÖV"))
    third = create(clinic)
    with refused("VA12", "problem", str(third.id)):
        care_commitments.reopen(clinic.at(), first.id, shut.version, "fel avslut")


def test_va20_removal_without_forms_and_visits_only(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    with pytest.raises(Refused) as caught:
        care_commitments.remove(clinic.at(DAY), card.id, card.version)
    assert caught.value.findings[0].rule == "VA20"
    assert caught.value.findings[0].message.startswith("Får ej tas bort SPS0431 267 O")
    assert "AV" in caught.value.findings[0].message
    formed = clinic.commitment(problem="PDT")
    clinic.enrol(formed, ARRIVAL)
    with refused("VA20", "", "1 formulär"):
        care_commitments.remove(clinic.at(), formed.id, formed.version)
    empty = clinic.commitment(problem="IPT")
    care_commitments.remove(clinic.at(), empty.id, empty.version)
    left = care_commitments.for_patient(clinic.at(), clinic.vera)
    assert {row.id for row in left} == {card.id, formed.id}


def closing(day: str, reason: str = "AV", sign: str = "ANNLIN") -> dict[str, str]:
    return {"closing_date": day, "closing_reason": reason, "closing_caregiver": sign}


def test_va30_av_when_a_visit_exists_and_never_else(clinic: Clinic) -> None:
    empty = clinic.commitment()
    assert "AV" not in dict(empty.closing_reasons)
    with refused("VA30", "closing_reason"):
        care_commitments.close(clinic.at(), empty.id, empty.version, closing("i", "AV"))
    with refused("VA30", "closing_reason"):
        care_commitments.close(clinic.at(), empty.id, empty.version, closing("i", ""))
    seen = clinic.commitment(problem="IPT")
    clinic.visit(seen, DAY)
    seen = care_commitments.get(clinic.at(DAY), seen.id)
    assert dict(seen.closing_reasons).keys() == {"AV"}
    with refused("VA30", "closing_reason"):
        care_commitments.close(clinic.at(DAY), seen.id, seen.version, closing("i", "ÖV"))
    done = care_commitments.close(clinic.at(DAY), seen.id, seen.version, closing("i", "AV"))
    assert done.status == "Avslutad AV"


def test_va31_closing_date_is_follow_ups_or_last_visits(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY)
    clinic.visit(card, DAY)
    later = DAY + timedelta(days=20)
    card = care_commitments.get(clinic.at(later), card.id)
    assert card.proposed_closing_date == DAY
    with refused("VA31", "closing_date", DAY.isoformat()):
        care_commitments.close(clinic.at(later), card.id, card.version, closing(later.isoformat()))
    for text in ("", "2026-02-31"):
        with refused("VA31", "closing_date"):
            care_commitments.close(clinic.at(later), card.id, card.version, closing(text))
    done = care_commitments.close(clinic.at(later), card.id, card.version, closing(DAY.isoformat()))
    assert done.closed_on == DAY

    followed = followed_up(clinic, problem="IPT")
    assert followed.proposed_closing_date == date(2026, 6, 20)
    with refused("VA31", "closing_date", "uppföljning"):
        care_commitments.close(
            clinic.at(date(2026, 6, 21)), followed.id, followed.version, closing("2026-06-19")
        )

    empty = clinic.commitment(problem="PDT")
    with refused("VA31", "closing_date"):
        care_commitments.close(clinic.at(), empty.id, empty.version, closing("2026-03-01", "ÖV"))


def followed_up(clinic: Clinic, problem: str) -> CommitmentCard:
    """A commitment with every form and the follow-up visit on 2026-06-20."""
    card = clinic.commitment(problem=problem)
    clinic.enrol(card, DAY)
    clinic.visit(card, DAY, "1000")
    clinic.discharge(card, DAY)
    day = date(2026, 6, 20)
    clinic.visit(card, day, "1000")
    fields = {"date": day.isoformat(), "approved": "J"}
    forms.save_follow_up(clinic.at(day), card.id, None, fields, NONE)
    return care_commitments.get(clinic.at(day), card.id)


def test_va32_nothing_after_the_closing(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    booking = clinic.visit(card, DAY + timedelta(days=7), today=DAY)
    card = care_commitments.get(clinic.at(DAY), card.id)
    assert "2026-03-16" in card.why_no_closing
    with refused("VA32", "closing_date", "2026-03-16"):
        care_commitments.close(clinic.at(DAY), card.id, card.version, closing("i"))
    visits.cancel(clinic.at(DAY), booking.id, booking.version, "återbud", NONE)
    care_commitments.close(clinic.at(DAY), card.id, card.version, closing("i"))

    followed = followed_up(clinic, problem="IPT")
    extra = date(2026, 6, 25)
    clinic.visit(followed, extra)
    with refused("VA32", "closing_date", "2026-06-25"):
        care_commitments.close(
            clinic.at(extra), followed.id, followed.version, closing("2026-06-20")
        )


def test_va33_closed_within_a_month(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    late = date(2026, 4, 10)
    with warned("VA33", "closing_date", "2026-04-09"):
        care_commitments.close(clinic.at(late), card.id, card.version, closing(DAY.isoformat()))
    care_commitments.close(
        clinic.at(date(2026, 4, 9)), card.id, card.version, closing(DAY.isoformat())
    )


def test_va34_a_closed_commitment_takes_no_more(clinic: Clinic) -> None:
    card = clinic.commitment()
    visit = clinic.visit(card, DAY)
    fields = clinic.visit_fields(card, DAY, "1400", contact_type="ÅB")
    shut = care_commitments.close(clinic.at(DAY), card.id, card.version, closing("i"))
    with refused("VA34", "commitment", str(card.id)):
        visits.save(clinic.at(DAY), clinic.vera, fields, ALL)
    with refused("VA34", "commitment"):
        visits.propose(clinic.at(DAY), clinic.vera, card.id)
    with refused("VA34", "commitment"):
        visits.change(clinic.at(DAY), visit.id, visit.version, visit.raw(), ALL)
    with refused("VA34", "commitment"):
        visits.cancel(clinic.at(DAY), visit.id, visit.version, "fel", ALL)
    with refused("VA34", ""):
        clinic.enrol(card, DAY)
    with refused("VA34", ""):
        care_commitments.change(clinic.at(DAY), card.id, shut.version, card.raw(), ALL)
    with refused("VA34", "reason"):
        care_commitments.reopen(clinic.at(DAY), card.id, shut.version, " ")
    opened = care_commitments.reopen(clinic.at(DAY), card.id, shut.version, "fel patient")
    assert opened.is_open
    assert [(e.action, e.reason) for e in clinic.events()][-1] == ("reopen", "fel patient")
    visits.save(clinic.at(DAY), clinic.vera, fields, ALL)
