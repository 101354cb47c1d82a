"""Whether a call is allowed: boundaries, clocks that change, several zones, no opening at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.calling_hours import (
    HORIZON,
    NAMED_BY_CUSTOMER,
    Decision,
    current_or_next_window,
    decide,
    next_change,
    next_open,
    windows_between,
)
from domain.calling_rules import (
    ANYTIME,
    Rule,
    Rules,
    Week,
    Windows,
    read_week,
    read_windows,
    rules_as_plain,
    rules_from_plain,
    write_week,
    write_windows,
)
from domain.errors import InputError

CHINA = ("Asia/Shanghai",)
NEVER: Windows = ()
SECOND = timedelta(seconds=1)


def daily(text: str, sat: str | None = None, sun: str | None = None) -> tuple[Windows | None, ...]:
    weekday = read_windows(text)
    saturday = read_windows(text if sat is None else sat)
    sunday = read_windows(text if sun is None else sun)
    return (*(weekday,) * 5, saturday, sunday)


HOUSE = Rule("*", "any", daily("09:00-20:00", "10:00-17:00", "none"), (), confidence="house")
SERVICE = Rule("CN", "service", daily("09:00-12:00 14:00-20:00"), confidence="house")
LAW = Rule("US", "sales", daily("08:00-21:00"), confidence="primary")
FLORIDA = Rule("US-FL", "sales", daily("08:00-20:00"), confidence="primary")
SILENT = Rule("PT", "sales", (*(((540, 1320),),) * 5, None, None), confidence="secondary")
FRANCE = Rule("FR", "sales", daily("10:00-13:00 14:00-20:00", "none", "none"), (), confidence="low")
RULES = Rules((HOUSE, SERVICE, LAW, FLORIDA, SILENT, FRANCE))


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def asked(when: datetime, rules: Rules = RULES, **more: object) -> Decision:
    facts: dict[str, object] = {"zones": CHINA, "places": ("CN",), "purpose": "service"}
    return decide(rules, at=when, **(facts | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("local", "allowed", "change"),
    [
        ("2026-11-23T08:59:59", False, "2026-11-23T09:00:00"),
        ("2026-11-23T09:00:00", True, "2026-11-23T12:00:00"),
        ("2026-11-23T11:59:59", True, "2026-11-23T12:00:00"),
        ("2026-11-23T12:00:00", False, "2026-11-23T14:00:00"),
        ("2026-11-23T13:59:59", False, "2026-11-23T14:00:00"),
        ("2026-11-23T14:00:00", True, "2026-11-23T20:00:00"),
        ("2026-11-23T19:59:59", True, "2026-11-23T20:00:00"),
        ("2026-11-23T20:00:00", False, "2026-11-24T09:00:00"),
    ],
)
def test_both_sides_of_every_boundary(local: str, allowed: bool, change: str) -> None:
    decision = asked(at(local))
    assert decision.allowed is allowed
    assert decision.rule == SERVICE
    assert (decision.closes if allowed else decision.next_open) == at(change)
    assert decision.next_open is None or not allowed
    assert len(decision.reasons) == 1


def test_the_weekend_of_the_house() -> None:
    saturday = asked(at("2026-11-28T16:59:59"), purpose="survey")
    assert (saturday.allowed, saturday.rule) == (True, HOUSE)
    evening = asked(at("2026-11-28T17:00:00"), purpose="survey")
    assert evening.next_open == at("2026-11-30T09:00:00")
    assert evening.closes == at("2026-11-30T20:00:00")


def test_every_fitting_law_has_to_allow() -> None:
    facts = {"zones": ("America/New_York",), "places": ("US-FL", "US"), "purpose": "sales"}
    late = asked(at("2026-11-23T20:30:00", "America/New_York"), **facts)
    assert (late.allowed, late.rule) == (False, FLORIDA)
    assert asked(
        at("2026-11-23T20:30:00", "America/New_York"), **facts | {"places": ("US",)}
    ).allowed


def test_what_a_row_leaves_out_is_the_houses() -> None:
    facts = {"zones": ("Europe/Lisbon",), "places": ("PT",), "purpose": "sales"}
    assert asked(at("2026-11-23T21:30:00", "Europe/Lisbon"), **facts).allowed
    assert not asked(at("2026-11-28T21:30:00", "Europe/Lisbon"), **facts).allowed
    assert asked(at("2026-11-28T16:30:00", "Europe/Lisbon"), **facts).allowed


def test_all_zones_have_to_allow() -> None:
    facts = {"zones": ("America/Boise", "America/Los_Angeles"), "places": ("US",)}
    opens = asked(at("2026-11-23T09:30:00", "America/Boise"), **facts)
    assert not opens.allowed
    assert opens.next_open == at("2026-11-23T09:00:00", "America/Los_Angeles")
    assert opens.closes == at("2026-11-23T20:00:00", "America/Boise")


def test_nobody_knows_the_zone() -> None:
    decision = asked(at("2026-11-23T10:00:00"), zones=())
    assert (decision.allowed, decision.rule, decision.next_open) == (False, HOUSE, None)
    assert [said.key for said in decision.reasons] == ["hours.zone_unknown"]


def test_a_named_time_beats_the_house_and_never_the_law() -> None:
    night = at("2026-11-23T23:00:00")
    assert not asked(night).allowed
    assert asked(night, preferred=NAMED_BY_CUSTOMER).allowed
    assert asked(night, preferred=NAMED_BY_CUSTOMER).closes is None
    facts = {"zones": ("America/New_York",), "places": ("US",), "purpose": "sales"}
    late = at("2026-11-23T21:30:00", "America/New_York")
    refused = asked(late, **facts, preferred=NAMED_BY_CUSTOMER)
    assert (refused.allowed, refused.rule) == (False, LAW)


def test_preferred_hours_narrow() -> None:
    week = write_week(((), (), ((1080, 1140),), (), (), (), ()))
    facts = {"zones": ("America/New_York",), "places": ("US",), "purpose": "sales"}
    refused = asked(at("2026-11-23T10:00:00", "America/New_York"), **facts, preferred=week)
    assert refused.rule.place == "customer"
    assert refused.next_open == at("2026-11-25T18:00:00", "America/New_York")
    assert [said.key for said in refused.reasons] == ["hours.not_preferred"]


def test_holidays_of_a_place() -> None:
    rules = Rules(RULES.rows, {"FR": frozenset({date(2026, 12, 25)})})
    facts = {"zones": ("Europe/Paris",), "places": ("FR",), "purpose": "sales"}
    christmas = at("2026-12-25T15:00:00", "Europe/Paris")
    assert asked(christmas, **facts).allowed
    decision = asked(christmas, rules, **facts)
    assert [said.key for said in decision.reasons] == ["hours.holiday"]
    assert decision.next_open == at("2026-12-28T10:00:00", "Europe/Paris")


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        (Rule("CN", "service", daily("none"), confidence="primary"), {}),
        (SERVICE, {"zones": ("Asia/Shanghai", "America/New_York")}),
        (SERVICE, {"preferred": write_week((NEVER,) * 7)}),
    ],
)
def test_a_window_that_never_opens_is_said_to_be_one(rule: Rule, more: dict[str, object]) -> None:
    when = at("2026-11-23T10:00:00")
    decision = asked(when, Rules((HOUSE, rule)), **more)
    assert (decision.allowed, decision.next_open, decision.closes) == (False, None, None)
    assert decision.reasons[-1].key == "hours.never"
    facts: dict[str, object] = {"zones": CHINA, "places": ("CN",), "purpose": "service"}
    facts |= {"preferred": None} | more
    rules = Rules((HOUSE, rule))
    assert current_or_next_window(rules, at=when, **facts) is None  # type: ignore[arg-type]
    assert next_open(rules, at=when, **facts) is None  # type: ignore[arg-type]
    assert next_change(rules, at=when, **facts) is None  # type: ignore[arg-type]


def window(when: datetime, days: tuple[Windows | None, ...], *zones: str) -> tuple[str, str]:
    rules = Rules((Rule("*", "any", days),))
    found = current_or_next_window(
        rules, zones=zones, places=(), purpose="service", preferred=None, at=when
    )
    assert found is not None
    return found[0].isoformat()[:16], found[1].isoformat()[:16]


def test_midnight_does_not_close_a_night() -> None:
    days = daily("00:00-06:00 22:00-24:00")
    assert window(at("2026-11-23T23:30:00"), days, *CHINA) == (
        "2026-11-23T14:00",
        "2026-11-23T22:00",
    )
    assert window(at("2026-11-24T01:30:00"), days, *CHINA) == (
        "2026-11-23T14:00",
        "2026-11-23T22:00",
    )


def test_a_week_without_an_end() -> None:
    rules = Rules((Rule("*", "any", ANYTIME),))
    when = at("2026-11-23T10:00:00")
    facts = {"zones": CHINA, "places": (), "purpose": "service", "preferred": None}
    found = current_or_next_window(rules, at=when, **facts)  # type: ignore[arg-type]
    assert found == (when - HORIZON, when + HORIZON)
    assert next_change(rules, at=when, **facts) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "night", "text", "opens", "closes"),
    [
        # New York skips 2:00–3:00 on 14 March 2027; what begins in the gap begins after it.
        ("America/New_York", "2027-03-14T00:00", "02:30-05:00", "07:00", "09:00"),
        ("America/New_York", "2027-03-14T00:00", "01:00-02:30", "06:00", "07:00"),
        # It shows 1:00–2:00 twice on 7 November 2027; the clock of a minute counts both times.
        ("America/New_York", "2027-11-07T00:00", "01:00-03:00", "05:00", "08:00"),
        ("America/New_York", "2027-11-07T00:00", "00:00-01:30", "04:00", "05:30"),
        ("Australia/Sydney", "2026-10-04T00:00", "02:30-05:00", "16:00", "18:00"),
        ("Australia/Lord_Howe", "2027-04-04T00:00", "01:00-03:00", "14:00", "16:30"),
    ],
)
def test_nights_on_which_the_clocks_change(
    zone: str, night: str, text: str, opens: str, closes: str
) -> None:
    found = window(at(night, zone), daily(text), zone)
    assert (found[0][11:], found[1][11:]) == (opens, closes)


def test_a_repeated_half_hour_opens_twice() -> None:
    rules = Rules((Rule("*", "any", daily("00:00-01:30")),))
    night = at("2027-11-07T00:00", "America/New_York")
    spans = windows_between(
        rules,
        zones=("America/New_York",),
        places=(),
        purpose="service",
        preferred=None,
        since=night,
        until=night + timedelta(hours=12),
    )
    assert [(a.isoformat()[11:16], b.isoformat()[11:16]) for a, b in spans] == [
        ("04:00", "05:30"),
        ("06:00", "06:30"),
    ]


ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
)
MINUTES = st.lists(st.integers(0, 48).map(lambda half: half * 30), max_size=6).map(
    lambda edges: sorted(set(edges))
)
DAY = MINUTES.map(lambda edges: tuple(zip(edges[::2], edges[1::2], strict=False)))
WEEKS = st.tuples(DAY, DAY, DAY, DAY, DAY, DAY, DAY)
# Weeks in which the clocks of all the zones change, and an ordinary one.
STARTS = st.sampled_from(
    [
        "2026-09-05T12:00Z",
        "2026-10-03T20:00Z",
        "2026-11-23T01:00Z",
        "2027-03-13T12:00Z",
        "2027-04-03T12:00Z",
        "2027-11-06T20:00Z",
    ]
).map(datetime.fromisoformat)


def open_by_the_clock(week: Week, zones: list[str], moment: datetime) -> bool:
    for zone in zones:
        wall = moment.astimezone(ZoneInfo(zone))
        minute = wall.hour * 60 + wall.minute
        if not any(start <= minute < end for start, end in week[wall.weekday()]):
            return False
    return True


@given(WEEKS, st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True), STARTS)
@settings(max_examples=40, deadline=None)
@example(((),) * 6 + (((60, 90),),), ["America/New_York"], datetime(2027, 11, 6, 20, tzinfo=UTC))
def test_the_decision_is_the_clocks(week: Week, zones: list[str], start: datetime) -> None:
    rules = Rules((HOUSE, Rule("ZZ", "sales", week, confidence="primary")))
    facts = {"zones": zones, "places": ("ZZ",), "purpose": "sales"}
    minutes = [start + timedelta(minutes=15 * step) for step in range(4 * 48)]
    truth = [open_by_the_clock(week, zones, moment) for moment in minutes]
    for moment, allowed in zip(minutes[::17], truth[::17], strict=True):
        decision = decide(rules, at=moment, **facts)  # type: ignore[arg-type]
        assert decision.allowed is allowed
        change = decision.closes if allowed else decision.next_open
        first = minutes.index(moment)
        for later, then in zip(minutes[first:], truth[first:], strict=True):
            if change is not None and later >= change:
                break
            assert then is allowed
        if change is not None:
            assert open_by_the_clock(week, zones, change) is not allowed
            assert open_by_the_clock(week, zones, change - SECOND) is allowed
        found = current_or_next_window(rules, at=moment, preferred=None, **facts)  # type: ignore[arg-type]
        if found is None:
            assert not any(truth)
            continue
        opens, closes = found
        assert opens < closes
        assert closes > moment
        assert (opens <= moment) is allowed
        assert open_by_the_clock(week, zones, opens)
        if opens > moment - timedelta(days=300):
            assert not open_by_the_clock(week, zones, opens - SECOND)


@given(WEEKS)
def test_weeks_survive_being_written(week: Week) -> None:
    assert read_week(write_week(week)) == week


def test_rules_survive_a_release() -> None:
    rules = Rules(RULES.rows, {"FR": frozenset({date(2026, 12, 25)})})
    assert rules_from_plain(rules_as_plain(rules)) == rules


@pytest.mark.parametrize(
    "text", ["9:00-12:00", "09:00", "12:00-09:00", "09:00-12:00 11:00-13:00", "09:00-24:30", "x"]
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_windows(text)


def test_windows_of_a_row() -> None:
    assert read_windows("") is None
    assert read_windows("none") == ()
    assert read_windows("09:00-12:00 14:00-24:00") == ((540, 720), (840, 1440))
    assert write_windows(((540, 720), (840, 1440))) == "09:00-12:00 14:00-24:00"


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="purpose_unknown"):
        asked(at("2026-11-23T10:00:00"), purpose="fun")
    with pytest.raises(InputError, match="zone_unknown"):
        asked(at("2026-11-23T10:00:00"), zones=("Mars/Base",))
    with pytest.raises(ValueError, match="naive"):
        asked(datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test


def test_forty_windows_take_no_time() -> None:
    zones = [(f"Etc/GMT{sign}{hours}",) for sign in "+-" for hours in range(13)] + [
        (zone,) for zone in (*ZONES, "Europe/London", "Europe/Berlin", "America/Denver")
    ]
    moment = at("2026-11-23T10:00:00")

    def recomputed(moment: datetime) -> float:
        started = perf_counter()
        for zone in zones:
            current_or_next_window(
                RULES, zones=zone, places=("US",), purpose="sales", preferred=None, at=moment
            )
        return perf_counter() - started

    # The best of a few, since a busy machine says nothing about the code.
    assert min(recomputed(moment + timedelta(days=days)) for days in range(5)) < 0.05
