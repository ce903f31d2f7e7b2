"""Pages by key are the pages of the plain sorted list, whichever way one turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, select

from pasis_tui.models import Visit, wall_clock
from pasis_tui.store.database import Database
from pasis_tui.store.pages import Page, Pages
from pasis_tui.store.unit_of_work import UnitOfWork
from tests.seeding import Seed, seed_minimal

V: Any = Visit
START = date(2024, 1, 1)
_CANCELLED = wall_clock()
LISTS = {
    # name: (keys, the plain sort of rows (date, time, fee, id))
    "newest first": ((V.date.desc(), V.time.desc(), V.id.desc()), lambda r: _neg(r[0], r[1], r[3])),
    "oldest first": ((V.date, V.time, V.id), lambda r: (r[0], r[1], r[3])),
    "mixed": ((V.fee, V.date.desc(), V.id), lambda r: (r[2], -r[0].toordinal(), r[3])),
    "by key only": ((V.id,), lambda r: (r[3],)),
}
READY = {
    name: Pages(
        select(V.date, V.time, V.fee, V.id).where(V.patient_id == bindparam("patient")), keys
    )
    for name, (keys, _) in LISTS.items()
}


def _neg(day: date, at: time, number: int) -> tuple[int, ...]:
    return (-day.toordinal(), -at.hour, -number)


@pytest.fixture
def seed(database: Database) -> Seed:
    return seed_minimal(database)


def _fill(work: UnitOfWork, seed: Seed, rows: list[tuple[int, int, int]]) -> None:
    commitment = seed.commitment(work)
    for day, hour, fee in rows:
        values = seed.visit_values(
            work.unit_id,
            commitment,
            date=START + timedelta(days=day),
            time=time(hour),
            fee=fee,
            cancelled_at=_CANCELLED,  # BE08 does not count cancelled visits, so starts may repeat
        )
        work.insert(Visit, **values)


def _forward(pages: Pages, work: UnitOfWork, size: int, patient: int) -> Iterator[Page]:
    page = pages.page(work, size=size, patient=patient)
    yield page
    while page.after:
        page = pages.page(work, after=page.last, size=size, patient=patient)
        yield page


def _backward(pages: Pages, work: UnitOfWork, size: int, patient: int) -> Iterator[Page]:
    page = pages.page(work, last=True, size=size, patient=patient)
    yield page
    while page.before:
        page = pages.page(work, before=page.first, size=size, patient=patient)
        yield page


@pytest.mark.parametrize("name", LISTS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(8, 10), st.integers(0, 2)), max_size=14),
    size=st.integers(1, 6),
)
def test_pages_are_slices_of_the_sorted_list(
    database: Database, seed: Seed, name: str, rows: list[tuple[int, int, int]], size: int
) -> None:
    patient = seed.patients[0]
    pages = READY[name]
    with UnitOfWork(seed.admitted(database)) as work:  # rolled back: each example starts empty
        _fill(work, seed, rows)
        everything = pages.page(work, size=100, patient=patient, count=True)
        expected = sorted(everything.rows, key=LISTS[name][1])
        assert list(everything.rows) == expected
        assert everything.total == len(rows)
        assert (everything.before, everything.after) == (False, False)

        forward = list(_forward(pages, work, size, patient))
        assert [row for page in forward for row in page.rows] == expected
        assert all(len(page.rows) == size for page in forward[:-1])
        assert [page.before for page in forward] == [False] + [True] * (len(forward) - 1)

        backward = list(_backward(pages, work, size, patient))
        assert [row for page in reversed(backward) for row in page.rows] == expected
        assert all(len(page.rows) == size for page in backward[:-1])
        assert [page.after for page in backward] == [False] + [True] * (len(backward) - 1)

        if len(forward) > 1:  # there and back again
            back = pages.page(work, before=forward[1].first, size=size, patient=patient)
            assert back.rows == forward[0].rows
            assert (back.first, back.last) == (forward[0].first, forward[0].last)


def test_an_empty_list_has_no_ends(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        for last in (False, True):
            page = READY["mixed"].page(
                work, size=5, patient=seed.patients[0], last=last, count=True
            )
            assert page == Page((), None, None, False, False, 0)


def test_a_page_holds_one_unit_only(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database, "b")) as work:
        _fill(work, seed, [(day, 9, 0) for day in range(3)])
        work.commit()
    with UnitOfWork(seed.admitted(database)) as work:
        for name, pages in READY.items():
            page = pages.page(work, size=5, patient=seed.patients[0], count=True)
            assert (page.rows, page.total) == ((), 0), name


def test_a_statement_built_on_the_fly(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        _fill(work, seed, [(day, 9, day % 2) for day in range(6)])
        statement = select(V.fee).where(V.fee == 1).order_by(V.fee)
        pages = Pages(statement, (V.date, V.id))
        page = pages.page(work, size=2, count=True)
        assert page.rows == ((1,), (1,))  # the keys are not among the columns
        assert page.total == 3
        assert page.last is not None
        assert page.last[0] == START + timedelta(days=3)
        rest = pages.page(work, after=page.last, size=2)
        assert (rest.rows, rest.before, rest.after) == (((1,),), True, False)


def test_a_row_added_meanwhile_never_shows_twice(database: Database, seed: Seed) -> None:
    pages = READY["newest first"]
    patient = seed.patients[0]
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(patient)
        _fill(work, seed, [(day, 9, 0) for day in range(6)])
        first = pages.page(work, size=3, patient=patient)
        seen = {row[3] for row in first.rows}
        commitment = seed.commitment(work, problem="F32")
        work.insert(Visit, **seed.visit_values(work.unit_id, commitment, date=date(2024, 2, 9)))
        second = pages.page(work, after=first.last, size=3, patient=patient)
        assert not seen & {row[3] for row in second.rows}
        assert len(second.rows) == 3


def test_a_page_deep_in_a_list_uses_the_index(sqlite_database: Database) -> None:
    """No sorting and no scanning: that is what makes a million rows as cheap as twenty."""
    seed = seed_minimal(sqlite_database)
    key = (START, time(9), 5)
    pages = READY["newest first"]
    with UnitOfWork(seed.admitted(sqlite_database)) as work:
        pages.page(work, after=key, size=3, patient=seed.patients[0])
        plan = pages._query(False, True).plan(sqlite_database.engine.dialect, True)
        values = {
            "patient": 1,
            "scope_unit_id": 1,
            "page_limit": 4,
            **{f"key_{place}": value for place, value in enumerate(key)},
        }
    with sqlite_database.reading_engine.connect() as connection:
        steps = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {plan.sql}", plan.parameters(values)
        ).all()
    steps_text = " ".join(str(step[-1]) for step in steps)
    assert "ix_visit_patient_date" in steps_text
    assert "TEMP B-TREE" not in steps_text
