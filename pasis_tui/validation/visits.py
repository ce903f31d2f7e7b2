"""The rules of the visit, screen 085 (BE01-BE09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from pasis_tui.validation import codes
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.cost_protection import Assessment
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.validation.identity import age
from pasis_tui.validation.parameters import parameter, parameter_or_none
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding


@dataclass(frozen=True, slots=True)
class VisitInput:
    """Screen 085 as read.  ``reception`` and ``caregiver`` are codes."""

    commitment_id: int
    date: date
    time: time
    reception: str
    reason: str
    kind: str
    caregiver: str
    contact_type: str
    distance: bool
    interpreter: bool
    no_show: bool
    without_fee: bool
    exemption: str

    @property
    def kept(self) -> bool:
        """Whether the visit takes place."""
        return not self.no_show


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the database knows when a visit is saved; the saved visit itself is never counted.

    ``first_kept`` is the commitment's first other kept visit as (date, time), ``new_visit`` the
    other kept visit that is NY, ``kept_count`` how many kept visits it has and ``kept_before``
    how many of them start before this one.  ``doubled`` tells that the visit directly before
    this one, the same day with the same caregiver, exists.  ``diagnosis`` is the commitment's,
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
    is_second: bool = False
    diagnosis: str = ""
    birth_date: date | None = None


_ANY_DAY = date(2000, 1, 1)
_ANY_TIME = time(0, 0)


def read_visit(raw: Mapping[str, str], today: date) -> VisitInput:
    """Read screen 085; raises Refused with every fault (BE01, HK01)."""
    reader = Reader(raw, today, "BE01")
    commitment = reader.text("commitment", "Vårdåtagande", "digits", mandatory=True)
    day = reader.day("date", "Besöksdatum")
    moment = reader.moment("time", "Tid")
    reception = reader.text("reception", "Mottagning", "code", mandatory=True)
    reason = reader.code("reason", "Anledning", "visit_reason")
    kind = reader.code("kind", "Typ", "visit_kind")
    caregiver = reader.text("caregiver", "Vårdgivare", "code", mandatory=True)
    contact = reader.code("contact_type", "Kontakttyp", "contact_type")
    distance = reader.yes("distance", "Distans")
    interpreter = reader.yes("interpreter", "Tolk")
    no_show = reader.yes("no_show", "Uteblivet")
    without_fee = reader.yes("without_fee", "Utan avgift", rule="HK01")
    exemption = reader.code(
        "exemption", "Avgiftsfriorsak", "exemption", mandatory=without_fee, rule="HK01"
    )
    if exemption and not without_fee:
        reader.fault(
            "without_fee",
            f"Avgiftsfriorsak {exemption} kräver Utan avgift J. Ändra, eller ta bort orsaken.",
            "HK01",
        )
    reader.done()
    return VisitInput(
        int(commitment or 0),
        day or _ANY_DAY,
        moment or _ANY_TIME,
        reception,
        reason,
        kind,
        caregiver,
        contact,
        distance,
        interpreter,
        no_show,
        without_fee,
        exemption,
    )


def contact_type_for(day: date, moment: time, facts: VisitFacts) -> str:
    """Return the contact type BE03 wants of a kept visit at *day* and *moment*."""
    first = facts.first_kept
    return "NY" if first is None or (day, moment) < first else "ÅB"


def check_visit(
    given: VisitInput, facts: VisitFacts, today: date, kva: tuple[str, ...] | None = None
) -> list[Finding]:
    """Check a visit: BE01-BE09, VA34.  *kva* are the codes saved with it, None when none are."""
    found = check_open(facts.commitment_id, facts.closed_on, "commitment")
    if given.date < facts.arrival_date:
        found.append(
            finding(
                "BE01",
                "date",
                text=f"Besöksdatum {given.date} ligger före remissens ankomst"
                f" {facts.arrival_date}. Kontrollera datum och vårdåtagande.",
            )
        )
    if not facts.caregiver_active:
        found.append(
            finding(
                "BE01",
                "caregiver",
                text=f"Vårdgivare ”{shown(given.caregiver)}” är inte aktiv på"
                f" enheten {given.date}. Välj med F4.",
            )
        )
    if not facts.reception_known:
        found.append(finding("BE02", "reception", value=shown(given.reception)))
    if facts.same_start:
        found.append(
            finding(
                "BE08",
                "time",
                date=given.date,
                time=given.time.strftime("%H:%M"),
                caregiver=given.caregiver,
            )
        )
    found += _contact_type(given, facts)
    found += _double(given, facts)
    if given.no_show and given.date > today:
        found.append(
            finding(
                "BE01",
                "no_show",
                text=f"Ett besök {given.date} i framtiden kan inte vara"
                " uteblivet än. Ändra datumet eller Uteblivet till N.",
            )
        )
    if given.date > today:
        found.append(finding("BE09", "date", date=given.date.isoformat()))
    found += _allowed(given, facts)
    if kva is not None:
        found += check_contact_codes(given.distance, given.interpreter, kva)
    return found


def check_contact_codes(distance: bool, interpreter: bool, kva: tuple[str, ...]) -> list[Finding]:
    """Check that the KVÅ codes say what the visit says: BE04, BE06."""
    found = []
    if distance and codes.TELEMEDICINE not in kva:
        found.append(finding("BE04", "kva"))
    if interpreter and codes.INTERPRETER not in kva:
        found.append(finding("BE06", "kva"))
    return found


def _contact_type(given: VisitInput, facts: VisitFacts) -> list[Finding]:
    if not given.kept:
        return []
    wanted = contact_type_for(given.date, given.time, facts)
    if given.contact_type != wanted:
        if wanted == "NY":
            text = "Det här är vårdåtagandets första genomförda besök: kontakttyp ska vara NY."
        else:
            day = facts.first_kept[0] if facts.first_kept else ""
            text = f"Nybesöket är redan {day}. Kontakttyp ska vara ÅB (återbesök)."
        return [finding("BE03", "contact_type", text=text)]
    if wanted == "NY" and facts.new_visit is not None:
        day, moment = facts.new_visit
        text = f"Besöket {day} {moment:%H:%M} är inte längre det första och blir återbesök (ÅB)."
        found = finding("BE03", "contact_type", text=text)
        return [Finding(found.rule, Level.WARN, found.field, found.message)]
    return []


def _double(given: VisitInput, facts: VisitFacts) -> list[Finding]:
    may = facts.diagnosis.startswith(codes.DOUBLE_SESSION)
    if facts.is_second or facts.doubled:
        if not may:
            text = (
                "Dubbelsession går bara vid PTSD (F431) och tvångssyndrom (F42),"
                f" inte {facts.diagnosis}. Ändra tiden till när besöket verkligen startade."
                if facts.diagnosis
                else "Dubbelsession går bara vid PTSD (F431) och tvångssyndrom (F42), men diagnos"
                " saknas. Registrera den först (Inskrivning eller 184), eller ändra tiden."
            )
            return [finding("BE05", "time", text=text)]
        if not given.without_fee:
            text = "Dubbelsessionens andra besök ska ha Utan avgift J och Avgiftsfriorsak SJ."
            return [finding("BE05", "without_fee", text=text)]
        if given.exemption != "SJ":
            text = (
                f"Dubbelsessionens andra besök ska ha Avgiftsfriorsak SJ, inte {given.exemption}."
            )
            return [finding("BE05", "exemption", text=text)]
    return []


def visits_allowed(diagnosis: str, arrival_date: date) -> int | None:
    """Return how many visits the contract pays, None for referrals before any limit (BE07)."""
    name = "visits_allowed"
    if diagnosis.startswith(codes.DOUBLE_SESSION):
        name = "visits_allowed_double"
    return parameter_or_none(name, arrival_date)


def _allowed(given: VisitInput, facts: VisitFacts) -> list[Finding]:
    allowed = visits_allowed(facts.diagnosis, facts.arrival_date)
    number = facts.kept_count + 1
    if given.kept and allowed is not None and number > allowed:
        if facts.kept_before == facts.kept_count:
            return [finding("BE07", "", number=number, allowed=allowed)]
        # changed, or registered late: this visit's own number is a lower one
        text = f"Vårdåtagandet har {number} besök; avtalet ersätter {allowed}. Fler ersätts inte."
        return [finding("BE07", "", text=text)]
    return []


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


def fee_of(given: VisitInput, birth_date: date | None, due: int | None = None) -> int:
    """Return the fee in kronor of a visit as registered.

    *due* is what the cost protection leaves of the visit fee, None for the plain tariff.
    """
    amount, _ = proposed_fee(birth_date, given.date, no_show=given.no_show)
    if given.no_show:
        return 0 if given.without_fee and given.exemption in {"SJ", "SM"} else amount
    if given.without_fee:
        return 0
    return parameter("visit_fee", given.date) if due is None else due


def check_fee(given: VisitInput, birth_date: date | None, assessed: Assessment) -> list[Finding]:
    """Check that who pays and who does not is what the rules say: HK02, HK03."""
    if given.no_show:
        return []
    if not given.without_fee:
        if not assessed.exemption:
            return []
        why = "Patienten är avgiftsfri av åldersskäl"
        if assessed.exemption == "FK" and assessed.card is not None:
            card = assessed.card
            why = f"Frikort gäller {card.valid_from}–{card.valid_to}"
        text = f"{why}: ange Utan avgift J och Avgiftsfriorsak {assessed.exemption}."
        return [finding("HK03", "without_fee", text=text)]
    if given.exemption == "FK" and assessed.card is None:
        text = (
            f"Inget frikort gäller {given.date}. Ange Utan avgift N, eller registrera frikortet"
            " i 610 först."
        )
        return [finding("HK02", "exemption", text=text)]
    by_age = {"U2", "Ä8"}
    if given.exemption in by_age and birth_date is not None:
        if assessed.exemption in by_age and given.exemption == assessed.exemption:
            return []
        years = age(birth_date, given.date)
        text = (
            f"Avgiftsfriorsak {given.exemption} gäller inte: patienten är {years} år"
            f" {given.date}. Ange Utan avgift N eller rätt orsak (F4)."
        )
        return [finding("HK02", "exemption", text=text)]
    return []
