"""The desk brings the shipped scripts in and has those in force ready before a call needs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from app import desk_app
from app.desk_app import DeskApp
from app.settings import Settings
from content.playbooks import load_shipped as load_shipped_scripts
from content.rulebook import load_shipped
from content.script_set import reread
from db import operators, schema
from db.engine import open_database
from db.releases import publish, release_files, release_in_force
from db.topics import CONTENT
from domain.content_set import FileText

GENERAL = ("playbooks", "general", "en")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of an earlier program: without any scripts."""
    made = tmp_path / "desk.db"
    database = open_database(str(made), rulebook=load_shipped(), must_exist=False)
    schema.create(database)
    operators.initialise(database, login="ann", name="Ann", language="en", practice=True)
    database.close()
    return made


async def loaded(pilot: Pilot[int], desk: DeskApp, release: str | None = None) -> str:
    """The release in force, once its scripts are ready in the desk's language."""
    for _ in range(1200):
        await pilot.pause(0.05)
        if not desk.connected:
            continue
        found = release_in_force(desk.seat.database, desk.seat.actor)
        name = found.name if found else None
        if name and name != release and desk.scripts.ready(name, desk.language):
            return name
    raise AssertionError("the scripts were not made ready")


async def test_a_settled_desk_has_the_scripts_in_force_ready(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_app, "_SETTLED", 0.01)
    desk = DeskApp(Settings(), str(file), "ann", "en")
    async with desk.run_test(size=(80, 24)) as pilot:
        first = await loaded(pilot, desk)
        assert desk.scripts.ready(first, "en") == load_shipped_scripts("en")
        seat = desk.seat
        present = {one.key: one for one in release_files(seat.database, seat.actor)}
        text = present[GENERAL].source.replace("title: ", "title: New ", 1)
        changed = FileText(*GENERAL, text)
        texts = {**{key: one.text for key, one in present.items()}, GENERAL: changed}
        read = reread(list(texts.values())) or ()
        base = {GENERAL: present[GENERAL].digest}
        new = [one for one in read if one.key == GENERAL]
        publish(seat.database, seat.actor, new, base=base, at=None, note="", reread=reread)
        desk.call_from_feed(frozenset({CONTENT}))
        second = await loaded(pilot, desk, first)
        library = desk.scripts.ready(second, "en")
        assert library is not None
        assert library.book("general").title.startswith("New ")
    desk.leave()
