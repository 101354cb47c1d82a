"""The roster and the deal-out by their keys: hours, patterns, leave with a deputy, a dry run."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.leave import add_leave
from db.roster import read_week
from db.roster_edit import set_pattern
from db.tables import callback, leave
from domain.permissions import Role
from domain.roster_pattern import read_pattern
from screens.deal import DealScreen
from screens.roster import RosterScreen
from screens.roster_asking import last_day
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged

MONDAY = date(2026, 11, 23)


def hours(desk: Desk, login: str, day: date = MONDAY) -> list[str]:
    from content.roster_words import short_hours  # noqa: PLC0415

    week = read_week(desk.database, desk.actor, day)
    row = next(one for one in week.rows if one.login == login)
    return [short_hours(cell.windows) for cell in row.days]


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")])
async def test_a_lead_makes_a_week_edits_a_day_and_copies_it(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    desk.operator("bea")
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("asterisk")
        assert isinstance(stage.app.screen, RosterScreen), stage.text
        assert stage.shows("Ann", "Bea", {"zh": "▸周一 23", "en": "▸Mon 23"}[language]), stage.text
        await stage.press("down", "m")
        await stage.types("mon-fri 9-18")
        await stage.press("enter", "2")
        assert hours(desk, "bea") == ["9-18"] * 5 + ["·"] * 2
        assert hours(desk, "bea", date(2026, 12, 14)) == ["9-18"] * 5 + ["·"] * 2
        assert stage.shows("9-18", {"zh": "改动了 20 天", "en": "20 days changed"}[language])
        assert stage.shows({"zh": "！该到未到", "en": "! missing"}[language]), stage.text
        await stage.press("right", "e")
        await stage.press(*["backspace"] * 15)
        await stage.types("10-12 13-15:30")
        await stage.press("enter")
        assert hours(desk, "bea")[1] == "10-12 13-15:30"
        await stage.press("c", "1")
        assert hours(desk, "bea", date(2026, 11, 30))[1] == "10-12 13-15:30"
        await stage.press("d")
        assert stage.shows({"zh": "周一 30", "en": "Mon 30"}[language]), stage.text
        await stage.press("b")
        assert not isinstance(stage.app.screen, RosterScreen)


async def test_what_cannot_be_read_is_said_and_changes_nothing(desk: Desk) -> None:
    async with staged(desk) as stage:
        await stage.press("asterisk", "e")
        await stage.types("nine to five")
        await stage.press("enter")
        assert stage.shows("can't be read as the hours of a day"), stage.text
        assert hours(desk, "ann") == ["·"] * 7


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_a_leave_is_noted_with_a_deputy_and_cancelled(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    bea = desk.operator("bea")
    desk.operator("cyd")
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("asterisk", "down", "right", "l", "1")
        await stage.types("2")
        await stage.press("enter")
        assert stage.shows("Cyd"), stage.text
        await stage.press("3")
        row = desk.rows(sa.select(leave))[0]
        assert (row["operator_id"], row["reason"]) == (bea.operator_id, "holiday")
        assert (row["first_day"], row["last_day"]) == (date(2026, 11, 24), date(2026, 11, 25))
        word = {"zh": "/休假", "en": "/holiday"}[language]
        assert stage.shows(word, "→ Cyd"), stage.text
        await stage.press("x", "y")
        assert desk.rows(sa.select(leave)) == []


async def test_an_operator_sees_the_own_week_and_says_only_that_they_are_ill(desk: Desk) -> None:
    bea = desk.operator("bea")
    desk.operator("cyd")
    assert bea.role is Role.OPERATOR
    async with staged(desk, bea) as stage:
        await stage.press("asterisk")
        assert stage.shows("Bea")
        assert not stage.shows("Cyd")
        await stage.press("m")
        assert stage.shows("Only a lead changes the roster"), stage.text
        await stage.press("s", "3")
        row = desk.rows(sa.select(leave))[0]
        assert (row["reason"], row["from_at"]) == ("sick", desk.clock.now)
        assert stage.shows("/sick"), stage.text


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_a_deal_out_is_looked_at_done_and_taken_back(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    bea, cyd = desk.operator("bea"), desk.operator("cyd")
    people = [bea.operator_id, cyd.operator_id]
    set_pattern(desk.database, desk.actor, people, read_pattern("mon-fri 9-18"), MONDAY, MONDAY)
    ids = [desk.callback() for _ in range(5)]
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("asterisk", "g")
        assert isinstance(stage.app.screen, DealScreen), stage.text
        assert stage.shows({"zh": "将移动 5 个", "en": "5 would move"}[language]), stage.text
        assert stage.shows("Bea", "[x]", {"zh": "平均", "en": "equally"}[language])
        await stage.press("e")
        await stage.press(*["backspace"] * 3)
        await stage.types("50")
        await stage.press("enter", "m")
        assert stage.shows("50%"), stage.text
        await stage.press("g", "y")
        assert [desk.row(one)["assigned_to"] for one in ids].count(cyd.operator_id) == 3
        assert stage.shows({"zh": "已分配 5 个", "en": "5 dealt out"}[language]), stage.text
        await stage.press("u")
        assert {desk.row(one)["assigned_to"] for one in ids} == {None}
        await stage.press("x")
        assert stage.shows("[ ]"), stage.text
        await stage.press("g", "y")
        assert {desk.row(one)["assigned_to"] for one in ids} == {cyd.operator_id}


async def test_nobody_here_is_said(desk: Desk) -> None:
    async with staged(desk) as stage:
        await stage.press("asterisk", "g")
        assert stage.shows("Nobody is here"), stage.text
        await stage.press("f8")
        assert stage.shows("nothing to move"), stage.text


@pytest.mark.parametrize(
    ("text", "found"),
    [("", MONDAY), ("3", date(2026, 11, 25)), ("11-25", date(2026, 11, 25)),
     ("12月1日", date(2026, 12, 1)), ("1-4", date(2027, 1, 4)), ("2026-11-30", date(2026, 11, 30)),
     ("soon", None), ("0", None), ("13-40", None)],
)  # fmt: skip
def test_a_last_day_is_typed_as_people_say_it(text: str, found: date | None) -> None:
    assert last_day(text, MONDAY) == found


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_a_time_in_ones_own_leave_is_told_and_one_key_gives_it_to_the_deputy(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    bea, cyd = desk.operator("bea"), desk.operator("cyd")
    friday = date(2026, 11, 27)
    people = [bea.operator_id, cyd.operator_id]
    set_pattern(desk.database, desk.actor, people, read_pattern("mon-fri 9-18"), MONDAY, friday)
    add_leave(desk.database, desk.actor, "bea", friday, None, "holiday", deputy="cyd")
    one = desk.callback()
    seat = desk.seat("bea")
    async with staged(desk, seat.actor, size=size, language=language) as stage:
        await stage.press("n", "f", "3")
        await stage.types("周五下午三点" if language == "zh" else "fri 3pm")
        told = {"zh": "那时您在休假", "en": "You are on leave then"}[language]
        assert stage.shows(told, "Cyd"), stage.text
        await stage.press("ctrl+t")
        assert stage.shows({"zh": "▸ 交给Cyd", "en": "▸ goes to Cyd"}[language]), stage.text
        stage.app.pausing = True
        await stage.press("enter")
    (made,) = desk.rows(sa.select(callback).where(callback.c.origin_id == one))
    assert made["assigned_to"] == cyd.operator_id


async def test_a_time_in_ones_own_shift_is_kept_without_a_word(desk: Desk) -> None:
    bea = desk.operator("bea")
    people = [bea.operator_id]
    set_pattern(desk.database, desk.actor, people, read_pattern("mon-fri 9-18"), MONDAY, MONDAY)
    one = desk.callback()
    seat = desk.seat("bea")
    async with staged(desk, seat.actor) as stage:
        await stage.press("n", "f", "3")
        await stage.types("+2h")
        assert not stage.shows("You are off"), stage.text
        await stage.press("ctrl+t")
        stage.app.pausing = True
        await stage.press("enter")
    (made,) = desk.rows(sa.select(callback).where(callback.c.origin_id == one))
    assert made["assigned_to"] == bea.operator_id
