"""The desk on the wrong kind of database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.demo.making import make_demo
from app.desk_app import Connected, DeskApp
from app.settings import Settings
from content.rulebook import load_shipped
from db import operators, schema
from db.engine import open_database
from db.seats import Other
from domain.errors import RefusedError, StorageError
from screens.desk import DeskScreen


def _real(file: Path) -> None:
    database = open_database(str(file), rulebook=load_shipped(), must_exist=False)
    schema.create(database)
    operators.initialise(database, login="ann", name="Ann", language="en")
    database.close()


async def _opened(file: Path, *, practice: bool) -> DeskApp:
    desk = DeskApp(Settings(hold_pause=3), str(file), "ann", "en", practice=practice)
    async with desk.run_test(size=(80, 24)) as pilot, asyncio.timeout(60):
        while not desk.connected:
            await pilot.pause(0.01)
    desk.leave()
    return desk


async def test_a_practice_database_is_practice_whether_asked_or_not(tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    make_demo(str(file), login="ann", language="en")
    desk = await _opened(file, practice=False)
    assert desk.practice
    assert desk.seat.database.timing.hold == 180


async def test_practice_never_opens_real_customers(tmp_path: Path) -> None:
    file = tmp_path / "real.db"
    _real(file)
    desk = DeskApp(Settings(), str(file), "ann", "en", practice=True)
    with pytest.raises(RefusedError) as caught:
        desk._take_seat("ask")
    assert caught.value.code == "not_a_practice_database"
    assert not (await _opened(file, practice=False)).practice


async def test_who_finds_the_database_busy_gets_in_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "real.db"
    _real(file)
    desk = DeskApp(Settings(), str(file), "ann", "en")
    really, tries = desk._take_seat, []

    def busy_at_first(other: Other) -> Connected:
        tries.append(other)
        if len(tries) < 3:
            raise StorageError("database_busy", database=str(file))
        return really(other)

    monkeypatch.setattr(desk, "_take_seat", busy_at_first)
    monkeypatch.setattr("app.desk_app._KNOCKS_AGAIN", 0.01)
    async with desk.run_test(size=(80, 24)) as pilot:
        while not desk.connected:
            await pilot.pause(0.01)
        assert tries == ["ask"] * 3
        assert desk.trouble is None
        assert isinstance(desk.screen, DeskScreen)
    desk.leave()
