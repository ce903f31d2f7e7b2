"""The first schema, written out: what is released stays, whatever becomes of the models."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
Column = sa.Column[Any]
_TABLES = """
    procedure_code other_diagnosis medical_registration visit follow_up_form enrolment_form
    discharge_form skipped_transfer free_card external_fee care_commitment audit_event user_unit
    statistics_order reception patient list_order favourite exercise_attempt caregiver
    user_account unit referring_unit imported_test_number imported_code database_fact
"""  # in the order they can be dropped


# Written in this file's own few words, so that a table can be read at a glance.


def _column(name: str, kind: sa.types.TypeEngine[Any], nullable: bool, **info: Any) -> Column:
    return sa.Column(name, kind, nullable=nullable, info={"to": "", "index": False, **info})


def _text(
    name: str, length: int | None = None, nullable: bool = False, index: bool = False
) -> Column:
    return _column(name, sa.String(length), nullable, index=index)


def _number(name: str, nullable: bool = False, to: str = "", index: bool = False) -> Column:
    return _column(name, sa.Integer(), nullable, to=to, index=index)


def _truth(name: str) -> Column:
    return _column(name, sa.Boolean(), False)


def _day(name: str, nullable: bool = False) -> Column:
    return _column(name, sa.Date(), nullable)


def _clock(name: str) -> Column:
    return _column(name, sa.Time(), False)


def _moment(name: str, nullable: bool = False) -> Column:
    return _column(name, sa.DateTime(timezone=True), nullable)


def _versioned() -> tuple[Column, Column]:
    return _number("version"), _moment("changed_at")


def _table(
    name: str,
    *columns: Column,
    key: tuple[str, ...] = ("id",),
    unique: tuple[tuple[str, ...], ...] = (),
) -> None:
    rules: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}"))]
    for column in columns:
        if to := column.info["to"]:
            rule = op.f(f"fk_{name}_{column.name}_{to.partition('.')[0]}")
            rules.append(sa.ForeignKeyConstraint([column.name], [to], name=rule))
    for group in unique:
        rules.append(sa.UniqueConstraint(*group, name=op.f(f"uq_{name}_{'_'.join(group)}")))
    op.create_table(name, *columns, *rules)
    for column in columns:
        if column.info["index"]:
            op.create_index(op.f(f"ix_{name}_{column.name}"), name, [column.name])


def upgrade() -> None:
    """Make every table."""
    _table("database_fact", _text("name", 30), _text("value"), key=("name",))
    _table(
        "imported_code",
        _text("system", 8),
        _text("code", 8),
        _text("text"),
        key=("system", "code"),
    )
    _table("imported_test_number", _text("identity_number", 12), key=("identity_number",))
    _table(
        "referring_unit",
        _number("id"),
        _text("code", 8),
        _text("name"),
        _text("place"),
        _text("source", 1),
        unique=(("code",),),
    )
    _table("unit", _number("id"), _text("code", 6), _text("name"), unique=(("code",),))
    _table(
        "user_account",
        *_versioned(),
        _number("id"),
        _text("signature", 6),
        _text("identity_number", 12, nullable=True),
        _text("name"),
        _text("password_hash"),
        _number("failed_attempts"),
        _moment("locked_until", nullable=True),
        _text("settings"),
        unique=(
            ("identity_number",),
            ("signature",),
        ),
    )
    _table(
        "caregiver",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _text("signature", 6, index=True),
        _text("name"),
        _text("category", 2),
        _day("active_from"),
        _day("active_to", nullable=True),
    )
    _table(
        "exercise_attempt",
        _number("id"),
        _number("user_id", to="user_account.id", index=True),
        _text("exercise"),
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        _day("working_date"),
        _number("points", nullable=True),
        _text("result"),
    )
    _table(
        "favourite",
        _number("id"),
        _number("user_id", to="user_account.id", index=True),
        _number("position"),
        _text("code"),
        _text("label"),
        unique=(("user_id", "code"),),
    )
    _table(
        "list_order",
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _text("menu", 2),
        _text("kind", 20),
        _text("parameters"),
        _number("ordered_by", to="user_account.id"),
        _moment("ordered_at"),
        _day("ordered_on"),
        _text("state", 10),
        _text("file_name"),
        _text("message"),
        _moment("removed_at", nullable=True),
    )
    _table(
        "patient",
        *_versioned(),
        _number("id"),
        _text("identity_number", 12),
        _text("kind", 18),
        _day("birth_date", nullable=True),
        _text("sex", 1),
        _text("family_name", index=True),
        _text("given_name"),
        _text("address"),
        _text("postcode", 5),
        _text("city"),
        _text("phone"),
        _number("listed_unit_id", nullable=True, to="referring_unit.id"),
        _truth("protected"),
        _day("deceased_on", nullable=True),
        _text("interpreter_language"),
        _number("registered_by_unit_id", nullable=True, to="unit.id"),
        unique=(("identity_number",),),
    )
    _table(
        "reception",
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _text("code", 6),
        _text("name"),
        _truth("is_branch"),
    )
    _table(
        "statistics_order",
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _day("from_date"),
        _day("to_date"),
        _number("ordered_by", to="user_account.id"),
        _day("ordered_on"),
        _moment("removed_at", nullable=True),
    )
    _table(
        "user_unit",
        _number("user_id", to="user_account.id"),
        _number("unit_id", to="unit.id"),
        _text("rights"),
        key=("user_id", "unit_id"),
    )
    _table(
        "audit_event",
        _number("id"),
        _moment("at"),
        _day("working_date"),
        _number("user_id", nullable=True, to="user_account.id"),
        _text("signature", 12),
        _number("unit_id", nullable=True, to="unit.id"),
        _text("screen", 8),
        _text("action", 16),
        _number("patient_id", nullable=True, to="patient.id"),
        _text("entity", 32),
        _number("entity_id", nullable=True),
        _text("changes"),
        _text("reason"),
    )
    op.create_index("ix_audit_event_patient_at", "audit_event", ["patient_id", "at"])
    op.create_index("ix_audit_event_unit_at", "audit_event", ["unit_id", "at"])
    _table(
        "care_commitment",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _number("patient_id", to="patient.id"),
        _text("problem", 3),
        _day("arrival_date"),
        _text("type_of_commitment", 1),
        _text("referral_source", 1),
        _number("referring_unit_id", to="referring_unit.id"),
        _day("review_date"),
        _number("caregiver_id", to="caregiver.id"),
        _day("decision_date"),
        _day("closed_on", nullable=True),
        _text("closing_reason", 2, nullable=True),
        _number("closing_caregiver_id", nullable=True, to="caregiver.id"),
        _moment("removed_at", nullable=True),
        _day("invoiced_on", nullable=True),
    )
    op.create_index(
        "ix_care_commitment_patient",
        "care_commitment",
        ["patient_id", "unit_id", "arrival_date", "id"],
    )
    op.create_index(
        "ix_care_commitment_unit_arrival",
        "care_commitment",
        ["unit_id", "arrival_date", "id"],
    )
    op.create_index(
        "uq_care_commitment_open",
        "care_commitment",
        ["patient_id", "unit_id", "problem"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
    )
    _table(
        "external_fee",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _number("patient_id", to="patient.id", index=True),
        _day("date"),
        _number("amount"),
        _text("provider"),
        _text("proof"),
        _moment("removed_at", nullable=True),
    )
    _table(
        "free_card",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _number("patient_id", to="patient.id", index=True),
        _text("number", 20),
        _text("issuer"),
        _day("valid_from"),
        _day("valid_to"),
        _truth("issued_here"),
        _moment("removed_at", nullable=True),
    )
    _table(
        "skipped_transfer",
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _number("patient_id", to="patient.id"),
        _day("date"),
        _clock("time"),
        _text("attribute"),
        _day("transferred_on"),
    )
    _table(
        "discharge_form",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("commitment_id", to="care_commitment.id"),
        _day("date"),
        _number("caregiver_id", to="caregiver.id"),
        _number("sick_leave_percent"),
        key=("commitment_id",),
    )
    _table(
        "enrolment_form",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("commitment_id", to="care_commitment.id"),
        _day("date"),
        _text("treatment", 3),
        _text("diagnosis", 5),
        _number("caregiver_id", to="caregiver.id"),
        _number("sick_leave_percent"),
        _day("sick_leave_date", nullable=True),
        key=("commitment_id",),
    )
    _table(
        "follow_up_form",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("commitment_id", to="care_commitment.id"),
        _day("date"),
        _truth("approved"),
        key=("commitment_id",),
    )
    _table(
        "visit",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("id"),
        _number("patient_id", to="patient.id"),
        _number("commitment_id", to="care_commitment.id"),
        _day("date"),
        _clock("time"),
        _number("reception_id", to="reception.id"),
        _text("reason", 1),
        _text("kind", 1),
        _number("caregiver_id", to="caregiver.id"),
        _text("caregiver_category", 2),
        _text("contact_type", 2),
        _truth("distance"),
        _truth("interpreter"),
        _truth("no_show"),
        _number("fee"),
        _truth("without_fee"),
        _text("exemption", 2),
        _number("double_of_visit_id", nullable=True, to="visit.id"),
        _moment("cancelled_at", nullable=True),
        _text("cancel_reason"),
        _day("registered_on"),
    )
    op.create_index(
        "ix_visit_commitment_date", "visit", ["commitment_id", "unit_id", "date", "time"]
    )
    op.create_index(
        "ix_visit_patient_date",
        "visit",
        ["patient_id", "unit_id", "date", "time", "id"],
    )
    op.create_index("ix_visit_unit_date", "visit", ["unit_id", "date", "id"])
    op.create_index(
        "uq_visit_start",
        "visit",
        ["patient_id", "caregiver_id", "date", "time"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    _table(
        "medical_registration",
        *_versioned(),
        _number("unit_id", to="unit.id", index=True),
        _number("visit_id", to="visit.id"),
        _text("main_diagnosis", 5),
        _text("problem", 3),
        key=("visit_id",),
    )
    _table(
        "other_diagnosis",
        _number("visit_id", to="medical_registration.visit_id"),
        _number("row"),
        _text("code", 5),
        key=("visit_id", "row"),
    )
    _table(
        "procedure_code",
        _number("visit_id", to="medical_registration.visit_id"),
        _number("position"),
        _text("code", 5),
        key=("visit_id", "position"),
    )


def downgrade() -> None:
    """Drop every table, and its indexes with it."""
    for table in _TABLES.split():
        op.drop_table(table)
