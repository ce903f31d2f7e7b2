"""What 040 shows of a vårdåtagande."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import NamedTuple

from pasis_tui.services.commitments.commitment_state import Registered, State
from pasis_tui.store.actor import Context
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.closing import (
    ClosingInput,
    check_closing,
    check_removal,
    closing_reasons,
    proposed_closing_date,
)
from pasis_tui.validation.records import as_typed, raw_of
from pasis_tui.validation.visits import visits_allowed


class CommitmentRow(NamedTuple):
    """A row of 040's list; ``visits`` counts the kept ones up to the working date."""

    id: int
    problem: str
    arrival_date: dt.date
    closed_on: dt.date | None
    closing_reason: str | None
    visits: int
    decision_date: dt.date
    review_date: dt.date
    invoiced_on: dt.date | None
    unit: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the commitment still takes visits and forms."""
        return self.closed_on is None

    @property
    def status(self) -> str:
        """ "Pågående" or "Avslutad AV"."""
        return status_of(self.closed_on, self.closing_reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentCard(Registered):
    """Everything 040 shows of one commitment, in codes and with the names they stand for.

    ``visits`` are the kept ones up to the working date, ``registered_visits`` all that are not
    cancelled.  The two ``why_no_…`` are "" when the act is allowed, else the sentence that says
    why not.
    """

    unit: str
    unit_name: str
    status: str
    visits: int
    registered_visits: int
    next_visit_number: int
    visits_allowed: int | None
    enrolment: bool
    discharge: bool
    follow_up: bool
    proposed_closing_date: dt.date | None
    closing_reasons: tuple[tuple[str, str], ...]
    why_no_removal: str
    why_no_closing: str

    @property
    def is_open(self) -> bool:
        """Whether the commitment still takes visits and forms."""
        return self.closed_on is None

    def raw(self) -> dict[str, str]:
        """Return the fields of 040 as they are written; the closing block "" when open."""
        return {
            "unit": self.unit,
            **raw_of(self),
            "closing_date": as_typed(self.closed_on),
            "closing_reason": self.closing_reason,
            "closing_caregiver": self.closing_caregiver,
        }

    def closing_proposal(self) -> dict[str, str]:
        """Return what the closing block may be filled with: the date and reason the rules want."""
        reasons = self.closing_reasons
        return {
            "closing_date": as_typed(self.proposed_closing_date),
            "closing_reason": reasons[0][0] if len(reasons) == 1 else "",
            "closing_caregiver": self.caregiver,
        }


def status_of(closed_on: dt.date | None, reason: str | None) -> str:
    """Return "Pågående" or "Avslutad AV"."""
    return "Pågående" if closed_on is None else f"Avslutad {reason or ''}".rstrip()


def card_of(context: Context, state: State) -> CommitmentCard:
    """Return the card of a commitment as of the working date."""
    head = state.head
    facts = state.closing_facts(context.today)
    kept = len(state.kept_until(context.today))
    removal = check_removal(facts, len(state.visits), state.forms, context.today)
    return CommitmentCard(
        **{each.name: getattr(head, each.name) for each in fields(Registered)},
        unit=context.actor.unit_code,
        unit_name=context.actor.unit_name,
        status=status_of(head.closed_on, head.closing_reason),
        visits=kept,
        registered_visits=len(state.visits),
        next_visit_number=len(state.kept) + 1,
        visits_allowed=visits_allowed(state.diagnosis, head.arrival_date),
        enrolment=head.enrolment_date is not None,
        discharge=head.discharge_date is not None,
        follow_up=head.follow_up_date is not None,
        proposed_closing_date=proposed_closing_date(facts),
        closing_reasons=tuple(closing_reasons(facts.has_visits).items()),
        why_no_removal=removal[0].message if removal else "",
        why_no_closing=_why_no_closing(state, context.today),
    )


def _why_no_closing(state: State, today: dt.date) -> str:
    """Return why the commitment cannot be closed, whatever is typed: VA34, VA32."""
    head = state.head
    if shut := check_open(head.id, head.closed_on, today):
        return shut[0].message
    facts = state.closing_facts(today)
    day = proposed_closing_date(facts) or today
    tried = check_closing(ClosingInput(day, "AV", head.caregiver), facts, today)
    return next((each.message for each in tried if each.rule == "VA32"), "")
