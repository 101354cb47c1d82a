"""The program's keys: each passes the guard before a screen sees it.

What is typed ahead, while a screen is being built, waits until its parts are there.
"""

from __future__ import annotations

from typing import Final

from textual import events
from textual.app import App, ScreenStackError

from screens.frame import Acting
from screens.key_guard import KeyGuard, Press, Typed, Verdict
from widgets.safe_text import clean

_LOOK_AGAIN: Final = 0.01
"""Seconds between two looks at a screen that is being built."""


class KeyShell(App[int], inherit_bindings=False):
    """Tells keys from texts before any screen does.

    Args:
        hold: how long a key waits for a second one, in seconds; see `key_guard`.
    """

    def __init__(self, hold: float) -> None:
        super().__init__()
        self.key_repeated = False
        self._guard = KeyGuard(hold)
        self._guard_armed = False
        self._early: list[events.Key | events.Paste] = []

    async def on_event(self, event: events.Event) -> None:
        """Let every key pass the guard first while letters are actions."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._early or not self._stands():
            self._early.append(event)
            if len(self._early) == 1:
                self.set_timer(_LOOK_AGAIN, self._look_again)
        else:
            await self._take(event)

    def _stands(self) -> bool:
        """Whether the present screen has all its parts."""
        try:
            screen = self.screen
        except ScreenStackError:
            return False
        return not isinstance(screen, Acting) or screen.built

    def _look_again(self) -> None:
        # As a message of its own it comes after those that say which part has the focus.
        self.call_later(self._take_early)

    async def _take_early(self) -> None:
        """Take what came at one instant; what came after it may be for the next screen."""
        until = self._early[0].time + self._guard.hold
        while self._early and self._early[0].time <= until and self._stands():
            event = self._early[0]
            until = event.time + self._guard.hold
            await self._take(event)
            del self._early[0]
        if self._early:
            self.set_timer(_LOOK_AGAIN, self._look_again)

    async def _take(self, event: events.Key | events.Paste) -> None:
        if getattr(self.focused, "takes_text", False):
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
        if wait is not None and (wait > 0 or not self._stands()):
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
