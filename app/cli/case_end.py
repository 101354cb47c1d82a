"""`callback-desk case resolve|verdict|review|close|reopen`: the end of a case."""

from __future__ import annotations

from datetime import datetime

import click

from app.cli.case import case
from app.cli.case_told import after
from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from app.cli.opened import actor_for, opened


@desk_command("resolve", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("text")
@option("--told", is_flag=True, help="case_cli.option.told_resolution")
@option("--at", type=INSTANT, metavar="INSTANT", help="case_cli.option.told_at")
def resolve(frame: Frame, case_id: int, text: str, told: bool, at: datetime | None) -> Answer:
    """Write what was done for the customer; somebody else then asks for the verdict."""
    from db.case_closing import resolve as write  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        write(database, actor, case_id, text, told=told, at=at)
        return after(frame, database, actor, case_id, "case_cli.resolved")


@desk_command("verdict", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("code", required=False, metavar="[CODE]")
@option("--text", metavar="TEXT", help="case_cli.option.verdict_text")
@option("--tried", metavar="TEXT", help="case_cli.option.tried")
@option("--at", type=INSTANT, metavar="INSTANT", help="case_cli.option.tried_at")
def verdict(
    frame: Frame,
    case_id: int,
    code: str | None,
    text: str | None,
    tried: str | None,
    at: datetime | None,
) -> Answer:
    """Note the customer's verdict, or an attempt to get it that came to nothing."""
    from db.case_closing import give_verdict, try_verdict  # noqa: PLC0415 - as the others

    if (code is None) == (tried is None):
        raise click.UsageError(frame.say("case_cli.usage.verdict"))
    if tried is None and at is not None:
        raise click.UsageError(frame.say("case_cli.usage.verdict_at"))
    with opened(frame) as database:
        actor = actor_for(frame, database)
        if tried is not None:
            try_verdict(database, actor, case_id, tried, at=at)
            return after(frame, database, actor, case_id, "case.done.try_verdict")
        give_verdict(database, actor, case_id, code or "", text=text)
        return after(frame, database, actor, case_id, "case.done.verdict")


@desk_command("review", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("text")
def review(frame: Frame, case_id: int, text: str) -> Answer:
    """Write what we learn from a case."""
    from db.case_closing import review_case  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        review_case(database, actor, case_id, text)
        return after(frame, database, actor, case_id, "case.done.review")


@desk_command("close", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", metavar="TEXT", help="case_cli.option.close_reason")
def close(frame: Frame, case_id: int, reason: str | None) -> Answer:
    """Close a case upon its verdict, or after the documented attempts to get one."""
    from db.case_closing import close_case  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        close_case(database, actor, case_id, reason=reason)
        return after(frame, database, actor, case_id, "case.done.close")


@desk_command("reopen", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
def reopen(frame: Frame, case_id: int, reason: str) -> Answer:
    """Open a closed case again."""
    from db.case_closing import reopen_case  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        reopen_case(database, actor, case_id, reason)
        return after(frame, database, actor, case_id, "case.done.reopen")
