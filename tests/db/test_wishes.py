"""A wish of a case keeps what every call said about it, and stands as the last one left it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from db.checks import resolve_called
from db.finish import finish
from db.queue import claim_next
from db.seats import close_seat
from db.tables import complaint, wish
from db.undo import undo
from db.wishes import StandingWish, standing_wishes
from domain.decision import Decision, GivenComplaint, GivenWish
from domain.permissions import Actor
from tests.databases import Desk


def standing(desk: Desk, person: int) -> list[tuple[str, str, str | None]]:
    found = desk.database.read(lambda unit: standing_wishes(unit, person))
    return [(one.text, one.state, one.offer) for one in found]


def call_with(desk: Desk, actor: Actor, person: int, *wishes: GivenWish, opens: bool) -> str:
    """A call with the person that ends with these words about wishes; its decision's uuid."""
    desk.callback(person)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(
        uuid=uuid.uuid4().hex,
        outcome="completed",
        wishes=wishes,
        complaint=GivenComplaint("complaint", "刹车响") if opens else None,
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=1)
    return decision.uuid


def test_a_later_word_takes_the_place_of_the_earlier_one_until_it_is_taken_back(
    desk: Desk,
) -> None:
    actor = desk.seat(desk.actor.login).actor
    person = desk.person("王芳")
    heard = (GivenWish("全额退款", "open"), GivenWish("换一台车", "open"))
    call_with(desk, actor, person, *heard, opens=True)
    assert standing(desk, person) == [("全额退款", "open", None), ("换一台车", "open", None)]

    refund = ids(desk, person)[0]
    said = GivenWish("全额退款", "accepted", possible=False, offer="免费检修", wish_id=refund)
    second = call_with(desk, actor, person, said, opens=False)
    assert standing(desk, person) == [
        ("全额退款", "accepted", "免费检修"),
        ("换一台车", "open", None),
    ]
    (case,) = desk.rows(sa.select(complaint.c.id))
    rows = desk.rows(sa.select(wish.c.complaint_id, wish.c.earlier_id).order_by(wish.c.id))
    assert [(row["complaint_id"], row["earlier_id"]) for row in rows] == [
        (case["id"], None),
        (case["id"], None),
        (case["id"], refund),
    ]

    undo(desk.database, actor, second, uuid.uuid4().hex)
    assert standing(desk, person) == [("全额退款", "open", None), ("换一台车", "open", None)]


def test_what_a_call_says_of_one_wish_leaves_the_order_of_all(desk: Desk) -> None:
    actor = desk.seat(desk.actor.login).actor
    person = desk.person("王芳")
    call_with(desk, actor, person, *(GivenWish(text, "open") for text in "ABC"), opens=True)
    third = ids(desk, person)[2]
    news = (GivenWish("C", "refused", wish_id=third), GivenWish("D", "open"))
    call_with(desk, actor, person, *news, opens=False)
    assert [text for text, *_ in standing(desk, person)] == ["A", "B", "C", "D"]

    known = dict(zip("ABCD", ids(desk, person), strict=True))
    ranked = [GivenWish(text, "open", wish_id=known.get(text)) for text in "ECABD"]
    call_with(desk, actor, person, *ranked, opens=False)
    assert [text for text, *_ in standing(desk, person)] == ["E", "C", "A", "B", "D"]


def test_a_wish_that_a_late_outcome_tells_too_stands_once(desk: Desk) -> None:
    actor = desk.seat(desk.operator("bea").login).actor
    person = desk.person("王芳")
    made = desk.callback(person)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    close_seat(desk.database, actor)

    def told(*wishes: GivenWish) -> Decision:
        return Decision(uuid.uuid4().hex, "completed", wishes=wishes)

    in_force = told(GivenWish("退款", "shelved"))
    resolve_called(desk.database, desk.actor, made, in_force)
    back = desk.seat(actor.login).actor
    late = told(GivenWish("退款", "open"), GivenWish("道歉", "open"))
    assert finish(desk.database, back, taken.call_id, taken.fence, late).late
    assert standing(desk, person) == [("退款", "shelved", None), ("道歉", "open", None)]


def test_a_wish_of_somebody_else_is_not_gone_on_from(desk: Desk) -> None:
    actor = desk.seat(desk.actor.login).actor
    mine, theirs = desk.person("王芳"), desk.person("李强")
    call_with(desk, actor, theirs, GivenWish("退款", "open"), opens=True)
    (foreign,) = ids(desk, theirs)
    call_with(desk, actor, mine, GivenWish("退款", "refused", wish_id=foreign), opens=False)
    assert standing(desk, theirs) == [("退款", "open", None)]
    assert standing(desk, mine) == [("退款", "refused", None)]


def ids(desk: Desk, person: int) -> list[int]:
    found: tuple[StandingWish, ...] = desk.database.read(lambda unit: standing_wishes(unit, person))
    return [one.id for one in found]


def test_every_word_about_a_wish_is_kept_with_its_call_and_who_said_it(desk: Desk) -> None:
    actor = desk.seat(desk.actor.login).actor
    person = desk.person("王芳")
    call_with(desk, actor, person, GivenWish("全额退款", "open"), opens=True)
    (refund,) = ids(desk, person)
    offered = GivenWish("全额退款", "refused", offer="免费检修", wish_id=refund)
    call_with(desk, actor, person, offered, opens=False)
    (last,) = ids(desk, person)
    shelved = GivenWish("全额退款", "open", possible=False, reason="已过三包期", wish_id=last)
    call_with(desk, actor, person, shelved, opens=False)

    def words() -> list[tuple[str, str | None, str | None, str | None]]:
        (one,) = desk.database.read(lambda unit: standing_wishes(unit, person))
        assert len({word.call_id for word in one.words}) == len(one.words)
        return [(word.state, word.offer, word.reason, word.operator) for word in one.words]

    assert words() == [
        ("open", None, None, actor.name),
        ("refused", "免费检修", None, actor.name),
        ("open", None, "已过三包期", actor.name),
    ]
