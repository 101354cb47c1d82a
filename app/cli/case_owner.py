"""`callback-desk case hand-over|accept|decline|take-over|escalate|deescalate`: whose, how high."""

from __future__ import annotations

from datetime import date, datetime

import click

from app.cli.case import case
from app.cli.case_told import after
from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.opened import actor_for, opened
from app.cli.playbook_files import DayType
from domain.case import Level

_LEVEL = click.Choice([one.value for one in Level])


@desk_command("hand-over", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("colleague", metavar="LOGIN")
@option("--note", metavar="TEXT", help="case_cli.option.handover_note")
def hand_over(frame: Frame, case_id: int, colleague: str, note: str | None) -> Answer:
    """Ask a colleague to take a case over; whoever has it answers for it until they accept."""
    from db.case_owner import offer_handover  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        offer_handover(database, actor, case_id, colleague, note=note)
        return after(frame, database, actor, case_id, "case.done.handover")


@desk_command("accept", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", metavar="TEXT", help="case_cli.option.accept_note")
def accept(frame: Frame, case_id: int, reason: str | None) -> Answer:
    """Accept a case that was offered."""
    from db.case_owner import answer_handover  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        answer_handover(database, actor, case_id, accept=True, reason=reason)
        return after(frame, database, actor, case_id, "case.done.accept")


@desk_command("decline", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
def decline(frame: Frame, case_id: int, reason: str) -> Answer:
    """Decline a case that was offered, with the reason."""
    from db.case_owner import answer_handover  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        answer_handover(database, actor, case_id, accept=False, reason=reason)
        return after(frame, database, actor, case_id, "case.done.decline")


@desk_command("take-over", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
def take_over(frame: Frame, case_id: int, reason: str) -> Answer:
    """Take a colleague's case over as a lead, at once and with the reason."""
    from db.case_owner import take_over as take  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        take(database, actor, case_id, reason)
        return after(frame, database, actor, case_id, "case.done.take_over")


@desk_command("escalate", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
@option("--to", type=_LEVEL, help="case_cli.option.to_higher")
@option("--notice-due", type=DayType(), metavar="DATE", help="case_cli.option.notice_due")
def escalate(
    frame: Frame, case_id: int, reason: str, to: str | None, notice_due: date | datetime | None
) -> Answer:
    """Take a case to a higher level; band, limits and calls follow."""
    from db.case_owner import escalate as up  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        up(database, actor, case_id, reason, to=to, notice_due=notice_due)
        return after(frame, database, actor, case_id, "case.done.escalate")


@desk_command("deescalate", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--reason", required=True, metavar="TEXT", help="case_cli.option.reason")
@option("--to", type=_LEVEL, help="case_cli.option.to_lower")
def deescalate(frame: Frame, case_id: int, reason: str, to: str | None) -> Answer:
    """Take a case to a lower level."""
    from db.case_owner import deescalate as down  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        down(database, actor, case_id, reason, to=to)
        return after(frame, database, actor, case_id, "case.done.deescalate")
