"""Chances live and die with the decision of their call; touches fill the history."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.consents import record_consent
from db.contacts import record_contact
from db.customers import show
from db.decision_record import decision_in_force
from db.finish import finish
from db.queue import claim
from db.tables import audit, callback, campaign, chance, person
from db.undo import amend, undo
from domain.campaign import ContentKind
from domain.chance import FOLLOW_UP, ChanceKind, GivenChance
from domain.decision import Decision
from domain.errors import InputError, RefusedError
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def end(desk: Desk, actor, who: int, *chances: GivenChance):
    taken = claim(desk.database, actor, desk.callback(who))
    decision = Decision(str(uuid.uuid4()), "completed", chances=chances)
    return decision, finish(desk.database, actor, taken.call_id, taken.fence, decision)


def follow_ups(desk: Desk) -> list[sa.RowMapping]:
    kind = sa.select(campaign.c.id).where(campaign.c.code == FOLLOW_UP).scalar_subquery()
    return desk.rows(sa.select(callback).where(callback.c.campaign_id == kind))


def test_a_chance_with_a_dated_step_makes_its_owners_callback(desk: Desk, ann):
    bo = desk.operator("bo")
    who = desk.person()
    at = desk.clock.now + timedelta(days=2)
    order = GivenChance(ChanceKind.ORDER, "两条轮胎", 160_000, "CNY", "送报价", at, "bo")
    _, finished = end(desk, ann, who, order, GivenChance(ChanceKind.IDEA))
    (made,) = follow_ups(desk)
    assert (made["due_at"], made["owner_id"], made["promised"]) == (at, bo.operator_id, False)
    assert made["note"] == "两条轮胎 · 送报价"
    assert finished.made_callbacks == (made["id"],)
    first, second = show(desk.database, ann, who).chances[::-1]
    assert (first.kind, first.value, first.currency, first.owner) == ("order", 160_000, "CNY", "Bo")
    assert (second.kind, second.text, second.owner, second.next_at) == ("idea", "", "Ann", None)


def test_undo_takes_chance_and_callback_back_and_finishing_anew_keeps_one(desk: Desk, ann):
    who = desk.person()
    given = GivenChance(ChanceKind.INTEREST, "SUV", next_at=desk.clock.now + timedelta(days=1))
    decision, _ = end(desk, ann, who, given)
    again = undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    assert show(desk.database, ann, who).chances == ()
    assert [row["state"] for row in follow_ups(desk)] == ["cancelled"]
    anew = replace(decision, uuid=str(uuid.uuid4()))
    finish(desk.database, ann, again.call_id, again.fence, anew)
    assert len(show(desk.database, ann, who).chances) == 1
    assert [row["state"] for row in follow_ups(desk)] == ["cancelled", "scheduled"]


def test_an_amendment_keeps_what_was_heard(desk: Desk, ann):
    who = desk.person()
    given = GivenChance(ChanceKind.REFERRAL, "her brother", 5_000, "EUR", "ring him")
    decision, finished = end(desk, ann, who, given)
    stored = decision_in_force(desk.database, ann, finished.call_id)
    assert stored.chances == (replace(given, owner="ann"),)
    other = replace(stored, uuid=str(uuid.uuid4()), note="she said more")
    amend(desk.database, ann, decision.uuid, other, since=desk.clock.now - timedelta(hours=1))
    (one,) = show(desk.database, ann, who).chances
    assert (one.kind, one.text, one.next_step) == ("referral", "her brother", "ring him")
    assert {row["state"] for row in desk.rows(sa.select(chance))} == {"open", "withdrawn"}


def test_a_chance_stands_alone_where_leave_to_sell_was_taken_back(desk: Desk, ann):
    who = desk.person()
    record_consent(
        desk.database, ann, who, purpose="sales", granted=False, evidence="said so in a call"
    )
    end(desk, ann, who, GivenChance(ChanceKind.IDEA, next_at=desk.clock.now + timedelta(days=1)))
    assert follow_ups(desk) == []
    assert len(show(desk.database, ann, who).chances) == 1


def test_what_a_late_outcome_and_the_one_in_force_heard_stands_once(desk: Desk, ann):
    who = desk.person()
    given = GivenChance(ChanceKind.ORDER, "轮胎", next_at=desk.clock.now + timedelta(days=1))
    taken = claim(desk.database, ann, desk.callback(who))
    late = Decision(str(uuid.uuid4()), "completed", chances=(given,))
    finish(desk.database, ann, taken.call_id, taken.fence - 1, late)
    decision = replace(late, uuid=str(uuid.uuid4()))
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    assert len(show(desk.database, ann, who).chances) == 1
    assert len(follow_ups(desk)) == 1
    again = undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    assert len(show(desk.database, ann, who).chances) == 1
    third = replace(late, uuid=str(uuid.uuid4()))
    finish(desk.database, ann, again.call_id, again.fence - 1, third)
    assert len(show(desk.database, ann, who).chances) == 1
    assert [row["state"] for row in follow_ups(desk)] == ["scheduled"]


def test_a_step_in_the_past_or_of_a_stranger_is_refused_and_nothing_kept(desk: Desk, ann):
    who = desk.person()
    for given, code in (
        (GivenChance(ChanceKind.IDEA, next_at=desk.clock.now), "chance_past"),
        (GivenChance(ChanceKind.IDEA, owner="nobody"), "colleague_unknown"),
    ):
        with pytest.raises(InputError) as error:
            end(desk, ann, who, given)
        assert error.value.code == code
        assert desk.rows(sa.select(chance)) == []
        desk.database.write(lambda unit: unit.run(sa.text("UPDATE call SET phase = 'ended'")))
        desk.database.write(lambda unit: unit.run(sa.text("DELETE FROM call_hold")))


def test_an_older_database_gets_the_kind_of_callback_when_it_is_needed(desk: Desk, ann):
    desk.database.write(
        lambda unit: unit.run(sa.delete(campaign).where(campaign.c.code == FOLLOW_UP))
    )
    at = desk.clock.now + timedelta(days=1)
    end(desk, ann, desk.person(), GivenChance(ChanceKind.IDEA, next_at=at))
    assert len(follow_ups(desk)) == 1


def test_a_touch_noted_by_hand_stands_in_the_history(desk: Desk, ann):
    who = desk.person()
    at = desk.clock.now - timedelta(days=3)
    record_contact(
        desk.database, ann, who, direction="out", channel="visit",
        content=ContentKind.EMOTION, note=" 送月饼 ", at=at,
    )  # fmt: skip
    (line,) = show(desk.database, ann, who).contacts
    assert (line.at, line.direction, line.channel) == (at, "out", "visit")
    assert (line.content_kind, line.operator, line.note) == ("emotion", "Ann", "送月饼")
    (written,) = desk.rows(sa.select(audit).where(audit.c.action == "contact_recorded"))
    assert written["details"] == {"channel": "visit"}


def test_a_touch_to_come_and_a_strange_channel_are_refused(desk: Desk, ann):
    who = desk.person()
    given = {"direction": "in", "channel": "visit", "content": ContentKind.OPINION}
    for fields, code in (
        ({"channel": "packaging"}, "channel_unknown"),
        ({"at": desk.clock.now + timedelta(seconds=1)}, "contact_ahead"),
    ):
        with pytest.raises(InputError) as error:
            record_contact(desk.database, ann, who, **{**given, **fields})
        assert error.value.code == code
    with pytest.raises(RefusedError):
        record_contact(desk.database, ann, 999, **given)


def test_the_card_says_when_a_key_customer_only_ever_heard_sales(desk: Desk, ann):
    who = desk.person()
    desk.database.write(
        lambda unit: unit.run(sa.update(person).where(person.c.id == who).values(tier="key"))
    )

    def told(content: ContentKind, direction: str = "out") -> bool:
        record_contact(
            desk.database, ann, who, direction=direction, channel="letter", content=content
        )
        return show(desk.database, ann, who).card.only_sold

    assert not told(ContentKind.INFORMATION)
    assert not told(ContentKind.INFORMATION)
    assert told(ContentKind.INFORMATION)
    assert told(ContentKind.OPINION, "in")
    taken = claim(desk.database, ann, desk.callback(who))
    assert show_call(desk.database, ann, taken.call_id).card.only_sold
    assert not told(ContentKind.EMOTION)
