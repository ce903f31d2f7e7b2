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
        text = f"{len(typed)} KVÅ-koder är skrivna; högst {most} går. Ta bort några."
        reader.fault(typed[most][0], text, "ME04")
        return ()
    for name, code in typed:
        if not codes.KVA.fullmatch(code):
            reader.fault(name, f"”{shown(code)}” är ingen KVÅ-kod (t.ex. DU011, ZV051).", "ME04")
        elif code in kva:
            reader.fault(name, f"KVÅ {code} står redan. Varje kod skrivs en gång.", "ME04")
        else:
            kva.append(code)
    if len(reader.faults) == faults and not codes.TREATMENTS & set(kva):
        reader.fault(
            "kva" if "kva" in raw else "kva_1",
            "Minst en av DU008 (PDT), DU011 (KBT) och DU022 (IPT) ska registreras"
            " (KVÅ/operationer, Alt+K).",
            "ME04",
        )
    return tuple(kva)


def read_medical(raw: Mapping[str, str], today: date) -> MedicalInput:
    """Read screens 184 and 184 KVÅ; raises Refused with every fault (ME01-ME04)."""
    reader = Reader(raw, today, "ME02")
    main = reader.text("main_diagnosis", "Huvuddiagnos", "diagnosis", mandatory=True, rule="ME01")
    if main and main not in codes.table("main_diagnosis"):
        form_only = main in codes.table("enrolment_diagnosis")
        text = (
            f"{shown(main)} är en kod för inskrivningsformuläret. Här gäller den andra listan (F4)."
            if form_only or _FORM.fullmatch(main)
            else f"Huvuddiagnos {shown(main)} ingår inte i vårdvalets lista. Välj med F4."
        )
        reader.fault("main_diagnosis", text, "ME01")
    others: list[tuple[int, str]] = []
    for row in ROWS:
        field = f"diagnosis_{row}"
        code = reader.text(field, f"Rad {row}", "diagnosis")
        if not code:
            continue
        if not ICD10.fullmatch(code):
            text = f"Rad {row}: ”{shown(code)}” är ingen ICD-10-kod (t.ex. F410, Z730)."
            reader.fault(field, text)
        elif code == main or code in (c for _, c in others):
            reader.fault(field, f"Rad {row}: {code} står redan. Varje kod skrivs en gång.")
        else:
            others.append((row, code))
    problem = reader.code(
        "problem",
        "Problem/Diagnos",
        "problem",
        rule="ME03",
        unknown="Problem/Diagnos ”{value}” går inte. Ange KBT, IPT eller PDT (F4).",
    )
    kva = _read_kva(reader, raw)
    reader.done()
    return MedicalInput(main, tuple(others), problem, kva)


def check_medical(given: MedicalInput, facts: MedicalFacts) -> list[Finding]:
    """Check a medical registration: ME02 (unknown codes), ME05-ME07, BE04-BE06."""
    found: list[Finding] = []
    if facts.doubled and not given.main_diagnosis.startswith(codes.DOUBLE_SESSION):
        text = (
            "Besöket är hälften av en dubbelsession, som bara går vid PTSD (F431) och tvångssyndrom"
            f" (F42), inte {given.main_diagnosis}. Makulera andra halvan först (083), eller rätta koden."
        )
        found.append(finding("BE05", "main_diagnosis", text=text))
    for row, code in given.other_diagnoses:
        if code not in codes.table("main_diagnosis") and code not in facts.known:
            found.append(finding("ME02W", f"diagnosis_{row}", code=code))
    wanted = codes.TREATMENT_OF[given.problem]
    if wanted not in given.kva:
        has = ", ".join(c for c in given.kva if c in codes.TREATMENTS)
        text = (
            f"{given.problem} hör ihop med {wanted}, men {has} är registrerad."
            " Kontrollera vilken som är rätt."
        )
        found.append(finding("ME05", "problem", text=text))
    if facts.commitment_problem and facts.commitment_problem != given.problem:
        text = (
            f"Vårdåtagandet gäller {facts.commitment_problem}, här står {given.problem}."
            " Kontrollera vilken som är rätt."
        )
        found.append(finding("ME05", "problem", text=text))
    if facts.enrolment_diagnosis and not codes.agrees(
        facts.enrolment_diagnosis, given.main_diagnosis
    ):
        found.append(
            finding(
                "ME06",
                "main_diagnosis",
                code=given.main_diagnosis,
                enrolment=facts.enrolment_diagnosis,
            )
        )
    for stem, methods in _METHODS.items():
        if given.main_diagnosis.startswith(stem) and given.problem not in methods:
            found.append(
                finding(
                    "ME07",
                    "problem",
                    code=given.main_diagnosis,
                    methods=" eller ".join(methods),
                    problem=given.problem,
                )
            )
    return found + check_contact_codes(facts.distance, facts.interpreter, given.kva)


def proposed_kva(problem: str, *, distance: bool, interpreter: bool) -> tuple[str, ...]:
    """Return the KVÅ codes a visit is proposed."""
    found = [codes.TREATMENT_OF[problem]] if problem in codes.TREATMENT_OF else []
    if distance:
        found.append(codes.TELEMEDICINE)
    if interpreter:
        found.append(codes.INTERPRETER)
    return tuple(found)
