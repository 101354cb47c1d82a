"""Rows of a file of complaints."""

from __future__ import annotations

import re
from typing import Final

from domain.record.cells import clean_line
from domain.record.rows import ComplaintRow
from intake.judging.cells import BadRowError, RowCells
from intake.judging.persons import PersonJudge
from intake.judging.setting import JudgingSetting
from intake.judging.times import moment, read_reply_by

_PARTS: Final = re.compile(r"[;；\n]")
# What a complaint is taken for where the file has no such column: named here, listed in the docs.
_WITHOUT_COLUMN: Final = {"channel": "phone", "level": "local", "status": "open"}


def judge_complaint(
    cells: RowCells, setting: JudgingSetting, judge: PersonJudge, row: int
) -> ComplaintRow:
    """The complaint of the row at hand.

    Raises:
        BadRowError: `nothing_known`, `description_missing`, `received_at_missing`,
            `received_at_not_understood`, and `<field>_unknown` for a channel, level or status
            that is not known: none of them is guessed.
    """
    person = judge.read()
    description, removed = cells.text("description")
    if not description:
        raise BadRowError("description_missing", "description")
    faults = [f"description_{what}" for what in removed]
    raw = cells.raw("received_at").strip()
    if not raw:
        raise BadRowError("received_at_missing", "received_at")
    received = moment(cells.cell("received_at"), raw, setting.zone)
    if received is None:
        raise BadRowError("received_at_not_understood", "received_at", raw)
    reply_by, reply_kind = read_reply_by(cells.raw("reply_by"), received, setting.zone)
    if reply_kind == "not_understood":
        raise BadRowError("reply_by_not_understood", "reply_by", cells.raw("reply_by"))
    return ComplaintRow(
        row=row,
        number=cells.line("complaint_number")[:64],
        person=person,
        received_at=received,
        channel=_needed(cells, setting, "channel"),
        level=_needed(cells, setting, "level"),
        category=_optional(cells, setting, "category", faults),
        customer_class=_optional(cells, setting, "customer_class", faults),
        description=description,
        wants=_wants(cells.text("wants")[0]),
        status=_needed(cells, setting, "status"),
        reply_by=reply_by,
        reply_kind=reply_kind,
        faults=tuple(faults),
    )


def _needed(cells: RowCells, setting: JudgingSetting, field: str) -> str:
    word = cells.line(field)
    if not word:
        return _WITHOUT_COLUMN[field]
    code = setting.book.word(field, word)
    if code is None:
        raise BadRowError(f"{field}_unknown", field, word)
    return code


def _optional(cells: RowCells, setting: JudgingSetting, field: str, faults: list[str]) -> str:
    word = cells.line(field)
    code = setting.book.word(field, word) if word else ""
    if code is None:
        faults.append(f"{field}_unknown")
    return code or ""


def _wants(text: str) -> tuple[str, ...]:
    parts = (clean_line(part) for part in _PARTS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))
