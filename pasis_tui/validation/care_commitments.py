"""The rules of the vårdåtagande: opening, changing, closing, removal (VA02-VA34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from pasis_tui.validation import codes
from pasis_tui.validation.fields import add_months
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding


@dataclass(frozen=True, slots=True)
class CommitmentStart:
    """What may be filled in before Läs."""

    problem: str
    arrival_date: date


@dataclass(frozen=True, slots=True)
class CommitmentInput:
    """The whole upper half of screen 040; ``referring_unit`` and ``caregiver`` are codes."""

    problem: str
    arrival_date: date
    type_of_commitment: str
    referral_source: str
    referring_unit: str
    review_date: date
    caregiver: str
    decision_date: date


@dataclass(frozen=True, slots=True)
class ClosingInput:
    """The closing block of screen 040."""

    closing_date: date
    closing_reason: str
    closing_caregiver: str


@dataclass(frozen=True, slots=True)
class CommitmentFacts:
    """What the database knows when a commitment is opened or changed.

    ``other_open`` is the ID of another open commitment of the same patient, unit and problem;
    ``referring_source`` and ``referring_name`` are None and "" for an unknown code.
    """

    age: int | None = None
    other_open: int | None = None
    referring_source: str | None = None
    referring_name: str = ""
    listed_name: str = ""
    listed_code: str = ""
    caregiver_active: bool = True
    first_activity: date | None = None


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


_ANY_DAY = date(2000, 1, 1)  # stands in for a faulty date until Reader.done raises


def _start(reader: Reader) -> tuple[str, date | None]:
    problem = reader.code(
        "problem",
        "Problem",
        "problem",
        rule="VA02",
        unknown="Problem ”{value}” går inte. Ange KBT, IPT eller PDT (F4).",
    )
    return problem, reader.day("arrival_date", "Ankomstdatum", rule="VA03")


def read_start(raw: Mapping[str, str], today: date) -> CommitmentStart:
    """Read Problem and Ankomstdatum; raises Refused (VA02, VA03, VA05)."""
    reader = Reader(raw, today, "VA05")
    problem, arrival = _start(reader)
    for field in (
        "type_of_commitment",
        "referral_source",
        "referring_unit",
        "review_date",
        "caregiver",
        "decision_date",
    ):
        if raw.get(field, "").strip():
            reader.faults.append(finding("VA05", field))
    reader.done()
    return CommitmentStart(problem, arrival or _ANY_DAY)


def check_start(start: CommitmentStart, facts: CommitmentFacts, today: date) -> list[Finding]:
    """Check Läs at a new commitment: VA03, VA04, VA11, VA12."""
    found: list[Finding] = []
    if start.arrival_date > today:
        found.append(
            finding("VA03", "arrival_date", value=start.arrival_date.isoformat(), today=today)
        )
    elif start.arrival_date != today:
        found.append(finding("VA04", "arrival_date", value=start.arrival_date, today=today))
    if facts.other_open is not None:
        found.append(finding("VA12", "problem", problem=start.problem, id=facts.other_open))
    found += _age(facts, today)
    return found


def _age(facts: CommitmentFacts, today: date) -> list[Finding]:
    if facts.age is not None and facts.age < parameter("minimum_age", today):
        return [finding("VA11", "", age=facts.age)]
    return []


def read_commitment(raw: Mapping[str, str], today: date) -> CommitmentInput:
    """Read the fields of Nyuppläggning; raises Refused with every fault."""
    reader = Reader(raw, today, "VA05")
    problem, arrival = _start(reader)
    kind = reader.code(
        "type_of_commitment",
        "Typ av VB",
        "type_of_commitment",
        rule="VA06",
        unknown="Typ av VB ”{value}” går inte. Ange R (Remiss).",
    )
    source = reader.code(
        "referral_source",
        "Remiss från",
        "referral_source",
        rule="VA07",
        unknown="Remiss från ”{value}” går inte. Ange 1 (VC i Skåne) eller 7 (VC utanför Skåne).",
    )
    referring = reader.text("referring_unit", "Remisskod", "code", mandatory=True, rule="VA07")
    review = reader.day("review_date", "Remissgranskningsdatum", rule="VA09")
    caregiver = reader.text("caregiver", "Vårdgivarsignatur", "code", mandatory=True, rule="VA10")
    decision = reader.day("decision_date", "Datum för remissbeslut", rule="VA09")
    reader.done()
    return CommitmentInput(
        problem,
        arrival or _ANY_DAY,
        kind,
        source,
        referring,
        review or _ANY_DAY,
        caregiver,
        decision or _ANY_DAY,
    )


def check_commitment(
    given: CommitmentInput, facts: CommitmentFacts, today: date, *, is_new: bool = True
) -> list[Finding]:
    """Check a commitment against what the database knows: VA03-VA12."""
    start = CommitmentStart(given.problem, given.arrival_date)
    found = check_start(start, facts, today)
    if not is_new:  # the day of registration has passed: only what can still be mended is said
        found = [f for f in found if f.rule not in {"VA04", "VA11"}]
    if facts.referring_source is None:
        found.append(
            finding(
                "VA07",
                "referring_unit",
                text=f"Remisskod ”{shown(given.referring_unit)}” finns inte."
                " Sök på enhetens namn med F4 (<<).",
            )
        )
    elif facts.referring_source != given.referral_source:
        where = codes.table("referral_source")[facts.referring_source]
        found.append(
            finding(
                "VA07",
                "referral_source",
                text=f"{facts.referring_name} hör till"
                f" {facts.referring_source} {where}. Ändra Remiss från, eller välj en annan enhet.",
            )
        )
    elif facts.listed_code and facts.listed_code != given.referring_unit and is_new:
        found.append(
            finding(
                "VA08", "referring_unit", listed=facts.listed_name, referring=facts.referring_name
            )
        )
    found += _order(given, today)
    if not facts.caregiver_active:
        found.append(
            finding(
                "VA10",
                "caregiver",
                value=shown(given.caregiver),
                date=given.review_date.isoformat(),
            )
        )
    if facts.first_activity is not None and given.arrival_date > facts.first_activity:
        found.append(
            finding(
                "VA09",
                "arrival_date",
                text=f"Ankomstdatum {given.arrival_date} ligger efter"
                f" första besöket eller formuläret {facts.first_activity}. Ange ett tidigare datum.",
            )
        )
    return found


def _order(given: CommitmentInput, today: date) -> list[Finding]:
    found: list[Finding] = []
    for field, label, day in (
        ("decision_date", "Remissbeslut", given.decision_date),
        ("review_date", "Remissgranskning", given.review_date),
    ):
        if day > today:
            text = f"{label} {day} ligger efter idag ({today}). Ange dagen då det skedde."
            found.append(finding("VA09", field, text=text))
    if given.decision_date > given.arrival_date:
        found.append(
            finding(
                "VA09",
                "decision_date",
                text=f"Remissbeslut {given.decision_date} ligger efter"
                f" ankomst {given.arrival_date}. Remissen skrivs innan den kommer.",
            )
        )
    if given.review_date < given.arrival_date:
        found.append(
            finding(
                "VA09",
                "review_date",
                text=f"Granskning {given.review_date} ligger före ankomst"
                f" {given.arrival_date}. Remissen granskas när den kommit.",
            )
        )
    return found


def read_closing(raw: Mapping[str, str], today: date) -> ClosingInput:
    """Read the closing block; raises Refused (VA30, VA31, VA10)."""
    reader = Reader(raw, today, "VA31")
    day = reader.day("closing_date", "Avslutsdatum", rule="VA31")
    reason = reader.code("closing_reason", "Orsak", "closing_reason", rule="VA30")
    sign = reader.text("closing_caregiver", "Sign", "code", mandatory=True, rule="VA10")
    reader.done()
    return ClosingInput(day or _ANY_DAY, reason, sign)


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


def check_closing(given: ClosingInput, facts: ClosingFacts, today: date) -> list[Finding]:
    """Check a closing: VA10, VA30-VA33."""
    found: list[Finding] = []
    if facts.has_visits and given.closing_reason != "AV":
        found.append(
            finding(
                "VA30",
                "closing_reason",
                text=f"Orsak {given.closing_reason} går inte när besök"
                " finns. Ange AV (Avslutad, ej åter).",
            )
        )
    if not facts.has_visits and given.closing_reason == "AV":
        found.append(
            finding(
                "VA30",
                "closing_reason",
                text="AV finns inte när inga besök är registrerade."
                " Välj en annan avslutskod med F4.",
            )
        )
    found += _closing_date(given.closing_date, facts, today)
    if facts.later is not None:
        day, moment = facts.later
        found.append(
            finding(
                "VA32",
                "closing_date",
                date=day.isoformat(),
                time=moment.strftime("%H:%M"),
                limit=f"idag ({today})",
            )
        )
    if not facts.caregiver_active:
        found.append(
            finding(
                "VA10",
                "closing_caregiver",
                value=shown(given.closing_caregiver),
                date=given.closing_date.isoformat(),
            )
        )
    decided = proposed_closing_date(facts)
    if decided is not None:
        limit = add_months(decided, parameter("close_within_months", today))
        if today > limit:
            found.append(finding("VA33", "closing_date", date=decided, limit=limit))
    return found


def _closing_date(day: date, facts: ClosingFacts, today: date) -> list[Finding]:
    decided = proposed_closing_date(facts)
    if decided is not None:
        if day == decided:
            if facts.last_visit is not None and facts.last_visit > day:
                return [
                    finding(
                        "VA32",
                        "closing_date",
                        text=f"Besöket {facts.last_visit} ligger efter"
                        f" avslutsdatum {day}. Makulera det, eller rätta uppföljningens datum.",
                    )
                ]
            return []
        why = "uppföljningsbesökets datum" if facts.follow_up_date else "sista besökets datum"
        text = f"Avslutsdatum ska vara {decided} ({why}), inte {day}."
    elif facts.arrival_date <= day <= today:
        return []
    else:
        text = f"Avslutsdatum {day} går inte. Utan besök går {facts.arrival_date} till {today}."
    return [finding("VA31", "closing_date", text=text)]


def check_removal(facts: ClosingFacts, visits: int, forms: int) -> list[Finding]:
    """Check Borttag: VA20."""
    if not visits and not forms:
        return []
    parts = []
    if visits:
        parts.append(f"{visits} besök")
    if forms:
        parts.append(f"{forms} formulär")
    what = " och ".join(parts)
    if visits:
        return [finding("VA20", "", what=what)]
    return [
        finding(
            "VA20",
            "",
            text=f"Vårdåtagande {facts.commitment_id} får inte tas bort: {what} finns."
            " Avsluta det i stället.",
        )
    ]


def check_open(commitment_id: int, closed_on: date | None, field: str = "") -> list[Finding]:
    """Check that a commitment is open: VA34."""
    if closed_on is None:
        return []
    return [finding("VA34", field, id=commitment_id, date=closed_on.isoformat())]
