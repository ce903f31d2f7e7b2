"""Many clerks, one register: what each part needs is a pair of functions here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up, part by part."""
    _remove_attempts()


def downgrade() -> None:
    """Take the parts away, the last first."""
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
