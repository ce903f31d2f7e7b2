"""SE01 at the store: whatever a service forgets, another unit's rows are not there.

Every model whose rows belong to a unit is tried, those added tomorrow as well: a model without
an example here fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import (
    Table,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    union,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    ExternalFee,
    FollowUpForm,
    FreeCard,
    ListOrder,
    MedicalRegistration,
    OtherDiagnosis,
    Patient,
    Presence,
    ProcedureCode,
    Reception,
    SkippedTransfer,
    SpotCheck,
    SpotCheckEvent,
    StatisticsOrder,
    Visit,
    wall_clock,
)
from pasis_tui.store.database import Database
from pasis_tui.store.scope import owned_models, table_of
from pasis_tui.store.unit_of_work import (
    Conflict,
    ForeignUnit,
    Query,
    SystemWork,
    UnitOfWork,
    Unscoped,
)
from pasis_tui.store.writes import row_type
from tests.seeding import Seed, UnitSeed, seed_minimal

DAY = date(2024, 2, 1)
PARENTS = ("care_commitment", "visit", "medical_registration", "spot_check")


def _form(seed: Seed, unit: UnitSeed, ids: dict[str, int]) -> dict[str, Any]:
    return {"commitment_id": ids["care_commitment"], "date": DAY}


EXAMPLES: dict[type[SQLModel], Callable[[Seed, UnitSeed, dict[str, int]], dict[str, Any]]] = {
    Reception: lambda seed, unit, ids: {"code": "FILIAL", "name": "Filial"},
    Caregiver: lambda seed, unit, ids: {
        "signature": "NYNY01",
        "name": "Ny",
        "category": "PT",
        "active_from": DAY,
    },
    CareCommitment: lambda seed, unit, ids: {
        "patient_id": seed.patients[0],
        "problem": "F32",
        "arrival_date": DAY,
        "type_of_commitment": "1",
        "referral_source": "1",
        "referring_unit_id": seed.health_centre,
        "review_date": DAY,
        "caregiver_id": unit.caregiver,
        "decision_date": DAY,
    },
    EnrolmentForm: lambda seed, unit, ids: {
        **_form(seed, unit, ids),
        "treatment": "KBT",
        "diagnosis": "F411",
        "caregiver_id": unit.caregiver,
        "sick_leave_percent": 0,
    },
    DischargeForm: lambda seed, unit, ids: {
        **_form(seed, unit, ids),
        "caregiver_id": unit.caregiver,
        "sick_leave_percent": 0,
    },
    FollowUpForm: lambda seed, unit, ids: {**_form(seed, unit, ids), "approved": True},
    Visit: lambda seed, unit, ids: {
        **seed.visit_values(unit.id, ids["care_commitment"]),
        "time": time(9 + ids.get("visit", 0)),
    },
    MedicalRegistration: lambda seed, unit, ids: {
        "visit_id": ids["visit"],
        "main_diagnosis": "F411",
        "problem": "F41",
    },
    OtherDiagnosis: lambda seed, unit, ids: {"visit_id": ids["visit"], "row": 2, "code": "F321"},
    ProcedureCode: lambda seed, unit, ids: {
        "visit_id": ids["visit"],
        "position": 1,
        "code": "DU011",
    },
    ExternalFee: lambda seed, unit, ids: {
        "patient_id": seed.patients[0],
        "date": DAY,
        "amount": 100,
        "provider": "Vårdcentralen",
        "proof": "Kvitto",
    },
    FreeCard: lambda seed, unit, ids: {
        "patient_id": seed.patients[0],
        "number": "1",
        "issuer": "Region",
        "valid_from": DAY,
        "valid_to": DAY,
    },
    ListOrder: lambda seed, unit, ids: {
        "menu": "KL",
        "kind": "besok",
        "parameters": "{}",
        "ordered_by": unit.user,
        "ordered_at": wall_clock(),
        "ordered_on": DAY,
        "state": "ready",
    },
    StatisticsOrder: lambda seed, unit, ids: {
        "from_date": DAY,
        "to_date": DAY,
        "ordered_by": unit.user,
        "ordered_on": DAY,
    },
    SkippedTransfer: lambda seed, unit, ids: {
        "patient_id": seed.patients[0],
        "date": DAY,
        "time": time(9),
        "attribute": "KBT",
        "transferred_on": DAY,
    },
    Presence: lambda seed, unit, ids: {
        "session": 7,
        "user_id": unit.user,
        "patient_id": seed.patients[0],
        "since": wall_clock(),
        "seen_at": wall_clock(),
    },
    SpotCheck: lambda seed, unit, ids: {
        "drawn_by": unit.user,
        "from_date": DAY,
        "to_date": DAY,
        "population": 3,
    },
    SpotCheckEvent: lambda seed, unit, ids: {"spot_check_id": ids["spot_check"], "event_id": 1},
}
MODELS = owned_models()


@pytest.fixture
def seed(database: Database) -> Seed:
    return seed_minimal(database)


def _add(work: UnitOfWork, seed: Seed, model: type[SQLModel]) -> Any:
    """Add a row of *model*, and what it stands on, at the unit of *work*; return its key."""
    unit = seed.a if work.unit_id == seed.a.id else seed.b
    ids: dict[str, int] = {}
    for parent in (CareCommitment, Visit, MedicalRegistration, SpotCheck):
        if parent is model:
            break
        ids[table_of(parent).name] = work.insert(parent, **EXAMPLES[parent](seed, unit, ids))
    values = EXAMPLES[model](seed, unit, ids)
    added = work.insert(model, **values)
    keys = row_type(model).keys
    return added if len(keys) == 1 else tuple(values[key] for key in keys)


@pytest.fixture
def theirs(database: Database, seed: Seed, model: type[SQLModel]) -> Any:
    """The key of a row of *model* at unit b."""
    with UnitOfWork(seed.admitted(database, "b")) as work:
        key = _add(work, seed, model)
        work.commit()
    return key


def _rows(database: Database, model: type[SQLModel]) -> list[tuple[Any, ...]]:
    with SystemWork(database) as work:
        return work.all(Query(select(*(getattr(model, name) for name in _columns(model)))))


def _columns(model: type[SQLModel]) -> tuple[str, ...]:
    return row_type(model).columns


def test_every_unit_owned_model_has_an_example() -> None:
    assert set(EXAMPLES) == set(MODELS)
    tables = {table_of(model) for model in MODELS}
    # A table that points at a unit-owned row's key is unit-owned itself, or it leaks.
    for table in SQLModel.metadata.tables.values():
        parents = {key.column.table for key in table.foreign_keys}
        if parents & {table_of(Visit), table_of(CareCommitment), table_of(MedicalRegistration)}:
            assert table in tables, table.name


@pytest.mark.parametrize("model", MODELS)
def test_no_way_of_reading_finds_it(
    database: Database, seed: Seed, model: type[SQLModel], theirs: Any
) -> None:
    m: Any = model
    other = aliased(m)
    key = getattr(m, row_type(model).keys[0])
    other_key = getattr(other, row_type(model).keys[0])
    statements = [
        select(key).where(key == (theirs[0] if isinstance(theirs, tuple) else theirs)),
        select(other_key),
        select(select(key).subquery().c[0]),
        select(select(key).cte("rows").c[0]),
        select(Patient.id).where(exists().where(key > 0)),  # type: ignore[call-overload]
        select(Patient.id).where(exists(select(other_key))),  # type: ignore[call-overload]
        select(Patient.id).where(select(func.count(key)).scalar_subquery() > 0),  # type: ignore[call-overload]
        select(Patient.id).join(other, other_key > 0),  # type: ignore[call-overload]
        select(union(select(key), select(other_key)).subquery().c[0]),
    ]
    with UnitOfWork(seed.admitted(database)) as work:
        # Unit a has a reception and a caregiver of its own: they may be seen, nothing else.
        assert {unit for (unit,) in work.all(Query(select(m.unit_id)))} <= {seed.a.id}
        assert work.record(model, theirs) is None
        if model in (Reception, Caregiver):
            assert work.scalar(Query(select(func.count(key)))) == 1
            return
        for statement in statements:
            assert work.all(Query(statement)) == [], str(statement)
        assert work.scalar(Query(select(func.count(key)))) == 0
        assert work.scalar(Query(select(func.count()).select_from(m))) == 0
        outer = select(Patient.id, other_key).outerjoin(other, other_key > 0)  # type: ignore[call-overload]
        assert {row[1] for row in work.all(Query(outer))} == {None}


@pytest.mark.parametrize("model", MODELS)
def test_no_way_of_writing_reaches_it(
    database: Database, seed: Seed, model: type[SQLModel], theirs: Any
) -> None:
    before = _rows(database, model)
    names = row_type(model).keys
    keys = dict(zip(names, theirs if isinstance(theirs, tuple) else (theirs,), strict=True))
    changed = _some_field(model, before[-1])
    with UnitOfWork(seed.admitted(database)) as work:
        with pytest.raises(Conflict):
            work.update(model, theirs, None, **changed)
        assert work.delete(model, **keys) == 0
        assert work.delete(model, unit_id=seed.b.id) == 0
        assert work.delete(model, **changed, unit_id=seed.b.id) == 0
        work.commit()
    assert _rows(database, model) == before


def _some_field(model: type[SQLModel], row: tuple[Any, ...]) -> dict[str, Any]:
    kind = row_type(model)
    for name, value in zip(kind.columns, row, strict=True):
        if name not in (*kind.keys, "unit_id", "version", "changed_at"):
            return {name: value}
    raise AssertionError(model)


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_written_in_another_s_name(
    database: Database, seed: Seed, model: type[SQLModel]
) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        key = _add(work, seed, model)
        row = work.record(model, key)
        assert row is not None
        assert row.unit_id == seed.a.id  # nobody gave it
        before = row._asdict()
        values = {**before, "unit_id": seed.b.id}
        with pytest.raises(ForeignUnit):
            work.insert(model, **values)
        with pytest.raises(ForeignUnit):
            work.insert_many(model, [values])
        with pytest.raises(ValueError, match="unit_id"):
            work.update(model, key, None, unit_id=seed.b.id)
        assert work.record(model, key)._asdict() == before  # type: ignore[union-attr]


@pytest.mark.parametrize("model", [OtherDiagnosis, ProcedureCode])
def test_nothing_is_put_below_another_s_visit(
    database: Database, seed: Seed, model: type[SQLModel], theirs: Any
) -> None:
    place = row_type(model).keys[1]
    values = {"visit_id": theirs[0], place: 9, "code": "F999"}

    def put(add: Callable[[UnitOfWork], object]) -> None:
        with UnitOfWork(seed.admitted(database)) as work:
            add(work)
            work.commit()

    for add in (
        lambda work: work.insert(model, **values),
        lambda work: work.insert_many(model, [values]),
    ):
        with pytest.raises(IntegrityError):
            put(add)
    with UnitOfWork(seed.admitted(database, "b")) as work:
        work.insert(model, **values)
        work.commit()
    assert len(_rows(database, model)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT * FROM visit"),
        select(text("*")).select_from(text("visit")),
        select(table_of(Visit)),
        select(table_of(Visit).c.id),
        select(table_of(Visit).alias().c.id),
        select(func.count()).select_from(table_of(Visit)),
        select(table_of(Patient).c.id).join(table_of(Visit)),
        select(table_of(Patient).c.id).where(exists(select(table_of(ProcedureCode).c.code))),
        insert(Visit).values(fee=0),
        update(Visit).values(fee=0),
        update(table_of(Visit)).values(fee=0),
        delete(Visit),
        delete(table_of(Visit)),
        select(update(Visit).values(fee=0).returning(column("id")).cte().c.id),
    ],
    ids=str,
)
def test_what_cannot_be_limited_is_refused(statement: Any) -> None:
    with pytest.raises(Unscoped):
        Query(statement)


def test_the_work_of_a_unit_has_no_way_past_its_unit() -> None:
    """A connection would take any statement."""
    shown = {name for name in dir(UnitOfWork) if not name.startswith("_")}
    assert not shown & {"connection", "session", "execute"}


def test_two_units_in_turn_each_see_their_own(database: Database, seed: Seed) -> None:
    """A compiled statement is shared; the unit in it must not be."""
    v: Any = Visit
    d: Any = OtherDiagnosis
    other = aliased(d)
    query = Query(select(v.unit_id, other.code).join(other, other.visit_id == v.id))
    for which in ("a", "b"):
        with UnitOfWork(seed.admitted(database, which)) as work:
            _add(work, seed, OtherDiagnosis)
            work.commit()
    for _ in range(3):
        for unit in (seed.a, seed.b):
            which = "a" if unit is seed.a else "b"
            with UnitOfWork(seed.admitted(database, which)) as work:  # type: ignore[arg-type]
                expected = [(unit.id, "F321")]
                assert work.all(query) == expected
                assert work.all(Query(select(v.unit_id))) == [(unit.id,)]


def test_a_parameter_cannot_name_another_unit(database: Database, seed: Seed) -> None:
    v: Any = Visit
    with UnitOfWork(seed.admitted(database, "b")) as work:
        _add(work, seed, Visit)
        work.commit()
    query = Query(select(v.id).where(v.unit_id == bindparam("unit")))
    with UnitOfWork(seed.admitted(database)) as work:
        assert work.all(query, unit=seed.b.id) == []
        assert work.all(Query(select(v.id)), scope_unit_id=seed.b.id) == []


def test_the_tables_are_real() -> None:
    assert all(isinstance(table_of(model), Table) for model in MODELS)
