"""The rules of the three forms of screen 048 (FO01-FO07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pasis_tui.validation import codes
from pasis_tui.validation.care_commitments import SIGNATURE, check_open
from pasis_tui.validation.caregivers import Span, not_active
from pasis_tui.validation.days import add_months
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.reading import Reader
from pasis_tui.validation.records import entry, raw_of, read_all, read_record
from pasis_tui.validation.rules import Findings, finding

_SICK_LEAVE = ("Sjukskrivningsgrad", "digits", "sick_leave")


@dataclass(frozen=True, slots=True)
class FormInput:
    """What the three forms have in common: the one declaration of each form's fields is its class."""

    date: dt.date = entry("Datum", "date")

    def raw(self) -> dict[str, str]:
        """Return the form's fields as they are written."""
        return raw_of(self)


@dataclass(frozen=True, slots=True)
class EnrolmentInput(FormInput):
    """Inskrivning; ``diagnosis`` as in the form's own list, ``sick_leave_percent`` 0-100."""

    treatment: str = entry("Behandlingsform", table="problem")
    diagnosis: str = entry(
        "Diagnos", "diagnosis", "enrolment_diagnosis", rule="FO02", unknown="", missing="FO01"
    )
    caregiver: str = entry("Behandlare", column="")
    sick_leave_percent: int = entry(*_SICK_LEAVE, unknown="unknown_percent")
    sick_leave_date: dt.date | None = entry("Sjukskrivningsdatum", "date", mandatory=False)


@dataclass(frozen=True, slots=True)
class DischargeInput(FormInput):
    """Utskrivning."""

    caregiver: str = entry("Behandlare", column="")
    sick_leave_percent: int = entry(*_SICK_LEAVE, unknown="unknown_percent")


@dataclass(frozen=True, slots=True)
class FollowUpInput(FormInput):
    """Uppföljning."""

    approved: bool = entry("Godkänd", table="yesno", rule="FO04", unknown="unknown_approval")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the database knows of a commitment when one of its forms is saved.

    ``visit_dates`` are the dates of its kept visits up to today, ``treated_after`` of the first
    kept treatment visit after the discharge being saved.
    """

    commitment_id: int
    arrival_date: date
    closed_on: date | None = None
    enrolment: date | None = None
    discharge: date | None = None
    follow_up: date | None = None
    visit_dates: frozenset[date] = field(default_factory=frozenset)
    caregiver_active: bool = True
    caregiver_span: Span | None = None
    treated_after: date | None = None


def read_enrolment(raw: Mapping[str, str], today: date) -> EnrolmentInput:
    """Read Inskrivning; raises Refused (FO01, FO02)."""
    reader = Reader(raw, today, "FO01")
    enrolment = read_record(EnrolmentInput, reader)
    if enrolment.sick_leave_date is not None and enrolment.sick_leave_date > today:
        day = enrolment.sick_leave_date
        reader.fault("sick_leave_date", "sick_leave_in_future", date=day, today=today)
    reader.done()
    return enrolment


def read_discharge(raw: Mapping[str, str], today: date) -> DischargeInput:
    """Read Utskrivning; raises Refused (FO03)."""
    return read_all(DischargeInput, raw, today, "FO03")


def read_follow_up(raw: Mapping[str, str], today: date) -> FollowUpInput:
    """Read Uppföljning; raises Refused (FO04)."""
    return read_all(FollowUpInput, raw, today, "FO04")


def follow_up_window(discharge: date) -> tuple[date, date]:
    """Return the first and last day of the follow-up after *discharge* (FO05)."""
    first = parameter("follow_up_earliest_months", discharge)
    last = parameter("follow_up_latest_months", discharge)
    return add_months(discharge, first), add_months(discharge, last)


def _common(day: date, facts: FormFacts, today: date) -> Findings:
    findings = Findings(today)
    findings += check_open(facts.commitment_id, facts.closed_on, today)
    if day > today:
        findings.add("FO07", "date", "in_future", date=day, today=today)
    if day < facts.arrival_date:
        findings.add("FO07", "date", "before_arrival", date=day, arrival=facts.arrival_date)
    return findings


def _on_visit(findings: Findings, day: date, facts: FormFacts) -> None:
    if day not in facts.visit_dates:
        findings.add("FO06", "date", date=day)


def _caregiver(findings: Findings, signature: str, day: date, facts: FormFacts) -> None:
    if not facts.caregiver_active:
        span, today = facts.caregiver_span, findings.today
        findings.append(not_active("VA10", "caregiver", signature, day, span, SIGNATURE, today))


def check_enrolment(enrolment: EnrolmentInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Inskrivning: VA10, VA34, FO06, FO07."""
    day, discharge, follow_up = enrolment.date, facts.discharge, facts.follow_up
    findings = _common(day, facts, today)
    if discharge is not None and day > discharge:
        findings.add("FO07", "date", "enrolment_after_discharge", date=day, later=discharge)
    if follow_up is not None and day > follow_up:
        findings.add("FO07", "date", "enrolment_after_follow_up", date=day, later=follow_up)
    _caregiver(findings, enrolment.caregiver, day, facts)
    _on_visit(findings, day, facts)
    return findings


def check_discharge(discharge: DischargeInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Utskrivning: VA10, VA34, FO03, FO05 (of an existing follow-up), FO06-FO08."""
    day, enrolment, follow_up = discharge.date, facts.enrolment, facts.follow_up
    findings = _common(day, facts, today)
    if why := why_no_discharge(facts, today):
        findings.append(why)
    if enrolment is not None and day < enrolment:
        findings.add("FO03", "date", "before_enrolment", date=day, enrolment=enrolment)
    if follow_up is not None:
        if day > follow_up:
            findings.add("FO07", "date", "discharge_after_follow_up", date=day, later=follow_up)
        _window(findings, follow_up, day)
    if facts.treated_after is not None:
        findings.add("FO08", "date", "treated_after_discharge", visit=facts.treated_after)
    _caregiver(findings, discharge.caregiver, day, facts)
    _on_visit(findings, day, facts)
    return findings


def _window(findings: Findings, follow_up: date, discharge: date) -> None:
    first, last = follow_up_window(discharge)
    if not first <= follow_up <= last:
        days = {"date": follow_up, "first": first, "last": last, "discharge": discharge}
        findings.add("FO05", "date", **days)


def why_no_discharge(facts: FormFacts, today: date) -> Finding | None:
    """Return why the button Utskrivning cannot be pressed, None when it can (FO03)."""
    return finding("FO03", "", today, "not_enrolled") if facts.enrolment is None else None


def why_no_follow_up(facts: FormFacts, today: date) -> Finding | None:
    """Return why the button Uppföljning cannot be pressed, None when it can (FO04)."""
    if not facts.visit_dates:
        return finding("FO04", "", today, "no_visit")
    return finding("FO04", "", today, "not_discharged") if facts.discharge is None else None


def check_follow_up(follow_up: FollowUpInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Uppföljning: VA34, FO04-FO07."""
    day, discharge = follow_up.date, facts.discharge
    findings = _common(day, facts, today)
    if why := why_no_follow_up(facts, today):
        findings.append(why)
    if discharge is not None:
        if day < discharge:
            days = {"date": day, "discharge": discharge}
            findings.add("FO07", "date", "follow_up_before_discharge", **days)
        _window(findings, day, discharge)
    _on_visit(findings, day, facts)
    return findings


def proposed_main_diagnosis(enrolment_diagnosis: str) -> str:
    """Return the one code of the medical list the form's code stands for, "" when several do."""
    fitting = [
        code for code in codes.table("main_diagnosis") if codes.agrees(enrolment_diagnosis, code)
    ]
    exact = enrolment_diagnosis[:4]
    if exact in fitting and not exact.endswith("-"):
        return exact
    return fitting[0] if len(fitting) == 1 else ""
