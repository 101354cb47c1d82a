"""`callback-desk operator message|pause|go-on|logout`: what a lead does to people at seats."""

from __future__ import annotations

from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.lead_choice import people, person
from app.cli.opened import actor_for, opened
from app.cli.operator import operator

_EVERYBODY = "everybody"


@desk_command("message", "database", "login", "now", group=operator)
@click.argument("who", metavar="WHO")
@click.argument("text", metavar="TEXT")
def message(frame: Frame, who: str, text: str) -> Answer:
    """Send a line to an operator, to `team:NAME`, or to `everybody` at a seat."""
    from db.lead_seats import message_to  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        to = () if who == _EVERYBODY else people(database, who)[0]
        sent = message_to(database, actor_for(frame, database), to, text, uuid4().hex)
    return Answer({"sent": sent}, [frame.say("lead_cli.sent", n=sent)])


@desk_command("pause", "database", "login", "now", group=operator)
@click.argument("who", metavar="LOGIN")
@option("--code", required=True, metavar="CODE", help="lead_cli.option.pause")
@option("--reason", metavar="TEXT", help="lead_cli.option.reason")
def pause(frame: Frame, who: str, code: str, reason: str | None) -> Answer:
    """Put an operator on a pause, at once or after the call in hand."""
    from db.lead_seats import force_pause  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        one = person(database, who)
        actor = actor_for(frame, database)
        done = force_pause(database, actor, one, code, uuid4().hex, reason=reason)
    key = "lead_cli.pause.at_once" if done.at_once else "lead_cli.pause.later"
    data = {"operator": who, "code": code, "at_once": done.at_once, "seats": done.seats}
    return Answer(data, [frame.say(key, name=who)])


@desk_command("go-on", "database", "login", "now", group=operator)
@click.argument("who", metavar="LOGIN")
def go_on(frame: Frame, who: str) -> Answer:
    """End an operator's pause, whoever set it."""
    from db.lead_seats import lift_pause  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        one = person(database, who)
        ended = lift_pause(database, actor_for(frame, database), one, uuid4().hex)
    key = "lead_cli.pause.ended" if ended else "lead_cli.pause.none"
    return Answer({"operator": who, "ended": ended}, [frame.say(key, name=who)])


@desk_command("logout", "database", "login", "now", group=operator)
@click.argument("who", metavar="LOGIN")
@option("--reason", required=True, metavar="TEXT", help="lead_cli.option.reason")
def logout(frame: Frame, who: str, reason: str) -> Answer:
    """End an operator's seats; the calls in their hands wait for a word."""
    from db.lead_seats import log_out  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        one = person(database, who)
        done = log_out(database, actor_for(frame, database), one, uuid4().hex, reason)
    data = {"operator": who, "seats": done.seats, "to_check": done.calls}
    return Answer(data, [frame.say("lead_cli.logged_out", name=who, n=done.calls)])
