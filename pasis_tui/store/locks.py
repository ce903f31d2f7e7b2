"""What a unit of work locks before it reads the facts it judges by.

On a server two clerks work at once, each on what was committed when her statement began: facts
read before the lock may be untrue when they are judged by.  SQLite has one writer anyway.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, cast, func, select
from sqlmodel import SQLModel, col

from pasis_tui.models import Patient
from pasis_tui.store.query import Query

KEY = "lock_key"
# NO KEY UPDATE: rows that refer to the patient may still be added by those who judge nothing.
PATIENT = Query(
    select(col(Patient.id))
    .where(col(Patient.id) == bindparam(KEY))
    .with_for_update(key_share=True, of=Patient)
)
WORDS = Query(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(bindparam(KEY, type_=String), cast(0, BigInteger))
        )
    )
)


class Unlocked(Exception):
    """Something was to be written after facts were read without a lock: a fault of the program."""


@cache
def patient_of(model: type[SQLModel]) -> Query[Any]:
    """Return the query that locks, and returns, the patient of a row of *model* with the key."""
    row: Any = model
    return Query(
        select(col(Patient.id))
        .join(model, row.patient_id == col(Patient.id))
        .where(row.id == bindparam(KEY))
        .with_for_update(key_share=True, of=Patient)
    )
