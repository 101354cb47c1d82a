"""The desk itself: draws at once, then connects; leaves its seat in order, however it ends."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import on
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from app.machine_shop import machine_shop
from app.rules import RulesTaker
from app.settings import Settings, paper_folder
from content.translations import Language
from domain.errors import DeskError, InputError, RefusedError, StorageError
from screens.desk import DeskScreen
from screens.feed import DatabaseTroubled, FeedHeard, SeatHeard
from screens.frame import Acting
from screens.shell import LOG, Seat, Shell

if TYPE_CHECKING:
    from textual.driver import Driver

    from db.care_day import CareKeeper
    from db.care_writing import Note
    from db.engine import Database
    from db.heart import SeatHeart
    from db.live import Feed
    from db.seats import Beat, OpenSeat, Other
    from domain.care.book import CareBook
    from domain.rulebook import Rulebook

_CONNECT: Final = "connect"
_SCRIPTS: Final = "scripts"
_SETTLED: Final = 0.5
"""Seconds after sitting down in which the first rows come; then all else is loaded."""
_LOOP_ANSWERS: Final = 5.0
"""Seconds after which a screen that does not answer lets its seat's heart stand still."""
_KNOCKS: Final = 20
"""How often a seat asks again by itself while the database is busy, before it tells the person."""
_KNOCKS_AGAIN: Final = 1.0
"""Seconds between two such tries."""
_CARE_WAITS: Final = 20.0
"""Seconds after sitting down before the care plan may run by itself: first come the screens."""


@dataclass(frozen=True, slots=True)
class Connected:
    """An open database, the seat that was taken in it, and whether it is one for practice."""

    database: Database
    seat: Seat
    practice: bool


class DeskApp(Shell):
    """The program with its seat.

    Args:
        settings: of this machine.
        database: URL of the database.
        login: who sits here.
        language: to begin with.
        practice: whether the database is one for practice.
        own_language: whether the person's own language is spoken once it is known.
    """

    def __init__(
        self,
        settings: Settings,
        database: str,
        login: str,
        language: Language,
        *,
        practice: bool = False,
        own_language: bool = False,
    ) -> None:
        super().__init__(
            language,
            keys=settings.keys,
            keys_from=str(settings.source or ""),
            theme=settings.theme,
            my_zone=settings.my_zone,
            practice=practice,
            wrap_up_pause=settings.wrap_up_pause,
            shop_name=settings.shop_name,
            shop_phone=settings.shop_phone,
            dial_command=settings.dial_command,
            outside_line=settings.outside_line,
            region=settings.region,
            papers=partial(paper_folder, settings),
        )
        self._url = database
        self._machine = partial(machine_shop, settings)
        self._hold = settings.hold_pause * 60.0
        self._login = login
        self._own_language = own_language
        self._database: Database | None = None
        self._rules = RulesTaker()
        self._heart: SeatHeart | None = None
        self._feed: Feed | None = None
        self._answered = time.monotonic()
        self._own_context = copy_context()
        self._other: Other = "ask"
        self._knocked = 0

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, and on a terminal one that the end of the line can't hold up."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from app.terminal_driver import TerminalDriver  # noqa: PLC0415 - only where there is one

        return TerminalDriver

    def get_default_screen(self) -> Screen[Any]:
        """The desk; as the screen of a mode, it would have all style sheets parsed twice."""
        return DeskScreen()

    def on_mount(self) -> None:
        """Draw first, connect then; end in order when the terminal or the system says so."""
        self._own_context = copy_context()
        loop = asyncio.get_running_loop()
        for name in ("SIGHUP", "SIGTERM"):
            loop.add_signal_handler(getattr(signal, name), self.end_now)
        self.set_interval(1.0, self._answer)
        self.call_after_refresh(self.connect)

    def connect(self, other: Other = "ask") -> None:
        """Open the database and take a seat, off the loop.

        Args:
            other: what to do about another working seat of the same person.
        """
        self._other = other
        self.run_worker(
            partial(self._take_seat, other),
            name=_CONNECT,
            group=_CONNECT,
            exit_on_error=False,
            thread=True,
        )

    def end_now(self) -> None:
        """End without asking: the line is down or the system stops; drafts are saved on the way."""
        self.exit(0)

    def leave(self) -> None:
        """Give everything back after the screen is gone: last words, heart, feed, seat, database.

        Raises:
            StorageError: the database can't be written any more.
        """
        for part in (self._heart, self._feed):
            if part is not None:
                part.stop()
        database = self._database
        if database is None:
            return
        try:
            self._say_last_words()
        finally:
            database.close()

    def _say_last_words(self) -> None:
        reachable = True
        try:
            if self.last_words is not None:
                # The program no longer runs, and a screen finds it only where it does.
                self._own_context.run(self.last_words)
        except StorageError as error:
            # The seat can't be closed either: it is found silent.
            reachable = False
            raise StorageError("words_unsaved", **error.params) from error
        finally:
            if reachable:
                self._stand_up()

    def _stand_up(self) -> None:
        if self.connected:
            from db.seats import close_seat  # noqa: PLC0415 - imported long since

            close_seat(self.seat.database, self.seat.actor)

    @property
    def failure(self) -> Exception | None:
        """The fault of the program that ended it; none when it was left in order."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without Textual's own report: it prints local variables, customers' data."""
        self.bell()
        self._close_messages_no_wait()

    def _take_seat(self, other: Other) -> Connected:
        from db.engine import Timing, open_database  # noqa: PLC0415 - the desk is drawn before it
        from db.schema import check  # noqa: PLC0415

        database = self._database or open_database(
            self._url,
            rulebook=_rules,
            timing=Timing(hold=self._hold),
            machine=self._machine,
        )
        try:
            check(database)
            if self.practice:
                # Under the practice banner nobody may change what real customers wait for.
                database.refuse_unless_practice()
            practice = database.is_practice()
            self._database = database
            self._take_rules_up(database, starting=True)
            taken = self.open_own_seat(database, other)
        except DeskError:
            if self._database is None:
                database.close()
            raise
        seat = Seat(database, taken.actor, looking=taken.kind == "looking")
        return Connected(database, seat, practice=practice)

    def open_own_seat(self, database: Database, other: Other) -> OpenSeat:
        """Take a seat for whoever sits here; runs off the loop.

        Raises:
            RefusedError: what `db.seats.open_seat` raises.
        """
        from db.seats import open_seat  # noqa: PLC0415 - the desk is drawn before it

        return open_seat(database, self._login, other=other)

    @on(Worker.StateChanged)
    async def _connection_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.name != _CONNECT:
            return
        if event.state is WorkerState.SUCCESS:
            self._sit(event.worker.result)
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            error = event.worker.error
            if isinstance(error, RefusedError) and error.code == "second_seat":
                await self._ask_about_other_seat(error)
            elif self._waits_its_turn(error):
                self.set_timer(_KNOCKS_AGAIN, partial(self.connect, self._other))
            else:
                await self.surface(error)

    def _waits_its_turn(self, error: BaseException) -> bool:
        """Whether to knock again: forty sit down in the same minute, and one writes at a time."""
        busy = isinstance(error, StorageError) and error.code == "database_busy"
        if not busy or self._knocked >= _KNOCKS:
            return False
        self._knocked += 1
        self.trouble = "database_busy"
        self.refresh_frames()
        return True

    def _sit(self, connected: object) -> None:
        if not isinstance(connected, Connected):
            return
        self._knocked = 0
        self.trouble = None
        seat = connected.seat
        self.practice = connected.practice
        for part in (self._heart, self._feed):
            if part is not None:
                part.stop()
        self._heart = self._feed = None
        if self._own_language:
            self.language = seat.actor.language
        self.sit_down(seat)
        for screen in self.screen_stack:
            if isinstance(screen, Acting):
                screen.connected()
        self.set_timer(_SETTLED, self.beat_and_listen)

    def beat_and_listen(self) -> None:
        """Let the seat's heart beat, and listen: the feed's first word makes the scripts ready."""
        from db.heart import SeatHeart  # noqa: PLC0415 - the rows come before it
        from db.live import Feed  # noqa: PLC0415

        if self._heart is not None:
            return
        seat = self.seat
        self._heart = SeatHeart(
            seat.database,
            seat.actor,
            alive=lambda: time.monotonic() - self._answered < _LOOP_ANSWERS,
            on_beat=self._heard,
            on_trouble=lambda error: self._post(DatabaseTroubled(error)),
            chores=None if seat.looking else self._care_of(seat),
        )
        self._feed = Feed(
            seat.database,
            self.call_from_feed,
            lambda there: self._post(FeedHeard(there)),
            seat_id=seat.actor.seat_id,
        )
        self._heart.start()
        self._feed.start()

    def _care_of(self, seat: Seat) -> Callable[[], object]:
        """What has this seat's heart run the care plan by itself, loaded when it is first due."""

        def book(zone: str) -> CareBook:
            from content.care_words import care_book  # noqa: PLC0415 - once a day, by one seat
            from db.rules_held import texts_in_force  # noqa: PLC0415

            return care_book(zone, texts_in_force(seat.database))

        def note() -> Note:
            from content.care_words import note_in  # noqa: PLC0415

            return note_in(self.language, seat.database.rulebook.campaigns)

        keeper: CareKeeper | None = None
        first = time.monotonic() + _CARE_WAITS

        def chores() -> None:
            nonlocal keeper
            if keeper is None:
                if time.monotonic() < first:
                    return
                from db.care_day import CareKeeper  # noqa: PLC0415 - the desk is drawn before it

                keeper = CareKeeper(seat.database, seat.actor, book, note)
            keeper.turn()

        return chores

    def _make_scripts_ready(self) -> None:
        """Load the scripts that the next call will have, off the loop and before it comes."""
        self.run_worker(
            partial(self._load_scripts, self.seat, self.language),
            name=_SCRIPTS,
            group=_SCRIPTS,
            exit_on_error=False,
            thread=True,
        )

    def _load_scripts(self, seat: Seat, language: Language) -> None:
        from db.releases import release_in_force  # noqa: PLC0415 - the desk is drawn before it
        from screens.scripts import take_shipped_in  # noqa: PLC0415

        try:
            take_shipped_in(seat.database)
            self._take_rules_up(seat.database)
            found = release_in_force(seat.database, seat.actor)
            self.scripts.load(seat.database, seat.actor, found.name if found else None, language)
        except DeskError as error:
            # The call that needs them says so; until then nobody is kept from working.
            LOG.warning("scripts: %s", error)

    def _take_rules_up(self, database: Database, *, starting: bool = False) -> None:
        """Work by the rules in force; where they can't be read, by those of the program."""
        try:
            self._rules.follow(database, starting=starting)
        except InputError as error:
            LOG.warning("rules: %s", error)

    def call_from_feed(self, topics: frozenset[str]) -> None:
        """Hand topics over from the feed's thread, into the app's own context for its timers."""
        from db.topics import CONTENT  # noqa: PLC0415 - connected long since

        if self.is_running:
            self.call_later(self.topics_moved, topics)
            if CONTENT in topics:
                self.call_later(self._make_scripts_ready)

    def _heard(self, beat: Beat) -> None:
        if beat.state != "ok":
            self._post(SeatHeard(beat.state))

    def _post(self, message: SeatHeard | DatabaseTroubled | FeedHeard) -> None:
        self.post_message(message)

    @on(SeatHeard)
    def _seat_heard(self, event: SeatHeard) -> None:
        """Register anew where others thought us lost; only look where somebody took over.

        Where the same person has sat down elsewhere meanwhile, they are asked.
        """
        if not self.connected or self.seat.looking:
            return
        if event.state == "taken":
            self.only_look()
        elif event.state in ("revoked", "dismissed"):
            self.own.ask()
        else:
            self.connect()

    @on(DatabaseTroubled)
    def _database_troubled(self, event: DatabaseTroubled) -> None:
        error = event.error
        self.trouble = error.code if isinstance(error, DeskError) else None
        self.refresh_frames()

    async def _ask_about_other_seat(self, error: RefusedError) -> None:
        from screens.second_seat import SecondSeat  # noqa: PLC0415 - rarely needed

        await self.push_screen(SecondSeat(error), self._other_seat_decided)

    def _other_seat_decided(self, decided: Other | None) -> None:
        if decided is None:
            self.exit(0)
        else:
            self.connect(decided)

    def _answer(self) -> None:
        self._answered = time.monotonic()


def _rules() -> Rulebook:
    """The rules in force; the queue is on screen before anybody needs them."""
    from content.rulebook import load_shipped  # noqa: PLC0415

    return load_shipped()


def run(
    *,
    settings: Settings,
    database: str,
    login: str,
    language: Language,
    practice: bool,
    own_language: bool = False,
) -> None:
    """Open the desk and stay until it is left.

    Args:
        settings: of this machine.
        database: URL of the database.
        login: who sits here.
        language: to begin with.
        practice: whether the database is one for practice.
        own_language: whether the person's own language is spoken once it is known, because nobody
            named another one.

    Raises:
        InputError: the settings give keys that can't be used.
        StorageError: what was typed last could not be saved.
        Exception: a fault of the program, after the seat was left in order.
    """
    stay(DeskApp(settings, database, login, language, practice=practice, own_language=own_language))


def stay(desk: DeskApp) -> None:
    """Stay at a desk until it is left, and give everything back.

    Raises:
        StorageError: what was typed last could not be saved.
        Exception: a fault of the program, after the seat was left in order.
    """
    try:
        desk.run()
    finally:
        desk.leave()
    if desk.failure is not None:
        raise desk.failure
