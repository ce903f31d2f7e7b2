"""Screen 184: diagnoses, problem and KVÅ codes of a visit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.medical import (
    PROCEDURES,
    ROWS,
    MedicalFacts,
    MedicalInput,
    check_medical,
    proposed_kva,
    read_medical,
)
from tests.validation.answers import (
    TODAY,
    answers,
    blocked,
    faults,
    hostile_form,
    reason,
    survives,
    unhurried,
    warned,
    why,
)

DIAGNOSES = {"main_diagnosis": "f41.1", "problem": "kbt"} | {f"diagnosis_{n}": "" for n in ROWS}
SHORT = DIAGNOSES | {"kva": "du011"}  # 085's lower half
LONG = DIAGNOSES | {f"kva_{n}": "" for n in PROCEDURES} | {"kva_1": "DU011"}  # 184
GIVEN = MedicalInput("F411", (), "KBT", ("DU011",))
FACTS = MedicalFacts(commitment_problem="KBT", enrolment_diagnosis="F411")


def findings_of(facts: MedicalFacts = FACTS, **changes: object) -> list[Finding]:
    return check_medical(replace(GIVEN, **changes), facts, TODAY)  # type: ignore[arg-type]


def test_what_is_right_is_read_and_passes() -> None:
    assert read_medical(SHORT, TODAY) == GIVEN
    assert read_medical(LONG, TODAY) == GIVEN
    assert findings_of() == []


# -- ME01 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        *("F320", "F321", "F40", "F400", "F409", "F410", "F411", "F419", "F42", "F420", "F429"),
        *("F431", "F438", "F438A", "F439"),
    ],
)
def test_me01_the_contracts_diagnoses_are_taken(code: str) -> None:
    with_dot = f"{code[:3]}.{code[3:]}".rstrip(".").lower()
    assert read_medical(SHORT | {"main_diagnosis": with_dot}, TODAY).main_diagnosis == code


@pytest.mark.parametrize(
    "code", ["", "F32", "F322", "F412", "F430", "Z730", "F4", "XXX", "F41\x00"]
)
def test_me01_no_other_is(code: str) -> None:
    assert faults(read_medical, SHORT | {"main_diagnosis": code}) == [("ME01", "main_diagnosis")]


@pytest.mark.parametrize("code", ["F32-", "F40-", "F42-", "F419P", "F439P"])
def test_me01_the_forms_codes_belong_to_the_other_list(code: str) -> None:
    raw = SHORT | {"main_diagnosis": code}
    assert faults(read_medical, raw) == [("ME01", "main_diagnosis")]
    assert "inskrivningsformuläret" in reason(read_medical, raw, "main_diagnosis")


# -- ME02, ME03 ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["Z73.0", "f320", "G47", "F4321", "F438A"])
def test_me02_well_formed_codes_are_taken(code: str) -> None:
    read = read_medical(SHORT | {"diagnosis_15": code}, TODAY)
    assert read.other_diagnoses == ((15, code.replace(".", "").upper()),)


@pytest.mark.parametrize("code", ["Z", "Z7", "7Z30", "Z730AB", "F32-", "F41 1 1 1", "Z٧٣٠", "ÅB1"])
def test_me02_malformed_codes_are_refused(code: str) -> None:
    assert faults(read_medical, SHORT | {"diagnosis_2": code}) == [("ME02", "diagnosis_2")]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ({"diagnosis_2": "F41.1"}, "diagnosis_2"),  # the main diagnosis again
        ({"diagnosis_3": "Z730", "diagnosis_9": "z73.0"}, "diagnosis_9"),
    ],
)
def test_me02_no_code_twice(rows: dict[str, str], field: str) -> None:
    assert faults(read_medical, SHORT | rows) == [("ME02", field)]


def test_me02_codes_the_program_does_not_know_pass_with_a_warning() -> None:
    others = ((2, "Z730"), (3, "F320"))
    findings = findings_of(other_diagnoses=others)
    assert answers(findings) == [("ME02W", "warn", "diagnosis_2")]
    assert "Z730" in why(findings, "ME02W")
    imported = replace(FACTS, known=frozenset({"Z730"}))
    assert findings_of(imported, other_diagnoses=others) == []


@pytest.mark.parametrize("problem", ["", "XYZ", "F41"])
def test_me03_problem_is_one_of_three(problem: str) -> None:
    assert faults(read_medical, SHORT | {"problem": problem}) == [("ME03", "problem")]
    assert read_medical(SHORT | {"problem": "pdt"}, TODAY).problem == "PDT"


# -- ME04 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("du011", ("DU011",)),
        ("DU011 ZV051", ("DU011", "ZV051")),
        (" du022,zv020 ; zv051 ", ("DU022", "ZV020", "ZV051")),
        ("XAA10 DU008", ("XAA10", "DU008")),  # the other shape
    ],
)
def test_me04_codes_are_read_in_order(typed: str, read: tuple[str, ...]) -> None:
    assert read_medical(SHORT | {"kva": typed}, TODAY).kva == read
    rows = {f"kva_{n}": code for n, code in zip((2, 5, 10), read, strict=False)}
    assert read_medical(LONG | {"kva_1": ""} | rows, TODAY).kva == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ZV051",  # no treatment
        "ZV051 ZV020",
        "DU011 DU011",
        "DU011 D11",
        "DU0111",
        "DU٠١١",  # Arabic digits
        "DU011 \x1b[31m",
        "x" * 10_000,
    ],
)
def test_me04_a_treatment_well_formed_and_once(typed: str) -> None:
    assert faults(read_medical, SHORT | {"kva": typed}) == [("ME04", "kva")]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ({"kva_1": ""}, "kva_1"),
        ({"kva_1": "ZV051"}, "kva_1"),
        ({"kva_4": "du011"}, "kva_4"),
        ({"kva_4": "?"}, "kva_4"),
    ],
)
def test_me04_the_row_at_fault_is_named(rows: dict[str, str], field: str) -> None:
    assert faults(read_medical, LONG | rows) == [("ME04", field)]


def test_me04_no_more_codes_than_the_screen_shows() -> None:
    ten = [*(f"XX{n:03}" for n in range(9)), "DU011"]
    assert len(read_medical(SHORT | {"kva": " ".join(ten)}, TODAY).kva) == 10
    eleven = SHORT | {"kva": " ".join([*ten, "XX999"])}
    assert faults(read_medical, eleven) == [("ME04", "kva")]
    assert "11" in reason(read_medical, eleven, "kva")


# -- ME05-ME07, BE04, BE06 -----------------------------------------------------------------


@pytest.mark.parametrize("problem", codes.table("problem"))
@pytest.mark.parametrize("treatment", sorted(codes.TREATMENTS))
def test_me05_the_treatment_is_the_problems(problem: str, treatment: str) -> None:
    facts = MedicalFacts(commitment_problem=problem)
    findings = findings_of(facts, problem=problem, kva=(treatment,), main_diagnosis="F438")
    right = codes.TREATMENT_OF[problem] == treatment
    assert answers(findings) == ([] if right else [("ME05", "warn", "problem")])


def test_me05_the_problem_is_the_commitments() -> None:
    wrong = {"problem": "IPT", "main_diagnosis": "F320"}
    findings = findings_of(replace(FACTS, enrolment_diagnosis="F32-"), kva=("DU022",), **wrong)
    assert answers(findings) == [("ME05", "warn", "problem")]
    assert "KBT" in why(findings, "ME05")


def test_me05_both_disagreements_are_told() -> None:
    facts = replace(FACTS, enrolment_diagnosis="")
    findings = findings_of(facts, problem="IPT", kva=("DU008",), main_diagnosis="F320")
    assert warned(findings) == [("ME05", "problem"), ("ME05", "problem")]


@pytest.mark.parametrize(
    ("form", "agreeing", "other"),
    [
        ("F32-", "F320", "F411"),
        ("F32-", "F321", "F438"),
        ("F40-", "F40", "F410"),
        ("F40-", "F409", "F411"),
        ("F410", "F410", "F411"),
        ("F411", "F411", "F419"),
        ("F419P", "F419", "F411"),
        ("F42-", "F42", "F431"),
        ("F42-", "F429", "F419"),
        ("F431", "F431", "F439"),
        ("F438A", "F438", "F439"),
        ("F438A", "F438A", "F431"),
        ("F439P", "F439", "F438"),
    ],
)
def test_me06_the_diagnosis_agrees_with_the_enrolments(
    form: str, agreeing: str, other: str
) -> None:
    facts = replace(FACTS, enrolment_diagnosis=form)
    assert "ME06" not in {
        rule for rule, _, _ in answers(findings_of(facts, main_diagnosis=agreeing))
    }
    findings = findings_of(facts, main_diagnosis=other)
    assert ("ME06", "main_diagnosis") in warned(findings)
    assert form in why(findings, "ME06")


def test_me06_without_an_enrolment_there_is_nothing_to_agree_with() -> None:
    assert findings_of(replace(FACTS, enrolment_diagnosis=""), main_diagnosis="F431") == []


ANY = {"KBT", "IPT", "PDT"}


@pytest.mark.parametrize(
    ("code", "recommended"),
    [
        ("F320", {"KBT", "IPT"}),
        ("F321", {"KBT", "IPT"}),
        ("F40", {"KBT"}),
        ("F401", {"KBT"}),
        ("F410", {"KBT"}),
        ("F411", {"KBT"}),
        ("F419", {"KBT"}),
        ("F42", {"KBT"}),
        ("F422", {"KBT"}),
        ("F431", {"KBT"}),
        ("F438", ANY),
        ("F438A", ANY),
        ("F439", ANY),
    ],
)
def test_me07_the_method_is_the_one_recommended(code: str, recommended: set[str]) -> None:
    for problem in ANY:
        kva = proposed_kva(problem, distance=False, interpreter=False)
        findings = findings_of(MedicalFacts(problem), main_diagnosis=code, problem=problem, kva=kva)
        assert answers(findings) == (
            [] if problem in recommended else [("ME07", "warn", "problem")]
        )


@pytest.mark.parametrize("distance", [True, False])
@pytest.mark.parametrize("interpreter", [True, False])
def test_be04_be06_the_visits_distance_and_interpreter_are_coded(
    distance: bool, interpreter: bool
) -> None:
    facts = replace(FACTS, distance=distance, interpreter=interpreter)
    wanted = [("BE04", "kva")] * distance + [("BE06", "kva")] * interpreter
    assert warned(findings_of(facts)) == wanted
    proposed = proposed_kva("KBT", distance=distance, interpreter=interpreter)
    assert findings_of(facts, kva=proposed) == []


# -- whatever is typed ---------------------------------------------------------------------


def test_every_fault_is_told_at_once() -> None:
    empty = dict.fromkeys(SHORT, "")
    assert faults(read_medical, empty) == [
        ("ME01", "main_diagnosis"),
        ("ME03", "problem"),
        ("ME04", "kva"),
    ]


@unhurried
@given(st.sampled_from([SHORT, LONG]).flatmap(lambda form: hostile_form(form)))
def test_anything_typed_is_read_or_refused_at_its_field(raw: dict[str, str]) -> None:
    survives(read_medical, raw, SHORT | LONG)


_CODE = st.from_regex(r"[A-Z]{2}[0-9]{3}", fullmatch=True)


@unhurried
@given(st.lists(_CODE, unique=True, max_size=9), st.sampled_from(sorted(codes.TREATMENTS)))
def test_me04_what_is_read_is_written_the_same_again(other: list[str], treatment: str) -> None:
    kva = tuple(dict.fromkeys([treatment, *other]))
    read = read_medical(SHORT | {"kva": " ".join(kva)}, TODAY)
    assert read.kva == kva
    rows = {f"kva_{n}": code for n, code in enumerate(read.kva, 1)}
    assert read_medical(LONG | rows, TODAY).kva == kva
    assert blocked(check_medical(read, FACTS, TODAY)) == []
