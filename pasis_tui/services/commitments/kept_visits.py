"""How many visits a commitment has had, the same in 040, 048 and the lists."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Visit

# Counts the kept visits up to the parameter ``today``: a booking is no visit yet, a no-show none.
KEPT_VISITS = (
    select(func.count())
    .select_from(Visit)
    .where(
        col(Visit.commitment_id) == col(CareCommitment.id),
        col(Visit.cancelled_at).is_(None),
        col(Visit.no_show).is_(False),
        col(Visit.date) <= bindparam("today"),
    )
    .correlate(CareCommitment)
    .scalar_subquery()
)
