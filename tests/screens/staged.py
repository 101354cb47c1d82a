"""A desk on an SQLite database of its own, its screens driven by keys; the clock stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from textual.pilot import Pilot
from textual.screen import Screen

from content.translations import Language
from domain.permissions import Actor
from screens.desk import DeskScreen
from screens.frame import FramedScreen
from screens.shell import Seat, Shell
from tests.databases import Desk

NARROW = (80, 24)
WIDE = (140, 40)


class Staged(Shell):
    """The program without its heart and feed."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"desk": DeskScreen}
    DEFAULT_MODE = "desk"


class Stage:
    """What a test does with the program: keys in, text of the screen out."""

    def __init__(self, app: Staged, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Lets the program come to rest: no work under way, nothing left to draw."""
        quiet = 0
        while quiet < 2:
            await self.pilot.pause()
            busy = any(not worker.is_finished for worker in self.app.workers) or any(
                any(shown.requests._open.values())
                for shown in self.app.screen_stack
                if isinstance(shown, FramedScreen)
            )
            quiet = 0 if busy else quiet + 1

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def types(self, text: str) -> None:
        for letter in text:
            await self.pilot.press(letter)
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """What is drawn on the screen now, line by line."""
        screen = self.app.screen
        strips = screen._compositor.render_strips(screen.size)
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """What is drawn on the screen now, without the blanks that lay it out."""
        return "\n".join(" ".join(line.split()) for line in self.lines)

    def shows(self, *words: str) -> bool:
        """Whether all words stand on the screen, however they are laid out."""
        flat = "".join(self.text.split())
        return all("".join(word.split()) in flat for word in words)


@asynccontextmanager
async def staged(
    desk: Desk,
    actor: Actor | None = None,
    *,
    language: Language = "en",
    size: tuple[int, int] = NARROW,
    looking: bool = False,
) -> AsyncIterator[Stage]:
    """The program on a desk, with somebody at it.

    Args:
        desk: the database with its clock.
        actor: who sits there, with a seat; else the desk's first operator takes one.
        language: the language to speak.
        size: columns and lines of the terminal.
        looking: whether the seat may only look.
    """
    sitting = actor or desk.seat(desk.actor.login).actor
    app = Staged(language, my_zone="Asia/Shanghai", now=desk.clock, hold=0)
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot)
        await stage.settle()
        app.sit_down(Seat(desk.database, sitting, looking=looking))
        for screen in app.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.connected()
        await stage.settle()
        yield stage
