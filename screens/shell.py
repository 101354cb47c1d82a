"""The program around the screens: language, keys, colours, who sits here, and what went wrong.

The shell draws at once and knows no database until `sit_down` is told of one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker

from content.translations import LANGUAGES, Language, translate
from domain.errors import DeskError, StorageError
from domain.said import Said
from screens.actions import EVERYWHERE, Action, Registry, bindings
from screens.case_sieve import Sieve
from screens.doors import Doors
from screens.feed import FeedHeard, TopicsMoved
from screens.frame import Acting, FramedScreen
from screens.key_guard import HOLD
from screens.own_seat import WORK as OWN_SEAT
from screens.own_seat import OwnSeat
from screens.promise_sieve import Wanted
from screens.scripts import Scripts
from screens.themes import OWN, THEMES, theme_name
from screens.times import clock_text
from screens.work import WorkFailed, failure_of
from widgets.figure import Figure
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from textual.theme import Theme

    from db.engine import Database
    from domain.permissions import Actor
    from screens.call_left import LastDecision, Notice

LOG: Final = logging.getLogger("callback_desk")
_ROOMY: Final = 100
"""Columns from which the head line has room for the program's name."""

NARROW: Final = 80
WIDE: Final = 120


@dataclass(frozen=True, slots=True)
class Seat:
    """The place at which somebody works.

    Attributes:
        database: the open database.
        actor: who sits here.
        looking: whether this seat may only look: the same person works at another one.
    """

    database: Database
    actor: Actor
    looking: bool = False


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Shell(Doors, inherit_bindings=False):
    """What every screen needs from the program.

    Args:
        language: the language to begin with.
        keys: other keys by action id, as the settings say.
        keys_from: the file that says so, for errors.
        theme: `dark`, `light` or `contrast`.
        my_zone: IANA name of the operator's own clock.
        practice: whether the database is one for practice.
        wrap_up_pause: seconds for a breath between a finished call and the next customer.
        shop_name: the name that scripts say for the shop.
        shop_phone: the number that scripts give for ringing back.
        dial_command: program and arguments that dial; empty: the number is only shown.
        outside_line: digits dialled before a number to get an outside line.
        region: ISO country of numbers written without one.
        papers: gives the folder in which sheets to print are saved.
        now: the clock; the machine's unless a test gives another.
        hold: how long a key waits for a second one, in seconds; see `key_guard`.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)
    ENABLE_COMMAND_PALETTE = False
    SAVES_FILES: ClassVar[bool] = True
    """Whether files can be saved where the person gets at them."""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual annotates it as an instance's own
        (0, "-tabs"),
        (NARROW, "-two"),
        (WIDE, "-three"),
    ]
    CSS_PATH = [  # noqa: RUF012 - Textual annotates it as an instance's own
        Path(__file__).with_name("frame.tcss"),
        # With the frame's: a sheet that comes with its screen has all sheets parsed again, and the
        # first paint waits.
        Path(__file__).with_name("desk.tcss"),
    ]

    def __init__(
        self,
        language: Language = "en",
        *,
        keys: Mapping[str, str] | None = None,
        keys_from: str = "",
        theme: str = "dark",
        my_zone: str = "UTC",
        practice: bool = False,
        wrap_up_pause: int = 10,
        shop_name: str = "",
        shop_phone: str = "",
        dial_command: tuple[str, ...] = (),
        outside_line: str = "",
        region: str = "CN",
        papers: Callable[[], Path] = Path.cwd,
        now: Callable[[], datetime] = utc_now,
        hold: float = HOLD,
    ) -> None:
        # Told before anything is drawn: to change it, all style sheets would be parsed again.
        self.set_reactive(Shell.theme, theme_name(theme))
        super().__init__(hold)
        self.language: Language = language
        self.registry = Registry().remapped(keys or {}, keys_from)
        self.my_zone = my_zone
        self.practice = practice
        self.wrap_up_pause = wrap_up_pause
        self.shop_name = shop_name
        self.shop_phone = shop_phone
        self.dial_command = dial_command
        self.outside_line = outside_line
        self.region = region
        self.papers = papers
        self.now = now
        self.last_decision: LastDecision | None = None
        self.notice: Notice | None = None
        self.figures: tuple[Figure, ...] = ()
        self.promises_wanted = Wanted()
        self.scripts = Scripts()
        self.sieve = Sieve()
        self.last_words: Callable[[], None] | None = None
        self.pausing = False
        self.on_duty = False
        self.trouble: str | None = None
        self.deaf = False
        self._seat: Seat | None = None
        self._moved: frozenset[str] = frozenset()
        self._telling = False
        self.own = OwnSeat(self)
        self.animation_level = "none"
        for made in THEMES:
            self.register_theme(made)
        self.set_keymap(self.registry.keymap())

    @property
    def seat(self) -> Seat:
        """The seat; asked for only by what runs once the desk is connected.

        Raises:
            RuntimeError: nobody has sat down yet (a slip in the program).
        """
        if self._seat is None:
            raise RuntimeError("the desk is not connected yet")
        return self._seat

    @property
    def connected(self) -> bool:
        """Whether a database is open and somebody sits here."""
        return self._seat is not None

    def sit_down(self, seat: Seat) -> None:
        """Work at a seat from now on, in the language of the one who sits there."""
        self._seat = seat
        self.refresh_frames()

    def only_look(self, said: str = "ui.taken_over") -> None:
        """Somebody took this seat's work over, or ended it: show it, change nothing, say so."""
        self._seat = replace(self.seat, looking=True)
        self.refresh_frames()
        if isinstance(self.screen, Acting):
            self.screen.say(said)

    def t(self, key: str, /, **params: object) -> str:
        """A sentence of the catalogues in the present language."""
        return translate(self.language, key, **params)

    @property
    def width_class(self) -> str:
        """The class that screens have in a terminal as wide as this one."""
        fits = (name for least, name in self.HORIZONTAL_BREAKPOINTS if self.size.width >= least)
        return list(fits)[-1]

    def get_theme(self, theme_name: str) -> Theme | None:
        """A theme by its name; those of the desk are known before the program is built."""
        return OWN.get(theme_name) or super().get_theme(theme_name)

    # -- actions ----------------------------------------------------------------------------

    async def action_carry_out(self, action_id: str, detail: str = "") -> None:
        """Do what a key of the whole program stands for."""
        await self.carry_out(action_id, detail)

    def reason_against(self, action: Action) -> Said | None:
        """Why an action can't be done on the screen before us; none where it can."""
        screen = self.screen
        if action.id == "app.notice" and self.notice is None:
            return Said("ui.no_notice")
        if action.id == "app.acknowledge" and not self.own.unread:
            return Said("notice.none")
        if action.id in ("app.pause", "app.messages") and not self.connected:
            return Said("desk.not_connected")
        if action.id == "app.pause" and self.seat.looking:
            return Said("desk.only_looking")
        return screen.why_not(action) if isinstance(screen, Acting) else None

    async def carry_out(self, action_id: str, detail: str = "") -> None:
        """Do an action of the registry on the present screen, or say why it can't be done."""
        action = self.registry[action_id]
        screen = self.screen
        if action.once and self.key_repeated:
            return
        reason = self.reason_against(action)
        if reason is not None:
            if isinstance(screen, Acting):
                screen.say_said(reason)
            return
        holder: object = screen if hasattr(screen, action.method) else self
        done = getattr(holder, action.method)(*([detail] if detail else []))
        if done is not None:
            await done

    async def do_language(self) -> None:
        """Speak the other language."""
        after = LANGUAGES[(LANGUAGES.index(self.language) + 1) % len(LANGUAGES)]
        self.speak(after)

    def speak(self, language: Language) -> None:
        """Say everything on all open screens in a language."""
        self.language = language
        self.refresh_frames()

    def refresh_frames(self) -> None:
        """Say everything on all open screens again."""
        for screen in self.screen_stack:
            if isinstance(screen, Acting) and screen.built:
                screen.relabel()

    def do_notice(self) -> None:
        """Copy the text that announces the next call."""
        if self.notice is not None:
            self.copy_to_clipboard(self.notice.text)
            if isinstance(self.screen, Acting):
                self.screen.say("ui.notice_copied", name=self.notice.name, text=self.notice.text)

    async def do_theme(self) -> None:
        """Take the next colours."""
        names = [made.name for made in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    async def do_pause(self) -> None:
        """Ask for a pause, now or after this call; go on where there is one."""
        await self.own.pause()

    def do_acknowledge(self) -> None:
        """Say that the message under the head line was read."""
        self.own.acknowledge()

    def do_messages(self) -> None:
        """Read the last messages once more."""
        from screens.past_messages import PastMessages  # noqa: PLC0415 - when first asked for

        self.push_screen(PastMessages())

    def clock_of(self, at: datetime) -> str:
        """An instant on one's own clock."""
        return clock_text(self.language, at, self.my_zone, self.now())

    def topics_moved(self, topics: frozenset[str]) -> None:
        """Tell the open screens that something behind them moved.

        The first move is told at once, those that follow together after the screen's own pause.
        What concerns this very seat is asked for at once.
        """
        if self.connected and f"seat:{self.seat.actor.seat_id}" in topics:
            self.own.ask()
        self._moved |= topics
        if not self._telling:
            self._tell_moved()

    @on(FeedHeard)
    def _feed_heard(self, event: FeedHeard) -> None:
        """Say that what is shown may be old, and when it is fresh again."""
        before, self.deaf = self.deaf, not event.there
        if before is not self.deaf:
            self.refresh_frames()
            if event.there and isinstance(self.screen, Acting):
                self.screen.say("live.back")

    def _tell_moved(self) -> None:
        moved, self._moved = self._moved, frozenset()
        self._telling = bool(moved)
        if not moved:
            return
        pause = self.screen.FEED_PAUSE if isinstance(self.screen, Acting) else Acting.FEED_PAUSE
        self.set_timer(pause, self._tell_moved)
        for screen in self.screen_stack:
            if screen is self.screen:
                screen.post_message(TopicsMoved(moved))
            elif isinstance(screen, Acting):
                screen.missed |= moved

    def do_quit(self) -> None:
        """Leave; with a call open or something unsaved, ask first."""
        detail = self.reason_to_stay()
        if detail is None:
            self.exit(0)
            return
        from screens.prompt import Confirm  # noqa: PLC0415 - loaded when first needed

        def answered(yes: bool | None) -> None:
            if yes:
                self.exit(0)

        self.push_screen(Confirm(Said("ui.quit_title"), detail), answered)

    def reason_to_stay(self) -> Said | None:
        """Why leaving is asked about; none when nothing is open."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Acting) and (reason := screen.reason_to_stay()) is not None:
                return reason
        return None

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show the figures of the queue in the head line; a covered screen shows them later."""
        self.figures = tuple(figures)
        screen = self.screen
        if isinstance(screen, FramedScreen):
            screen.show_figures()

    @property
    def _background_screens(self) -> list[Screen[object]]:
        """Nothing lies behind a screen that covers all: what changes there is not sent again."""
        return super()._background_screens if self.screen.is_modal else []

    # -- the head line ----------------------------------------------------------------------

    def head_content(self, *, typing: bool) -> Content:
        """The mode of the keys, practice, what is wrong, who sits here: for the head line.

        Where it is narrow the name is cut: whoever sits there knows it.
        """
        mode = "ui.mode_note" if typing else "ui.mode_key"
        parts = [Content.styled(f" [{self.t(mode)}] ", "bold $text-success" if typing else "")]
        if self.size.width >= _ROOMY:
            parts.append(Content.styled(f"{self.t('ui.title')} ", "bold $text-accent"))
        if self.practice:
            parts.append(Content.styled(f" {self.t('ui.practice')} ", "bold reverse $text-warning"))
        if self._seat is not None and self._seat.looking:
            parts.append(Content.styled(f" {self.t('ui.looking')}", "bold $text-warning"))
        sign = self.own.sign() or (self.t("ui.pause_sign") if self.pausing else "")
        if sign:
            parts.append(Content.styled(f" {clean(sign)}", "bold $text-warning"))
        if self.trouble is not None:
            parts.append(Content.styled(f" ! {self.t('ui.trouble')}", "bold $text-error"))
        elif self.deaf:
            parts.append(Content.styled(f" ! {self.t('live.lost')}", "bold $text-warning"))
        if self._seat is not None:
            parts.append(safe(f" {self._seat.actor.name} "))
        return Content("").join(parts)

    # -- what went wrong --------------------------------------------------------------------

    def work_succeeded(self) -> None:
        """The database answered: a trouble that was shown is over."""
        if self.trouble is not None:
            self.trouble = None
            self.refresh_frames()

    @on(Worker.StateChanged)
    def _own_seat_failed(self, event: Worker.StateChanged) -> None:
        if event.worker.group.startswith(OWN_SEAT):
            failed = failure_of(event)
            if failed is not None:
                self.own.failed()
                self.post_message(failed)

    def in_trouble(self, error: StorageError) -> None:
        """Say in the head line that the database can't be worked with."""
        self.trouble = error.code
        self.refresh_frames()

    @on(WorkFailed)
    async def _show_failure(self, failed: WorkFailed) -> None:
        error = failed.error
        if isinstance(error, StorageError):
            again = self.trouble == error.code
            self.in_trouble(error)
            if again and failed.quiet:
                return
        await self.surface(error)

    async def surface(self, error: BaseException) -> None:
        """Tell the person what went wrong and what to do: the one place that does."""
        from screens.error_dialog import ErrorDialog  # noqa: PLC0415 - loaded when first needed

        if not isinstance(error, DeskError):
            LOG.error("unexpected failure", exc_info=error)
        dialog = ErrorDialog(error)
        shown = self.screen
        if not (isinstance(shown, ErrorDialog) and shown.same_as(dialog)):
            await self.push_screen(dialog)
