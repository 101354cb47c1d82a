"""Scripts in force: the release that a call pins, drafts of leads, proposals of shipped files.

And wishes that later calls say more about.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "20261122_scripts"
down_revision = "20261122_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.add_column("call", sa.Column("script_release", sa.String(length=64), nullable=True))
    op.add_column(
        "content_release",
        sa.Column("changed", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_index(
        op.f("ix_content_release_in_force_from_content_release_id"),
        "content_release",
        ["in_force_from", "id"],
        unique=False,
    )
    op.create_table(
        "content_draft",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("saved_at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_content_draft_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_draft")),
        sa.UniqueConstraint(
            "operator_id",
            "kind",
            "name",
            "language",
            name=op.f("uq_content_draft_operator_id_kind_name_language"),
        ),
    )
    op.create_table(
        "content_proposal",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("file_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("settled_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["content_file.id"], name=op.f("fk_content_proposal_file_id_content_file")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_content_proposal_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_proposal")),
        sa.UniqueConstraint("file_id", name=op.f("uq_content_proposal_file_id")),
    )
    with op.batch_alter_table("wish") as wish:
        wish.add_column(sa.Column("earlier_id", db.types.BigId, nullable=True))
        wish.create_foreign_key(op.f("fk_wish_earlier_id_wish"), "wish", ["earlier_id"], ["id"])
        wish.create_index(op.f("ix_wish_earlier_id"), ["earlier_id"])
