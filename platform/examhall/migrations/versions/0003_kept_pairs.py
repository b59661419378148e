"""Questions that repeat each other and are kept so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from examhall.storage.records import Moment
from examhall.storage.rls import protect

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "kept_pairs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_kept_pairs_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "first_id"],
            ["questions.tenant_id", "questions.id"],
            name=op.f("fk_kept_pairs_tenant_id_first_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "second_id"],
            ["questions.tenant_id", "questions.id"],
            name=op.f("fk_kept_pairs_tenant_id_second_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_kept_pairs")),
        sa.UniqueConstraint(
            "tenant_id", "first_id", "second_id", name=op.f("uq_kept_pairs_tenant_id_first_id_second_id")
        ),
    )
    with op.batch_alter_table("kept_pairs") as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_pairs_tenant_id_bank_id"), ["tenant_id", "bank_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_pairs_tenant_id_second_id"), ["tenant_id", "second_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in protect("kept_pairs"):
            op.execute(statement)
