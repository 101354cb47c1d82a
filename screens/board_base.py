"""What both boards do: read the figures as they move, judge them, ring the bell for what is new."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.message import Message

from domain.board_alarms import Alarm, Scene, Standing, alarms_of, new_bells
from domain.errors import StorageError
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.paced import Paced
from screens.work import database_work

if TYPE_CHECKING:
    from db.board import FiguresNow, LiveBoard, PeopleNow
    from db.board_day import DayBoard, DayHours
    from domain.board_rules import BoardRules

_TOPICS: Final = frozenset({"queue", "seats"})
_READINGS: Final = frozenset({"board.people", "board.live", "board.day"})
_TICK: Final = 5.0
_DAY_PAUSE: Final = 15.0
"""Seconds between two readings of the day's figures, where something moved."""
_SAFETY: Final = 60.0
"""Seconds after which everything is read again, though nothing was heard to move."""


class FiguresRead(Message):
    """The figures as they are now, and how many seconds it took to read."""

    def __init__(self, figures: FiguresNow, took: float) -> None:
        super().__init__()
        self.figures = figures
        self.took = took


class PeopleRead(Message):
    """Who does what now, and how many seconds it took to read."""

    def __init__(self, people: PeopleNow, took: float) -> None:
        super().__init__()
        self.people = people
        self.took = took


class DayRead(Message):
    """The figures of the day."""

    def __init__(self, day: DayBoard) -> None:
        super().__init__()
        self.day = day


class BoardReading(FramedScreen[None]):
    """A screen that shows the board; a subclass draws it in `show_board`."""

    # How often it asks is its own affair: `rest_after`.
    FEED_PAUSE = 0.02

    def __init__(self) -> None:
        super().__init__()
        self.board: LiveBoard | None = None
        self.day: DayBoard | None = None
        self.alarms: tuple[Alarm, ...] = ()
        self.muted = False
        self._hours: DayHours | None = None
        self._troubled = False
        self._people: PeopleNow | None = None
        self._figures_now: FiguresNow | None = None
        self._states = Paced(self, "board.people", self.read_people)
        self._live = Paced(self, "board.live", self.read_figures)
        self._day_at = float("-inf")
        self._day_wanted = True

    @property
    def rules(self) -> BoardRules:
        """What is good, worrying and bad."""
        return self.database.rulebook.board

    def on_mount(self) -> None:
        """Read, and look again by and by."""
        super().on_mount()
        self.set_interval(_TICK, self._tick)
        if self.shell.connected:
            self.begin()

    def connected(self) -> None:
        """The database is open now."""
        self.begin()

    def begin(self) -> None:
        """Read everything."""
        self._day_wanted = True
        self._look()

    def show_board(self) -> None:
        """Draw what was read."""
        raise NotImplementedError

    # -- reading ----------------------------------------------------------------------------

    @database_work("board.people", quiet=True)
    def read_people(self) -> Message:
        """Read who does what: it costs little, so it is asked for more often than the rest."""
        from db.board import people_now  # noqa: PLC0415 - connected long since

        began = time.monotonic()
        found = people_now(self.database, self.actor)
        return PeopleRead(found, time.monotonic() - began)

    @database_work("board.live", quiet=True)
    def read_figures(self) -> Message:
        """Read what waits and what asks for a person."""
        from db.board import figures_now  # noqa: PLC0415 - connected long since

        began = time.monotonic()
        found = figures_now(self.database, self.actor)
        return FiguresRead(found, time.monotonic() - began)

    @database_work("board.day", quiet=True)
    def read_day(self) -> Message:
        """Read the figures of the day."""
        from db.board_day import DayHours, day_board  # noqa: PLC0415 - connected long since

        hours = self._hours = self._hours or DayHours()
        return DayRead(day_board(self.database, self.actor, hours))

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what may have changed."""
        if _TOPICS & event.topics:
            self._day_wanted = True
            self._look()

    def _look(self) -> None:
        self._states.look()
        self._live.look()
        if self._day_wanted and time.monotonic() - self._day_at >= _DAY_PAUSE:
            self._read_day_again()

    def _read_day_again(self) -> None:
        if not self.requests.busy("board.day"):
            self._day_wanted = False
            self._day_at = time.monotonic()
            self.read_day()

    @on(FiguresRead)
    def _figures_came(self, event: FiguresRead) -> None:
        from db.board import FIGURES_REST, rest_after  # noqa: PLC0415 - connected long since

        self._figures_now, self._troubled = event.figures, False
        self._put_together()
        self._live.came(event.took, rest_after(event.took, FIGURES_REST))

    @on(PeopleRead)
    def _people_came(self, event: PeopleRead) -> None:
        from db.board import STATES_REST, rest_after  # noqa: PLC0415 - connected long since

        self._people = event.people
        self._put_together()
        self._states.came(event.took, rest_after(event.took, STATES_REST))

    def _put_together(self) -> None:
        from db.board import whole  # noqa: PLC0415 - connected long since

        if self._figures_now is None or self._people is None:
            return
        self.board = whole(self._figures_now, self._people)
        self._judge()
        self.show_board()

    @on(DayRead)
    def _day_came(self, event: DayRead) -> None:
        self.day = event.day
        self._judge()
        self.show_board()

    def _tick(self) -> None:
        if not self.shell.connected or not self.is_current:
            return
        if self._live.since >= _SAFETY or self._troubled:
            self._day_wanted = True
            self._look()
        elif self._day_wanted and time.monotonic() - self._day_at >= _DAY_PAUSE:
            self._read_day_again()
        self._judge()
        self.show_board()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """A database that can't be read is an alarm of the board's own."""
        if work not in _READINGS or not isinstance(error, StorageError):
            return False
        self._troubled = self._day_wanted = True
        self.shell.trouble = error.code
        self.shell.refresh_frames()
        self._judge()
        self.show_board()
        return True

    # -- judging ----------------------------------------------------------------------------

    def _judge(self) -> None:
        before = self.alarms
        self.alarms = alarms_of(self.rules, self.scene())
        if not self.muted and self.is_current and new_bells(before, self.alarms):
            self.app.bell()

    def scene(self) -> Scene:
        """What alarms are raised from, now."""
        board, day = self.board, self.day
        if board is None:
            return Scene(self.shell.now(), trouble=self._troubled)
        worked = {} if day is None else day.worked
        from domain.board import Worked  # noqa: PLC0415 - read with the board

        return Scene(
            now=max(self.shell.now(), board.at),
            due=board.queue.total.open,
            oldest=board.queue.oldest,
            promises=tuple((one.callback_id, one.since) for one in board.watch.promises),
            checks=tuple((one.callback_id, one.since) for one in board.watch.checks),
            operators=tuple(
                Standing(one.id, one.name, one.state, one.ends_at, worked.get(one.id, Worked()))
                for one in board.operators
            ),
            service=None if day is None else day.service,
            trouble=self._troubled,
        )

    # -- deeds ------------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read everything again."""
        self._day_at = float("-inf")
        self._day_wanted = True
        self._states.at_once()
        self._live.at_once()
        self._read_day_again()

    def do_mute(self) -> None:
        """Silence the bell, or let it ring again."""
        self.muted = not self.muted
        self.show_board()
        self.say("board.muted" if self.muted else "board.unmuted")

    def do_back(self) -> None:
        """Back to the desk; where there is none, leave."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        else:
            self.shell.do_quit()
