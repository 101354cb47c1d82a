"""`board show` prints what the board shows; `board` itself opens a seat that only looks."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.board_app import BoardApp
from app.cli.program import callback_desk
from app.settings import Settings
from db.tables import seat
from domain.errors import RefusedError
from screens.board import BoardScreen
from screens.wallboard import WallScreen
from tests.command_line import Run
from tests.databases import Desk


def test_figures_are_printed_in_words_and_as_json(desk: Desk, run: Run) -> None:
    for _ in range(3):
        desk.callback()
    desk.callback(due_at=desk.clock.now - timedelta(minutes=5))
    desk.seat("ann")
    told = run("board", "show")
    assert told.exit_code == 0, told.output
    assert "service level" in told.output
    assert "Ann" in told.output
    assert "服务水平" in run("board", "show", lang="zh").output
    data = json.loads(run("board", "show", "--json").output)
    values = {one["figure"]: one["value"] for one in data["figures"]}
    assert (values["due"], values["overdue"], values["wait"]) == (4, 3, 3600)
    assert values["handle_time"] is None
    assert [one["state"] for one in data["operators"]] == ["ready"]
    assert sum(one["due"] for one in data["bands"]) == 4


def test_only_leads_see_them_and_the_board_needs_a_terminal(desk: Desk, run: Run) -> None:
    desk.operator("bea")
    refused = run("board", "show", login="bea")
    assert refused.exit_code != 0
    piped = CliRunner().invoke(callback_desk, ["board", "--wall", "--lang", "en"])
    assert piped.exit_code != 0
    assert "terminal" in piped.output


@pytest.mark.parametrize(("wall", "screen"), [(False, BoardScreen), (True, WallScreen)])
async def test_the_board_on_its_own_is_a_seat_that_only_looks(
    desk: Desk, *, wall: bool, screen: type[BoardScreen]
) -> None:
    desk.callback()
    file = str(desk.database.place.file)
    app = BoardApp(Settings(my_zone="Asia/Shanghai"), file, "ann", "en", wall=wall)
    async with app.run_test(size=(140, 40)) as pilot:
        while not (isinstance(app.screen, screen) and app.screen.day is not None):
            await pilot.pause(0.01)
        kinds = [row["kind"] for row in desk.rows(sa.select(seat.c.kind))]
        assert kinds == ["looking"]
        await pilot.press("b")
    app.leave()
    assert all(row["closed_at"] for row in desk.rows(sa.select(seat.c.closed_at)))


def test_an_operator_gets_no_board(desk: Desk) -> None:
    desk.operator("bea")
    app = BoardApp(Settings(), str(desk.database.place.file), "bea", "en", wall=True)
    with pytest.raises(RefusedError, match="not_allowed"):
        app.open_own_seat(desk.database, "ask")
