"""`callback-desk chance`: what was heard in calls, what became of it, what it brought in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.plain import plain
from domain.chance import ChanceKind, ChanceState, read_amount
from domain.money import money_text

if TYPE_CHECKING:
    from db.chance_list import ChanceRow
    from domain.chance_report import ReportLine

chance = desk_group("chance")

_STATE: Final = click.Choice([one.value for one in ChanceState])
_KIND: Final = click.Choice([one.value for one in ChanceKind])


@desk_command("list", "database", "login", "now", group=chance)
@option("--state", type=_STATE, help="chances.option.state")
@option("--kind", type=_KIND, help="chances.option.kind")
@option("--campaign", help="chances.option.campaign")
@option("--mine", is_flag=True, help="chances.option.mine")
@option("--after", type=int, metavar="ID", help="chances.option.after")
@option("--limit", type=click.IntRange(1, 500), default=50, help="chances.option.limit")
def list_(
    frame: Frame,
    state: str | None,
    kind: str | None,
    campaign: str | None,
    mine: bool,
    after: int | None,
    limit: int,
) -> Answer:
    """List chances, the latest first."""
    from db.chance_list import list_chances  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        page = list_chances(
            database,
            actor_for(frame, database),
            state=ChanceState(state) if state else None,
            kind=ChanceKind(kind) if kind else None,
            campaign_code=campaign,
            mine=mine,
            anchor=after,
            limit=limit,
        )
    data = {"chances": [plain(frame, one) for one in page.rows], "more": page.more_after}
    if not page.rows:
        return Answer(data, [frame.say("chances.none")])
    names = ("id", "customer", "chance", "state", "value", "owner")
    heading = [frame.say(f"chances.head.{name}") for name in names]
    lines = aligned([heading, *(_cells(frame, one) for one in page.rows)])
    if page.more_after:
        lines.append(frame.say("chances.more", id=page.rows[-1].id))
    return Answer(data, lines)


@desk_command("won", "database", "login", "now", group=chance)
@click.argument("chance_id", type=int, metavar="ID")
@option("--value", help="chances.option.value")
@option("--reason", default="", help="chances.option.reason")
def won(frame: Frame, chance_id: int, value: str | None, reason: str) -> Answer:
    """Say that a chance was won, and what it brought in."""
    brought = read_amount(value, "") if value else None
    return _settle(frame, chance_id, ChanceState.WON, reason, brought)


@desk_command("lost", "database", "login", "now", group=chance)
@click.argument("chance_id", type=int, metavar="ID")
@option("--reason", required=True, help="chances.option.reason")
def lost(frame: Frame, chance_id: int, reason: str) -> Answer:
    """Say that a chance was lost, and why; its waiting callback is cancelled."""
    return _settle(frame, chance_id, ChanceState.LOST, reason, None)


@desk_command("reopen", "database", "login", "now", group=chance)
@click.argument("chance_id", type=int, metavar="ID")
def reopen(frame: Frame, chance_id: int) -> Answer:
    """Open a settled chance again."""
    return _settle(frame, chance_id, ChanceState.OPEN, "", None)


@desk_command("report", "database", "login", "now", group=chance)
@option("--since", type=INSTANT, help="chances.option.since")
@option("--until", type=INSTANT, help="chances.option.until")
def report(frame: Frame, since: datetime | None, until: datetime | None) -> Answer:
    """Tell what calls brought in, by month, campaign and kind."""
    from db.chance_list import report_chances  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor, zone = actor_for(frame, database), frame.settings.my_zone
        found = report_chances(database, actor, since=since, until=until, zone=zone)
    names = ("month", "campaign", "chance", "counts", "brought", "expected", "share")
    heading = [frame.say(f"chances.head.{name}") for name in names]
    data = {
        "since": plain(frame, found.since),
        "lines": [_plain_line(frame, one) for one in found.lines],
        "total": _plain_line(frame, found.total),
    }
    rows = [_line(frame, one) for one in (*found.lines, found.total)]
    return Answer(data, aligned([heading, *rows]))


def _settle(
    frame: Frame, chance_id: int, state: ChanceState, reason: str, brought: tuple[int, str] | None
) -> Answer:
    from db.chance_settling import settle_chance  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        settle_chance(database, actor, chance_id, state, reason=reason, brought=brought)
    told = frame.say(f"chances.settled.{state}")
    return Answer({"chance_id": chance_id, "state": state.value}, [told])


def _cells(frame: Frame, one: ChanceRow) -> list[str]:
    return [
        str(one.id),
        f"{one.person_id} {one.person}",
        " ".join(filter(None, (frame.say(f"chances.kind.{one.kind}"), one.text))),
        frame.say(f"chances.state.{one.state}"),
        _money(one.brought, one.brought_currency) or _money(one.value, one.currency),
        one.owner or "",
    ]


def _line(frame: Frame, one: ReportLine) -> list[str]:
    name = one.name.of(frame.language)
    return [
        one.month or frame.say("chances.report.all"),
        name or (frame.say("chances.report.no_call") if one.month else ""),
        frame.say(f"chances.kind.{one.kind}") if one.kind else "",
        frame.say(
            "chances.report.counts", heard=one.heard, open=one.open, won=one.won, lost=one.lost
        ),
        _sums(one.brought),
        _sums(one.expected),
        frame.say_here(one.said),
    ]


def _plain_line(frame: Frame, one: ReportLine) -> dict[str, object]:
    share = one.share
    interval = share.interval
    return {
        "month": one.month or None,
        "campaign": one.campaign or None,
        "kind": one.kind or None,
        "heard": one.heard,
        "open": one.open,
        "won": one.won,
        "lost": one.lost,
        "brought": dict(one.brought),
        "expected": dict(one.expected),
        "won_percent": share.value,
        "settled": share.n,
        "interval": [interval.low, interval.high] if interval else None,
        "said": frame.say_here(one.said),
    }


def _sums(sums: Sequence[tuple[str, int]]) -> str:
    return " + ".join(money_text(value, currency) for currency, value in sums)


def _money(value: int | None, currency: str | None) -> str:
    return "" if value is None or currency is None else money_text(value, currency)
