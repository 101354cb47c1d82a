"""The head of a playbook file: `key: value` lines between two lines of dashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from content.script_finding import Finding

KEYS: Final = ("id", "title", "kind", "language", "survey", "confirmed")
_FENCE: Final = "---"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a file.

    Attributes:
        values: by key.
        lines: the line of each key.
        body: the file's text with the head blanked out, so that line numbers stay true.
        findings: what is wrong with the head.
    """

    values: Mapping[str, str]
    lines: Mapping[str, int]
    body: str
    findings: tuple[Finding, ...]


def read_front_matter(file: str, text: str) -> FrontMatter:
    """The head of a file and the text behind it; a value may stand in double quotes."""
    rows = text.split("\n")
    if rows[0].strip() != _FENCE:
        return FrontMatter({}, {}, text, (Finding(file, 1, "front_missing"),))
    end = next((n for n, row in enumerate(rows) if n and row.strip() == _FENCE), None)
    if end is None:
        return FrontMatter({}, {}, "", (Finding(file, 1, "front_open"),))
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    findings: list[Finding] = []
    for number, row in enumerate(rows[1:end], 2):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        key, colon, value = (piece.strip() for piece in row.partition(":"))
        if not colon or not value:
            findings.append(Finding(file, number, "front_line", {"text": row.strip()[:60]}))
        elif key not in KEYS:
            findings.append(Finding(file, number, "front_key", {"key": key[:60]}))
        elif key in values:
            findings.append(Finding(file, number, "front_twice", {"key": key}))
        else:
            values[key] = _unquoted(value)
            lines[key] = number
    findings.extend(
        Finding(file, 1, "front_key_missing", {"key": key})
        for key in ("id", "title")
        if key not in values
    )
    body = "\n".join([""] * (end + 1) + rows[end + 1 :])
    return FrontMatter(values, lines, body, tuple(findings))


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
