"""The rules of the vårdåtagande: opening and changing (VA02-VA13, VA34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation import codes
from pasis_tui.validation.caregivers import Span, not_active
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.records import entries, entry, read_all, read_record
from pasis_tui.validation.rules import Findings, finding

SIGNATURE = "Vårdgivarsignatur"


@dataclass(frozen=True, slots=True)
class CommitmentStart:
    """What may be filled in before Läs."""

    problem: str = entry("Problem", table="problem", rule="VA02", unknown="")
    arrival_date: date = entry("Ankomstdatum", "date", rule="VA03")


@dataclass(frozen=True, slots=True)
class CommitmentInput(CommitmentStart):
    """The whole upper half of screen 040: the one declaration of a commitment's fields.

    ``referring_unit`` and ``caregiver`` are codes; the row holds the ids that stand behind them.
    """

    type_of_commitment: str = entry(
        "Typ av VB", table="type_of_commitment", rule="VA06", unknown=""
    )
    referral_source: str = entry(
        "Remiss från", table="referral_source", rule="VA07", unknown="unknown_source"
    )
    referring_unit: str = entry("Remisskod", rule="VA07", column="")
    review_date: date = entry("Remissgranskningsdatum", "date", rule="VA09")
    caregiver: str = entry(SIGNATURE, rule="VA10", column="")
    decision_date: date = entry("Datum för remissbeslut", "date", rule="VA09")


START = tuple(entries(CommitmentStart))
REST = tuple(name for name in entries(CommitmentInput) if name not in START)


@dataclass(frozen=True, slots=True)
class CommitmentFacts:
    """What the database knows when a commitment is opened or changed.

    ``other_open`` is the ID of another open commitment of the same patient, unit and problem;
    ``referring_source`` and ``referring_name`` are None and "" for an unknown code.
    """

    age: int | None = None
    birth_date: date | None = None
    deceased_on: date | None = None
    other_open: int | None = None
    referring_source: str | None = None
    referring_name: str = ""
    listed_name: str = ""
    listed_code: str = ""
    caregiver_active: bool = True
    caregiver_span: Span | None = None
    first_activity: date | None = None


def read_start(raw: Mapping[str, str], today: date) -> CommitmentStart:
    """Read Problem and Ankomstdatum; raises Refused (VA02, VA03, VA05)."""
    reader = Reader(raw, today, "VA05")
    start = read_record(CommitmentStart, reader)
    for field in REST:
        if not reader.is_empty(field):
            reader.fault(field)
    reader.done()
    return start


def check_start(start: CommitmentStart, facts: CommitmentFacts, today: date) -> list[Finding]:
    """Check Läs at a new commitment: VA03, VA04, VA11-VA13."""
    findings = Findings(today)
    arrival = start.arrival_date
    if arrival != today:
        rule = "VA03" if arrival > today else "VA04"
        findings.add(rule, "arrival_date", value=arrival, today=today)
    if facts.other_open is not None:
        findings.add("VA12", "problem", problem=start.problem, id=facts.other_open)
    findings += check_lifetime(
        "VA13", "arrival_date", "Ankomstdatum", arrival, facts.birth_date, facts.deceased_on, today
    )
    if facts.age is not None and facts.age < parameter("minimum_age", today):
        findings.add("VA11", "", age=facts.age)
    return findings


def check_lifetime(
    rule: str, field: str, label: str, day: date, born: date | None, died: date | None, today: date
) -> list[Finding]:
    """Warn of a *day* before the birth or after the death: VA13, BE10."""
    if born is not None and day < born:
        return [finding(rule, field, today, "before_birth", label=label, date=day, born=born)]
    if died is not None and day > died:
        return [finding(rule, field, today, "after_death", label=label, date=day, died=died)]
    return []


def read_commitment(raw: Mapping[str, str], today: date) -> CommitmentInput:
    """Read the fields of Nyuppläggning; raises Refused with every fault."""
    return read_all(CommitmentInput, raw, today, "VA05")


def check_commitment(
    commitment: CommitmentInput, facts: CommitmentFacts, today: date, *, is_new: bool = True
) -> list[Finding]:
    """Check a commitment against what the database knows: VA03-VA12."""
    findings = Findings(today)
    # registered earlier: only what can still be put right is reported
    past = set() if is_new else {"VA04", "VA11"}
    findings += [each for each in check_start(commitment, facts, today) if each.rule not in past]
    referring, source = commitment.referring_unit, facts.referring_source
    if source is None:
        findings.add("VA07", "referring_unit", "unknown_unit", value=shown(referring))
    elif source != commitment.referral_source:
        meaning = codes.table("referral_source")[source]
        unit = {"unit": facts.referring_name, "source": source, "meaning": meaning}
        findings.add("VA07", "referral_source", "other_source", **unit)
    elif facts.listed_code and facts.listed_code != referring and is_new:
        names = {"listed": facts.listed_name, "referring": facts.referring_name}
        findings.add("VA08", "referring_unit", **names)
    _order(findings, commitment)
    if not facts.caregiver_active:
        sign, day, span = commitment.caregiver, commitment.review_date, facts.caregiver_span
        findings.append(not_active("VA10", "caregiver", sign, day, span, SIGNATURE, today))
    arrival, first = commitment.arrival_date, facts.first_activity
    if first is not None and arrival > first:
        findings.add("VA09", "arrival_date", "arrival_after_activity", date=arrival, first=first)
    return findings


def _order(findings: Findings, commitment: CommitmentInput) -> None:
    today, arrival = findings.today, commitment.arrival_date
    decision, review = commitment.decision_date, commitment.review_date
    for field, label, day in (
        ("decision_date", "Remissbeslut", decision),
        ("review_date", "Remissgranskning", review),
    ):
        if day > today:
            findings.add("VA09", field, "in_future", label=label, date=day, today=today)
    if decision > arrival:
        days = {"date": decision, "arrival": arrival}
        findings.add("VA09", "decision_date", "decided_after_arrival", **days)
    if review < arrival:
        findings.add("VA09", "review_date", "reviewed_before_arrival", date=review, arrival=arrival)


def check_open(
    commitment_id: int, closed_on: date | None, today: date, field: str = ""
) -> list[Finding]:
    """Check that a commitment is open: VA34."""
    if closed_on is None:
        return []
    return [finding("VA34", field, today, id=commitment_id, date=closed_on)]
