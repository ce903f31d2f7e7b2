"""The rules of the medical registration, screen 184 (ME01-ME07)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import Findings
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
    problem = reader.code("problem", "Problem/Diagnos", "problem", rule="ME03", unknown="")
    kva = _read_kva(reader, raw)
    reader.done()
    return MedicalInput(main, tuple(others), problem, kva)


def check_medical(registration: MedicalInput, facts: MedicalFacts, today: date) -> list[Finding]:
    """Check a medical registration: ME02 (unknown codes), ME05-ME07, BE04-BE06."""
    findings = Findings(today)
    main, problem = registration.main_diagnosis, registration.problem
    if facts.doubled and not main.startswith(codes.DOUBLE_SESSION):
        findings.add("BE05", "main_diagnosis", "half_coded", diagnosis=main)
    for row, code in registration.other_diagnoses:
        if code not in codes.table("main_diagnosis") and code not in facts.known:
            findings.add("ME02W", f"diagnosis_{row}", code=code)
    wanted = codes.TREATMENT_OF[problem]
    if wanted not in registration.kva:
        treatments = ", ".join(code for code in registration.kva if code in codes.TREATMENTS)
        kva = {"wanted": wanted, "registered": treatments}
        findings.add("ME05", "problem", "other_treatment", problem=problem, **kva)
    if facts.commitment_problem and facts.commitment_problem != problem:
        commitment = facts.commitment_problem
        findings.add("ME05", "problem", "other_problem", commitment=commitment, problem=problem)
    enrolment = facts.enrolment_diagnosis
    if enrolment and not codes.agrees(enrolment, main):
        findings.add("ME06", "main_diagnosis", code=main, enrolment=enrolment)
    for stem, methods in _METHODS.items():
        if main.startswith(stem) and problem not in methods:
            words = " eller ".join(methods)
            findings.add("ME07", "problem", code=main, methods=words, problem=problem)
    findings += check_contact_codes(facts.distance, facts.interpreter, registration.kva, today)
    return findings


def proposed_kva(problem: str, *, distance: bool, interpreter: bool) -> tuple[str, ...]:
    """Return the KVÅ codes a visit is proposed."""
    kva = [codes.TREATMENT_OF[problem]] if problem in codes.TREATMENT_OF else []
    if distance:
        kva.append(codes.TELEMEDICINE)
    if interpreter:
        kva.append(codes.INTERPRETER)
    return tuple(kva)
