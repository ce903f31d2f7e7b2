"""What was confirmed was a rule: a confirmed VA04 or BE03 let another finding of it through unseen.

And of several faults the first alone was shown: the others came one Spara at a time.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Finding, Refused, Unconfirmed
from tests.flows.clerk import clerk
from tests.services.clinic import Clinic, commitment_fields, make_clinic
from tests.terminal import BACKTAB, ENTER, ESC, F10, TAB, alt

DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def asked(stopped: pytest.ExceptionInfo[Unconfirmed]) -> list[Finding]:
    return list(stopped.value.findings)


def test_a_confirmed_va04_is_of_its_own_day(clinic: Clinic) -> None:
    fields = commitment_fields(arrival_date="2026-03-01", decision_date="2026-02-27")
    with pytest.raises(Unconfirmed) as first:
        care_commitments.create(clinic.at(), clinic.vera, fields)
    assert [f.rule for f in asked(first)] == ["VA04"]
    earlier = fields | {"arrival_date": "2026-02-28"}
    confirmed = frozenset(asked(first))
    with pytest.raises(Unconfirmed) as second:
        care_commitments.create(clinic.at(), clinic.vera, earlier, confirmed)
    assert [f.rule for f in asked(second)] == ["VA04"]
    assert "2026-02-28" in asked(second)[0].message
    care_commitments.create(clinic.at(), clinic.vera, fields, confirmed)


def test_a_confirmed_be03_is_of_its_own_visits(clinic: Clinic) -> None:
    """Between the question and the answer another clerk registers a visit: others follow then."""
    card = clinic.commitment()
    clinic.visit(card, date(2026, 3, 6))
    fields = clinic.visit_fields(card, date(2026, 3, 4)) | {"contact_type": "NY"}
    with pytest.raises(Unconfirmed) as first:
        visits.save(clinic.at(DAY), clinic.vera, fields)
    assert [(f.rule, f.variant) for f in asked(first)] == [("BE03", "new_visit_moves")]
    between = clinic.visit_fields(card, date(2026, 3, 5)) | {"contact_type": "NY"}
    with pytest.raises(Unconfirmed) as theirs:
        visits.save(clinic.at(DAY), clinic.vera, between)
    visits.save(clinic.at(DAY), clinic.vera, between, frozenset(asked(theirs)))
    confirmed = frozenset(asked(first))
    with pytest.raises(Unconfirmed) as again:
        visits.save(clinic.at(DAY), clinic.vera, fields, confirmed)
    assert [f.rule for f in asked(again)] == ["BE03"]
    assert "2026-03-05" in asked(again)[0].message
    saved = visits.save(clinic.at(DAY), clinic.vera, fields, frozenset(asked(again)))
    assert (saved.contact_type, saved.time) == ("NY", time(9, 0))


def test_only_what_is_found_anew_is_asked(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, date(2026, 3, 20)) | {"contact_type": "NY"}
    with pytest.raises(Unconfirmed) as first:
        visits.save(clinic.at(DAY), clinic.vera, fields)
    assert [f.rule for f in asked(first)] == ["BE09"]
    moved = fields | {"date": "2026-03-21"}
    with pytest.raises(Unconfirmed) as second:
        visits.save(clinic.at(DAY), clinic.vera, moved, frozenset(asked(first)))
    assert [f.message for f in asked(second)] != [f.message for f in asked(first)]


def test_the_halves_of_a_refusal_come_at_once(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY) | {"contact_type": "ÅB", "reception": "NOPE"}
    with pytest.raises(Refused) as stopped:
        visits.save(clinic.at(DAY), clinic.vera, fields)
    assert {f.field for f in stopped.value.findings} >= {"contact_type", "reception"}


# --- at the screen --------------------------------------------------------------------------------

REFERRAL = "040_vardataganden"


def test_a_day_that_is_changed_after_the_question_is_asked_about_again(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("40 9307142381", "Inga vårdåtaganden").type(alt("n"))
        annika.sees("Nytt vårdåtagande: fyll i Problem").type("kbt", TAB, "-3", alt("l"))
        annika.warned("VA04").sees("2026-02-27").type(ENTER).sees("Nyuppläggning")
        annika.type("1", TAB, "vcbj01", TAB, TAB, TAB, "-7", BACKTAB * 6).instead("-4").type(F10)
        annika.warned("VA04").sees("2026-02-26").type(ESC)
        annika.says("VA04 Varning:").at_fault(REFERRAL, "arrival_date", "2026-02-26")
        # The day that was passed at Läs is passed still.
        annika.instead("-3").type(F10).says("Sparat: vårdåtagande")


def test_every_field_at_fault_is_marked_and_in_the_help(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("40 9307142381", "Inga vårdåtaganden").type(alt("n"))
        annika.sees("Nytt vårdåtagande: fyll i Problem").type("kbt", TAB, "i", alt("l"))
        annika.sees("Nyuppläggning").type(F10)
        annika.says("VA07 Fel: Remiss från saknas.", "(+2 till, F1)")
        annika.at_fault(REFERRAL, "referral_source", "").sees("!Remiss från", "!Remissbeslut")
        annika.asks_why("VA07 Fel: Remiss från saknas.", "VA09 Fel: Datum för remissbeslut saknas.")
        annika.type("1")
        annika.until(lambda: not annika.terminal.sees("!Remiss från"), "its mark is gone")
        annika.sees("!Remissbeslut").type(TAB, "vcbj01", TAB, TAB, TAB, "-4")
        annika.until(lambda: not annika.terminal.sees("!Remissbeslut"), "no mark")
        annika.type(F10).says("Sparat: vårdåtagande")
