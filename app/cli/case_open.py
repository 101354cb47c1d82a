"""`callback-desk case open|change|note|raise|judge`: how a case begins and what it says."""

from __future__ import annotations

from datetime import date, datetime

import click

from app.cli.case import case
from app.cli.case_told import after
from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from app.cli.opened import actor_for, opened
from app.cli.playbook_files import DayType
from domain.case import NOTES, Level, Weight
from domain.expectation import Need

_LEVEL = click.Choice([one.value for one in Level])
_WEIGHT = click.Choice([one.value for one in Weight])


@desk_command("open", "database", "login", "now", group=case)
@click.argument("person_id", type=int, metavar="PERSON")
@option("--description", required=True, metavar="TEXT", help="case_cli.option.description")
@option("--weight", type=_WEIGHT, default=Weight.COMPLAINT.value, help="case_cli.option.weight")
@option("--level", type=_LEVEL, default=Level.LOCAL.value, help="case_cli.option.level")
@option("--category", metavar="CODE", help="case_cli.option.category")
@option("--cause", metavar="CODE", help="case_cli.option.cause")
@option("--class", "customer_class", metavar="A-D", help="case_cli.option.class")
@option("--department", metavar="CODE", help="case_cli.option.department")
@option("--wish", "wishes", multiple=True, metavar="TEXT", help="case_cli.option.wish")
@option("--notice-due", type=DayType(), metavar="DATE", help="case_cli.option.notice_due")
@option("--received", type=INSTANT, metavar="INSTANT", help="case_cli.option.received")
@option("--channel", default="phone", metavar="CODE", help="case_cli.option.channel")
@option("--owner", metavar="LOGIN", help="case_cli.option.new_owner")
@option("--number", metavar="TEXT", help="case_cli.option.number")
def open_(
    frame: Frame,
    person_id: int,
    description: str,
    weight: str,
    level: str,
    category: str | None,
    cause: str | None,
    customer_class: str | None,
    department: str | None,
    wishes: tuple[str, ...],
    notice_due: date | datetime | None,
    received: datetime | None,
    channel: str,
    owner: str | None,
    number: str | None,
) -> Answer:
    """Open a case for a customer: owner, limits, wishes and first call come with it."""
    from db.cases import NewCase, open_case  # noqa: PLC0415 - the help page needs no database

    new = NewCase(
        person_id=person_id,
        description=description,
        weight=weight,
        level=level,
        category=category,
        cause=cause,
        customer_class=customer_class,
        department=department,
        channel=channel,
        received_at=received,
        notice_due=notice_due,
        wishes=wishes,
        owner=owner,
        number=number,
    )
    with opened(frame) as database:
        actor = actor_for(frame, database)
        made = open_case(database, actor, new)
        return after(frame, database, actor, made, "case_cli.opened")


@desk_command("change", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--description", metavar="TEXT", help="case_cli.option.description")
@option("--category", metavar="CODE", help="case_cli.option.category")
@option("--cause", metavar="CODE", help="case_cli.option.cause")
@option("--class", "customer_class", metavar="A-D", help="case_cli.option.class")
@option("--department", metavar="CODE", help="case_cli.option.department")
@option("--number", metavar="TEXT", help="case_cli.option.number")
def change(
    frame: Frame,
    case_id: int,
    description: str | None,
    category: str | None,
    cause: str | None,
    customer_class: str | None,
    department: str | None,
    number: str | None,
) -> Answer:
    """Change what is recorded of a case; what is left out stays, an empty text clears."""
    from db.cases import CaseChanges, change_case  # noqa: PLC0415 - help needs no database

    changes = CaseChanges(
        description=description,
        category=category,
        cause=cause,
        customer_class=customer_class,
        department=department,
        number=number,
    )
    if changes == CaseChanges():
        raise click.UsageError(frame.say("case_cli.usage.change"))
    with opened(frame) as database:
        actor = actor_for(frame, database)
        change_case(database, actor, case_id, changes)
        return after(frame, database, actor, case_id, "case_cli.changed")


@desk_command("note", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@click.argument("text")
@option(
    "--kind",
    type=click.Choice([one.value for one in NOTES]),
    default=NOTES[0].value,
    help="case_cli.option.kind",
)
@option("--at", type=INSTANT, metavar="INSTANT", help="case_cli.option.at")
@option("--told", is_flag=True, help="case_cli.option.told")
def note(
    frame: Frame, case_id: int, text: str, kind: str, at: datetime | None, told: bool
) -> Answer:
    """Write into the diary of a case."""
    from db.cases import note_case  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        note_case(database, actor, case_id, text, kind=kind, at=at, told=told)
        return after(frame, database, actor, case_id, f"case.done.{kind}")


@desk_command("raise", "database", "login", "now", group=case)
@click.argument("case_id", type=int, metavar="ID")
@option("--level", type=_LEVEL, default=Level.LOCAL.value, help="case_cli.option.level")
@option("--category", metavar="CODE", help="case_cli.option.category")
@option("--cause", metavar="CODE", help="case_cli.option.cause")
@option("--reason", metavar="TEXT", help="case_cli.option.reason")
def raise_(
    frame: Frame,
    case_id: int,
    level: str,
    category: str | None,
    cause: str | None,
    reason: str | None,
) -> Answer:
    """Make a case of a grumble; its limits count from the grumble's receipt."""
    from db.cases import raise_grumble  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        raise_grumble(
            database, actor, case_id, level=level, category=category, cause=cause, reason=reason
        )
        return after(frame, database, actor, case_id, "case.done.raise")


@desk_command("judge", "database", "login", "now", group=case)
@click.argument("wish_id", type=int, metavar="WISH")
@option("--possible/--impossible", "possible", default=None, help="case_cli.option.possible")
@option("--reason", metavar="TEXT", help="case_cli.option.wish_reason")
@option("--offer", metavar="TEXT", help="case_cli.option.offer")
@option("--answer-by", type=INSTANT, metavar="INSTANT", help="case_cli.option.answer_by")
@option("--need", type=click.Choice([one.value for one in Need]), help="case_cli.option.need")
@option("--despite", is_flag=True, help="case_cli.option.despite")
def judge(
    frame: Frame,
    wish_id: int,
    possible: bool | None,
    reason: str | None,
    offer: str | None,
    answer_by: datetime | None,
    need: str | None,
    despite: bool,
) -> Answer:
    """Say of a wish whether it can be had, and what may be offered instead."""
    from db.wish_words import WishNews, judge_wish  # noqa: PLC0415 - the help page needs none

    news = WishNews(possible, reason, offer, answer_by, need)
    with opened(frame) as database:
        actor = actor_for(frame, database)
        made = judge_wish(database, actor, wish_id, news, despite=despite)
    data = {"wish": made, "earlier": wish_id}
    return Answer(data, [frame.say("case_cli.judged", wish=made, earlier=wish_id)])
