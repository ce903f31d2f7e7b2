"""The rules of the three forms of screen 048 (FO01-FO07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pasis_tui.validation import codes
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.fields import add_months
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding


@dataclass(frozen=True, slots=True)
class EnrolmentInput:
    """Inskrivning; ``diagnosis`` as in the form's own list, ``sick_leave_percent`` 0-100."""

    date: date
    treatment: str
    diagnosis: str
    caregiver: str
    sick_leave_percent: int
    sick_leave_date: dt.date | None


@dataclass(frozen=True, slots=True)
class DischargeInput:
    """Utskrivning."""

    date: date
    caregiver: str
    sick_leave_percent: int


@dataclass(frozen=True, slots=True)
class FollowUpInput:
    """Uppföljning."""

    date: date
    approved: bool


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the database knows of a commitment when one of its forms is saved.

    ``visit_dates`` are the dates of its kept visits up to today.
    """

    commitment_id: int
    arrival_date: date
    closed_on: date | None = None
    enrolment: date | None = None
    discharge: date | None = None
    follow_up: date | None = None
    visit_dates: frozenset[date] = field(default_factory=frozenset)
    caregiver_active: bool = True


NO_ENROLMENT = "Utskrivning kräver en inskrivning. Registrera Inskrivning först."
_ANY_DAY = date(2000, 1, 1)


def _sick_leave(reader: Reader, rule: str) -> int:
    given = reader.code(
        "sick_leave_percent",
        "Sjukskrivningsgrad",
        "sick_leave",
        rule=rule,
        kind="digits",
        unknown="Sjukskrivningsgrad ”{value}” går inte. Ange 0, 25, 50, 75 eller 100.",
    )
    return int(given or 0)


def read_enrolment(raw: Mapping[str, str], today: date) -> EnrolmentInput:
    """Read Inskrivning; raises Refused (FO01, FO02)."""
    reader = Reader(raw, today, "FO01")
    day = reader.day("date", "Datum")
    treatment = reader.code("treatment", "Behandlingsform", "problem")
    diagnosis = (
        reader.code(
            "diagnosis",
            "Diagnos",
            "enrolment_diagnosis",
            rule="FO02",
            kind="diagnosis",
            unknown="Diagnos ”{value}” finns inte i formulärets lista. Välj med F4;"
            " formuläret har egna koder, t.ex. F32-, F419P.",
        )
        if raw.get("diagnosis", "").strip()
        else reader.text("diagnosis", "Diagnos", "diagnosis", mandatory=True)
    )
    caregiver = reader.text("caregiver", "Behandlare", "code", mandatory=True)
    percent = _sick_leave(reader, "FO01")
    sick_day = reader.day("sick_leave_date", "Sjukskrivningsdatum", mandatory=False)
    if sick_day is not None and sick_day > today:
        reader.fault(
            "sick_leave_date",
            f"Sjukskrivningsdatum {sick_day} ligger efter idag ({today}). Rätta det, eller töm fältet.",
        )
    reader.done()
    return EnrolmentInput(day or _ANY_DAY, treatment, diagnosis, caregiver, percent, sick_day)


def read_discharge(raw: Mapping[str, str], today: date) -> DischargeInput:
    """Read Utskrivning; raises Refused (FO03)."""
    reader = Reader(raw, today, "FO03")
    day = reader.day("date", "Datum")
    caregiver = reader.text("caregiver", "Behandlare", "code", mandatory=True)
    percent = _sick_leave(reader, "FO03")
    reader.done()
    return DischargeInput(day or _ANY_DAY, caregiver, percent)


def read_follow_up(raw: Mapping[str, str], today: date) -> FollowUpInput:
    """Read Uppföljning; raises Refused (FO04)."""
    reader = Reader(raw, today, "FO04")
    day = reader.day("date", "Datum")
    approved = reader.code(
        "approved",
        "Godkänd",
        "yesno",
        kind="code",
        unknown="Godkänd ”{value}” går inte: J eller N.",
    )
    reader.done()
    return FollowUpInput(day or _ANY_DAY, approved == "J")


def follow_up_window(discharge: date) -> tuple[date, date]:
    """Return the first and last day of the follow-up after *discharge* (FO05)."""
    first = parameter("follow_up_earliest_months", discharge)
    last = parameter("follow_up_latest_months", discharge)
    return add_months(discharge, first), add_months(discharge, last)


def _common(day: date, facts: FormFacts, today: date) -> list[Finding]:
    found = check_open(facts.commitment_id, facts.closed_on)
    if day > today:
        text = f"Datum {day} ligger efter idag ({today}). Spara formuläret när besöket ägt rum."
        found.append(finding("FO07", "date", text=text))
    if day < facts.arrival_date:
        found.append(
            finding(
                "FO07",
                "date",
                text=f"Datum {day} ligger före remissens ankomst {facts.arrival_date}. Ange besökets.",
            )
        )
    return found


def _on_visit(day: date, facts: FormFacts) -> list[Finding]:
    if day in facts.visit_dates:
        return []
    return [finding("FO06", "date", date=day.isoformat())]


def _caregiver(given: str, day: date, facts: FormFacts) -> list[Finding]:
    if facts.caregiver_active:
        return []
    return [finding("VA10", "caregiver", value=shown(given), date=day.isoformat())]


def check_enrolment(given: EnrolmentInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Inskrivning: VA10, VA34, FO06, FO07."""
    found = _common(given.date, facts, today)
    for label, later in (("utskrivning", facts.discharge), ("uppföljning", facts.follow_up)):
        if later is not None and given.date > later:
            text = (
                f"Inskrivning {given.date} ligger efter {label} {later}. Ange ett tidigare datum."
            )
            found.append(finding("FO07", "date", text=text))
    return found + _caregiver(given.caregiver, given.date, facts) + _on_visit(given.date, facts)


def check_discharge(given: DischargeInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Utskrivning: VA10, VA34, FO03, FO05 (a follow-up there is already), FO06, FO07."""
    found = _common(given.date, facts, today)
    if facts.enrolment is None:
        found.append(finding("FO03", "", text=NO_ENROLMENT))
    elif given.date < facts.enrolment:
        found.append(
            finding(
                "FO03",
                "date",
                text=f"Utskrivning {given.date} ligger före inskrivning"
                f" {facts.enrolment}. Ange ett senare datum.",
            )
        )
    if facts.follow_up is not None:
        if given.date > facts.follow_up:
            text = (
                f"Utskrivning {given.date} ligger efter uppföljning {facts.follow_up}."
                " Ange ett tidigare datum."
            )
            found.append(finding("FO07", "date", text=text))
        found += _window(facts.follow_up, given.date)
    return found + _caregiver(given.caregiver, given.date, facts) + _on_visit(given.date, facts)


def _window(follow_up: date, discharge: date) -> list[Finding]:
    first, last = follow_up_window(discharge)
    if first <= follow_up <= last:
        return []
    return [finding("FO05", "date", date=follow_up, first=first, last=last, discharge=discharge)]


def why_no_follow_up(facts: FormFacts) -> str:
    """Return why the button Uppföljning cannot be pressed, or "" (FO04)."""
    if not facts.visit_dates:
        return "Uppföljning kräver ett registrerat besök. Registrera besöket i 085 först."
    if facts.discharge is None:
        return "Uppföljning kräver en utskrivning. Registrera Utskrivning först."
    return ""


def check_follow_up(given: FollowUpInput, facts: FormFacts, today: date) -> list[Finding]:
    """Check Uppföljning: VA34, FO04-FO07."""
    found = _common(given.date, facts, today)
    if why := why_no_follow_up(facts):
        found.append(finding("FO04", "", text=why))
    if facts.discharge is not None:
        if given.date < facts.discharge:
            found.append(
                finding(
                    "FO07",
                    "date",
                    text=f"Uppföljning {given.date} ligger före utskrivning {facts.discharge}."
                    " Ange uppföljningsbesökets datum.",
                )
            )
        found += _window(given.date, facts.discharge)
    return found + _on_visit(given.date, facts)


def proposed_main_diagnosis(enrolment_diagnosis: str) -> str:
    """Return the one code of the medical list the form's code stands for, "" when several do."""
    fitting = [
        code for code in codes.table("main_diagnosis") if codes.agrees(enrolment_diagnosis, code)
    ]
    exact = enrolment_diagnosis[:4]
    if exact in fitting and not exact.endswith("-"):
        return exact
    return fitting[0] if len(fitting) == 1 else ""
