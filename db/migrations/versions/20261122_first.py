"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "20261122_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables to this revision."""
    op.create_table(
        "asset",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("plate", sa.String(length=24), nullable=True),
        sa.Column("plate_key", sa.String(length=16), nullable=True),
        sa.Column("vin", sa.String(length=17), nullable=True),
        sa.Column("vin_problem", sa.String(length=32), nullable=True),
        sa.Column("colour", sa.String(length=32), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.Column("first_mileage", sa.Integer(), nullable=True),
        sa.Column("mileage", sa.Integer(), nullable=True),
        sa.Column("mileage_on", sa.Date(), nullable=True),
        sa.Column("sold_by_us", sa.Boolean(), nullable=True),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", db.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
    )
    op.create_index(
        "ix_asset_plate",
        "asset",
        ["plate_key"],
        unique=False,
        postgresql_ops={"plate_key": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_asset_vin",
        "asset",
        ["vin"],
        unique=False,
        sqlite_where=sa.text("vin IS NOT NULL"),
        postgresql_where=sa.text("vin IS NOT NULL"),
    )
    op.create_table(
        "audit",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(
        op.f("ix_audit_subject_audit_subject_id"), "audit", ["subject", "subject_id"], unique=False
    )
    op.create_table(
        "call_hold",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("until", db.types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_call_hold_key")),
    )
    op.create_index(op.f("ix_call_hold_call_id"), "call_hold", ["call_id"], unique=False)
    op.create_table(
        "calling_window",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("zones", sa.String(length=1000), nullable=False),
        sa.Column("places", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("preferred", sa.String(length=240), nullable=False),
        sa.Column("opens_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("closes_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("computed_at", db.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calling_window")),
        sa.UniqueConstraint(
            "release",
            "zones",
            "places",
            "purpose",
            "preferred",
            name=op.f("uq_calling_window_release_zones_places_purpose_preferred"),
        ),
    )
    op.create_table(
        "campaign",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("content_kind", sa.String(length=16), nullable=False),
        sa.Column("playbook", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=False),
        sa.Column("attempt_cap", sa.SmallInteger(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("paused_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "desk_fact",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_fact")),
    )
    op.create_table(
        "import_mapping",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("header_digest", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint(
            "kind", "header_digest", name=op.f("uq_import_mapping_kind_header_digest")
        ),
    )
    op.create_table(
        "operator",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("speaks", sa.JSON(), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("login", name=op.f("uq_operator_login")),
    )
    op.create_table(
        "phone",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("e164", sa.String(length=16), nullable=False),
        sa.Column("extension", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
        sa.UniqueConstraint("e164", "extension", name=op.f("uq_phone_e164_extension")),
    )
    op.create_index(op.f("ix_phone_last4"), "phone", ["last4"], unique=False)
    op.create_table(
        "topic",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topic")),
    )
    op.create_table(
        "turn",
        sa.Column("task", sa.String(length=24), nullable=False),
        sa.Column("ran_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_turn")),
    )
    op.create_table(
        "content_file",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parsed", sa.JSON(), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_content_file_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_file")),
        sa.UniqueConstraint(
            "kind",
            "name",
            "language",
            "digest",
            name=op.f("uq_content_file_kind_name_language_digest"),
        ),
    )
    op.create_table(
        "content_release",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("in_force_from", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_content_release_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_release")),
        sa.UniqueConstraint("name", name=op.f("uq_content_release_name")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("started_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_import_run_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "leave",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("deputy_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["operator.id"], name=op.f("fk_leave_deputy_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_leave_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
        sa.UniqueConstraint(
            "operator_id", "first_day", name=op.f("uq_leave_operator_id_first_day")
        ),
    )
    op.create_table(
        "operator_key",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("added_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_operator_key_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_key")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_operator_key_fingerprint")),
    )
    op.create_table(
        "person",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("pinyin", sa.String(length=400), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.Column("salutation", sa.String(length=32), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("id_number", sa.String(length=32), nullable=True),
        sa.Column("occupation", sa.String(length=64), nullable=True),
        sa.Column("birthday", sa.String(length=10), nullable=True),
        sa.Column("birthday_calendar", sa.String(length=8), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("language", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("home_address", sa.Text(), nullable=True),
        sa.Column("home_postcode", sa.String(length=16), nullable=True),
        sa.Column("work_address", sa.Text(), nullable=True),
        sa.Column("work_postcode", sa.String(length=16), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("member_level", sa.String(length=16), nullable=True),
        sa.Column("loyalty", sa.String(length=16), nullable=True),
        sa.Column("trend", sa.String(length=16), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=True),
        sa.Column("tier_pinned", sa.Boolean(), nullable=False),
        sa.Column("customer_class", sa.String(length=1), nullable=True),
        sa.Column("preferred_hours", sa.String(length=120), nullable=True),
        sa.Column("refused_hours", sa.String(length=120), nullable=True),
        sa.Column("owner_id", db.types.BigId, nullable=True),
        sa.Column("record_faults", sa.JSON(), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("merged_into", db.types.BigId, nullable=True),
        sa.Column("closed_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("closed_because", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["person.id"], name=op.f("fk_person_merged_into_person")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["operator.id"], name=op.f("fk_person_owner_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(
        "ix_person_email",
        "person",
        ["email"],
        unique=False,
        postgresql_ops={"email": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_person_id_number",
        "person",
        ["id_number"],
        unique=False,
        sqlite_where=sa.text("id_number IS NOT NULL"),
        postgresql_where=sa.text("id_number IS NOT NULL"),
    )
    op.create_index(
        "ix_person_initials",
        "person",
        ["initials", "id"],
        unique=False,
        postgresql_ops={"initials": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_person_name",
        "person",
        ["name", "id"],
        unique=False,
        postgresql_ops={"name": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_person_pinyin",
        "person",
        ["pinyin", "id"],
        unique=False,
        postgresql_ops={"pinyin": "varchar_pattern_ops"},
    )
    op.create_table(
        "seat",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("started_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("beat_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("steady_since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("pause_code", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_seat_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index(
        "ix_seat_open",
        "seat",
        ["operator_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "seat_message",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("sender_id", db.types.BigId, nullable=True),
        sa.Column("sent_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("read_at", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_seat_message_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["operator.id"], name=op.f("fk_seat_message_sender_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_message")),
    )
    op.create_index(
        "ix_seat_message_unread",
        "seat_message",
        ["operator_id", "id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "shift",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("starts_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_shift_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(
        op.f("ix_shift_operator_id_shift_starts_at"),
        "shift",
        ["operator_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "call",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("started_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("dialled_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("talk_ended_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("ended_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("playbook", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("mood_start", sa.String(length=8), nullable=True),
        sa.Column("mood_end", sa.String(length=8), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recording_ref", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_call_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_call_person_id_person")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_call_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(
        op.f("ix_call_operator_id_call_started_at"),
        "call",
        ["operator_id", "started_at"],
        unique=False,
    )
    op.create_index(
        "ix_call_parked",
        "call",
        ["operator_id", "id"],
        unique=False,
        sqlite_where=sa.text("phase = 'parked'"),
        postgresql_where=sa.text("phase = 'parked'"),
    )
    op.create_index(
        op.f("ix_call_person_id_call_started_at"), "call", ["person_id", "started_at"], unique=False
    )
    op.create_index(
        "uq_call_open_operator",
        "call",
        ["operator_id"],
        unique=True,
        sqlite_where=sa.text("phase = 'open'"),
        postgresql_where=sa.text("phase = 'open'"),
    )
    op.create_table(
        "consent",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("until", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("content_kind", sa.String(length=16), nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_contact_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(
        op.f("ix_contact_person_id_contact_at"), "contact", ["person_id", "at"], unique=False
    )
    op.create_table(
        "do_not_call",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("phone_id", db.types.BigId, nullable=True),
        sa.Column("person_id", db.types.BigId, nullable=True),
        sa.Column("number_hash", sa.String(length=64), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("lifted_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_do_not_call_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_do_not_call_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phone.id"], name=op.f("fk_do_not_call_phone_id_phone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_call")),
    )
    op.create_index(
        "ix_do_not_call_hash",
        "do_not_call",
        ["number_hash"],
        unique=False,
        sqlite_where=sa.text("number_hash IS NOT NULL"),
        postgresql_where=sa.text("number_hash IS NOT NULL"),
    )
    op.create_index(
        "ix_do_not_call_person",
        "do_not_call",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_do_not_call_phone",
        "do_not_call",
        ["phone_id"],
        unique=False,
        sqlite_where=sa.text("phone_id IS NOT NULL"),
        postgresql_where=sa.text("phone_id IS NOT NULL"),
    )
    op.create_table(
        "import_conflict",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("import_id", db.types.BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("settled_at", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_import_conflict_import_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_conflict")),
    )
    op.create_index(
        op.f("ix_import_conflict_import_id"), "import_conflict", ["import_id"], unique=False
    )
    op.create_table(
        "import_memory",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("natural_key", sa.String(length=200), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("import_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_import_memory_import_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_memory")),
        sa.UniqueConstraint(
            "kind", "source", "natural_key", name=op.f("uq_import_memory_kind_source_natural_key")
        ),
    )
    op.create_index(
        op.f("ix_import_memory_kind_import_memory_row_id"),
        "import_memory",
        ["kind", "row_id"],
        unique=False,
    )
    op.create_table(
        "person_asset",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("asset_id", db.types.BigId, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("until", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_person_asset_asset_id_asset")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_asset_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_asset")),
    )
    op.create_index(op.f("ix_person_asset_asset_id"), "person_asset", ["asset_id"], unique=False)
    op.create_index(op.f("ix_person_asset_person_id"), "person_asset", ["person_id"], unique=False)
    op.create_table(
        "person_phone",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("phone_id", db.types.BigId, nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ask_for", sa.String(length=120), nullable=True),
        sa.Column("raw", sa.String(length=120), nullable=True),
        sa.Column("problem", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("since", db.types.Instant(timezone=True), nullable=False),
        sa.Column("until", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_phone_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phone.id"], name=op.f("fk_person_phone_phone_id_phone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_phone")),
    )
    op.create_index(
        op.f("ix_person_phone_person_id_person_phone_position"),
        "person_phone",
        ["person_id", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_person_phone_phone_id"), "person_phone", ["phone_id"], unique=False)
    op.create_index(
        "ix_person_phone_problem",
        "person_phone",
        ["problem", "id"],
        unique=False,
        sqlite_where=sa.text("problem IS NOT NULL"),
        postgresql_where=sa.text("problem IS NOT NULL"),
    )
    op.create_table(
        "possible_match",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("other_id", db.types.BigId, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("decided_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("decided_by", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operator.id"], name=op.f("fk_possible_match_decided_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_possible_match_other_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_possible_match_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_match")),
        sa.UniqueConstraint(
            "person_id", "other_id", name=op.f("uq_possible_match_person_id_other_id")
        ),
    )
    op.create_table(
        "release_file",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("release_id", db.types.BigId, nullable=False),
        sa.Column("file_id", db.types.BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["content_file.id"], name=op.f("fk_release_file_file_id_content_file")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["content_release.id"],
            name=op.f("fk_release_file_release_id_content_release"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_file")),
        sa.UniqueConstraint(
            "release_id", "file_id", name=op.f("uq_release_file_release_id_file_id")
        ),
    )
    op.create_table(
        "service_order",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("asset_id", db.types.BigId, nullable=True),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("mileage", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("advisor", sa.String(length=64), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_service_order_asset_id_asset")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_service_order_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_order")),
        sa.UniqueConstraint("number", name=op.f("uq_service_order_number")),
    )
    op.create_index(
        op.f("ix_service_order_person_id_service_order_visited_on"),
        "service_order",
        ["person_id", "visited_on"],
        unique=False,
    )
    op.create_table(
        "call_leg",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("phone_id", db.types.BigId, nullable=False),
        sa.Column("started_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_leg_call_id_call")),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phone.id"], name=op.f("fk_call_leg_phone_id_phone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_leg")),
    )
    op.create_index(op.f("ix_call_leg_call_id"), "call_leg", ["call_id"], unique=False)
    op.create_table(
        "chance",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("owner_id", db.types.BigId, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_chance_call_id_call")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["operator.id"], name=op.f("fk_chance_owner_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_chance_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chance")),
    )
    op.create_index(op.f("ix_chance_person_id"), "chance", ["person_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("weight", sa.String(length=12), nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("received_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("customer_class", sa.String(length=1), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("reply_by", db.types.Instant(timezone=True), nullable=True),
        sa.Column("owner_id", db.types.BigId, nullable=True),
        sa.Column("closed_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_complaint_call_id_call")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["operator.id"], name=op.f("fk_complaint_owner_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_complaint_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    op.create_index(op.f("ix_complaint_person_id"), "complaint", ["person_id"], unique=False)
    op.create_index("ix_complaint_status", "complaint", ["status", "id"], unique=False)
    op.create_index(
        "uq_complaint_number",
        "complaint",
        ["number"],
        unique=True,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "draft",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_draft_call_id_call")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_draft_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("call_id", name=op.f("uq_draft_call_id")),
    )
    op.create_table(
        "callback",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("phone_id", db.types.BigId, nullable=True),
        sa.Column("window_id", db.types.BigId, nullable=False),
        sa.Column("campaign_id", db.types.BigId, nullable=False),
        sa.Column("asset_id", db.types.BigId, nullable=True),
        sa.Column("complaint_id", db.types.BigId, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("not_before", db.types.Instant(timezone=True), nullable=True),
        sa.Column("ready_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("first_due_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("owner_id", db.types.BigId, nullable=True),
        sa.Column("assigned_to", db.types.BigId, nullable=True),
        sa.Column("grace_until", db.types.Instant(timezone=True), nullable=True),
        sa.Column("avoid_operator_id", db.types.BigId, nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("last_outcome", sa.String(length=40), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("claimed_by", db.types.BigId, nullable=True),
        sa.Column("claimed_seat", db.types.BigId, nullable=True),
        sa.Column("claimed_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("origin_id", db.types.BigId, nullable=True),
        sa.Column("origin_call_id", db.types.BigId, nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("import_id", db.types.BigId, nullable=True),
        sa.Column("created_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", db.types.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('scheduled', 'due', 'claimed', 'check', 'done', 'exhausted', 'cancelled')",
            name=op.f("ck_callback_state"),
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_callback_asset_id_asset")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["operator.id"], name=op.f("fk_callback_assigned_to_operator")
        ),
        sa.ForeignKeyConstraint(
            ["avoid_operator_id"],
            ["operator.id"],
            name=op.f("fk_callback_avoid_operator_id_operator"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_callback_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["operator.id"], name=op.f("fk_callback_claimed_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_callback_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["callback.id"], name=op.f("fk_callback_origin_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["operator.id"], name=op.f("fk_callback_owner_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_callback_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phone.id"], name=op.f("fk_callback_phone_id_phone")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["calling_window.id"], name=op.f("fk_callback_window_id_calling_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index(
        "ix_callback_check",
        "callback",
        ["band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'check'"),
        postgresql_where=sa.text("state = 'check'"),
    )
    op.create_index(
        "ix_callback_grace",
        "callback",
        ["grace_until", "id"],
        unique=False,
        sqlite_where=sa.text("grace_until IS NOT NULL AND state IN ('scheduled', 'due')"),
        postgresql_where=sa.text("grace_until IS NOT NULL AND state IN ('scheduled', 'due')"),
    )
    op.create_index(
        "ix_callback_hand",
        "callback",
        ["claimed_by", "band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_callback_list",
        "callback",
        ["band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('scheduled', 'due', 'claimed', 'check')"),
        postgresql_where=sa.text("state IN ('scheduled', 'due', 'claimed', 'check')"),
    )
    op.create_index(
        "ix_callback_origin",
        "callback",
        ["origin_call_id"],
        unique=False,
        sqlite_where=sa.text("origin_call_id IS NOT NULL"),
        postgresql_where=sa.text("origin_call_id IS NOT NULL"),
    )
    op.create_index("ix_callback_person", "callback", ["person_id", "state"], unique=False)
    op.create_index(
        "ix_callback_personal",
        "callback",
        ["assigned_to", "band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due' AND assigned_to IS NOT NULL"),
        postgresql_where=sa.text("state = 'due' AND assigned_to IS NOT NULL"),
    )
    op.create_index("ix_callback_phone", "callback", ["phone_id"], unique=False)
    op.create_index(
        "ix_callback_pool",
        "callback",
        ["window_id", "band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due' AND assigned_to IS NULL"),
        postgresql_where=sa.text("state = 'due' AND assigned_to IS NULL"),
    )
    op.create_index(
        "ix_callback_ready",
        "callback",
        ["ready_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        "ix_callback_reserved",
        "callback",
        ["assigned_to", "band", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled' AND assigned_to IS NOT NULL"),
        postgresql_where=sa.text("state = 'scheduled' AND assigned_to IS NOT NULL"),
    )
    op.create_index(
        "ix_callback_source",
        "callback",
        ["source", "source_key"],
        unique=False,
        sqlite_where=sa.text("source_key IS NOT NULL"),
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_table(
        "call_callback",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_callback_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_call_callback_callback_id_callback")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_callback")),
        sa.UniqueConstraint(
            "call_id", "callback_id", name=op.f("uq_call_callback_call_id_callback_id")
        ),
    )
    op.create_index(
        op.f("ix_call_callback_callback_id"), "call_callback", ["callback_id"], unique=False
    )
    op.create_table(
        "call_decision",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("aapor", sa.String(length=8), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("next_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("next_callback_id", db.types.BigId, nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("supersedes", db.types.BigId, nullable=True),
        sa.Column("superseded_at", db.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_decision_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_call_decision_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["next_callback_id"],
            ["callback.id"],
            name=op.f("fk_call_decision_next_callback_id_callback"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_call_decision_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["call_decision.id"],
            name=op.f("fk_call_decision_supersedes_call_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_decision")),
        sa.UniqueConstraint("uuid", name=op.f("uq_call_decision_uuid")),
    )
    op.create_index(op.f("ix_call_decision_call_id"), "call_decision", ["call_id"], unique=False)
    op.create_index(
        op.f("ix_call_decision_callback_id_call_decision_at"),
        "call_decision",
        ["callback_id", "at"],
        unique=False,
    )
    op.create_table(
        "callback_event",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("callback_id", db.types.BigId, nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("operator_id", db.types.BigId, nullable=True),
        sa.Column("seat_id", db.types.BigId, nullable=True),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_callback_event_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_callback_event_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_event")),
    )
    op.create_index(
        op.f("ix_callback_event_callback_id_callback_event_id"),
        "callback_event",
        ["callback_id", "id"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("decision_id", db.types.BigId, nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("choices", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_answer_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["call_decision.id"], name=op.f("fk_answer_decision_id_call_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_call_id"), "answer", ["call_id"], unique=False)
    op.create_table(
        "call_step",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("decision_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("playbook", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=120), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_step_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["call_decision.id"],
            name=op.f("fk_call_step_decision_id_call_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_step")),
    )
    op.create_index(op.f("ix_call_step_call_id"), "call_step", ["call_id"], unique=False)
    op.create_table(
        "promise",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("decision_id", db.types.BigId, nullable=True),
        sa.Column("callback_id", db.types.BigId, nullable=True),
        sa.Column("complaint_id", db.types.BigId, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("due_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("owner_id", db.types.BigId, nullable=True),
        sa.Column("made_at", db.types.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settled_at", db.types.Instant(timezone=True), nullable=True),
        sa.Column("settled_call_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_promise_call_id_call")),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callback.id"], name=op.f("fk_promise_callback_id_callback")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_promise_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["call_decision.id"], name=op.f("fk_promise_decision_id_call_decision")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["operator.id"], name=op.f("fk_promise_owner_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_promise_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["settled_call_id"], ["call.id"], name=op.f("fk_promise_settled_call_id_call")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(
        "ix_promise_callback",
        "promise",
        ["callback_id"],
        unique=False,
        sqlite_where=sa.text("callback_id IS NOT NULL"),
        postgresql_where=sa.text("callback_id IS NOT NULL"),
    )
    op.create_index(
        "ix_promise_open",
        "promise",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND due_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_promise_person_id"), "promise", ["person_id"], unique=False)
    op.create_table(
        "score",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=False),
        sa.Column("decision_id", db.types.BigId, nullable=False),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_score_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["call_decision.id"], name=op.f("fk_score_decision_id_call_decision")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_score_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
    )
    op.create_index(op.f("ix_score_call_id"), "score", ["call_id"], unique=False)
    op.create_index(op.f("ix_score_person_id_score_at"), "score", ["person_id", "at"], unique=False)
    op.create_table(
        "wish",
        sa.Column("id", db.types.BigId, autoincrement=True, nullable=False),
        sa.Column("complaint_id", db.types.BigId, nullable=True),
        sa.Column("person_id", db.types.BigId, nullable=False),
        sa.Column("call_id", db.types.BigId, nullable=True),
        sa.Column("decision_id", db.types.BigId, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("possible", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answer_by", db.types.Instant(timezone=True), nullable=True),
        sa.Column("at", db.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_wish_call_id_call")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_wish_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["call_decision.id"], name=op.f("fk_wish_decision_id_call_decision")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_wish_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
    )
    op.create_index(op.f("ix_wish_complaint_id"), "wish", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_wish_person_id"), "wish", ["person_id"], unique=False)
