"""What care is planned from: occasions, and the orders of a car; proposals of tiers; caps set aside; chances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "20261122_rules"
down_revision = "20261122_scripts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_index(op.f("ix_service_order_asset_id"), "service_order", ["asset_id"], unique=False)
    op.create_table(
        "occasion",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("asset_id", db.types.BigId, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("noted_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_occasion_asset_id_asset")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_occasion_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_occasion_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion")),
    )
    op.create_index(
        op.f("ix_occasion_person_id_occasion_day"), "occasion", ["person_id", "day"], unique=False
    )
