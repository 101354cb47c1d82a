"""Lead actions, operators' states and worked shifts, keys with notes, and the queue's day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "20261122_leads"
down_revision = "20261122_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "queue_sample",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_sample")),
        sa.UniqueConstraint("at", name=op.f("uq_queue_sample_at")),
    )
    op.create_table(
        "duty",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("began_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("sheet", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_duty_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(
        op.f("ix_duty_operator_id_duty_began_at"), "duty", ["operator_id", "began_at"], unique=False
    )
    op.create_index(
        "uq_duty_open",
        "duty",
        ["operator_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "lead_action",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("undone_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("undone_by", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_lead_action_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_action")),
        sa.UniqueConstraint("uuid", name=op.f("uq_lead_action_uuid")),
    )
    op.create_index(op.f("ix_lead_action_at"), "lead_action", ["at"], unique=False)
    op.create_table(
        "operator_state",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("seat_id", db.types.BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pause_code", sa.String(length=32), nullable=True),
        sa.Column("since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("until", db.types.Instant(timezone=True), nullable=True),
        sa.Column("forced_by", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_operator_state_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["seat.id"], name=op.f("fk_operator_state_seat_id_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_state")),
    )
    op.create_index(
        op.f("ix_operator_state_operator_id_operator_state_since"),
        "operator_state",
        ["operator_id", "since"],
        unique=False,
    )
    op.create_index(
        "ix_operator_state_present",
        "operator_state",
        ["seat_id"],
        unique=False,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index(op.f("ix_operator_state_since"), "operator_state", ["since"], unique=False)
    op.create_table(
        "lead_action_item",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("action_id", db.types.BigId, nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["lead_action.id"],
            name=op.f("fk_lead_action_item_action_id_lead_action"),
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_lead_action_item_callback_id_callback")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_action_item")),
    )
    op.create_index(
        op.f("ix_lead_action_item_action_id"), "lead_action_item", ["action_id"], unique=False
    )
    op.create_index(
        op.f("ix_lead_action_item_callback_id"), "lead_action_item", ["callback_id"], unique=False
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_operator_id_audit_action_audit_at"),
        "audit",
        ["operator_id", "action", "at"],
        unique=False,
    )
    op.add_column(
        "callback", sa.Column("first_tried_at", db.types.Instant(timezone=True), nullable=True)
    )
    op.add_column("callback", sa.Column("next_for", db.types.BigId, nullable=True))
    op.create_index(
        "ix_callback_next",
        "callback",
        ["next_for", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_for IS NOT NULL"),
        postgresql_where=sa.text("next_for IS NOT NULL"),
    )
    op.create_index("ix_callback_first_due", "callback", ["first_due_at"], unique=False)
    op.create_index(
        "ix_callback_kind",
        "callback",
        ["campaign_id", "window_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_callback_owned",
        "callback",
        ["window_id", "band", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due' AND assigned_to IS NOT NULL"),
        postgresql_where=sa.text("state = 'due' AND assigned_to IS NOT NULL"),
    )
    op.add_column("leave", sa.Column("noted_by", db.types.BigId, nullable=True))
    op.add_column("leave", sa.Column("noted_at", db.types.Instant(timezone=True), nullable=True))
    op.add_column("leave", sa.Column("from_at", db.types.Instant(timezone=True), nullable=True))
    op.add_column("operator_key", sa.Column("note", sa.String(length=120), nullable=True))
    op.add_column("operator_key", sa.Column("added_by", db.types.BigId, nullable=True))
    op.add_column("operator_key", sa.Column("revoked_by", db.types.BigId, nullable=True))
    op.add_column(
        "seat", sa.Column("state_ends_at", db.types.Instant(timezone=True), nullable=True)
    )
    op.add_column("seat", sa.Column("forced_by", db.types.BigId, nullable=True))
    op.add_column("seat", sa.Column("key_id", db.types.BigId, nullable=True))
    op.add_column("seat", sa.Column("remote", sa.String(length=64), nullable=True))
    op.add_column("seat", sa.Column("ended_by", db.types.BigId, nullable=True))
    op.add_column("seat", sa.Column("next_pause", sa.String(length=32), nullable=True))
    op.create_index(
        op.f("ix_shift_starts_at_shift_ends_at"), "shift", ["starts_at", "ends_at"], unique=False
    )
    _close_the_audit()


def _close_the_audit() -> None:
    """The audit is appended to and never changed, whoever asks: the database itself refuses."""
    if op.get_context().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_no_{deed} BEFORE {deed.upper()} ON audit"
                " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
