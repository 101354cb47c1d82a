"""A lead sets a limit aside from the record, sees what is in force, and takes it back."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.finish import finish
from db.queue import claim
from db.tables import cap_override, consent
from domain.decision import Decision
from screens.customer import CustomerScreen
from screens.overrides import OverridesScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged


def rung(desk: Desk) -> tuple[int, int]:
    """A customer who has been rung three times today, and what waits for them."""
    ann = desk.seat("ann").actor
    who = desk.person("Rung Often")
    waits = desk.callback(who)
    for _ in range(3):
        taken = claim(desk.database, ann, desk.callback(who))
        decision = Decision(str(uuid.uuid4()), "completed")
        finish(desk.database, ann, taken.call_id, taken.fence, decision)
        desk.clock.advance(minutes=10)
    return who, waits


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_a_limit_is_set_aside_and_the_list_takes_it_back(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    who, waits = rung(desk)
    assert desk.row(waits)["state"] == "scheduled"
    async with staged(desk, size=size, language=language) as stage:
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("x")
        await stage.types("asked for it")
        await stage.press("tab")
        await stage.types("+2h")
        await stage.press("enter")
        assert desk.row(waits)["state"] == "due", stage.text
        await stage.press("b", "x")
        assert isinstance(stage.app.screen, OverridesScreen), stage.text
        assert stage.shows("Rung Often", "asked for it")
        assert stage.shows("at most 3 calls a day" if language == "en" else "每天最多打 3 次")
        await stage.press("c")
        assert isinstance(stage.app.screen, CustomerScreen)
        await stage.press("b", "x")
        assert stage.shows("Take it back" if language == "en" else "收回对")
        await stage.press("y")
        assert stage.shows("No limit is set aside" if language == "en" else "没有破例放行")
    assert desk.row(waits)["state"] == "scheduled"
    (row,) = desk.rows(sa.select(cap_override))
    assert row["ended_at"] == desk.clock.now
    assert row["until"] is not None


async def test_operators_set_nothing_aside(desk: Desk) -> None:
    who, _ = rung(desk)
    bo = desk.seat(desk.operator("bo").login).actor
    async with staged(desk, bo, size=WIDE) as stage:
        await stage.press("x")
        assert stage.shows("Setting limits aside is for leads")
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("x")
        assert stage.shows("Setting limits aside is for leads")


@pytest.mark.parametrize("ends", [True, False])
async def test_leave_is_noted_with_evidence_and_an_end(desk: Desk, ends: bool) -> None:
    who = desk.person("Rung Often")
    async with staged(desk, size=NARROW) as stage:
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("o", "1", "1")
        await stage.types("form 17")
        if ends:
            await stage.press("tab")
            await stage.types("+90d")
        await stage.press("enter")
        await stage.settle()
    (row,) = desk.rows(sa.select(consent))
    assert (row["granted"], row["evidence"]) == (True, "form 17")
    assert (row["until"] is not None) is ends
