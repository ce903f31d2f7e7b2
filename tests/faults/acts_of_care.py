"""Acts for the faults: 040, 048, 085, 083, 184 and pasis show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from pasis_tui.models import Right
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms, overview
from pasis_tui.services.reports import show
from pasis_tui.services.visits import contacts, medical, visits
from pasis_tui.validation.findings import Refused
from tests.faults.acts import DAY, Do, act, treated, visited
from tests.services.clinic import ALL, Clinic, commitment_fields
from tests.services.transfer_files import at

# -- 040 -----------------------------------------------------------------------------------------


@act("care_commitments.create")
def _create(c: Clinic, folder: Path) -> Do:
    return lambda c, _: care_commitments.create(at(c), c.vera, commitment_fields(DAY), ALL)


@act("care_commitments.check_start")
def _check_start(c: Clinic, folder: Path) -> Do:
    raw = {"problem": "KBT", "arrival_date": "i"}
    return lambda c, _: care_commitments.check_start(at(c), c.vera, raw, ALL)


@act("care_commitments.change")
def _change(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    raw = card.raw() | {"referring_unit": "VC0002", "caregiver": "BOPROV"}
    return lambda c, _: care_commitments.change(at(c), card.id, card.version, raw, ALL)


def _close(c: Clinic, card: CommitmentCard) -> CommitmentCard:
    return care_commitments.close(at(c), card.id, card.version, card.closing_proposal(), ALL)


@act("care_commitments.close")
def _closing(c: Clinic, folder: Path) -> Do:
    card, _ = treated(c)
    return lambda c, _: _close(c, card)


@act("care_commitments.reopen")
def _reopen(c: Clinic, folder: Path) -> Do:
    card = _close(c, treated(c)[0])
    return lambda c, _: care_commitments.reopen(at(c), card.id, card.version, "för tidigt")


@act("care_commitments.remove")
def _remove(c: Clinic, folder: Path) -> Do:
    card = c.commitment()
    return lambda c, _: care_commitments.remove(at(c), card.id, card.version)


@act("care_commitments.get")
def _get_commitment(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    return lambda c, _: care_commitments.get(at(c), card.id)


@act("care_commitments.get", "another unit's")
def _denied(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)

    def do(c: Clinic, _: Path) -> None:
        with pytest.raises(Refused):
            care_commitments.get(at(c, "b"), card.id)

    return do


@act("care_commitments.for_patient")
def _for_patient(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: care_commitments.for_patient(at(c), c.vera)


# -- 048 -----------------------------------------------------------------------------------------


@act("forms.save_enrolment", "new")
def _enrol(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    return lambda c, _: c.enrol(card, DAY, diagnosis="F431")


@act("forms.save_enrolment", "change")
def _enrol_again(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    saved = c.enrol(card, DAY, diagnosis="F431").enrolment
    assert saved is not None
    raw = saved.raw() | {"sick_leave_percent": "50", "sick_leave_date": "20260301"}
    return lambda c, _: forms.save_enrolment(at(c), card.id, saved.version, raw, ALL)


@act("forms.save_discharge", "new")
def _discharge(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    c.enrol(card, DAY, diagnosis="F431")
    return lambda c, _: c.discharge(card, DAY)


@act("forms.save_discharge", "change")
def _discharge_again(c: Clinic, folder: Path) -> Do:
    card, _ = treated(c)
    saved = forms.get(at(c), card.id).discharge
    assert saved is not None
    raw = saved.raw() | {"sick_leave_percent": "25"}
    return lambda c, _: forms.save_discharge(at(c), card.id, saved.version, raw, ALL)


@act("forms.save_follow_up", "new")
def _follow_up(c: Clinic, folder: Path) -> Do:
    card, _ = treated(c)
    day = date(2026, 6, 22)
    c.visit(card, day)
    raw = {"date": str(day), "approved": "J"}
    return lambda c, _: forms.save_follow_up(at(c, day=day), card.id, None, raw, ALL)


@act("forms.save_follow_up", "change")
def _follow_up_again(c: Clinic, folder: Path) -> Do:
    card, _ = treated(c)
    day = date(2026, 6, 22)
    c.visit(card, day)
    raw = {"date": str(day), "approved": "J"}
    saved = forms.save_follow_up(at(c, day=day), card.id, None, raw, ALL).follow_up
    assert saved is not None
    raw |= {"approved": "N"}
    return lambda c, _: forms.save_follow_up(at(c, day=day), card.id, saved.version, raw, ALL)


@act("forms.get")
def _get_forms(c: Clinic, folder: Path) -> Do:
    card, _ = treated(c)
    return lambda c, _: forms.get(at(c), card.id)


@act("overview.overview_page")
def _overview(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: overview.overview_page(at(c), identity="199307142381")


# -- 085 and 083 ---------------------------------------------------------------------------------


@act("visits.save")
def _visit(c: Clinic, folder: Path) -> Do:
    fields = c.visit_fields(c.commitment(), DAY)
    return lambda c, _: visits.save(at(c), c.vera, fields, ALL)


@act("visits.save_all")
def _visit_and_medical(c: Clinic, folder: Path) -> Do:
    fields = c.visit_fields(c.commitment(), DAY)
    return lambda c, _: visits.save_all(at(c), c.vera, fields, ALL)


@act("visits.save_all", "that issues a frikort")
def _frikort(c: Clinic, folder: Path) -> Do:
    card = c.commitment()
    for number in range(7):
        c.visit(card, DAY + timedelta(weeks=number))
    day = DAY + timedelta(weeks=7)
    fields = c.visit_fields(card, day)
    return lambda c, _: visits.save_all(at(c, day=day), c.vera, fields, ALL)


@act("visits.save_all", "second half")
def _second_half(c: Clinic, folder: Path) -> Do:
    _, first = visited(c)
    proposal = visits.propose_second(at(c), first.id)
    assert proposal.medical is not None
    fields = {**proposal.raw, **proposal.medical}
    return lambda c, _: visits.save_all(at(c), c.vera, fields, ALL)


@act("visits.save_all", "that makes another NY")
def _earlier(c: Clinic, folder: Path) -> Do:
    card, _ = visited(c)
    day = date(2026, 3, 5)
    fields = c.visit_fields(card, day, today=DAY, contact_type="NY")
    return lambda c, _: visits.save_all(at(c), c.vera, fields, ALL)


@act("visits.change")
def _change_visit(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    raw = visit.raw() | {"time": "1115", "reception": "FILIAL"}
    return lambda c, _: visits.change(at(c), visit.id, visit.version, raw, ALL)


@act("visits.cancel")
def _cancel(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: visits.cancel(at(c), visit.id, visit.version, "sjuk", ALL)


@act("visits.get")
def _get_visit(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: visits.get(at(c), visit.id)


@act("visit_proposals.propose")
def _propose(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: visits.propose(at(c), c.vera)


@act("visit_proposals.propose_second")
def _propose_second(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: visits.propose_second(at(c), visit.id)


@act("contacts.contacts_page")
def _contacts(c: Clinic, folder: Path) -> Do:
    visited(c)
    return lambda c, _: contacts.contacts_page(at(c), c.vera)


# -- 184 -----------------------------------------------------------------------------------------

MEDICAL = {"main_diagnosis": "F411", "diagnosis_2": "F431", "kva": "DU011 ZV051"}


@act("medical.save", "new")
def _medical(c: Clinic, folder: Path) -> Do:
    visit = visits.save(at(c), c.vera, c.visit_fields(c.commitment(), DAY), ALL)
    raw = {**medical.propose(at(c), visit.id), **MEDICAL}
    return lambda c, _: medical.save(at(c), visit.id, None, raw, ALL)


@act("medical.save", "change")
def _medical_again(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    card = medical.get(at(c), visit.id)
    raw = {**card.raw(), **MEDICAL}
    return lambda c, _: medical.save(at(c), visit.id, card.version, raw, ALL)


@act("medical.get")
def _get_medical(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: medical.get(at(c), visit.id)


@act("medical.propose")
def _propose_medical(c: Clinic, folder: Path) -> Do:
    _, visit = visited(c)
    return lambda c, _: medical.propose(at(c), visit.id)


# -- pasis show -----------------------------------------------------------------------------------


@act("show.rows", commits=2)
def _show(c: Clinic, folder: Path) -> Do:
    visited(c)
    context = at(c)
    context = replace(context, actor=replace(context.actor, rights=frozenset(get_args(Right))))
    return lambda c, _: show.rows(replace(context, database=c.database), "083", "199307142381")
