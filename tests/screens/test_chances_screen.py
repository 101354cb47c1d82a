"""Chances in a call and contacts on the customer's screen, by keys."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.tables import callback, chance, consent, contact, do_not_call
from screens.call import CallScreen
from screens.chance import ChanceDialog
from screens.customer import CustomerScreen
from screens.desk import DeskScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

HOSTILE = "O[/]\x1b[31m[@click=app.quit]"


async def in_call(stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    return screen


async def test_a_chance_is_noted_by_its_kind_and_enter(desk: Desk) -> None:
    who = desk.person()
    desk.callback(who)
    async with staged(desk) as stage:
        screen = await in_call(stage)
        await stage.press("q", "2", "enter")
        assert stage.app.screen is screen
        assert [one.kind for one in screen.draft.chances] == ["order"]
        await stage.press("f", "1", "enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
        stage.app.pausing = True
    (kept,) = desk.rows(sa.select(chance))
    assert (kept["kind"], kept["text"], kept["person_id"]) == ("order", "", who)


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_a_whole_chance_becomes_a_callback_and_is_listed(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    who = desk.person(country="CN")
    desk.callback(who)
    async with staged(desk, size=size, language=language) as stage:
        screen = await in_call(stage)
        await stage.press("dollar_sign", "1")
        assert isinstance(stage.app.screen, ChanceDialog)
        await stage.types("a bigger car")
        await stage.press("tab")
        await stage.types("much")
        await stage.press("enter")
        assert stage.shows("much"), stage.text
        assert isinstance(stage.app.screen, ChanceDialog)
        await stage.press(*["backspace"] * 4)
        await stage.types("250000")
        await stage.press("tab")
        await stage.types("send an offer")
        await stage.press("tab")
        await stage.types("someday")
        await stage.press("tab", "enter")
        assert isinstance(stage.app.screen, ChanceDialog)
        await stage.press(*["backspace"] * 7)
        await stage.types("tomorrow 3pm")
        await stage.press("enter")
        assert stage.app.screen is screen, stage.text
        await stage.press("f", "1", "enter")
        stage.app.pausing = True
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("5")
        shown = ("a bigger car", "¥250,000", "send an offer")
        assert stage.shows(*shown), stage.text
    (kept,) = desk.rows(sa.select(chance))
    assert (kept["value"], kept["currency"]) == (25_000_000, "CNY")
    (made,) = desk.rows(sa.select(callback).where(callback.c.source == "chance"))
    assert made["due_at"].isoformat() == "2026-11-24T07:00:00+00:00"
    assert kept["callback_id"] == made["id"]


async def test_a_draft_keeps_its_chances(desk: Desk) -> None:
    desk.callback(desk.person())
    async with staged(desk) as stage:
        screen = await in_call(stage)
        await stage.press("q", "4")
        await stage.types("a pool for taxis")
        await stage.press("enter")
        body = screen.draft.to_dict()
        walk, interview = screen.draft.walk, screen.draft.interview
        again = type(screen.draft).from_dict(
            body, walk.library, walk.playbook.id, interview.surveys, _known()
        )
        assert again.chances == screen.draft.chances
        del body["chances"]
        older = type(screen.draft).from_dict(
            body, walk.library, walk.playbook.id, interview.surveys, _known()
        )
        assert older.chances == ()


def _known():
    from content.surveys import surveys  # noqa: PLC0415

    return surveys()


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_a_visit_is_noted_in_the_history(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    who = desk.person(HOSTILE)
    async with staged(desk, size=size, language=language) as stage:
        stage.app.show_customer(who)
        await stage.settle()
        assert isinstance(stage.app.screen, CustomerScreen)
        await stage.press("k", "1", "1", "2")
        await stage.types("mooncakes")
        await stage.press("enter", "5")
        assert stage.shows("mooncakes", "Ann"), stage.text
    (kept,) = desk.rows(sa.select(contact))
    assert (kept["direction"], kept["channel"]) == ("out", "visit")
    assert (kept["content_kind"], kept["note"]) == ("emotion", "mooncakes")


async def test_leave_taken_back_is_noted_with_its_evidence(desk: Desk) -> None:
    who = desk.person()
    sells = desk.callback(who, campaign="win-back")
    serves = desk.callback(who)
    async with staged(desk) as stage:
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("o", "1", "2")
        await stage.types("said so today")
        await stage.press("enter", "6")
        assert stage.shows("said so today"), stage.text
    (kept,) = desk.rows(sa.select(consent))
    assert (kept["purpose"], kept["granted"]) == ("sales", False)
    assert len(desk.rows(sa.select(do_not_call))) == 2
    assert [desk.row(one)["state"] for one in (sells, serves)] == ["cancelled", "due"]
