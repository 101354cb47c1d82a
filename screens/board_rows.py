"""The rows of the board's lists: figures, operators, bands and kinds, alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from domain.board import Fallen, Figure, Measure, Waiting, Worked
from domain.board_alarms import Alarm
from domain.board_rules import BoardRules, Level
from domain.said import Said
from screens.board_words import (
    NOTHING,
    STATE_SIGNS,
    TONES,
    Say,
    lasting_text,
    value_text,
)
from widgets.list_rows import Cell, Column, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from content.translations import Language
    from db.board import LiveBoard
    from db.board_day import DayBoard
    from db.board_operators import OperatorNow
    from db.board_queue import QueueNow

OFFLINE: Final = "offline"
_LIMITED: Final = ("paused", "wrap_up")
CAMPAIGNS_FROM: Final = 1000
"""Row ids from here on are kinds of callback, those before are bands."""


@dataclass(frozen=True, slots=True)
class BoardRows:
    """Makes rows in one language at one instant.

    Attributes:
        say: says a sentence.
        spoken: says a rule's sentence.
        language: which one.
        rules: what is good, worrying and bad.
        now: the instant (UTC).
        pauses: names of pauses by code.
    """

    say: Say
    spoken: Callable[[Said], str]
    language: Language
    rules: BoardRules
    now: datetime
    pauses: Mapping[str, str]

    # -- figures ----------------------------------------------------------------------------

    def figures(self, board: LiveBoard | None, day: DayBoard | None) -> list[Figure]:
        """Everything that is told about the whole desk, in the order of the list."""
        found: list[Figure] = []
        if board is not None:
            queue = board.queue
            found += queue.total.figures(queue.limit)
            waited = 0.0
            if queue.oldest is not None:
                waited = max(0.0, (self.now - queue.oldest).total_seconds())
            found.append(Figure("wait", Measure.SECONDS, waited, 1 if queue.oldest else 0))
        fallen = Fallen() if day is None else day.service
        partly = day is not None and day.partly
        for one in (fallen.service_level, fallen.speed, fallen.abandonment):
            found.append(Figure(one.code, one.measure, one.numerator, one.denominator, more=partly))
        found += (Worked() if day is None else day.all_worked).figures()
        return found

    def figure_columns(self) -> tuple[Column, ...]:
        """Sign, figure, value."""
        return (
            Column("", 2),
            Column(self.say("board.head.figure"), 10, stretch=1),
            Column(self.say("board.head.value"), 12, right=True),
        )

    def figure_row(self, place: int, figure: Figure) -> Row:
        """A figure."""
        level = self.rules.level(figure.code, figure.value)
        return Row(
            place,
            (
                Cell(level.sign, TONES[level]),
                Cell(self.say(f"board.figure.{figure.code}")),
                Cell(value_text(self.say, figure), TONES[level]),
            ),
        )

    # -- operators --------------------------------------------------------------------------

    def operator_columns(self) -> tuple[Column, ...]:
        """State, time in it, and what was done today."""
        say = self.say
        return (
            Column("", 2),
            Column(say("board.head.operator"), 8, stretch=2),
            Column(say("board.head.state"), 12, stretch=2),
            Column(say("board.head.lasting"), 8, right=True),
            Column(say("board.head.calls"), 5, right=True),
            Column(say("board.head.per_hour"), 6, need=56, right=True),
            Column(say("board.head.handle_time"), 9, need=68, right=True),
            Column(say("board.head.occupancy"), 7, need=62, right=True),
            Column(say("board.head.kept"), 7, need=76, right=True),
        )

    def operator_row(self, one: OperatorNow, day: DayBoard | None) -> Row:
        """An operator."""
        worked = Worked() if day is None else day.worked.get(one.id, Worked())
        figures = {figure.code: figure for figure in worked.figures()}
        level = self.state_level(one)
        since = one.since
        if since is None and day is not None:
            since = day.last_seen.get(one.id)
        lasting = NOTHING if since is None else lasting_text(self.say, since, self.now)
        known = day is not None
        values = [
            self._worked_cell(figures[code], known=known)
            for code in ("calls", "per_hour", "handle_time", "occupancy", "promises_kept")
        ]
        tone = TONES[level]
        sign = level.sign or STATE_SIGNS.get(one.state, "")
        return Row(
            one.id,
            (
                Cell(sign, tone),
                Cell(one.name),
                Cell(self.state_text(one), tone),
                Cell(lasting, tone),
                *values,
            ),
            muted=one.state == OFFLINE and level is Level.CALM,
        )

    def _worked_cell(self, figure: Figure, *, known: bool) -> Cell:
        level = self.rules.level(figure.code, figure.value) if known else Level.CALM
        text = value_text(self.say, figure) if known else NOTHING
        return Cell(f"{text}{level.sign}", TONES[level])

    def state_level(self, one: OperatorNow) -> Level:
        """How much an operator's state asks for attention."""
        if one.state == OFFLINE:
            return Level.NOTICE if one.on_shift else Level.CALM
        if one.state in _LIMITED and one.ends_at is not None:
            if self.now < one.ends_at:
                return Level.CALM
            over = self.now - one.ends_at
            return Level.ALARM if over >= timedelta(minutes=1) else Level.NOTICE
        if one.since is None:
            return Level.CALM
        return self.rules.state_level(one.state, (self.now - one.since).total_seconds())

    def state_text(self, one: OperatorNow) -> str:
        """What an operator does, in words."""
        if one.state == OFFLINE:
            return self.say("board.state.missing" if one.on_shift else "board.state.offline")
        if one.state == "paused":
            name = self.pauses.get(one.pause_code or "", one.pause_code or "")
            if name:
                key = "board.state.sent" if one.forced else "board.state.paused_as"
                return self.say(key, name=name)
        return self.say(f"board.state.{one.state}")

    # -- bands and kinds --------------------------------------------------------------------

    def queue_columns(self) -> tuple[Column, ...]:
        """What there is of each band and kind."""
        say = self.say
        return (
            Column("", 2),
            Column(say("board.head.of"), 12, stretch=1),
            Column(say("board.figure.due"), 6, right=True),
            Column(say("board.head.overdue"), 7, right=True),
            Column(say("board.head.claimed"), 7, right=True),
            Column(say("board.head.wrap_up"), 7, need=56, right=True),
            Column(say("board.head.check"), 6, need=64, right=True),
            Column(say("board.head.closed"), 7, need=72, right=True),
            Column(say("board.head.wait"), 10, need=76, right=True),
            Column(say("board.head.service"), 8, need=84, right=True),
        )

    def queue_rows(self, queue: QueueNow, day: DayBoard | None) -> list[Row]:
        """Bands first, then kinds; those of which there is nothing are left out."""
        service = {} if day is None else day.by_band
        rows = []
        for line in queue.bands:
            if line.waiting == Waiting() and line.band not in service:
                continue
            wait = NOTHING
            level = Level.CALM
            if line.oldest is not None:
                wait = lasting_text(self.say, line.oldest, self.now)
                level = self.rules.level("wait", (self.now - line.oldest).total_seconds())
            name = self.say(f"board.band.{line.band}", n=line.band)
            figure = service.get(line.band, Fallen()).service_level
            told = Cell(
                value_text(self.say, figure), TONES[self.rules.level("service_level", figure.value)]
            )
            cell = Cell(f"{wait}{level.sign}", TONES[level])
            rows.append(self._queue_row(line.band, name, line.waiting, queue.limit, cell, told))
        for kind in queue.campaigns:
            if kind.waiting == Waiting() and not kind.paused:
                continue
            name = kind.name_zh if self.language == "zh" else kind.name_en
            if kind.paused:
                name = self.say("board.paused_kind", name=name)
            elif not kind.active:
                name = self.say("board.off_kind", name=name)
            place = CAMPAIGNS_FROM + kind.id
            rows.append(self._queue_row(place, name, kind.waiting, queue.limit, Cell(""), Cell("")))
        return rows

    def _queue_row(
        self, place: int, name: str, waiting: Waiting, limit: int, wait: Cell, service: Cell
    ) -> Row:
        figures = {one.code: one for one in waiting.figures(limit)}
        late = self.rules.level("overdue", waiting.overdue)
        check = self.rules.level("check", waiting.check)

        def cell(code: str, level: Level = Level.CALM) -> Cell:
            one = figures[code]
            text = value_text(self.say, one) if one.numerator else "·"
            return Cell(text, TONES[level])

        worst = max(late, check)
        return Row(
            place,
            (
                Cell(worst.sign, TONES[worst]),
                Cell(name),
                cell("due"),
                cell("overdue", late),
                cell("claimed"),
                cell("wrap_up"),
                cell("check", check),
                cell("closed"),
                wait,
                service,
            ),
            muted=waiting == Waiting(),
        )

    # -- alarms -----------------------------------------------------------------------------

    def alarm_columns(self) -> tuple[Column, ...]:
        """Sign and sentence."""
        return (Column("", 2), Column(self.say("board.head.alarm"), 20, stretch=1))

    def alarm_row(self, place: int, alarm: Alarm) -> Row:
        """An alarm."""
        tone = TONES[alarm.level]
        return Row(place, (Cell(alarm.level.sign, tone), Cell(self.spoken(alarm.said), tone)))
