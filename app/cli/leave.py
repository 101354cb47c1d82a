"""`callback-desk leave`: who is away, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.playbook_phrases import DayType
from content.roster_words import days_text
from domain.roster import REASONS

if TYPE_CHECKING:
    from db.leave import LeaveLine
    from domain.roster import Leave

leave = desk_group("leave")


@desk_command("add", "database", "login", "now", group=leave)
@click.argument("who", metavar="LOGIN")
@click.argument("first", type=DayType(), metavar="[FIRST]", required=False)
@click.argument("last", type=DayType(), metavar="[LAST]", required=False)
@option("--reason", type=click.Choice(REASONS), default="holiday", help="leave.option.reason")
@option("--deputy", metavar="LOGIN", help="leave.option.deputy")
@option("--now-on", "from_now", is_flag=True, help="leave.option.from_now")
def add(
    frame: Frame,
    who: str,
    first: date | None,
    last: date | None,
    reason: str,
    deputy: str | None,
    from_now: bool,
) -> Answer:
    """Note that somebody is away, as a lead; an illness of one's own anybody may note."""
    from db.leave import add_leave  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        made = add_leave(
            database, actor, who, first, last, reason, deputy=deputy, from_now=from_now
        )
    days = days_text(frame.language, made.first_day, made.last_day)
    word = frame.say(f"roster.reason.{made.reason}")
    told = [frame.say("leave.added", id=made.id, name=who, days=days, reason=word)]
    key = "leave.to_deputy" if deputy else "leave.to_pool"
    return Answer(_plain(made), [*told, frame.say(key, name=deputy or "")])


@desk_command("list", "database", "login", "now", group=leave)
@option("--since", type=DayType(), metavar="DATE", help="leave.option.since")
def list_(frame: Frame, since: date | None) -> Answer:
    """List leaves that are not over: everybody's to a lead, one's own to an operator."""
    from db.leave import list_leaves  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = list_leaves(database, actor_for(frame, database), since=since)
    data = {"leaves": [_line(one) for one in found]}
    if not found:
        return Answer(data, [frame.say("leave.none")])
    names = ("id", "who", "days", "reason", "deputy", "state")
    heading = [frame.say(f"leave.head.{name}") for name in names]
    rows = [
        [
            str(one.leave.id),
            one.name,
            days_text(frame.language, one.leave.first_day, one.leave.last_day),
            frame.say(f"roster.reason.{one.leave.reason}"),
            one.deputy or frame.say("leave.pool"),
            frame.say("leave.begun" if one.begun else "leave.ahead"),
        ]
        for one in found
    ]
    return Answer(data, aligned([heading, *rows]))


@desk_command("cancel", "database", "login", "now", group=leave)
@click.argument("leave_id", type=int, metavar="ID")
def cancel(frame: Frame, leave_id: int) -> Answer:
    """Take a leave back; what was given away and not touched comes back."""
    from db.leave import cancel_leave  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        back = cancel_leave(database, actor_for(frame, database), leave_id)
    data = {
        "leave_id": leave_id,
        "callbacks": back.callbacks,
        "promises": back.promises,
        "cases": back.cases,
        "touched": back.touched,
    }
    return Answer(data, [frame.say("leave.cancelled", **data)])


def _plain(one: Leave) -> dict[str, object]:
    return {
        "id": one.id,
        "first": one.first_day.isoformat(),
        "last": one.last_day.isoformat(),
        "reason": one.reason,
        "from": iso(one.from_at),
    }


def _line(one: LeaveLine) -> dict[str, object]:
    return {
        **_plain(one.leave),
        "login": one.login,
        "name": one.name,
        "deputy": one.deputy,
        "noted_by": one.noted_by,
        "begun": one.begun,
    }
