"""Occasions, orders of a car, proposals of tiers, caps set aside, and more about chances."""

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
    # A time that the customer named has a word of its own; housekeeping points the rest anew.
    op.execute("UPDATE calling_window SET preferred = 'named' WHERE preferred LIKE '00:00-24:00;%'")
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
    op.create_table(
        "tier_proposal",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("from_value", sa.String(length=16), nullable=True),
        sa.Column("to_value", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("contribution", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("decided_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("decided_by", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operator.id"], name=op.f("fk_tier_proposal_decided_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_tier_proposal_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_proposal")),
    )
    op.create_index(
        op.f("ix_tier_proposal_person_id_tier_proposal_kind_tier_proposal_id"),
        "tier_proposal",
        ["person_id", "kind", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tier_proposal_open",
        "tier_proposal",
        ["contribution", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_tier_proposal_open",
        "tier_proposal",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "cap_override",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("caps", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_cap_override_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_cap_override_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_override")),
    )
    op.create_index(
        op.f("ix_cap_override_callback_id_cap_override_id"),
        "cap_override",
        ["callback_id", "id"],
        unique=False,
    )
    op.add_column("chance", sa.Column("decision_id", db.types.BigId, nullable=True))
    op.add_column("chance", sa.Column("callback_id", db.types.BigId, nullable=True))
    op.add_column("chance", sa.Column("currency", sa.String(length=3), nullable=True))
    op.add_column("chance", sa.Column("next_at", db.types.Instant(timezone=True), nullable=True))
