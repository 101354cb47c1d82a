"""Wishes judged at the desk: kept for the next call, never against an earlier one unseen."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from db.finish import finish
from db.queue import claim_next
from db.tables import audit, case_entry
from db.wish_words import WishNews, judge_wish
from db.wishes import StandingWish, standing_wishes
from domain.decision import Decision, GivenComplaint, GivenWish
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from tests.databases import Desk


@pytest.fixture
def case(desk: Desk) -> tuple[Actor, int]:
    """A case of the actor's with one wish, offered for and not answered; the customer."""
    actor = desk.seat(desk.actor.login).actor
    person = desk.person("王芳")
    desk.callback(person)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(
        uuid=uuid.uuid4().hex,
        outcome="completed",
        wishes=(GivenWish("全额退款", "open", offer="免费检修"),),
        complaint=GivenComplaint("complaint", "刹车响"),
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=1)
    return actor, person


def wish_of(desk: Desk, person: int) -> StandingWish:
    (one,) = desk.database.read(lambda unit: standing_wishes(unit, person))
    return one


def test_what_is_judged_at_the_desk_stands_for_the_next_call(
    desk: Desk, case: tuple[Actor, int]
) -> None:
    actor, person = case
    first = wish_of(desk, person)
    news = WishNews(possible=True, need="basic")
    made = judge_wish(desk.database, actor, first.id, news)
    now = wish_of(desk, person)
    assert (now.id, now.possible, now.offer, now.need) == (made, True, "免费检修", "basic")
    assert [word.call_id is None for word in now.words] == [False, True]
    assert now.words[-1].operator == actor.name
    entries = desk.rows(sa.select(case_entry.c.kind, case_entry.c.data))
    assert {"wish": made, "despite": False} in [row["data"] for row in entries]
    assert desk.rows(sa.select(audit.c.action).where(audit.c.action == "wish_judged"))


def test_an_offer_against_a_call_is_refused_with_that_call_unless_it_is_meant(
    desk: Desk, case: tuple[Actor, int]
) -> None:
    actor, person = case
    first = wish_of(desk, person)
    other = WishNews(offer="打八折")
    with pytest.raises(RefusedError) as refused:
        judge_wish(desk.database, actor, first.id, other)
    assert refused.value.code == "wish_contradicts"
    assert refused.value.params["call"] == first.call_id
    judge_wish(desk.database, actor, first.id, other, despite=True)
    assert wish_of(desk, person).offer == "打八折"


def test_a_wish_is_judged_as_it_stands_and_with_a_reason(
    desk: Desk, case: tuple[Actor, int]
) -> None:
    actor, person = case
    first = wish_of(desk, person)
    with pytest.raises(InputError, match="wish_no_news"):
        judge_wish(desk.database, actor, first.id, WishNews())
    with pytest.raises(RefusedError, match="expectation_reason_missing"):
        judge_wish(desk.database, actor, first.id, WishNews(possible=False))
    judge_wish(desk.database, actor, first.id, WishNews(need="basic"))
    with pytest.raises(RefusedError, match="wish_moved_on"):
        judge_wish(desk.database, actor, first.id, WishNews(need="delight"))
    with pytest.raises(RefusedError, match="wish_unknown"):
        judge_wish(desk.database, actor, 999, WishNews(need="delight"))
