"""The rules of the medical registration, screen 184 (ME01-ME07)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding
from pasis_tui.validation.visits import check_contact_codes

ICD10 = re.compile(r"[A-Z]\d{2}(\d(\d|[A-Z])?)?", re.ASCII)
_FORM = re.compile(r"[A-Z][0-9]{2}-")  # the enrolment form's codes for a whole group
ROWS = range(2, 16)
PROCEDURES = range(1, 11)
_METHODS = {  # ME07: recommended by Region Skåne
    "F32": ("KBT", "IPT"),
    "F40": ("KBT",),
    "F410": ("KBT",),
    "F411": ("KBT",),
    "F419": ("KBT",),
    "F42": ("KBT",),
    "F431": ("KBT",),
}


@dataclass(frozen=True, slots=True)
class MedicalInput:
    """Screen 184 as read; codes without the dot.

    ``other_diagnoses`` are (row 2-15, code), ``kva`` the procedure codes in order.
    """

    main_diagnosis: str
    other_diagnoses: tuple[tuple[int, str], ...]
    problem: str
    kva: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MedicalFacts:
    """What the database knows of the visit being coded.

    ``known`` are codes of an imported official list; ``doubled`` tells that the visit is a half
    of a double session.
    """

    commitment_problem: str = ""
    enrolment_diagnosis: str = ""
    distance: bool = False
    interpreter: bool = False
    known: frozenset[str] = frozenset()
    doubled: bool = False


def _read_kva(reader: Reader, raw: Mapping[str, str]) -> tuple[str, ...]:
    """Read the KVÅ codes (ME04): 085's one field ``kva``, or else 184's kva_1 … kva_10."""
    names = ["kva"] if raw.get("kva", "").strip() else [f"kva_{n}" for n in PROCEDURES]
    kva: list[str] = []
    faults = len(reader.faults)
    typed = [
        (name, code)
        for name in names
        for code in reader.text(name, "KVÅ", "kva", rule="ME04").split()
    ]
    if len(typed) > len(PROCEDURES):
        most = len(PROCEDURES)
        reader.fault(typed[most][0], "too_many", "ME04", count=len(typed), most=most)
        return ()
    for name, code in typed:
        if not codes.KVA.fullmatch(code):
            reader.fault(name, "no_code", "ME04", code=shown(code))
        elif code in kva:
            reader.fault(name, "twice", "ME04", code=code)
        else:
            kva.append(code)
    if len(reader.faults) == faults and not codes.TREATMENTS & set(kva):
        reader.fault("kva" if "kva" in raw else "kva_1", "no_treatment", "ME04")
    return tuple(kva)


def read_medical(raw: Mapping[str, str], today: date) -> MedicalInput:
    """Read screens 184 and 184 KVÅ; raises Refused with every fault (ME01-ME04)."""
    reader = Reader(raw, today, "ME02")
    main = reader.text("main_diagnosis", "Huvuddiagnos", "diagnosis", mandatory=True, rule="ME01")
    if main and main not in codes.table("main_diagnosis"):
        of_form = main in codes.table("enrolment_diagnosis") or _FORM.fullmatch(main)
        variant = "code_of_form" if of_form else "not_in_list"
        reader.fault("main_diagnosis", variant, "ME01", code=shown(main))
    others: list[tuple[int, str]] = []
    for row in ROWS:
        field = f"diagnosis_{row}"
        code = reader.text(field, f"Rad {row}", "diagnosis")
        if not code:
            continue
        if not ICD10.fullmatch(code):
            reader.fault(field, "no_code", row=row, code=shown(code))
        elif code == main or code in (c for _, c in others):
            reader.fault(field, "twice", row=row, code=code)
        else:
            others.append((row, code))
    problem = reader.code(
        "problem",
        "Problem/Diagnos",
        "problem",
        rule="ME03",
        unknown="",
    )
    kva = _read_kva(reader, raw)
    reader.done()
    return MedicalInput(main, tuple(others), problem, kva)


def check_medical(registration: MedicalInput, facts: MedicalFacts, today: date) -> list[Finding]:
    """Check a medical registration: ME02 (unknown codes), ME05-ME07, BE04-BE06."""
    findings: list[Finding] = []
    if facts.doubled and not registration.main_diagnosis.startswith(codes.DOUBLE_SESSION):
        diagnosis = registration.main_diagnosis
        findings.append(finding("BE05", "main_diagnosis", today, "half_coded", diagnosis=diagnosis))
    for row, code in registration.other_diagnoses:
        if code not in codes.table("main_diagnosis") and code not in facts.known:
            findings.append(finding("ME02W", f"diagnosis_{row}", today, code=code))
    wanted = codes.TREATMENT_OF[registration.problem]
    if wanted not in registration.kva:
        registered = ", ".join(c for c in registration.kva if c in codes.TREATMENTS)
        findings.append(
            finding(
                "ME05",
                "problem",
                today,
                "other_treatment",
                problem=registration.problem,
                wanted=wanted,
                registered=registered,
            )
        )
    if facts.commitment_problem and facts.commitment_problem != registration.problem:
        findings.append(
            finding(
                "ME05",
                "problem",
                today,
                "other_problem",
                commitment=facts.commitment_problem,
                problem=registration.problem,
            )
        )
    if facts.enrolment_diagnosis and not codes.agrees(
        facts.enrolment_diagnosis, registration.main_diagnosis
    ):
        findings.append(
            finding(
                "ME06",
                "main_diagnosis",
                today,
                code=registration.main_diagnosis,
                enrolment=facts.enrolment_diagnosis,
            )
        )
    for stem, methods in _METHODS.items():
        if registration.main_diagnosis.startswith(stem) and registration.problem not in methods:
            findings.append(
                finding(
                    "ME07",
                    "problem",
                    today,
                    code=registration.main_diagnosis,
                    methods=" eller ".join(methods),
                    problem=registration.problem,
                )
            )
    return findings + check_contact_codes(
        facts.distance, facts.interpreter, registration.kva, today
    )


def proposed_kva(problem: str, *, distance: bool, interpreter: bool) -> tuple[str, ...]:
    """Return the KVÅ codes a visit is proposed."""
    kva = [codes.TREATMENT_OF[problem]] if problem in codes.TREATMENT_OF else []
    if distance:
        kva.append(codes.TELEMEDICINE)
    if interpreter:
        kva.append(codes.INTERPRETER)
    return tuple(kva)
