"""Many clerks, one register: what each part needs is a pair of functions here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from pasis_tui import clock
from pasis_tui.store.chain import BEFORE_THE_CHAIN, row_hash

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up, part by part."""
    _remove_attempts()
    _chain_the_log()


def downgrade() -> None:
    """Take the parts away, the last first."""
    _unchain_the_log()
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
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("signature", sa.String(12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("screen", sa.String(8), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
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
        row |= {"patients": "", "seen": "", "chain": BEFORE_THE_CHAIN, "seq": seq}
        row["previous"] = previous
        row["hash"] = previous = row_hash(BEFORE_THE_CHAIN, seq, previous, row)
        yield row
