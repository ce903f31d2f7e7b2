"""Diagnoses and KVÅ codes of a visit get the unit of their registration (SE01)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
_REGISTRATION = "medical_registration"
_TABLES = ("other_diagnosis", "procedure_code")


def _key(table: str, column: str) -> str:
    return op.f(f"fk_{table}_{column}_{_REGISTRATION}")


def upgrade() -> None:
    """Add the unit, fill it, and let the key say that it is the registration's."""
    op.create_index(
        "uq_medical_registration_unit", _REGISTRATION, ["unit_id", "visit_id"], unique=True
    )
    op.drop_index(op.f("ix_medical_registration_unit_id"), _REGISTRATION)
    both = ["unit_id", "visit_id"]
    for table in _TABLES:
        op.add_column(table, sa.Column("unit_id", sa.Integer(), nullable=True))
        op.execute(
            f"UPDATE {table} SET unit_id = (SELECT m.unit_id FROM {_REGISTRATION} m"  # noqa: S608
            f" WHERE m.visit_id = {table}.visit_id)"
        )
        with op.batch_alter_table(table) as batch:
            batch.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
            batch.drop_constraint(_key(table, "visit_id"), type_="foreignkey")
            batch.create_foreign_key(_key(table, "unit_id"), _REGISTRATION, both, both)


def downgrade() -> None:
    """Take the unit away again."""
    for table in _TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(_key(table, "unit_id"), type_="foreignkey")
            batch.create_foreign_key(
                _key(table, "visit_id"), _REGISTRATION, ["visit_id"], ["visit_id"]
            )
            batch.drop_column("unit_id")
    op.create_index(op.f("ix_medical_registration_unit_id"), _REGISTRATION, ["unit_id"])
    op.drop_index("uq_medical_registration_unit", _REGISTRATION)
