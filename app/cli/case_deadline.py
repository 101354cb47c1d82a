"""`callback-desk case deadline`: when a step of a case is due, and which days were counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import click

from app.cli.case import case
from app.cli.frame import INSTANT, Answer, Frame, desk_command, iso, option
from app.cli.lines import aligned
from app.cli.opened import opened
from app.cli.playbook_files import DayType
from app.cli.playbook_release import has_database
from app.cli.spoken import speak
from app.machine_shop import machine_shop
from content.country_zones import zone_in
from content.public_days import WorldDays
from content.rulebook import load_shipped
from content.translations import say
from domain.case_timer import Timer, Unit
from domain.deadline import Deadline, Pause, TimerClock, deadline_of
from domain.deadline_days import CountedDay
from domain.rulebook import Rulebook
from domain.said import Said
from domain.shop import Shop
from domain.spoken_clock import weekday_said


class PauseType(click.ParamType[Pause]):
    """Two instants with their offsets and `..` between them."""

    name = "pause"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Pause:
        """Refuse what is not two instants."""
        if isinstance(value, Pause):
            return value
        since, dots, until = value.partition("..")
        if not dots:
            self.fail(speak(ctx, "deadline.usage.pause", value=value), param, ctx)
        return Pause(INSTANT.convert(since, param, ctx), INSTANT.convert(until, param, ctx))


@desk_command("deadline", "database", group=case)
@click.argument("regime")
@click.argument("step")
@option("--from", "start", type=INSTANT, required=True, help="deadline.option.from")
@option("--calendar", "place", metavar="CC", help="deadline.option.calendar")
@option("--zone", metavar="ZONE", help="deadline.option.zone")
@option(
    "--pause",
    "pauses",
    type=PauseType(),
    multiple=True,
    metavar="FROM..TO",
    help="deadline.option.pause",
)
@option("--typed", type=DayType(), metavar="DATE", help="deadline.option.typed")
def deadline(
    frame: Frame,
    regime: str,
    step: str,
    start: datetime,
    place: str | None,
    zone: str | None,
    pauses: tuple[Pause, ...],
    typed: date | datetime | None,
) -> Answer:
    """Answers `due` on the clock of `zone`, and `counted` with each day and its reason."""
    rulebook = _rulebook(frame)
    timer = rulebook.timers.named(regime, step)
    own, shop = timer, rulebook.cases.shop
    timer = _on_clock(own, shop, place.upper() if place else None, zone)
    clock = TimerClock(timer.zone, timer.calendar, WorldDays())
    found = deadline_of(timer, start, clock, pauses=pauses, typed=typed)
    guessed = _guessed(own, shop, place, zone, found)
    data = {**_plain(frame, timer, found), "guessed": sorted(guessed)}
    said = [Said("shop.guessed", {"country": found.place or "–", "zone": found.zone})]
    told = [say(frame.language, one) for one in said if guessed]
    return Answer(data, [*_lines(frame, timer, found), *told])


def _guessed(
    own: Timer, shop: Shop, place: str | None, zone: str | None, found: Deadline
) -> frozenset[str]:
    """What the deadline goes by of the shop although nobody has named it: only a machine has."""
    country = not (own.calendar or place) and bool(found.place)
    clock = not (own.zone or zone or place)
    return shop.guessed & {name for name, used in (("country", country), ("zone", clock)) if used}


def _rulebook(frame: Frame) -> Rulebook:
    """The rules in force; the program's own, in this machine's shop, where there is no database."""
    if not has_database(frame):
        return load_shipped().in_shop(Shop(), machine_shop(frame.settings))
    with opened(frame) as database:
        return database.rulebook


def _on_clock(timer: Timer, shop: Shop, place: str | None, zone: str | None) -> Timer:
    """The timer with calendar and zone filled in: what the caller names, its own, the shop's."""
    own = timer.calendar or shop.country
    # A country alone means the part of it that the timer names.
    calendar = place if place and place != own[:2] else own
    same = calendar[:2] == own[:2]
    clock = (timer.zone or shop.zone) if same else zone_in(calendar, shop.zone)
    return replace(timer, calendar=calendar, zone=zone or clock)


def _plain(frame: Frame, timer: Timer, found: Deadline) -> dict[str, Any]:
    language = frame.language
    starts, warns = (at.astimezone(found.local.tzinfo) for at in (found.starts_at, found.warn_at))
    return {
        "regime": timer.regime,
        "step": timer.step,
        "name": f"{timer.regime_name.of(language)}: {timer.step_name.of(language)}",
        "limit": timer.limit,
        "unit": timer.unit.value,
        "event": timer.event.value,
        "who": timer.duty.value,
        "from": starts.isoformat(),
        "due": found.local.isoformat(),
        "due_utc": iso(found.due_at),
        "warn": warns.isoformat(),
        "zone": found.zone,
        "calendar": found.place or None,
        "calendar_known": found.calendar_known,
        "doubts": [say(language, doubt) for doubt in found.doubts],
        "typed": found.typed,
        "counted": [
            {
                "day": one.day.isoformat(),
                "counted": one.counts,
                "why": one.why.value,
                "holiday": None if one.holiday is None else one.holiday.of(language),
                "reason": say(language, one.said),
                "seconds": int(one.time.total_seconds()),
            }
            for one in found.counted
        ],
        "note": None if timer.note is None else timer.note.of(language),
        "source": timer.source,
        "confidence": timer.confidence,
        "counting": timer.counting,
        "counting_confidence": timer.counting_confidence,
    }


def _lines(frame: Frame, timer: Timer, found: Deadline) -> list[str]:
    language = frame.language
    warns = found.warn_at.astimezone(found.local.tzinfo)
    lines = [
        frame.say(
            "deadline.head",
            regime=timer.regime_name.of(language),
            step=timer.step_name.of(language),
            limit=_limit(frame, timer),
            event=frame.say(f"deadline.event.{timer.event.value}"),
            who=frame.say(f"deadline.who.{timer.duty.value}"),
        ),
        frame.say(
            "deadline.due",
            due=f"{found.local:%Y-%m-%d %H:%M:%S}",
            weekday=say(language, weekday_said(found.local)),
            zone=found.zone,
            warn=f"{warns:%Y-%m-%d %H:%M}",
        ),
    ]
    if found.typed:
        lines.append(frame.say("deadline.typed"))
    lines += aligned([_row(frame, timer, one) for one in found.counted])
    lines += [say(language, doubt) for doubt in found.doubts]
    if timer.note is not None:
        lines.append(timer.note.of(language))
    lines.append(
        frame.say(
            "deadline.sources",
            source=timer.source,
            confidence=frame.say(f"deadline.confidence.{timer.confidence}"),
            counting=timer.counting,
            counting_confidence=frame.say(f"deadline.confidence.{timer.counting_confidence}"),
        )
    )
    return lines


def _limit(frame: Frame, timer: Timer) -> str:
    if timer.unit is Unit.TYPED_DATE:
        return frame.say("deadline.limit.typed_date")
    if timer.limit == 0:
        return frame.say("deadline.limit.same_day")
    return frame.say(f"deadline.limit.{timer.unit.name.lower()}", n=timer.limit)


def _row(frame: Frame, timer: Timer, one: CountedDay) -> list[str]:
    hours, rest = divmod(int(one.time.total_seconds()) // 60, 60)
    by_hours = timer.unit in {Unit.HOUR, Unit.WORKING_HOUR}
    noon = datetime(one.day.year, one.day.month, one.day.day, 12)  # noqa: DTZ001 - for its weekday
    return [
        "+" if one.counts else "-",
        one.day.isoformat(),
        say(frame.language, weekday_said(noon)),
        *([f"{hours}:{rest:02d}"] if by_hours else []),
        say(frame.language, one.said),
    ]
