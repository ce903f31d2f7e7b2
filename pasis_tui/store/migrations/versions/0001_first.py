"""The first schema, written out: what is released stays, whatever becomes of the models."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "database_fact",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_database_fact")),
    )
    op.create_table(
        "imported_code",
        sa.Column("system", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("system", "code", name=op.f("pk_imported_code")),
    )
    op.create_table(
        "imported_test_number",
        sa.Column("identity_number", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("identity_number", name=op.f("pk_imported_test_number")),
    )
    op.create_table(
        "referring_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=1), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referring_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_referring_unit_code")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "user_account",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=6), nullable=False),
        sa.Column("identity_number", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settings", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("identity_number", name=op.f("uq_user_account_identity_number")),
        sa.UniqueConstraint("signature", name=op.f("uq_user_account_signature")),
    )
    op.create_table(
        "caregiver",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_caregiver_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caregiver")),
    )
    op.create_index(op.f("ix_caregiver_signature"), "caregiver", ["signature"], unique=False)
    op.create_index(op.f("ix_caregiver_unit_id"), "caregiver", ["unit_id"], unique=False)
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
    op.create_index(
        op.f("ix_exercise_attempt_user_id"), "exercise_attempt", ["user_id"], unique=False
    )
    op.create_table(
        "favourite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_favourite_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
        sa.UniqueConstraint("user_id", "code", name=op.f("uq_favourite_user_id_code")),
    )
    op.create_index(op.f("ix_favourite_user_id"), "favourite", ["user_id"], unique=False)
    op.create_table(
        "list_order",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("menu", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parameters", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ordered_by"], ["user_account.id"], name=op.f("fk_list_order_ordered_by_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_list_order_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_order")),
    )
    op.create_index(op.f("ix_list_order_unit_id"), "list_order", ["unit_id"], unique=False)
    op.create_table(
        "patient",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity_number", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=18), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("listed_unit_id", sa.Integer(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("interpreter_language", sa.String(), nullable=False),
        sa.Column("registered_by_unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listed_unit_id"],
            ["referring_unit.id"],
            name=op.f("fk_patient_listed_unit_id_referring_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_unit_id"],
            ["unit.id"],
            name=op.f("fk_patient_registered_by_unit_id_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("identity_number", name=op.f("uq_patient_identity_number")),
    )
    op.create_index(op.f("ix_patient_family_name"), "patient", ["family_name"], unique=False)
    op.create_table(
        "reception",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_branch", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reception_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception")),
    )
    op.create_index(op.f("ix_reception_unit_id"), "reception", ["unit_id"], unique=False)
    op.create_table(
        "statistics_order",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ordered_by"],
            ["user_account.id"],
            name=op.f("fk_statistics_order_ordered_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_statistics_order_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_order")),
    )
    op.create_index(
        op.f("ix_statistics_order_unit_id"), "statistics_order", ["unit_id"], unique=False
    )
    op.create_table(
        "user_unit",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_unit_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_unit_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "unit_id", name=op.f("pk_user_unit")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("working_date", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("signature", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("screen", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_audit_event_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_audit_event_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_audit_event_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_patient_at", "audit_event", ["patient_id", "at"], unique=False)
    op.create_index("ix_audit_event_unit_at", "audit_event", ["unit_id", "at"], unique=False)
    op.create_table(
        "care_commitment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=3), nullable=False),
        sa.Column("arrival_date", sa.Date(), nullable=False),
        sa.Column("type_of_commitment", sa.String(length=1), nullable=False),
        sa.Column("referral_source", sa.String(length=1), nullable=False),
        sa.Column("referring_unit_id", sa.Integer(), nullable=False),
        sa.Column("review_date", sa.Date(), nullable=False),
        sa.Column("caregiver_id", sa.Integer(), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_reason", sa.String(length=2), nullable=True),
        sa.Column("closing_caregiver_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invoiced_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["caregiver_id"],
            ["caregiver.id"],
            name=op.f("fk_care_commitment_caregiver_id_caregiver"),
        ),
        sa.ForeignKeyConstraint(
            ["closing_caregiver_id"],
            ["caregiver.id"],
            name=op.f("fk_care_commitment_closing_caregiver_id_caregiver"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_care_commitment_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(
            ["referring_unit_id"],
            ["referring_unit.id"],
            name=op.f("fk_care_commitment_referring_unit_id_referring_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_care_commitment_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_commitment")),
    )
    op.create_index(
        op.f("ix_care_commitment_patient_id"), "care_commitment", ["patient_id"], unique=False
    )
    op.create_index(
        "ix_care_commitment_unit_arrival",
        "care_commitment",
        ["unit_id", "arrival_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_care_commitment_unit_id"), "care_commitment", ["unit_id"], unique=False
    )
    op.create_index(
        "uq_care_commitment_open",
        "care_commitment",
        ["patient_id", "unit_id", "problem"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
    )
    op.create_table(
        "external_fee",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_external_fee_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_external_fee_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_fee")),
    )
    op.create_index(
        op.f("ix_external_fee_patient_id"), "external_fee", ["patient_id"], unique=False
    )
    op.create_index(op.f("ix_external_fee_unit_id"), "external_fee", ["unit_id"], unique=False)
    op.create_table(
        "free_card",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("issued_here", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_free_card_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_free_card_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_card")),
    )
    op.create_index(op.f("ix_free_card_patient_id"), "free_card", ["patient_id"], unique=False)
    op.create_index(op.f("ix_free_card_unit_id"), "free_card", ["unit_id"], unique=False)
    op.create_table(
        "skipped_transfer",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("time", sa.Time(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("transferred_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_skipped_transfer_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_skipped_transfer_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skipped_transfer")),
    )
    op.create_index(
        op.f("ix_skipped_transfer_unit_id"), "skipped_transfer", ["unit_id"], unique=False
    )
    op.create_table(
        "discharge_form",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("caregiver_id", sa.Integer(), nullable=False),
        sa.Column("sick_leave_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caregiver_id"],
            ["caregiver.id"],
            name=op.f("fk_discharge_form_caregiver_id_caregiver"),
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["care_commitment.id"],
            name=op.f("fk_discharge_form_commitment_id_care_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_discharge_form_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_discharge_form")),
    )
    op.create_index(op.f("ix_discharge_form_unit_id"), "discharge_form", ["unit_id"], unique=False)
    op.create_table(
        "enrolment_form",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("treatment", sa.String(length=3), nullable=False),
        sa.Column("diagnosis", sa.String(length=5), nullable=False),
        sa.Column("caregiver_id", sa.Integer(), nullable=False),
        sa.Column("sick_leave_percent", sa.Integer(), nullable=False),
        sa.Column("sick_leave_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["caregiver_id"],
            ["caregiver.id"],
            name=op.f("fk_enrolment_form_caregiver_id_caregiver"),
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["care_commitment.id"],
            name=op.f("fk_enrolment_form_commitment_id_care_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_enrolment_form_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_enrolment_form")),
    )
    op.create_index(op.f("ix_enrolment_form_unit_id"), "enrolment_form", ["unit_id"], unique=False)
    op.create_table(
        "follow_up_form",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["care_commitment.id"],
            name=op.f("fk_follow_up_form_commitment_id_care_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_follow_up_form_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_follow_up_form")),
    )
    op.create_index(op.f("ix_follow_up_form_unit_id"), "follow_up_form", ["unit_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("time", sa.Time(), nullable=False),
        sa.Column("reception_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("caregiver_id", sa.Integer(), nullable=False),
        sa.Column("caregiver_category", sa.String(length=2), nullable=False),
        sa.Column("contact_type", sa.String(length=2), nullable=False),
        sa.Column("distance", sa.Boolean(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("no_show", sa.Boolean(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("without_fee", sa.Boolean(), nullable=False),
        sa.Column("exemption", sa.String(length=2), nullable=False),
        sa.Column("double_of_visit_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caregiver_id"], ["caregiver.id"], name=op.f("fk_visit_caregiver_id_caregiver")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["care_commitment.id"],
            name=op.f("fk_visit_commitment_id_care_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["double_of_visit_id"], ["visit.id"], name=op.f("fk_visit_double_of_visit_id_visit")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_visit_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["reception.id"], name=op.f("fk_visit_reception_id_reception")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(
        "ix_visit_commitment_date", "visit", ["commitment_id", "date", "time"], unique=False
    )
    op.create_index(
        "ix_visit_patient_date",
        "visit",
        ["patient_id", "unit_id", "date", "time", "id"],
        unique=False,
    )
    op.create_index("ix_visit_unit_date", "visit", ["unit_id", "date", "id"], unique=False)
    op.create_index(op.f("ix_visit_unit_id"), "visit", ["unit_id"], unique=False)
    op.create_index(
        "uq_visit_start",
        "visit",
        ["patient_id", "caregiver_id", "date", "time"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "medical_registration",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("main_diagnosis", sa.String(length=5), nullable=False),
        sa.Column("problem", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_medical_registration_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_medical_registration_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_medical_registration")),
    )
    op.create_index(
        op.f("ix_medical_registration_unit_id"), "medical_registration", ["unit_id"], unique=False
    )
    op.create_table(
        "other_diagnosis",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["medical_registration.visit_id"],
            name=op.f("fk_other_diagnosis_visit_id_medical_registration"),
        ),
        sa.PrimaryKeyConstraint("visit_id", "row", name=op.f("pk_other_diagnosis")),
    )
    op.create_table(
        "procedure_code",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["medical_registration.visit_id"],
            name=op.f("fk_procedure_code_visit_id_medical_registration"),
        ),
        sa.PrimaryKeyConstraint("visit_id", "position", name=op.f("pk_procedure_code")),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("procedure_code")
    op.drop_table("other_diagnosis")
    op.drop_index(op.f("ix_medical_registration_unit_id"), table_name="medical_registration")
    op.drop_table("medical_registration")
    op.drop_index(
        "uq_visit_start",
        table_name="visit",
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.drop_index(op.f("ix_visit_unit_id"), table_name="visit")
    op.drop_index("ix_visit_unit_date", table_name="visit")
    op.drop_index("ix_visit_patient_date", table_name="visit")
    op.drop_index("ix_visit_commitment_date", table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_follow_up_form_unit_id"), table_name="follow_up_form")
    op.drop_table("follow_up_form")
    op.drop_index(op.f("ix_enrolment_form_unit_id"), table_name="enrolment_form")
    op.drop_table("enrolment_form")
    op.drop_index(op.f("ix_discharge_form_unit_id"), table_name="discharge_form")
    op.drop_table("discharge_form")
    op.drop_index(op.f("ix_skipped_transfer_unit_id"), table_name="skipped_transfer")
    op.drop_table("skipped_transfer")
    op.drop_index(op.f("ix_free_card_unit_id"), table_name="free_card")
    op.drop_index(op.f("ix_free_card_patient_id"), table_name="free_card")
    op.drop_table("free_card")
    op.drop_index(op.f("ix_external_fee_unit_id"), table_name="external_fee")
    op.drop_index(op.f("ix_external_fee_patient_id"), table_name="external_fee")
    op.drop_table("external_fee")
    op.drop_index(
        "uq_care_commitment_open",
        table_name="care_commitment",
        sqlite_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL AND removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_care_commitment_unit_id"), table_name="care_commitment")
    op.drop_index("ix_care_commitment_unit_arrival", table_name="care_commitment")
    op.drop_index(op.f("ix_care_commitment_patient_id"), table_name="care_commitment")
    op.drop_table("care_commitment")
    op.drop_index("ix_audit_event_unit_at", table_name="audit_event")
    op.drop_index("ix_audit_event_patient_at", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("user_unit")
    op.drop_index(op.f("ix_statistics_order_unit_id"), table_name="statistics_order")
    op.drop_table("statistics_order")
    op.drop_index(op.f("ix_reception_unit_id"), table_name="reception")
    op.drop_table("reception")
    op.drop_index(op.f("ix_patient_family_name"), table_name="patient")
    op.drop_table("patient")
    op.drop_index(op.f("ix_list_order_unit_id"), table_name="list_order")
    op.drop_table("list_order")
    op.drop_index(op.f("ix_favourite_user_id"), table_name="favourite")
    op.drop_table("favourite")
    op.drop_index(op.f("ix_exercise_attempt_user_id"), table_name="exercise_attempt")
    op.drop_table("exercise_attempt")
    op.drop_index(op.f("ix_caregiver_unit_id"), table_name="caregiver")
    op.drop_index(op.f("ix_caregiver_signature"), table_name="caregiver")
    op.drop_table("caregiver")
    op.drop_table("user_account")
    op.drop_table("unit")
    op.drop_table("referring_unit")
    op.drop_table("imported_test_number")
    op.drop_table("imported_code")
    op.drop_table("database_fact")
