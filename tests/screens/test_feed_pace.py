"""How moves reach a screen: the first at once, a burst together, a quiet feed not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import on
from textual.screen import Screen

from screens.feed import TopicsMoved
from tests.databases import Desk
from tests.screens.staged import staged


class Hearing(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[frozenset[str]] = []

    @on(TopicsMoved)
    def _moved(self, event: TopicsMoved) -> None:
        self.heard.append(event.topics)


async def test_the_first_move_is_told_at_once_and_the_next_ones_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(desk) as stage:
        app, screen = stage.app, Hearing()
        app.push_screen(screen)
        await stage.settle()
        waiting: list[tuple[float, Callable[[], None]]] = []

        def set_timer(delay: float, then: Callable[[], None], **_: object) -> None:
            waiting.append((delay, then))

        monkeypatch.setattr(app, "set_timer", set_timer)
        app.topics_moved(frozenset({"queue"}))
        await stage.pilot.pause()
        assert screen.heard == [frozenset({"queue"})]
        for topic in ("seats", "queue", "cases"):
            app.topics_moved(frozenset({topic}))
        await stage.pilot.pause()
        assert len(screen.heard) == 1
        assert [delay for delay, _ in waiting] == [0.25]
        waiting.pop()[1]()
        await stage.pilot.pause()
        assert screen.heard[1:] == [frozenset({"seats", "queue", "cases"})]
        waiting.pop()[1]()
        await stage.pilot.pause()
        assert len(screen.heard) == 2
        assert waiting == []
        app.topics_moved(frozenset({"queue"}))
        await stage.pilot.pause()
        assert len(screen.heard) == 3
