"""Which callbacks a lead's command means, to whom they go, and how a dry run is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, iso, option
from app.cli.lines import aligned, harmless
from app.cli.opened import actor_for, opened
from domain.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from db.engine import Database
    from db.lead_plan import DryRun
    from db.lead_selection import Selection
    from domain.lead import Deed

STATES: Final = ("scheduled", "due", "claimed", "check")
TIERS: Final = ("key", "regular", "small", "poor")
POOL: Final = "pool"
TEAM: Final = "team:"

Body = Callable[..., Answer]


def which(body: Body) -> Body:
    """The arguments and options that say which callbacks are meant."""
    for decorate in reversed(
        (
            click.argument("ids", type=int, nargs=-1, metavar="[ID]..."),
            option("--whose", metavar="LOGIN", help="lead_cli.option.whose"),
            option("--owner", metavar="LOGIN", help="lead_cli.option.owner"),
            option("--team", metavar="TEAM", help="lead_cli.option.team"),
            option("--pool", is_flag=True, help="lead_cli.option.pool"),
            option("--campaign", metavar="CODE", help="lead_cli.option.campaign"),
            option(
                "--in-band", "bands", type=click.IntRange(0, 9), multiple=True,
                help="lead_cli.option.in_band",
            ),
            option(
                "--state", "states", type=click.Choice(STATES), multiple=True,
                help="lead_cli.option.state",
            ),
            option("--due-from", metavar="TEXT", help="lead_cli.option.due_from"),
            option("--due-before", metavar="TEXT", help="lead_cli.option.due_before"),
            option("--overdue", is_flag=True, help="lead_cli.option.overdue"),
            option("--tier", type=click.Choice(TIERS), help="lead_cli.option.tier"),
        )
    ):  # fmt: skip
        body = decorate(body)
    return body


def how(body: Body) -> Body:
    """The options that say how it is done: why, looked at only, without a question."""
    for decorate in reversed(
        (
            option("--reason", metavar="TEXT", help="lead_cli.option.reason"),
            option("--dry-run", is_flag=True, help="lead_cli.option.dry_run"),
            option("--yes", is_flag=True, help="lead_cli.option.yes"),
        )
    ):
        body = decorate(body)
    return body


def spoken_time(frame: Frame, database: Database, text: str) -> datetime:
    """A time as somebody says it, on the caller's own clock.

    Raises:
        InputError: it can't be understood.
    """
    from domain.when import understand  # noqa: PLC0415 - the help page needs no grammar

    mine = frame.settings.my_zone
    now = database.read(lambda unit: unit.now)
    return understand(text, now=now, zone=mine, my_zone=mine).at


def person(database: Database, name: str) -> int:
    """The operator of a login or name.

    Raises:
        InputError: `lead_nobody`.
    """
    from db.operators import operator_named  # noqa: PLC0415 - the help page needs no database

    found = database.read(lambda unit: operator_named(unit, name))
    if found is None:
        raise InputError("lead_nobody")
    return found


def people(database: Database, name: str) -> tuple[tuple[int, ...], str | None]:
    """Who is meant by a login, a name, `team:NAME` or `pool`, and the team that was named.

    Raises:
        InputError: `lead_nobody`.
    """
    from db.lead_people import members_of  # noqa: PLC0415 - the help page needs no database

    if name == POOL:
        return (), None
    if name.startswith(TEAM):
        team = name.removeprefix(TEAM)
        members = database.read(lambda unit: members_of(unit, team))
        if not members:
            raise InputError("lead_nobody")
        return tuple(members), team
    return (person(database, name),), None


def selection(frame: Frame, database: Database, given: Mapping[str, Any]) -> Selection:
    """What the options mean.

    Raises:
        InputError: `lead_which` where nothing says which callbacks, `lead_nobody`, a time that
            can't be understood.
    """
    from db.lead_selection import Selection  # noqa: PLC0415 - the help page needs no database

    if not any(given.values()):
        raise InputError("lead_which")
    whose, owner = given["whose"], given["owner"]
    since, until = given["due_from"], given["due_before"]
    return Selection(
        ids=given["ids"],
        operator_id=person(database, whose) if whose else None,
        owner_id=person(database, owner) if owner else None,
        team=given["team"],
        pool=given["pool"],
        campaign=given["campaign"],
        bands=given["bands"],
        states=given["states"],
        due_from=spoken_time(frame, database, since) if since else None,
        due_before=spoken_time(frame, database, until) if until else None,
        overdue=given["overdue"],
        tier=given["tier"],
    )


def act(
    frame: Frame,
    make: Callable[[Database], Deed],
    given: Mapping[str, Any],
    *,
    reason: str | None,
    dry_run: bool,
    yes: bool,
) -> Answer:
    """Looks at a deed, shows it, asks, and does exactly what was shown."""
    from db.lead_actions import carry_out  # noqa: PLC0415 - the help page needs no database
    from db.lead_plan import preview  # noqa: PLC0415

    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        deed = make(database)
        run = preview(database, actor, deed, selection(frame, database, given))
        data, lines = _told(frame, run)
        if dry_run or not run.planned:
            return Answer({**data, "dry_run": True, "moved": 0}, lines, 0 if run.planned else 1)
        if not yes:
            for line in lines:
                click.echo(harmless(line), err=True)
            if not frame.confirm("lead_cli.sure", n=len(run.planned)):
                return Answer({**data, "moved": 0}, [frame.say("lead_cli.not_done")])
            lines = []
        done = carry_out(database, actor, run, uuid4().hex, reason)
    left = [{"callback_id": one.callback_id, "why": frame.say_here(one.why)} for one in done.left]
    lines.append(frame.say("lead_cli.done", n=done.moved, action=done.action_id))
    lines += [f"  {one['callback_id']} {one['why']}" for one in left]
    more = {"moved": done.moved, "action": done.action_id, "left_since": left}
    return Answer({**data, **more}, lines)


def _told(frame: Frame, run: DryRun) -> tuple[dict[str, object], list[str]]:
    zh = frame.language == "zh"
    names = ("id", "due", "name", "campaign", "whose", "to", "note")
    rows = [[frame.say(f"lead_cli.head.{name}") for name in names]]
    rows += [
        [
            str(one.callback_id),
            frame.clock(one.due_at),
            one.name,
            one.campaign_zh if zh else one.campaign_en,
            one.whose or "–",
            "–" if one.to is None else run.people[one.to],
            "" if one.note is None else frame.say_here(one.note),
        ]
        for one in run.planned
    ]
    lines = aligned(rows) if run.planned else []
    lines += [frame.say("lead_cli.share", name=name, n=n) for name, n in run.shares]
    lines.append(frame.say("lead_cli.would", n=len(run.planned)))
    lines += [
        frame.say("lead_cli.stays", id=one.callback_id, name=one.name, why=frame.say_here(one.why))
        for one in run.left
    ]
    if run.beyond:
        lines.append(frame.say("lead_cli.beyond", n=run.beyond))
    data: dict[str, object] = {
        "deed": str(run.deed.kind),
        "planned": [
            {
                "callback_id": one.callback_id,
                "due_at": iso(one.due_at),
                "to": None if one.to is None else run.people[one.to],
                "note": None if one.note is None else frame.say_here(one.note),
            }
            for one in run.planned
        ],
        "left": [
            {"callback_id": one.callback_id, "why": frame.say_here(one.why)} for one in run.left
        ],
        "beyond": run.beyond,
    }
    return data, lines
