"""The visit: registered, changed, cancelled (screen 085).

``save_all`` is what a clerk does most: three statements of facts, the rules, the visit, its
medical registration and one audit event, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import IntegrityError

from pasis_tui.models import Visit, wall_clock
from pasis_tui.services.commitments.commitment_state import (
    Line,
    ask_for_lines,
    lines_of_patient,
    read_state,
)
from pasis_tui.services.fees.fee_history import (
    ask_for_protection,
    protection_of,
    read_protection,
    update_issued_cards,
)
from pasis_tui.services.patients.reach import changed, created, read_reason
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.medical import facts_for, insert_registration, kva_of, shown
from pasis_tui.services.visits.visit_cards import (
    CommitmentChoice,
    VisitCard,
    VisitProposal,
    dia_reg,
    fee_for,
    lock_card,
    may_double,
    read_card,
)
from pasis_tui.services.visits.visit_facts import (
    Appraisal,
    Background,
    appraise,
    left_behind,
    read_background,
    retype_warning,
    second_half,
    write_contact_types,
    write_second_half,
    wrong_contact_types,
)
from pasis_tui.services.visits.visit_proposals import propose, propose_second
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Reading, UnitOfWork, violates
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.cost_protection import Fee
from pasis_tui.validation.findings import NOTHING, Confirmed, Finding, Refused, settle
from pasis_tui.validation.medical import MedicalInput, check_medical, read_medical
from pasis_tui.validation.records import columns_of, logged, typed_fields
from pasis_tui.validation.rules import finding
from pasis_tui.validation.visits import (
    FEE_FIELDS,
    VisitInput,
    check_fee,
    check_visit,
    fee_of,
    read_visit,
    visits_allowed,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

_ENTITY: Final = "visit"
__all__ = [
    "CommitmentChoice",
    "VisitCard",
    "VisitProposal",
    "cancel",
    "change",
    "fee_for",
    "get",
    "propose",
    "propose_second",
    "protection_of",
    "save",
    "save_all",
]


@needs("visit")
def get(context: Context, visit_id: int) -> VisitCard:
    """Return one own visit; the read is logged.  Raises Refused (SE01)."""
    with Reading(context) as work:
        card = read_card(work, visit_id)
        work.audit("read", card.patient_id, _ENTITY, visit_id)
        work.commit()
    return card


@needs("visit")
def save(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> VisitCard:
    """Save a new visit without its medical registration (lane *trogen*).

    Raises Refused (BE01-BE08, HK01-HK03, VA34, SE01), Unconfirmed (BE03, BE07-BE11, FO08).
    """
    return _add(context, patient_id, read_visit(raw, context.today), None, confirmed)


@needs("visit")
@needs("medical", way_out="Spara besöket ensamt ({save}).")
def save_all(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> VisitCard:
    """Save a new visit and its medical registration in one transaction (`Spara allt`).

    A no-show has nothing to code: only the visit is saved.  Raises as ``save`` and
    ``medical.save`` do, with the faults of both halves at once, and NoRight.
    """
    faults: list[Finding] = []
    visit = medical = None
    try:
        visit = read_visit(raw, context.today)
    except Refused as refused:
        faults.extend(refused.findings)
    if visit is None or visit.kept:
        try:
            medical = read_medical(raw, context.today)
        except Refused as refused:
            faults.extend(refused.findings)
    if visit is None or faults:
        raise Refused(faults)
    return _add(context, patient_id, visit, medical, confirmed)


def _add(
    context: Context,
    patient_id: int,
    visit: VisitInput,
    medical: MedicalInput | None,
    confirmed: Confirmed,
) -> VisitCard:
    with UnitOfWork(context) as work:
        work.lock_patient(patient_id)
        _lock_start(work, visit)
        ask_for_lines(work, patient_id)
        ask_for_protection(work, patient_id)
        background = read_background(work, visit, patient_id)
        lines = lines_of_patient(work, patient_id)
        main = "" if medical is None else medical.main_diagnosis
        appraisal = appraise(visit, background, lines, context.today, None, main)
        protection = read_protection(work, patient_id, background.birth_date, lines)
        assessed = protection.before(visit.date, visit.time, visit.exemption)
        findings = _findings(visit, appraisal, context.today)
        findings += check_fee(visit, background.birth_date, assessed, context.today)
        if medical is not None:
            facts = facts_for(
                work,
                medical,
                background.problem,
                background.enrolment_diagnosis,
                distance=visit.distance,
                interpreter=visit.interpreter,
            )
            findings += check_medical(medical, facts, context.today)
        settle(findings, confirmed)
        fee = fee_of(visit, background.birth_date, assessed.due)
        values = _values(visit, background, appraisal, fee)
        with _start_once(visit, context.today):
            visit_id: int = work.insert(
                Visit, patient_id=patient_id, registered_on=context.today, **values
            )
        changes = created(_logged(visit, fee))
        if medical is not None:
            insert_registration(work, visit_id, medical)
            changes |= created(shown(medical))
        write_contact_types(work, patient_id, appraisal.retyped)
        write_second_half(work, patient_id, appraisal.second, visit_id)
        work.audit("create", patient_id, _ENTITY, visit_id, changes)
        paid = protection.with_fee(_paid(visit, visit_id, fee))
        notices = update_issued_cards(work, patient_id, paid, protection)
        work.commit()
    return VisitCard(
        **typed_fields(visit),
        id=visit_id,
        version=1,
        patient_id=patient_id,
        unit=context.actor.unit_code,
        problem=background.problem,
        reception_name=background.reception_name or "",
        caregiver_name=background.caregiver_name or "",
        category=background.category or "",
        fee=fee,
        double_of_visit_id=appraisal.double_of,
        cancelled=False,
        cancel_reason="",
        registered_on=context.today,
        visit_number=appraisal.number,
        visits_allowed=visits_allowed(appraisal.facts.diagnosis, background.arrival_date),
        dia_reg=dia_reg(medical is not None, visit.no_show),
        may_double=may_double(appraisal.facts.diagnosis),
        notices=tuple(notices),
    )


def _lock_start(work: UnitOfWork, visit: VisitInput) -> None:
    """Keep out other patients' visits to the caregiver at this time (BE11)."""
    work.lock_words("visit start", work.unit_id, visit.caregiver, visit.date, visit.time)


def _paid(visit: VisitInput, visit_id: int, fee: int) -> Fee:
    return Fee(visit.date, visit.time, "visit" if visit.kept else "no_show", visit_id, fee)


def _findings(
    visit: VisitInput, appraisal: Appraisal, today: dt.date, kva: tuple[str, ...] | None = None
) -> list[Finding]:
    findings = check_visit(visit, appraisal.facts, today, kva)
    findings += appraisal.findings
    if appraisal.retyped and not any(each.rule == "BE03" for each in findings):
        findings.append(retype_warning(list(appraisal.retyped), today))
    return findings


def _values(
    visit: VisitInput, background: Background, appraisal: Appraisal, fee: int
) -> dict[str, Any]:
    return columns_of(visit) | {
        "reception_id": background.reception_id,
        "caregiver_id": background.caregiver_id,
        "caregiver_category": background.category,
        "fee": fee,
        "double_of_visit_id": appraisal.double_of,
    }


def _logged(visit: VisitInput, fee: int) -> dict[str, Any]:
    return logged(visit) | {"fee": fee}


@contextmanager
def _start_once(visit: VisitInput, today: dt.date) -> Iterator[None]:
    """Turn a breach of BE08's index, another clerk was quicker, into BE08."""
    try:
        yield
    except IntegrityError as error:
        if not violates(error, "uq_visit_start"):
            raise
        refusal = finding(
            "BE08",
            "time",
            today,
            date=visit.date,
            time=f"{visit.time:%H:%M}",
            caregiver=visit.caregiver,
        )
        raise Refused([refusal]) from error


def _own_line(lines: list[Line], card: VisitCard, today: dt.date) -> Line:
    """Return the visit among the patient's; raises Refused for one already cancelled (BE01)."""
    own = next((line for line in lines if line.id == card.id), None)
    if own is None:
        clock = f"{card.time:%H:%M}"
        refusal = finding("BE01", "", today, "already_cancelled", date=card.date, time=clock)
        raise Refused([refusal])
    return own


def _for_change(
    work: UnitOfWork, visit_id: int, version: int
) -> tuple[VisitCard, list[Line], dt.date | None]:
    """Return a visit as it stands, the patient's visits and day of birth.

    No one else's save comes in between.
    """
    card = lock_card(work, visit_id)
    work.expect(work.record(Visit, visit_id), version)
    lines = lines_of_patient(work, card.patient_id)
    _own_line(lines, card, work.today)
    head = read_state(work, card.commitment_id).head
    settle(check_open(card.commitment_id, head.closed_on, work.today, "commitment"))
    return card, lines, head.birth_date


@needs("visit")
def change(
    context: Context,
    visit_id: int,
    version: int,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> VisitCard:
    """Change a saved visit; other visits' contact type follows (BE03, confirmed).

    Raises Refused and Unconfirmed as ``save`` does, and Conflict.
    """
    visit = read_visit(raw, context.today)
    with UnitOfWork(context) as work:
        before, lines, _ = _for_change(work, visit_id, version)
        patient_id = before.patient_id
        _lock_start(work, visit)
        background = read_background(work, visit, patient_id)
        if background.caregiver_id is None and visit.caregiver == before.caregiver:
            background = _past_caregiver(work, background, visit_id, visit, before)
        own = _own_line(lines, before, context.today)
        appraisal = appraise(visit, background, lines, context.today, own, own.main_diagnosis or "")
        kva = kva_of(work, visit_id) if own.main_diagnosis else None
        findings = _findings(visit, appraisal, context.today, kva)
        protection = read_protection(
            work, patient_id, background.birth_date, lines, without=visit_id
        )
        fee = before.fee  # what was paid stands, unless what decides it is changed
        if any(getattr(visit, name) != getattr(before, name) for name in FEE_FIELDS):
            assessed = protection.before(visit.date, visit.time, visit.exemption)
            findings += check_fee(visit, background.birth_date, assessed, context.today)
            fee = fee_of(visit, background.birth_date, assessed.due)
        settle(findings, confirmed)
        with _start_once(visit, context.today):
            work.update(Visit, visit_id, version, **_values(visit, background, appraisal, fee))
        write_contact_types(work, patient_id, appraisal.retyped)
        write_second_half(work, patient_id, appraisal.second, visit_id)
        old, new = _logged(before, before.fee), _logged(visit, fee)
        work.audit("change", patient_id, _ENTITY, visit_id, changed(old, new))
        was = protection.with_fee(_paid(before, visit_id, before.fee))
        paid = protection.with_fee(_paid(visit, visit_id, fee))
        notices = update_issued_cards(work, patient_id, paid, was)
        card = read_card(work, visit_id)
        work.commit()
    return replace(card, notices=tuple(notices))


def _past_caregiver(
    work: UnitOfWork, background: Background, visit_id: int, visit: VisitInput, before: VisitCard
) -> Background:
    """Keep a visit's caregiver, who may have left since, as long as its date stands."""
    if visit.date != before.date:
        return background
    row = work.record(Visit, visit_id)
    return background._replace(
        caregiver_id=None if row is None else row.caregiver_id,
        caregiver_name=before.caregiver_name,
        category=before.category,
    )


@needs("visit")
def cancel(
    context: Context,
    visit_id: int,
    version: int,
    reason: str,
    confirmed: Confirmed = NOTHING,
) -> VisitCard:
    """Cancel a visit (makulering): the row stays with the reason, in the history.

    Raises Refused (BE01 without a reason or when it is cancelled, BE05 when a double session's
    second half would be left, VA34, SE01), Unconfirmed (BE03 when another becomes NY), Conflict.
    """
    reason = read_reason(reason, "cancel_reason", "BE01", context.today)
    with UnitOfWork(context) as work:
        card, lines, birth_date = _for_change(work, visit_id, version)
        if second := second_half(lines, visit_id):
            raise Refused([left_behind(second, context.today)])
        here = [line for line in lines if line.commitment_id == card.commitment_id]
        retyped = wrong_contact_types([x for x in here if not x.no_show and x.id != visit_id])
        if retyped:
            settle([retype_warning(retyped, context.today)], confirmed)
        work.update(Visit, visit_id, version, cancelled_at=wall_clock(), cancel_reason=reason)
        write_contact_types(work, card.patient_id, tuple(retyped))
        changes = {"cancelled": [False, True]}
        work.audit("cancel", card.patient_id, _ENTITY, visit_id, changes, reason)
        left = read_protection(work, card.patient_id, birth_date, lines, without=visit_id)
        was = left.with_fee(_paid(card, visit_id, card.fee))
        notices = update_issued_cards(work, card.patient_id, left, was)
        card = read_card(work, visit_id)
        work.commit()
    return replace(card, notices=tuple(notices))
