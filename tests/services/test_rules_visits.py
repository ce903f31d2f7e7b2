"""One test per rule of domain.md section 3 that 085 and 184 ask for, and SE01.

Each: refused or warned by its id at the right field, and let through when it is right.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.validation.findings import Confirmed, Refused, Unconfirmed
from tests.services.clinic import (
    ALL,
    Clinic,
    all_but,
    confirming,
    make_clinic,
    refused,
    save_medical,
    warned,
)

NONE: Confirmed = frozenset()
DAY = date(2026, 3, 9)


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


def without(*rules: str) -> Confirmed:
    """Everything confirmed but *rules*."""
    return all_but(*rules)


# -- 085 -----------------------------------------------------------------------------------


def test_be01_mandatory_fields_of_a_visit(clinic: Clinic) -> None:
    card = clinic.commitment()
    for field in ("date", "time", "reception", "reason", "kind", "caregiver", "contact_type"):
        with refused("BE01", field):
            fields = clinic.visit_fields(card, DAY) | {field: ""}
            visits.save_all(clinic.at(DAY), clinic.vera, fields, ALL)
    for time in ("2500", "9:75", "nio"):
        with refused("BE01", "time"):
            clinic.visit(card, DAY, time)
    for signature in ("GORLAT", "FINNSE", clinic.seed.b.signature):
        with refused("BE01", "caregiver"):
            clinic.visit(card, DAY, caregiver=signature)
    with refused("BE01", "date", "ankomst"):
        clinic.visit(card, DAY, date="2026-03-01")
    with refused("BE01", "commitment"):
        clinic.visit(card, DAY, commitment="")
    other = clinic.commitment(patient=clinic.max)
    with refused("BE01", "commitment", "annan patient"):
        clinic.visit(card, DAY, commitment=str(other.id))
    assert clinic.visit(card, DAY, "9").time.isoformat() == "09:00:00"


def test_be02_reception_is_the_units(clinic: Clinic) -> None:
    card = clinic.commitment()
    for code in ("ANNAN", "FINNSE"):
        with refused("BE02", "reception", code):
            clinic.visit(card, DAY, reception=code)
    visit = clinic.visit(card, DAY, reception="filial")
    assert (visit.unit, visit.reception, visit.reception_name) == (
        "PSMA01",
        "FILIAL",
        "Filial Vidhamn",
    )


def test_be03_exactly_the_first_kept_visit_is_new(clinic: Clinic) -> None:
    card = clinic.commitment()
    with refused("BE03", "contact_type"):
        clinic.visit(card, DAY, contact_type="ÅB")
    clinic.visit(card, DAY)
    with refused("BE03", "contact_type", DAY.isoformat()):
        clinic.visit(card, DAY + timedelta(days=1), contact_type="NY")
    earlier = clinic.visit_fields(card, DAY - timedelta(days=1), today=DAY, contact_type="NY")
    with warned("BE03", "contact_type", "2026-03-09 09:00", "återbesök"):
        visits.save_all(clinic.at(DAY), clinic.vera, earlier, without("BE03"))
    assert clinic.contact_types(card.id) == ["NY"]
    first = visits.save_all(clinic.at(DAY), clinic.vera, earlier, ALL)
    assert clinic.contact_types(card.id) == ["NY", "ÅB"]
    with warned("BE03", "contact_type", "2026-03-09 09:00", "nybesök"):
        visits.cancel(clinic.at(DAY), first.id, first.version, "fel dag")
    visits.cancel(clinic.at(DAY), first.id, first.version, "fel dag", confirming("BE03"))
    assert clinic.contact_types(card.id) == ["NY"]


def test_be03_changing_the_new_visit_passes_it_on(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = visits.save(clinic.at(DAY), card.patient_id, clinic.visit_fields(card, DAY), ALL)
    clinic.visit(card, DAY + timedelta(days=7))
    today = clinic.at(DAY + timedelta(days=9))
    gone = first.raw() | {"no_show": "J"}
    with warned("BE03", "contact_type", "2026-03-16"):
        visits.change(today, first.id, first.version, gone)
    moved = first.raw() | {"date": "2026-03-17", "contact_type": "ÅB"}
    with warned("BE03", "contact_type", "2026-03-16"):
        visits.change(today, first.id, first.version, moved)
    visits.change(today, first.id, first.version, moved, confirming("BE03"))
    assert clinic.contact_types(card.id) == ["NY", "ÅB"]


def test_be03_a_no_show_is_not_the_new_visit(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY, no_show="J", contact_type="NY")
    later = clinic.visit(card, DAY + timedelta(days=1))
    assert (later.contact_type, later.visit_number) == ("NY", 1)


def test_be04_distance_has_zv051(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY, distance="J", kva="DU011")
    with warned("BE04", "kva", "ZV051"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("BE04"))
    fields["kva"] = "DU011 ZV051"
    visit = visits.save_all(clinic.at(DAY), clinic.vera, fields, NONE)
    assert (visit.contact_type, visit.distance) == ("NY", True)
    with warned("BE04", "kva"):
        save_medical(clinic, visit, {"kva_2": ""}, without("BE04"))
    with warned("BE06", "kva"):
        visits.change(clinic.at(DAY), visit.id, visit.version, visit.raw() | {"interpreter": "J"})


def test_be05_double_session_only_for_ptsd_and_ocd(clinic: Clinic) -> None:
    anxious = clinic.commitment()
    first = clinic.visit(anxious, DAY, "0900", main_diagnosis="F411")
    with refused("BE05", "time", "PTSD"):
        clinic.visit(anxious, DAY, "0945", main_diagnosis="F411", without_fee="J", exemption="SJ")
    with refused("BE05", "", "F411"):
        visits.propose_second(clinic.at(DAY), first.id)

    hurt = clinic.commitment(patient=clinic.max)
    first = clinic.visit(hurt, DAY, "0900", main_diagnosis="F431")
    assert first.may_double
    with refused("BE05", "without_fee", "Utan avgift J"):
        clinic.visit(hurt, DAY, "0945", main_diagnosis="F431")
    with refused("BE05", "exemption", "SJ"):
        clinic.visit(hurt, DAY, "0945", main_diagnosis="F431", without_fee="J", exemption="SM")
    proposal = visits.propose_second(clinic.at(DAY), first.id)
    assert proposal.raw["time"] == "09:45"
    assert (proposal.raw["without_fee"], proposal.raw["exemption"]) == ("J", "SJ")
    assert proposal.medical is not None
    second = visits.save_all(clinic.at(DAY), clinic.max, {**proposal.raw, **proposal.medical}, NONE)
    assert (second.fee, second.visit_number, second.double_of_visit_id) == (0, 2, first.id)
    with refused("BE05", "", "finns redan"):
        visits.propose_second(clinic.at(DAY), first.id)
    with refused("BE05", "", "09:45"):
        visits.cancel(clinic.at(DAY), first.id, first.version, "fel", ALL)
    with refused("BE05", "", "09:45"):
        visits.change(
            clinic.at(DAY), first.id, first.version, first.raw() | {"date": "2026-03-06"}, ALL
        )
    with refused("BE05", "time", "13:00"):
        clinic.visit(hurt, DAY, "1300", main_diagnosis="F431")
        clinic.visit(hurt, DAY, "1215", main_diagnosis="F431")


def test_be05_a_double_session_keeps_its_diagnosis(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = clinic.visit(card, DAY, "0900", main_diagnosis="F431")
    second = clinic.visit(card, DAY, "0945", main_diagnosis="F431", without_fee="J", exemption="SJ")
    for half in (first, second):
        with refused("BE05", "main_diagnosis", "F411", "083"):
            save_medical(clinic, half, {"main_diagnosis": "F411"})
        save_medical(clinic, half, {"main_diagnosis": "F420"})
    visits.cancel(clinic.at(DAY), second.id, second.version, "fel")
    save_medical(clinic, first, {"main_diagnosis": "F411"})


FREE: Any = {"main_diagnosis": "F431", "without_fee": "J", "exemption": "SJ"}


@pytest.mark.parametrize("time", ["0930", "1000", "0915"])
def test_be05_a_double_session_is_two_visits(clinic: Clinic, time: str) -> None:
    card = clinic.commitment()
    first = clinic.visit(card, DAY, "0900", main_diagnosis="F431")
    second = clinic.visit(card, DAY, "0945", **FREE)
    third = clinic.visit(card, DAY, "1200", **FREE)
    with refused("BE05", "time", "två besök", "09:45"):
        clinic.visit(card, DAY, time, **FREE)
    raw = third.raw() | {"time": time}
    with refused("BE05", "time", "två besök", "09:45"):
        visits.change(clinic.at(DAY), third.id, third.version, raw, ALL)
    visits.change(clinic.at(DAY), second.id, second.version, second.raw() | {"time": time}, ALL)
    assert visits.get(clinic.at(DAY), second.id).double_of_visit_id == first.id


def test_be05_a_half_saved_last_makes_no_three(clinic: Clinic) -> None:
    card = clinic.commitment()
    second = clinic.visit(card, DAY, "0945", **FREE)
    first = clinic.visit(card, DAY, "0900", main_diagnosis="F431", contact_type="NY")
    assert visits.get(clinic.at(DAY), second.id).double_of_visit_id == first.id
    with refused("BE05", "time", "två besök", "09:45"):
        clinic.visit(card, DAY, "1000", **FREE)
    with refused("BE05", "time", "två besök", "09:45"):
        clinic.visit(card, DAY, "0815", contact_type="NY", main_diagnosis="F431")
    with refused("BE05", "", "andra hälft"):
        visits.cancel(clinic.at(DAY), first.id, first.version, "fel", ALL)
    moved = first.raw() | {"time": "1030", **FREE}
    del moved["main_diagnosis"]
    with refused("BE05", "", "andra hälft"):
        visits.change(clinic.at(DAY), first.id, first.version, moved, ALL)
    clinic.visit(card, DAY, "1030", main_diagnosis="F431")


def test_be05_a_first_half_does_not_become_a_second(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = clinic.visit(card, DAY, "1000", **FREE)
    clinic.visit(card, DAY, "1045", **FREE)
    clinic.visit(card, DAY, "0800", contact_type="NY", main_diagnosis="F431")
    with refused("BE05", "time", "två besök", "10:45"):
        clinic.visit(card, DAY, "0915", main_diagnosis="F431")
    clinic.visit(card, DAY, "0845", **FREE)
    raw = first.raw() | {"contact_type": "ÅB", "time": "0930"}
    visits.change(clinic.at(DAY), first.id, first.version + 1, raw | {"time": "0950"}, ALL)


def test_be05_a_no_show_that_came_makes_no_three(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY, "0900", main_diagnosis="F431")
    missed = clinic.visit(card, DAY, "0945", no_show="J", contact_type="ÅB")
    clinic.visit(card, DAY, "1000", **FREE)
    raw = missed.raw() | {"no_show": "N", "without_fee": "J", "exemption": "SJ"}
    with refused("BE05", "time", "två besök", "10:00"):
        visits.change(clinic.at(DAY), missed.id, missed.version, raw, ALL)


def test_me01_a_coded_visit_is_no_no_show(clinic: Clinic) -> None:
    visit = clinic.visit(clinic.commitment(), DAY)
    with refused("ME01", "no_show", "Makulera"):
        visits.change(clinic.at(DAY), visit.id, visit.version, visit.raw() | {"no_show": "J"}, ALL)
    visits.cancel(clinic.at(DAY), visit.id, visit.version, "uteblev")
    missed = clinic.visit_fields(
        care_commitments.get(clinic.at(DAY), visit.commitment_id), DAY, no_show="J"
    )
    assert visits.save(clinic.at(DAY), visit.patient_id, missed, ALL).dia_reg == "-"


def test_be06_interpreter_has_zv020(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY, interpreter="J", kva="DU011")
    with warned("BE06", "kva", "ZV020"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("BE06"))
    fields["kva"] = "DU011, ZV020"
    visits.save_all(clinic.at(DAY), clinic.vera, fields, NONE)


def test_be07_no_more_visits_than_allowed(clinic: Clinic) -> None:
    card = clinic.commitment()
    made = [clinic.visit(card, DAY + timedelta(days=number)) for number in range(20)]
    visit = made[-1]
    assert (visit.visit_number, visit.visits_allowed) == (20, 20)
    day = DAY + timedelta(days=30)
    fields = clinic.visit_fields(card, day)
    with warned("BE07", "", "21", "20"):
        visits.save_all(clinic.at(day), clinic.vera, fields, without("BE07"))
    fields["main_diagnosis"] = "F420"
    visit = visits.save_all(clinic.at(day), clinic.vera, fields, NONE)
    assert (visit.visit_number, visit.visits_allowed) == (21, 23)
    old = clinic.commitment(day=date(2023, 12, 29), patient=clinic.max)
    assert old.visits_allowed is None


def test_be08_the_same_start_once(clinic: Clinic) -> None:
    card = clinic.commitment()
    first = clinic.visit(card, DAY)
    with refused("BE08", "time", "09:00", "ANNLIN"):
        clinic.visit(card, DAY, contact_type="ÅB")
    clinic.visit(card, DAY, contact_type="ÅB", caregiver="BOPROV")
    visits.cancel(clinic.at(DAY), first.id, first.version, "dubbel", ALL)
    clinic.visit(card, DAY, contact_type="ÅB", caregiver="ANNLIN")


def test_be09_a_visit_ahead_is_a_booking(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.visit(card, DAY)
    ahead = clinic.visit_fields(card, DAY + timedelta(days=7), today=DAY)
    with warned("BE09", "date", "2026-03-16"):
        visits.save_all(clinic.at(DAY), clinic.vera, ahead, without("BE09"))
    visits.save_all(clinic.at(DAY), clinic.vera, ahead, confirming("BE09"))
    with refused("BE01", "no_show"):
        clinic.visit(card, DAY + timedelta(days=8), today=DAY, no_show="J")


def test_hk01_without_fee_needs_its_reason(clinic: Clinic) -> None:
    card = clinic.commitment()
    with refused("HK01", "exemption"):
        clinic.visit(card, DAY, without_fee="J")
    with refused("HK01", "without_fee"):
        clinic.visit(card, DAY, exemption="SJ")
    with refused("HK01", "exemption"):
        clinic.visit(card, DAY, without_fee="J", exemption="QQ")
    assert clinic.visit(card, DAY, without_fee="J", exemption="SJ").fee == 0


# -- 184 -----------------------------------------------------------------------------------


def test_me01_main_diagnosis_is_in_the_list(clinic: Clinic) -> None:
    card = clinic.commitment()
    for code in ("F32-", "F419P", "F999", "F322", ""):
        with refused("ME01", "main_diagnosis"):
            clinic.visit(card, DAY, main_diagnosis=code or " ")
    visit = clinic.visit(card, DAY, main_diagnosis="f41.0")
    for code in ("F438B", ""):
        with refused("ME01", "main_diagnosis"):
            save_medical(clinic, visit, {"main_diagnosis": code})
    assert save_medical(clinic, visit, {"main_diagnosis": "F32.0"}).main_diagnosis == "F320"


def test_me02_other_diagnoses_well_formed_and_once(clinic: Clinic) -> None:
    visit = clinic.visit(clinic.commitment(), DAY)
    for row, code in (("diagnosis_2", "41F"), ("diagnosis_15", "F41.000"), ("diagnosis_3", "F411")):
        with refused("ME02", row):
            save_medical(clinic, visit, {row: code})
    with refused("ME02", "diagnosis_4"):
        save_medical(clinic, visit, {"diagnosis_3": "Z73.0", "diagnosis_4": "Z730"})
    with warned("ME02W", "diagnosis_3", "Z730"):
        save_medical(clinic, visit, {"diagnosis_3": "Z73.0"}, without("ME02W"))
    saved = save_medical(clinic, visit, {"diagnosis_3": "Z73.0", "diagnosis_15": "F410"})
    assert saved.other_diagnoses == ((3, "Z730"), (15, "F410"))


def test_me03_problem_is_one_of_three(clinic: Clinic) -> None:
    card = clinic.commitment()
    for problem in ("", "ABC"):
        with refused("ME03", "problem"):
            clinic.visit(card, DAY, problem=problem)
    assert clinic.visit(card, DAY, problem="kbt").dia_reg == "J"


def test_me04_a_treatment_code_well_formed_and_once(clinic: Clinic) -> None:
    card = clinic.commitment()
    for codes in ("", "ZV051", "DU011 DU011", "DU011 D11"):
        with refused("ME04", "kva"):
            clinic.visit(card, DAY, kva=codes)
    visit = clinic.visit(card, DAY, kva="du011 xaa10")
    with refused("ME04", "kva_1"):
        save_medical(clinic, visit, {"kva_1": "", "kva_2": ""})
    assert save_medical(clinic, visit, {"kva_2": ""}).kva == ("DU011",)


def test_me05_codes_match_the_problem(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY, kva="DU022")
    with warned("ME05", "problem", "DU011"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("ME05"))
    fields |= {"kva": "DU022", "problem": "IPT"}
    with warned("ME05", "problem", "KBT"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("ME05"))
    fields |= {"kva": "DU011", "problem": "KBT"}
    visits.save_all(clinic.at(DAY), clinic.vera, fields, NONE)


def test_me06_diagnosis_agrees_with_enrolment(clinic: Clinic) -> None:
    card = clinic.commitment()
    clinic.enrol(card, DAY, diagnosis="F32-")
    fields = clinic.visit_fields(card, DAY, main_diagnosis="F411")
    with warned("ME06", "main_diagnosis", "F411", "F32-"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("ME06"))
    fields["main_diagnosis"] = "F321"
    visits.save_all(clinic.at(DAY), clinic.vera, fields, NONE)


def test_me07_recommended_method(clinic: Clinic) -> None:
    card = clinic.commitment(problem="PDT")
    fields = clinic.visit_fields(card, DAY, main_diagnosis="F410")
    with warned("ME07", "problem", "KBT"):
        visits.save_all(clinic.at(DAY), clinic.vera, fields, without("ME07"))
    fields["main_diagnosis"] = "F438"
    visits.save_all(clinic.at(DAY), clinic.vera, fields, NONE)


def test_me08_a_visit_without_registration_shows_n(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY)
    visit = visits.save(clinic.at(DAY), clinic.vera, fields)
    assert visit.dia_reg == "N"
    save_medical(clinic, visit, {"main_diagnosis": "F411"})
    assert visits.get(clinic.at(DAY), visit.id).dia_reg == "J"
    assert clinic.visit(card, DAY, "1300", no_show="J").dia_reg == "-"


def test_se01_another_units_commitment_is_refused_and_logged(clinic: Clinic) -> None:
    card = clinic.commitment()
    theirs = clinic.at(DAY, "b")
    with refused("SE01", "", str(card.id), "PSLU02"):
        care_commitments.get(theirs, card.id)
    assert clinic.events()[-1].action == "denied"
    assert clinic.events()[-1].unit_id == clinic.seed.b.id
    assert care_commitments.get(clinic.at(DAY), card.id).id == card.id


def test_every_fault_is_told_at_once(clinic: Clinic) -> None:
    card = clinic.commitment()
    with pytest.raises(Refused) as caught:
        clinic.visit(card, DAY, "2500", kva="", main_diagnosis="F99", reason="X")
    assert {f.rule for f in caught.value.findings} == {"BE01", "ME01", "ME04"}


def test_warnings_are_confirmed_one_by_one(clinic: Clinic) -> None:
    card = clinic.commitment()
    fields = clinic.visit_fields(card, DAY, distance="J", interpreter="J", kva="DU011")
    with pytest.raises(Unconfirmed) as caught:
        visits.save_all(clinic.at(DAY), clinic.vera, fields, confirming("BE04"))
    assert [f.rule for f in caught.value.findings] == ["BE06"]
    rules = confirming("BE04", "BE06")
    saved = visits.save_all(clinic.at(DAY), clinic.vera, fields, rules)
    assert saved.distance
    assert saved.interpreter
