"""Writing down that data leaves the desk, and giving the mark that it carries."""

from __future__ import annotations

import secrets

from db.events import append_audit
from db.transaction import Unit
from domain.errors import InputError
from domain.export_mark import ExportMark, ExportPurpose
from domain.permissions import Actor


def mark_export(
    unit: Unit,
    actor: Actor,
    subject: str,
    subject_id: int | None,
    *,
    purpose: ExportPurpose,
    rows: int,
) -> ExportMark:
    """Enters an export in the audit with its number, purpose and count, and returns its mark."""
    number = f"X-{secrets.token_hex(4)}"
    append_audit(
        unit, actor, "exported", subject, subject_id,
        details={"export": number, "purpose": purpose.value, "rows": rows},
    )  # fmt: skip
    return ExportMark(number, unit.now, actor.login, purpose, rows)


def read_purpose(text: str) -> ExportPurpose:
    """The purpose that a code names.

    Raises:
        InputError: `export_purpose_unknown`.
    """
    try:
        return ExportPurpose(text)
    except ValueError as error:
        raise InputError("export_purpose_unknown", purpose=text[:40]) from error
