"""What leaves the desk carries a mark: who took it out, when, for what, and its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ALLOWED_PLUS: Final = frozenset("+0123456789 -()./")

MARK_COLUMN: Final = "callback_desk_export"
"""The name of the column that carries the mark in a table; an import knows no such field."""


class ExportPurpose(StrEnum):
    """Why data leaves the desk."""

    ACCESS = "access"
    MOVE = "move"
    AUTHORITY = "authority"
    CHECK = "check"
    ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True)
class ExportMark:
    """The mark of one export.

    Attributes:
        number: names the export; the audit knows it under the same number.
        at: when it was made (UTC).
        login: who made it.
        purpose: what for.
        rows: how many rows it has.
    """

    number: str
    at: datetime
    login: str
    purpose: ExportPurpose
    rows: int

    @property
    def text(self) -> str:
        """The mark in one line that can be searched for."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self.number} {self.login} {at} {self.purpose}"

    @property
    def plain(self) -> dict[str, object]:
        """The mark as values for JSON."""
        return {
            "number": self.number,
            "at": self.at.astimezone(UTC).isoformat(),
            "by": self.login,
            "purpose": self.purpose.value,
            "rows": self.rows,
        }


def harmless_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a phone number with its plus is none."""
    if not text.startswith(_FORMULA):
        return text
    if text[0] in "+-" and set(text) <= _ALLOWED_PLUS and any(one.isdigit() for one in text):
        return text
    return f"'{text}"
