"""283 Högkostnadsöversikt, 283 Manuellt registrerade besök, 610 Frikortsregistrering."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Entity, ExternalFee, FreeCard, Patient, wall_clock
from pasis_tui.services.commitments.commitment_state import lines_of_patient
from pasis_tui.services.errors import NotFound
from pasis_tui.services.fees.fee_history import Protection, read_protection, update_issued_cards
from pasis_tui.services.patients.reach import (
    check_relation,
    created,
    denied,
    reachable,
    read_reason,
    require_relation,
)
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.cost_protection import Assessment, Card, Fee, kronor
from pasis_tui.validation.fees import (
    check_external_fee,
    check_free_card,
    read_external_fee,
    read_free_card,
)
from pasis_tui.validation.findings import NOTHING, Confirmed, Refused, settle
from pasis_tui.validation.rules import finding

_EXTERNAL: Final = "external_fee"
_CARD: Final = "free_card"


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A fee of the overview, amounts in whole kronor; ``visit_id`` None for one from elsewhere.

    ``period`` is the first day of the period it counts in, ``sum`` what had been counted in it then.
    """

    date: dt.date
    time: str
    what: str
    provider: str
    paid: int
    counted: int
    overpaid: int
    note: str
    visit_id: int | None
    period: dt.date | None
    sum: int


@dataclass(frozen=True, slots=True)
class CostOverview:
    """What 283 Högkostnadsöversikt shows, the newest fee first.

    ``unissued`` are frikort that the fees call for and that are not in the register yet.
    """

    patient_id: int
    assessment: Assessment
    rows: tuple[FeeRow, ...]
    unissued: tuple[Card, ...]

    @property
    def overpaid(self) -> int:
        """Kronor paid that need not have been, over all rows."""
        return sum(row.overpaid for row in self.rows)

    @property
    def texts(self) -> dict[str, str]:
        """The sentences above the list, by the field names of the screen."""
        assessed = self.assessment
        period, card = assessed.period, assessed.card
        where = "Ingen period är öppen: den öppnas av nästa avgift."
        if period is not None:
            where = f"{period.first}–{period.last}"
        free = "Inget frikort gäller."
        if card is not None:
            free = f"Gäller {card.valid_from}–{card.valid_to}."
        if self.unissued:
            free += " Ej utfärdat: Utfärda i 610."
        over = "Inget."
        if self.overpaid:
            over = (
                f"{kronor(self.overpaid)} kr på {len(assessed.overpayments)} avgifter, se listan."
            )
        return {
            "period": where,
            "standing": _sentence(assessed),
            "free_card": free,
            "overpaid": over,
        }


class ExternalRow(NamedTuple):
    """A fee paid to another provider; ``counted`` kronor of it count."""

    id: int
    version: int
    date: dt.date
    amount: int
    provider: str
    proof: str
    counted: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class CardRow:
    """A frikort; ``issued_here`` by this program, else registered from elsewhere."""

    id: int
    version: int
    number: str
    issuer: str
    valid_from: dt.date
    valid_to: dt.date
    issued_here: bool


_BIRTH = Query(
    select(col(Patient.birth_date), col(Patient.id)).where(
        col(Patient.id) == bindparam("patient_id")
    )
)
_EXTERNALS = Query(
    select(*columns_for(ExternalRow, ExternalFee))
    .where(
        col(ExternalFee.patient_id) == bindparam("patient_id"),
        col(ExternalFee.removed_at).is_(None),
    )
    .order_by(col(ExternalFee.date).desc(), col(ExternalFee.id).desc()),
    ExternalRow,
)
_CARDS = Query(
    select(*columns_for(CardRow, FreeCard))
    .where(col(FreeCard.patient_id) == bindparam("patient_id"), col(FreeCard.removed_at).is_(None))
    .order_by(col(FreeCard.valid_from).desc(), col(FreeCard.id).desc()),
    CardRow,
)


def _sentence(assessed: Assessment) -> str:
    if assessed.exemption in {"U2", "Ä8"}:
        age = "under 20 år" if assessed.exemption == "U2" else "85 år eller äldre"
        return f"Avgiftsfri: {age}."
    return f"{assessed.paid[0].upper()}{assessed.paid[1:]}"


def read_all(work: UnitOfWork, patient_id: int) -> Protection:
    """Return a patient's protection; raises NotFound."""
    person = work.one(_BIRTH, patient_id=patient_id)
    if person is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    return read_protection(work, patient_id, person[0], lines_of_patient(work, patient_id))


@needs("fees")
def overview(context: Context, patient_id: int) -> CostOverview:
    """Return what the patient paid and what counts, as of the working date; logged.

    Raises Refused (SE01) for a patient that only others have.
    """
    check_relation(context, patient_id)
    with Reading(context) as work:
        cost_overview = overview_of(work, patient_id)
        work.audit("read", patient_id, "cost_protection")
        work.commit()
    return cost_overview


def overview_of(work: UnitOfWork, patient_id: int) -> CostOverview:
    """Return the overview inside a piece of work."""
    protection = read_all(work, patient_id)
    assessed = protection.on(work.today)
    known = {each.card for each in protection.issued}
    sums: list[int] = []
    so_far: dict[dt.date | None, int] = {}
    for each in assessed.fees:
        so_far[each.period] = so_far.get(each.period, 0) + each.counted
        sums.append(so_far[each.period])
    rows = tuple(
        FeeRow(
            date=each.fee.date,
            time="" if each.fee.kind == "external" else f"{each.fee.time:%H:%M}",
            what=_KINDS[each.fee.kind],
            provider=each.fee.provider,
            paid=each.fee.amount,
            counted=each.counted,
            overpaid=each.overpaid,
            note=each.note,
            visit_id=None if each.fee.kind == "external" else each.fee.id,
            period=each.period,
            sum=total,
        )
        for each, total in zip(reversed(assessed.fees), reversed(sums), strict=True)
    )
    unissued = tuple(card for card in assessed.issued if card not in known)
    return CostOverview(patient_id, assessed, rows, unissued)


_KINDS = {"visit": "Besök", "no_show": "Uteblivet", "external": "Annan"}


# --- 283 Manuellt registrerade besök ----------------------------------------------------------


@needs("fees")
def external_fees(context: Context, patient_id: int) -> tuple[ExternalRow, ...]:
    """Return the fees shown as paid elsewhere, newest first; logged.  Raises Refused (SE01)."""
    check_relation(context, patient_id)
    with Reading(context) as work:
        assessed = read_all(work, patient_id).on(work.today)
        became = {x.fee.id: x for x in assessed.fees if x.fee.kind == "external"}
        rows = work.all(_EXTERNALS, patient_id=patient_id)
        work.audit("read", patient_id, _EXTERNAL)
        work.commit()
    return tuple(
        row._replace(counted=became[row.id].counted, note=became[row.id].note)
        if row.id in became
        else row
        for row in rows
    )


@needs("fees")
def add_external(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> tuple[str, ...]:
    """Register a fee paid elsewhere; the period is computed again.

    Returns the consequences in Swedish sentences: a frikort issued or moved, fees that became
    overpayments.  Raises Refused (HK04, SE01) and Unconfirmed (HK05).
    """
    paid = read_external_fee(raw, context.today)
    with UnitOfWork(context) as work:
        work.lock_patient(patient_id)
        require_relation(work, patient_id)
        protection = read_all(work, patient_id)
        fees = protection.fees
        same = any(
            fee.kind == "external"
            and (fee.date, fee.amount, fee.provider.casefold())
            == (paid.date, paid.amount, paid.provider.casefold())
            for fee in fees
        )
        before = protection.on(paid.date, dt.time(0))
        settle(check_external_fee(paid, same, before, work.today), confirmed)
        values = asdict(paid)
        key: int = work.insert(ExternalFee, patient_id=patient_id, **values)
        work.audit("create", patient_id, _EXTERNAL, key, created(values))
        fee = Fee(paid.date, dt.time(0), "external", key, paid.amount, paid.provider)
        after = protection.with_fee(fee)
        done = update_issued_cards(work, patient_id, after, protection)
        work.commit()
    return tuple(done)


@needs("fees")
def remove_external(context: Context, fee_id: int, version: int, reason: str) -> tuple[str, ...]:
    """Take a fee from elsewhere out of the count; the row stays, the reason is logged.

    Returns the consequences.  Raises Refused (HK04 without a reason, SE01) and Conflict.
    """
    why = read_reason(reason, "remove_reason", "HK04", context.today)
    return _remove(context, ExternalFee, _EXTERNAL, fee_id, version, why)


def _remove(
    context: Context,
    model: type[ExternalFee | FreeCard],
    entity: Entity,
    key: int,
    version: int,
    reason: str,
) -> tuple[str, ...]:
    with UnitOfWork(context) as work:
        patient_id = work.lock_patient_of(model, key) if reachable(key) else None
        if patient_id is not None:
            require_relation(work, patient_id)  # the patient may no longer be the unit's
        row = None if patient_id is None else work.record(model, key)
        if row is None:
            raise denied(work, entity, key)
        if row.removed_at is not None:
            raise work.conflict(entity, key)
        if model is FreeCard and row.issued_here:
            raise Refused([finding("HK07", "", work.today, "issued_here", number=row.number)])
        work.update(model, key, version, removed_at=wall_clock())
        work.audit("remove", row.patient_id, entity, key, {"removed": [False, True]}, reason)
        done = update_issued_cards(work, row.patient_id, read_all(work, row.patient_id))
        work.commit()
    return tuple(done)


# --- 610 Frikortsregistrering -----------------------------------------------------------------


@needs("fees")
def free_cards(context: Context, patient_id: int) -> tuple[CardRow, ...]:
    """Return the patient's frikort, newest first; logged.  Raises Refused (SE01)."""
    check_relation(context, patient_id)
    with Reading(context) as work:
        rows = work.all(_CARDS, patient_id=patient_id)
        work.audit("read", patient_id, _CARD)
        work.commit()
    return tuple(rows)


@needs("fees")
def add_card(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> tuple[str, ...]:
    """Register a frikort issued elsewhere; return the consequences in Swedish sentences.

    Raises Refused (HK06, HK07, SE01).
    """
    card_input = read_free_card(raw, context.today)
    with UnitOfWork(context) as work:
        work.lock_patient(patient_id)
        require_relation(work, patient_id)
        before = read_all(work, patient_id)
        rows = work.all(_CARDS, patient_id=patient_id)
        others = [(x.number, Card(x.valid_from, x.valid_to), x.issued_here) for x in rows]
        # one that the fees call for counts, issued or not
        others += [("", card, True) for card in before.on(work.today).issued]
        settle(check_free_card(card_input, others, work.today), confirmed)
        values = asdict(card_input)
        key: int = work.insert(FreeCard, patient_id=patient_id, issued_here=False, **values)
        work.audit("create", patient_id, _CARD, key, created(values))
        done = update_issued_cards(work, patient_id, read_all(work, patient_id), before)
        work.commit()
    return tuple(done)


@needs("fees")
def remove_card(context: Context, card_id: int, version: int, reason: str) -> tuple[str, ...]:
    """Take back a frikort registered from elsewhere; the row stays, the reason is logged.

    Raises Refused (HK07 for one issued here, HK06 without a reason, SE01) and Conflict.
    """
    why = read_reason(reason, "remove_reason", "HK06", context.today)
    return _remove(context, FreeCard, _CARD, card_id, version, why)


@needs("fees")
def issue(context: Context, patient_id: int) -> tuple[str, ...]:
    """Issue the frikort that the fees call for and that are not in the register (Utfärda).

    A booked visit reaches the ceiling on its day, when nobody saves anything.  Returns what was
    done, nothing when all is as it should be.  Raises Refused (SE01).
    """
    with UnitOfWork(context) as work:
        work.lock_patient(patient_id)
        require_relation(work, patient_id)
        done = update_issued_cards(work, patient_id, read_all(work, patient_id))
        if not done:
            work.audit("read", patient_id, _CARD)
        work.commit()
    return tuple(done)
