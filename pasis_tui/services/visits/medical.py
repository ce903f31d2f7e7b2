"""The medical registration of a visit (screens 184 and 184 KVÅ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import ImportedCode, MedicalRegistration, OtherDiagnosis, ProcedureCode
from pasis_tui.services.commitments.commitment_state import Line, State, read_state
from pasis_tui.services.patients.reach import changed, created
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.visit_cards import VisitCard, lock_card, read_card
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, Reading, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import NOTHING, Confirmed, Finding, Refused, settle
from pasis_tui.validation.forms import proposed_main_diagnosis
from pasis_tui.validation.medical import (
    PROCEDURES,
    ROWS,
    MedicalFacts,
    MedicalInput,
    check_medical,
    proposed_kva,
    read_medical,
)
from pasis_tui.validation.rules import finding

ENTITY: Final = "medical_registration"


@dataclass(frozen=True, slots=True)
class MedicalCard:
    """A visit and its medical registration.

    ``version`` is None when none is saved; then ``proposal`` holds what is proposed and
    ``origin`` says where it comes from, unless the visit takes no codes: then ``why_not`` says why.
    """

    visit: VisitCard
    version: int | None
    main_diagnosis: str
    other_diagnoses: tuple[tuple[int, str], ...]
    problem: str
    kva: tuple[str, ...]
    proposal: Mapping[str, str] | None
    origin: str
    why_not: Finding | None

    def raw(self) -> dict[str, str]:
        """Return every field of 184 and 184 KVÅ: what is saved, else what is proposed."""
        fields = {"main_diagnosis": "", "problem": ""}
        fields |= {f"diagnosis_{row}": "" for row in ROWS}
        fields |= {f"kva_{n}": "" for n in PROCEDURES}
        if self.proposal is not None:
            return fields | dict(self.proposal)
        fields |= {"main_diagnosis": self.main_diagnosis, "problem": self.problem}
        fields |= {f"diagnosis_{row}": code for row, code in self.other_diagnoses}
        return fields | {f"kva_{n}": code for n, code in enumerate(self.kva, 1)}


@dataclass(frozen=True, slots=True)
class MedicalProposal:
    """A proposed registration; ``main_diagnosis`` is "" when nothing tells it."""

    main_diagnosis: str
    problem: str
    kva: tuple[str, ...]
    origin: str

    def numbered(self) -> dict[str, str]:
        """Return it as the fields of 184."""
        return {"main_diagnosis": self.main_diagnosis, "problem": self.problem} | {
            f"kva_{n}": code for n, code in enumerate(self.kva, 1)
        }

    def joined(self) -> dict[str, str]:
        """Return it as the fields of 085's lower half."""
        return {
            "main_diagnosis": self.main_diagnosis,
            "problem": self.problem,
            "kva": " ".join(self.kva),
        }


_OTHERS = Query(
    select(col(OtherDiagnosis.row), col(OtherDiagnosis.code))
    .where(col(OtherDiagnosis.visit_id) == bindparam("visit_id"))
    .order_by(col(OtherDiagnosis.row))
)
_KVA = Query(
    select(col(ProcedureCode.code))
    .where(col(ProcedureCode.visit_id) == bindparam("visit_id"))
    .order_by(col(ProcedureCode.position))
)
_IMPORTED = Query(
    select(col(ImportedCode.code)).where(
        col(ImportedCode.system) == "ICD10", col(ImportedCode.code) == bindparam("code")
    )
)


def propose_from(
    problem: str, last: Line | None, enrolment: str, *, distance: bool, interpreter: bool
) -> MedicalProposal:
    """Propose a registration: the last visit's diagnosis, else the enrolment form's.

    The form's F32- stands for two codes of the medical list: then no diagnosis is proposed.
    """
    parts = []
    if last is not None and last.main_diagnosis:
        main = last.main_diagnosis
        parts.append(f"{main} från besöket {last.date}")
    else:
        main = proposed_main_diagnosis(enrolment) if enrolment else ""
        if main:
            parts.append(f"{main} från inskrivningen")
        elif enrolment:
            parts.append(f"välj diagnos: inskrivningens {enrolment} motsvarar flera koder")
        else:
            parts.append("diagnos saknas")
    kva = proposed_kva(problem, distance=distance, interpreter=interpreter)
    parts.append("KVÅ från problemet")
    if distance:
        parts.append(f"{codes.TELEMEDICINE} från Distans")
    if interpreter:
        parts.append(f"{codes.INTERPRETER} från Tolk")
    return MedicalProposal(main, problem, kva, ", ".join(parts))


def _propose(visit: VisitCard, state: State) -> MedicalProposal:
    others = [x for x in state.visits if x.main_diagnosis and x.id != visit.id]
    place = (visit.date, visit.time, visit.id)
    before = [line for line in others if line.place < place]
    last = before[-1] if before else (others[0] if others else None)
    return propose_from(
        state.head.problem,
        last,
        state.head.enrolment_diagnosis or "",
        distance=visit.distance,
        interpreter=visit.interpreter,
    )


@needs("medical")
def get(context: Context, visit_id: int) -> MedicalCard:
    """Return a visit's medical registration, or what is proposed; the read is logged.

    Raises Refused (SE01).
    """
    with Reading(context) as work:
        card = _read(work, visit_id)
        work.audit("read", card.visit.patient_id, ENTITY, visit_id)
        work.commit()
    return card


@needs("medical")
def propose(context: Context, visit_id: int) -> dict[str, str]:
    """Return a fresh proposal as 184's fields; the read is logged.  Raises Refused (SE01)."""
    with Reading(context) as work:
        visit = read_card(work, visit_id)
        proposal = _propose(visit, read_state(work, visit.commitment_id))
        work.audit("read", visit.patient_id, ENTITY, visit_id)
        work.commit()
    return proposal.numbered()


def _read(work: UnitOfWork, visit_id: int) -> MedicalCard:
    visit = read_card(work, visit_id)
    saved = work.record(MedicalRegistration, visit_id)
    proposal = None
    if saved is None and not (visit.cancelled or visit.no_show):
        proposal = _propose(visit, read_state(work, visit.commitment_id))
    others = [] if saved is None else work.all(_OTHERS, visit_id=visit_id)
    return MedicalCard(
        visit=visit,
        version=None if saved is None else saved.version,
        main_diagnosis="" if saved is None else saved.main_diagnosis,
        other_diagnoses=tuple((row, code) for row, code in others),
        problem="" if saved is None else saved.problem,
        kva=() if saved is None else kva_of(work, visit_id),
        proposal=None if proposal is None else proposal.numbered(),
        origin="" if proposal is None else proposal.origin,
        why_not=_why_not(visit, work.today),
    )


def _why_not(visit: VisitCard, today: dt.date) -> Finding | None:
    """Return why a visit takes no codes (ME01), None when it does."""
    if visit.cancelled:
        return finding("ME01", "main_diagnosis", today, "visit_cancelled", date=visit.date)
    if visit.no_show:
        return finding("ME01", "main_diagnosis", today, "visit_not_kept", date=visit.date)
    return None


def facts_for(
    work: UnitOfWork,
    registration: MedicalInput,
    problem: str,
    enrolment: str | None,
    *,
    distance: bool,
    interpreter: bool,
) -> MedicalFacts:
    """Return what the medical rules need; the database is asked only about unknown codes."""
    listed = codes.table("main_diagnosis")
    known = {
        code
        for _, code in registration.other_diagnoses
        if code not in listed and work.one(_IMPORTED, code=code) is not None
    }
    return MedicalFacts(problem, enrolment or "", distance, interpreter, frozenset(known))


def kva_of(work: UnitOfWork, visit_id: int) -> tuple[str, ...]:
    """Return the KVÅ codes registered of a visit, in order."""
    return tuple([code for (code,) in work.all(_KVA, visit_id=visit_id)])


def shown(registration: MedicalInput) -> dict[str, Any]:
    """Return a registration as the audit log shows it."""
    others = {f"diagnosis_{row}": code for row, code in registration.other_diagnoses}
    return {
        "main_diagnosis": registration.main_diagnosis,
        "problem": registration.problem,
        "kva": " ".join(registration.kva),
        **others,
    }


def insert_registration(work: UnitOfWork, visit_id: int, registration: MedicalInput) -> None:
    """Add the rows of a registration; the caller has checked the rules and logs it."""
    work.insert(
        MedicalRegistration,
        visit_id=visit_id,
        main_diagnosis=registration.main_diagnosis,
        problem=registration.problem,
    )
    _insert_codes(work, visit_id, registration)


def _insert_codes(work: UnitOfWork, visit_id: int, registration: MedicalInput) -> None:
    work.insert_many(
        OtherDiagnosis,
        [
            {"visit_id": visit_id, "row": row, "code": code}
            for row, code in registration.other_diagnoses
        ],
    )
    work.insert_many(
        ProcedureCode,
        [
            {"visit_id": visit_id, "position": position, "code": code}
            for position, code in enumerate(registration.kva, 1)
        ],
    )


@needs("medical")
def save(
    context: Context,
    visit_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> MedicalCard:
    """Save a visit's registration, new (*version* None) or the one read with *version*.

    Raises Refused (ME01-ME04, BE05, SE01), Unconfirmed (ME05-ME07, BE04, BE06) and Conflict.
    """
    registration = read_medical(raw, context.today)
    with UnitOfWork(context) as work:
        lock_card(work, visit_id)
        before = _read(work, visit_id)
        visit = before.visit
        saved = work.record(MedicalRegistration, visit_id)
        if saved is not None:
            work.expect(saved, version)
        if before.why_not:
            raise Refused([before.why_not])
        state = read_state(work, visit.commitment_id)
        facts = facts_for(
            work,
            registration,
            state.head.problem,
            state.head.enrolment_diagnosis,
            distance=visit.distance,
            interpreter=visit.interpreter,
        )
        doubled = any(
            line.double_of_visit_id is not None and visit_id in {line.id, line.double_of_visit_id}
            for line in state.visits
        )
        settle(check_medical(registration, replace(facts, doubled=doubled), work.today), confirmed)
        if saved is None:
            insert_registration(work, visit_id, registration)
            work.audit("create", visit.patient_id, ENTITY, visit_id, created(shown(registration)))
        else:
            _replace(work, before, registration, version)
        card = _read(work, visit_id)
        work.commit()
    return card


def _replace(
    work: UnitOfWork, before: MedicalCard, registration: MedicalInput, version: int | None
) -> None:
    visit_id = before.visit.id
    work.update(
        MedicalRegistration,
        visit_id,
        version,
        main_diagnosis=registration.main_diagnosis,
        problem=registration.problem,
    )
    work.delete(OtherDiagnosis, visit_id=visit_id)
    work.delete(ProcedureCode, visit_id=visit_id)
    _insert_codes(work, visit_id, registration)
    old = shown(
        MedicalInput(before.main_diagnosis, before.other_diagnoses, before.problem, before.kva)
    )
    new = shown(registration)
    gone = {name: "" for name in old if name not in new}
    work.audit("change", before.visit.patient_id, ENTITY, visit_id, changed(old, new | gone))
