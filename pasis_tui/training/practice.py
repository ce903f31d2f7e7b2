"""The practice database: two invented clinics, their patients and years of visits.

``build_practice`` is a pure function of its seed and day; ``create_practice`` writes what it
returns.  Volumes and shares follow domain.md section 9, and every row obeys section 3.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import uuid4

from sqlalchemy import text

from pasis_tui.models import DatabaseFact, Patient
from pasis_tui.store.database import Database
from pasis_tui.store.kind import mark_as_practice
from pasis_tui.store.passwords import hash_known_password
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.training.people import PASSWORD, invented_world
from pasis_tui.training.population import Member, draw_members, plan_clinic
from pasis_tui.training.practice_fees import charge
from pasis_tui.training.practice_rows import Row, RowWriter, add, patient_row, stamp, versioned
from pasis_tui.training.treatments import Clinic, Course, Therapist

FIRST_COMMITMENT = 100_001
HOME, OTHER = "PSMA01", "PSLU02"
HOME_PATIENTS, OTHER_PATIENTS = 300, 40
HOME_VISITS = 3500
METADATA = Patient.metadata
_CHUNK = 2000  # rows a statement
_FIRST_DAY = date(2011, 1, 1)


def build_practice(seed: int, today: date) -> dict[str, list[Row]]:
    """Return the practice data of *seed* as of *today*; the same two give the same data.

    They are plain rows by table name, every column present.  ``user_account`` rows have an empty
    ``password_hash``: a hash is salted and never the same.  Test numbers begin in 1991, so nobody
    is an adult before 2011: an earlier *today* counts as 2011.
    """
    today = max(today, _FIRST_DAY)
    random = Random(f"pasis practice {seed}")  # noqa: S311 - invented data, not a secret
    tables: dict[str, list[Row]] = {name: [] for name in METADATA.tables}
    _organisation(tables, today)
    _users(tables, today)
    clinics = [_clinic(tables, code) for code in (HOME, OTHER)]
    home, other = draw_members(random, today, [HOME_PATIENTS, OTHER_PATIENTS])
    courses = [
        *plan_clinic(random, clinics[0], home, today, HOME_VISITS),
        *plan_clinic(random, clinics[1], other, today, None),
    ]
    _patients(tables, clinics, [*home, *other], courses)
    _courses(tables, random, clinics, courses, today)
    charge(tables, today)
    tables["database_fact"] = _facts(seed, today)
    return {name: rows for name, rows in tables.items() if rows}


def create_practice(database: Database, today: date, seed: int = 1) -> None:
    """Write the practice data of *seed* on *today* in one transaction.

    Raises DatabaseTrouble when the database already holds something.
    """
    if not database.is_empty:
        raise DatabaseTrouble(
            "Databasen är inte tom: övningsdata läggs bara i en ny databas.", "not empty"
        )
    today = max(today, _FIRST_DAY)
    practice = build_practice(seed, today)
    hashed = hash_known_password(PASSWORD)  # one salt for all: the password is no secret here
    for user in practice["user_account"]:
        user["password_hash"] = hashed
    with SystemWork(database) as work:
        connection = work.connection
        for table in METADATA.sorted_tables:
            rows = practice.get(table.name, [])
            for start in range(0, len(rows), _CHUNK):
                connection.execute(table.insert(), rows[start : start + _CHUNK])
            if rows and "id" in table.c and connection.dialect.name == "postgresql":
                # Written ids do not move a PostgreSQL sequence: the next insert would clash.
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": table.name, "last": max(row["id"] for row in rows)},
                )
        mark_as_practice(connection)
        work.insert(DatabaseFact, name="instance", value=uuid4().hex)
        # The rows themselves have no events, for nobody typed them.
        counts = {name: len(practice[name]) for name in ("patient", "care_commitment", "visit")}
        work.log(
            "create",
            today,
            at=stamp(today),
            signature="SYSTEM",
            entity="practice",
            changes={name: [None, count] for name, count in ({"seed": seed} | counts).items()},
            reason="Övningsdata",
        )
        work.commit()


def _organisation(tables: dict[str, list[Row]], today: date) -> None:
    world = invented_world()
    for unit in world.units:
        unit_id = add(tables["unit"], code=unit.code, name=unit.name)
        for each in unit.receptions:
            columns = {"code": each.code, "name": each.name, "is_branch": each.branch}
            add(tables["reception"], unit_id=unit_id, **columns)
        for caregiver in world.caregivers[unit.code]:
            add(
                tables["caregiver"],
                **versioned(today),
                unit_id=unit_id,
                signature=caregiver.signature,
                name=caregiver.name,
                category=caregiver.category,
                active_from=today - timedelta(days=caregiver.came),
                active_to=today - timedelta(days=caregiver.left) if caregiver.left else None,
            )
    for source, units in world.referring_units.items():
        for code, name, place in units:
            add(tables["referring_unit"], code=code, name=name, place=place, source=source)


def _users(tables: dict[str, list[Row]], today: date) -> None:
    world = invented_world()
    unit_ids = {unit["code"]: unit["id"] for unit in tables["unit"]}
    for user in world.users:
        user_id = add(
            tables["user_account"],
            **versioned(today),
            signature=user.signature,
            identity_number=None,
            name=user.name,
            password_hash="",
            failed_attempts=0,
            failed_since_login=0,
            locked_at=None,
            disabled_at=None,
            access_version=1,
            draft_key="",
            settings="{}",
        )
        for code, role in user.places.items():
            tables["user_unit"].append(
                {"user_id": user_id, "unit_id": unit_ids[code], "roles": role}
            )


def _clinic(tables: dict[str, list[Row]], code: str) -> Clinic:
    unit_id = next(unit["id"] for unit in tables["unit"] if unit["code"] == code)
    receptions = [r for r in tables["reception"] if r["unit_id"] == unit_id]
    main = next(r["id"] for r in receptions if not r["is_branch"])
    branch = next((r["id"] for r in receptions if r["is_branch"]), main)
    days = {
        caregiver.signature: frozenset(caregiver.branch_days)
        for caregiver in invented_world().caregivers[code]
    }
    return Clinic(
        unit_id,
        [
            Therapist(
                row["id"],
                row["category"],
                row["active_from"],
                row["active_to"] or date.max,
                main,
                branch,
                days[row["signature"]],
            )
            for row in tables["caregiver"]
            if row["unit_id"] == unit_id
        ],
    )


def _patients(
    tables: dict[str, list[Row]],
    clinics: list[Clinic],
    members: list[Member],
    courses: list[Course],
) -> None:
    listed = {unit["code"]: unit["id"] for unit in tables["referring_unit"]}
    registered: dict[int, date] = {}
    for course in courses:
        known = registered.get(course.patient, course.arrival)
        registered[course.patient] = min(known, course.arrival)
    tables["patient"] = [
        patient_row(member, listed, clinics[member.clinic].unit_id, registered[member.id])
        for member in members
    ]


def _courses(
    tables: dict[str, list[Row]],
    random: Random,
    clinics: list[Clinic],
    courses: list[Course],
    today: date,
) -> None:
    writer = RowWriter(random, tables["referring_unit"], today, FIRST_COMMITMENT)
    patients = {row["id"]: row for row in tables["patient"]}
    by_unit = {clinic.unit_id: clinic for clinic in clinics}
    for course in sorted(courses, key=lambda course: (course.arrival, course.patient)):
        patient = patients[course.patient]
        clinic = by_unit[patient["registered_by_unit_id"]]
        for table, row in writer.course(clinic, course, patient):
            tables[table].append(row)


def _facts(seed: int, today: date) -> list[Row]:
    facts = {
        "mode": "practice",
        "seed": str(seed),
        "practice_user": invented_world().users[0].signature,
        "practice_unit": HOME,
        "created_on": today.isoformat(),
    }
    return [{"name": name, "value": value} for name, value in facts.items()]
