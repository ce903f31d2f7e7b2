"""Forms started in the first field, filled in or not; after a visit at a branch the branch was proposed
again; F1 on Uteblivet did not say what it costs and that it needs no registration.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pasis_tui.display.display_files import display
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from tests.flows.clerk import clerk
from tests.services.clinic import ALL, ARRIVAL, Clinic, make_clinic
from tests.terminal import BACKTAB, ENTER, F1, TAB, alt

_PLACES = {"M": "HUVUD", "B": "FILIAL"}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.mark.parametrize(
    ("where", "proposed"), [("MMB", "M"), ("MB", "M"), ("MBB", "B"), ("B", "B")]
)
def test_the_usual_reception_is_proposed(clinic: Clinic, where: str, proposed: str) -> None:
    card = clinic.commitment()
    for number, place in enumerate(where):
        day = date.fromordinal(ARRIVAL.toordinal() + number)
        fields = clinic.visit_fields(card, day, reception=_PLACES[place])
        visits.save_all(clinic.at(day), card.patient_id, fields, ALL)
    proposal = visits.propose(clinic.at(date(2026, 3, 20)), card.patient_id, card.id)
    assert proposal.raw["reception"] == _PLACES[proposed]
    if where[-1] != proposed:
        assert proposal.reception_name == f"Oftast; sist {_PLACES[where[-1]]}"
        assert len(proposal.reception_name) <= 20, "the note's room in 085"


def test_f1_on_uteblivet_says_the_fee_and_that_nothing_is_registered(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("85 9204012380", "085 Besöksregistrering", "Uteblivet")
        fields = list(display("085_besoksregistrering").format("visit").fields)
        names = [f.name for f in fields if not f.protected]
        hands.type(TAB * (names.index("no_show") - names.index("time")), F1)
        hands.sees("FÄLTET UTEBLIVET", "400 kr", "300 kr", "ingen medicinsk registrering")


def test_after_las_the_cursor_is_on_remiss_fran(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("40 9307142381", "Inga vårdåtaganden").type(alt("n")).sees("Nytt vårdåtagande")
        hands.type("kbt", alt("l")).sees("Nyuppläggning")
        hands.type("1").holds("040_vardataganden", "referral_source", "1")
        hands.type(BACKTAB).holds("040_vardataganden", "type_of_commitment", "R")


def test_utskrivning_starts_in_sjukskrivningsgrad(home: Path) -> None:
    with clerk(home) as hands:
        ((number,),) = hands.rows(
            "SELECT p.identity_number FROM care_commitment c JOIN patient p ON p.id = c.patient_id"
            " JOIN enrolment_form e ON e.commitment_id = c.id WHERE c.unit_id = 1 AND c.closed_on"
            " IS NULL AND p.protected = 0 AND NOT EXISTS (SELECT 1 FROM discharge_form d WHERE"
            " d.commitment_id = c.id) AND EXISTS (SELECT 1 FROM visit v WHERE v.commitment_id = c.id)"
            " AND 1 = (SELECT count(*) FROM care_commitment o WHERE o.patient_id = p.id)"
            " ORDER BY c.id LIMIT 1"
        )
        hands.go(f"48 {number}", "048 Översikt").type(ENTER).sees("[Utskrivning]").type(alt("u"))
        hands.sees("048 Utskrivning").type("25", TAB)
        hands.holds("048_utskrivning", "sick_leave_percent", "25")
