"""The program around the screens: language, keys, colours, who sits here, and what went wrong.

The shell draws at once and knows no database until `sit_down` is told of one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeVar, runtime_checkable

from textual import events, on
from textual.app import App
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from content.translations import LANGUAGES, Language, translate
from domain.errors import DeskError, StorageError
from domain.said import Said
from screens.actions import EVERYWHERE, Action, Registry, bindings
from screens.call_left import LastDecision, Notice
from screens.feed import TopicsMoved
from screens.frame import Acting, FramedScreen
from screens.key_guard import HOLD, KeyGuard, Press, Typed, Verdict
from screens.scripts import Scripts
from screens.themes import THEMES, theme_name
from screens.work import WorkFailed
from widgets.figure import Figure
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from db.engine import Database
    from domain.handbook import Handbook
    from domain.permissions import Actor

LOG: Final = logging.getLogger("callback_desk")
_FEED_PAUSE: Final = 0.25
_BUILT: Final = 1.0
"""Seconds after which a screen is shown however far it has come."""

T = TypeVar("T")
_ROOMY: Final = 100
"""Columns from which the head line has room for the program's name."""

NARROW: Final = 80
WIDE: Final = 120


@runtime_checkable
class Serving(Protocol):
    """The screen beneath all others, which opens calls."""

    def serve(self, person_id: int) -> object:
        """Open a call with a customer who is ringing."""


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


class Shell(App[int], inherit_bindings=False):
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
        now: the clock; the machine's unless a test gives another.
        hold: how long a key waits for a second one, in seconds; see `key_guard`.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)
    ENABLE_COMMAND_PALETTE = False
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
        now: Callable[[], datetime] = utc_now,
        hold: float = HOLD,
    ) -> None:
        super().__init__()
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
        self.now = now
        self.last_decision: LastDecision | None = None
        self.notice: Notice | None = None
        self.figures: tuple[Figure, ...] = ()
        self.scripts = Scripts()
        self.last_words: Callable[[], None] | None = None
        self.pausing = False
        self.key_repeated = False
        self.trouble: str | None = None
        self._seat: Seat | None = None
        self._guard = KeyGuard(hold)
        self._guard_armed = False
        self._moved: frozenset[str] = frozenset()
        self._telling = False
        self.animation_level = "none"
        for made in THEMES:
            self.register_theme(made)
        self.theme = theme_name(theme)
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

    def only_look(self) -> None:
        """Somebody took this seat's work over: show it, change nothing, say so."""
        self._seat = replace(self.seat, looking=True)
        self.refresh_frames()
        if isinstance(self.screen, Acting):
            self.screen.say("ui.taken_over")

    def t(self, key: str, /, **params: object) -> str:
        """A sentence of the catalogues in the present language."""
        return translate(self.language, key, **params)

    # -- keys -------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Let every key pass the guard first while letters are actions."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif getattr(self.focused, "takes_text", False):
            await self._settle()
            self.key_repeated = False
            if isinstance(event, events.Key):
                self._guard.passed(event)
            await super().on_event(event)
        elif isinstance(event, events.Paste):
            await self._settle()
            self._hand_over(event.text)
        else:
            await self._obey(self._guard.take(event))
            self._arm_guard()

    async def _settle(self) -> None:
        await self._obey(self._guard.settle())

    def _arm_guard(self) -> None:
        wait = self._guard.wait(events.Event().time)
        if wait is not None and not self._guard_armed:
            self._guard_armed = True
            self.set_timer(wait + 0.001, self._guard_due)

    async def _guard_due(self) -> None:
        self._guard_armed = False
        wait = self._guard.wait(events.Event().time)
        if wait is not None and wait > 0:
            self._arm_guard()
        else:
            await self._settle()

    async def _obey(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            match verdict:
                case Press(event, repeated):
                    self.key_repeated = repeated
                    await super().on_event(event)
                case Typed(text):
                    self._hand_over(text)

    def _hand_over(self, text: str) -> None:
        screen = self.screen
        if text and isinstance(screen, Acting):
            screen.take_text(clean(text, lines=True))

    # -- actions ----------------------------------------------------------------------------

    async def action_carry_out(self, action_id: str, detail: str = "") -> None:
        """Do what a key of the whole program stands for."""
        await self.carry_out(action_id, detail)

    def reason_against(self, action: Action) -> Said | None:
        """Why an action can't be done on the screen before us; none where it can."""
        screen = self.screen
        if action.id == "app.notice" and self.notice is None:
            return Said("ui.no_notice")
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

    async def do_handbook(self) -> None:
        """Read in the handbook."""
        await self.show_handbook(lambda _: None)

    async def show_handbook(self, card_of: Callable[[Handbook], str | None]) -> None:
        """Show the handbook; it is read beside the screen's loop when it is first asked for.

        Args:
            card_of: says the id of the card to open at; none for the first one.
        """
        from content.handbook import load_handbook  # noqa: PLC0415 - loaded when first asked for
        from screens.handbook import HandbookScreen  # noqa: PLC0415 - loaded when first asked for

        handbook = await asyncio.to_thread(load_handbook, self.language)
        self.push_screen(HandbookScreen(card_of(handbook)))

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
        """Stop fetching customers after this call, or go on."""
        self.pausing = not self.pausing
        self.refresh_frames()
        if isinstance(self.screen, Acting):
            key = self.registry["app.pause"].shown_keys()[0]
            self.screen.say("ui.pausing" if self.pausing else "ui.going_on", key=key)

    async def do_help(self) -> None:
        """Show the keys that work here."""
        from screens.help import HelpScreen  # noqa: PLC0415 - loaded when first asked for

        screen = self.screen
        if isinstance(screen, Acting):
            self.push_screen(HelpScreen(screen.actions()))

    async def do_palette(self) -> None:
        """Find a command by its name."""
        from screens.palette import CommandPalette  # noqa: PLC0415 - loaded when first asked for

        screen = self.screen
        if isinstance(screen, Acting):
            chosen = CommandPalette(screen.actions(), self.reason_against)
            self.push_screen(chosen, self._palette_chose)

    async def _palette_chose(self, action_id: str | None) -> None:
        if action_id is not None:
            self.key_repeated = False
            await self.carry_out(action_id)

    def topics_moved(self, topics: frozenset[str]) -> None:
        """Tell the open screens, at most four times a second, that something behind them moved."""
        self._moved |= topics
        if self._moved and not self._telling:
            self._telling = True
            self.set_timer(_FEED_PAUSE, self._tell_moved)

    def _tell_moved(self) -> None:
        moved, self._moved, self._telling = self._moved, frozenset(), False
        for screen in self.screen_stack:
            if screen is self.screen:
                screen.post_message(TopicsMoved(moved))
            elif isinstance(screen, Acting):
                screen.missed |= moved

    def push_whole(
        self, screen: Screen[T], callback: Callable[[T | None], None] | None = None
    ) -> None:
        """Show a screen that is sent to the terminal only once all its parts stand.

        Building a large screen draws it many times over, 20 kB each; a slow line feels that.

        Args:
            screen: the screen.
            callback: told what the screen gives back.
        """
        held = ExitStack()
        held.enter_context(self.batch_update())
        self.push_screen(screen, callback)
        screen.call_after_refresh(held.close)
        self.set_timer(_BUILT, held.close)

    def show_customer(self, person_id: int) -> None:
        """Show a customer's whole record."""
        from screens.customer import CustomerScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_whole(CustomerScreen(person_id))

    def do_inbound(self) -> None:
        """Find the customer who is ringing, and open their call."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.serve_inbound(person_id)

        self.push_screen(CustomerSearch("call.who_rings"), found)

    def serve_inbound(self, person_id: int) -> None:
        """Open a call with a customer who is ringing, over the desk."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, Serving):
            self.pop_screen()
        serving = self.screen
        if isinstance(serving, Serving):
            serving.serve(person_id)

    def show_checks(self) -> None:
        """Show what waits for a person's word: was the customer rung or not?"""
        from screens.checks import ChecksScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ChecksScreen())

    def do_mend(self) -> None:
        """Show what is to be put right."""
        from screens.mend import MendScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(MendScreen())

    def show_today(self) -> None:
        """Show one's own calls of today."""
        from screens.today import TodayScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(TodayScreen())

    def show_imports(self) -> None:
        """Read a file of customers or callbacks."""
        from screens.imports import ImportScreen  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(ImportScreen())

    def show_playbooks(self) -> None:
        """Show the scripts in force; a lead edits and publishes them there."""
        from screens.playbooks import PlaybooksScreen  # noqa: PLC0415 - when first asked for

        self.push_whole(PlaybooksScreen())

    def do_search(self) -> None:
        """Find a customer and show the record."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.show_customer(person_id)

        self.push_screen(CustomerSearch("ui.search_title"), found)

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
        """Practice sign, who sits here, the mode of the keys, what is wrong: for the head line."""
        mode = "ui.mode_note" if typing else "ui.mode_key"
        parts = [Content.styled(f" [{self.t(mode)}] ", "bold $text-success" if typing else "")]
        if self.size.width >= _ROOMY:
            parts.append(Content.styled(f"{self.t('ui.title')} ", "bold $text-accent"))
        if self.practice:
            parts.append(Content.styled(f" {self.t('ui.practice')} ", "bold reverse $text-warning"))
        if self._seat is not None:
            parts.append(safe(f" {self._seat.actor.name} "))
            if self._seat.looking:
                parts.append(Content.styled(f"{self.t('ui.looking')} ", "bold $text-warning"))
        if self.pausing:
            parts.append(Content.styled(f" {self.t('ui.pause_sign')}", "bold $text-warning"))
        if self.trouble is not None:
            parts.append(Content.styled(f" ! {self.t('ui.trouble')}", "bold $text-error"))
        return Content("").join(parts)

    # -- what went wrong --------------------------------------------------------------------

    def work_succeeded(self) -> None:
        """The database answered: a trouble that was shown is over."""
        if self.trouble is not None:
            self.trouble = None
            self.refresh_frames()

    @on(WorkFailed)
    async def _show_failure(self, failed: WorkFailed) -> None:
        error = failed.error
        if isinstance(error, StorageError):
            again = self.trouble == error.code
            self.trouble = error.code
            self.refresh_frames()
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
