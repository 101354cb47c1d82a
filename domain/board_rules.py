"""What a shop holds to be good, worrying or bad on the board, and what rings its bell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final

from domain.bands import COURTESY
from domain.entry import Entry
from domain.errors import InputError
from domain.said import Said


class Level(IntEnum):
    """How much something asks for attention; each has a sign of its own beside its colour."""

    CALM = 0
    NOTICE = 1
    ALARM = 2

    @property
    def sign(self) -> str:
        """Nothing, one or two exclamation marks."""
        return "!" * self


class Better(StrEnum):
    """Which way a figure should go."""

    MORE = "more"
    LESS = "less"


class AlarmKind(StrEnum):
    """What can raise an alarm."""

    SERVICE_LOW = "service_low"
    PROMISE_OVERDUE = "promise_overdue"
    CHECK_OLD = "check_old"
    PAUSE_OVER = "pause_over"
    NOBODY_READY = "nobody_ready"
    WAIT_LONG = "wait_long"
    OCCUPANCY_HIGH = "occupancy_high"
    DATABASE = "database"


STATES: Final = ("ready", "dialling", "talking", "wrap_up", "paused")
FIGURES: Final = (
    "due", "overdue", "claimed", "wrap_up", "check", "closed", "wait", "service_level", "speed",
    "abandonment", "calls", "per_hour", "handle_time", "occupancy", "promises_kept",
)  # fmt: skip
"""Figures that may have a scale; `wait` is how long the longest waiting callback has waited."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From where on a figure worries and alarms; durations in seconds."""

    better: Better
    notice: float
    alarm: float

    def level(self, value: float | None) -> Level:
        """How much a value asks for attention; what is unknown asks for none."""
        if value is None:
            return Level.CALM
        sign = 1 if self.better is Better.LESS else -1
        if value * sign >= self.alarm * sign:
            return Level.ALARM
        return Level.NOTICE if value * sign >= self.notice * sign else Level.CALM


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """When an alarm is raised, and whether the bell rings once for each new one.

    Attributes:
        kind: what raises it.
        after: how long something must last before it does; for `service_low` and
            `occupancy_high` the scale of the figure decides.
        at_least: how many there must be for a figure to mean something.
        bell: whether the bell rings.
    """

    kind: AlarmKind
    after: timedelta
    at_least: int
    bell: bool


@dataclass(frozen=True, slots=True)
class BoardRules:
    """The rules of the board.

    Attributes:
        overdue: how long after a callback fell due it is overdue.
        service: minutes within which the first attempt is in time, by band.
        scales: by figure.
        states: how long an operator may be in a state, by state.
        alarms: by kind.
        keep: how long the samples of the trend are kept.
    """

    overdue: timedelta
    service: tuple[timedelta, ...]
    scales: Mapping[str, Scale]
    states: Mapping[str, Scale]
    alarms: Mapping[AlarmKind, AlarmRule]
    keep: timedelta

    def level(self, code: str, value: float | None) -> Level:
        """How much a figure asks for attention; one without a scale never does."""
        scale = self.scales.get(code)
        return Level.CALM if scale is None else scale.level(value)

    def state_level(self, state: str, seconds: float) -> Level:
        """How much the time in a state asks for attention."""
        scale = self.states.get(state)
        return Level.CALM if scale is None else scale.level(seconds)


def board_rules_of(data: Mapping[str, object], where: str) -> BoardRules:
    """The rules of a file's tables.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    file = Entry(where, data)
    rules = BoardRules(
        overdue=_minutes(file, "overdue_minutes"),
        service=_service(file.entry("service_minutes")),
        scales=_scales(file, "figure", FIGURES),
        states=_scales(file, "state", STATES),
        alarms=_alarms(file),
        keep=timedelta(days=file.whole("keep_days")),
    )
    file.close()
    return rules


def _service(entry: Entry) -> tuple[timedelta, ...]:
    minutes = tuple(_minutes(entry, str(band)) for band in range(COURTESY + 1))
    entry.close()
    return minutes


def _minutes(entry: Entry, name: str) -> timedelta:
    minutes = entry.whole(name)
    if minutes < 1:
        raise entry.bad(Said("board.bad.minutes", {"field": name}))
    return timedelta(minutes=minutes)


def _scales(file: Entry, name: str, known: tuple[str, ...]) -> Mapping[str, Scale]:
    found: dict[str, Scale] = {}
    for entry in file.entries(name):
        code = _code(entry, known, found)
        better = entry.one_of("better", Better, Better.LESS)
        scale = Scale(better, _bound(entry, "notice"), _bound(entry, "alarm"))
        rising = scale.alarm >= scale.notice
        if rising is not (better is Better.LESS) and scale.alarm != scale.notice:
            raise entry.bad(Said("board.bad.order", {"field": code}))
        entry.close()
        found[code] = scale
    return found


def _bound(entry: Entry, name: str) -> float:
    return float(entry.whole(name))


def _alarms(file: Entry) -> Mapping[AlarmKind, AlarmRule]:
    found: dict[str, AlarmRule] = {}
    for entry in file.entries("alarm"):
        code = _code(entry, tuple(AlarmKind), found)
        after = timedelta(minutes=entry.whole("after_minutes", 0))
        rule = AlarmRule(
            AlarmKind(code), after, entry.whole("at_least", 1), entry.flag("bell", default=True)
        )
        entry.close()
        found[code] = rule
    return {AlarmKind(code): rule for code, rule in found.items()}


def _code(entry: Entry, known: tuple[str, ...], found: Mapping[str, object]) -> str:
    code = entry.text("code")
    if code not in known:
        raise entry.bad(Said("rules.bad.choice", {"field": "code", "known": ", ".join(known)}))
    if code in found:
        raise _twice(entry, code)
    return code


def _twice(entry: Entry, code: str) -> InputError:
    return entry.bad(Said("board.bad.twice", {"code": code}))
