"""What becomes of chances, who may say so, the list of them, and what calls brought in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from db.chance_list import ChanceRow, list_chances, report_chances
from db.chance_settling import settle_chance
from db.customer_erase import erase
from db.finish import finish
from db.queue import claim
from db.tables import callback, chance
from db.why import why
from domain.bilingual import Bilingual
from domain.chance import ChanceKind, ChanceState, GivenChance
from domain.chance_report import Heard, report_of, total_of
from domain.decision import Decision
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from tests.databases import Desk

ORDER = GivenChance(ChanceKind.ORDER, "两条轮胎", 160_000, "CNY")
IDEA = GivenChance(ChanceKind.IDEA, "a club evening")


@pytest.fixture
def ann(desk: Desk) -> Actor:
    return desk.seat("ann").actor


def heard(desk: Desk, actor: Actor, *given: GivenChance, campaign: str = "delivery-3day") -> None:
    taken = claim(desk.database, actor, desk.callback(campaign=campaign))
    decision = Decision(str(uuid.uuid4()), "completed", chances=given)
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=10)


def listed(desk: Desk, actor: Actor, **wanted: object) -> list[ChanceRow]:
    return list(list_chances(desk.database, actor, **wanted).rows)  # type: ignore[arg-type]


def test_a_chance_is_won_with_what_it_brought_or_what_it_was_worth(desk: Desk, ann: Actor) -> None:
    heard(desk, ann, ORDER, IDEA)
    idea, order = listed(desk, ann)
    assert (order.campaign, order.owner, order.state) == ("delivery-3day", "Ann", "open")
    settle_chance(desk.database, ann, order.id, ChanceState.WON)
    settle_chance(desk.database, ann, idea.id, ChanceState.WON, brought=(9_900, "EUR"))
    idea, order = listed(desk, ann, state=ChanceState.WON)
    assert (order.brought, order.brought_currency, order.settled_by) == (160_000, "CNY", "Ann")
    assert (idea.brought, idea.brought_currency) == (9_900, "EUR")
    settle_chance(desk.database, ann, order.id, ChanceState.OPEN)
    (again,) = listed(desk, ann, state=ChanceState.OPEN)
    assert (again.brought, again.settled_at, again.settled_by) == (None, None, None)


def test_a_lost_one_needs_a_reason_and_takes_its_callback_along(desk: Desk, ann: Actor) -> None:
    step = GivenChance(ChanceKind.ORDER, "tyres", next_at=desk.clock.now + timedelta(days=2))
    heard(desk, ann, step)
    (one,) = listed(desk, ann)
    with pytest.raises(InputError) as refused:
        settle_chance(desk.database, ann, one.id, ChanceState.LOST, reason="  ")
    assert refused.value.code == "chance_needs_reason"
    settle_chance(desk.database, ann, one.id, ChanceState.LOST, reason="bought elsewhere")
    (lost,) = listed(desk, ann)
    assert (lost.state, lost.reason) == ("lost", "bought elsewhere")
    (made,) = [row for row in desk.rows(sa.select(callback)) if row["source"] == "chance"]
    assert made["state"] == "cancelled"
    (block,) = why(desk.database, ann, made["id"]).blocks
    assert block.said.params["kind"].key == "queue.event.chance_lost"


def test_only_the_owner_or_a_lead_says_what_became_of_it(desk: Desk, ann: Actor) -> None:
    heard(desk, ann, ORDER)
    (one,) = listed(desk, ann)
    bo, lead = desk.operator("bo"), desk.operator("li", "lead")
    with pytest.raises(RefusedError):
        settle_chance(desk.database, bo, one.id, ChanceState.WON)
    with pytest.raises(RefusedError):
        report_chances(desk.database, bo, zone="UTC")
    settle_chance(desk.database, lead, one.id, ChanceState.WON)
    assert listed(desk, bo, mine=True) == []
    with pytest.raises(RefusedError) as unknown:
        settle_chance(desk.database, lead, 999, ChanceState.WON)
    assert unknown.value.code == "chance_unknown"


def test_the_list_is_chosen_from_and_paged_both_ways(desk: Desk, ann: Actor) -> None:
    for _ in range(3):
        heard(desk, ann, ORDER, IDEA, campaign="win-back")
    heard(desk, ann, ORDER)
    everything = [one.id for one in listed(desk, ann)]
    assert len(everything) == 7
    assert everything == sorted(everything, reverse=True)
    assert len(listed(desk, ann, kind=ChanceKind.IDEA)) == 3
    assert len(listed(desk, ann, campaign_code="delivery-3day")) == 1
    first = list_chances(desk.database, ann, limit=3)
    assert ([one.id for one in first.rows], first.more_after) == (everything[:3], True)
    then = list_chances(desk.database, ann, anchor=everything[2], limit=3)
    assert [one.id for one in then.rows] == everything[3:6]
    assert then.more_before
    back = list_chances(desk.database, ann, anchor=everything[3], side="before", limit=2)
    assert [one.id for one in back.rows] == everything[1:3]
    here = list_chances(desk.database, ann, anchor=everything[3], side="from", limit=2)
    assert [one.id for one in here.rows] == everything[3:5]
    last = list_chances(desk.database, ann, side="before", limit=2)
    assert [one.id for one in last.rows] == everything[-2:]


def test_the_report_counts_by_month_campaign_and_kind(desk: Desk, ann: Actor) -> None:
    heard(desk, ann, ORDER, ORDER, IDEA)
    heard(desk, ann, ORDER, campaign="win-back")
    first, second, *_ = listed(desk, ann, kind=ChanceKind.ORDER, campaign_code="delivery-3day")
    settle_chance(desk.database, ann, first.id, ChanceState.WON, brought=(100_000, "CNY"))
    settle_chance(desk.database, ann, second.id, ChanceState.LOST, reason="price")
    report = report_chances(desk.database, ann, zone="Asia/Shanghai")
    found = {(one.campaign, one.kind): one for one in report.lines}
    order = found["delivery-3day", "order"]
    assert (order.month, order.heard, order.won, order.lost) == ("2026-11", 2, 1, 1)
    assert order.brought == (("CNY", 100_000),)
    assert order.share.value == 50
    assert found["win-back", "order"].expected == (("CNY", 160_000),)
    assert found["win-back", "order"].share.value is None
    assert (report.total.heard, report.total.won, report.total.open) == (4, 1, 2)
    desk.clock.advance(days=400)
    assert report_chances(desk.database, ann, zone="UTC").total.heard == 0


def test_months_begin_on_the_lead_s_clock_and_currencies_stay_apart() -> None:
    at = datetime(2026, 10, 31, 17, tzinfo=UTC)
    name = Bilingual("三日回访", "three days")
    made = [
        Heard(at, "x", name, "order", "won", 5, "EUR", 7, "EUR"),
        Heard(at, "x", name, "order", "won", 5, "CNY", 9, "CNY"),
    ]
    assert [one.month for one in report_of(made, "Asia/Shanghai")] == ["2026-11"]
    assert [one.month for one in report_of(made, "UTC")] == ["2026-10"]
    total = total_of(made)
    assert total.brought == (("CNY", 9), ("EUR", 7))
    assert total.share.interval is not None
    assert total.share.note.key == "survey.figure.few"


def test_an_erased_customers_reason_is_gone_and_the_figures_stay(desk: Desk, ann: Actor) -> None:
    heard(desk, ann, ORDER)
    (one,) = listed(desk, ann)
    settle_chance(desk.database, ann, one.id, ChanceState.WON, reason="王芳 said so")
    erase(desk.database, ann, one.person_id, "request")
    (kept,) = desk.rows(sa.select(chance))
    assert (kept["reason"], kept["text"], kept["settled_value"]) == (None, "", 160_000)
