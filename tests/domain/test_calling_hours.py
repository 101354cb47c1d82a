"""Whether a call is allowed: boundaries, clocks that change, several zones, no opening at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.bilingual import Bilingual
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
from domain.calling_rules import Rule, Rules, rules_as_plain, rules_from_plain
from domain.errors import InputError
from domain.public_days import PublicDay
from domain.said import Said
from domain.terms import Terms, named_too, read_terms, write_terms
from domain.week import (
    ANYTIME,
    Week,
    Windows,
    key_length,
    outside_of,
    read_week,
    read_windows,
    write_week,
    write_windows,
)

CHINA = ("Asia/Shanghai",)
NEVER: Windows = ()
SECOND = timedelta(seconds=1)


NOEL = Bilingual("圣诞节", "Christmas")


@dataclass(frozen=True)
class Calendar:
    """Holidays by place; a weekend day in `made_up` is worked, a year in `doubted` is unsure."""

    days: Mapping[str, Mapping[date, Bilingual]]
    made_up: frozenset[date] = frozenset()
    doubted: frozenset[int] = frozenset()

    def on(self, place: str, day: date) -> PublicDay:
        name = self.days.get(place, {}).get(day)
        made_up = day in self.made_up
        doubt = Said("hours.calendar_beyond") if day.year in self.doubted else None
        working = made_up or (name is None and day.weekday() < 5)
        return PublicDay(working, name, made_up, doubt)


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
    rules = Rules(RULES.rows, Calendar({"FR": {date(2026, 12, 25): NOEL}}))
    facts = {"zones": ("Europe/Paris",), "places": ("FR",), "purpose": "sales"}
    christmas = at("2026-12-25T15:00:00", "Europe/Paris")
    assert asked(christmas, **facts).allowed
    decision = asked(christmas, rules, **facts)
    assert [said.key for said in decision.reasons] == ["hours.holiday"]
    assert decision.reasons[0].params["holiday"] == decision.holiday == NOEL
    assert decision.next_open == at("2026-12-28T10:00:00", "Europe/Paris")


FACTS = {"zones": ("Europe/Paris",), "places": ("FR",), "purpose": "sales"}


def test_a_holiday_is_lifted_at_midnight_of_the_place() -> None:
    night = Rule("FR", "sales", daily("00:00-24:00"), (), confidence="primary")
    rules = Rules((HOUSE, night), Calendar({"FR": {date(2026, 12, 25): NOEL}}))
    eve, morrow = at("2026-12-25T00:00:00", "Europe/Paris"), at("2026-12-26", "Europe/Paris")
    assert asked(eve - SECOND, rules, **FACTS).closes == eve
    assert not asked(eve, rules, **FACTS).allowed
    assert asked(morrow - SECOND, rules, **FACTS).next_open == morrow
    assert asked(morrow, rules, **FACTS).holiday is None


def test_the_eve_of_a_holiday_has_hours_of_its_own() -> None:
    code = Rule(
        "FR", "sales", daily("09:00-20:00", "10:00-19:00", "none"), (), eve=((600, 1140),),
        confidence="primary",
    )  # fmt: skip
    holidays = {date(2026, 12, 25): NOEL, date(2026, 12, 28): NOEL}
    rules = Rules((HOUSE, code), Calendar({"FR": holidays}))
    thursday = asked(at("2026-12-24T09:30:00", "Europe/Paris"), rules, **FACTS)
    assert thursday.next_open == at("2026-12-24T10:00:00", "Europe/Paris")
    assert thursday.closes == at("2026-12-24T19:00:00", "Europe/Paris")
    # A Sunday stays closed on the eve of a Monday's holiday.
    assert not asked(at("2026-12-27T12:00:00", "Europe/Paris"), rules, **FACTS).allowed


def test_the_house_goes_by_the_holidays_of_the_country() -> None:
    rules = Rules(RULES.rows, Calendar({"US": {date(2026, 11, 26): NOEL}}))
    facts = {"zones": ("America/New_York",), "places": ("US-FL", "US")}
    day = at("2026-11-26T12:00:00", "America/New_York")
    assert not asked(day, rules, **facts).allowed
    assert asked(day, rules, **facts, preferred=NAMED_BY_CUSTOMER).allowed
    # The law of sales says nothing about holidays.
    assert asked(day, rules, **facts | {"purpose": "sales"}).allowed


def test_a_weekend_day_that_is_worked_is_a_weekday_for_the_house_alone() -> None:
    sunday = date(2026, 1, 4)
    law = Rule("CN", "debt", daily("09:00-20:00", "none", "none"), confidence="primary")
    rules = Rules((HOUSE, law), Calendar({}, frozenset({sunday})))
    evening = at("2026-01-04T18:00:00")
    survey = asked(evening, rules, purpose="survey")
    assert (survey.allowed, survey.closes) == (True, at("2026-01-04T20:00:00"))
    assert [said.key for said in survey.reasons] == ["hours.open", "hours.made_up"]
    assert not asked(evening, rules, purpose="debt").allowed
    assert not asked(at("2026-01-11T18:00:00"), rules, purpose="survey").allowed


def test_what_a_calendar_is_not_sure_of_is_said() -> None:
    rules = Rules(RULES.rows, Calendar({}, doubted=frozenset({2027})))
    last = asked(at("2026-12-31T20:30:00"), rules, purpose="survey")
    assert [said.key for said in last.reasons] == ["hours.outside", "hours.calendar_beyond"]
    morning = asked(at("2026-12-31T10:00:00"), rules, purpose="survey")
    assert [said.key for said in morning.reasons] == ["hours.open"]
    # A row without holidays asks no calendar and has no doubt.
    assert len(asked(at("2027-01-05T10:00:00"), rules).reasons) == 1


def test_a_row_may_go_by_a_clock_of_its_own() -> None:
    row = Rule("US-MS", "sales", daily("08:00-20:00", sun="none"), clock="Etc/GMT+6",
               confidence="primary")  # fmt: skip
    rules = Rules((HOUSE, LAW, row))
    facts = {"zones": ("America/Chicago",), "places": ("US-MS", "US"), "purpose": "sales"}
    # In July the people's clock is an hour ahead of standard time; in January it shows it.
    for day, ahead in (("2026-07-14", 1), ("2026-01-13", 0)):
        opens = at(f"{day}T{8 + ahead:02d}:00:00", "America/Chicago")
        closes = at(f"{day}T{20 + ahead:02d}:00:00", "America/Chicago")
        assert asked(opens - SECOND, rules, **facts).next_open == opens
        assert asked(opens, rules, **facts).closes == closes
        assert not asked(closes, rules, **facts).allowed
    midnight = asked(at("2026-07-12T00:30:00", "America/Chicago"), rules, **facts)
    assert midnight.reasons[0].params["zone"] == "UTC−6"


def test_rows_that_take_turns() -> None:
    change = date(2026, 10, 18)
    rules = Rules(
        (
            HOUSE,
            Rule("US-PA", "sales", daily("08:00-21:00"), confidence="primary", until=change),
            Rule("US-PA", "sales", daily("09:00-19:00", sun="none"), confidence="primary",
                 since=change),
        )
    )  # fmt: skip
    facts = {"zones": ("America/New_York",), "places": ("US-PA",), "purpose": "sales"}
    saturday = asked(at("2026-10-17T20:59:59", "America/New_York"), rules, **facts)
    assert (saturday.allowed, saturday.rule.until) == (True, change)
    assert saturday.closes == at("2026-10-17T21:00:00", "America/New_York")
    sunday = asked(at("2026-10-18T12:00:00", "America/New_York"), rules, **facts)
    assert (sunday.allowed, sunday.rule.since) == (False, change)
    assert sunday.next_open == at("2026-10-19T09:00:00", "America/New_York")


def test_a_state_that_nobody_knows_is_under_the_rules_of_all() -> None:
    facts = {"zones": ("America/New_York",), "purpose": "sales"}
    evening = at("2026-11-23T20:30:00", "America/New_York")
    assert asked(evening, **facts, places=("US",)).allowed
    assert asked(evening, **facts, places=("US-*", "US")).rule == FLORIDA


def test_refused_hours_are_left_out_of_everything() -> None:
    lunch = read_week("12:00-14:00")
    for terms in (
        Terms(refused=lunch),
        Terms(named=True, refused=lunch),
        Terms(preferred=read_week("10:00-15:00"), refused=lunch),
    ):
        text = write_terms(terms)
        facts = {"purpose": "survey", "preferred": text}
        assert asked(at("2026-11-23T11:59:59"), **facts).closes == at("2026-11-23T12:00:00")
        shut = asked(at("2026-11-23T12:00:00"), **facts)
        assert (shut.allowed, shut.rule.place) == (False, "unwanted")
        assert shut.next_open == at("2026-11-23T14:00:00")
        assert shut.reasons[0].key == "hours.unwanted"
        assert shut.reasons[0].params["windows"] == "12:00–14:00"


def test_the_hours_of_a_campaign_narrow_and_give_way_to_a_wish() -> None:
    morning = read_week("10:00-11:30;none;none")
    own = {"preferred": write_terms(Terms(campaign=morning))}
    late = asked(at("2026-11-23T11:30:00"), **own)
    assert (late.allowed, late.rule.place) == (False, "campaign")
    assert [said.key for said in late.reasons] == ["hours.not_for_campaign"]
    assert late.next_open == at("2026-11-24T10:00:00")
    # They open nothing that another row keeps closed.
    wide = write_terms(Terms(campaign=read_week("00:00-24:00")))
    assert not asked(at("2026-11-23T12:30:00"), preferred=wide).allowed
    evening = write_terms(Terms(preferred=read_week("18:00-21:30"), campaign=morning))
    assert asked(at("2026-11-23T21:00:00"), preferred=evening).allowed


def test_a_wish_fills_what_a_law_leaves_out() -> None:
    facts = {"zones": ("Europe/Lisbon",), "places": ("PT",), "purpose": "sales"}
    saturday = at("2026-11-28T21:30:00", "Europe/Lisbon")
    assert asked(saturday, **facts, preferred=write_terms(Terms(preferred=ANYTIME))).allowed


def test_days_of_a_week_as_people_type_them() -> None:
    daily_week, split = read_week("09:00-12:00"), read_week("09:00-18:00;10:00-12:00;none")
    assert set(daily_week) == {((540, 720),)}
    assert (split[0], split[4], split[5], split[6]) == (((540, 1080),),) * 2 + (((600, 720),), ())
    assert write_week(split) == "09:00-18:00;10:00-12:00;none"
    for text in ("", "09:00-12:00;none", "09:00-12:00;;none", "a"):
        with pytest.raises(ValueError, match=r".*"):
            read_week(text)


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


@given(WEEKS)
def test_the_hours_outside_a_week_are_all_the_others(week: Week) -> None:
    others = outside_of(week)
    assert [tuple(day) for day in outside_of(others)] == [joined_windows(day) for day in week]
    for windows, free in zip(week, others, strict=True):
        for minute in range(0, 1440, 30):
            inside = [any(a <= minute < b for a, b in some) for some in (windows, free)]
            assert sum(inside) == 1


def joined_windows(windows: Windows) -> Windows:
    whole: list[tuple[int, int]] = []
    for start, end in windows:
        if whole and whole[-1][1] == start:
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return tuple(whole)


ASKED = st.one_of(st.none(), WEEKS)


@given(st.builds(Terms, st.booleans(), ASKED, ASKED, ASKED))
def test_terms_survive_being_written(terms: Terms) -> None:
    read = read_terms(write_terms(terms))
    assert (read.named, read.wish, read.refused) == (terms.named, terms.wish, terms.refused)
    assert read.campaign == (terms.campaign if terms.wish is None else None)
    assert read_terms(named_too(write_terms(terms))).refused == terms.refused
    if terms.refused is not None:
        assert key_length(terms.refused) == len(write_terms(Terms(refused=terms.refused))) - 1


def test_rules_survive_a_release() -> None:
    dated = Rule(
        "US-MS", "sales", daily("08:00-20:00"), eve=((600, 1140),), holidays_of="US-*",
        clock="Etc/GMT+6", since=date(2026, 10, 18), until=date(2027, 1, 1),
    )  # fmt: skip
    rules = Rules((*RULES.rows, dated))
    calendar = Calendar({})
    read = rules_from_plain(rules_as_plain(rules), calendar)
    assert (read, read.calendar) == (rules, calendar)


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
        started = thread_time()
        for zone in zones:
            current_or_next_window(
                RULES, zones=zone, places=("US",), purpose="sales", preferred=None, at=moment
            )
        return thread_time() - started

    # The best of a few, since a busy machine says nothing about the code.
    assert min(recomputed(moment + timedelta(days=days)) for days in range(5)) < 0.1
