"""What has happened before an exercise begins, done through the services, so that no rule is passed by.

Warnings are confirmed, as a clerk would who meant it; a refusal is told by file, line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.services.users import access, settings
from pasis_tui.services.visits import contacts, medical, visit_proposals, visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.training import acts
from pasis_tui.training.exercises import Exercise, StartAct
from pasis_tui.training.spoiling import spoil
from pasis_tui.validation.findings import NOTHING, Confirmed, Unconfirmed
from pasis_tui.validation.for_people import ForPeople

T = TypeVar("T")
_LANES = {"trogen": "T", "snabb": "S"}
_MEDICAL = frozenset({"main_diagnosis", "problem", "kva"})


class BadStart(ForPeople):
    """A start act that the program refuses; its text names file, line and reason."""

    exit_code = 1


def play(exercise: Exercise, database: Database) -> None:
    """Do the start acts of *exercise* in *database*; raises BadStart at the first that is refused."""
    actor = access.practice_actor(database, exercise.unit, exercise.user)
    context = Context(database, actor, exercise.date, "start", reason="övningens början")
    if exercise.lane:
        settings.change(context, lane=_LANES[exercise.lane])
    story = _Story(context)
    for act in exercise.start:
        try:
            story.do(act)
        except ForPeople as refused:
            reason = "; ".join(refused.sentences)
            raise BadStart(f"{exercise.where_act(act)}: {act.act} nekas: {reason}") from refused


def confirming(act: Callable[..., T], *args: Any) -> T:
    """Return what *act* answers, its warnings confirmed."""
    confirmed: Confirmed = NOTHING
    while True:
        try:
            return act(*args, confirmed)
        except Unconfirmed as asked:
            confirmed = confirmed.union(asked.findings)


@dataclass(slots=True)
class _Case:
    """Whom an act is about: the patient, the vårdåtagande by its problem ("" for the latest)."""

    context: Context
    person: PatientCard
    problem: str

    def commitment(self) -> int:
        rows = care_commitments.for_patient(self.context, self.person.id)
        fitting = [row for row in rows if self.problem in {"", row.problem}]
        fitting.sort(key=lambda row: (row.is_open, row.arrival_date, row.id))
        if not fitting:
            raise _Missing("patienten har inget sådant vårdåtagande")
        return fitting[-1].id

    def visit(self, typed: Mapping[str, str]) -> int:
        """Return the visit on a date, at a time when one is given; without a date the latest."""
        page = contacts.contacts_page(self.context, self.person.id)
        day, moment = typed.get("date", ""), typed.get("time", "")
        for row in page.rows:
            if day in {"", str(row.date)} and moment in {"", f"{row.time:%H:%M}"}:
                return row.visit_id
        raise _Missing("patienten har inget sådant besök")


class _Missing(ForPeople):
    exit_code = 1


class _Story:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._number = ""

    def do(self, act: StartAct) -> None:
        typed = dict(act.fields)
        typed.pop(acts.WORKING_DATE, None)
        self._number = typed.pop(acts.PERSON, self._number)
        if not self._number:
            raise _Missing(f"{act.act} säger inte vilken patient det gäller ({acts.PERSON})")
        context = replace(self._context, today=act.on)
        person = patients.find(context, self._number)
        problem = "" if act.act == "referral" else typed.pop("problem", "")
        case = _Case(context, person, problem)
        if act.act in {"visit", "medical"} and problem:
            typed["problem"] = problem
            case.problem = ""
        if act.act == acts.SPOIL:
            spoil(context, case, typed)
            return
        _ACTS[act.act](case, typed)


def _patient(case: _Case, typed: dict[str, str]) -> None:
    card = case.person
    confirming(patients.save, case.context, dict(card.raw()) | typed, card.version)


def _referral(case: _Case, typed: dict[str, str]) -> None:
    context, person = case.context, case.person
    opening = dict(care_commitments.start_proposal(context))
    opening |= care_commitments.opening_values(context)
    unit = typed.get("referring_unit") or person.listed_unit
    given = {"referring_unit": unit, "referral_source": acts.referral_source(unit)}
    confirming(care_commitments.create, context, person.id, opening | given | typed)


def _enrolment(case: _Case, typed: dict[str, str]) -> None:
    card = forms.get(case.context, case.commitment())
    raw = forms.propose_enrolment(card, case.context.today) | {"sick_leave_percent": "0"} | typed
    confirming(forms.save_enrolment, case.context, card.commitment_id, None, raw)


def _discharge(case: _Case, typed: dict[str, str]) -> None:
    card = forms.get(case.context, case.commitment())
    raw = forms.propose_discharge(card, case.context.today) | {"sick_leave_percent": "0"} | typed
    confirming(forms.save_discharge, case.context, card.commitment_id, None, raw)


def _follow_up(case: _Case, typed: dict[str, str]) -> None:
    card = forms.get(case.context, case.commitment())
    raw = forms.propose_follow_up(card, case.context.today) | typed
    confirming(forms.save_follow_up, case.context, card.commitment_id, None, raw)


def _visit(case: _Case, typed: dict[str, str]) -> None:
    context, person = case.context, case.person
    day = date.fromisoformat(typed["date"])
    known = care_commitments.for_patient(context, person.id)
    commitment = next((row.id for row in known if row.is_open), None)
    proposal = visit_proposals.propose(context, person.id, commitment)
    number = proposal.number_at(day, None)
    raw = {**proposal.raw, "contact_type": "NY" if number == 1 else "ÅB", **typed}
    codes = {name for name in typed if name in _MEDICAL or name.startswith("diagnosis_")}
    if not codes:
        confirming(visits.save, context, person.id, raw)
        return
    given = {name: value for name, value in (proposal.medical or {}).items() if value}
    confirming(visits.save_all, context, person.id, raw | given | typed)


def _medical(case: _Case, typed: dict[str, str]) -> None:
    card = medical.get(case.context, case.visit(typed))
    raw = medical.propose(case.context, card.visit.id) if card.version is None else {}
    codes = {k: v for k, v in typed.items() if k not in {"date", "time", "kva"}}
    if "kva" in typed:
        codes |= {f"kva_{n}": "" for n in range(1, 11)}
        codes |= {f"kva_{n}": code for n, code in enumerate(typed["kva"].split(), 1)}
    confirming(medical.save, case.context, card.visit.id, card.version, raw | codes)


def _close(case: _Case, typed: dict[str, str]) -> None:
    card = care_commitments.get(case.context, case.commitment())
    proposed = {"closing_reason": "AV", "closing_caregiver": case.context.actor.signature}
    confirming(care_commitments.close, case.context, card.id, card.version, proposed | typed)


def _manual_fee(case: _Case, typed: dict[str, str]) -> None:
    confirming(cost_protection.add_external, case.context, case.person.id, typed)


def _free_card(case: _Case, typed: dict[str, str]) -> None:
    confirming(cost_protection.add_card, case.context, case.person.id, typed)


_ACTS: Mapping[str, Callable[[_Case, dict[str, str]], None]] = {
    "patient": _patient,
    "referral": _referral,
    "enrolment": _enrolment,
    "visit": _visit,
    "medical": _medical,
    "discharge": _discharge,
    "follow_up": _follow_up,
    "close": _close,
    "manual_fee": _manual_fee,
    "free_card": _free_card,
}
