"""A roster as a file: read with each fault by its line, written so that it reads back the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from domain.errors import InputError
from domain.record.days import Day, read_day
from domain.roster_pattern import read_hours, write_hours
from domain.said import Said
from domain.week import Windows
from intake.delimited import read_delimited
from intake.table import TableRow, text_of

HEADER: Final = ("login", "date", "hours")
_NAMES: Final[Mapping[str, str]] = {
    "login": "login", "operator": "login", "name": "login", "account": "login",
    "账号": "login", "坐席": "login", "姓名": "login", "员工": "login",
    "date": "date", "day": "date", "日期": "date",
    "hours": "hours", "shift": "hours", "time": "hours", "班次": "hours", "时间": "hours",
    "工作时间": "hours",
    "from": "from", "start": "from", "开始": "from", "上班": "from",
    "to": "to", "until": "to", "end": "to", "结束": "to", "下班": "to",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person's day in a file: the line, the login as written there, date and hours."""

    line: int
    who: str
    day: date
    windows: Windows


@dataclass(frozen=True, slots=True)
class RosterFault:
    """A line that can't be taken, and why."""

    line: int
    why: Said


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file says; with faults nothing of it should be taken."""

    rows: tuple[RosterRow, ...]
    faults: tuple[RosterFault, ...]


def read_roster(data: bytes, name: str, people: Mapping[str, int]) -> RosterFile:
    """Reads a roster: columns login, date and hours, or login, date, from and to; any delimiter.

    Several lines of the same person and date add up. A day of `off` has no hours.

    Args:
        data: all bytes of the file.
        name: its name, for errors.
        people: operators by login and by name.

    Raises:
        InputError: `roster_columns` where the columns are not named so; those of reading a file.
    """
    raw = read_delimited(data, name)
    if not raw.rows:
        raise InputError("roster_columns", file=name)
    columns = _columns(raw.rows[0], name)
    days: dict[tuple[str, date], RosterRow] = {}
    faults: list[RosterFault] = []
    for row in raw.rows[1:]:
        try:
            one = _read(row, columns, people)
            before = days.get((one.who, one.day))
            days[one.who, one.day] = one if before is None else _added(before, one)
        except InputError as error:
            faults.append(RosterFault(row.number, Said(error.title_key, error.params)))
    if raw.cut_off and raw.rows[1:]:
        faults.append(RosterFault(raw.rows[-1].number, Said("roster.file.cut_off")))
    return RosterFile(tuple(days.values()), tuple(faults))


def write_roster(days: Iterable[tuple[str, date, Windows]]) -> str:
    """Days by login as CSV, which `read_roster` reads back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows((who, day.isoformat(), write_hours(windows)) for who, day, windows in days)
    return text.getvalue()


def _columns(row: TableRow, name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        known = _NAMES.get(text_of(cell).strip().strip("\ufeff").casefold())
        if known is not None:
            found.setdefault(known, place)
    timed = "hours" in found or {"from", "to"} <= set(found)
    if not {"login", "date"} <= set(found) or not timed:
        raise InputError("roster_columns", file=name)
    return found


def _read(row: TableRow, columns: Mapping[str, int], people: Mapping[str, int]) -> RosterRow:
    def cell(name: str) -> str:
        place = columns[name]
        return text_of(row.cells[place]).strip() if place < len(row.cells) else ""

    who = cell("login")
    if who not in people:
        raise InputError("roster_person", name=who[:60])
    found = read_day(cell("date"))
    day = found.solar if isinstance(found, Day) else None
    if day is None:
        raise InputError("roster_day", text=cell("date")[:40])
    if "hours" in columns:
        hours = cell("hours")
    else:
        hours = f"{cell('from')}-{cell('to')}" if cell("from") or cell("to") else "off"
    return RosterRow(row.number, who, day, read_hours(hours))


def _added(before: RosterRow, one: RosterRow) -> RosterRow:
    """Two lines of a day together: a morning and an afternoon."""
    windows = tuple(sorted((*before.windows, *one.windows)))
    if not before.windows or not one.windows:
        raise InputError("roster_twice", line=before.line)
    if any(earlier[1] > later[0] for earlier, later in pairwise(windows)):
        raise InputError("roster_twice", line=before.line)
    return RosterRow(before.line, one.who, one.day, windows)
