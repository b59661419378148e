"""Lists of a category are read from an index alone: its questions, in the order in which they were written."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("questions") as batch_op:
        batch_op.create_index(
            "ix_questions_category", ["tenant_id", "category_id", "bank_id", "created_at", "id"], unique=False
        )
        batch_op.drop_index(batch_op.f("ix_questions_tenant_id_category_id"))
