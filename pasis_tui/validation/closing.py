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
from pasis_tui.validation.rules import finding


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
    has_forms: bool = False
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
    findings: list[Finding] = []
    if facts.has_visits and closing.closing_reason != "AV":
        findings.append(
            finding(
                "VA30", "closing_reason", today, "not_with_visits", reason=closing.closing_reason
            )
        )
    if not facts.has_visits and closing.closing_reason == "AV":
        findings.append(finding("VA30", "closing_reason", today, "not_without_visits"))
    findings += _closing_date(closing.closing_date, facts, today)
    if facts.later is not None:
        day, moment = facts.later
        findings.append(
            finding(
                "VA32",
                "closing_date",
                today,
                date=day,
                time=f"{moment:%H:%M}",
                today=today,
            )
        )
    if not facts.caregiver_active:
        findings.append(
            not_active(
                "VA10",
                "closing_caregiver",
                closing.closing_caregiver,
                today,
                facts.caregiver_span,
                SIGNATURE,
                today,
            )
        )
    decided = proposed_closing_date(facts)
    if decided is not None:
        limit = add_months(decided, parameter("close_within_months", today))
        if today > limit:
            findings.append(finding("VA33", "closing_date", today, date=decided, limit=limit))
    return findings + _before_follow_up(facts, today)


def _before_follow_up(facts: ClosingFacts, today: date) -> list[Finding]:
    """Warn of a closing while the follow-up of a living patient can still be made: VA35."""
    if facts.discharge_date is None or facts.follow_up_date is not None or facts.deceased:
        return []
    first, last = follow_up_window(facts.discharge_date)
    if today > last:
        return []
    discharge = facts.discharge_date
    return [finding("VA35", "closing_date", today, discharge=discharge, first=first, last=last)]


def _closing_date(day: date, facts: ClosingFacts, today: date) -> list[Finding]:
    decided = proposed_closing_date(facts)
    if decided is None:
        if facts.arrival_date <= day <= today:
            return []
        values = {"date": day, "arrival": facts.arrival_date, "today": today}
        return [finding("VA31", "closing_date", today, "outside", **values)]
    if day != decided:
        why = "follow_up_decides" if facts.follow_up_date else "last_visit_decides"
        return [finding("VA31", "closing_date", today, why, decided=decided, date=day)]
    last = facts.last_visit
    if last is None or last <= day:
        return []
    return [finding("VA32", "closing_date", today, "visit_after_closing", visit=last, date=day)]


def check_removal(facts: ClosingFacts, visits: int, forms: int, today: date) -> list[Finding]:
    """Check Borttag: VA20."""
    if not visits:
        if not forms:
            return []
        return [finding("VA20", "", today, "forms", id=facts.commitment_id, forms=forms)]
    if facts.last_visit is None and facts.later is not None:  # bookings alone
        first = facts.later[0]
        if not forms:
            return [finding("VA20", "", today, "bookings", visits=visits, first=first)]
        return [
            finding(
                "VA20", "", today, "bookings_and_forms", visits=visits, forms=forms, first=first
            )
        ]
    if not forms:
        return [finding("VA20", "", today, visits=visits)]
    return [finding("VA20", "", today, "visits_and_forms", visits=visits, forms=forms)]
