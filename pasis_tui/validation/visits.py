"""The rules of the visit, screen 085 (BE01-BE09)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from pasis_tui.validation import codes
from pasis_tui.validation.care_commitments import check_lifetime, check_open
from pasis_tui.validation.caregivers import Span, not_active
from pasis_tui.validation.cost_protection import Assessment
from pasis_tui.validation.days import age
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter, parameter_or_none
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.records import entry, read_record
from pasis_tui.validation.rules import Findings


@dataclass(frozen=True, slots=True)
class VisitInput:
    """Screen 085 as read: the one declaration of a visit's fields.

    ``reception`` and ``caregiver`` are codes; the row holds the ids that stand behind them.
    """

    commitment_id: int = entry("Vårdåtagande", "digits", key="commitment")
    date: dt.date = entry("Besöksdatum", "date")
    time: dt.time = entry("Tid", "time")
    reception: str = entry("Mottagning", column="")
    reason: str = entry("Anledning", table="visit_reason")
    kind: str = entry("Typ", table="visit_kind")
    caregiver: str = entry("Vårdgivare", column="")
    contact_type: str = entry("Kontakttyp", table="contact_type")
    distance: bool = entry("Distans", "yesno", mandatory=False)
    interpreter: bool = entry("Tolk", "yesno", mandatory=False)
    no_show: bool = entry("Uteblivet", "yesno", mandatory=False)
    without_fee: bool = entry("Utan avgift", "yesno", mandatory=False, rule="HK01")
    exemption: str = entry("Avgiftsfriorsak", table="exemption", mandatory=False, rule="HK01")

    @property
    def kept(self) -> bool:
        """Whether the visit takes place."""
        return not self.no_show


FEE_FIELDS = (
    "date",
    "no_show",
    "without_fee",
    "exemption",
)  # a saved fee stands unless one changes


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the database knows when a visit is saved; the saved visit itself is never counted.

    ``first_kept`` is the commitment's first other kept visit as (date, time), ``new_visit`` the
    other kept visit that is NY, ``kept_count`` how many kept visits it has and ``kept_before``
    how many of them start before this one.  ``doubled`` tells that the visit directly before
    this one, the same day with the same caregiver, exists, ``third`` when the second half starts of
    the double session that this visit would make three of.  ``caregiver_taken`` tells that the
    caregiver meets another patient then, and not both in a group.  ``diagnosis`` is the commitment's,
    from its last visit or its enrolment form.
    """

    commitment_id: int
    arrival_date: date
    closed_on: date | None = None
    problem: str = ""
    reception_known: bool = True
    caregiver_active: bool = True
    first_kept: tuple[date, time] | None = None
    new_visit: tuple[date, time] | None = None
    kept_count: int = 0
    kept_before: int = 0
    same_start: bool = False
    doubled: bool = False
    third: time | None = None
    coded: bool = False
    diagnosis: str = ""
    birth_date: date | None = None
    deceased_on: date | None = None
    discharged_on: date | None = None
    caregiver_span: Span | None = None
    caregiver_taken: bool = False


def read_visit(raw: Mapping[str, str], today: date) -> VisitInput:
    """Read screen 085; raises Refused with every fault (BE01, HK01)."""
    reader = Reader(raw, today, "BE01")
    visit = read_record(VisitInput, reader)
    if visit.without_fee and not raw.get("exemption", "").strip():
        reader.fault("exemption", "missing", "HK01", label="Avgiftsfriorsak")
    elif visit.exemption and not visit.without_fee:
        reader.fault("without_fee", "reason_without_exemption", "HK01", exemption=visit.exemption)
    reader.done()
    return visit


def contact_type_for(day: date, moment: time, facts: VisitFacts) -> str:
    """Return the contact type that BE03 requires of a kept visit at *day* and *moment*."""
    first = facts.first_kept
    return "NY" if first is None or (day, moment) < first else "ÅB"


def check_visit(
    visit: VisitInput, facts: VisitFacts, today: date, kva: tuple[str, ...] | None = None
) -> list[Finding]:
    """Check a visit: BE01-BE11, FO08, VA34.  *kva* are the codes saved with it, None when none are."""
    findings = Findings(today)
    findings += check_open(facts.commitment_id, facts.closed_on, today, "commitment")
    day, caregiver, clock = visit.date, visit.caregiver, f"{visit.time:%H:%M}"
    if day < facts.arrival_date:
        findings.add("BE01", "date", "before_arrival", date=day, arrival=facts.arrival_date)
    if not facts.caregiver_active:
        span = facts.caregiver_span
        findings.append(not_active("BE01", "caregiver", caregiver, day, span, "Vårdgivare", today))
    if not facts.reception_known:
        findings.add("BE02", "reception", value=shown(visit.reception))
    if facts.same_start:
        findings.add("BE08", "time", date=day, time=clock, caregiver=caregiver)
    if facts.caregiver_taken and visit.kept:
        findings.add("BE11", "time", date=day, time=clock, caregiver=caregiver)
    findings += check_lifetime(
        "BE10", "date", "Besöksdatum", day, facts.birth_date, facts.deceased_on, today
    )
    discharged = facts.discharged_on
    if discharged is not None and day > discharged and visit.kept and visit.reason == "B":
        findings.add("FO08", "reason", "visit_after_discharge", discharge=discharged)
    _contact_type(findings, visit, facts)
    _double(findings, visit, facts)
    if visit.no_show and day > today:
        findings.add("BE01", "no_show", "no_show_in_future", date=day)
    if visit.no_show and facts.coded:
        findings.add("ME01", "no_show", "coded_not_kept", date=day)
    if day > today:
        findings.add("BE09", "date", date=day)
    _allowed(findings, visit, facts)
    if kva is not None:
        findings += check_contact_codes(visit.distance, visit.interpreter, kva, today)
    return findings


def check_contact_codes(
    distance: bool, interpreter: bool, kva: tuple[str, ...], today: date
) -> list[Finding]:
    """Check that the KVÅ codes say what the visit says: BE04, BE06."""
    findings = Findings(today)
    if distance and codes.TELEMEDICINE not in kva:
        findings.add("BE04", "kva")
    if interpreter and codes.INTERPRETER not in kva:
        findings.add("BE06", "kva")
    return findings


def _contact_type(findings: Findings, visit: VisitInput, facts: VisitFacts) -> None:
    if not visit.kept:
        return
    wanted = contact_type_for(visit.date, visit.time, facts)
    if visit.contact_type != wanted:
        if facts.first_kept is None or wanted == "NY":
            findings.add("BE03", "contact_type", "first_is_new")
        else:
            findings.add("BE03", "contact_type", "new_already", date=facts.first_kept[0])
    elif wanted == "NY" and facts.new_visit is not None:
        day, moment = facts.new_visit
        findings.add("BE03", "contact_type", "new_visit_moves", date=day, time=f"{moment:%H:%M}")


def _double(findings: Findings, visit: VisitInput, facts: VisitFacts) -> None:
    if facts.third is not None:
        findings.add("BE05", "time", "third", time=f"{facts.third:%H:%M}")
    elif not facts.doubled:
        return
    elif not facts.diagnosis:
        findings.add("BE05", "time", "no_diagnosis")
    elif not facts.diagnosis.startswith(codes.DOUBLE_SESSION):
        findings.add("BE05", "time", "other_diagnosis", diagnosis=facts.diagnosis)
    elif not visit.without_fee:
        findings.add("BE05", "without_fee", "second_is_free")
    elif visit.exemption != "SJ":
        findings.add("BE05", "exemption", "second_is_sj", exemption=visit.exemption)


def visits_allowed(diagnosis: str, arrival_date: date) -> int | None:
    """Return how many visits the contract pays, None for referrals before any limit (BE07)."""
    name = "visits_allowed"
    if diagnosis.startswith(codes.DOUBLE_SESSION):
        name = "visits_allowed_double"
    return parameter_or_none(name, arrival_date)


def _allowed(findings: Findings, visit: VisitInput, facts: VisitFacts) -> None:
    allowed = visits_allowed(facts.diagnosis, facts.arrival_date)
    number = facts.kept_count + 1
    if visit.kept and allowed is not None and number > allowed:
        # changed, or registered late: this visit's own number is a lower one
        variant = "" if facts.kept_before == facts.kept_count else "number_in_all"
        findings.add("BE07", "", variant, number=number, allowed=allowed)


def proposed_fee(birth_date: date | None, on: date, *, no_show: bool) -> tuple[int, str]:
    """Return the plain dated tariff as (kronor, avgiftsfriorsak): domain.md section 6.

    The reason is "" when the fee is paid; of a no-show the amount is the no-show fee.
    """
    exemption = ""
    if birth_date is not None:
        years = age(birth_date, on)
        if years < parameter("free_below_age", on):
            exemption = "U2"
        elif years >= parameter("free_from_age", on):
            exemption = "Ä8"
    if no_show:
        name = "no_show_fee_exempt" if exemption else "no_show_fee"
        return parameter(name, on), exemption
    return (0, exemption) if exemption else (parameter("visit_fee", on), "")


def fee_of(visit: VisitInput, birth_date: date | None, due: int | None = None) -> int:
    """Return the fee in kronor of a visit as registered.

    *due* is what the cost protection leaves of the visit fee, None for the plain tariff.
    """
    amount, _ = proposed_fee(birth_date, visit.date, no_show=visit.no_show)
    if visit.no_show:
        return 0 if visit.without_fee and visit.exemption in {"SJ", "SM"} else amount
    if visit.without_fee:
        return 0
    return parameter("visit_fee", visit.date) if due is None else due


def check_fee(
    visit: VisitInput, birth_date: date | None, assessed: Assessment, today: date
) -> list[Finding]:
    """Check that the visit is paid, or free, as the rules say: HK02, HK03."""
    findings = Findings(today)
    if visit.no_show:
        return findings
    exemption, card = assessed.exemption, assessed.card
    if not visit.without_fee:
        if exemption == "FK" and card is not None:
            days = {"first": card.valid_from, "last": card.valid_to}
            findings.add("HK03", "without_fee", "free_by_card", exemption=exemption, **days)
        elif exemption:
            findings.add("HK03", "without_fee", "free_by_age", exemption=exemption)
    elif visit.exemption == "FK" and card is None:
        findings.add("HK02", "exemption", "no_free_card", date=visit.date)
    elif visit.exemption in {"U2", "Ä8"} and birth_date and visit.exemption != exemption:
        age_then = {"years": age(birth_date, visit.date), "date": visit.date}
        findings.add("HK02", "exemption", "not_of_age", exemption=visit.exemption, **age_then)
    return findings
