"""One's own calls of today are listed, and an outcome, note or answer is put right."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.finish import finish
from db.queue import claim_next
from db.tables import answer, call, call_decision, complaint, person_phone, phone, score
from domain.decision import Decision, GivenAnswer, GivenScore, Settled
from domain.permissions import Actor
from screens.today import TodayScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


def ended(
    desk: Desk, actor: Actor, *, others: tuple[int, ...] = (), outcome: str = "completed"
) -> int:
    """A call that was decided just now, with an answer; its id."""
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(
        uuid=uuid.uuid4().hex,
        outcome=outcome,
        note="said all was well",
        answers=(GivenAnswer("csat", "1", "overall", "answered", number=2),),
        scores=(GivenScore("csat", 0, 1),),
        settled=tuple(Settled(one, outcome, None) for one in others),
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=5)
    return taken.call_id


async def open_today(stage: Stage) -> TodayScreen:
    await stage.press("d")
    screen = stage.app.screen
    assert isinstance(screen, TodayScreen), stage.text
    return screen


def in_force(desk: Desk) -> sa.RowMapping:
    (row,) = desk.rows(
        sa.select(call_decision).where(
            call_decision.c.superseded_at.is_(None), call_decision.c.kind != "undo"
        )
    )
    return row


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_an_outcome_is_put_right_and_the_original_kept(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    actor = desk.seat(desk.actor.login).actor
    desk.callback(desk.person("王芳"))
    ended(desk, actor)
    async with staged(desk, actor, size=size, language=language) as stage:
        await open_today(stage)
        name = desk.database.rulebook.outcomes["completed"].name.of(language)
        assert stage.shows("王芳", name)
        await stage.press("e", "enter")
        partly = desk.database.rulebook.outcomes["partly-completed"]
        await stage.press(partly.key, "enter")
        assert stage.shows("王芳", partly.name.of(language), "✎")
    assert in_force(desk)["outcome"] == "partly-completed"
    assert len(desk.rows(sa.select(call_decision))) == 2
    assert [row["phase"] for row in desk.rows(sa.select(call.c.phase))] == ["ended"]


async def test_a_new_number_and_a_complaint_are_kept_when_an_outcome_is_put_right(
    desk: Desk,
) -> None:
    actor = desk.seat(desk.actor.login).actor
    who = desk.person("王芳")
    desk.callback(who)
    ended(desk, actor)
    async with staged(desk, actor, size=WIDE) as stage:
        await open_today(stage)
        outcomes = desk.database.rulebook.outcomes
        flag, changed = outcomes["complaint"], outcomes["number-changed"]
        await stage.press("e", "enter", flag.key)
        await stage.types("the brakes")
        await stage.press("enter", changed.key)
        await stage.types("13900000002")
        await stage.press("enter")
        assert stage.shows("Put right.")
    numbers = desk.rows(
        sa.select(phone.c.e164)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(person_phone.c.person_id == who, person_phone.c.until.is_(None))
    )
    assert "+8613900000002" in [row["e164"] for row in numbers]
    (case,) = desk.rows(sa.select(complaint.c.weight, complaint.c.description))
    assert (case["weight"], case["description"]) == ("complaint", "the brakes")


async def test_a_score_is_put_right(desk: Desk) -> None:
    actor = desk.seat(desk.actor.login).actor
    desk.callback(desk.person("Ann Lee"))
    ended(desk, actor)
    async with staged(desk, actor, size=WIDE) as stage:
        await open_today(stage)
        await stage.press("e")
        await stage.types("satisf")
        assert stage.shows("2")
        await stage.press("enter")
        await stage.types("9")
        await stage.press("enter")
        assert in_force(desk)["kind"] == "finish"
        await stage.press("e")
        await stage.types("satisf")
        await stage.press("enter")
        await stage.types("5")
        await stage.press("enter")
        assert stage.shows("Put right. The original is kept.")
    decision = in_force(desk)
    assert decision["kind"] == "amend"
    (kept,) = desk.rows(sa.select(answer).where(answer.c.decision_id == decision["id"]))
    assert kept["number"] == 5
    scores = desk.rows(sa.select(score.c.value).where(score.c.decision_id == decision["id"]))
    assert [row["value"] for row in scores] == [5]


async def test_a_note_is_put_right_and_an_unchanged_one_is_left(desk: Desk) -> None:
    actor = desk.seat(desk.actor.login).actor
    desk.callback(desk.person("Ann Lee"))
    ended(desk, actor)
    async with staged(desk, actor, size=WIDE) as stage:
        await open_today(stage)
        await stage.press("e", "down", "enter", "enter")
        assert stage.shows("Nothing was changed.")
        await stage.press("e", "down", "enter")
        await stage.types(" again")
        await stage.press("enter")
        assert stage.shows("said all was well again")
    assert in_force(desk)["note"] == "said all was well again"


async def test_yesterdays_and_others_calls_are_not_listed(desk: Desk) -> None:
    actor, other = desk.seat(desk.actor.login).actor, desk.operator("bea")
    desk.callback(desk.person("Ann Lee"))
    ended(desk, actor)
    desk.clock.advance(days=1)
    desk.callback(desk.person("Bob Ray"))
    ended(desk, desk.seat(other.login).actor)
    async with staged(desk, actor) as stage:
        await open_today(stage)
        assert stage.shows("No call has been decided today.")
        await stage.press("e")
        assert stage.shows("No call is marked.")
