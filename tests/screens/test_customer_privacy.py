"""A customer's data on screen: shown whole, handed out, erased after two confirmations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.tables import audit, person
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

NUMBER = "+8613812348000"


async def opened(stage: Stage, person_id: int) -> None:
    stage.app.show_customer(person_id)
    await stage.settle()


def actions(desk: Desk) -> list[str]:
    rows = desk.rows(sa.select(audit.c.action).order_by(audit.c.id))
    return [row["action"] for row in rows]


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_a_lead_asks_for_what_is_hidden(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    who = desk.person("王芳", NUMBER)
    desk.operator("lee", "lead")
    async with staged(desk, desk.seat("lee").actor, size=size, language=language) as stage:
        await opened(stage, who)
        assert stage.shows("+86138****8000")
        await stage.press("v")
        assert not stage.shows("Erase" if language == "en" else "永久删除")
        await stage.press("1")
        assert stage.shows("138 1234 8000")
        await stage.press("r")
        assert stage.shows("+86138****8000")
    assert "revealed" in actions(desk)


async def test_everything_is_handed_out_in_a_marked_file(desk: Desk, tmp_path: Path) -> None:
    who = desk.person("王芳", NUMBER)
    async with staged(desk) as stage:
        stage.app.papers = lambda: tmp_path / "papers"
        await opened(stage, who)
        await stage.press("v", "2", "3")
        assert stage.shows("Everything about the customer")
    (file,) = (tmp_path / "papers").iterdir()
    exported = json.loads(file.read_text(encoding="utf-8"))
    assert exported["mark"]["purpose"] == "authority"
    assert exported["mark"]["number"] in file.name
    assert NUMBER in json.dumps(exported)


async def test_erasing_asks_twice_and_saves_first(desk: Desk, tmp_path: Path) -> None:
    who = desk.person("王芳", NUMBER)
    async with staged(desk) as stage:
        stage.app.papers = lambda: tmp_path / "papers"
        await opened(stage, who)
        await stage.press("v", "3", "1", "1")
        await stage.types("yes")
        await stage.press("enter")
        assert stage.shows("Not erased")
        assert "erased" not in actions(desk)
        await stage.press("v", "3", "1", "1")
        await stage.types(str(who))
        await stage.press("enter")
        assert stage.shows("Erased: 1 numbers")
    assert actions(desk)[-2:] == ["exported", "erased"]
    assert [row["name"] for row in desk.rows(sa.select(person.c.name))] == [""]
    assert len(list((tmp_path / "papers").iterdir())) == 1


async def test_an_operator_is_told_that_this_is_a_leads(desk: Desk) -> None:
    who = desk.person("王芳", NUMBER)
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await opened(stage, who)
        await stage.press("v")
        assert stage.shows("Leads and admins only.")
