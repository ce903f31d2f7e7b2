"""The recurring spot check of the log: drawn by the program, reviewed by the manager, on paper."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import AuditEvent, SpotCheck, SpotCheckEvent, User, wall_clock
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports.access_log import ACTIONS, ENTITIES, PLACES, read_chosen
from pasis_tui.services.reports.papers import Paper
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.findings import Refused, refusal

SIZE = 20  # events drawn, or all there are
Decision = Literal["G", "A"]
DECISIONS = {"": "", "G": "Utan anmärkning", "A": "AVVIKELSE"}
_IDS = Query(
    select(col(AuditEvent.id)).where(
        col(AuditEvent.unit_id) == bindparam("unit_id"),
        col(AuditEvent.at) >= bindparam("first"),
        col(AuditEvent.at) < bindparam("beyond"),
        col(AuditEvent.entity) != "audit_event",
        col(AuditEvent.entity) != "spot_check",
    )
)


class Reviewed(Refused):
    """Another manager has reviewed the row first."""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """An event of a sample, and what was found; ``decided_by`` is a signature, "" for nobody yet."""

    id: int
    at: dt.datetime
    signature: str
    screen: str
    action: str
    entity: str
    entity_id: int | None
    decision: str
    note: str
    decided_by: str | None
    decided_at: dt.datetime | None

    @property
    def where(self) -> str:
        """The screen, or the command in Swedish."""
        return PLACES.get(self.screen, self.screen)

    @property
    def what(self) -> str:
        """The act and what it was done to, in Swedish."""
        entity = ENTITIES.get(self.entity, self.entity)
        number = "" if self.entity_id is None else f" {self.entity_id}"
        return f"{ACTIONS.get(self.action, self.action)} {entity}{number}".strip()


@dataclass(frozen=True, slots=True)
class Sample:
    """A spot check with its rows, the oldest first."""

    id: int
    drawn_at: dt.datetime
    drawn_by: str
    from_date: dt.date
    to_date: dt.date
    population: int
    rows: tuple[DrawnRow, ...]

    @property
    def left(self) -> int:
        """How many rows nobody has reviewed."""
        return sum(not row.decision for row in self.rows)


class _Head(NamedTuple):
    id: int
    drawn_at: dt.datetime
    drawn_by: str
    from_date: dt.date
    to_date: dt.date
    population: int


_HEADS = select(*columns_for(_Head, SpotCheck, drawn_by=col(User.signature))).join(
    User, col(User.id) == col(SpotCheck.drawn_by)
)
_LATEST = Query(_HEADS.order_by(col(SpotCheck.id).desc()).limit(1), _Head)
_HEAD = Query(_HEADS.where(col(SpotCheck.id) == bindparam("id")), _Head)
_ROWS = Query(
    select(
        *columns_for(
            DrawnRow,
            AuditEvent,
            decision=col(SpotCheckEvent.decision),
            note=col(SpotCheckEvent.note),
            decided_by=col(User.signature),
            decided_at=col(SpotCheckEvent.decided_at),
        )
    )
    .select_from(SpotCheckEvent)
    .join(AuditEvent, col(AuditEvent.id) == col(SpotCheckEvent.event_id))
    .outerjoin(User, col(User.id) == col(SpotCheckEvent.decided_by))
    .where(col(SpotCheckEvent.spot_check_id) == bindparam("id"))
    .order_by(col(AuditEvent.at), col(AuditEvent.id)),
    DrawnRow,
)


@needs("log")
def draw(context: Context, raw: Mapping[str, str]) -> Sample:
    """Draw a sample of the unit's events of the period in *raw* at random, and keep it; logged.

    Looks at the log itself are not drawn.  Raises Refused when the former sample is not reviewed
    to its end, or there is nothing to draw from.
    """
    with UnitOfWork(context) as work:
        work.lock_words("spot_check", work.unit_id)
        former = _latest(work)
        if former is not None and former.left:
            raise Refused([refusal("", f"Stickprovet {former.drawn_at.astimezone():%Y-%m-%d} är inte"
                                       f" färdigt: {counted_rows(former.left)} återstår. Granska dem först.")])  # fmt: skip
        chosen = read_chosen(work, {**raw, "unit": "", "identity_number": "", "signature": ""})
        places = chosen.parameters
        ids = [row[0] for row in work.all(_IDS, **places)]
        if not ids:
            raise Refused([refusal("from_date", "Det finns inga händelser i perioden.")])
        drawn = random.SystemRandom().sample(ids, min(SIZE, len(ids)))
        number = work.insert(
            SpotCheck,
            drawn_by=work.actor.user_id,
            from_date=chosen.from_date,
            to_date=chosen.to_date,
            population=len(ids),
        )
        work.insert_many(
            SpotCheckEvent, [{"spot_check_id": number, "event_id": event} for event in drawn]
        )
        said = {"size": [None, len(drawn)], "population": [None, len(ids)]}
        work.audit("create", None, "spot_check", number, said)
        sample = _sample(work, _HEAD, id=number)
        work.commit()
    assert sample is not None  # noqa: S101 - it was just written
    return sample


@needs("log")
def latest(context: Context) -> Sample | None:
    """Return the unit's latest spot check, None when there is none; the look is logged."""
    with Reading(context) as work:
        sample = _latest(work)
        if sample is not None:
            work.audit("read", None, "spot_check", sample.id)
            work.commit()
    return sample


@needs("log")
def review(
    context: Context, sample_id: int, event_id: int, decision: Decision, note: str
) -> Sample:
    """Keep what was found of a drawn event: who, when, the decision and a note; logged.

    A deviation must have a note.  A row is reviewed once; raises Reviewed, Refused and NotFound.
    """
    if decision == "A" and not note.strip():
        raise Refused([refusal("", "Skriv vad avvikelsen är.")])
    with UnitOfWork(context) as work:
        work.lock_words("spot_check", work.unit_id)
        sample = _sample(work, _HEAD, id=sample_id)
        row = next((r for r in sample.rows if r.id == event_id), None) if sample else None
        if row is None:
            raise NotFound("Raden finns inte i stickprovet.")
        if row.decision:
            raise Reviewed([refusal("", f"Raden är redan granskad av {row.decided_by}.")])
        work.update(
            SpotCheckEvent,
            (sample_id, event_id),
            None,
            decision=decision,
            note=note.strip(),
            decided_by=work.actor.user_id,
            decided_at=wall_clock(),
        )
        said: dict[str, Any] = {"event": [None, event_id], "decision": ["", decision]}
        work.audit("change", None, "spot_check", sample_id, said, note.strip())
        now = _sample(work, _HEAD, id=sample_id)
        work.commit()
    assert now is not None  # noqa: S101 - it was just changed
    return now


@needs("log")
def protocol(context: Context, sample_id: int) -> Paper:
    """Return a spot check as the paper that documents it; logged.  Raises NotFound."""
    with Reading(context) as work:
        sample = _sample(work, _HEAD, id=sample_id)
        if sample is None:
            raise NotFound("Stickprovet finns inte.")
        work.audit("read", None, "spot_check", sample_id, reason="protokoll")
        work.commit()
    actor = context.actor
    deviations = sum(row.decision == "A" for row in sample.rows)
    lines = [
        "STICKPROV AV ÅTKOMSTLOGGEN" + ("  ÖVNING" if actor.practice else ""),
        "=" * 70,
        f"Enhet:              {actor.unit_code} {actor.unit_name}",
        f"Period:             {sample.from_date}–{sample.to_date}",
        f"Draget:             {_day(sample.drawn_at)} av {sample.drawn_by}, av programmet på måfå",
        f"Omfattning:         {len(sample.rows)} av {sample.population} händelser",
        f"Ej granskade:       {sample.left}",
        f"Avvikelser:         {deviations}",
        "",
    ]
    for row in sample.rows:
        lines.append(f"Rad {row.id}  {_minute(row.at)}  {row.signature}  {row.where}  {row.what}")
        by = f"  {row.decided_by} {_minute(row.decided_at)}" if row.decided_at else ""
        lines.append(f"    {DECISIONS[row.decision] or 'EJ GRANSKAD'}{by}")
        if row.note:
            lines.append(f"    {row.note}")
    lines += ["", f"Utskrivet:          {context.today} av {actor.signature}"]
    name = f"stickprov-{sample.id}-{context.today}.txt"
    return Paper("Stickprov av åtkomstloggen", name, tuple(lines), None, "spot_check", sample.id)


def _latest(work: UnitOfWork) -> Sample | None:
    return _sample(work, _LATEST)


def _sample(work: UnitOfWork, query: Query[_Head], **values: Any) -> Sample | None:
    head = work.one(query, **values)
    return None if head is None else Sample(*head, tuple(work.all(_ROWS, id=head.id)))


def _day(at: dt.datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"


def _minute(at: dt.datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
