"""`callback-desk case pause|resume|start|meet|stop`: the limits of a case by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from app.cli.case import case
from app.cli.case_told import after
from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from app.cli.opened import actor_for, opened
from app.cli.playbook_files import DayType
from domain.errors import InputError, RefusedError

if TYPE_CHECKING:
    from db.engine import Database
    from domain.permissions import Actor


@desk_command("pause", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("timer", metavar="TIMER")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
def pause(frame: Frame, case_id: int, timer: str, reason: str) -> Answer:
    """Let a limit stand, with the reason; TIMER is its number or step, as `case show` tells."""
    from db.case_timers import pause_timer  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        pause_timer(database, actor, _limit(database, actor, case_id, timer), reason)
        return after(frame, database, actor, case_id, "case.done.pause")


@desk_command("resume", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("timer", metavar="TIMER")
@option("--reason", metavar="TEXT", help="case_cli.option.reason")
def resume(frame: Frame, case_id: int, timer: str, reason: str | None) -> Answer:
    """Let a limit run on; its deadline moves by what it stood."""
    from db.case_timers import resume_timer  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        resume_timer(database, actor, _limit(database, actor, case_id, timer), reason=reason)
        return after(frame, database, actor, case_id, "case.done.resume")


@desk_command("start", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("regime")
@click.argument("step")
@option("--at", type=INSTANT, metavar="INSTANT", help="case_cli.option.begun")
@option("--typed", type=DayType(), metavar="DATE", help="deadline.option.typed")
def start(
    frame: Frame,
    case_id: int,
    regime: str,
    step: str,
    at: datetime | None,
    typed: date | datetime | None,
) -> Answer:
    """Start a limit that binds a case, by codes or names of regime and step."""
    from db.case_timers import start_timer  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        start_timer(database, actor, case_id, regime, step, at=at, typed=typed)
        return after(frame, database, actor, case_id, "case.done.timer_start")


@desk_command("meet", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("timer", metavar="TIMER")
@option("--at", type=INSTANT, metavar="INSTANT", help="case_cli.option.at")
def meet(frame: Frame, case_id: int, timer: str, at: datetime | None) -> Answer:
    """Tick a limit off that nothing meets by itself."""
    from db.case_timers import meet_timer  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        meet_timer(database, actor, _limit(database, actor, case_id, timer), at=at)
        return after(frame, database, actor, case_id, "case.done.timer_met")


@desk_command("stop", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("timer", metavar="TIMER")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
def stop(frame: Frame, case_id: int, timer: str, reason: str) -> Answer:
    """Let a limit go that does not apply, with the reason."""
    from db.case_timers import stop_timer  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        stop_timer(database, actor, _limit(database, actor, case_id, timer), reason)
        return after(frame, database, actor, case_id, "case.done.timer_stop")


def _limit(database: Database, actor: Actor, case_id: int, timer: str) -> int:
    """The limit of a case by its number, its step, or regime and step; those that run first.

    Raises:
        RefusedError: `case_unknown`, `case_timer_unknown`.
        InputError: `case_timer_several` where a step is owed by more than one regime.
    """
    from db.case_file import case_file  # noqa: PLC0415 - the help page needs no database

    limits = [one.limit for one in case_file(database, actor, case_id).timers]
    for one in limits:
        if str(one.id) == timer:
            return one.id
    named = [one for one in limits if timer in (one.rule.step, "/".join(one.rule.key))]
    found = [one for one in named if one.runs] or named
    if not found:
        raise RefusedError("case_timer_unknown", timer=timer)
    if len({one.rule.key for one in found}) > 1:
        known = ", ".join("/".join(one.rule.key) for one in found)
        raise InputError("case_timer_several", timer=timer, known=known)
    return max(one.id for one in found)
