"""The tasks of AG: from the facts in the database to what is missing, by which day, and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from pasis_tui.services.reports import worklist_queries as queries
from pasis_tui.services.reports.worklist_queries import Counted, Found, Lacking, Open
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.days import add_months
from pasis_tui.validation.forms import follow_up_window
from pasis_tui.validation.identity import format_identity_number
from pasis_tui.validation.parameters import dated, parameter
from pasis_tui.validation.visits import visits_allowed

NOTICE = dt.timedelta(days=14)
Key = tuple[Any, ...]
_NEVER = dt.date.max
_UNPAID = "besöket ersätts inte"


class Task(NamedTuple):
    """Something to register or put right; a tuple, since a unit may have thousands.

    ``what`` and ``cost`` (of waiting) are short, for the list; ``text`` is the whole sentence.
    ``due`` is the last day in time, None when it can no longer be put right.  It is done in
    ``screen``, opened with ``arguments`` and the patient carried.  ``caregiver_id`` is the
    therapist; ``key`` and ``old`` are set in a list, see ``worklist_order``.
    """

    rule: str
    what: str
    text: str
    cost: str
    due: dt.date | None
    screen: str
    patient_id: int
    identity_text: str
    name: str
    commitment_id: int
    caregiver_id: int
    visit_id: int = 0
    visit_on: dt.date = _NEVER
    is_open: bool = True
    key: Key = ()
    old: bool = False

    @property
    def arguments(self) -> dict[str, int]:
        """The arguments that ``screen`` is opened with."""
        if self.screen in {"085", "184"} and self.visit_id:
            return {"visit": self.visit_id}
        return {"commitment": self.commitment_id} if self.screen != "085" else {}


class _Who(NamedTuple):
    patient_id: int
    identity_text: str
    name: str
    commitment_id: int
    caregiver_id: int


def _who(row: Found) -> _Who:
    name = f"{row.family_name}, {row.given_name}"
    number = format_identity_number(row.identity_number)
    return _Who(row.patient_id, number, name, row.commitment_id, row.caregiver_id)


def of_commitments(work: UnitOfWork, today: dt.date, protected: bool) -> list[Task]:
    """Return what is missing in the unit's open commitments: forms, follow-up, closing, a referral."""
    tasks: list[Task] = []
    for facts in work.all(queries.OPEN, today=today, protected=protected):
        who = _who(facts)
        tasks += _referral(who, facts)
        tasks += _enrolment(who, facts)
        tasks += _follow_up(who, facts, today)
        tasks += _closing(who, facts, today)
    return tasks


def _referral(who: _Who, facts: Open) -> Iterable[Task]:
    if facts.bad_referral:
        text = "Remissen gäller inte: Typ av VB ska vara R och Remiss från stämma med koden."
        yield Task(
            "VA07",
            "Remiss saknas eller fel",
            text,
            "inget besök ersätts",
            facts.arrival_date,
            "040",
            *who,
        )


def _enrolment(who: _Who, facts: Open) -> Iterable[Task]:
    if facts.visits and facts.enrolment is None:
        text = f"Inskrivning saknas, {facts.visits} besök finns. Den ska ha första besökets datum."
        yield Task("FO01", "Inskrivning saknas", text, "fattas i 051", facts.first, "048 I", *who)


def _follow_up(who: _Who, facts: Open, today: dt.date) -> Iterable[Task]:
    if facts.discharge is None or facts.follow_up is not None:
        return
    first, last = follow_up_window(facts.discharge)
    screen = "048 P" if facts.visits else "085"
    booked = facts.booked is not None and first <= facts.booked <= last
    if today < first - NOTICE or booked:  # a booked visit becomes a task again on its day
        return
    if today < first:
        what, cost = f"Uppföljning fr.o.m. {first:%d/%m}", "boka, annars missas"
        text = f"Uppföljning kan ske {first}–{last}: boka besöket i 085."
        screen = "085"
    elif today <= last - NOTICE:
        what, cost = f"Uppföljning t.o.m. {last:%d/%m}", "fönstret stänger"
        text = f"Uppföljning ska ske {first}–{last}, {(last - today).days} dagar kvar."
    elif today <= last:
        days = (last - today).days
        what, cost = f"Uppföljning: {days} d kvar", "missas snart"
        text = f"Fönstret för uppföljning {first}–{last} stänger om {days} dagar."
    else:
        what, cost = f"Uppföljning missad {last:%d/%m}", "utanför 3–4 månader"
        text = f"Uppföljning missad: fönstret var {first}–{last}. Registrera den, eller avsluta."
    yield Task("FO05", what, text, cost, last, screen, *who)


def _closing(who: _Who, facts: Open, today: dt.date) -> Iterable[Task]:
    """Yield VA33; without a follow-up the treatment ended at the last visit."""
    within = parameter("close_within_months", today)
    if facts.follow_up is not None:
        limit, since = add_months(facts.follow_up, within), f"Uppföljd {facts.follow_up}"
    elif facts.discharge is not None:
        _, limit = follow_up_window(facts.discharge)
        if today <= limit:
            return
        since = f"Utskriven {facts.discharge} utan uppföljning"
    else:
        yield from _silent(who, facts, today, within)
        return
    days = (limit - today).days
    left = f"{days} dagar kvar" if days >= 0 else f"{-days} dagar för sent"
    first = f" Ta bort bokningen {facts.booked} först (VA32)." if facts.booked else ""
    text = f"{since}: vårdåtagandet ska avslutas senast {limit}, {left}.{first}"
    what = f"Avsluta, {days} d kvar" if days >= 0 else f"Avsluta, {-days} d sent"
    cost = "sent efter en månad" if days >= 0 else "tiden har gått ut"
    yield Task("VA33", what, text, cost, limit, "040", *who)


def _silent(who: _Who, facts: Open, today: dt.date, within: int) -> Iterable[Task]:
    """Yield VA33 for a patient who stays away with no booking, and may have broken off."""
    if facts.last is None or facts.booked is not None:
        return
    limit = add_months(facts.last, within)
    if today < limit - NOTICE:
        return
    text = (
        f"Inget besök sedan {facts.last} och inget bokat. Boka, skriv ut, eller avsluta senast"
        f" {limit} om behandlingen avbrutits."
    )
    what = f"Ej bokat, sist {facts.last:%d/%m}"
    yield Task("VA33", what, text, "avbruten? avsluta", limit, "048", *who)


def of_visits(work: UnitOfWork, today: dt.date, protected: bool) -> list[Task]:
    """Return what is missing at visits up to *today*.

    The codes of closed commitments are checked one year back only.
    """
    recent = add_months(today, -12)
    which = {"protected": protected, "all": queries.ALL}
    rows = work.all(queries.LACKING_BETWEEN, first=recent, last=today, **which)
    rows += work.all(queries.UNREGISTERED_BEFORE, before=recent, **which)
    rows += work.all(queries.MISCODED_BEFORE, before=recent, **which)
    return _lacking(rows, today, each_referral=False)


def of_period(
    work: UnitOfWork, first: dt.date, last: dt.date, today: dt.date, protected: bool
) -> list[Task]:
    """Return what is missing at visits *first*–*last*; a bad referral is a task for every visit."""
    rows = work.all(queries.UNPAID_BETWEEN, first=first, last=last, protected=protected)
    return _lacking(rows, today, each_referral=True)


def _lacking(rows: Iterable[Lacking], today: dt.date, *, each_referral: bool) -> list[Task]:
    tasks: list[Task] = []
    for row in rows:
        who, day, main = _who(row), row.date, row.main_diagnosis
        rest = (row.visit_id, day, row.closed_on is None)
        at, short = f"{day} {row.time:%H:%M}", f"{day:%d/%m}"
        if row.bad_referral and each_referral:
            text = f"Besöket {at}: remissen gäller inte."
            screen = "040"
            tasks.append(
                Task("VA07", f"{short}: remiss fel", text, _UNPAID, day, screen, *who, *rest)
            )
        if main is None:
            if row.registered_on >= day:
                text = f"Besöket {at} saknar medicinsk registrering: diagnos och KVÅ i 184."
                what = f"Dia reg N {short}"
                tasks.append(Task("ME08", what, text, _UNPAID, day, "184", *who, *rest))
            elif day < today:
                text = f"Bokat besök {at} har passerat: registrera 184, Uteblivet, eller makulera."
                what = f"Bokat {short} passerat"
                tasks.append(Task("BE09", what, text, _UNPAID, day, "085", *who, *rest))
            continue
        if row.outside:
            text = f"Besöket {at}: huvuddiagnos {main} finns inte i avtalets lista."
            what = f"{short}: diagnos {main}"
            tasks.append(Task("ME01", what, text, _UNPAID, day, "184", *who, *rest))
        if not row.treated:
            text = f"Besöket {at} saknar KVÅ för behandlingen (DU008, DU011 eller DU022)."
            tasks.append(
                Task("ME04", f"{short}: KVÅ saknas", text, _UNPAID, day, "184", *who, *rest)
            )
    return tasks


def over_limit_open(work: UnitOfWork, today: dt.date, protected: bool) -> list[Task]:
    """Return the open commitments' visits beyond what the contract pays (BE07).

    They can never be put right.
    """
    rows = work.all(queries.OVER_OPEN, last=today, least=_least(), protected=protected)
    return _over_limit(rows, dt.date.min)


def over_limit(work: UnitOfWork, first: dt.date, last: dt.date, protected: bool) -> list[Task]:
    """Return the visits *first*–*last* beyond what the contract pays, closed commitments' too."""
    rows = work.all(
        queries.OVER_BETWEEN, first=first, last=last, least=_least(), protected=protected
    )
    return _over_limit(rows, first)


def _least() -> int:
    return min(value for _, value in dated("visits_allowed"))


def _over_limit(rows: Iterable[Counted], first: dt.date) -> list[Task]:
    tasks: list[Task] = []
    for _, group in groupby(rows, key=lambda row: row.commitment_id):
        visits = list(group)
        coded = [row.main_diagnosis for row in visits if row.main_diagnosis]
        diagnosis = coded[-1] if coded else visits[0].diagnosis or ""
        allowed = visits_allowed(diagnosis, visits[0].arrival_date)
        if allowed is None:
            continue
        for number, row in enumerate(visits[allowed:], allowed + 1):
            day = row.date
            if day < first:
                continue
            text = f"Besöket {day} är nummer {number}; avtalet ersätter {allowed}."
            what = f"{day:%d/%m}: besök {number} av {allowed}"
            rest = (row.visit_id, day, row.closed_on is None)
            tasks.append(Task("BE07", what, text, _UNPAID, None, "085", *_who(row), *rest))
    return tasks
