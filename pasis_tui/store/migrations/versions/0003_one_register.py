"""Many clerks, one register: what each part needs is a pair of functions here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from pasis_tui import clock
from pasis_tui.store.chain import BEFORE_THE_CHAIN, row_hash
from pasis_tui.store.trouble import DatabaseTrouble

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up, part by part."""
    _remove_attempts()
    _give_accounts_roles()
    _mark_practice()
    _keys()
    _chain_the_log()
    _add_spot_checks()
    _add_presence()
    _give_drafts_keys()


def downgrade() -> None:
    """Take the parts away, the last first."""
    _take_drafts_keys()
    op.drop_table("presence")
    _remove_spot_checks()
    _unchain_the_log()
    _keys_back()
    op.execute("DROP TABLE IF EXISTS practice_mark")
    _give_accounts_rights()
    _restore_attempts()


def _remove_attempts() -> None:
    # Attempts at exercises are files in the learner's own folder: the table was never used.
    op.drop_index(op.f("ix_exercise_attempt_user_id"), "exercise_attempt")
    op.drop_table("exercise_attempt")


def _restore_attempts() -> None:
    op.create_table(
        "exercise_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("working_date", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_exercise_attempt_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_attempt")),
    )
    op.create_index(op.f("ix_exercise_attempt_user_id"), "exercise_attempt", ["user_id"])


_YEARS_AHEAD = 10
_PART = 5000  # rows moved at a time
_OLD_LOG = "audit_event_before"
_LOG_INDEXES = {
    "ix_audit_event_patient_at": ["patient_id", "at"],
    "ix_audit_event_unit_at": ["unit_id", "at"],
}
_NEW_LOG_INDEXES = {
    "ix_audit_event_user_at": ["user_id", "at"],
    "ix_audit_event_chain_seq": ["chain", "seq"],
}
_LOG_KEYS = {"user_id": "user_account", "unit_id": "unit", "patient_id": "patient"}


def _chain_the_log() -> None:
    """The log gets its hash chain, the patients of an event and, on a server, its years.

    What was logged before is chain 0, in the order of its ids.
    """
    connection = op.get_bind()
    _put_log_aside()
    _make_log(
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("patients", sa.String(), nullable=False),
        sa.Column("chain", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        number=sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        divided="at" if connection.dialect.name == "postgresql" else "",
    )
    _log_indexes(_LOG_INDEXES | _NEW_LOG_INDEXES)
    by_year: dict[str, Any] = {}
    if connection.dialect.name == "postgresql":
        by_year = {"postgresql_partition_by": "RANGE (at)"}
    op.create_table(
        "audit_event_patient",
        sa.Column("event_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "event_id", "patient_id", "at", name=op.f("pk_audit_event_patient")
        ),
        **by_year,
    )
    op.create_index(
        "ix_audit_event_patient_patient_at",
        "audit_event_patient",
        ["patient_id", "at", "event_id"],
    )
    if connection.dialect.name == "postgresql":
        first = connection.execute(
            sa.select(sa.func.min(sa.column("at"))).select_from(sa.table(_OLD_LOG))
        ).scalar()
        this_year = clock.today().year
        for name in ("audit_event", "audit_event_patient"):
            for year in range(
                min(this_year, (first or clock.now()).year), this_year + _YEARS_AHEAD
            ):
                op.execute(
                    f"CREATE TABLE {name}_{year} PARTITION OF {name}"
                    f" FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z')"
                )
            op.execute(f"CREATE TABLE {name}_other PARTITION OF {name} DEFAULT")
    _move_log(connection, _chained)
    op.drop_table(_OLD_LOG)


def _unchain_the_log() -> None:
    connection = op.get_bind()
    op.drop_table("audit_event_patient")
    _put_log_aside(_LOG_INDEXES | _NEW_LOG_INDEXES)
    _make_log(sa.Column("entity_id", sa.Integer(), nullable=True), number=sa.Integer())
    _log_indexes(_LOG_INDEXES)
    _move_log(connection, lambda rows: rows)
    op.drop_table(_OLD_LOG)


def _put_log_aside(indexes: dict[str, list[str]] = _LOG_INDEXES) -> None:
    for name in indexes:
        op.drop_index(name, "audit_event")
    op.rename_table("audit_event", _OLD_LOG)
    if op.get_bind().dialect.name == "postgresql":  # there the names are the schema's
        op.execute(f"ALTER TABLE {_OLD_LOG} RENAME CONSTRAINT pk_audit_event TO pk_{_OLD_LOG}")
        op.execute(f"ALTER SEQUENCE audit_event_id_seq RENAME TO {_OLD_LOG}_id_seq")


def _make_log(*more: sa.Column[Any], number: Any, divided: str = "") -> None:
    key = ["id", divided] if divided else ["id"]
    by_year: dict[str, Any] = {"postgresql_partition_by": f"RANGE ({divided})"} if divided else {}
    op.create_table(
        "audit_event",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("working_date", sa.Date(), nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("signature", sa.String(12), nullable=False),
        sa.Column("unit_id", number, nullable=True),
        sa.Column("screen", sa.String(8), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("patient_id", number, nullable=True),
        sa.Column("entity", sa.String(32), nullable=False),
        more[0],
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *more[1:],
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_audit_event")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_audit_event_{column}_{table}")
            )
            for column, table in _LOG_KEYS.items()
        ),
        **by_year,
    )


def _log_indexes(indexes: dict[str, list[str]]) -> None:
    for name, columns in indexes.items():
        op.create_index(name, "audit_event", columns)


def _move_log(connection: sa.Connection, made: Callable[[Iterator[Any]], Iterator[Any]]) -> None:
    """Copy the log that was put aside into the new one, in the order of its ids."""
    old, new = (
        sa.Table(name, sa.MetaData(), autoload_with=connection)
        for name in (_OLD_LOG, "audit_event")
    )
    shared = [column.name for column in new.columns if column.name in old.columns]
    last = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal last
        query = sa.select(*(old.c[name] for name in shared)).order_by(old.c.id).limit(_PART)
        while part := connection.execute(query.where(old.c.id > last)).mappings().all():
            last = part[-1]["id"]
            yield from map(dict, part)

    moved = made(rows())
    while part := list(islice(moved, _PART)):
        connection.execute(new.insert(), part)
    if last and connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT setval('audit_event_id_seq', :last)"), {"last": last})


def _chained(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    previous = b""
    for seq, row in enumerate(rows, 1):
        if row["entity"] == "patient":
            row["changes"] = _without_address(row["changes"])
        row |= {"patients": "", "seen": "", "chain": BEFORE_THE_CHAIN, "seq": seq}
        row["previous"] = previous
        row["hash"] = previous = row_hash(BEFORE_THE_CHAIN, seq, previous, row)
        yield row


# -- the unit in every key, and ids of 64 bits ------------------------------------------------

# Unit-owned tables whose rows have an id: their key becomes (unit_id, id).
_NUMBERED = [
    "caregiver",
    "reception",
    "list_order",
    "statistics_order",
    "skipped_transfer",
    "external_fee",
    "free_card",
    "care_commitment",
    "visit",
]
# Unit-owned tables whose key is that of what they are about: the unit comes first in it.
_ABOUT = {
    "enrolment_form": ["commitment_id"],
    "discharge_form": ["commitment_id"],
    "follow_up_form": ["commitment_id"],
    "medical_registration": ["visit_id"],
    "other_diagnosis": ["visit_id", "row"],
    "procedure_code": ["visit_id", "position"],
}
# Foreign keys between unit-owned tables: (table, column, the other table, its column).
_LINKS = (
    ("care_commitment", "caregiver_id", "caregiver", "id"),
    ("care_commitment", "closing_caregiver_id", "caregiver", "id"),
    ("enrolment_form", "commitment_id", "care_commitment", "id"),
    ("enrolment_form", "caregiver_id", "caregiver", "id"),
    ("discharge_form", "commitment_id", "care_commitment", "id"),
    ("discharge_form", "caregiver_id", "caregiver", "id"),
    ("follow_up_form", "commitment_id", "care_commitment", "id"),
    ("visit", "commitment_id", "care_commitment", "id"),
    ("visit", "reception_id", "reception", "id"),
    ("visit", "caregiver_id", "caregiver", "id"),
    ("visit", "double_of_visit_id", "visit", "id"),
    ("medical_registration", "visit_id", "visit", "id"),
    ("other_diagnosis", "visit_id", "medical_registration", "visit_id"),
    ("procedure_code", "visit_id", "medical_registration", "visit_id"),
)
# Tables with an index of the unit alone, which the keys make needless.
_BY_UNIT = (*_NUMBERED, "enrolment_form", "discharge_form", "follow_up_form")
_SINCE_0002 = ("other_diagnosis", "procedure_code")  # whose link has the unit already
_MADE_ANEW = ("care_commitment", "visit", *_ABOUT)  # by SQLite, what others refer to first
# The ids that a server stored in 32 bits; those of the log are widened with its chain.
_WIDE = {
    "unit": "id",
    "referring_unit": "id",
    "user_account": "id",
    "favourite": "id user_id",
    "user_unit": "user_id unit_id",
    "patient": "id listed_unit_id registered_by_unit_id",
    "caregiver": "id unit_id",
    "reception": "id unit_id",
    "list_order": "id unit_id ordered_by",
    "statistics_order": "id unit_id ordered_by",
    "skipped_transfer": "id unit_id patient_id",
    "external_fee": "id unit_id patient_id",
    "free_card": "id unit_id patient_id",
    "care_commitment": "id unit_id patient_id referring_unit_id caregiver_id closing_caregiver_id",
    "enrolment_form": "unit_id commitment_id caregiver_id",
    "discharge_form": "unit_id commitment_id caregiver_id",
    "follow_up_form": "unit_id commitment_id",
    "visit": "id unit_id patient_id commitment_id reception_id caregiver_id double_of_visit_id",
    "medical_registration": "unit_id visit_id",
    "other_diagnosis": "unit_id visit_id",
    "procedure_code": "unit_id visit_id",
}
_NEW = "__new"


def _keys() -> None:
    _refuse_strangers()
    if op.get_bind().dialect.name == "sqlite":
        _keys_of_file(with_unit=True)
    else:
        _keys_of_server(with_unit=True)
    _visit_start(["patient_id", "unit_id", "caregiver_id", "date", "time"])


def _keys_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _keys_of_file(with_unit=False)
    else:
        _keys_of_server(with_unit=False)
    _visit_start(["patient_id", "caregiver_id", "date", "time"])


def _refuse_strangers() -> None:
    """Raise DatabaseTrouble when a row belongs to another unit than the row it refers to."""
    for table, column, other, key in _LINKS:
        count = (
            op.get_bind()
            .execute(
                sa.text(
                    f"SELECT count(*) FROM {table} a JOIN {other} b ON b.{key} = a.{column}"  # noqa: S608
                    " WHERE a.unit_id <> b.unit_id"
                )
            )
            .scalar()
        )
        if count:
            raise DatabaseTrouble(
                f"Databasen går inte att uppgradera: {count} rader i {table} hör till en annan "
                f"enhet än den rad i {other} som {column} pekar på. Inget är ändrat. "
                "Rätta raderna och kör pasis db upgrade igen.",
                "other",
            )


def _visit_start(columns: list[str]) -> None:
    op.drop_index("uq_visit_start", "visit")
    op.create_index(
        "uq_visit_start",
        "visit",
        columns,
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )


def _link(table: str, column: str, other: str, key: str, with_unit: bool) -> tuple[str, str, str]:
    """Return a link's name, its columns and what they refer to, as SQL."""
    if not with_unit and table in _SINCE_0002:
        return f"fk_{table}_unit_id_{other}", f"unit_id, {column}", f"unit_id, {key}"
    unit = "unit_id, " if with_unit else ""
    return f"fk_{table}_{column}_{other}", f"{unit}{column}", f"{unit}{key}"


def _key(table: str, with_unit: bool) -> list[str]:
    """Return the primary key of a table on a server."""
    return [*(["unit_id"] if with_unit else []), *_ABOUT.get(table, ["id"])]


def _keys_of_server(with_unit: bool) -> None:
    for table, column, other, key in _LINKS:
        name = _link(table, column, other, key, not with_unit)[0]
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    kind = "BIGINT" if with_unit else "INTEGER"
    for table, columns in _WIDE.items():
        changes = [f"ALTER COLUMN {column} TYPE {kind}" for column in columns.split()]
        if table in _NUMBERED or table in _ABOUT:
            key = ", ".join(_key(table, with_unit))
            changes += [
                f"DROP CONSTRAINT pk_{table}",
                f"ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})",
            ]
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
        if "id" in columns.split():
            op.execute(f"ALTER SEQUENCE {table}_id_seq AS {kind}")
    if with_unit:
        op.drop_index("uq_medical_registration_unit", "medical_registration")
        for table in _BY_UNIT:
            op.drop_index(f"ix_{table}_unit_id", table)
    else:
        _registration_by_unit("medical_registration")
        for table in _BY_UNIT:
            op.create_index(f"ix_{table}_unit_id", table, ["unit_id"])
    for link in _LINKS:
        name, columns, keys = _link(*link, with_unit)
        op.execute(
            f"ALTER TABLE {link[0]} ADD CONSTRAINT {name}"
            f" FOREIGN KEY ({columns}) REFERENCES {link[2]} ({keys})"
        )


def _registration_by_unit(table: str) -> None:
    op.create_index("uq_medical_registration_unit", table, ["unit_id", "visit_id"], unique=True)


def _keys_of_file(with_unit: bool) -> None:
    """Make the tables whose keys change anew: SQLite cannot alter them.

    All are made and filled beside the old ones before any is dropped, so that foreign keys hold
    at each step and no row is copied twice.
    """
    for table in set(_NUMBERED) - set(_MADE_ANEW):
        if with_unit:
            op.drop_index(f"ix_{table}_unit_id", table)
            _by_unit_and_id(table, table)
        else:
            op.drop_index(f"uq_{table}_unit", table)
            op.create_index(f"ix_{table}_unit_id", table, ["unit_id"])
    indexes = [sql for table in _MADE_ANEW for sql in _other_indexes(table)]
    for table in _MADE_ANEW:
        _make_anew(table, with_unit)
    for table in reversed(_MADE_ANEW):
        op.drop_table(table)
    for table in _MADE_ANEW:
        op.rename_table(f"{table}{_NEW}", table)  # and in the keys that refer to it
        if not with_unit and table in _BY_UNIT:
            op.create_index(f"ix_{table}_unit_id", table, ["unit_id"])
    for sql in indexes:
        op.execute(sql)


def _by_unit_and_id(table: str, made: str) -> None:
    op.create_index(f"uq_{table}_unit", made, ["unit_id", "id"], unique=True)


def _other_indexes(table: str) -> list[str]:
    """Return how the indexes of *table* that stay were made."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table"
            " AND sql IS NOT NULL AND name NOT IN (:key, :unit)"
        ),
        {"table": table, "key": f"uq_{table}_unit", "unit": f"ix_{table}_unit_id"},
    )
    return [str(row.sql) for row in rows]


def _make_anew(table: str, with_unit: bool) -> None:
    old = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
    own = {_link(*link, not with_unit)[0] for link in _LINKS if link[0] == table}
    rules: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(
            [column.name for column in key.columns],
            [element.target_fullname for element in key.elements],
            name=op.f(str(key.name)),
        )
        for key in old.foreign_key_constraints
        if key.name not in own
    ]
    for link in _LINKS:
        if link[0] == table:
            name, columns, keys = _link(*link, with_unit)
            other = f"{link[2]}{_NEW}" if link[2] in _MADE_ANEW else link[2]
            rules.append(
                sa.ForeignKeyConstraint(
                    columns.split(", "),
                    [f"{other}.{key}" for key in keys.split(", ")],
                    name=op.f(name),
                )
            )
    key = ["id"] if table in _NUMBERED else _key(table, with_unit)
    made = f"{table}{_NEW}"
    op.create_table(
        made,
        *[sa.Column(each.name, each.type, nullable=each.nullable) for each in old.columns],
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        *rules,
    )
    # What refers to this table needs its key before it is filled itself.
    if with_unit and table in _NUMBERED:
        _by_unit_and_id(table, made)
    if not with_unit and table == "medical_registration":
        _registration_by_unit(made)
    names = ", ".join(f'"{column.name}"' for column in old.columns)
    op.execute(f"INSERT INTO {made} ({names}) SELECT {names} FROM {table}")  # noqa: S608


def _give_accounts_roles() -> None:
    # A lock is remembered by when it began: its end by a clock that was wrong may be days away.
    op.drop_column("user_account", "locked_until")
    for name in ("locked_at", "disabled_at"):
        op.add_column("user_account", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name, value in (("failed_since_login", "0"), ("access_version", "1")):
        op.add_column(
            "user_account",
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(value)),
        )
    op.alter_column("user_unit", "rights", new_column_name="roles")
    # Nobody gets more than they had.
    op.execute(
        "UPDATE user_unit SET roles = CASE"
        " WHEN roles LIKE '%trainer%' THEN 'trainer'"
        " WHEN roles LIKE '%log%' AND roles LIKE '%medical%' THEN 'administrator manager'"
        " WHEN roles LIKE '%medical%' AND roles LIKE '%statistics%' THEN 'clerk'"
        " ELSE 'receptionist' END"
    )


def _give_drafts_keys() -> None:
    # Empty: the user's own next login makes it.
    op.add_column(
        "user_account",
        sa.Column("draft_key", sa.String(), nullable=False, server_default=sa.text("''")),
    )


def _take_drafts_keys() -> None:
    op.drop_column("user_account", "draft_key")


def _mark_practice() -> None:
    stated = sa.text("SELECT 1 FROM database_fact WHERE name = 'mode' AND value = 'practice'")
    if op.get_bind().execute(stated).first() is not None:
        op.execute("CREATE TABLE practice_mark (note VARCHAR(40) NOT NULL)")
        op.execute("INSERT INTO practice_mark VALUES ('practice data, not a register')")


def _give_accounts_rights() -> None:
    reception = "booking patient visit"
    clerk = "booking fees lists medical overview patient statistics visit"
    op.execute(
        "UPDATE user_unit SET roles = CASE"  # noqa: S608 - the words stand above
        f" WHEN roles LIKE '%trainer%' THEN '{clerk} log trainer'"
        f" WHEN roles LIKE '%manager%' THEN '{clerk} log'"
        f" WHEN roles LIKE '%clerk%' THEN '{clerk}'"
        f" WHEN roles LIKE '%receptionist%' THEN '{reception}'"
        " ELSE '' END"
    )
    op.alter_column("user_unit", "roles", new_column_name="rights")
    for name in ("access_version", "failed_since_login", "disabled_at", "locked_at"):
        op.drop_column("user_account", name)
    op.add_column(
        "user_account", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True)
    )


def _without_address(changes: str) -> str:
    """Return the *changes* of a person without where they live: they may become protected."""
    said = json.loads(changes or "{}")
    hidden = {name for name in said if name in ("address", "postcode", "city", "phone")}
    kept = {name: ["(ändrad)", "(ändrad)"] if name in hidden else said[name] for name in said}
    return json.dumps(kept, ensure_ascii=False) if hidden else changes


def _add_spot_checks() -> None:
    on_server = op.get_bind().dialect.name == "postgresql"
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "spot_check",
        sa.Column("unit_id", number, nullable=False),
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", number, nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *(["unit_id", "id"] if on_server else ["id"]), name=op.f("pk_spot_check")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["user_account.id"], name=op.f("fk_spot_check_drawn_by_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_spot_check_unit_id_unit")),
    )
    if not on_server:
        op.create_index("uq_spot_check_unit", "spot_check", ["unit_id", "id"], unique=True)
    op.create_table(
        "spot_check_event",
        sa.Column("unit_id", number, nullable=False, autoincrement=False),
        sa.Column("spot_check_id", number, nullable=False, autoincrement=False),
        sa.Column("event_id", number, nullable=False, autoincrement=False),
        sa.Column("decision", sa.String(1), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", number, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "unit_id", "spot_check_id", "event_id", name=op.f("pk_spot_check_event")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name=op.f("fk_spot_check_event_decided_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "spot_check_id"],
            ["spot_check.unit_id", "spot_check.id"],
            name=op.f("fk_spot_check_event_spot_check_id_spot_check"),
        ),
    )


def _remove_spot_checks() -> None:
    op.drop_table("spot_check_event")
    op.drop_table("spot_check")


def _add_presence() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "presence",
        sa.Column("unit_id", number, nullable=False, autoincrement=False),
        sa.Column("session", number, nullable=False, autoincrement=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("patient_id", number, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "session", name=op.f("pk_presence")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_presence_{column}_{table}")
            )
            for column, table in (
                ("unit_id", "unit"),
                ("user_id", "user_account"),
                ("patient_id", "patient"),
            )
        ),
    )
    op.create_index("ix_presence_unit_patient", "presence", ["unit_id", "patient_id"])
