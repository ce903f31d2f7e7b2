"""The rules of ending a vårdåtagande: closing and removal (VA10, VA20, VA30-VA33, VA35)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from pasis_tui.validation import codes
from pasis_tui.validation.care_commitments import SIGNATURE
from pasis_tui.validation.caregivers import Span, not_active
from pasis_tui.validation.days import add_months
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.forms import follow_up_window
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.records import entries, entry, read_all
from pasis_tui.validation.rules import Findings


@dataclass(frozen=True, slots=True)
class ClosingInput:
    """The closing block of screen 040."""

    closing_date: date = entry("Avslutsdatum", "date", rule="VA31", column="closed_on")
    closing_reason: str = entry(
        "Orsak", table="closing_reason", rule="VA30", unknown="unknown_reason"
    )
    closing_caregiver: str = entry("Sign", rule="VA10", column="")


CLOSING = tuple(entries(ClosingInput))


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What the database knows when a commitment is closed.

    A visit is here every registered one that is not cancelled, a no-show too: it stands among
    the patient's contacts with its fee, and were it left out, VA31 would ask for a closing date
    that VA32 refuses because a contact lies after it.  ``has_visits`` counts them all,
    ``last_visit`` is the last up to today, ``later`` the first after today as (date, time).
    """

    commitment_id: int
    arrival_date: date
    has_visits: bool
    follow_up_date: date | None = None
    last_visit: date | None = None
    later: tuple[date, time] | None = None
    caregiver_active: bool = True
    caregiver_span: Span | None = None
    discharge_date: date | None = None
    deceased: bool = False


def read_closing(raw: Mapping[str, str], today: date) -> ClosingInput:
    """Read the closing block; raises Refused (VA30, VA31, VA10)."""
    return read_all(ClosingInput, raw, today, "VA31")


def closing_reasons(has_visits: bool) -> dict[str, str]:
    """Return the reasons offered: AV alone when a visit exists, everything but AV when not."""
    return {
        code: text
        for code, text in codes.table("closing_reason").items()
        if (code == "AV") == has_visits
    }


def proposed_closing_date(facts: ClosingFacts) -> date | None:
    """Return the only date VA31 takes, None when no visit decides it."""
    return facts.follow_up_date or facts.last_visit


def check_closing(closing: ClosingInput, facts: ClosingFacts, today: date) -> list[Finding]:
    """Check a closing: VA10, VA30-VA33, VA35."""
    findings = Findings(today)
    reason = closing.closing_reason
    if facts.has_visits and reason != "AV":
        findings.add("VA30", "closing_reason", "not_with_visits", reason=reason)
    if not facts.has_visits and reason == "AV":
        findings.add("VA30", "closing_reason", "not_without_visits")
    _closing_date(findings, closing.closing_date, facts)
    if facts.later is not None:
        day, moment = facts.later
        findings.add("VA32", "closing_date", date=day, time=f"{moment:%H:%M}", today=today)
    if not facts.caregiver_active:
        sign, span = closing.closing_caregiver, facts.caregiver_span
        findings.append(
            not_active("VA10", "closing_caregiver", sign, today, span, SIGNATURE, today)
        )
    if decided := proposed_closing_date(facts):
        limit = add_months(decided, parameter("close_within_months", today))
        if today > limit:
            findings.add("VA33", "closing_date", date=decided, limit=limit)
    _before_follow_up(findings, facts)
    return findings


def _before_follow_up(findings: Findings, facts: ClosingFacts) -> None:
    """Warn of a closing while the follow-up of a living patient can still be made: VA35."""
    if facts.discharge_date is None or facts.follow_up_date is not None or facts.deceased:
        return
    first, last = follow_up_window(facts.discharge_date)
    if findings.today <= last:
        days = {"first": first, "last": last}
        findings.add("VA35", "closing_date", discharge=facts.discharge_date, **days)


def _closing_date(findings: Findings, day: date, facts: ClosingFacts) -> None:
    decided, last = proposed_closing_date(facts), facts.last_visit
    if decided is None:
        if not facts.arrival_date <= day <= findings.today:
            days = {"date": day, "arrival": facts.arrival_date, "today": findings.today}
            findings.add("VA31", "closing_date", "outside", **days)
    elif day != decided:
        why = "follow_up_decides" if facts.follow_up_date else "last_visit_decides"
        findings.add("VA31", "closing_date", why, decided=decided, date=day)
    elif last is not None and last > day:
        findings.add("VA32", "closing_date", "visit_after_closing", visit=last, date=day)


def check_removal(facts: ClosingFacts, visits: int, forms: int, today: date) -> list[Finding]:
    """Check Borttag: VA20."""
    findings = Findings(today)
    bookings_alone = facts.last_visit is None and facts.later is not None
    first = facts.later[0] if facts.later else None
    if not visits and forms:
        findings.add("VA20", "", "forms", id=facts.commitment_id, forms=forms)
    elif bookings_alone and visits and forms:
        findings.add("VA20", "", "bookings_and_forms", visits=visits, forms=forms, first=first)
    elif bookings_alone and visits:
        findings.add("VA20", "", "bookings", visits=visits, first=first)
    elif visits and forms:
        findings.add("VA20", "", "visits_and_forms", visits=visits, forms=forms)
    elif visits:
        findings.add("VA20", "", visits=visits)
    return findings
