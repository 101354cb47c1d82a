"""A desk works by rules as soon as they are published, and by those in force from its start."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import desk_app
from app.desk_app import DeskApp
from app.settings import Settings
from content.rule_files import RULES, digest_of, shipped_rules
from content.rulebook import load_shipped
from content.shipped_scripts import shipped_digest, shipped_new_files
from db import adoption, operators, releases, schema
from db.engine import open_database
from db.topics import CONTENT
from domain.content_set import NewFile

SHIPPED = shipped_rules()["campaigns"]
FEWER = SHIPPED.replace("attempt_cap = 5", "attempt_cap = 2")


async def test_a_desk_takes_published_rules_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_app, "_SETTLED", 0.01)
    file = tmp_path / "desk.db"
    database = open_database(str(file), rulebook=load_shipped(), must_exist=False)
    schema.create(database)
    operators.initialise(database, login="ann", name="Ann", language="en", practice=True)
    adoption.adopt_shipped(database, shipped_new_files(), shipped_digest())
    ann = operators.actor_of(database, "ann")
    desk = DeskApp(Settings(), str(file), "ann", "en")
    async with desk.run_test(size=(80, 24)) as pilot:
        for _ in range(1200):
            await pilot.pause(0.05)
            if desk.connected:
                break
        assert {one.attempt_cap for one in desk.seat.database.rulebook.campaigns} >= {5}
        new = NewFile(RULES, "campaigns", "", digest_of(FEWER), FEWER, {})
        base = {new.key: digest_of(SHIPPED)}
        releases.publish(database, ann, [new], base=base, at=None, note="")
        desk.call_from_feed(frozenset({CONTENT}))
        for _ in range(1200):
            await pilot.pause(0.05)
            if 5 not in {one.attempt_cap for one in desk.seat.database.rulebook.campaigns}:
                break
        else:
            raise AssertionError("the desk goes on by older rules")
    desk.leave()
    database.close()
