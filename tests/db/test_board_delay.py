"""What one seat does is on another seat's board within the budget, measured with the real feed."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Final

from app.board_app import BoardApp
from app.settings import Settings
from db.operator_states import State, enter_state
from db.seats import beat
from screens.board import BoardScreen
from tests.databases import Desk

_BUDGET: Final = {True: 0.3, False: 0.1}
"""Seconds on SQLite and on a server; the best of some tries, since tests share their machine."""
_TRIES: Final = 8


async def test_a_state_is_on_the_board_within_the_budget(desk: Desk, url: str) -> None:
    desk.database.set_clock(None)
    desk.operator("bea")
    bea = desk.seat("bea").actor
    seat_id = bea.seat_id
    assert seat_id is not None

    def enter(state: State) -> None:
        beat(desk.database, bea)  # nobody takes the seat for a lost one, however long this takes
        desk.database.write(lambda unit: enter_state(unit, seat_id, state))

    app = BoardApp(Settings(my_zone="Asia/Shanghai"), url, "ann", "en", wall=False)
    async with app.run_test(size=(140, 40)) as pilot, asyncio.timeout(120):
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        while screen.day is None or app._feed is None:
            await pilot.pause(0.01)
        await pilot.pause(1.0)
        delays = []
        for place in range(_TRIES):
            state: State = "paused" if place % 2 else "talking"
            await asyncio.to_thread(enter, state)
            began = time.monotonic()
            while state not in {one.state for one in screen.board.operators if screen.board}:
                await asyncio.sleep(0.002)
            delays.append(time.monotonic() - began)
            # Each is the first move after a while: those that follow at once wait for their turn.
            await asyncio.sleep(0.4)
        # Where there is more to do than there are cores, everybody waits for a turn.
        crowded = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert min(delays) <= _BUDGET[desk.database.embedded] * crowded, delays
    app.leave()
