"""`callback-desk care`: making the calls of the care plans, and looking ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.spoken import speak
from domain.care.facts import OccasionKind
from domain.said import Said

if TYPE_CHECKING:
    from db.care_run import CareRun
    from domain.campaign import Campaigns

care = desk_group("care")

_SHOWN: Final = 50


class DayType(click.ParamType[date]):
    """A calendar day, `YYYY-MM-DD`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Refuse what is no day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(speak(ctx, "care.usage.day", value=value), param, ctx)


DAY: Final = DayType()


@desk_command("run", "database", "login", "now", group=care)
@option("--until", type=DAY, help="care.option.until")
@option("--dry-run", is_flag=True, help="care.option.dry_run")
@option("--level", is_flag=True, help="care.option.level")
@option("--per-operator", type=click.IntRange(1), help="care.option.per_operator")
def run(
    frame: Frame, until: date | None, dry_run: bool, level: bool, per_operator: int | None
) -> Answer:
    """Make the callbacks that the care plans ask for; a second run makes nothing twice."""
    from content.care_words import care_book, note_in  # noqa: PLC0415 - the help page needs none
    from db.care import plan_preview, run_care_plan  # noqa: PLC0415
    from db.care_settings import shop_zone  # noqa: PLC0415
    from db.rules_held import texts_in_force  # noqa: PLC0415

    with opened(frame, keep_house=not dry_run) as database:
        actor = actor_for(frame, database)
        zone = shop_zone(database)
        book = care_book(zone, texts_in_force(database))
        campaigns = database.rulebook.campaigns
        if dry_run:
            found = plan_preview(
                database, actor, book, days=1, until=until, level=level, per_operator=per_operator
            )
        else:
            found = run_care_plan(
                database,
                actor,
                book,
                until,
                note=note_in(frame.language, campaigns),
                level=level,
                per_operator=per_operator,
            )
    lines = []
    if dry_run:
        heading = [frame.say(f"care.head.{name}") for name in ("day", "customer", "campaign")]
        rows = [
            [
                one.on.isoformat(),
                str(one.person_id),
                _name(frame, campaigns, one.campaign),
                " ".join(map(frame.say_here, filter(None, (one.reason, one.put_off)))),
            ]
            for one in found.calls[:_SHOWN]
        ]
        lines = aligned([[*heading, frame.say("care.head.reason")], *rows]) if rows else []
        if found.made > len(rows):
            lines.append(frame.say("care.more"))
    made = frame.say("care.would_make" if dry_run else "care.made", n=found.made)
    data = {**_plain(frame, found), "dry_run": dry_run}
    return Answer(data, [*lines, made, *_room(frame, found), *_summary(frame, found, campaigns)])


@desk_command("calendar", "database", "login", "now", group=care)
@option("--days", type=click.IntRange(1, 400), default=30, help="care.option.days")
@option("--per-operator", type=click.IntRange(1), help="care.option.per_operator")
def calendar(frame: Frame, days: int, per_operator: int | None) -> Answer:
    """Show what the care plans will make against what the operators can do; makes nothing."""
    from content.care_words import care_book, parts  # noqa: PLC0415 - the help page needs none
    from db.care import plan_preview  # noqa: PLC0415
    from db.care_settings import shop_zone  # noqa: PLC0415
    from db.rules_held import texts_in_force  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        zone = shop_zone(database)
        book = care_book(zone, texts_in_force(database))
        found = plan_preview(database, actor, book, days, per_operator=per_operator)
        campaigns = database.rulebook.campaigns
    heads = ("day", "waiting", "calls", "capacity", "levelled", "campaigns")
    rows = [
        [
            one.day.isoformat(),
            str(one.waiting),
            str(one.planned) + (" !" if one.over else ""),
            "–" if one.capacity is None else str(one.capacity),
            str(one.levelled) + (" !" if one.over_levelled else ""),
            parts(frame.language, _named(frame, campaigns, found.days.get(one.day, {}))),
        ]
        for one in found.loads()
    ]
    table = aligned([[frame.say(f"care.head.{name}") for name in heads], *rows])
    made = frame.say("care.would_make", n=found.made)
    return Answer(
        _plain(frame, found),
        [*table, made, *_room(frame, found), *_summary(frame, found, campaigns)],
    )


@desk_command("note", "database", "login", "now", group=care)
@click.argument("kind", type=click.Choice([kind.value for kind in OccasionKind]), metavar="KIND")
@click.argument("person_id", type=int, metavar="CUSTOMER")
@option("--on", "day", type=DAY, help="care.option.on")
@option("--asset", "asset_id", type=int, metavar="ID", help="care.option.asset")
def note(frame: Frame, kind: str, person_id: int, day: date | None, asset_id: int | None) -> Answer:
    """Note an appointment, parts that arrived, or a change of member level."""
    from db.care_settings import shop_zone  # noqa: PLC0415 - the help page needs no database
    from db.occasions import note_occasion  # noqa: PLC0415
    from domain.care.book import day_in  # noqa: PLC0415

    what = OccasionKind(kind)
    with opened(frame) as database:
        now = database.read(lambda unit: unit.now)
        on = day or day_in(now, shop_zone(database))
        actor = actor_for(frame, database)
        made = note_occasion(database, actor, person_id, what, on, asset_id=asset_id)
    data = {"occasion_id": made, "kind": kind, "person_id": person_id, "on": on.isoformat()}
    said = Said(f"care.kind.{kind}")
    line = frame.say("care.noted", kind=said, day=on.isoformat(), person=person_id, id=made)
    return Answer(data, [line])


@desk_command("settle", "database", "login", "now", group=care)
@click.argument("occasion_id", type=int, metavar="ID")
@click.argument("ending", metavar="kept|missed|cancelled")
def settle(frame: Frame, occasion_id: int, ending: str) -> Answer:
    """Say how an appointment or another occasion ended."""
    from db.occasions import settle_occasion  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        kind, state = settle_occasion(database, actor_for(frame, database), occasion_id, ending)
    data = {"occasion_id": occasion_id, "kind": kind, "state": state}
    return Answer(data, [frame.say(f"care.settled.{state}", id=occasion_id)])


@desk_command("auto", "database", "login", "now", group=care)
@click.argument("auto", required=False, metavar="[on|off|level]")
@option("--zone", metavar="ZONE", help="care.option.zone")
def auto(frame: Frame, auto: str | None, zone: str | None) -> Answer:
    """Say or set whether the plan runs by itself and what the shop's clock is."""
    from db.care_settings import care_settings, set_care  # noqa: PLC0415 - the help page needs none

    with opened(frame) as database:
        if auto is None and zone is None:
            found = care_settings(database)
        else:
            found = set_care(database, actor_for(frame, database), zone=zone, auto=auto)
    last = found.last
    data = {
        "auto": found.auto,
        "zone": found.zone,
        "last": last
        and {
            "day": last.day.isoformat(),
            "by_itself": last.by_itself,
            "operator": last.operator,
            "begun_at": iso(last.begun_at),
            "finished_at": iso(last.finished_at),
            "customers": last.customers,
            "made": last.made,
            "merged": last.merged,
            "left_out": last.left_out,
        },
    }
    return Answer(data, [frame.say_here(said) for said in found.said()])


def _room(frame: Frame, found: CareRun) -> list[str]:
    """How the capacity was found, and what levelling would change."""
    room = found.capacity
    if room is None:
        return []
    if room.per_operator is None:
        return [frame.say("care.capacity_unknown", n=room.measured_days)]
    if room.measured_days:
        line = frame.say("care.capacity_measured", calls=room.per_operator, n=room.measured_days)
    else:
        line = frame.say("care.capacity_told", calls=room.per_operator)
    if not found.moved:
        return [line]
    return [line, frame.say("care.moved", n=found.moved)]


def _plain(frame: Frame, found: CareRun) -> dict[str, object]:
    return {
        "today": found.today.isoformat(),
        "until": found.until.isoformat(),
        "customers": found.customers,
        "made": found.made,
        "known": found.known,
        "merged": dict(found.merged),
        "suppressed": dict(found.suppressed),
        "replaced": found.replaced,
        "moved": found.moved,
        "put_off": found.put_off,
        "days": {day.isoformat(): dict(counts) for day, counts in found.days.items()},
        "levelled": {day.isoformat(): dict(counts) for day, counts in found.levelled.items()},
        "per_operator": found.capacity.per_operator if found.capacity else None,
        "loads": [
            {
                "day": one.day.isoformat(),
                "waiting": one.waiting,
                "planned": one.planned,
                "capacity": one.capacity,
                "levelled": one.levelled,
            }
            for one in found.loads()
        ],
        "calls": [
            {
                "person_id": one.person_id,
                "campaign": one.campaign,
                "on": one.on.isoformat(),
                "reason": frame.say_here(one.reason),
                "put_off": frame.say_here(one.put_off) if one.put_off else None,
            }
            for one in found.calls
        ],
        "merges": [
            {
                "person_id": one.event.customer_id,
                "campaign": one.event.campaign,
                "on": one.event.on.isoformat(),
                "into": one.campaign,
                "into_on": one.on.isoformat(),
            }
            for one in found.merges
        ],
    }


def _summary(frame: Frame, found: CareRun, campaigns: Campaigns) -> list[str]:
    from content.care_words import parts  # noqa: PLC0415 - the help page needs no plans

    rules = {frame.say(f"care.suppressed.{by}"): n for by, n in found.suppressed.items()}
    merged, suppressed = sum(found.merged.values()), sum(found.suppressed.values())
    lines = [
        (found.known, frame.say("care.known", n=found.known)),
        (
            merged,
            frame.say(
                "care.merged",
                n=merged,
                parts=parts(frame.language, _named(frame, campaigns, found.merged)),
            ),
        ),
        (found.replaced, frame.say("care.replaced", n=found.replaced)),
        (found.put_off, frame.say("care.waiting_put_off", n=found.put_off)),
        (
            suppressed,
            frame.say("care.suppressed", n=suppressed, parts=parts(frame.language, rules)),
        ),
        (found.suppressed.get("seller_unknown", 0), frame.say("care.seller_hint")),
    ]
    days = {"today": found.today.isoformat(), "until": found.until.isoformat()}
    looked_at = frame.say("care.looked_at", n=found.customers, **days)
    return [*(line for n, line in lines if n), looked_at]


def _named(frame: Frame, campaigns: Campaigns, counts: Mapping[str, int]) -> dict[str, int]:
    return {_name(frame, campaigns, code): n for code, n in counts.items()}


def _name(frame: Frame, campaigns: Campaigns, code: str) -> str:
    return campaigns[code].name.of(frame.language)
