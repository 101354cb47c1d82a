"""The plan runs by itself: once a day, by one seat, where a lead wants it, and it is seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db import care_day
from db.care import run_care_plan
from db.care_day import CareKeeper
from db.care_pace import Pace
from db.care_settings import care_settings, set_care, shop_zone
from db.heart import SeatHeart
from db.tables import callback, callback_event, care_pass, desk_fact, person
from domain.care.book import CareBook
from domain.errors import InputError, RefusedError
from tests.databases import CHINA, Desk

TODAY = date(2026, 11, 23)


def book(zone: str) -> CareBook:
    return CareBook(care_plans(), BoraxCalendar(), zone)


@pytest.fixture
def many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk of 30 customers who have their birthday today, or tomorrow: every other one."""
    # One batch is a turn, so that a turn has an end.
    monkeypatch.setattr(care_day, "_BREATH", 0.0)
    people = [desk.person(f"客户{n}") for n in range(30)]

    def work(unit) -> None:  # type: ignore[no-untyped-def]
        for n, who in enumerate(people):
            day = f"1980-11-{23 + n % 2}"
            unit.run(sa.update(person).where(person.c.id == who).values(birthday=day))

    desk.database.write(work)
    set_care(desk.database, desk.actor, zone="Asia/Shanghai", auto="on")
    return desk


@dataclass
class Keeper:
    """A keeper with a clock that goes on by a second whenever it is asked."""

    kept: CareKeeper
    clock: Iterator[int]

    def turn(self, budget: float = 900.0) -> bool:
        return self.kept.turn(budget)

    def wait(self) -> None:
        """Half a minute, after which it looks again."""
        for _ in range(30):
            next(self.clock)


def keeper(desk: Desk, login: str = "ann") -> Keeper:
    actor, clock = desk.seat(login).actor, count()
    kept = CareKeeper(
        desk.database, actor, book, lambda: lambda _, __: "note", clock=lambda: float(next(clock))
    )
    return Keeper(kept, clock)


def made(desk: Desk) -> int:
    return len(desk.rows(sa.select(callback.c.id)))


def test_it_runs_once_a_day_and_says_what_came_of_it(many: Desk) -> None:
    ann = keeper(many)
    assert ann.turn() is False
    assert made(many) == 15
    last = care_settings(many.database).last
    assert last is not None
    assert (last.day, last.by_itself, last.operator) == (TODAY, True, "Ann")
    assert (last.customers, last.made, last.left_out) == (30, 15, 0)
    assert last.finished_at is not None
    assert {row["operator_id"] for row in many.rows(sa.select(callback_event))} == {None}
    ann.wait()
    ann.turn()
    assert len(many.rows(sa.select(care_pass.c.id))) == 1
    many.clock.advance(days=1)
    ann.wait()
    ann.turn()
    assert made(many) == 30
    assert len(many.rows(sa.select(care_pass.c.id))) == 2


def test_a_seats_heart_gives_it_its_turns(many: Desk) -> None:
    actor, done = many.seat("ann").actor, threading.Event()
    kept = CareKeeper(many.database, actor, book, lambda: lambda _, __: "note")

    def chores() -> None:
        if not kept.turn():
            done.set()

    heart = SeatHeart(
        many.database, actor, alive=lambda: True, on_beat=lambda _: None,
        on_trouble=lambda _: None, chores=chores,
    )  # fmt: skip
    heart.start()
    assert done.wait(20.0)
    heart.stop()
    assert made(many) == 15


def test_only_one_seat_does_it_and_another_goes_on_where_it_fell_silent(many: Desk) -> None:
    many.operator("bob")
    ann, bob = keeper(many), keeper(many, "bob")
    assert ann.turn(0.0) is True
    assert bob.turn() is False
    assert made(many) == 0
    many.clock.advance(seconds=46)
    bob.wait()
    assert bob.turn() is False
    assert made(many) == 15
    # Ann's seat wakes up: the pass is another's, and over.
    assert ann.turn() is False
    assert made(many) == 15
    last = care_settings(many.database).last
    assert last is not None
    assert (last.operator, last.customers, last.made) == ("Bob", 30, 15)


def test_what_was_planned_before_a_seat_fell_silent_is_counted_once(
    many: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care_day, "_AT_ONCE", 7)
    many.operator("bob")
    ann, bob = keeper(many), keeper(many, "bob")
    assert ann.turn(3.0) is True
    first = many.rows(sa.select(care_pass))[0]
    assert 0 < first["customers"] < 30
    assert first["finished_at"] is None
    many.clock.advance(seconds=46)
    bob.wait()
    bob.turn()
    (row,) = many.rows(sa.select(care_pass))
    assert (row["customers"], row["made"], made(many)) == (30, 15, 15)
    assert row["finished_at"] is not None


def test_a_lead_switches_it_off_and_it_stops_under_way(many: Desk) -> None:
    ann = keeper(many)
    assert ann.turn(0.0) is True
    set_care(many.database, many.actor, auto="off")
    assert ann.turn(0.0) is False
    many.clock.advance(days=1)
    ann.wait()
    assert ann.turn() is False
    assert made(many) == 0
    told = [row["action"] for row in many.rows(sa.text("SELECT action FROM audit"))]
    assert (told.count("care_set"), told.count("shop_set")) == (2, 1)


def test_without_a_clock_or_for_practice_it_runs_only_when_told_to(desk: Desk) -> None:
    assert care_settings(desk.database).auto == "off"
    assert shop_zone(desk.database) == CHINA.zone
    with pytest.raises(InputError, match="care_auto_without_zone"):
        set_care(desk.database, desk.actor, auto="on")
    set_care(desk.database, desk.actor, zone="Asia/Tokyo")
    assert shop_zone(desk.database) == "Asia/Tokyo"
    # The tests' desk is one for practice.
    assert care_settings(desk.database).auto == "off"
    desk.database.write(
        lambda unit: unit.run(
            sa.update(desk_fact).where(desk_fact.c.name == "practice").values(value="no")
        )
    )
    assert care_settings(desk.database).auto == "on"


def test_wrong_settings_are_refused_and_only_leads_set_them(desk: Desk) -> None:
    with pytest.raises(InputError, match="zone_unknown"):
        set_care(desk.database, desk.actor, zone="Mars/Crater")
    with pytest.raises(InputError, match="care_auto_unknown"):
        set_care(desk.database, desk.actor, auto="maybe")
    with pytest.raises(RefusedError, match="not_allowed"):
        set_care(desk.database, desk.operator("bob"), zone="Asia/Tokyo")


def test_the_day_is_the_shops(many: Desk) -> None:
    # It is Monday morning in China, and still Sunday evening in Los Angeles.
    set_care(many.database, many.actor, zone="America/Los_Angeles")
    keeper(many).turn()
    last = care_settings(many.database).last
    assert last is not None
    assert last.day == TODAY - timedelta(days=1)
    assert made(many) == 0


def test_a_run_by_hand_beside_it_makes_nothing_twice_and_is_seen(many: Desk) -> None:
    ann = keeper(many)
    run_care_plan(many.database, many.actor, book("Asia/Shanghai"))
    last = care_settings(many.database).last
    assert last is not None
    assert (last.by_itself, last.made) == (False, 15)
    many.clock.advance(minutes=1)
    ann.turn()
    assert made(many) == 15
    last = care_settings(many.database).last
    assert last is not None
    assert (last.by_itself, last.made) == (True, 0)


def test_levelled_it_puts_off_what_can_wait(many: Desk) -> None:
    set_care(many.database, many.actor, auto="level")
    keeper(many).turn()
    # Greetings can't wait, and nobody knows what the operators can do.
    assert made(many) == 15


def test_plans_that_cannot_be_read_make_nothing_and_leave_the_day_open(many: Desk) -> None:
    def broken(zone: str) -> CareBook:
        raise InputError("content_bad", where="care_plans.toml", problem="x")

    one = CareKeeper(many.database, many.seat("ann").actor, broken, lambda: lambda _, __: "")
    assert one.turn() is False
    assert not many.rows(sa.select(care_pass.c.id))


def test_so_much_is_written_at_once_as_was_done_in_time() -> None:
    pace = Pace(seconds=0.01, size=8, most=12)
    pace.took(8, 0.02)
    assert pace.size == 4
    pace.took(4, 0.002)
    assert pace.size == 5
    # A short batch that was quick says little, and a slow one counts by what it held.
    pace.took(1, 0.001)
    assert pace.size == 5
    pace.took(2, 0.02)
    assert pace.size == 1
    pace.took(1, 0.5)
    assert pace.size == 1
    for _ in range(40):
        pace.took(pace.size, 0.0)
    assert pace.size == 12
