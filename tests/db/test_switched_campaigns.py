"""A campaign is switched off, or gets other hours: nobody is rung by what held before."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.rulebook import load_shipped
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim, claim_next, release
from db.queue_counts import counts
from db.rule_preview import preview_rules
from db.tables import calling_window, campaign
from db.why import why
from domain.campaign import Purpose
from domain.decision import Decision
from domain.errors import RefusedError
from domain.terms import Terms, read_terms, switched_on, write_terms
from domain.week import read_week
from tests.databases import Desk
from tests.db.test_rules_in_force import CODE, publish, settle, stocked, take, with_campaign

__all__ = ["stocked"]


def switched(*, active: bool) -> str:
    text = with_campaign()
    head, _, rest = text.partition(f'code = "{CODE}"')
    return f'{head}code = "{CODE}"\nactive = {str(active).lower()}{rest}'


def with_hours(hours: str) -> str:
    return switched(active=True).replace(
        f'code = "{CODE}"\nactive = true', f'code = "{CODE}"\nhours = "{hours}"'
    )


def window(desk: Desk, callback_id: int) -> sa.RowMapping:
    wanted = calling_window.c.id == desk.row(callback_id)["window_id"]
    return desk.rows(sa.select(calling_window).where(wanted))[0]


def test_what_a_switched_off_campaign_makes_is_given_to_nobody(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    made = [stocked.callback() for _ in range(5)]
    other = stocked.callback(campaign="delivery-3day")
    publish(stocked, "campaigns", switched(active=False))
    assert take(stocked)
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    assert taken.callback_id == other
    release(stocked.database, seat)
    with pytest.raises(RefusedError) as refused:
        claim(stocked.database, seat, made[0])
    assert refused.value.code == "campaign_off"
    settle(stocked)
    assert all(read_terms(window(stocked, one)["preferred"]).off for one in made)
    assert {window(stocked, one)["opens_at"] for one in made} == {None}
    assert not read_terms(window(stocked, other)["preferred"]).off
    new = stocked.callback()
    assert read_terms(window(stocked, new)["preferred"]).off
    claim(stocked.database, seat, other)
    ben = stocked.seat(stocked.operator("ben").login).actor
    found = claim_next(stocked.database, ben)
    assert found.taken is None
    assert found.empty is not None
    said = {one.key: one.params["n"] for one in found.empty.reasons}
    assert said == {"queue.empty.off": 6, "queue.empty.claimed": 1}
    assert counts(stocked.database, ben).due == 0
    told = why(stocked.database, ben, made[0])
    assert [one.said.key for one in told.blocks] == ["queue.block.campaign_off"]
    assert told.clears_at is None


def test_they_are_back_when_it_is_switched_on_again(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    made = stocked.callback()
    before = stocked.row(made)["window_id"]
    publish(stocked, "campaigns", switched(active=False))
    assert take(stocked)
    settle(stocked)
    assert claim_next(stocked.database, seat).taken is None
    stocked.clock.advance(minutes=1)
    publish(stocked, "campaigns", switched(active=True))
    assert take(stocked)
    settle(stocked)
    assert stocked.row(made)["window_id"] == before
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    assert taken.callback_id == made
    assert why(stocked.database, seat, made).blocks[0].said.key == "queue.block.claimed"


def test_a_call_in_hand_goes_on_and_its_retry_waits(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    made = stocked.callback()
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    publish(stocked, "campaigns", switched(active=False))
    assert take(stocked)
    settle(stocked)
    phone = stocked.row(made)["phone_id"]
    dial(stocked.database, seat, taken.call_id, phone)
    outcome = Decision(str(uuid4()), "no-answer")
    finish(stocked.database, seat, taken.call_id, taken.fence, outcome)
    row = stocked.row(made)
    assert row["state"] == "scheduled"
    assert read_terms(window(stocked, made)["preferred"]).off
    stocked.clock.advance(days=8)
    keep_house(stocked.database, every=0)
    stocked.clock.now = row["due_at"]
    assert why(stocked.database, seat, made).blocks[0].said.key == "queue.block.campaign_off"


def test_a_preview_says_that_they_are_never_rung(stocked: Desk) -> None:
    for _ in range(3):
        stocked.callback()
    book = stocked.database.rulebook
    kinds = tuple(replace(one, active=False) if one.code == CODE else one for one in book.campaigns)
    off = replace(book, campaigns=replace(book.campaigns, campaigns=kinds))
    seen = preview_rules(stocked.database, stocked.actor, off, zone="Asia/Shanghai")
    assert (seen.before.now, seen.after.now, seen.after.never) == (3, 0, 3)


@pytest.mark.parametrize("by", ["own seat", "a seat that has not heard"])
def test_changed_hours_hold_at_once(stocked: Desk, by: str) -> None:
    """Before anything was gone through: it is 10:00 there, and the campaign may ring from 11."""
    seat = stocked.seat("ann").actor
    made = [stocked.callback() for _ in range(5)]
    other = stocked.callback(campaign="delivery-3day")
    publish(stocked, "campaigns", with_hours("11:00-12:00"))
    assert take(stocked)
    if by != "own seat":
        stocked.database.take_rulebook(load_shipped())
    taken = claim_next(stocked.database, seat).taken
    assert taken is not None
    assert taken.callback_id == other
    ben = stocked.seat(stocked.operator("ben").login).actor
    assert claim_next(stocked.database, ben).taken is None
    take(stocked)
    settle(stocked)
    assert {window(stocked, one)["preferred"] for one in made} == {"//1100-1200"}
    stocked.clock.advance(hours=1)
    keep_house(stocked.database, every=0)
    back = claim_next(stocked.database, ben).taken
    assert back is not None
    assert back.callback_id in made


def test_hours_that_change_back_halfway_leave_nothing_behind(
    stocked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.housekeeping._BATCH", 2)
    made = [stocked.callback() for _ in range(6)]
    before = {stocked.row(one)["window_id"] for one in made}
    publish(stocked, "campaigns", with_hours("11:00-12:00"))
    assert take(stocked)
    keep_house(stocked.database, every=0, budget=0)
    assert {stocked.row(one)["window_id"] for one in made} != before
    stocked.clock.advance(minutes=1)
    publish(stocked, "campaigns", switched(active=True))
    assert take(stocked)
    settle(stocked)
    assert {stocked.row(one)["window_id"] for one in made} == before


def test_a_changed_purpose_holds_at_once(stocked: Desk) -> None:
    """A sales call to Rhode Island on a Saturday after five is against the law."""
    stocked.clock.now = stocked.clock.now.replace(month=11, day=28, hour=22, minute=30)
    keep_house(stocked.database, every=0)
    seat = stocked.seat("ann").actor
    who = stocked.person("Ann", "+14015550123")
    text = with_campaign().replace(
        f'code = "{CODE}"\n', f'code = "{CODE}"\nhours = "08:00-22:00"\n'
    )
    publish(stocked, "campaigns", text)
    assert take(stocked)
    settle(stocked)
    made = stocked.callback(who, named_by_customer=True)
    stocked.clock.advance(minutes=1)
    book = stocked.database.rulebook.campaigns[CODE]
    assert book.purpose is not Purpose.SALES
    sold = text.replace(f'purpose = "{book.purpose}"', 'purpose = "sales"')
    publish(stocked, "campaigns", sold)
    assert why(stocked.database, seat, made).callable_now
    assert take(stocked)
    assert claim_next(stocked.database, seat).taken is None
    assert not why(stocked.database, seat, made).callable_now
    kind = stocked.rows(sa.select(campaign).where(campaign.c.code == CODE))[0]
    assert kind["purpose"] == "sales"


WEEKS = st.sampled_from([None, "18:00-20:00", "10:00-12:00;none;none"])


@given(named=st.booleans(), preferred=WEEKS, refused=WEEKS, own=WEEKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_terms_that_are_switched_off_say_the_same_once_they_are_on(
    named: bool, preferred: str | None, refused: str | None, own: str | None
) -> None:
    weeks = [None if text is None else read_week(text) for text in (preferred, refused, own)]
    preferred_week, refused_week, own_week = weeks
    terms = Terms(named, None if named else preferred_week, refused_week, own_week)
    off = write_terms(replace(terms, off=True))
    assert off.endswith("/off")
    assert read_terms(off).off
    assert switched_on(off) == write_terms(replace(terms, campaign=None))
