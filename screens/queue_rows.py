"""Callbacks as rows of the queue's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from content.translations import Language, translate
from screens.times import clock_text
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import clip

if TYPE_CHECKING:
    from db.queue_list import QueueRow

OVERDUE: Final = timedelta(hours=1)
KEY_BAND: Final = 2


def queue_columns(language: Language) -> Sequence[Column]:
    """The columns; the later ones are left out where room is short."""

    def title(name: str) -> str:
        return translate(language, f"desk.column.{name}")

    return (
        Column(title("sign"), 3),
        Column(title("due"), 6),
        Column(title("name"), 10, stretch=2),
        Column(title("kind"), 10, stretch=3),
        Column(title("theirs"), 5, need=44),
        Column(title("number"), 15, need=70),
        Column(title("tries"), 5, need=56, right=True),
        Column(title("owner"), 8, need=90),
    )


def queue_row(language: Language, row: QueueRow, my_zone: str, now: datetime) -> Row:
    """A callback as a row of the list.

    Args:
        language: the language to speak.
        row: the callback.
        my_zone: IANA name of the operator's own clock.
        now: the present instant, aware.
    """
    sign, tone = sign_of(language, row, now)
    local = row.due_at.astimezone(ZoneInfo(my_zone))
    today = now.astimezone(ZoneInfo(my_zone)).date()
    due = local.strftime("%H:%M" if local.date() == today else "%m-%d")
    kind = row.campaign_zh if language == "zh" else row.campaign_en
    cells = (
        Cell(sign, tone),
        Cell(due, tone),
        Cell(row.name),
        Cell(kind),
        Cell(their_time(row.zone, now), "" if row.callable else "muted"),
        Cell(row.masked, "muted"),
        Cell(str(row.attempts) if row.attempts else "·", "muted"),
        Cell(row.claimed_by or row.owner or "", "muted"),
    )
    out_of_reach = row.state == "claimed" or (row.state != "check" and not row.callable)
    return Row(row.id, cells, muted=out_of_reach)


def sign_of(language: Language, row: QueueRow, now: datetime) -> tuple[str, str]:
    """What draws attention to a callback, as a sign and a tone."""

    def sign(name: str) -> str:
        return translate(language, f"desk.sign.{name}")

    late = row.state == "due" and row.due_at <= now - OVERDUE
    if row.state == "check":
        return sign("check"), "warm"
    if row.state == "claimed":
        return sign("claimed"), "muted"
    if row.promised:
        return sign("promised") + ("!" if late else ""), "urgent" if late else "warm"
    if late:
        return "!", "urgent"
    if row.band <= KEY_BAND:
        return sign("key"), "warm"
    return ("", "") if row.callable else (sign("closed"), "muted")


def their_time(zone: str | None, now: datetime) -> str:
    """The customer's wall clock; empty where nobody knows it."""
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M") if zone else ""


def preview_facts(
    language: Language, row: QueueRow, my_zone: str, now: datetime
) -> list[tuple[str, str, str]]:
    """What the preview says of a callback: catalogue key of the label, value, style."""
    kind = row.campaign_zh if language == "zh" else row.campaign_en
    due = clock_text(language, row.due_at, my_zone, now)
    theirs = ""
    if row.zone:
        theirs = f"{their_time(row.zone, now)} ({row.zone})"
    opens = ""
    if not row.callable and row.opens_at is not None:
        opens = clock_text(language, row.opens_at, my_zone, now)
    wish = ""
    if row.priority in ("high", "low"):
        wish = translate(language, f"desk.priority.{row.priority}")
    return [
        ("desk.fact.kind", kind, ""),
        ("desk.fact.due", due, ""),
        ("desk.fact.theirs", theirs, ""),
        ("desk.fact.opens", opens, "$text-warning"),
        ("desk.fact.number", row.masked, ""),
        ("desk.fact.tries", str(row.attempts) if row.attempts else "", ""),
        ("desk.fact.owner", row.owner or "", ""),
        ("desk.fact.hand", row.claimed_by or "", "$text-warning"),
        ("desk.fact.priority", wish, ""),
        ("desk.fact.note", clip(row.note or "", 400), ""),
    ]
