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
from pasis_tui.validation.rules import finding

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
    findings: list[Finding] = []
    if start.arrival_date > today:
        findings.append(
            finding("VA03", "arrival_date", today, value=start.arrival_date, today=today)
        )
    elif start.arrival_date != today:
        findings.append(
            finding("VA04", "arrival_date", today, value=start.arrival_date, today=today)
        )
    if facts.other_open is not None:
        findings.append(
            finding("VA12", "problem", today, problem=start.problem, id=facts.other_open)
        )
    findings += check_lifetime(
        "VA13",
        "arrival_date",
        "Ankomstdatum",
        start.arrival_date,
        facts.birth_date,
        facts.deceased_on,
        today,
    )
    findings += _age(facts, today)
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


def _age(facts: CommitmentFacts, today: date) -> list[Finding]:
    if facts.age is not None and facts.age < parameter("minimum_age", today):
        return [finding("VA11", "", today, age=facts.age)]
    return []


def read_commitment(raw: Mapping[str, str], today: date) -> CommitmentInput:
    """Read the fields of Nyuppläggning; raises Refused with every fault."""
    return read_all(CommitmentInput, raw, today, "VA05")


def check_commitment(
    commitment: CommitmentInput, facts: CommitmentFacts, today: date, *, is_new: bool = True
) -> list[Finding]:
    """Check a commitment against what the database knows: VA03-VA12."""
    findings = check_start(commitment, facts, today)
    if not is_new:  # registered earlier: only what can still be put right is reported
        findings = [f for f in findings if f.rule not in {"VA04", "VA11"}]
    if facts.referring_source is None:
        findings.append(
            finding(
                "VA07",
                "referring_unit",
                today,
                "unknown_unit",
                value=shown(commitment.referring_unit),
            )
        )
    elif facts.referring_source != commitment.referral_source:
        findings.append(
            finding(
                "VA07",
                "referral_source",
                today,
                "other_source",
                unit=facts.referring_name,
                source=facts.referring_source,
                meaning=codes.table("referral_source")[facts.referring_source],
            )
        )
    elif facts.listed_code and facts.listed_code != commitment.referring_unit and is_new:
        findings.append(
            finding(
                "VA08",
                "referring_unit",
                today,
                listed=facts.listed_name,
                referring=facts.referring_name,
            )
        )
    findings += _order(commitment, today)
    if not facts.caregiver_active:
        findings.append(
            not_active(
                "VA10",
                "caregiver",
                commitment.caregiver,
                commitment.review_date,
                facts.caregiver_span,
                SIGNATURE,
                today,
            )
        )
    if facts.first_activity is not None and commitment.arrival_date > facts.first_activity:
        findings.append(
            finding(
                "VA09",
                "arrival_date",
                today,
                "arrival_after_activity",
                date=commitment.arrival_date,
                first=facts.first_activity,
            )
        )
    return findings


def _order(commitment: CommitmentInput, today: date) -> list[Finding]:
    findings: list[Finding] = []
    for field, label, day in (
        ("decision_date", "Remissbeslut", commitment.decision_date),
        ("review_date", "Remissgranskning", commitment.review_date),
    ):
        if day > today:
            findings.append(
                finding("VA09", field, today, "in_future", label=label, date=day, today=today)
            )
    if commitment.decision_date > commitment.arrival_date:
        findings.append(
            finding(
                "VA09",
                "decision_date",
                today,
                "decided_after_arrival",
                date=commitment.decision_date,
                arrival=commitment.arrival_date,
            )
        )
    if commitment.review_date < commitment.arrival_date:
        findings.append(
            finding(
                "VA09",
                "review_date",
                today,
                "reviewed_before_arrival",
                date=commitment.review_date,
                arrival=commitment.arrival_date,
            )
        )
    return findings


def check_open(
    commitment_id: int, closed_on: date | None, today: date, field: str = ""
) -> list[Finding]:
    """Check that a commitment is open: VA34."""
    if closed_on is None:
        return []
    return [finding("VA34", field, today, id=commitment_id, date=closed_on)]
