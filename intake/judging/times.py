"""Times in files: due times as people write them, export times, and moments with their offset."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from domain.errors import InputError
from domain.record.days import Day, read_day
from domain.record.rows import DueKind
from domain.when import understand
from domain.when.hours import DAY_DEFAULT
from domain.when.model import DateOrder, Kind, Understood
from intake.judging.cells import BadRowError, RowCells
from intake.judging.persons import day_cell
from intake.judging.setting import JudgingSetting

DAY_ONLY_AT: Final = time(*divmod(DAY_DEFAULT, 60))
"""When a callback is due that names only a day, on the clock that the day is read on:
the hour that the grammar of due times takes for a day alone."""

_WITHIN: Final = re.compile(
    r"(?:within\s+(\d{1,4})\s*(hours?|hrs?|h|days?|d)|(\d{1,4})\s*(个?小时|天|日)(?:之?内))\.?",
    re.IGNORECASE,
)
_ELSEWHEN: Final = timedelta(days=401)


@dataclass(frozen=True, slots=True)
class Due:
    """When a row wants to be called, UTC; none where it names no time and no export is known."""

    at: datetime | None
    kind: DueKind


def read_due(
    cells: RowCells, setting: JudgingSetting, zones: tuple[str, ...], order: DateOrder
) -> Due:
    """The due time of the row at hand.

    A time on the customer's own clock whose zone is one of several becomes the moment at which it
    has come in all of them, so that nobody is rung too early.

    Args:
        cells: the row.
        setting: the file's own clock and export time.
        zones: the zones in which the customer may be; empty where nothing is known.
        order: how a short date is written in the customer's country.

    Raises:
        BadRowError: `due_not_understood`, or `due_relative` for a time such as "tomorrow" where
            no export time is known.
    """
    theirs = cells.raw("due_local").strip() != ""
    field = "due_local" if theirs else "due"
    exported = export_time(cells, setting)
    local = theirs or cells.has("zone")
    clocks = zones if local and zones else (setting.zone,)
    cell = cells.cell(field)
    if isinstance(cell, datetime):
        return Due(_latest(cell, clocks), "exact")
    raw = cells.raw(field)
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text:
        return Due(exported, "none")
    if setting.book.is_soon(text):
        if exported is None:
            raise BadRowError("due_relative", field, raw)
        return Due(exported, "soon")
    day = read_day(day_cell(cell))
    if isinstance(day, Day) and day.solar is not None:
        return Due(_latest(datetime.combine(day.solar, DAY_ONLY_AT), clocks), "day_only")
    return _understood(text, field, exported, clocks, order)


def export_time(cells: RowCells, setting: JudgingSetting) -> datetime | None:
    """The moment from which a row's relative times are seen: its own, else the one named."""
    cell = cells.cell("exported_at")
    raw = cells.raw("exported_at").strip()
    if not raw:
        return setting.as_of
    return moment(cell, raw, setting.zone) or setting.as_of


def moment(cell: object, raw: str, zone: str) -> datetime | None:
    """A full date and time in UTC; on a zone's clock where it has no offset. None: it is none."""
    if isinstance(cell, datetime):
        return _latest(cell, (zone,))
    found = _iso(raw)
    if found is None:
        return None
    return found.astimezone(UTC) if found.tzinfo else _latest(found, (zone,))


def read_reply_by(
    raw: str, received: datetime, zone: str
) -> tuple[datetime | None, Literal["time", "within", "empty", "not_understood"]]:
    """Until when an answer was promised: a moment, or a span such as "within 48 hours"."""
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text:
        return None, "empty"
    found = _WITHIN.fullmatch(text)
    if found:
        count = int(found.group(1) or found.group(3))
        unit = (found.group(2) or found.group(4)).lower()
        hours = count if unit.startswith("h") or "小时" in unit else count * 24
        return received + timedelta(hours=hours), "within"
    at = moment(raw, text, zone)
    return (at, "time") if at is not None else (None, "not_understood")


def _understood(
    text: str,
    field: str,
    exported: datetime | None,
    clocks: tuple[str, ...],
    order: DateOrder,
) -> Due:
    try:
        if exported is None:
            first, second = (_read(text, now, clocks[0], order) for now in _two_moments())
            if first.at != second.at:
                raise BadRowError("due_relative", field, text)
            found = first
        else:
            found = _read(text, exported, clocks[0], order)
    except InputError as error:
        raise BadRowError("due_not_understood", field, text) from error
    kind: DueKind = "exact"
    if found.kind is Kind.ASAP:
        kind = "soon"
    elif found.kind is Kind.DAY_ONLY:
        return Due(_latest(datetime.combine(found.local.date(), DAY_ONLY_AT), clocks), "day_only")
    if len(clocks) == 1 or found.zone != clocks[0]:
        return Due(found.at, kind)
    return Due(_latest(found.local.replace(tzinfo=None), clocks), kind)


@lru_cache(maxsize=8192)
def _read(text: str, now: datetime, zone: str, order: DateOrder) -> Understood:
    return understand(text, now=now, zone=zone, allow_past=True, date_order=order)


@lru_cache(maxsize=1)
def _two_moments() -> tuple[datetime, datetime]:
    """Two moments far apart: a text that means the same from both depends on none."""
    one = datetime(2026, 1, 5, 4, tzinfo=UTC)
    return one, one + _ELSEWHEN


def _latest(local: datetime, zones: tuple[str, ...]) -> datetime:
    """The moment at which a wall clock's time has come in all of the zones, in UTC."""
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    return max(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in zones)


@lru_cache(maxsize=4096)
def _iso(text: str) -> datetime | None:
    plain = unicodedata.normalize("NFKC", text).strip().replace("/", "-")
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    has_time = len(plain) > len("2026-11-23")
    return found if has_time or found.tzinfo else datetime.combine(date(*_ymd(found)), time())


def _ymd(found: datetime) -> tuple[int, int, int]:
    return found.year, found.month, found.day
