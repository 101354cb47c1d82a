"""Caps that change: stricter ones reach what waits, milder ones give its own time back."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from db.caps import attempts_of
from db.customer_stops import set_do_not_call
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim
from db.tables import asset, callback, campaign, person_asset
from db.why import why
from domain.decision import Decision
from domain.permissions import Actor
from tests.databases import MONDAY_10, Desk
from tests.db.test_caps import TUESDAY
from tests.db.test_rules_in_force import SHIPPED, publish, settle, stocked, take

__all__ = ["stocked"]


def with_most(code: str, most: int) -> str:
    head, found, rest = SHIPPED["caps"].partition(f'code = "{code}"')
    assert found
    old, mark, others = rest.partition("most = ")
    return f"{head}{found}{old}{mark}{most}{others[others.index(chr(10)) :]}"


def change(desk: Desk, code: str, most: int) -> None:
    desk.clock.advance(seconds=1)
    publish(desk, "caps", with_most(code, most))
    assert take(desk)
    settle(desk)


def ring(desk: Desk, who: Actor, callback_id: int, outcome: str = "completed") -> None:
    taken = claim(desk.database, who, callback_id)
    decision = Decision(str(uuid.uuid4()), outcome)
    finish(desk.database, who, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=10)


def test_a_stricter_cap_reaches_what_waits(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    person = stocked.person()
    waits = stocked.callback(person)
    ring(stocked, seat, stocked.callback(person))
    assert stocked.row(waits)["state"] == "due"
    change(stocked, "house-day", 1)
    row = stocked.row(waits)
    assert (row["state"], row["ready_at"], row["not_before"]) == ("scheduled", TUESDAY, TUESDAY)
    change(stocked, "house-day", 3)
    row = stocked.row(waits)
    assert (row["state"], row["ready_at"], row["not_before"]) == ("due", row["due_at"], None)
    assert row["due_at"] < MONDAY_10
    assert why(stocked.database, seat, waits).callable_now


def test_a_retry_behind_a_cap_has_its_own_time_again(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    person = stocked.person()
    change(stocked, "house-day", 1)
    made = stocked.callback(person)
    begun = stocked.clock.now
    ring(stocked, seat, made, "driving")
    assert stocked.row(made)["ready_at"] >= TUESDAY
    change(stocked, "house-day", 3)
    row = stocked.row(made)
    assert row["due_at"] == row["ready_at"] == begun + timedelta(hours=2)
    before = row
    settle(stocked)
    assert stocked.row(made) == before


def test_a_wait_is_as_short_as_the_other_caps_and_stops_allow(stocked: Desk) -> None:
    seat = stocked.seat("ann").actor
    person = stocked.person()
    change(stocked, "house-week", 1)
    waits = stocked.callback(person)
    ring(stocked, seat, stocked.callback(person))
    held = stocked.row(waits)["not_before"]
    assert held > TUESDAY + timedelta(days=5)
    stop = stocked.clock.now + timedelta(days=2)
    set_do_not_call(stocked.database, stocked.actor, person_id=person, expires_at=stop)
    stopped = stocked.row(waits)["not_before"]
    change(stocked, "house-week", 7)
    assert stopped == held
    assert stocked.row(waits)["not_before"] == stocked.row(waits)["ready_at"] == stop


@pytest.fixture
def sales(desk: Desk) -> None:
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(purpose="sales")))


def oregon(desk: Desk) -> tuple[int, int]:
    desk.clock.now = MONDAY_10.replace(hour=20)
    who = desk.person("Ann", "+15035550123", zone="America/Los_Angeles")
    return who, desk.callback(who)


def bought(desk: Desk, person_id: int, day: date, *, by_us: bool) -> None:
    def work(unit: sa.Any) -> None:
        made = unit.run(
            asset.insert().returning(asset.c.id),
            {
                "kind": "car", "bought_on": day, "sold_by_us": by_us,
                "created_at": unit.now, "updated_at": unit.now,
            },
        ).scalar_one()  # fmt: skip
        link = {"person_id": person_id, "asset_id": made, "role": "owner", "position": 0}
        unit.run(person_asset.insert(), {**link, "since": unit.now})

    desk.database.write(work)


@pytest.mark.parametrize(
    ("day", "by_us", "spared"),
    [
        (date(2025, 5, 24), True, True),
        (date(2025, 5, 23), True, False),
        (date(2026, 11, 1), False, False),
        (None, False, False),
    ],
)
@pytest.mark.usefixtures("sales")
def test_oregon_spares_who_dealt_with_us_within_eighteen_months(
    desk: Desk, day: date | None, by_us: bool, spared: bool
) -> None:
    """By the state's own cap; the house's would stop the fourth call on its own account."""
    seat = desk.seat("ann").actor
    who, waits = oregon(desk)
    if day is not None:
        bought(desk, who, day, by_us=by_us)
    for _ in range(3):
        ring(desk, seat, desk.callback(who))
    blocks = why(desk.database, seat, waits).blocks
    rules = {one.said.params["rule"].en for one in blocks if one.said.key == "caps.law"}
    assert rules == (set() if spared else {"Oregon: at most 3 sales calls in 24 hours"})


@pytest.mark.usefixtures("sales")
def test_attempts_know_their_campaign(desk: Desk) -> None:
    seat = desk.seat("ann").actor
    who = desk.person()
    made = desk.callback(who)
    ring(desk, seat, made)
    kind = desk.row(made)["campaign_id"]
    tried = desk.database.read(lambda unit: attempts_of(unit, desk.database.rulebook, [who])[who])
    assert {one.campaign_id for one in tried} == {kind}
    keep_house(desk.database, every=0)
    assert desk.rows(sa.select(callback.c.id))
