"""The audit in words: what was done, to whom, and what is known of it beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from content.translations import Language, catalogue
from domain.audit_entry import AuditEntry
from domain.export_mark import MARK_COLUMN, ExportMark, harmless_cell

_ACTION: Final = "audit.action."
HEADER: Final = ("at", "who", "seat", "action", "subject", "subject_id", "fields", "details")
"""The columns of an exported audit, before the one with the mark; in no language."""


def action_codes() -> tuple[str, ...]:
    """The codes of all actions that have words."""
    return tuple(key.removeprefix(_ACTION) for key in catalogue("en").keys(_ACTION))


def action_word(language: Language, code: str) -> str:
    """What people call an action; its code where it is another program's."""
    return _known(language, f"audit.action.{code}", code)


def subject_words(language: Language, entry: AuditEntry) -> str:
    """To what something was done: `callback 12 · 王芳`."""
    word = _known(language, f"audit.subject.{entry.subject}", entry.subject)
    which = word if entry.subject_id is None else f"{word} {entry.subject_id}"
    return f"{which} · {entry.name}" if entry.name else which


def field_word(language: Language, name: str) -> str:
    """What people call a field; its name in the database where it has no other."""
    keys = (f"audit.field.{name}", f"customer.field.{name}", f"case.field.{name}")
    words = (_known(language, key, "") for key in keys)
    return next(filter(None, words), name)


def detail_words(language: Language, entry: AuditEntry) -> tuple[str, ...]:
    """What else is known of an entry, one line for each: codes, ids and counts."""
    colon = "：" if language == "zh" else ": "
    return tuple(
        f"{_known(language, f'audit.detail.{name}', name)}{colon}{_value(language, name, value)}"
        for name, value in entry.details.items()
        if value not in (None, [], "")
    )


def audit_csv(entries: Sequence[AuditEntry], mark: ExportMark) -> str:
    """Entries as CSV with a header; the last column carries the mark in every row."""
    import csv  # noqa: PLC0415 - when something is handed out
    import io  # noqa: PLC0415
    import json  # noqa: PLC0415

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*HEADER, MARK_COLUMN))
    for one in entries:
        details = json.dumps(dict(one.details), ensure_ascii=False, sort_keys=True)
        cells = (
            one.at.isoformat(),
            one.operator or "",
            str(one.seat_id or ""),
            one.action,
            one.subject,
            "" if one.subject_id is None else str(one.subject_id),
            " ".join(one.fields),
            details if one.details else "",
        )
        writer.writerow([*(harmless_cell(cell) for cell in cells), mark.text])
    # Without the mark of UTF-8 at its head some spreadsheets take it for another encoding.
    return f"\ufeff{text.getvalue()}"


def _value(language: Language, name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(language, name, one) for one in value)
    return _known(language, f"audit.value.{name}.{value}", str(value))


def _known(language: Language, key: str, otherwise: str) -> str:
    return catalogue(language).text(key, 1) or otherwise
