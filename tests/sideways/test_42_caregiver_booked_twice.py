"""A caregiver could be booked with two patients at once without a word, and a PMO contact got the
contact type of today's state.  The clash is asked about; the type follows the contact's own date.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from pasis_tui.services.register.pmo_transfer import import_pmo
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from tests.services.clinic import ALL, all_but, make_clinic, warned

DAY = date(2026, 3, 2)
REST = all_but("BE11")


def test_the_same_start_with_another_patient(database: Database) -> None:
    clinic = make_clinic(database)
    vera, other = clinic.commitment(), clinic.commitment(patient=clinic.max)
    first = clinic.visit(vera, DAY, "0900")
    fields = clinic.visit_fields(other, DAY, "0900")
    with warned("BE11", "time", "ANNLIN", "2026-03-02 09:00", "en annan patient", "Typ G"):
        visits.save_all(clinic.at(DAY), clinic.max, fields, REST)
    with warned("BE11", "time"):
        visits.save(clinic.at(DAY), clinic.max, fields, REST)
    # another time, another caregiver, a no-show: nothing odd
    second = visits.save_all(clinic.at(DAY), clinic.max, fields | {"time": "0930"}, REST)
    clinic.visit(vera, DAY, "1500")
    boprov = fields | {"caregiver": "BOPROV", "contact_type": "ÅB"}
    third = visits.save_all(clinic.at(DAY), clinic.max, boprov | {"time": "1500"}, REST)
    # changed into the clash
    with warned("BE11", "time"):
        visits.change(clinic.at(DAY), second.id, second.version, fields | {"time": "0900"}, REST)
    with warned("BE11", "time"):
        changed = boprov | {"time": "1500", "caregiver": "ANNLIN"}
        visits.change(clinic.at(DAY), third.id, third.version, changed, REST)
    # the other one cancelled: free again
    visits.cancel(clinic.at(DAY), first.id, first.version, "fel dag", ALL)
    visits.change(clinic.at(DAY), second.id, second.version, fields | {"time": "0900"}, REST)


@pytest.mark.parametrize(
    ("first", "second", "odd"),
    [("G", "G", False), ("G", "E", True), ("E", "G", True), ("E", "E", True)],
)
def test_a_group_shares_its_caregiver(
    sqlite_database: Database, first: str, second: str, odd: bool
) -> None:
    clinic = make_clinic(sqlite_database)
    vera, other = clinic.commitment(), clinic.commitment(patient=clinic.max)
    clinic.visit(vera, DAY, "0900", kind=first)
    fields = clinic.visit_fields(other, DAY, "0900", kind=second)
    if odd:
        with warned("BE11", "time"):
            visits.save_all(clinic.at(DAY), clinic.max, fields, REST)
    else:
        visits.save_all(clinic.at(DAY), clinic.max, fields, REST)


def test_another_units_caregiver_of_the_same_name_is_no_clash(database: Database) -> None:
    clinic = make_clinic(database)
    clinic.visit(clinic.commitment(), DAY, "0900")
    card = clinic.commitment(patient=clinic.max, which="b")
    at = clinic.at(DAY, "b")
    proposal = visits.propose(at, clinic.max, card.id)
    visits.save(at, clinic.max, {**proposal.raw, "time": "0900"}, REST)


HEAD = "Personnummer;Besöksdatum;Tid;Attribut KBT/IPT;Vårdgivare"


def contacts(folder: Path, *rows: str) -> Path:
    path = folder / "kontakter.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_transfer_reports_the_clash(database: Database, tmp_path: Path) -> None:
    clinic = make_clinic(database)
    clinic.visit(clinic.commitment(), DAY, "0900")
    clinic.commitment(patient=clinic.max)
    path = contacts(tmp_path, "199307142399;2026-03-02;0900;N;ANNLIN")
    done, problems = import_pmo(clinic.at(DAY), path)
    assert "gick inte: 1" in done.summary
    assert "BE11" in problems[0]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_contacts_transferred_in_any_order_get_their_own_contact_type(
    sqlite_database: Database, tmp_path: Path, order: tuple[int, ...]
) -> None:
    clinic = make_clinic(sqlite_database)
    card = clinic.commitment()
    today = DAY + timedelta(30)
    for number in order:
        day = DAY + timedelta(7 * number)
        path = contacts(tmp_path, f"199307142381;{day};0900;N;ANNLIN")
        done, problems = import_pmo(clinic.at(today), path)
        assert problems == ()
        assert "besök: 1" in done.summary
    assert clinic.contact_types(card.id) == ["NY", "ÅB", "ÅB"]


def test_what_follows_for_another_visit_is_told(database: Database, tmp_path: Path) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment()
    clinic.visit(card, DAY + timedelta(7))
    path = contacts(tmp_path, "199307142381;2026-03-02;0900;N;ANNLIN")
    done, problems = import_pmo(clinic.at(DAY + timedelta(8)), path)
    assert problems == ()
    assert any("BE03" in line and "återbesök" in line for line in done.remarks)
    assert clinic.contact_types(card.id) == ["NY", "ÅB"]
