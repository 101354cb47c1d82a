"""Customers are sorted, a lead confirms, and what waits for them follows."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import run_care_plan
from db.customer_erase import erase
from db.customer_export import export
from db.customers import show
from db.finish import finish
from db.matches import decide_same
from db.queue import claim
from db.tables import audit, callback, campaign, occasion, person, possible_match, service_order
from db.tables import tier_proposal as proposal_table
from db.tier_deciding import confirm, confirm_all, decline, pin, unpin
from db.tier_list import Proposal, proposals
from db.tiers import propose, read_curves
from db.why import why
from domain.bands import Tier
from domain.care.book import CareBook
from domain.contribution import Curve, TooLittle
from domain.decision import Decision
from domain.errors import InputError, RefusedError
from tests.databases import Desk

TODAY = date(2026, 11, 23)


def spent(desk: Desk, person_id: int, yuan: int, **fields: Any) -> int:
    values = {"spent": yuan * 100, "currency": "CNY", **fields}
    desk.database.write(
        lambda unit: unit.run(sa.update(person).where(person.c.id == person_id).values(**values))
    )
    return person_id


def visit(
    desk: Desk, person_id: int, days: int, service: str = "maintenance", yuan: int = 0
) -> None:
    row = {
        "number": uuid.uuid4().hex,
        "person_id": person_id,
        "service": service,
        "visited_on": TODAY - timedelta(days=days),
        "amount": yuan * 100,
        "currency": "CNY",
        "faults": [],
        "created_at": desk.clock.now,
    }
    desk.database.write(lambda unit: unit.run(service_order.insert(), row))


def shop(desk: Desk, count: int = 20) -> list[int]:
    """Customers of whom the first brings most; the second to the fifth much, the rest little."""
    amounts = [900, *[600] * 3, *[20] * (count - 4)]
    return [spent(desk, desk.person(f"客户{n}"), amounts[n]) for n in range(count)]


def waiting(desk: Desk) -> dict[tuple[int, str], Proposal]:
    found = proposals(desk.database, desk.actor)
    assert found.waiting == len(found.rows)
    return {(one.person_id, one.kind): one for one in found.rows}


def record(desk: Desk, person_id: int) -> sa.RowMapping:
    return desk.rows(sa.select(person).where(person.c.id == person_id))[0]


def test_tiers_are_proposed_with_reasons_and_nothing_moves_before_a_lead_confirms(
    desk: Desk,
) -> None:
    people = shop(desk)
    told = propose(desk.database, desk.actor, TODAY)
    assert (told.customers, told.unknown, told.pinned) == (20, 0, 0)
    assert told.open == {"tier.first": 20}
    found = waiting(desk)
    tiers = [found[one, "tier"].after for one in people]
    assert tiers[:4] == ["key"] * 4
    assert set(tiers[4:]) == {"regular"}
    assert [said.key for said in found[people[0], "tier"].why] == [
        "tiers.why.key",
        "tiers.policy.full",
    ]
    assert record(desk, people[0])["tier"] is None


def test_a_second_run_proposes_nothing_twice_and_takes_back_what_holds_no_more(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    first = waiting(desk)
    propose(desk.database, desk.actor, TODAY)
    assert waiting(desk) == first
    spent(desk, people[0], 20)
    spent(desk, people[9], 2000)
    propose(desk.database, desk.actor, TODAY)
    second = waiting(desk)
    assert second[people[0], "tier"].after == "regular"
    assert second[people[9], "tier"].after == "key"
    assert second[people[9], "tier"].id == first[people[9], "tier"].id


def test_waiting_callbacks_follow_a_confirmed_tier(desk: Desk) -> None:
    people = shop(desk)
    ordinary = desk.callback(people[0], campaign="maintenance-due")
    promised = desk.callback(people[0], campaign="general", promised=True)
    other = desk.callback(people[9], campaign="maintenance-due")
    propose(desk.database, desk.actor, TODAY)
    chosen = [one.id for (person_id, _), one in waiting(desk).items() if person_id == people[0]]
    done = confirm(desk.database, desk.actor, chosen, TODAY)
    assert (done.tiers, done.levels, done.outdated, done.callbacks) == (1, 0, 0, 1)
    assert [desk.row(one)["band"] for one in (ordinary, promised, other)] == [2, 0, 7]
    assert record(desk, people[0])["tier"] == "key"
    keys = [said.key for said in why(desk.database, desk.actor, ordinary).order]
    assert "rules.band.key_customer" in keys
    # The same proposals again: decided before, left alone.
    assert confirm(desk.database, desk.actor, chosen, TODAY).tiers == 0


def test_poor_customers_wait_longer_but_never_with_a_complaint(desk: Desk) -> None:
    people = shop(desk)
    due = desk.callback(people[9], campaign="maintenance-due")
    complaint = desk.callback(people[9], campaign="complaint-follow-up")
    before = desk.row(complaint)["band"]
    assert pin(desk.database, desk.actor, people[9], Tier.POOR, "never pays") == 1
    assert (desk.row(due)["band"], desk.row(complaint)["band"]) == (8, before)
    assert desk.row(desk.callback(people[9], campaign="maintenance-due"))["band"] == 8


def test_the_one_who_talked_with_a_key_customer_most_becomes_their_operator(desk: Desk) -> None:
    people = shop(desk)
    bea = desk.operator("bea")
    seat = desk.seat("bea").actor
    taken = claim(desk.database, seat, desk.callback(people[0]))
    finish(desk.database, seat, taken.call_id, taken.fence, Decision(uuid.uuid4().hex, "completed"))
    open_one = desk.callback(people[0], campaign="maintenance-due")
    propose(desk.database, desk.actor, TODAY)
    confirm_all(desk.database, desk.actor, TODAY)
    row = desk.row(open_one)
    assert (row["owner_id"], row["assigned_to"]) == (bea.operator_id, bea.operator_id)
    assert row["grace_until"] is not None
    assert record(desk, people[0])["owner_id"] == bea.operator_id
    # What comes later is the own operator's too.
    assert desk.row(desk.callback(people[0]))["owner_id"] == bea.operator_id
    assert desk.row(desk.callback(people[9]))["owner_id"] is None


def test_a_pinned_tier_stays_and_says_who_and_why(desk: Desk) -> None:
    people = shop(desk)
    pin(desk.database, desk.actor, people[9], Tier.KEY, " sends us\nhis friends ")
    told = propose(desk.database, desk.actor, TODAY)
    assert told.pinned == 1
    assert (people[9], "tier") not in waiting(desk)
    confirm_all(desk.database, desk.actor, TODAY)
    standing = show(desk.database, desk.actor, people[9]).card.standing
    assert standing.pinned
    assert [said.params for said in standing.why] == [
        {"name": "Ann", "reason": "sends us his friends"}
    ]
    unpin(desk.database, desk.actor, people[9])
    propose(desk.database, desk.actor, TODAY)
    assert waiting(desk)[people[9], "tier"].direction == "down"
    with pytest.raises(RefusedError) as refused:
        unpin(desk.database, desk.actor, people[9])
    assert refused.value.code == "tier_not_pinned"


@pytest.mark.parametrize(
    ("reason", "code"), [("", "pin_reason_empty"), ("\n", "pin_reason_empty"),
                         ("x" * 201, "field_too_long")],
)  # fmt: skip
def test_a_pin_needs_a_reason(desk: Desk, reason: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        pin(desk.database, desk.actor, desk.person(), Tier.KEY, reason)
    assert refused.value.code == code


def test_what_was_declined_is_not_asked_again_until_it_is_something_else(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    asked = waiting(desk)[people[0], "tier"]
    assert decline(desk.database, desk.actor, [asked.id]) == 1
    assert decline(desk.database, desk.actor, [asked.id]) == 0
    propose(desk.database, desk.actor, TODAY)
    assert (people[0], "tier") not in waiting(desk)
    spent(desk, people[0], 25)
    propose(desk.database, desk.actor, TODAY)
    assert waiting(desk)[people[0], "tier"].after == "regular"


def test_who_is_set_by_hand_while_all_are_sorted_gets_no_proposal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = shop(desk)
    write = desk.database.write
    begun: list[bool] = []

    def overtaken(work: Any, **options: Any) -> Any:
        if not begun:
            begun.append(True)
            pin(desk.database, desk.actor, people[0], Tier.SMALL, "because")
            spent(desk, people[1], 600, tier="key")
        return write(work, **options)

    monkeypatch.setattr(desk.database, "write", overtaken)
    propose(desk.database, desk.actor, TODAY)
    assert {person_id for person_id, _ in waiting(desk)} == set(people[2:])


def test_a_proposal_that_was_overtaken_changes_nothing(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    stale = waiting(desk)[people[0], "tier"].id
    spent(desk, people[0], 900, tier="small")
    done = confirm(desk.database, desk.actor, [stale], TODAY)
    assert (done.tiers, done.outdated) == (0, 1)
    assert record(desk, people[0])["tier"] == "small"


def test_a_new_card_level_makes_an_occasion_once(desk: Desk) -> None:
    people = shop(desk)
    spent(desk, people[0], 25_000, member_level="standard")
    propose(desk.database, desk.actor, TODAY)
    found = waiting(desk)[people[0], "level"]
    assert (found.before, found.after, found.direction) == ("standard", "silver", "up")
    for _ in range(2):
        confirm_all(desk.database, desk.actor, TODAY, "level")
        propose(desk.database, desk.actor, TODAY)
    assert record(desk, people[0])["member_level"] == "silver"
    (noted,) = desk.rows(sa.select(occasion))
    assert (noted["person_id"], noted["kind"], noted["day"], noted["state"]) == (
        people[0],
        "member_level",
        TODAY,
        "open",
    )
    assert all(kind == "tier" for _, kind in waiting(desk))


def test_the_care_plan_rings_for_a_new_card_once(desk: Desk) -> None:
    people = shop(desk)
    spent(desk, people[0], 25_000, member_level="standard")
    propose(desk.database, desk.actor, TODAY)
    confirm_all(desk.database, desk.actor, TODAY)
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    for _ in range(2):
        run_care_plan(desk.database, desk.actor, book, TODAY + timedelta(days=2))
    query = sa.select(callback.c.person_id).join(campaign, campaign.c.id == callback.c.campaign_id)
    rung = desk.rows(query.where(campaign.c.code == "member-level"))
    assert [row["person_id"] for row in rung] == [people[0]]


def test_loyalty_and_trend_are_kept_and_visits_count_as_spending(desk: Desk) -> None:
    people = shop(desk)
    one = people[9]
    visit(desk, one, 900, "first_service", 100)
    visit(desk, one, 500, "maintenance", 400)
    visit(desk, one, 100, "maintenance", 900)
    visit(desk, one, 50, "minor_repair", 100)
    told = propose(desk.database, desk.actor, TODAY)
    row = record(desk, one)
    assert (row["loyalty"], row["trend"]) == ("loyal", "growing")
    # 1,500 by the visits, though the record knows of 20 only.
    assert waiting(desk)[one, "tier"].after == "key"
    curve = told.curves[0]
    assert isinstance(curve, Curve)
    assert curve.total == (900 + 3 * 600 + 15 * 20 + 1500) * 100


def test_nobody_is_sorted_by_a_figure_that_nobody_knows(desk: Desk) -> None:
    shop(desk)
    unknown = desk.person("无名")
    told = propose(desk.database, desk.actor, TODAY)
    assert told.unknown == 1
    assert unknown not in {person_id for person_id, _ in waiting(desk)}


def test_too_few_customers_are_not_cut_and_currencies_are_kept_apart(desk: Desk) -> None:
    people = shop(desk)
    foreign = spent(desk, people[0], 1_000_000, currency="USD")
    told = propose(desk.database, desk.actor, TODAY)
    assert told.curves == (TooLittle("CNY", 19, 20), TooLittle("USD", 1, 20))
    assert waiting(desk) == {}
    assert read_curves(desk.database, desk.actor)["USD"] == TooLittle("USD", 1, 20)
    assert record(desk, foreign)["tier"] is None


def test_pages_begin_with_who_brings_most(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    seen: list[int] = []
    after = None
    while True:
        page = proposals(desk.database, desk.actor, anchor=after, limit=7)
        assert page.waiting == 20
        seen += [one.person_id for one in page.rows]
        after = page.rows[-1].id
        if not page.more_after:
            break
    assert seen[0] == people[0]
    assert sorted(seen) == sorted(people)
    assert len(seen) == 20
    middle = proposals(desk.database, desk.actor, limit=9).rows[8].id
    back = proposals(desk.database, desk.actor, side="before", anchor=middle, limit=5)
    assert [one.person_id for one in back.rows] == seen[3:8]
    assert (back.more_before, back.more_after) == (True, True)
    again = proposals(desk.database, desk.actor, side="from", anchor=middle, limit=50)
    assert [one.person_id for one in again.rows] == seen[8:]
    last = proposals(desk.database, desk.actor, side="before", limit=4)
    assert [one.person_id for one in last.rows] == seen[16:]
    assert (last.more_before, last.more_after) == (True, False)


def test_only_a_lead_decides(desk: Desk) -> None:
    people = shop(desk)
    bea = desk.operator("bea")
    deeds = [
        lambda: propose(desk.database, bea, TODAY),
        lambda: read_curves(desk.database, bea),
        lambda: proposals(desk.database, bea),
        lambda: confirm(desk.database, bea, [1], TODAY),
        lambda: confirm_all(desk.database, bea, TODAY),
        lambda: decline(desk.database, bea, [1]),
        lambda: pin(desk.database, bea, people[0], Tier.KEY, "because"),
        lambda: unpin(desk.database, bea, people[0]),
    ]
    for deed in deeds:
        with pytest.raises(RefusedError) as refused:
            deed()
        assert refused.value.code == "not_allowed"


def test_every_decision_is_in_the_audit_without_words(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    found = waiting(desk)
    confirm(desk.database, desk.actor, [found[people[0], "tier"].id], TODAY)
    decline(desk.database, desk.actor, [found[people[1], "tier"].id])
    pin(desk.database, desk.actor, people[2], Tier.SMALL, "secret words")
    unpin(desk.database, desk.actor, people[2])
    rows = desk.rows(sa.select(audit).where(audit.c.action.like("tier%")).order_by(audit.c.id))
    assert [(row["action"], row["subject_id"]) for row in rows] == [
        ("tiers_proposed", None),
        ("tier_confirmed", people[0]),
        ("tier_declined", people[1]),
        ("tier_pinned", people[2]),
        ("tier_unpinned", people[2]),
    ]
    assert "secret" not in json.dumps([dict(row["details"]) for row in rows])


def test_a_closed_customer_waits_for_nothing(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    stale = waiting(desk)[people[0], "tier"].id
    spent(desk, people[0], 900, closed_at=desk.clock.now, closed_because="deceased")
    assert confirm(desk.database, desk.actor, [stale], TODAY).outdated == 1
    propose(desk.database, desk.actor, TODAY)
    assert people[0] not in {person_id for person_id, _ in waiting(desk)}


def test_merging_erasing_and_exporting_take_the_proposals_along(desk: Desk) -> None:
    people = shop(desk)
    propose(desk.database, desk.actor, TODAY)
    pin(desk.database, desk.actor, people[1], Tier.KEY, "secret words")
    pair = desk.database.write(
        lambda unit: unit.run(
            possible_match.insert().returning(possible_match.c.id),
            {
                "person_id": people[0], "other_id": people[1], "reason": "number",
                "state": "open", "found_at": unit.now,
            },
        ).scalar_one()
    )  # fmt: skip
    left = decide_same(desk.database, desk.actor, pair).person_id
    assert left is not None
    assert not [one for one in waiting(desk) if one[0] in people[:2]]
    exported = export(desk.database, desk.actor, left)
    assert "secret words" in json.dumps(exported["tier_proposals"])
    erase(desk.database, desk.actor, left, "request", rewrite=False)
    rows = desk.rows(sa.select(proposal_table).where(proposal_table.c.person_id.in_(people[:2])))
    assert rows == []
    assert desk.rows(sa.select(callback.c.id)) == []
