"""Who saved a record after it was read."""

from __future__ import annotations

from pasis_tui.services.rights import PATIENTS, needs
from pasis_tui.store.actor import Context
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.unit_of_work import UnitOfWork


@needs(*PATIENTS)
def latest(context: Context, entity: str, entity_id: int) -> Conflict:
    """Return who saved the record last and when; the caller has read the record itself."""
    with UnitOfWork(context, reading=True) as work:
        return work.conflict(entity, entity_id)
