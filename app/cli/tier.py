"""`callback-desk tier`: sorting customers, and confirming what should change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from domain.bands import Tier
from domain.contribution import Curve, TooLittle

if TYPE_CHECKING:
    from db.engine import Database
    from db.tier_deciding import Confirmed
    from db.tier_list import Proposal

tier = desk_group("tier")

_KIND: Final = click.Choice(["tier", "level"])
_WIDTH, _HEIGHT = 72, 18


@desk_command("propose", "database", "login", "now", group=tier)
def propose(frame: Frame) -> Answer:
    """Sort all customers anew; what should change waits for a lead."""
    from db.tiers import propose as sort_all  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = sort_all(database, actor_for(frame, database), _today(frame, database))
    data = {
        "customers": found.customers,
        "unknown": found.unknown,
        "pinned": found.pinned,
        "open": dict(found.open),
        "curves": [_plain_curve(frame, one) for one in found.curves],
    }
    lines = [frame.say("tiers.sorted", n=found.customers)]
    lines += [frame.say_here(one.said()) for one in found.curves]
    for name in ("unknown", "pinned"):
        count = data[name]
        if count:
            lines.append(frame.say(f"tiers.sorted.{name}", n=count))
    rows = [[frame.say(f"tiers.open.{name}"), str(n)] for name, n in sorted(found.open.items())]
    return Answer(data, [*lines, *(aligned(rows) or [frame.say("tiers.none")])])


@desk_command("list", "database", "login", "now", group=tier)
@option("--kind", type=_KIND, help="tiers.option.kind")
@option("--after", type=int, metavar="ID", help="tiers.option.after")
@option("--limit", type=click.IntRange(1, 500), default=50, help="tiers.option.limit")
def list_(frame: Frame, kind: str | None, after: int | None, limit: int) -> Answer:
    """List what waits for a lead, with the reasons, who brings most first."""
    from db.tier_list import proposals  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        found = proposals(database, actor, kind=kind, anchor=after, limit=limit)
    data = {
        "waiting": found.waiting,
        "more": found.more_after,
        "proposals": [_plain(frame, one) for one in found.rows],
    }
    if not found.rows:
        return Answer(data, [frame.say("tiers.none")])
    heading = [frame.say(f"tiers.head.{name}") for name in ("id", "customer", "change", "why")]
    rows = [
        [str(one.id), f"{one.person_id} {one.name}", _change(frame, one), _why(frame, one)]
        for one in found.rows
    ]
    lines = aligned([heading, *rows])
    if found.more_after:
        lines.append(frame.say("tiers.more", n=found.waiting, id=found.rows[-1].id))
    return Answer(data, lines)


@desk_command("confirm", "database", "login", "now", group=tier)
@click.argument("ids", type=int, nargs=-1, metavar="[ID]...")
@option("--all", "everything", is_flag=True, help="tiers.option.all")
@option("--kind", type=_KIND, help="tiers.option.kind")
def confirm(frame: Frame, ids: tuple[int, ...], everything: bool, kind: str | None) -> Answer:
    """Carry out some proposals, or all that wait; waiting callbacks follow."""
    from db.tier_deciding import confirm as carry_out  # noqa: PLC0415 - the help page needs no db
    from db.tier_deciding import confirm_all  # noqa: PLC0415

    if bool(ids) is everything:
        raise click.UsageError(frame.say("tiers.usage.ids_or_all"))
    with opened(frame) as database:
        actor, today = actor_for(frame, database), _today(frame, database)
        if everything:
            done = confirm_all(database, actor, today, kind)
        else:
            done = carry_out(database, actor, ids, today)
    return Answer(_plain_confirmed(done), [frame.say_here(done.said())])


@desk_command("decline", "database", "login", "now", group=tier)
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
def decline(frame: Frame, ids: tuple[int, ...]) -> Answer:
    """Put proposals aside; the same ones are not made again."""
    from db.tier_deciding import decline as put_aside  # noqa: PLC0415 - the help page needs no db

    with opened(frame) as database:
        done = put_aside(database, actor_for(frame, database), ids)
    return Answer({"declined": done}, [frame.say("tiers.declined", n=done)])


@desk_command("pin", "database", "login", "now", group=tier)
@click.argument("person_id", type=int, metavar="CUSTOMER")
@click.argument("name", type=click.Choice([one.value for one in Tier]), metavar="TIER")
@option("--reason", required=True, help="tiers.option.reason")
def pin(frame: Frame, person_id: int, name: str, reason: str) -> Answer:
    """Set a customer's tier for good, whatever is computed."""
    from db.tier_deciding import pin as set_tier  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        moved = set_tier(database, actor_for(frame, database), person_id, Tier(name), reason)
    said = frame.say("tiers.pinned", person=person_id, tier=frame.say(f"call.tier.{name}"))
    return Answer({"person_id": person_id, "tier": name, "callbacks": moved}, [said])


@desk_command("unpin", "database", "login", "now", group=tier)
@click.argument("person_id", type=int, metavar="CUSTOMER")
def unpin(frame: Frame, person_id: int) -> Answer:
    """Let a customer's tier be computed again."""
    from db.tier_deciding import unpin as let_go  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        let_go(database, actor_for(frame, database), person_id)
    return Answer({"person_id": person_id}, [frame.say("tiers.unpinned", person=person_id)])


@desk_command("curve", "database", "login", "now", group=tier)
def curve(frame: Frame) -> Answer:
    """Show who brings how much, and where the key customers end."""
    from db.tiers import read_curves  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = read_curves(database, actor_for(frame, database))
    curves = [found[currency] for currency in sorted(found)]
    lines = [line for one in curves for line in _drawn(frame, one)]
    data = {"curves": [_plain_curve(frame, one) for one in curves]}
    return Answer(data, lines or [frame.say("tiers.curve.nobody")])


def _today(frame: Frame, database: Database) -> date:
    now: datetime = database.read(lambda unit: unit.now)
    return now.astimezone(ZoneInfo(frame.settings.my_zone)).date()


def _change(frame: Frame, one: Proposal) -> str:
    from content.tier_words import value_name  # noqa: PLC0415 - reads the columns' words

    before, after = (value_name(frame.language, one.kind, v) for v in (one.before, one.after))
    sign = {"up": "+", "down": "-"}.get(one.direction, " ")
    return f"{sign} {frame.say(f'tiers.kind.{one.kind}')}: {before} > {after}"


def _why(frame: Frame, one: Proposal) -> str:
    return " ".join(frame.say_here(said) for said in one.why)


def _plain(frame: Frame, one: Proposal) -> dict[str, object]:
    return {
        "id": one.id,
        "person_id": one.person_id,
        "name": one.name,
        "kind": one.kind,
        "from": one.before,
        "to": one.after,
        "direction": one.direction,
        "contribution": one.contribution,
        "currency": one.currency,
        "why": [frame.say_here(said) for said in one.why],
        "made_at": iso(one.made_at),
    }


def _plain_confirmed(done: Confirmed) -> Mapping[str, int]:
    return {
        "tiers": done.tiers,
        "levels": done.levels,
        "outdated": done.outdated,
        "callbacks": done.callbacks,
    }


def _plain_curve(frame: Frame, one: Curve | TooLittle) -> dict[str, Any]:
    data = {
        "currency": one.currency,
        "customers": one.customers,
        "said": frame.say_here(one.said()),
    }
    if isinstance(one, TooLittle):
        return {**data, "needed": one.needed, "points": []}
    return {
        **data,
        "total": one.total,
        "key": {"customers": one.key.customers, "brings": one.key.brings, "from": one.key_from},
        "regular": {
            "customers": one.regular.customers,
            "brings": one.regular.brings,
            "from": one.regular_from,
        },
        "points": [[point.customers, point.brings] for point in one.points],
    }


def _drawn(frame: Frame, one: Curve | TooLittle) -> list[str]:
    from widgets.curve_plot import plot_lines  # noqa: PLC0415 - where there is something to draw

    said = frame.say_here(one.said())
    if isinstance(one, TooLittle):
        return [f"{one.currency}: {said}"]
    cut = one.percent_of_customers(one.key) if one.key_from is not None else None
    legend = frame.say("tiers.curve.legend")
    return [f"{one.currency}: {said}", *plot_lines(one.percents, cut, _WIDTH, _HEIGHT), legend]
