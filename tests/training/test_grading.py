"""One fault is one finding, told with its label, rule and chapter; any legal route gets 100."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pasis_tui.training.facts import KINDS, Record, words
from pasis_tui.training.grading import Grade, NothingFree, grade, graded_values
from pasis_tui.training.grading_table import table
from tests.training.exercise_facts import (
    COURSE,
    MAX,
    VERA,
    changed,
    commitment,
    enrolment,
    facts,
    medical,
    patient,
    visit,
)

BEFORE = facts(patient(), patient(MAX, "199307162397", "Max"))
REFERRED = [patient(), patient(MAX, "199307162397", "Max"), commitment()]
FIRST = visit(1, "2026-01-12", contact_type="NY", distance="J")
FIRST_CODES = medical(1, kva="DU011 ZV051")
PAR = facts(*REFERRED, enrolment(), FIRST, FIRST_CODES)


class Value(NamedTuple):
    field: str
    values: tuple[str, ...]


def told(result: Grade) -> list[str]:
    return [each.sentence for each in result.deviations]


def test_the_same_facts_are_worth_all_marks() -> None:
    assert grade(BEFORE, PAR, PAR) == Grade(100, (), grade(BEFORE, PAR, PAR).facts, frozenset())
    # other ids, another order: another route to the same
    other = commitment(("commitment", 100_009))
    done = facts(
        *REFERRED[:2],
        other,
        medical(7, kva="DU011 ZV051"),
        visit(7, "2026-01-12", other.key, contact_type="NY", distance="J"),
        enrolment(other.key),
    )
    assert grade(BEFORE, PAR, done).marks == 100


def test_who_does_nothing_gets_nothing_and_is_told_what_is_missing_once() -> None:
    result = grade(BEFORE, PAR, BEFORE)
    assert result.marks == 0
    (missing,) = result.deviations
    assert missing.sentence == "Vårdåtagande KBT 2026-01-05 saknas."
    assert missing.consequences == (
        "Inskrivning 2026-01-12",
        "Besök 2026-01-12 kl. 10:00",
        "Medicinsk registrering 2026-01-12 kl. 10:00",
    )
    assert {"commitment", "visit.contact_type", "medical.kva"} <= result.wanting


def test_the_wrong_day_is_one_finding() -> None:
    late = changed(FIRST, date="2026-01-13")
    result = grade(BEFORE, PAR, facts(*REFERRED, enrolment(), late, FIRST_CODES))
    assert told(result) == [
        "Besök 2026-01-12 kl. 10:00: Besöksdatum fel värde (du: 2026-01-13, rätt: 2026-01-12)."
    ]
    (wrong,) = result.deviations
    assert (wrong.kind, wrong.rule, wrong.chapter) == (
        "wrong",
        "BE01",
        "Besöksregistrering i PASiS",
    )
    assert (wrong.patient, wrong.label) == ("Testsson, Vera", "Besöksdatum")
    assert result.marks == round(100 * (1 - 1 / max(result.facts, 8)))


def test_what_follows_is_told_under_its_cause_and_costs_nothing() -> None:
    near = changed(FIRST, distance="N")
    codes = changed(FIRST_CODES, kva="DU011")
    result = grade(BEFORE, PAR, facts(*REFERRED, enrolment(), near, codes))
    (wrong,) = result.deviations
    assert wrong.fact == "visit.distance"
    assert wrong.consequences == (
        "Medicinsk registrering 2026-01-12 kl. 10:00: KVÅ fel värde (du: DU011, rätt: DU011 ZV051).",
    )
    alone = grade(BEFORE, PAR, facts(*REFERRED, enrolment(), FIRST, codes))
    assert [each.fact for each in alone.deviations] == ["medical.kva"]
    assert alone.marks == result.marks


def test_the_wrong_problem_explains_treatment_and_codes_but_not_another_slip() -> None:
    course = commitment(problem="PDT")
    form = enrolment(treatment="PDT", diagnosis="F431")
    codes = medical(1, problem="PDT", kva="DU008 ZV051")
    result = grade(BEFORE, PAR, facts(*REFERRED[:2], course, form, FIRST, codes))
    assert [each.fact for each in result.deviations] == [
        "commitment.problem",
        "enrolment.diagnosis",
    ]
    assert len(result.deviations[0].consequences) == 3


def test_a_fault_carried_along_is_one_fault() -> None:
    days = ["2026-01-19", "2026-01-26", "2026-02-02"]
    later = [visit(n, day) for n, day in enumerate(days, 2)]
    par = facts(*REFERRED, FIRST, *later, *(medical(n) for n in (1, 2, 3, 4)))
    wrong = [medical(n, main_diagnosis="F410") for n in (2, 3, 4)]
    result = grade(BEFORE, par, facts(*REFERRED, FIRST, *later, medical(1), *wrong))
    assert [each.fact for each in result.deviations] == ["medical.main_diagnosis"]
    assert len(result.deviations[0].consequences) == 2


def test_an_extra_visit_costs_one_with_what_belongs_to_it() -> None:
    extra = [visit(2, "2026-02-20"), medical(2)]
    result = grade(BEFORE, PAR, facts(*PAR.records.values(), *extra))
    (too_many,) = result.deviations
    assert too_many.sentence == "Besök 2026-02-20 kl. 10:00 är för mycket."
    assert too_many.consequences == ("Medicinsk registrering 2026-02-20 kl. 10:00",)
    assert result.marks == round(100 * (1 - 1 / max(result.facts, 8)))


def test_a_slip_that_was_cancelled_and_registered_again_costs_nothing() -> None:
    slip = visit(2, "2026-01-12", contact_type="NY", cancelled="J")
    assert grade(BEFORE, PAR, facts(*PAR.records.values(), slip)).marks == 100
    # its cancelling came before the right one
    again = [changed(FIRST, cancelled="J"), FIRST._replace(id=2), medical(2, kva="DU011 ZV051")]
    assert grade(BEFORE, PAR, facts(*REFERRED, enrolment(), *again)).marks == 100


def test_looking_somebody_up_costs_nothing() -> None:
    looked_up = patient(("patient", 9), "199307182395", "Sam")
    assert grade(BEFORE, PAR, facts(*PAR.records.values(), looked_up)).marks == 100


def test_the_wrong_patient_is_one_finding() -> None:
    wrong = commitment(parent=MAX)
    done = facts(*REFERRED[:2], wrong, enrolment(), FIRST, FIRST_CODES)
    (found,) = grade(BEFORE, PAR, done).deviations
    assert found.fact == "commitment.identity_number"
    assert (found.yours, found.right) == ("19930716-2397", "19930714-2381")
    # so it is for one who is new to the clinic
    nobody = facts(patient(MAX, "199307162397", "Max"))
    (found,) = grade(
        nobody, PAR, facts(patient(MAX, "199307162397", "Max"), *done.records.values())
    ).deviations
    assert found.fact == "commitment.identity_number"


def test_a_visit_of_the_wrong_commitment_is_one_finding() -> None:
    other = commitment(("commitment", 100_002), problem="IPT", arrival_date="2025-02-03")
    before = facts(patient(), commitment(), other)
    par = facts(*before.records.values(), FIRST, FIRST_CODES)
    done = facts(*before.records.values(), FIRST._replace(parent=other.key), FIRST_CODES)
    (found,) = grade(before, par, done).deviations
    assert (found.fact, found.yours, found.right) == (
        "visit.commitment",
        "IPT 2025-02-03",
        "KBT 2026-01-05",
    )


def test_codes_on_the_wrong_visit_are_one_finding() -> None:
    visits = [FIRST, visit(2, "2026-01-19")]
    before = facts(*REFERRED, *visits)
    (found,) = grade(
        before, facts(*REFERRED, *visits, medical(2)), facts(*REFERRED, *visits, medical(1))
    ).deviations
    assert found.fact == "medical.visit"


def test_a_cancelled_visit_and_a_closed_commitment_are_graded_as_changes() -> None:
    before = PAR
    closing = {
        "closing_date": "2026-01-12",
        "closing_reason": "AV",
        "closing_caregiver": "ANNLIN",
    }
    par = PAR.plus(
        facts(changed(FIRST, cancelled="J"), changed(commitment(), **closing)).since(facts())
    )
    nothing = grade(before, par, before)
    assert nothing.marks == 0
    assert told(nothing)[-1] == (
        "Besök 2026-01-12 kl. 10:00: Makulerad är inte ändrat (du: N, rätt: J)."
    )
    late = par.plus(
        facts(changed(commitment(), **{**closing, "closing_date": "2026-02-02"})).since(facts())
    )
    (found,) = grade(before, par, late).deviations
    assert (found.kind, found.fact, found.rule) == ("wrong", "commitment.closing_date", "VA31")
    # what nobody asked for
    needless = par.plus(facts(changed(enrolment(), diagnosis="F410")).since(facts()))
    (found,) = grade(before, par, needless).deviations
    assert (found.kind, found.yours, found.right) == ("wrong", "F410", "F411")


def test_what_the_solution_removed_must_be_removed_and_nothing_else() -> None:
    before = facts(patient(), commitment())
    par = facts(patient())
    kept = grade(before, par, before)
    assert kept.marks == 0
    assert told(kept) == ["Vårdåtagande KBT 2026-01-05 ska tas bort."]
    too_much = grade(before, facts(*before.records.values(), enrolment()), par)
    assert "Vårdåtagande KBT 2026-01-05 har tagits bort men ska finnas kvar." in told(too_much)


def test_what_is_free_and_what_is_as_good_cost_nothing() -> None:
    extra = visit(2, "2026-04-01")
    done = facts(
        *REFERRED, enrolment(), changed(FIRST, time="11:00", reason="U"), FIRST_CODES, extra
    )
    strict = grade(BEFORE, PAR, done)
    assert [each.fact for each in strict.deviations] == ["visit.time", "visit.reason", "visit"]
    free = NothingFree(("visit.reason",), ("booking",))
    result = grade(BEFORE, PAR, done, free, [Value("visit.time", ("11:00", "12:00"))])
    assert result.marks == 100
    held = facts(*PAR.records.values(), changed(extra, date="2026-02-27"))
    assert grade(BEFORE, PAR, held, free).marks < 100  # no booking


def test_a_fee_is_told_under_its_cause_and_never_alone() -> None:
    cheaper = changed(FIRST, fee="50")
    assert grade(BEFORE, PAR, facts(*REFERRED, enrolment(), cheaper, FIRST_CODES)).marks == 100
    unpaid = changed(FIRST, fee="0", without_fee="J", exemption="SJ")
    result = grade(BEFORE, PAR, facts(*REFERRED, enrolment(), unpaid, FIRST_CODES))
    (found,) = result.deviations
    assert found.fact == "visit.without_fee"
    assert [text.split(": ")[1].split()[0] for text in found.consequences] == ["Orsak", "Avgift"]


def test_marks_count_what_was_typed_not_what_followed() -> None:
    typed = ["visit.time", "visit.distance"]
    before = facts(*REFERRED, enrolment())
    result = grade(before, PAR, PAR, typed=typed)
    assert result.facts == 4  # two records, two fields
    wrong = facts(*before.records.values(), changed(FIRST, time="09:00"), FIRST_CODES)
    assert grade(before, PAR, wrong, typed=typed).marks == 88  # one of at least eight
    half = facts(*before.records.values(), FIRST)
    assert grade(before, PAR, half, typed=typed).marks == 75


def closed(**fields: str) -> Record:
    closing = {"closing_date": "2026-01-12", "closing_reason": "AV", "closing_caregiver": "ANNLIN"}
    return changed(commitment(), **closing | fields)


def test_closing_and_cancelling_are_acts_though_a_button_fills_them_in() -> None:
    people = [patient(), patient(MAX, "199307162397", "Max")]
    booked = visit(2, "2026-03-16")
    before = facts(*people, commitment(), FIRST, FIRST_CODES, booked)
    par = facts(*people, closed(), FIRST, FIRST_CODES, changed(booked, cancelled="J"))
    result = grade(before, par, before, typed=())
    assert (result.marks, result.facts) == (0, 2)
    (booking,) = result.deviations  # it hinders the closing, which is told below it and costs too
    assert (booking.fact, booking.cost) == ("visit.cancelled", 100)
    assert len(booking.consequences) == 3
    late = facts(*people, closed(closing_date="2026-03-02"), *list(par.records.values())[3:])
    (wrong,) = grade(before, par, late, typed=()).deviations
    assert (wrong.fact, wrong.kind) == ("commitment.closing_date", "wrong")


def test_what_was_opened_again_and_left_open_is_not_done() -> None:
    people = [patient(), patient(MAX, "199307162397", "Max")]
    before = facts(*people, closed(closing_date="2026-01-19"), FIRST, FIRST_CODES)
    par = facts(*people, closed(), FIRST, FIRST_CODES)
    result = grade(before, par, facts(*people, commitment(), FIRST, FIRST_CODES), typed=())
    assert result.marks == 0
    assert [each.fact for each in result.deviations] == ["commitment.closing_date"]


def test_what_is_typed_and_not_done_costs_though_it_is_told_with_another() -> None:
    people = [patient(), patient(MAX, "199307162397", "Max")]
    before = facts(*people, commitment())
    par = facts(*people, closed(closing_reason="ÖV"))
    typed = {"commitment.closing_date", "commitment.closing_reason"}
    result = grade(before, par, before, typed=typed)
    assert result.marks == 0
    assert [each.cost for each in result.deviations] == [100]


def test_a_card_that_the_program_issues_is_nobodys_merit() -> None:
    card = Record("issued_card", 5, VERA, {"valid_from": "2026-01-12", "valid_to": "2027-01-11"})
    par = facts(*PAR.records.values(), card)
    assert grade(BEFORE, par, par).facts == grade(BEFORE, PAR, PAR).facts
    assert grade(BEFORE, par, BEFORE).marks == 0


def test_reading_a_person_registers_nothing() -> None:
    typed = {"commitment.problem", "commitment.decision_date"}
    par = facts(patient(), commitment())
    assert grade(facts(), par, facts(), typed=typed).marks == 0
    assert grade(facts(), par, facts(patient()), typed=typed).marks == 0
    assert grade(facts(), par, par, typed=typed).facts == 3
    by_name = typed | {"patient.family_name"}
    assert grade(facts(), par, facts(patient()), typed=by_name).marks == 40


def test_of_two_that_explain_each_other_the_first_is_the_cause() -> None:
    second, codes = visit(2, "2026-01-19"), medical(2)
    par = facts(*REFERRED, enrolment(), FIRST, FIRST_CODES, second, codes)
    wrong = {"main_diagnosis": "F410"}
    form = changed(enrolment(), diagnosis="F410")
    coded = [FIRST, changed(FIRST_CODES, **wrong), second, changed(codes, **wrong)]
    (found,) = grade(BEFORE, par, facts(*REFERRED, form, *coded)).deviations
    assert found.fact == "enrolment.diagnosis"
    assert len(found.consequences) == 2
    (found,) = grade(BEFORE, par, facts(*REFERRED, enrolment(), *coded)).deviations
    assert found.record.startswith("Medicinsk registrering 2026-01-12")
    assert len(found.consequences) == 1


def test_what_was_removed_was_not_done_either() -> None:
    before = facts(patient(), commitment())
    result = grade(before, facts(patient(), closed()), facts(patient()), typed=())
    (found,) = result.deviations
    assert found.sentence == "Vårdåtagande KBT 2026-01-05 har tagits bort men ska finnas kvar."
    assert (result.marks, found.cost) == (0, 100)


def test_the_wrong_patients_visit_is_one_finding_that_names_both() -> None:
    theirs = ("commitment", 100_002)
    before = facts(
        patient(), patient(MAX, "199307162397", "Max"), commitment(), commitment(theirs, MAX)
    )
    par = before.plus(facts(visit(1, "2026-01-12"), medical(1)).since(facts()))
    mixed = visit(1, "2026-01-12", theirs), medical(1, main_diagnosis="F410")
    (found,) = grade(before, par, before.plus(facts(*mixed).since(facts()))).deviations
    assert found.fact == "visit.commitment"
    assert found.yours == "KBT 2026-01-05 Testsson, Max"
    assert found.right == "KBT 2026-01-05 Testsson, Vera"
    assert len(found.consequences) == 1


def test_the_table_names_facts_that_are(subtests: pytest.Subtests) -> None:
    read = table()
    named = {*read.harmless, *read.proposed, *read.acts, *read.missing}
    for rule in read.consequences:
        named |= {*rule.causes, *rule.effects}
    for fact in sorted(named):
        with subtests.test(fact):
            assert fact in KINDS or words(fact).label
    assert COURSE in PAR.records
    assert VERA in PAR.records


def test_what_is_asked_for_is_what_the_story_must_say() -> None:
    asked = {(each.fact, each.value) for each in graded_values(BEFORE, PAR)}
    assert ("visit.time", "10:00") in asked
    assert ("visit.distance", "J") in asked
    assert "visit.date" not in {fact for fact, _ in asked}  # proposed, unless known to be typed
    typed = graded_values(
        BEFORE, PAR, NothingFree(("visit.time",)), ["visit.time", "visit.distance"]
    )
    assert [(each.fact, each.record, each.label, each.value) for each in typed] == [
        ("visit.distance", "Besök 2026-01-12 kl. 10:00", "Distans", "J")
    ]
