"""The services of LG Åtkomstlogg and its spot check, as acts."""

from __future__ import annotations

import json
from pathlib import Path

from pasis_tui import clock
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import access_log, spot_checks
from pasis_tui.services.upkeep import reading_files
from tests.faults.acts import Do, act
from tests.services.clinic import Clinic
from tests.services.transfer_files import at

VERA = "199307142381"
NOW = clock.today().year  # the log has the real clock
CHOSEN = {"from_date": f"{NOW - 1}-01-01", "to_date": f"{NOW + 1}-12-31"}


@act("reading_files.collect")
def _collect(c: Clinic, folder: Path) -> Do:
    context = at(c)
    line = {
        "database": c.database.fact("instance") or "", "at": "2026-01-02T08:00:00.000001+00:00",
        "working_date": "2026-01-02", "changes": "{}", "patients": [c.young],
        "user_id": context.actor.user_id, "signature": context.actor.signature,
        "unit_id": context.actor.unit_id, "screen": "FB", "action": "read", "entity": "list",
        "patient_id": None, "entity_id": None, "reason": "",
    }  # fmt: skip
    return lambda c, _: reading_files.collect(at(c), [json.dumps(line)], "läst.jsonl")


@act("access_log.log_page")
def _page(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    return lambda c, _: access_log.log_page(at(c), CHOSEN)


@act("access_log.event_lines")
def _event(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    (row, *_) = access_log.log_page(at(c), CHOSEN).rows
    return lambda c, _: access_log.event_lines(at(c), row.id, CHOSEN)


@act("access_log.extract")
def _extract(c: Clinic, folder: Path) -> Do:
    return lambda c, _: access_log.extract(at(c), CHOSEN | {"identity_number": VERA})


@act("spot_checks.draw")
def _draw(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    return lambda c, _: spot_checks.draw(at(c), CHOSEN)


@act("spot_checks.latest")
def _latest(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    spot_checks.draw(at(c), CHOSEN)
    return lambda c, _: spot_checks.latest(at(c))


@act("spot_checks.review")
def _review(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    sample = spot_checks.draw(at(c), CHOSEN)
    first = sample.rows[0].id
    return lambda c, _: spot_checks.review(at(c), sample.id, first, "A", "utan vårdrelation")


@act("spot_checks.protocol")
def _protocol(c: Clinic, folder: Path) -> Do:
    patients.get(at(c), c.young)
    sample = spot_checks.draw(at(c), CHOSEN)
    return lambda c, _: spot_checks.protocol(at(c), sample.id)
