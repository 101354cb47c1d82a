"""`callback-desk roster`: who works when, as people read it and as files hold it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.playbook_phrases import DayType
from content.roster_words import day_text, hours_total, minutes_of, short_hours
from domain.errors import InputError

if TYPE_CHECKING:
    from db.engine import Database
    from db.roster import Week, WeekRow
    from domain.permissions import Actor

roster = desk_group("roster")

_WEEK: Final = timedelta(days=6)
_LARGEST: Final = 4_000_000
"""Bytes of a roster file at most: ten thousand people and days."""


@desk_command("show", "database", "login", "now", group=roster)
@click.argument("day", type=DayType(), metavar="[DATE]", required=False)
def show(frame: Frame, day: date | None) -> Answer:
    """Show a week: everybody's to a lead, one's own to an operator."""
    from db.roster import read_week  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        week = read_week(database, actor_for(frame, database), day or _today(database))
    data = {
        "zone": week.zone,
        "days": [
            {
                "date": head.day.isoformat(),
                "holiday": None if head.holiday is None else head.holiday.of(frame.language),
                "made_up": head.made_up,
            }
            for head in week.days
        ],
        "people": [_plain(week, row) for row in week.rows],
    }
    return Answer(data, _lines(frame, week))


@desk_command("here", "database", "login", "now", group=roster)
def here(frame: Frame) -> Answer:
    """Show who is here now, and who should be."""
    from db.roster import who_is_here  # noqa: PLC0415 - the help page needs no database

    with opened(frame, keep_house=True) as database:
        found = who_is_here(database, actor_for(frame, database))
    data = {
        "people": [
            {
                "login": one.login,
                "name": one.name,
                "state": one.state,
                "seated": one.seated,
                "rostered": one.rostered,
                "shift_ends": iso(one.shift_ends),
                "next_at": iso(one.next_at),
                "reason": one.reason,
                "deputy": one.deputy,
            }
            for one in found
        ]
    }
    heading = [frame.say(f"roster.head.{name}") for name in ("login", "name", "state", "next")]
    rows = []
    for one in found:
        state = frame.say(f"roster.here.{one.state}")
        if one.reason is not None:
            state = f"{state}: {frame.say(f'roster.reason.{one.reason}')}"
        if one.deputy is not None:
            state = f"{state} → {one.deputy}"
        next_at = None if one.rostered else one.next_at
        rows.append([one.login, one.name, state, frame.clock(next_at)])
    return Answer(data, aligned([heading, *rows]))


@desk_command("set", "database", "login", "now", group=roster)
@click.argument("people", metavar="LOGIN...", nargs=-1, required=True)
@option("--pattern", metavar="TEXT", help="roster.option.pattern")
@option("--hours", metavar="TEXT", help="roster.option.hours")
@option("--from", "first", type=DayType(), metavar="DATE", help="roster.option.from")
@option("--to", "last", type=DayType(), metavar="DATE", help="roster.option.to")
@option("--holidays", is_flag=True, help="roster.option.holidays")
def set_(
    frame: Frame,
    people: tuple[str, ...],
    pattern: str | None,
    hours: str | None,
    first: date | None,
    last: date | None,
    holidays: bool,
) -> Answer:
    """Set hours: by a week's pattern for a span of days, or the same hours for each day."""
    from db.roster_edit import set_days, set_pattern  # noqa: PLC0415 - the help page needs none
    from domain.roster_pattern import each_day, read_hours, read_pattern  # noqa: PLC0415

    if (pattern is None) == (hours is None):
        raise InputError("roster_pattern_or_hours")
    with opened(frame) as database:
        actor = actor_for(frame, database)
        ids = _ids(database, actor, people)
        begin = first or _today(database)
        if pattern is not None:
            week = read_pattern(pattern, on_holidays=holidays)
            end = last or begin + timedelta(days=27)
            changed = set_pattern(database, actor, ids, week, begin, end)
        else:
            windows = read_hours(hours or "")
            end = last or begin
            days = {(who, day): windows for who in ids for day in each_day(begin, end)}
            changed = set_days(database, actor, days)
    data = {"from": begin.isoformat(), "to": end.isoformat(), "changed": changed}
    return Answer(data, [frame.say("roster.set", n=changed, first=begin, last=end)])


@desk_command("copy", "database", "login", "now", group=roster)
@click.argument("source", type=DayType(), metavar="DATE")
@click.argument("target", type=DayType(), metavar="DATE")
@option("--weeks", type=click.IntRange(1, 52), default=1, help="roster.option.weeks")
@option("--only", metavar="LOGIN", multiple=True, help="roster.option.only")
def copy(frame: Frame, source: date, target: date, weeks: int, only: tuple[str, ...]) -> Answer:
    """Copy the week of a day onto later ones; public holidays stay free."""
    from db.roster_edit import copy_week  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        people = _ids(database, actor, only) if only else None
        changed = copy_week(database, actor, source, target, weeks=weeks, operators=people)
    return Answer({"changed": changed}, [frame.say("roster.copied", n=changed)])


@desk_command("import", "database", "login", "now", group=roster)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@option("--dry-run", is_flag=True, help="roster.option.dry_run")
def import_(frame: Frame, file: Path, dry_run: bool) -> Answer:
    """Take hours from a CSV file: the days that it names, and nothing unless all can be read."""
    from db.leave import colleagues  # noqa: PLC0415 - the help page needs no database
    from db.roster_edit import set_days  # noqa: PLC0415
    from intake.roster_file import read_roster  # noqa: PLC0415

    data = _bytes_of(file)
    with opened(frame) as database:
        actor = actor_for(frame, database)
        known: dict[str, int] = {}
        for one, login, name in colleagues(database, actor):
            known.setdefault(name, one)
            known[login] = one
        found = read_roster(data, file.name, known)
        faults = [
            {"line": one.line, "why": frame.say(one.why.key, **one.why.params)}
            for one in found.faults
        ]
        if faults:
            lines = [frame.say("roster.file.fault", **one) for one in faults]
            title = frame.say("error.roster_faults.title", file=file.name, n=len(faults))
            told = [title, *lines, frame.say("error.roster_faults.todo")]
            return Answer({"changed": 0, "faults": faults}, told, exit_code=1)
        days = {(known[row.who], row.day): row.windows for row in found.rows}
        changed = 0 if dry_run else set_days(database, actor, days)
    data_told = {"days": len(days), "changed": changed, "faults": []}
    key = "roster.file.tried" if dry_run else "roster.file.taken"
    return Answer(data_told, [frame.say(key, n=len(days), changed=changed)])


@desk_command("export", "database", "login", "now", group=roster)
@click.argument("file", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@option("--from", "first", type=DayType(), metavar="DATE", help="roster.option.from")
@option("--to", "last", type=DayType(), metavar="DATE", help="roster.option.to")
def export(frame: Frame, file: Path | None, first: date | None, last: date | None) -> Answer:
    """Write hours as CSV, which `roster import` reads back; four weeks unless told otherwise."""
    from db.roster import read_shifts  # noqa: PLC0415 - the help page needs no database
    from domain.roster import monday_of  # noqa: PLC0415
    from intake.roster_file import write_roster  # noqa: PLC0415

    with opened(frame) as database:
        begin = first or monday_of(_today(database))
        end = last or begin + timedelta(days=27)
        rows = read_shifts(database, actor_for(frame, database), begin, end)
    text = write_roster(rows)
    data = {"from": begin.isoformat(), "to": end.isoformat(), "days": len(rows)}
    if file is None:
        return Answer({**data, "csv": text}, text.splitlines())
    try:
        file.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(
            "roster_file_unwritten", file=str(file), why=str(error.strerror)
        ) from error
    return Answer({**data, "file": str(file)}, [frame.say("roster.file.written", n=len(rows))])


@desk_command("weight", "database", "login", group=roster)
@click.argument("who", metavar="LOGIN")
@click.argument("percent", type=int, metavar="PERCENT")
def weight(frame: Frame, who: str, percent: int) -> Answer:
    """Set somebody's share at a deal-out by weight: 100 is an ordinary one."""
    from db.deal_out import set_weight  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        set_weight(database, actor_for(frame, database), who, percent)
    return Answer(
        {"login": who, "weight": percent}, [frame.say("deal.weight_set", name=who, n=percent)]
    )


def _today(database: Database) -> date:
    from db.roster import today_of  # noqa: PLC0415 - the help page needs no database

    return today_of(database)


def _ids(database: Database, actor: Actor, people: Sequence[str]) -> list[int]:
    from db.leave import colleagues  # noqa: PLC0415 - the help page needs no database

    known: dict[str, int] = {}
    for one, login, name in colleagues(database, actor):
        known.setdefault(name, one)
        known[login] = one
    for who in people:
        if who not in known:
            raise InputError("colleague_unknown", name=who)
    return [known[who] for who in people]


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise InputError("roster_file_large", file=str(file))
        return file.read_bytes()
    except OSError as error:
        raise InputError("roster_file_unread", file=str(file), why=str(error.strerror)) from error


def _plain(week: Week, row: WeekRow) -> dict[str, object]:
    from domain.roster_pattern import write_hours  # noqa: PLC0415 - the help page needs none

    return {
        "login": row.login,
        "name": row.name,
        "known": row.known,
        "days": {
            head.day.isoformat(): {
                "hours": write_hours(cell.windows),
                "leave": None if cell.leave is None else cell.leave.reason,
                "leave_id": None if cell.leave is None else cell.leave.id,
            }
            for head, cell in zip(week.days, row.days, strict=True)
        },
    }


def _lines(frame: Frame, week: Week) -> list[str]:
    heading = ["", *(day_text(frame.language, head.day) for head in week.days)]
    rows = [[*heading, frame.say("roster.head.total")]]
    for row in week.rows:
        cells = []
        for cell in row.days:
            if cell.leave is not None:
                cells.append(f"({frame.say(f'roster.reason.{cell.leave.reason}')})")
            else:
                cells.append(short_hours(cell.windows) if row.known else "?")
        worked = sum(minutes_of(cell.windows) for cell in row.days if cell.leave is None)
        rows.append([row.name, *cells, hours_total(worked)])
    lines = aligned(rows)
    lines += [
        f"{head.day:%m-%d} {head.holiday.of(frame.language)}"
        for head in week.days
        if head.holiday is not None
    ]
    lines += [
        frame.say("roster.made_up", day=f"{head.day:%m-%d}") for head in week.days if head.made_up
    ]
    return [*lines, frame.say("roster.zone", zone=week.zone)]
