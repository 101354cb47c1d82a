"""`callback-desk queue deal-out`: today's work shared among those who are here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.queue import queue
from domain.deal_out import DealMode
from domain.errors import InputError

if TYPE_CHECKING:
    from db.deal_out import DealPlan
    from db.engine import Database
    from domain.permissions import Actor


@desk_command("deal-out", "database", "login", "now", group=queue)
@option(
    "--how",
    type=click.Choice([mode.value for mode in DealMode]),
    default="equal",
    help="deal.option.how",
)
@option("--campaign", metavar="CODE", help="deal.option.campaign")
@option("--band", type=click.IntRange(0, 9), help="deal.option.band")
@option("--pool", is_flag=True, help="deal.option.pool")
@option("--among", metavar="LOGIN", multiple=True, help="deal.option.among")
@option("--dry-run", is_flag=True, help="deal.option.dry_run")
def deal_out(
    frame: Frame,
    how: str,
    campaign: str | None,
    band: int | None,
    pool: bool,
    among: tuple[str, ...],
    dry_run: bool,
) -> Answer:
    """Share what is due today among those who are here; `--dry-run` only shows it."""
    from db.deal_out import DealWish, carry_deal_out, plan_deal  # noqa: PLC0415 - see `frame`

    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        people = _named(database, actor, among)
        wish = DealWish(DealMode(how), campaign, band, pool, people)
        plan = plan_deal(database, actor, wish)
        data: dict[str, object] = {"people": _hands(plan)}
        lines = _lines(frame, plan)
        if dry_run:
            data |= {"dry_run": True, "moves": len(plan.run.planned)}
            return Answer(data, [*lines, frame.say("deal.dry", n=len(plan.run.planned))])
        if not plan.run.planned:
            return Answer({**data, "moved": 0}, [*lines, frame.say("deal.nothing")])
        done = carry_deal_out(database, actor, plan, uuid4().hex)
    left = [{"callback_id": one.callback_id, "why": frame.say_here(one.why)} for one in done.left]
    lines.append(frame.say("deal.done", n=done.moved, action=done.action_id))
    lines += [f"  {one['callback_id']} {one['why']}" for one in left]
    data |= {"moved": done.moved, "action": done.action_id, "left": left}
    return Answer(data, lines)


def _named(database: Database, actor: Actor, among: tuple[str, ...]) -> tuple[int, ...]:
    if not among:
        return ()
    from db.leave import colleagues  # noqa: PLC0415 - the help page needs no database

    known = {login: one for one, login, _ in colleagues(database, actor)}
    for who in among:
        if who not in known:
            raise InputError("colleague_unknown", name=who)
    return tuple(known[who] for who in among)


def _hands(plan: DealPlan) -> list[dict[str, object]]:
    return [
        {
            "login": one.login,
            "name": one.name,
            "state": one.state,
            "weight": one.weight,
            "gets": one.gets,
            "keeps": one.keeps,
            "why": {str(why): n for why, n in one.whys.items()},
        }
        for one in plan.hands
    ]


def _lines(frame: Frame, plan: DealPlan) -> list[str]:
    names = ("who", "state", "weight", "gets", "keeps", "why")
    rows = [[frame.say(f"deal.head.{name}") for name in names]]
    rows += [
        [
            one.name,
            frame.say(f"roster.here.{one.state}"),
            f"{one.weight}%",
            str(one.gets),
            str(one.keeps),
            ", ".join(f"{frame.say(f'deal.why.{why}')} {n}" for why, n in one.whys.items()),
        ]
        for one in plan.hands
    ]
    lines = aligned(rows)
    for said, n in plan.run.reasons:
        lines.append(frame.say("deal.stays", why=frame.say_here(said), n=n))
    if plan.run.beyond:
        lines.append(frame.say("deal.beyond", n=plan.run.beyond))
    return lines
