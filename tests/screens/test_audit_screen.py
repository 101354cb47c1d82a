"""The audit on screen: chosen from by who, what, when and about whom, and handed out marked."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from content.translations import Language
from db.customer_edit import edit_field
from db.customer_search import search
from db.customer_stops import set_do_not_call
from domain.export_mark import MARK_COLUMN
from screens.audit import AuditScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged


def stock(desk: Desk) -> int:
    """What Ann did two months ago, and what Lee did today; returns the customer of today."""
    desk.clock.now -= timedelta(days=60)
    edit_field(desk.database, desk.actor, desk.person("[b]Old"), "occupation", "x")
    desk.clock.now += timedelta(days=60)
    lee = desk.operator("lee", "lead")
    who = desk.person("王芳")
    edit_field(desk.database, lee, who, "email", "wang@example.org")
    set_do_not_call(desk.database, lee, person_id=who, reason="asked")
    search(desk.database, lee, "8000")
    return who


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_entries_are_told_and_chosen_from(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    stock(desk)
    english = language == "en"
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("number_sign")
        assert isinstance(stage.app.screen, AuditScreen), stage.text
        assert stage.shows("customers searched" if english else "查找客户")
        assert stage.shows("last four digits" if english else "号码后四位")
        assert not stage.shows("[b]Old")
        await stage.press("t", "t")
        assert stage.shows("[b]Old")
        await stage.press("down", "s")
        assert stage.shows("王芳", "record edited" if english else "修改资料")
        assert not stage.shows("[b]Old")
        assert not stage.shows("customers searched" if english else "查找客户")
        await stage.press("s", "a")
        await stage.types("do-not-call set" if english else "设为勿扰")
        await stage.press("enter")
        assert stage.shows("Lee", "王芳")
        assert not stage.shows("record edited" if english else "修改资料")
        await stage.press("enter")
        assert type(stage.app.screen).__name__ == "CustomerScreen"


async def test_one_persons_actions(desk: Desk) -> None:
    stock(desk)
    async with staged(desk) as stage:
        await stage.press("number_sign", "t", "t", "w")
        await stage.types("ann")
        await stage.press("enter")
        assert stage.shows("[b]Old", "operator added")
        assert not stage.shows("customers searched")


async def test_what_is_listed_is_handed_out(desk: Desk, tmp_path: Path) -> None:
    stock(desk)
    async with staged(desk) as stage:
        stage.app.papers = lambda: tmp_path / "papers"
        await stage.press("number_sign", "e")
        await stage.press("1")
        assert stage.shows("entries, export X-")
        (file,) = (tmp_path / "papers").iterdir()
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["action"] for row in rows} >= {"edited", "do_not_call", "customer_search"}
    assert {row[MARK_COLUMN].split()[0] for row in rows} == {file.stem.removeprefix("audit-")}
    assert file.stat().st_mode & 0o77 == 0


async def test_operators_are_told_why_not(desk: Desk) -> None:
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await stage.press("number_sign")
        assert not isinstance(stage.app.screen, AuditScreen)
        assert stage.shows("Leads and admins read the audit.")
