"""One truth of the shop: from `init` to the care day and to the deadline of a complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from app.machine_shop import machine_shop
from app.rules import RulesTaker
from app.settings import Settings
from content.rulebook import load_shipped
from db.case_file import case_file
from db.cases import NewCase, open_case
from db.engine import Database, open_database
from db.operators import actor_of
from db.people import NewPerson, add_person
from db.shop import set_shop, shop_of
from db.tables import desk_fact
from domain.errors import RefusedError
from domain.permissions import Role
from domain.shop import Shop, shop_in_force
from tests.command_line import Run, plain

EVENING = datetime(2026, 12, 24, 17, 30, tzinfo=UTC)
"""Thursday in London, before Christmas and Boxing Day; early on Friday in Shanghai."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(*words: str, tz: str, database: bool = True) -> Result:
        monkeypatch.setenv("TZ", tz)
        own = ["--json", *(["--database", str(tmp_path / "desk.db")] if database else [])]
        return CliRunner().invoke(callback_desk, [*words, *own])

    return invoke


def seat(folder: Path, zone: str = "Asia/Tokyo") -> Database:
    """The desk as another machine opens it, whose own clock must not matter."""
    database = open_database(
        str(folder / "desk.db"),
        rulebook=load_shipped(),
        machine=lambda: machine_shop(Settings(my_zone=zone)),
    )
    database.set_clock(lambda: EVENING)
    RulesTaker().follow(database)
    return database


@pytest.mark.parametrize(
    ("tz", "country", "local", "today"),
    [
        # Friday is Christmas Day and Monday is off for Boxing Day: Tuesday and Wednesday count.
        ("Europe/London", "GB", "2026-12-30T23:59:59+00:00", "2026-12-24"),
        # Friday has begun in Shanghai: Monday and Tuesday count.
        ("Asia/Shanghai", "CN", "2026-12-29T23:59:59+08:00", "2026-12-25"),
    ],
)
def test_the_same_complaint_in_two_shops(
    run: Run, tmp_path: Path, tz: str, country: str, local: str, today: str
) -> None:
    made = plain(run("init", "--practice", "--as", "ann", tz=tz))
    assert (made["shop"]["country"], made["shop"]["zone"]) == (country, tz)
    assert made["shop"]["named_by"] == {"country": "desk", "zone": "desk", "trade": "nobody"}
    due = datetime.fromisoformat(local)
    database = seat(tmp_path)
    try:
        actor = actor_of(database, "ann")
        who = database.write(lambda unit: add_person(unit, NewPerson("王芳")))
        case_id = open_case(database, actor, NewCase(who, "刹车响"))
        limits = [one.limit for one in case_file(database, actor, case_id).timers]
        (update,) = [one for one in limits if one.rule.step == "update-customer"]
        assert update.due_at == due.astimezone(UTC)
        # What was told stands, wherever the shop goes.
        set_shop(database, actor, country="US", zone="America/New_York")
        (kept,) = [
            one.limit
            for one in case_file(database, actor, case_id).timers
            if one.limit.id == update.id
        ]
        assert kept.due_at == kept.deadline(database.rulebook).due_at == due.astimezone(UTC)
        set_shop(database, actor, country=country, zone=tz)
    finally:
        database.close()
    asked = ("house", "update-customer", "--from", EVENING.isoformat())
    found = plain(run("case", "deadline", *asked, tz="Asia/Tokyo"))
    assert (found["due"], found["zone"], found["guessed"]) == (local, tz, [])
    now = ("--as", "ann", "--now", EVENING.isoformat())
    assert plain(run("care", "run", "--dry-run", *now, tz="Asia/Tokyo"))["today"] == today
    assert plain(run("care", "auto", *now, tz="Asia/Tokyo"))["zone"] == tz


def test_a_trade_makes_its_timers_bind(run: Run, tmp_path: Path) -> None:
    wrong = plain(run("init", "--practice", "--as", "ann", "--trade", "cra", tz="UTC"), code=1)
    assert wrong["error"]["code"] == "trade_unknown"
    assert "car" in wrong["error"]["todo"]
    words = ("--region", "cn", "--zone", "Asia/Shanghai", "--trade", "car")
    shop = plain(run("init", "--practice", "--as", "ann", *words, tz="UTC"))["shop"]
    assert (shop["country"], shop["zone"], shop["trade"]) == ("CN", "Asia/Shanghai", "car")
    database = seat(tmp_path)
    try:
        rules = database.rulebook
        case = {"weight": "complaint", "level": "local", "country": "CN"}
        bound = set(rules.timers.for_case(**case, trade=rules.cases.shop.trade))
        assert bound > set(rules.timers.for_case(**case, trade=""))
    finally:
        database.close()
    none = plain(run("db", "shop", "--trade", "none", "--as", "ann", tz="UTC"))
    assert (none["trade"], none["named_by"]["trade"]) == (None, "nobody")


def test_a_change_at_one_seat_is_taken_up_at_another(run: Run, tmp_path: Path) -> None:
    plain(run("init", "--practice", "--as", "ann", tz="Europe/London"))
    here, there = seat(tmp_path), seat(tmp_path)
    taker = RulesTaker()
    try:
        taker.follow(there)
        assert there.rulebook.cases.shop.zone == "Europe/London"
        set_shop(here, actor_of(here, "ann"), zone="Europe/Dublin", country="ie")
        assert here.rulebook.cases.shop.country == "IE"
        taker.follow(there)
        assert there.rulebook.cases.shop == here.rulebook.cases.shop
        lowly = replace(actor_of(here, "ann"), role=Role.OPERATOR)
        with pytest.raises(RefusedError, match="not_allowed"):
            set_shop(here, lowly, zone="Asia/Tokyo")
    finally:
        here.close()
        there.close()


def test_a_desk_without_a_shop_goes_by_the_machine_and_says_so(run: Run, tmp_path: Path) -> None:
    plain(run("init", "--practice", "--as", "ann", tz="Europe/London"))
    database = seat(tmp_path, "Europe/Berlin")
    try:
        database.write(
            lambda unit: unit.run(sa.delete(desk_fact).where(desk_fact.c.name.like("shop%")))
        )
        found = shop_of(database)
        assert (found.country, found.zone) == ("DE", "Europe/Berlin")
        assert found.guessed == {"country", "zone"}
    finally:
        database.close()
    shown = plain(run("db", "shop", tz="Europe/Berlin"))
    assert shown["named_by"] == {"country": "machine", "zone": "machine", "trade": "nobody"}
    words = ("case", "deadline", "house", "update-customer", "--from", EVENING.isoformat())
    for database_named in (True, False):
        told = plain(run(*words, tz="Europe/Berlin", database=database_named))
        assert (told["zone"], told["calendar"]) == ("Europe/Berlin", "DE")
        assert told["guessed"] == ["country", "zone"]
    own = ("case", "deadline", "house", "update-customer", "--from", EVENING.isoformat())
    named = plain(run(*own, "--zone", "Asia/Tokyo", "--calendar", "JP", tz="Europe/Berlin"))
    assert named["guessed"] == []


def test_what_the_rules_name_wins_and_what_they_leave_is_the_desks() -> None:
    desk, machine = Shop("GB", "Europe/London"), Shop("DE", "Europe/Berlin")
    found = shop_in_force(Shop(zone="Europe/Paris", trade="car"), desk, machine)
    assert (found.country, found.zone, found.trade) == ("GB", "Europe/Paris", "car")
    assert [found.source(one) for one in ("country", "zone", "trade")] == ["desk", "rules", "rules"]
    assert not found.guessed


def test_the_country_is_that_of_the_clock_unless_the_settings_name_it() -> None:
    assert machine_shop(Settings(region="US", my_zone="Europe/London")).country == "GB"
    own = Settings(region="IE", my_zone="Europe/London", named=frozenset({"region"}))
    assert machine_shop(own).country == "IE"
    assert machine_shop(Settings(region="US", my_zone="UTC")).country == "US"
