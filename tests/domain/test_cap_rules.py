"""Caps: none is ever exceeded, and each clears at the very instant that it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.caps import caps
from domain.caps import Attempt, Cap, Caps, Counted, Subject, caps_of
from domain.errors import InputError

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PLACES = {
    "*": ("CN",),
    "US": ("US",),
    "FR": ("FR",),
    "DE": ("DE",),
    "BR": ("BR",),
    "CN": ("CN",),
}
ZONES = ("America/New_York", "Europe/Paris", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Cairo")


def rule(code: str) -> Cap:
    return next(cap for cap in caps().caps if cap.code == code)


def only(code: str) -> Caps:
    return Caps((rule(code),))


def subject_for(cap: Cap, *zones: str, **fields: object) -> Subject:
    purpose = cap.purposes[0] if cap.purposes else "service"
    places = PLACES.get(cap.place, (cap.place,))
    return Subject(places, zones or ("Europe/Paris",), purpose, **fields)


def attempt(cap: Cap, at: datetime, call_id: int = 1, **fields: object) -> Attempt:
    purpose = cap.purposes[0] if cap.purposes else "service"
    event = {
        Counted.CONVERSATIONS: {"conversed": True},
        Counted.REFUSALS: {"refused": True},
    }.get(cap.counted, {"dialled": True, "first": True})
    return Attempt(call_id, at, purpose, **{**event, **fields})


@pytest.mark.parametrize("cap", caps().caps, ids=lambda cap: cap.code)
@pytest.mark.parametrize("zone", ZONES)
def test_each_shipped_cap_clears_at_its_instant_and_not_a_second_before(cap: Cap, zone: str):
    made = [attempt(cap, NOON - timedelta(minutes=n), n + 1) for n in range(cap.most)]
    subject = subject_for(cap, zone)
    alone = Caps((cap,))
    assert alone.holding(made[1:], subject, NOON) == ()
    (held,) = alone.holding(made, subject, NOON)
    assert alone.holding(made, subject, held.until - SECOND) == (held,)
    assert alone.holding(made, subject, held.until) == ()


@pytest.mark.parametrize(
    ("code", "at", "zone", "until"),
    [
        ("house-day", "2026-11-23T23:59:59+08:00", "Asia/Shanghai", "2026-11-24T00:00:00+08:00"),
        ("house-day", "2026-11-24T00:00:00+08:00", "Asia/Shanghai", "2026-11-25T00:00:00+08:00"),
        ("house-week", "2026-11-23T10:00:00+08:00", "Asia/Shanghai", "2026-11-30T00:00:00+08:00"),
        (
            "fr-sales-30-days",
            "2026-10-01T10:00:00+02:00",
            "Europe/Paris",
            "2026-10-31T00:00:00+01:00",
        ),
        (
            "fr-sales-refusal",
            "2026-10-01T10:00:00+02:00",
            "Europe/Paris",
            "2026-12-01T00:00:00+01:00",
        ),
        (
            "us-fl-sales-24-hours",
            "2026-10-31T20:00:00-04:00",
            "America/New_York",
            "2026-11-01T19:00:00-05:00",
        ),
        (
            "us-debt-7-days",
            "2026-11-01T10:00:00-05:00",
            "America/New_York",
            "2026-11-08T00:00:00-05:00",
        ),
        (
            "us-debt-conversation",
            "2026-11-01T10:00:00-05:00",
            "America/New_York",
            "2026-11-08T00:00:00-05:00",
        ),
        # The night in which Cairo's clock skips midnight: its day begins at one o'clock.
        ("house-day", "2026-04-23T12:00:00+02:00", "Africa/Cairo", "2026-04-24T01:00:00+03:00"),
    ],
)
def test_when_a_cap_clears(code: str, at: str, zone: str, until: str):
    cap = rule(code)
    moment = datetime.fromisoformat(at)
    made = [attempt(cap, moment, n + 1) for n in range(cap.most)]
    (held,) = only(code).holding(made, subject_for(cap, zone), moment)
    assert held.until == datetime.fromisoformat(until)


def test_of_several_zones_the_day_that_ends_last_counts():
    cap = rule("house-day")
    made = [attempt(cap, NOON, n + 1) for n in range(3)]
    zones = ("America/New_York", "America/Los_Angeles")
    (held,) = only("house-day").holding(made, subject_for(cap, *zones), NOON)
    assert held.until == datetime(2026, 11, 24, tzinfo=ZoneInfo("America/Los_Angeles"))
    nowhere = Subject(("CN",), (), "service")
    (held,) = only("house-day").holding(made, nowhere, NOON)
    assert held.until == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_one_more_number_in_the_same_call_is_no_further_call_but_one_more_dial():
    house, law = rule("house-day"), rule("us-fl-sales-24-hours")
    calls = [attempt(house, NOON, n) for n in (1, 2, 3)]
    assert only("house-day").holding(calls, subject_for(house, within=3), NOON) == ()
    assert only("house-day").holding(calls, subject_for(house), NOON)
    dials = [attempt(law, NOON, 1, first=not n) for n in range(3)]
    assert only(law.code).holding(dials, subject_for(law, within=1), NOON)
    assert only("house-day").holding(dials, subject_for(house), NOON) == ()


def test_the_dropped_line_of_a_talk_about_a_debt_may_be_rung_again_within_the_call():
    cap = rule("us-debt-conversation")
    talk = [attempt(cap, NOON, 5)]
    assert only(cap.code).holding(talk, subject_for(cap, within=5), NOON) == ()
    assert only(cap.code).holding(talk, subject_for(cap), NOON)


def test_another_debt_is_counted_apart_and_an_unknown_one_with_all():
    cap = rule("us-debt-7-days")
    made = [attempt(cap, NOON, n, asset_id=1) for n in range(7)]
    assert only(cap.code).holding(made, subject_for(cap, asset_id=2), NOON) == ()
    assert only(cap.code).holding(made, subject_for(cap, asset_id=1), NOON)
    assert only(cap.code).holding(made, subject_for(cap), NOON)


def test_germany_counts_a_campaign_by_itself():
    cap = rule("de-sales-campaign")
    made = [attempt(cap, NOON, n, campaign_id=1) for n in range(30)]
    assert only(cap.code).holding(made, subject_for(cap, campaign_id=2), NOON) == ()
    (held,) = only(cap.code).holding(made, subject_for(cap, campaign_id=1), NOON)
    assert held.until - NOON > timedelta(days=364)
    assert only(cap.code).holding(made[1:], subject_for(cap, campaign_id=1), NOON) == ()


def test_oregon_spares_who_dealt_with_us_lately():
    cap = rule("us-or-sales-24-hours")
    made = [attempt(cap, NOON, n) for n in range(3)]
    today = NOON.date()
    last = today.replace(year=today.year - 1, month=today.month - 6)
    assert only(cap.code).holding(made, subject_for(cap), NOON)
    assert only(cap.code).holding(made, subject_for(cap, dealt_on=last), NOON)
    within = last + timedelta(days=1)
    assert only(cap.code).holding(made, subject_for(cap, dealt_on=within), NOON) == ()


def test_a_busy_line_about_a_debt_does_not_count():
    cap = rule("us-debt-7-days")
    made = [attempt(cap, NOON, n, result="busy") for n in range(9)]
    assert only(cap.code).holding(made, subject_for(cap), NOON) == ()


def test_a_named_time_beats_the_house_and_never_the_law():
    for cap in caps().caps:
        made = [attempt(cap, NOON, n) for n in range(cap.most)]
        held = Caps((cap,)).holding(made, subject_for(cap, named=True), NOON)
        assert bool(held) is not cap.spares_named
        owed = Caps((cap,)).holding(made, subject_for(cap, urgent=True), NOON)
        assert bool(owed) is cap.is_law


def test_what_binds_sales_leaves_service_alone():
    cap = rule("fr-sales-30-days")
    made = [attempt(cap, NOON, n) for n in range(9)]
    assert only(cap.code).holding(made, Subject(("FR",), ("Europe/Paris",), "service"), NOON) == ()
    assert only(cap.code).holding(made, Subject(("BE",), ("Europe/Paris",), "sales"), NOON) == ()


def test_a_state_that_nobody_knows_is_bound_by_the_rules_of_all():
    cap = rule("us-md-sales-24-hours")
    made = [attempt(cap, NOON, n) for n in range(3)]
    anywhere = Subject(("US-*", "US"), ("America/New_York",), "sales")
    assert only(cap.code).holding(made, anywhere, NOON)
    texas = Subject(("US-TX", "US"), ("America/Chicago",), "sales")
    assert only(cap.code).holding(made, texas, NOON) == ()


def test_what_somebody_set_aside_does_not_hold():
    cap = rule("house-day")
    made = [attempt(cap, NOON, n) for n in range(3)]
    assert caps().holding(made, subject_for(cap), NOON, spared=["house-day"]) == ()


@settings(max_examples=150)
@given(
    waits=st.lists(st.integers(0, 40 * 3600), max_size=60),
    place=st.sampled_from(("FR", "US-FL", "DE", "BR", "CN", "US-*")),
    purpose=st.sampled_from(("sales", "insurance_sales", "debt", "service", "survey")),
    zone=st.sampled_from(ZONES),
    ends=st.lists(st.sampled_from(("", "talk", "refusal")), min_size=60, max_size=60),
)
def test_whoever_waits_for_all_caps_never_exceeds_one(
    waits: list[int], place: str, purpose: str, zone: str, ends: list[str]
):
    """Counted anew in the test: by days of the calendar, or by the last hours."""
    subject = Subject((place, place[:2]), (zone,), purpose)
    made: list[Attempt] = []
    now = NOON
    for number, (wait, end) in enumerate(zip(waits, ends, strict=False), 1):
        now += timedelta(seconds=wait)
        held = caps().holding(made, subject, now)
        if held:
            now = held[0].until
            assert caps().holding(made, subject, now) == ()
        made.append(Attempt(number, now, purpose, dialled=True, first=True))
        if end:
            talk = Attempt(number, now, purpose, conversed=True, refused=end == "refusal")
            made.append(talk)
    dials = [one for one in made if one.dialled]
    for one in dials:
        today = one.at.astimezone(ZoneInfo(zone)).date()
        for cap in caps().caps:
            bound = cap.place in ("*", place, place[:2]) or (place == "US-*" and "US-" in cap.place)
            if not bound or (cap.purposes and purpose not in cap.purposes):
                continue
            before = [other for other in made if other.at <= one.at and other.call_id < one.call_id]
            if cap.counted in (Counted.CALLS, Counted.DIALS):
                kept = [other for other in before if other.dialled]
            elif cap.counted is Counted.REFUSALS:
                kept = [other for other in before if other.refused]
            else:
                kept = [other for other in before if other.conversed]
            if cap.hours:
                counted = [
                    other for other in kept if one.at - other.at < timedelta(hours=cap.hours)
                ]
            else:
                counted = [
                    other
                    for other in kept
                    if (today - other.at.astimezone(ZoneInfo(zone)).date()).days
                    < cap.days + cap.next_day
                ]
            assert len(counted) < cap.most, (cap.code, one.at)


GOOD = {
    "code": "x",
    "name": {"zh": "规则", "en": "rule"},
    "place": "FR",
    "counts": "dials",
    "most": 4,
    "days": 30,
    "source": "a decree",
    "confidence": "primary",
    "as_of": "2026-11",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hours": 24}, "caps.bad.span"),
        ({"days": 0}, "caps.bad.span"),
        ({"most": 0}, "rules.bad.number"),
        ({"place": "*"}, "caps.bad.place"),
        ({"confidence": "house"}, "caps.bad.place"),
        ({"purposes": ["selling"]}, "rules.bad.choice"),
        ({"counts": "rings"}, "rules.bad.choice"),
        ({"source": ""}, "rules.bad.text"),
        ({"moist": 1}, "rules.bad.unknown_field"),
    ],
)
def test_a_broken_cap_is_refused(change: dict[str, object], problem: str):
    assert caps_of({"cap": [GOOD]}, "caps.toml").caps[0].is_law
    with pytest.raises(InputError) as error:
        caps_of({"cap": [{**GOOD, **change}]}, "caps.toml")
    assert error.value.params["problem"].key == problem


def test_two_caps_of_one_code_are_refused():
    with pytest.raises(InputError):
        caps_of({"cap": [GOOD, GOOD]}, "caps.toml")
