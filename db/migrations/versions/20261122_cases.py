"""Cases: diary, timers, pauses, slips, ratings; and what an unhappy customer was offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "20261122_cases"
down_revision = "20261122_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "case_timer",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("complaint_id", db.types.BigId, nullable=False),
        sa.Column("regime", sa.String(length=48), nullable=False),
        sa.Column("step", sa.String(length=48), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=True),
        sa.Column("started_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("typed", db.types.Instant(timezone=True), nullable=True),
        sa.Column("due_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("warn_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("met_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("stopped_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("stopped_because", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_case_timer_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_timer")),
    )
    op.create_index(
        op.f("ix_case_timer_complaint_id"), "case_timer", ["complaint_id"], unique=False
    )
    op.create_index(
        "ix_case_timer_running",
        "case_timer",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
    )
    op.create_table(
        "case_pause",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("timer_id", db.types.BigId, nullable=False),
        sa.Column("from_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("until_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_case_pause_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["timer_id"], ["case_timer.id"], name=op.f("fk_case_pause_timer_id_case_timer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pause")),
    )
    op.create_index(op.f("ix_case_pause_timer_id"), "case_pause", ["timer_id"], unique=False)
    op.create_table(
        "dispatch_slip",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("complaint_id", db.types.BigId, nullable=False),
        sa.Column("department", sa.String(length=32), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("sent_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("sent_by", db.types.BigId, nullable=False),
        sa.Column("reply_by", db.types.Instant(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("entered_by", db.types.BigId, nullable=True),
        sa.Column("withdrawn_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("chase_callback_id", db.types.BigId, nullable=True),
        sa.Column("timer_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["chase_callback_id"],
            ["callback.id"],
            name=op.f("fk_dispatch_slip_chase_callback_id_callback"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_dispatch_slip_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["operator.id"], name=op.f("fk_dispatch_slip_entered_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["operator.id"], name=op.f("fk_dispatch_slip_sent_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["timer_id"], ["case_timer.id"], name=op.f("fk_dispatch_slip_timer_id_case_timer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_slip")),
    )
    op.create_index(
        op.f("ix_dispatch_slip_complaint_id"), "dispatch_slip", ["complaint_id"], unique=False
    )
    op.create_index(
        "ix_dispatch_slip_open",
        "dispatch_slip",
        ["reply_by"],
        unique=False,
        sqlite_where=sa.text("replied_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("replied_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "case_entry",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("complaint_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("decision_id", db.types.BigId, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("superseded_at", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_case_entry_call_id_call")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_case_entry_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["call_decision.id"],
            name=op.f("fk_case_entry_decision_id_call_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_case_entry_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    op.create_index(
        op.f("ix_case_entry_complaint_id_case_entry_id"),
        "case_entry",
        ["complaint_id", "id"],
        unique=False,
    )
    op.create_table(
        "gap_rating",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("complaint_id", db.types.BigId, nullable=True),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("decision_id", db.types.BigId, nullable=True),
        sa.Column("moment", sa.String(length=8), nullable=False),
        sa.Column("factor", sa.String(length=48), nullable=False),
        sa.Column("expected", sa.SmallInteger(), nullable=True),
        sa.Column("received", sa.SmallInteger(), nullable=True),
        sa.Column("scale", sa.SmallInteger(), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_gap_rating_call_id_call")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_gap_rating_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["call_decision.id"],
            name=op.f("fk_gap_rating_decision_id_call_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_gap_rating_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_gap_rating_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_rating")),
    )
    op.create_index(
        op.f("ix_gap_rating_complaint_id"), "gap_rating", ["complaint_id"], unique=False
    )
    op.create_index(op.f("ix_gap_rating_person_id"), "gap_rating", ["person_id"], unique=False)
    op.create_index(op.f("ix_gap_rating_decision_id"), "gap_rating", ["decision_id"], unique=False)
    op.create_table(
        "promise_event",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("promise_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("decision_id", db.types.BigId, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_promise_event_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["call_decision.id"],
            name=op.f("fk_promise_event_decision_id_call_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_promise_event_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_promise_event_promise_id_promise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_event")),
    )
    op.create_index(
        op.f("ix_promise_event_promise_id_promise_event_id"),
        "promise_event",
        ["promise_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_promise_event_decision",
        "promise_event",
        ["decision_id"],
        unique=False,
        sqlite_where=sa.text("decision_id IS NOT NULL"),
        postgresql_where=sa.text("decision_id IS NOT NULL"),
    )
    op.create_index("ix_promise_due", "promise", ["due_at", "id"], unique=False)
    op.create_index("ix_promise_owner", "promise", ["owner_id", "state", "due_at"], unique=False)
    op.create_table(
        "care_reason",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("put_off", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_care_reason_callback_id_callback")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_reason")),
        sa.UniqueConstraint("key", name=op.f("uq_care_reason_key")),
    )
    op.create_index(
        op.f("ix_care_reason_callback_id_care_reason_merged_care_reason_id"),
        "care_reason",
        ["callback_id", "merged", "id"],
        unique=False,
    )
    op.create_table(
        "care_pass",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.Column("begun_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("beat_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_care_pass_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_pass")),
    )
    op.create_index(op.f("ix_care_pass_begun_at"), "care_pass", ["begun_at"], unique=False)
    op.create_index(
        "uq_care_pass_day",
        "care_pass",
        ["day"],
        unique=True,
        sqlite_where=sa.text("kind = 'auto'"),
        postgresql_where=sa.text("kind = 'auto'"),
    )
    op.add_column("call_decision", sa.Column("recovery", sa.String(length=16), nullable=True))
    op.add_column("call_decision", sa.Column("recovery_reason", sa.Text(), nullable=True))
    op.add_column("complaint", sa.Column("cause", sa.String(length=32), nullable=True))
    op.add_column("complaint", sa.Column("department", sa.String(length=32), nullable=True))
    op.add_column("complaint", sa.Column("opened_by", db.types.BigId, nullable=True))
    op.add_column("complaint", sa.Column("handover_to", db.types.BigId, nullable=True))
    op.add_column("complaint", sa.Column("resolution", sa.Text(), nullable=True))
    op.add_column("complaint", sa.Column("verdict", sa.String(length=16), nullable=True))
    op.add_column("complaint", sa.Column("verdict_by", db.types.BigId, nullable=True))
    op.add_column(
        "complaint", sa.Column("verdict_at", db.types.Instant(timezone=True), nullable=True)
    )
    op.add_column("complaint", sa.Column("review", sa.Text(), nullable=True))
    op.add_column(
        "complaint", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False)
    )
    op.add_column("complaint", sa.Column("look_at", db.types.Instant(timezone=True), nullable=True))
    # Housekeeping brings cases of an earlier program up: owner, limits, next call.
    op.execute(
        "UPDATE complaint SET look_at = updated_at WHERE status NOT IN ('closed', 'withdrawn')"
    )
    op.create_index(
        "ix_complaint_look",
        "complaint",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_callback_case",
        "callback",
        ["complaint_id"],
        unique=False,
        sqlite_where=sa.text("complaint_id IS NOT NULL"),
        postgresql_where=sa.text("complaint_id IS NOT NULL"),
    )
    op.add_column("person", sa.Column("department", sa.String(length=32), nullable=True))
    op.add_column("wish", sa.Column("need", sa.String(length=8), nullable=True))
    op.add_column("wish", sa.Column("operator_id", db.types.BigId, nullable=True))
    op.add_column("chance", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("chance", sa.Column("settled_at", db.types.Instant(timezone=True), nullable=True))
    op.add_column("chance", sa.Column("settled_by", db.types.BigId, nullable=True))
    op.add_column("chance", sa.Column("settled_value", sa.Integer(), nullable=True))
    op.add_column("chance", sa.Column("settled_currency", sa.String(length=3), nullable=True))
    op.create_index("ix_chance_at", "chance", ["at", "id"], unique=False)
    op.add_column(
        "cap_override", sa.Column("until", db.types.Instant(timezone=True), nullable=True)
    )
    op.add_column(
        "cap_override", sa.Column("ended_at", db.types.Instant(timezone=True), nullable=True)
    )
    op.add_column("cap_override", sa.Column("ended_by", db.types.BigId, nullable=True))
    op.create_index(
        "ix_cap_override_standing",
        "cap_override",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
