from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import InputError
from domain.places import places_of, state_of_home, state_of_postcode, zones_of_state
from domain.zones import (
    checked_zone,
    is_zone,
    places_of_number,
    read_zone,
    zone_of_letters,
    zones_of_customer,
    zones_of_number,
)


@pytest.mark.parametrize("name", ["Asia/Shanghai", "America/Indiana/Indianapolis", "Etc/UTC"])
def test_names_of_zones(name: str) -> None:
    assert is_zone(name)
    assert checked_zone(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "America",
        "Mars/Base",
        "../etc/passwd",
        "posixrules",
        "localtime",
        "asia/shanghai\n",
        "\0",
        "x" * 5000,
        "posix/Asia/Shanghai",
    ],
)
def test_what_is_no_zone(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(InputError, match="zone_unknown"):
        checked_zone(name)


@pytest.mark.parametrize(
    ("text", "country", "zone"),
    [
        (" America/Chicago ", None, "America/Chicago"),
        ("america/new york", None, "America/New_York"),
        ("EST", "US", "America/New_York"),
        ("EST", "CA", "America/Toronto"),
        ("cst", "US", "America/Chicago"),
        ("CST", "CN", "Asia/Shanghai"),
        ("CST", None, None),
        ("EST", None, None),
        ("PST", "US", "America/Los_Angeles"),
        ("IST", "IN", "Asia/Kolkata"),
        ("IST", "US", None),
        ("MST", "US", None),
        ("AEST", "AU", None),
        ("", "US", None),
        ("Somewhere", "US", None),
    ],
)
def test_what_a_cell_names(text: str, country: str | None, zone: str | None) -> None:
    assert read_zone(text, country) == zone


def test_letters_need_a_country() -> None:
    assert zone_of_letters("CST", None) is None
    assert zone_of_letters("CST", "us") == "America/Chicago"


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+8613800138000", {"Asia/Shanghai"}),
        ("+12085550140", {"America/Boise", "America/Los_Angeles"}),
        ("+18505550100", {"America/Chicago", "America/New_York"}),
        ("+61755501225", {"Australia/Brisbane", "Australia/Sydney"}),
        ("+442079460335", {"Europe/London"}),
        ("+80012345678", set()),
        ("+870773111632", set()),
        ("nonsense", set()),
        ("", set()),
    ],
)
def test_the_zones_of_a_number(number: str, zones: set[str]) -> None:
    assert set(zones_of_number(number)) == zones


def test_toll_free_numbers_may_ring_anywhere() -> None:
    zones = zones_of_number("+18005550199")
    assert len(zones) > 20
    assert list(zones) == sorted(zones)
    assert all(is_zone(zone) for zone in zones)


def test_the_own_setting_comes_before_the_number() -> None:
    assert zones_of_customer("Asia/Urumqi", "+8613800138000") == ("Asia/Urumqi",)
    assert zones_of_customer(None, "+8613800138000") == ("Asia/Shanghai",)
    assert zones_of_customer("", None) == ()
    with pytest.raises(InputError):
        zones_of_customer("Mars/Base", "+8613800138000")


def test_the_place_of_a_number() -> None:
    assert places_of_number("+8613800138000") == ("CN",)
    assert places_of_number("+18505550100") == ("US-FL", "US")
    assert places_of_number("+12085550140") == ("US-ID", "US")
    assert places_of_number("+16045550140") == ("CA",)
    assert places_of_number("+80012345678") == ()
    assert places_of_number("x") == ()


def test_a_toll_free_number_may_ring_in_any_state() -> None:
    assert places_of_number("+18005550199") == ("US-*", "US", "CA")


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        ({"postcode": "02903"}, ("US-CA", "US-RI", "US")),
        ({"postcode": "02903-1234", "home": "US"}, ("US-CA", "US-RI", "US")),
        ({"address": "1 Main St\nJackson, MS 39201"}, ("US-CA", "US-MS", "US")),
        ({"postcode": "90210"}, ("US-CA", "US")),
        ({"postcode": "100101", "home": "CN"}, ("US-CA", "US")),
        ({"postcode": "00000"}, ("US-CA", "US")),
        ({"home": "FR", "postcode": "75001"}, ("US-CA", "US")),
    ],
)
def test_who_took_a_number_along_is_under_both_places(
    facts: dict[str, str], places: tuple[str, ...]
) -> None:
    assert places_of("US", "+14155550103", **facts) == places


def test_an_area_code_that_nobody_knows_may_be_of_any_state() -> None:
    assert places_of("US", "+19995550103") == ("US-*", "US")
    assert places_of("PR", "+17875550103") == ("PR", "US")
    assert places_of(None, None) == ()


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"postcode": "39201"}, "MS"),
        ({"address": "1 Main St, Jackson, MS 39201"}, "MS"),
        ({"postcode": "39201", "home": "US"}, "MS"),
        ({"postcode": "39201", "home": "FR"}, None),
        ({}, None),
    ],
)
def test_the_state_in_which_somebody_lives(facts: dict[str, str], state: str | None) -> None:
    assert state_of_home("US", **facts) == state
    assert state_of_home("CN", **facts) == (state if facts.get("home") == "US" else None)


def test_the_zones_of_the_states_are_those_of_their_numbers() -> None:
    assert zones_of_state("ID") == zones_of_number("+12085550140")
    assert zones_of_state("FL") == zones_of_number("+18505550100")
    assert zones_of_state("MS") == zones_of_number("+16015550123")
    assert zones_of_number("+12195550123") == zones_of_state("IN")


def offsets(zones: tuple[str, ...]) -> set[tuple[timedelta | None, ...]]:
    days = [datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7)]
    return {tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days) for zone in zones}


def test_no_area_code_has_the_clock_of_another_state() -> None:
    seen = set()
    for code in range(200, 1000):
        number = f"+1{code}5550123"
        state = places_of("US", number)[0].removeprefix("US-")
        if state != "*":
            seen.add(state)
            assert all(is_zone(zone) for zone in zones_of_state(state))
            assert offsets(zones_of_number(number)) <= offsets(zones_of_state(state)), code
    assert len(seen) == 51


@pytest.mark.parametrize(
    ("postcode", "state"),
    [
        ("39201", "US-MS"),
        ("02903", "US-RI"),
        ("84101", "US-UT"),
        ("19103", "US-PA"),
        ("73301", "US-TX"),
        ("73401", "US-OK"),
        ("20001", "US-DC"),
        ("20101", "US-VA"),
        ("99501", "US-AK"),
        ("12", None),
        ("٣٩٢٠١", None),
        (None, None),
    ],
)
def test_the_state_of_a_postcode(postcode: str | None, state: str | None) -> None:
    assert state_of_postcode(postcode) == (None if state is None else state[3:])


def test_stored_zones_need_no_number_rules() -> None:
    script = (
        "import sys, domain.zones, domain.calling_hours, domain.when;"
        "assert domain.zones.read_zone('CST', 'US');"
        "sys.exit(any(name.split('.')[0] == 'phonenumbers' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
