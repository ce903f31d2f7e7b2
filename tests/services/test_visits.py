"""085 through the service: what is proposed, saved, changed and cancelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from pasis_tui.services.errors import NotFound
from pasis_tui.services.visits import contacts, medical, visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Conflict
from pasis_tui.validation.findings import Confirmed, Refused, Unconfirmed
from tests.services.clinic import Clinic, confirming, make_clinic, refused

DAY = date(2026, 3, 9)
WEEK = timedelta(days=7)
NONE: Confirmed = frozenset()


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return make_clinic(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def test_only_the_time_is_left_to_type(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY, diagnosis="F411")
    proposal = visits.propose(clinic.at(DAY), clinic.vera)
    assert proposal.raw == {
        "unit": "PSMA01",
        "commitment": str(card.id),
        "date": "2026-03-09",
        "time": "",
        "reception": "HUVUD",
        "reason": "B",
        "kind": "E",
        "caregiver": "ANNLIN",
        "category": "PT",
        "contact_type": "NY",
        "distance": "N",
        "interpreter": "N",
        "no_show": "N",
        "fee": "200 kr",
        "without_fee": "N",
        "exemption": "",
    }
    assert proposal.medical == {"main_diagnosis": "F411", "problem": "KBT", "kva": "DU011"}
    assert proposal.medical_origin == "F411 från inskrivningen, KVÅ från problemet"
    assert (proposal.visit_number, proposal.visits_allowed, proposal.fee) == (1, 20, 200)
    assert (proposal.caregiver_name, proposal.reception_name) == (
        "Annika Lindgren",
        "Huvudmottagning",
    )

    assert proposal.medical is not None
    fields = {**proposal.raw, **proposal.medical, "time": "930"}
    saved = visits.save_all(clinic.at(DAY), clinic.vera, fields)
    assert visits.get(clinic.at(DAY), saved.id) == saved
    assert (saved.time.isoformat(), saved.fee, saved.dia_reg) == ("09:30:00", 200, "J")
    assert saved.raw() == {**proposal.raw, "time": "09:30"}
    stored = medical.get(clinic.at(DAY), saved.id)
    assert (stored.main_diagnosis, stored.problem, stored.kva) == ("F411", "KBT", ("DU011",))

    again = visits.propose(clinic.at(DAY + WEEK), clinic.vera)
    assert (again.raw["contact_type"], again.visit_number) == ("ÅB", 2)
    assert again.medical_origin.startswith("F411 från besöket 2026-03-09")


def test_the_last_visit_decides_reception_and_caregiver(one: Clinic) -> None:
    card = one.commitment()
    one.visit(card, DAY, reception="FILIAL", caregiver="BOPROV", main_diagnosis="F410")
    proposal = visits.propose(one.at(DAY + WEEK), one.vera)
    assert (proposal.raw["reception"], proposal.raw["caregiver"]) == ("FILIAL", "BOPROV")
    assert (proposal.category, proposal.reception_name) == ("PS", "Filial Vidhamn")
    assert proposal.medical is not None
    assert proposal.medical["main_diagnosis"] == "F410"


def test_who_has_left_is_not_proposed(one: Clinic) -> None:
    card = one.commitment(date(2025, 12, 1), caregiver="GORLAT")
    one.visit(card, date(2025, 12, 3), caregiver="GORLAT")
    proposal = visits.propose(one.at(DAY), one.vera)
    assert proposal.raw["caregiver"] == "ANNLIN"


def test_a_choice_among_several_and_none(one: Clinic) -> None:
    first = one.commitment()
    second = one.commitment(problem="IPT")
    proposal = visits.propose(one.at(DAY), one.vera)
    assert (proposal.commitment_id, proposal.raw["commitment"], proposal.medical) == (
        None,
        "",
        None,
    )
    assert {choice.id for choice in proposal.commitments} == {first.id, second.id}
    chosen = visits.propose(one.at(DAY), one.vera, second.id)
    assert (chosen.problem, chosen.raw["commitment"]) == ("IPT", str(second.id))
    none = visits.propose(one.at(DAY), one.max)
    assert none.why_not
    assert "040" in none.why_not.message
    assert none.commitments == ()
    with pytest.raises(NotFound):
        visits.propose(one.at(DAY), 9_999)
    other = one.commitment(patient=one.max)
    with refused("BE01", "commitment"):
        visits.propose(one.at(DAY), one.vera, other.id)


def test_the_young_and_the_old_pay_nothing_and_no_shows_pay(one: Clinic) -> None:
    card = one.commitment(patient=one.young)
    proposal = visits.propose(one.at(DAY), one.young)
    assert (proposal.fee, proposal.raw["without_fee"], proposal.raw["exemption"]) == (0, "J", "U2")
    assert proposal.fee_reason.startswith("Under 20 år")
    assert one.visit(card, DAY).fee == 0
    assert one.visit(card, DAY + WEEK, no_show="J").fee == 300
    grown = one.commitment()
    assert one.visit(grown, DAY, no_show="J").fee == 400
    born = date(1941, 3, 10)
    assert visits.fee_for(born, date(2026, 3, 9)) == (200, "Besöksavgift")
    assert visits.fee_for(born, DAY + WEEK, without_fee=True, exemption="Ä8")[0] == 0
    assert visits.fee_for(born, DAY + WEEK, no_show=True)[0] == 300
    assert visits.fee_for(date(1990, 1, 1), DAY, no_show=True) == (400, "Uteblivet besök")


def test_one_event_tells_visit_and_registration(clinic: Clinic) -> None:
    card = clinic.commitment()
    before = len(clinic.events())
    saved = clinic.visit(card, DAY, distance="J", kva="DU011 ZV051")
    proposed, event = clinic.events()[before:]
    assert (proposed.action, proposed.patient_id) == ("read", clinic.vera)
    assert (event.action, event.entity, event.entity_id, event.patient_id) == (
        "create",
        "visit",
        saved.id,
        clinic.vera,
    )
    changes = json.loads(event.changes)
    assert changes["time"] == [None, "09:00:00"]
    assert changes["main_diagnosis"] == [None, "F411"]
    assert changes["kva"] == [None, "DU011 ZV051"]


def test_a_no_show_needs_no_codes(one: Clinic) -> None:
    card = one.commitment()
    saved = one.visit(card, DAY, no_show="J", kva="", problem="")
    assert (saved.visit_number, saved.dia_reg, saved.no_show) == (0, "-", True)
    assert medical.get(one.at(DAY), saved.id).version is None


def test_changing_a_visit_tells_old_and_new(clinic: Clinic) -> None:
    card = clinic.commitment()
    saved = clinic.visit(card, DAY)
    raw = saved.raw() | {"time": "1015", "reception": "FILIAL"}
    changed = visits.change(clinic.at(DAY), saved.id, saved.version, raw)
    assert (changed.version, changed.reception) == (saved.version + 1, "FILIAL")
    event = clinic.events()[-1]
    assert (event.action, event.entity_id) == ("change", saved.id)
    assert json.loads(event.changes) == {
        "time": ["09:00:00", "10:15:00"],
        "reception": ["HUVUD", "FILIAL"],
    }
    with pytest.raises(Conflict) as caught:
        visits.change(clinic.at(DAY), saved.id, saved.version, raw)
    assert caught.value.who == "Annika Lindgren"
    with pytest.raises(Conflict):
        visits.cancel(clinic.at(DAY), saved.id, saved.version, "fel")


def test_a_visit_moves_to_the_right_commitment(one: Clinic) -> None:
    wrong = one.commitment()
    right = one.commitment(problem="IPT")
    first = one.visit(wrong, DAY)
    one.visit(wrong, DAY + WEEK)
    raw = first.raw() | {"commitment": str(right.id)}
    today = one.at(DAY + WEEK)
    with pytest.raises(Unconfirmed):
        visits.change(today, first.id, first.version, raw)
    moved = visits.change(today, first.id, first.version, raw, confirming("BE03"))
    assert moved.problem == "IPT"
    assert one.contact_types(wrong.id) == ["NY"]
    assert one.contact_types(right.id) == ["NY"]


def test_a_cancelled_visit_stays_with_its_reason(clinic: Clinic) -> None:
    card = clinic.commitment()
    saved = clinic.visit(card, DAY)
    for reason in ("", "  ", "x\x1b[2J"):
        with refused("BE01", "cancel_reason"):
            visits.cancel(clinic.at(DAY), saved.id, saved.version, reason)
    gone = visits.cancel(clinic.at(DAY), saved.id, saved.version, "registrerat på fel patient")
    assert (gone.cancelled, gone.cancel_reason) == (True, "registrerat på fel patient")
    assert gone.visit_number == 0
    event = clinic.events()[-1]
    assert (event.action, event.reason) == ("cancel", "registrerat på fel patient")
    (row,) = contacts.contacts_page(clinic.at(DAY), clinic.vera).rows
    assert row.cancelled
    with refused("BE01", "", "makulerat"):
        visits.cancel(clinic.at(DAY), saved.id, gone.version, "igen")
    with refused("BE01", "", "makulerat"):
        visits.change(clinic.at(DAY), saved.id, gone.version, saved.raw())
    assert visits.propose(clinic.at(DAY), clinic.vera).raw["contact_type"] == "NY"


def test_second_half_of_a_double_session(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY, diagnosis="F42-")
    first = clinic.visit(card, DAY, "0900", main_diagnosis="F422", distance="J", kva="DU011 ZV051")
    proposal = visits.propose_second(clinic.at(DAY), first.id)
    assert proposal.raw == first.raw() | {
        "time": "09:45",
        "contact_type": "ÅB",
        "fee": "0 kr",
        "without_fee": "J",
        "exemption": "SJ",
    }
    assert proposal.medical == {"main_diagnosis": "F422", "problem": "KBT", "kva": "DU011 ZV051"}
    assert (proposal.visit_number, proposal.visits_allowed) == (2, 23)
    clinic.visit(card, DAY, "0945", caregiver="BOPROV", contact_type="ÅB", main_diagnosis="F422")
    assert visits.propose_second(clinic.at(DAY), first.id).raw["time"] == "10:00"


def test_a_second_half_may_be_changed_and_then_cancelled(one: Clinic) -> None:
    card = one.commitment()
    first = one.visit(card, DAY, "0900", main_diagnosis="F431")
    proposal = visits.propose_second(one.at(DAY), first.id)
    assert proposal.medical is not None
    second = visits.save_all(one.at(DAY), one.vera, {**proposal.raw, **proposal.medical})
    moved = visits.change(one.at(DAY), second.id, second.version, second.raw() | {"time": "1000"})
    assert moved.double_of_visit_id == first.id
    with refused("BE05", "", "redan en dubbelsessions"):
        visits.propose_second(one.at(DAY), second.id)
    visits.cancel(one.at(DAY), second.id, moved.version, "blev inte av")
    visits.cancel(one.at(DAY), first.id, first.version, "blev inte av")


def test_no_visit_lasts_past_midnight(one: Clinic) -> None:
    card = one.commitment()
    first = one.visit(card, DAY, "2330", main_diagnosis="F431")
    assert visits.propose_second(one.at(DAY), first.id).raw["time"] == ""


def test_two_clerks_at_once_make_one_new_visit(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = [
        clinic.visit_fields(card, DAY, time, caregiver=caregiver)
        for time, caregiver in (("0900", "ANNLIN"), ("1000", "BOPROV"))
    ]
    gate, answers = Barrier(2), []

    def save(raw: Mapping[str, str]) -> None:
        gate.wait()
        try:
            answers.append(visits.save_all(clinic.at(DAY), clinic.vera, raw).contact_type)
        except (Refused, Unconfirmed) as stopped:
            answers.append(stopped.findings[0].rule)

    threads = [Thread(target=save, args=(raw,)) for raw in fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["BE03", "NY"]
    assert clinic.contact_types(card.id) == ["NY"]


def test_two_clerks_save_the_same_visit_once(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY - WEEK)
    fields = clinic.visit_fields(card, DAY)
    gate, answers = Barrier(2), []

    def save() -> None:
        gate.wait()
        try:
            answers.append(visits.save_all(clinic.at(DAY), clinic.vera, fields).contact_type)
        except Refused as stopped:
            answers.append(stopped.findings[0].rule)

    threads = [Thread(target=save) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["BE08", "ÅB"]


def test_a_stray_commitment_number_is_a_plain_refusal(one: Clinic) -> None:
    card = one.commitment()
    for number in ("0", "999999999999999999999", "4294967297"):
        with refused("SE01", ""):
            one.visit(card, DAY, commitment=number)
