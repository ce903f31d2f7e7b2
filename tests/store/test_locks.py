"""Lock, then read: nothing that was read before the lock may be judged by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

import pasis_tui.services
from pasis_tui.models import CareCommitment, Visit
from pasis_tui.services.patients.reach import denied
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Query, Reading, UnitOfWork, Unlocked
from pasis_tui.validation.findings import Refused
from tests.seeding import seed_minimal
from tests.services.transfer_files import sql

_ANY = Query(select(col(CareCommitment.id)))
SERVICES = Path(pasis_tui.services.__path__[0])


def test_what_was_read_before_the_lock_cannot_be_judged_by(database: Database) -> None:
    seed = seed_minimal(database)
    with UnitOfWork(seed.admitted(database)) as work:
        work.scalar(_ANY)
        work.lock_patient(seed.patients[0])
        with pytest.raises(Unlocked):
            seed.commitment(work)
    with UnitOfWork(seed.admitted(database)) as work:
        work.owner(_ANY)  # only to find out whom to lock
        work.lock_patient(seed.patients[0])
        work.scalar(_ANY)
        key = seed.commitment(work)
        work.commit()
    with UnitOfWork(seed.admitted(database)) as work:
        assert work.lock_patient_of(CareCommitment, key) == seed.patients[0]
        work.update(CareCommitment, key, 1, problem="F32")
        work.commit()


def test_another_unit_s_row_locks_nobody(database: Database) -> None:
    seed = seed_minimal(database)
    with UnitOfWork(seed.admitted(database, "b")) as work:
        key = seed.commitment(work)
        work.commit()
    with UnitOfWork(seed.admitted(database)) as work:
        assert work.lock_patient_of(CareCommitment, key) is None


def test_a_reading_writes_nothing_but_its_events(database: Database) -> None:
    seed = seed_minimal(database)
    with Reading(seed.admitted(database)) as work:
        with pytest.raises(Unlocked):
            seed.commitment(work)
        work.audit("read", seed.patients[0])
        assert sql(database, "SELECT count(*) FROM audit_event") == [(0,)]
        work.commit()
    assert sql(database, "SELECT action FROM audit_event") == [("read",)]
    with Reading(seed.admitted(database)) as work:
        work.audit("read", seed.patients[0])
    assert sql(database, "SELECT action FROM audit_event") == [("read",)]


def test_a_denial_keeps_nothing_of_what_was_refused(database: Database) -> None:
    seed = seed_minimal(database)
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        key = seed.commitment(work)
        work.insert(Visit, **seed.visit_values(work.unit_id, key))
        assert isinstance(denied(work, "care_commitment", 7, seed.patients[0]), Refused)
    assert sql(database, "SELECT count(*) FROM care_commitment") == [(0,)]
    assert sql(database, "SELECT count(*) FROM visit") == [(0,)]
    assert sql(database, "SELECT action, entity_id FROM audit_event") == [("denied", 7)]


# -- no service reads before it locks ------------------------------------------------------------


def _bodies() -> dict[str, ast.FunctionDef]:
    return {
        node.name: node
        for path in SERVICES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def _writing_blocks() -> Iterator[tuple[str, ast.With]]:
    for path in sorted(SERVICES.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.With) and any(_opens_writing(x) for x in node.items):
                    yield f"{path.stem}.{function.name}", node


def _opens_writing(item: ast.withitem) -> bool:
    opened: Any = item.context_expr
    return (
        isinstance(opened, ast.Call)
        and ast.unparse(opened.func) == "UnitOfWork"
        and not opened.keywords
    )


def _first_call(statements: list[ast.stmt]) -> ast.Call | None:
    calls = [node for each in statements for node in ast.walk(each) if isinstance(node, ast.Call)]
    calls = [x for x in calls if any(isinstance(a, ast.Name) and a.id == "work" for a in _of(x))]
    return min(calls, key=lambda x: (x.lineno, -(x.end_col_offset or 0)), default=None)


def _of(call: ast.Call) -> list[ast.expr]:
    """The call's arguments, and whom it is a method of."""
    return [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]


def _locks(call: ast.Call | None, bodies: dict[str, ast.FunctionDef]) -> bool:
    if call is None:
        return True
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in {"lock_patient", "lock_patient_of", "lock_words", "owner", "audit"}:
        return True
    body = bodies.get(name)
    return body is not None and _locks(_first_call(body.body), bodies)


def test_every_service_that_writes_locks_first() -> None:
    bodies = _bodies()
    blocks = list(_writing_blocks())
    assert len(blocks) > 30
    assert [name for name, block in blocks if not _locks(_first_call(block.body), bodies)] == []
