"""The way out of every rule, walked through the services: what the walks share, and those of 040.

Each walk stops at the rule, does what its message says, and sees it accepted.  ``WITHOUT`` says why
a rule has no walk here.  ``test_messages_ways_out`` does them; the others are in ``ways_out_*``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from pasis_tui.models import Patient
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.care_commitments import CommitmentCard
from pasis_tui.services.forms import forms, overview
from pasis_tui.services.register import code_lists
from pasis_tui.services.visits import visits
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.findings import Confirmed
from tests.services.clinic import (
    ALL,
    ARRIVAL,
    Clinic,
    all_but,
    commitment_fields,
    confirming,
    refused,
    warned,
)

Walk = Callable[[Clinic, Path], None]
NONE: Confirmed = frozenset()
DAY = date(2026, 3, 9)
WALKS: dict[str, list[Walk]] = {}
WITHOUT: dict[str, str] = {
    "ME08": "ingen spärr: raden i AG och N i 083, gången i test_chain och test_24_no_show",
}


def walk(rule: str) -> Callable[[Walk], Walk]:
    """Register a walk of *rule*; a rule may have several, one for each of its sentences."""

    def add(done: Walk) -> Walk:
        WALKS.setdefault(rule, []).append(done)
        return done

    return add


def but(*rules: str) -> Confirmed:
    """Everything confirmed but *rules*."""
    return all_but(*rules)


def _new(c: Clinic, confirmed: Confirmed = NONE, /, **raw: str) -> CommitmentCard:
    return care_commitments.create(
        c.at(screen="040"), c.vera, commitment_fields(**raw), confirmed
    )  # fmt: skip


def chosen_by_f4(c: Clinic, table: str, day: date = ARRIVAL, wanted: str = "") -> str:
    """The code of the first row that F4 shows, or of the first that holds *wanted*."""
    code: str = code_lists.search(c.at(day), table, wanted, 0, 9).rows[0][0]
    return code


def closing(day: date, reason: str = "AV", sign: str = "ANNLIN") -> dict[str, str]:
    return {"closing_date": str(day), "closing_reason": reason, "closing_caregiver": sign}


def close(
    c: Clinic, card: CommitmentCard, day: date, confirmed: Confirmed = NONE, /, **raw: str
) -> CommitmentCard:
    now = care_commitments.get(c.at(day), card.id)
    return care_commitments.close(
        c.at(day, screen="040"), card.id, now.version, now.closing_proposal() | raw, confirmed
    )


def treated(c: Clinic) -> CommitmentCard:
    """One visit, enrolled and discharged on DAY: the follow-up is ahead."""
    card = c.commitment()
    c.visit(card, DAY)
    c.enrol(card, DAY)
    c.discharge(card, DAY)
    return card


def died(c: Clinic, day: date | None) -> None:
    with SystemWork(c.database) as work:
        work.update(Patient, c.vera, None, deceased_on=day)
        work.commit()


# --- 040 --------------------------------------------------------------------------------------


@walk("VA01")
def _number(c: Clinic, _: Path) -> None:
    with refused("VA01", "identity_number", "ontrollsiffra"):
        overview.overview_page(c.at(screen="048"), identity="9307142382")
    overview.overview_page(c.at(screen="048"), identity="9307142381")


@walk("VA02")
def _problem(c: Clinic, _: Path) -> None:
    with refused("VA02", "problem", "KBT, IPT eller PDT (F4)"):
        _new(c, problem="XYZ")
    for problem in ("KBT", "IPT", "PDT"):
        assert (problem,) == tuple(
            code for code, _ in code_lists.search(c.at(), "problem", problem, 0, 9).rows
        )
        _new(c, problem=problem)


@walk("VA03")
def _not_yet(c: Clinic, _: Path) -> None:
    with refused("VA03", "arrival_date", "Ange dagen då remissen kom"):
        _new(c, arrival_date="2026-03-03")
    _new(c, arrival_date="2026-03-02")


@walk("VA04")
def _late(c: Clinic, _: Path) -> None:
    late = {"arrival_date": "2026-02-26", "decision_date": "2026-02-20"}
    with warned("VA04", "arrival_date"):
        _new(c, **late)
    _new(c, confirming("VA04"), **late)


@walk("VA05")
def _before_read(c: Clinic, _: Path) -> None:
    start = {"unit": "PSMA01", "problem": "KBT", "arrival_date": "i"}
    with refused("VA05", "caregiver", "Tryck Läs (F5)"):
        care_commitments.check_start(c.at(), c.vera, start | {"caregiver": "ANNLIN"})
    opened = care_commitments.check_start(c.at(), c.vera, start)
    rest = {"referral_source": "1", "referring_unit": "VC0001", "decision_date": "2026-03-02"}
    _new(c, **{n: v for n, v in (opened | rest).items() if n != "unit"})


@walk("VA06")
def _kind(c: Clinic, _: Path) -> None:
    with refused("VA06", "type_of_commitment", "Ange R"):
        _new(c, type_of_commitment="X")
    _new(c, type_of_commitment="R")


@walk("VA07")
def _referral(c: Clinic, _: Path) -> None:
    with refused("VA07", "referral_source", "Ange 1"):
        _new(c, referral_source="2")
    with refused("VA07", "referring_unit", "Sök på enhetens namn med F4"):
        _new(c, referring_unit="FINNSEJ")
    with refused("VA07", "referral_source", "Ändra Remiss från, eller välj en annan enhet"):
        _new(c, referring_unit="VC0007")
    code = chosen_by_f4(c, "referring_unit", wanted="Vårdcentralen Ön")
    _new(c, referring_unit=code)
    _new(c, confirming("VA08"), problem="IPT", referring_unit="VC0007", referral_source="7")


@walk("VA08")
def _listed_elsewhere(c: Clinic, _: Path) -> None:
    with warned("VA08", "referring_unit", "Kontrollera remissen"):
        _new(c, referring_unit="VC0002")
    _new(c, referring_unit="VC0001")
    _new(c, confirming("VA08"), problem="IPT", referring_unit="VC0002")


@walk("VA09")
def _order(c: Clinic, _: Path) -> None:
    with refused("VA09", "review_date", "Ange dagen då det skedde"):
        _new(c, review_date="2026-03-03")
    with refused("VA09", "review_date", "granskas när den kommit"):
        _new(c, review_date="2026-03-01")
    with refused("VA09", "decision_date", "skrivs innan den kommer"):
        care_commitments.create(
            c.at(date(2026, 3, 5)), c.vera,
            commitment_fields(decision_date="2026-03-03", review_date="2026-03-04"), but("VA09"),
        )  # fmt: skip
    card = _new(c, review_date="2026-03-02", decision_date="2026-03-01")
    c.visit(card, DAY)
    late = card.raw() | {"arrival_date": "2026-03-10", "review_date": "2026-03-10"}
    with refused("VA09", "arrival_date", "Ange ett tidigare datum"):
        care_commitments.change(c.at(date(2026, 3, 12)), card.id, card.version, late)
    early = card.raw() | {"arrival_date": str(DAY), "review_date": str(DAY)}
    care_commitments.change(c.at(date(2026, 3, 12)), card.id, card.version, early, ALL)


@walk("VA10")
def _caregiver(c: Clinic, _: Path) -> None:
    with refused("VA10", "caregiver", "Välj en behandlare med F4"):
        _new(c, caregiver="FINNSE")
    with refused("VA10", "caregiver", "slutade 2025-12-31", "Välj med F4"):
        _new(c, caregiver="GORLAT")
    _new(c, caregiver=chosen_by_f4(c, "caregiver"))


@walk("VA11")
def _young(c: Clinic, _: Path) -> None:
    with warned("VA11", "", "kontrollera remissen"):
        care_commitments.create(c.at(), c.young, commitment_fields(), but("VA11"))
    care_commitments.create(c.at(), c.young, commitment_fields(), confirming("VA11"))


@walk("VA12")
def _twice(c: Clinic, _: Path) -> None:
    first = _new(c)
    with refused("VA12", "problem", str(first.id), "avsluta det först"):
        _new(c)
    assert care_commitments.get(c.at(), first.id).is_open  # "Öppna det"
    close(c, first, ARRIVAL, closing_date="2026-03-02", closing_reason="ÖV")
    _new(c)


@walk("VA13")
def _after_death(c: Clinic, _: Path) -> None:
    died(c, date(2026, 3, 1))
    with warned("VA13", "arrival_date", "eller Avliden i 014"):
        _new(c)
    died(c, None)
    _new(c)


@walk("VA20")
def _removal_of_visited(c: Clinic, _: Path) -> None:
    """Whatever stands there, Avsluta ends it, with the code that is proposed or said."""
    card = c.commitment()
    c.visit(card, DAY)
    now = care_commitments.get(c.at(DAY), card.id)
    with refused("VA20", "", "Avsluta (Alt+A) i stället, med AV"):
        care_commitments.remove(c.at(DAY), card.id, now.version)
    assert close(c, card, DAY).status == "Avslutad AV"


@walk("VA20")
def _removal_of_a_form_alone(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.enrol(card, DAY)
    now = care_commitments.get(c.at(DAY), card.id)
    with refused("VA20", "", "formulär", "Avsluta (Alt+A) det i stället"):
        care_commitments.remove(c.at(DAY), card.id, now.version)
    close(c, card, DAY, closing_date=str(DAY), closing_reason=now.closing_reasons[0][0])


@walk("VA20")
def _removal_of_a_booking_alone(c: Clinic, _: Path) -> None:
    card = c.commitment()
    booking = c.visit(card, DAY + timedelta(7), today=DAY)
    now = care_commitments.get(c.at(DAY), card.id)
    with refused("VA20", "", "1 besök", "Makulera"):
        care_commitments.remove(c.at(DAY), card.id, now.version)
    visits.cancel(c.at(DAY), booking.id, booking.version, "fel patient")
    now = care_commitments.get(c.at(DAY), card.id)
    care_commitments.remove(c.at(DAY), card.id, now.version)


@walk("VA20")
def _removal_of_a_no_show_alone(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY, no_show="J")
    now = care_commitments.get(c.at(DAY), card.id)
    with refused("VA20", "", "1 besök", "(Alt+A)"):
        care_commitments.remove(c.at(DAY), card.id, now.version)
    close(c, card, DAY)


@walk("VA30")
def _reason(c: Clinic, _: Path) -> None:
    card = c.commitment()
    with refused("VA30", "closing_reason", "Välj en annan avslutskod med F4"):
        close(c, card, ARRIVAL, **closing(ARRIVAL))
    other = care_commitments.get(c.at(), card.id).closing_reasons[0][0]
    close(c, card, ARRIVAL, **closing(ARRIVAL, other))
    seen = c.commitment(problem="IPT")
    c.visit(seen, DAY)
    with refused("VA30", "closing_reason", "Ange AV"):
        close(c, seen, DAY, closing_reason="ÖV")
    close(c, seen, DAY, closing_reason="AV")


@walk("VA31")
def _closing_date(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY)
    later = DAY + timedelta(20)
    with refused("VA31", "closing_date", f"ska vara {DAY}"):
        close(c, card, later, closing_date=str(later))
    close(c, card, later, closing_date=str(DAY))
    empty = c.commitment(problem="PDT")
    with refused("VA31", "closing_date", "går 2026-03-02 till 2026-03-29"):
        close(c, empty, later, **closing(date(2026, 3, 1), "ÖV"))
    close(c, empty, later, **closing(ARRIVAL, "ÖV"))


@walk("VA32")
def _booked(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY)
    booking = c.visit(card, DAY + timedelta(7), today=DAY)
    with refused("VA32", "closing_date", "Ta bort den i 085 (Makulera)"):
        close(c, card, DAY, closing_date=str(DAY))
    visits.cancel(c.at(DAY), booking.id, booking.version, "återbud")
    close(c, card, DAY)


@walk("VA33")
def _late_closing(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY)
    with warned("VA33", "closing_date", "Spara ändå", f"fortfarande {DAY}"):
        close(c, card, date(2026, 4, 10))
    close(c, card, date(2026, 4, 10), confirming("VA33"))


@walk("VA34")
def _closed(c: Clinic, _: Path) -> None:
    card = c.commitment()
    c.visit(card, DAY)
    shut = close(c, card, DAY)
    fields = commitment_fields(DAY)
    with refused("VA34", "", "Återöppna det i 040 (Alt+E)", "lägg upp ett nytt"):
        c.enrol(card, DAY)
    care_commitments.create(c.at(DAY), c.vera, fields | {"problem": "IPT"}, but("VA34"))
    care_commitments.reopen(c.at(DAY), card.id, shut.version, "fel avslut")
    c.enrol(card, DAY)


@walk("VA35")
def _before_follow_up(c: Clinic, _: Path) -> None:
    card = treated(c)
    with warned("VA35", "closing_date", "Avsluta efter den, eller spara ändå"):
        close(c, card, DAY)
    close(c, card, DAY, confirming("VA35"))
    later = c.commitment(problem="IPT")
    c.visit(later, DAY, "1100")
    c.enrol(later, DAY)
    c.discharge(later, DAY)
    day = date(2026, 6, 20)
    c.visit(later, day)
    followed = {"date": str(day), "approved": "J"}
    forms.save_follow_up(c.at(day), later.id, None, followed, but("FO05", "FO06"))
    close(c, later, day)
