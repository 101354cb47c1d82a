"""Somebody may be called at every minute of every week, and somebody may not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo.making import fill, make_demo
from app.demo.people import invent
from content.demo import demo_content
from content.rulebook import load_shipped
from db.engine import open_database
from db.housekeeping import keep_house
from db.operators import actor_of
from db.queue_counts import counts
from db.queue_list import page
from domain.calling_hours import NAMED_BY_CUSTOMER, windows_between

WEEK = timedelta(days=7)
ENOUGH = 20
VISIBLE = 10

# Mondays, 00:00 UTC.
STARTS = {
    "new year": datetime(2026, 12, 28, tzinfo=UTC),
    "spring festival": datetime(2027, 2, 1, tzinfo=UTC),
    "summer time begins in America": datetime(2027, 3, 8, tzinfo=UTC),
    "summer time begins in Europe, ends in Australia": datetime(2027, 3, 22, tzinfo=UTC),
    "independence day": datetime(2027, 6, 28, tzinfo=UTC),
    "golden week": datetime(2026, 9, 28, tzinfo=UTC),
    "christmas": datetime(2026, 12, 21, tzinfo=UTC),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_at_every_minute_of_a_week(start: datetime) -> None:
    """Exactly: the count can only change where a window opens or closes, or a time comes."""
    rules, end = load_shipped(), start + WEEK
    changes: Counter[datetime] = Counter()
    ready = 0
    for one in invent(demo_content(), rules, start):
        if one.role.owner is not None or one.role.promised or one.role.due_in > 0:
            continue
        ready += 1
        for opens, closes in windows_between(
            rules.calling,
            zones=[one.place.zone],
            places=[one.place.country],
            purpose=rules.campaigns[one.campaign].purpose,
            preferred=None,
            since=start,
            until=end,
        ):
            changes[max(opens, start)] += 1
            changes[closes] -= 1
    open_now = 0
    for at in sorted(changes):
        if at >= end:
            break
        open_now += changes[at]
        assert ENOUGH <= open_now <= ready - VISIBLE, (at, open_now)
    assert min(changes) == start


def test_promises_are_for_people_in_their_daytime() -> None:
    rules = load_shipped()
    for hour in range(24):
        now = STARTS["new year"] + timedelta(hours=hour)
        promised = [one for one in invent(demo_content(), rules, now) if one.role.promised]
        assert len(promised) == 6
        assert {one.role.due_in < 0 for one in promised} == {True, False}
        for one in promised:
            opens, closes = windows_between(
                rules.calling,
                zones=[one.place.zone],
                places=[one.place.country],
                purpose=rules.campaigns[one.campaign].purpose,
                preferred=NAMED_BY_CUSTOMER,
                since=now,
                until=now + timedelta(minutes=1),
            )[0]
            assert opens <= now < closes


def test_everybody_is_somebody_else() -> None:
    people = invent(demo_content(), load_shipped(), STARTS["new year"])
    assert len({one.number.e164 for one in people}) == len(people)
    assert len({one.name for one in people}) == len(people)
    assert invent(demo_content(), load_shipped(), STARTS["new year"]) == people


def test_the_database_says_the_same_hour_by_hour(tmp_path: Path) -> None:
    start = STARTS["new year"]
    file = tmp_path / "demo.db"
    made = make_demo(str(file), login="li.na", language="zh", now=start)
    assert made.customers == len(invent(demo_content(), load_shipped(), start))
    assert made.logins == ("li.na", "wang.wei", "ann")
    database = open_database(str(file), rulebook=load_shipped())
    try:
        actor = actor_of(database, "li.na")
        assert str(actor.role) == "admin"
        for hour in range(7 * 24):
            now = start + timedelta(hours=hour, minutes=hour * 37 % 60)
            database.set_clock(lambda now=now: now)  # type: ignore[misc]
            keep_house(database, every=0)
            figures = counts(database, actor)
            assert figures.callable >= ENOUGH, (now, figures)
            assert figures.closed >= VISIBLE, (now, figures)
        # A practice clock may also be set back.
        database.set_clock(lambda: start)
        keep_house(database, every=0)
        assert counts(database, actor).callable >= ENOUGH
        names = [row.name for row in page(database, actor).rows]
        assert len(names) == made.customers
    finally:
        database.close()


def test_making_it_again_replaces_a_practice_database_and_nothing_else(tmp_path: Path) -> None:
    start = STARTS["new year"]
    file = tmp_path / "demo.db"
    make_demo(str(file), login="ann", language="en", now=start)
    database = open_database(str(file), rulebook=load_shipped())
    database.pretend(start)
    fill(database, actor_of(database, "ann"), demo_content())
    database.close()
    again = make_demo(str(file), login="ann", language="en", now=start)
    database = open_database(str(file), rulebook=load_shipped())
    database.pretend(start)
    figures = counts(database, actor_of(database, "ann"))
    database.close()
    assert figures.due + figures.others + figures.scheduled == again.customers


def test_nobody_sees_half_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "demo.db"
    seen: list[bool] = []

    def looking(*arguments: Any) -> int:
        seen.append(file.exists())
        return fill(*arguments)

    monkeypatch.setattr("app.demo.making.fill", looking)
    make_demo(str(file), login="ann", language="en", now=STARTS["new year"])
    assert seen == [False]
    assert {path.name for path in tmp_path.iterdir()} == {"demo.db"}
