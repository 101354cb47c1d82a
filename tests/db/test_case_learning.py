"""Learning from cases on both databases, against counts made with the rows alone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
import sqlalchemy as sa

from db.case_closing import close_case, give_verdict, reopen_case, resolve
from db.case_learning import learn
from db.cases import NewCase, note_case, open_case
from db.finish import finish
from db.queue import claim_next
from db.tables import asset, case_entry, complaint, person_asset, service_order
from domain.case_learning import Step
from domain.case_returns import Handling
from domain.decision import Decision, GivenComplaint
from domain.errors import RefusedError
from tests.databases import MONDAY_10, Desk

DAY = timedelta(days=1)
BEGIN = date(2024, 1, 1)


def visits(desk: Desk, person: int, *days: date) -> None:
    rows = [
        {
            "number": f"{person}-{place}-{day}",
            "person_id": person,
            "service": "maintenance",
            "visited_on": day,
            "currency": "CNY",
            "faults": [],
            "created_at": desk.clock.now,
        }
        for place, day in enumerate(days)
    ]
    desk.database.write(lambda unit: unit.run(service_order.insert(), rows))


def regulars(desk: Desk) -> None:
    """Forty customers who come every hundred days, until after today."""
    for who in range(40):
        visits(desk, desk.person(f"客户{who}"), *(BEGIN + n * 100 * DAY for n in range(14)))


def opened(desk: Desk, person: int, received: datetime, **fields: object) -> int:
    new = NewCase(person, "刹车响", received_at=received, **fields)  # type: ignore[arg-type]
    return open_case(desk.database, desk.actor, new)


def told(found) -> dict[str, tuple[int, int]]:
    return {str(one.handling): (one.came, one.n) for one in found.returns.rates}


@pytest.fixture
def colleague(desk: Desk):
    return desk.operator("bo")


def test_an_empty_desk_has_no_figure(desk: Desk) -> None:
    found = learn(desk.database, desk.actor)
    assert (found.since, found.until) == (date(2025, 11, 24), date(2026, 11, 23))
    assert (found.received, found.causes.bars, found.repeats.share) == (0, (), None)
    assert (found.returns.usual_days, found.returns.known_until) == (None, None)
    assert all(one.share is None for one in found.returns.rates)
    assert [one.n for one in found.times[0].steps] == [0, 0, 0]
    with pytest.raises(RefusedError) as refused:
        learn(desk.database, desk.operator("bo"))
    assert refused.value.code == "not_allowed"


def test_who_came_back_by_how_fast_their_case_was_resolved(desk: Desk, colleague) -> None:
    """Cases of one day; a year later it is known who came back within a hundred days."""
    db, clock = desk.database, desk.clock
    regulars(desk)
    before = date(2026, 11, 1)
    quick, slow, never, against, bought, away = (desk.person() for _ in range(6))
    for person in (quick, slow, never, against):
        visits(desk, person, before)
    visits(desk, quick, date(2027, 2, 1))
    visits(desk, slow, date(2027, 2, 20))
    visits(desk, against, date(2027, 2, 1))
    _buy(desk, bought, date(2026, 10, 1), date(2027, 1, 5))
    cases = {
        person: opened(desk, person, MONDAY_10)
        for person in (quick, slow, never, against, bought, away)
    }
    clock.advance(hours=23)
    for person in (quick, bought):
        resolve(db, desk.actor, cases[person], "换了刹车片")
    clock.advance(days=3)
    resolve(db, desk.actor, cases[slow], "换了刹车片")
    resolve(db, desk.actor, cases[against], "换了刹车片")
    give_verdict(db, colleague, cases[against], "dissatisfied")
    clock.advance(days=350)
    visits(desk, desk.person(), clock.now.date() - DAY)

    found = learn(db, desk.actor)
    assert (found.returns.usual_days, found.returns.strangers) == (100, 1)
    rates = told(found)
    # 20 February is within 100 days of the resolution on 27 November; the new car is a return.
    assert rates["quick"] == (2, 2)
    assert rates["resolved"] == (1, 1)
    assert rates["unresolved"] == (1, 2)
    assert (rates["unsaid"], rates["grumble"]) == ((0, 0), (0, 0))
    slower = learn(db, desk.actor, quick=timedelta(hours=22))
    assert told(slower)["quick"] == (0, 0)
    assert told(slower)["resolved"] == (3, 3)
    # In a period that ends before their time does, they wait.
    early = learn(db, desk.actor, until=date(2026, 12, 31)).returns
    assert sum(one.n for one in early.rates if one.handling is not Handling.VISIT) == 0
    assert sum(one.waiting for one in early.rates if one.handling is not Handling.VISIT) == 5


def test_a_bad_call_without_a_case_and_a_grumble_are_groups_of_their_own(desk: Desk) -> None:
    regulars(desk)
    actor = desk.seat("ann").actor
    people = [desk.person() for _ in range(3)]
    for person in people:
        visits(desk, person, date(2026, 11, 1))
        desk.callback(person)
    grumble = GivenComplaint("grumble", "等太久", None, "workshop", "local")
    for ending in (
        {"recovery": "skipped", "recovery_reason": "信号不好"},
        {"recovery": "grumble", "complaint": grumble},
        {},
    ):
        taken = claim_next(desk.database, actor).taken
        decision = Decision(str(uuid.uuid4()), "completed", **ending)
        finish(desk.database, actor, taken.call_id, taken.fence, decision)
    visits(desk, people[0], date(2027, 2, 1))
    desk.clock.advance(days=365)
    visits(desk, desk.person(), desk.clock.now.date() - DAY)
    rates = told(learn(desk.database, desk.actor))
    assert rates["unsaid"] == (1, 1)
    assert rates["grumble"] == (0, 1)


def _buy(desk: Desk, person: int, *days: date) -> None:
    def work(unit) -> None:
        for bought in days:
            made = unit.run(
                asset.insert().returning(asset.c.id),
                {
                    "kind": "vehicle",
                    "bought_on": bought,
                    "sold_by_us": True,
                    "created_at": unit.now,
                    "updated_at": unit.now,
                },
            ).scalar_one()
            link = {"person_id": person, "asset_id": made, "role": "owner", "position": 0}
            unit.run(person_asset.insert(), {**link, "since": unit.now})

    desk.database.write(work)


def test_causes_repeats_and_times_against_the_rows(desk: Desk, colleague) -> None:
    db, clock = desk.database, desk.clock
    person, other = desk.person(), desk.person()
    told_of = (
        (person, "attitude", "time_wasted", "local"),
        (person, "attitude", "time_wasted", "skip_level"),
        (other, "attitude", "quality", "regulator"),
        (other, "process", None, "local"),
    )
    cases = []
    for who, category, cause, level in told_of:
        cases.append(opened(desk, who, clock.now, category=category, cause=cause, level=level))
        clock.advance(days=2)
    opened(desk, person, clock.now, weight="grumble", category="attitude")
    note_case(db, desk.actor, cases[0], "发了信", told=True)
    clock.advance(hours=5)
    resolve(db, desk.actor, cases[0], "道歉", told=True)
    give_verdict(db, colleague, cases[0], "satisfied")
    close_case(db, desk.actor, cases[0])
    resolve(db, desk.actor, cases[1], "道歉")
    clock.advance(hours=5)
    resolve(db, desk.actor, cases[1], "再道歉")
    reopened = cases[0]
    reopen_case(db, desk.actor, reopened, "又来了")

    found = learn(db, desk.actor)
    assert (found.received, found.causes.n, found.causes.unrecorded) == (5, 3, 1)
    assert [(bar.code, bar.count) for bar in found.causes.bars] == [
        ("time_wasted", 2), ("quality", 1),
    ]  # fmt: skip
    assert [bar.code for bar in found.categories.bars] == ["attitude", "process"]
    assert [(one.earlier_id, one.days) for one in found.repeats.found] == [
        (cases[1], 6), (cases[0], 2),
    ]  # fmt: skip
    assert found.repeats.n == 5
    assert learn(db, desk.actor, repeat=DAY).repeats.found == ()

    rows = {row["id"]: row for row in desk.rows(sa.select(complaint))}
    entries = desk.rows(sa.select(case_entry).order_by(case_entry.c.id))
    last = {row["complaint_id"]: row["at"] for row in entries if row["kind"] == "resolution"}
    spans = [
        last[key] - row["received_at"]
        for key, row in rows.items()
        if row["resolution"] is not None and row["weight"] != "grumble"
    ]
    contact, resolution, verdict = found.times[0].steps
    # What was reopened has no resolution and no verdict that stands; the one written last counts.
    assert (resolution.n, resolution.owed) == (len(spans), 3) == (1, 3)
    assert resolution.middle == median(spans) == timedelta(days=6, hours=10)
    assert (verdict.step, verdict.n, verdict.owed) == (Step.VERDICT, 0, 4)
    assert (contact.n, contact.middle) == (1, timedelta(days=8))
    assert [(one.by, one.code) for one in found.times] == [
        ("all", ""), ("level", "local"), ("level", "skip_level"), ("level", "regulator"),
        ("category", "attitude"), ("category", "process"),
    ]  # fmt: skip
    assert learn(db, desk.actor, until=date(2026, 11, 22)).received == 0


def test_the_call_in_which_it_was_heard_is_no_first_contact_and_what_is_taken_back_is_none(
    desk: Desk,
) -> None:
    actor = desk.seat("ann").actor
    desk.callback()
    taken = claim_next(desk.database, actor).taken
    given = GivenComplaint("complaint", "修了三次", "product_quality", "workshop", "local")
    decision = Decision(str(uuid.uuid4()), "completed", complaint=given, recovery="case")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    found = learn(desk.database, desk.actor)
    assert found.received == 1
    assert [one.n for one in found.times[0].steps] == [0, 0, 0]
    (row,) = desk.rows(sa.select(complaint))
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    desk.clock.now = at
    note_case(desk.database, desk.actor, row["id"], "当面解释过", told=True)
    contact = learn(desk.database, desk.actor).times[0].steps[0]
    assert (contact.n, contact.middle) == (1, at - row["received_at"])
    withdrawn = sa.update(complaint).values(status="withdrawn")
    desk.database.write(lambda unit: unit.run(withdrawn))
    assert learn(desk.database, desk.actor).received == 0
