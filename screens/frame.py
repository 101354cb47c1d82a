"""What every screen of the desk has: head line, notice line, key bar, actions, database work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from domain.said import Said
from screens.actions import EVERYWHERE, MODAL, Action, shown_key
from screens.feed import TopicsMoved
from screens.times import clock_text, localised
from screens.work import Requests, WorkDone, failure_of
from widgets.clock import WallClock
from widgets.figure import Figures
from widgets.key_bar import KeyBar, KeyHint
from widgets.plate import Plate
from widgets.safe_text import safe
from widgets.seat_strip import SeatStrip
from widgets.speech import Relabels, words

if TYPE_CHECKING:
    from db.engine import Database
    from domain.permissions import Actor
    from screens.shell import Shell

T = TypeVar("T")

_FUNCTION_KEY: Final = re.compile(r"f\d+")
"""Keys that no line of text takes for itself."""


class Acting(Screen[T], Generic[T]):
    """A screen whose keys are actions of the registry.

    A subclass names its `SCOPE`, takes its `BINDINGS` from the registry and has a method `do_…`
    for each of its actions; `why_not` says what can't be done now, and why.
    """

    SCOPE: ClassVar[str]
    FEED_PAUSE: ClassVar[float] = 0.25
    """Seconds for which moves behind it are gathered before it hears of them together."""
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.requests = Requests()
        self.built = False
        self.missed: frozenset[str] = frozenset()
        self._said: Said | None = None

    def on_mount(self) -> None:
        """All parts are there from now on; Textual runs this beside a subclass's own."""
        self.built = True

    def on_screen_suspend(self) -> None:
        """Let go of what was drawn, if it is for good.

        Textual's cache of colours keeps the drawn lines of a thousand closed widgets: 150 MB.
        """
        if self in self.app.screen_stack:
            return
        for part in self.walk_children(Widget):
            part.refresh()
        self.refresh()

    def on_screen_resume(self) -> None:
        """Hear what moved while another screen lay above: a covered screen draws nothing."""
        missed, self.missed = self.missed, frozenset()
        if missed:
            self.post_message(TopicsMoved(missed))

    @property
    def shell(self) -> Shell:
        """The program around the screen."""
        return cast("Shell", self.app)

    @property
    def database(self) -> Database:
        """The open database; only asked for once the desk is connected."""
        return self.shell.seat.database

    @property
    def actor(self) -> Actor:
        """Who sits here."""
        return self.shell.seat.actor

    def t(self, key: str, /, **params: object) -> str:
        """A sentence of the catalogues in the present language, instants on one's own clock."""
        shell = self.shell
        told = localised(shell.language, params, shell.my_zone, shell.now())
        return words(self, key, **told)

    def why_not(self, action: Action) -> Said | None:
        """Why an action can't be done now; none where it can."""
        del action
        return None

    def actions(self) -> tuple[Action, ...]:
        """Every action that has a key here, the screen's own first."""
        registry = self.shell.registry
        general = () if self.SCOPE in MODAL else registry.of(EVERYWHERE)
        return (*registry.of(self.SCOPE), *general)

    async def action_carry_out(self, action_id: str, detail: str = "") -> None:
        """Do what a key stands for, or say why it can't be done.

        A key that this screen still had to deal with when another one came over it means nothing.
        """
        if self.app.screen is not self:
            return
        if action_id != "app.language":
            self.hush()
        await self.shell.carry_out(action_id, detail)

    def take_text(self, text: str) -> None:
        """Text came while letters are actions; a screen that has no place for it only says so."""
        self.say("ui.text_ignored", text=text[:20])

    def say(self, key: str, /, **params: object) -> None:
        """A sentence for the notice line, where the screen has one, until the next action."""
        self._said = Said(key, params)
        for notice in self.query("#notice").results(Plate):
            notice.show(safe(self.t(key, **params)))

    def hush(self) -> None:
        """Empty the notice line: what it said was about the action before."""
        self._said = None
        for notice in self.query("#notice").results(Plate):
            notice.show(safe(""))

    def say_said(self, said: Said) -> None:
        """A rule's sentence for the notice line."""
        self.say(said.key, **said.params)

    def spoken(self, said: Said) -> str:
        """A rule's sentence, its instants on one's own clock."""
        return self.t(said.key, **said.params)

    def clock(self, at: datetime, zone: str | None = None) -> str:
        """An instant on one's own clock, or on that of a zone."""
        shell = self.shell
        return clock_text(shell.language, at, zone or shell.my_zone, shell.now())

    def relabel(self) -> None:
        """Say everything on the screen again: the language changed."""
        if self._said is not None:
            self.say_said(self._said)
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Show which keys work now."""

    def connected(self) -> None:
        """A seat was taken, the first one or another after ours was lost."""

    def own_seat_moved(self) -> None:
        """Something was done at or to this seat; what hangs on it is asked for anew."""

    def reason_to_stay(self) -> Said | None:
        """Why leaving the program now deserves a question; none where nothing is open."""
        return None

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """Whether the screen itself deals with a failed request."""
        del work, error
        return False

    @on(WorkDone)
    def _deliver(self, done: WorkDone) -> None:
        done.stop()
        self.requests.end(done.work)
        self.shell.work_succeeded()
        if done.answer is not None and self.requests.wanted(done.work, done.token):
            self.post_message(done.answer)

    @on(Worker.StateChanged)
    def _notice_failure(self, event: Worker.StateChanged) -> None:
        failed = failure_of(event)
        if failed is not None:
            self.requests.end(failed.work)
            if not self.takes_failure(failed.work, failed.error):
                self.shell.post_message(failed)


class FramedScreen(Acting[T], Generic[T]):
    """A full screen: head line above, notice and key bar below, its own body between them."""

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        # Told before the parts are styled; else all are styled again when the width is looked at.
        self.add_class(self.shell.width_class, update=False)
        with Horizontal(id="head"):
            yield Plate(id="head-who")
            yield Figures(id="head-figures")
            yield WallClock(self.shell.now, self.shell.my_zone, id="head-clock")
        yield SeatStrip(id="seat-strip")
        yield from self.compose_body()
        yield Plate(id="notice")
        yield KeyBar(id="keys")

    def compose_body(self) -> ComposeResult:
        """What the screen shows between head and foot."""
        yield from ()

    def on_mount(self) -> None:
        """Say who is here and which keys work."""
        self.relabel()

    def relabel(self) -> None:
        """Say everything again in the present language."""
        super().relabel()
        self.show_seat()
        self.show_figures()
        for node in self.walk_children():
            if isinstance(node, Relabels):
                node.relabel()

    def show_head(self) -> None:
        """Draw the head line: practice sign, who sits here, which mode the keys are in."""
        for head in self.query("#head-who").results(Plate):
            head.set_class(self.shell.pausing, "-paused")
            head.show(self.shell.head_content(typing=self.typing))

    def on_screen_resume(self) -> None:
        """Show what the head line says by now."""
        self.show_figures()
        if self.built:
            self.show_seat()

    def show_seat(self) -> None:
        """Draw what there is to hear at this seat: the pause's sign, messages, who paused us."""
        self.show_head()
        for strip in self.query("#seat-strip").results(SeatStrip):
            strip.show(self.shell.own.strip())

    def show_figures(self) -> None:
        """Draw the figures of the queue in the head line."""
        for figures in self.query("#head-figures").results(Figures):
            figures.show_figures(self.shell.figures)

    @property
    def typing(self) -> bool:
        """Whether letters are text now and not actions."""
        return getattr(self.focused, "takes_text", False)

    def on_descendant_focus(self) -> None:
        """The mode may have changed with the focus."""
        self.show_head()
        self.refresh_keys()

    def on_descendant_blur(self) -> None:
        """The mode may have changed with the focus."""
        self.show_head()
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Show the keys that work now, the dim ones with a reason when pressed."""
        hints = [hint for action in self._in_bar() if (hint := self._hint(action)).key]
        if self.typing:
            hints.insert(0, KeyHint("", shown_key("escape"), self.t("ui.to_keys")))
        tail = [hint for hint in hints if hint.action_id == "app.help"]
        for bar in self.query(KeyBar):
            bar.show_hints([hint for hint in hints if hint not in tail], tail)

    def _in_bar(self) -> Iterable[Action]:
        placed = [(action.bar, action) for action in self.actions() if action.bar is not None]
        return (action for _, action in sorted(placed, key=lambda pair: pair[0]))

    def _hint(self, action: Action) -> KeyHint:
        """An action in the key bar, with a key that works now; it has none while one types."""
        keys = action.shown_keys()
        if self.typing:
            keys = tuple(shown_key(key) for key in action.keys if _FUNCTION_KEY.fullmatch(key))
        enabled = self.shell.reason_against(action) is None
        label = self.t(action.label_key)
        return KeyHint(action.id, keys[0] if keys else "", label, enabled, action.danger)

    @on(KeyBar.Pressed)
    async def _clicked(self, event: KeyBar.Pressed) -> None:
        if event.action_id:
            await self.shell.carry_out(event.action_id)
