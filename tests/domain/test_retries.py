from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.outcomes import outcomes
from content.translations import say
from domain.day_part import DayPart, day_part, from_bits, to_bits
from domain.errors import InputError
from domain.outcome import Assigned, OutcomeType
from domain.retries import CAP_REACHED, NextState, NextStep, next_step
from domain.tries import Tries

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
ENDINGS = [outcome.code for outcome in outcomes().endings]


def shop_hours(zone: str, first: int = 9, last: int = 20):
    """A function that pushes an instant into the hours from first to last, every day."""
    place = ZoneInfo(zone)

    def push(at: datetime) -> datetime:
        local = at.astimezone(place)
        if local.hour < first:
            local = local.replace(hour=first, minute=0, second=0, microsecond=0)
        elif local.hour >= last:
            day = local.date() + timedelta(days=1)
            local = datetime.combine(day, time(first), place)
        return max(local.astimezone(UTC), at)

    return push


def step(code: str, tries: Tries | None = None, now: datetime = MONDAY_TEN, **more) -> NextStep:
    zone = more.pop("zone", "Asia/Shanghai")
    more.setdefault("next_callable", shop_hours(zone))
    return next_step(outcomes()[code], tries or Tries(), now=now, zone=zone, **more)


def local(at: datetime | None, zone: str = "Asia/Shanghai") -> str:
    assert at is not None
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M")


ASKED = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("code", "state", "at", "assigned", "counts"),
    [
        ("completed", "done", None, "keep", True),
        ("partly-completed", "scheduled", "Tue 24 10:00", "same", True),
        ("callback-at", "scheduled", "Tue 24 15:00", "same", True),
        ("not-now", "scheduled", "Mon 23 12:00", "keep", True),
        ("driving", "scheduled", "Mon 23 12:00", "keep", True),
        ("soft-refusal", "scheduled", "Mon 30 10:00", "other", True),
        ("hard-refusal", "done", None, "keep", True),
        ("broke-off", "scheduled", "Tue 24 10:00", "keep", True),
        ("line-dropped", "same_call", "Mon 23 10:00", "keep", False),
        ("hung-up", "scheduled", "Mon 23 12:00", "keep", True),
        ("no-answer", "scheduled", "Mon 23 13:00", "keep", True),
        ("busy", "scheduled", "Mon 23 10:15", "keep", True),
        ("switched-off", "scheduled", "Mon 23 12:00", "keep", True),
        ("voicemail-message", "scheduled", "Mon 23 13:00", "keep", True),
        ("voicemail-no-message", "scheduled", "Mon 23 13:00", "keep", True),
        ("someone-else", "scheduled", "Mon 23 12:00", "keep", True),
        ("wrong-number", "data_repair", None, "keep", True),
        ("number-changed", "same_call", "Mon 23 10:00", "keep", False),
        ("not-in-service", "data_repair", None, "keep", True),
        ("suspended", "scheduled", "Thu 26 10:00", "keep", True),
        ("fax", "data_repair", None, "keep", True),
        ("ownership-changed", "done", None, "keep", True),
        ("language-barrier", "scheduled", "Mon 23 10:00", "speaker", True),
        ("unable", "done", None, "keep", True),
        ("deceased", "done", None, "keep", True),
        ("technical-trouble", "scheduled", "Mon 23 10:10", "keep", False),
        ("referred", "scheduled", "Mon 23 10:00", "named", True),
        ("booked", "done", None, "keep", True),
    ],
)
def test_the_first_call_of_a_callback(code, state, at, assigned, counts):
    asked = ASKED if code == "callback-at" else None
    decided = step(code, asked_time=asked)
    assert decided.state == state
    assert (local(decided.at) if decided.at else None) == at
    assert decided.assigned == assigned
    assert decided.counts_attempt is counts
    assert decided.tries.attempts == int(counts)
    assert decided.ends_as == (code if state == "done" else "")
    assert say("zh", decided.why) != say("en", decided.why)


def test_the_table_above_names_every_ending():
    marks = test_the_first_call_of_a_callback.pytestmark
    assert {row[0] for row in marks[0].args[1]} == set(ENDINGS)


def test_no_answer_goes_through_the_untried_parts_of_the_week():
    tries, now, tried = Tries(), MONDAY_TEN, []
    for _ in range(4):
        decided = step("no-answer", tries, now)
        assert decided.at is not None
        tries, now = decided.tries, decided.at
        tried.append(local(now))
    assert tried == ["Mon 23 13:00", "Mon 23 17:00", "Sat 28 09:00", "Mon 30 09:00"]
    assert tries.parts == frozenset(DayPart)
    last = step("no-answer", tries, now)
    assert last.state is NextState.EXHAUSTED
    assert last.ends_as == CAP_REACHED


def test_no_answer_waits_180_minutes_and_for_another_part():
    late_morning = MONDAY_TEN.replace(hour=11, minute=30)
    assert local(step("no-answer", now=late_morning).at) == "Mon 23 14:30"
    early_afternoon = MONDAY_TEN.replace(hour=12, minute=30)
    tried = Tries(parts=frozenset({DayPart.MORNING}), attempts=1)
    assert local(step("no-answer", tried, early_afternoon).at) == "Mon 23 17:00"
    evening = MONDAY_TEN.replace(hour=19)
    assert local(step("no-answer", now=evening).at) == "Tue 24 09:00"


def test_a_weekend_without_hours_falls_back_to_another_part_of_the_week():
    place = ZoneInfo("Asia/Shanghai")
    daily = shop_hours("Asia/Shanghai")

    def weekdays(at: datetime) -> datetime:
        at = daily(at)
        while (day := at.astimezone(place)).weekday() >= 5:
            at = datetime.combine(day.date() + timedelta(days=1), time(9), place).astimezone(UTC)
        return at

    tried = Tries(attempts=2, parts=frozenset({DayPart.MORNING, DayPart.AFTERNOON}))
    now = MONDAY_TEN.replace(hour=17, minute=30)
    assert local(step("no-answer", tried, now, next_callable=weekdays).at) == "Tue 24 09:00"


def test_busy_is_redialled_after_15_minutes_twice_a_day_only():
    tries, now, times = Tries(), MONDAY_TEN, []
    for _ in range(3):
        decided = step("busy", tries, now)
        assert decided.at is not None
        tries, now = decided.tries, decided.at
        times.append(local(now))
    assert times == ["Mon 23 10:15", "Mon 23 10:30", "Mon 23 13:30"]
    tomorrow = MONDAY_TEN + timedelta(days=1)
    assert local(step("busy", tries, tomorrow).at) == "Tue 24 10:15"


def test_a_refusal_is_asked_again_by_somebody_else_once():
    first = step("soft-refusal")
    again = step("soft-refusal", first.tries)
    assert (again.state, again.ends_as) == (NextState.DONE, "soft-refusal")


def test_a_cap_never_overwrites_a_refusal():
    refused = Tries(attempts=4, refusal="soft-refusal")
    decided = step("no-answer", refused)
    assert (decided.state, decided.ends_as) == (NextState.DONE, "soft-refusal")
    at_the_cap = step("soft-refusal", Tries(attempts=4))
    assert (at_the_cap.state, at_the_cap.ends_as) == (NextState.DONE, "soft-refusal")


def test_an_appointment_gives_three_attempts_more_and_is_kept_beyond_the_cap():
    agreed = step("callback-at", Tries(attempts=4), asked_time=ASKED)
    assert agreed.state is NextState.SCHEDULED
    tries = agreed.tries
    states = []
    for _ in range(3):
        decided = step("voicemail-message", tries)
        tries = decided.tries
        states.append(decided.state)
    assert states == [NextState.SCHEDULED, NextState.SCHEDULED, NextState.EXHAUSTED]
    named_again = step("not-now", Tries(attempts=7, appointment=True), asked_time=ASKED)
    assert named_again.at == ASKED


def test_a_time_typed_after_no_answer_is_no_appointment():
    decided = step("no-answer", asked_time=ASKED)
    assert decided.at == ASKED
    assert not decided.tries.appointment
    assert step("no-answer", Tries(attempts=4), asked_time=ASKED).state is NextState.EXHAUSTED


def test_a_named_time_beats_house_hours_but_not_the_law():
    night = datetime(2026, 11, 23, 20, 30, tzinfo=SHANGHAI)
    lawful = shop_hours("Asia/Shanghai", 8, 21)
    assert step("callback-at", asked_time=night, next_lawful=lawful).at == night
    moved = step("callback-at", asked_time=night.replace(hour=22), next_lawful=lawful)
    assert local(moved.at) == "Tue 24 08:00"
    assert moved.why.key == "rules.retry.asked_time_moved"


def test_another_number_is_tried_in_the_same_call():
    wrong = step("wrong-number", numbers_left=1)
    assert (wrong.state, wrong.other_number) == (NextState.SAME_CALL, True)
    silent = step("no-answer", numbers_left=1)
    assert (silent.state, silent.other_number) == (NextState.SCHEDULED, True)
    assert not step("soft-refusal", numbers_left=1).other_number


def test_a_notice_goes_out_after_the_first_no_answer_and_after_every_instant_hang_up():
    assert step("no-answer").notice
    assert not step("no-answer", Tries(attempts=1)).notice
    assert step("hung-up", Tries(attempts=3)).notice
    assert step("broke-off").tell_lead


def test_what_can_not_be_decided_is_said():
    with pytest.raises(InputError, match="outcome_needs_time"):
        step("callback-at")
    with pytest.raises(InputError, match="asked_time_past"):
        step("callback-at", asked_time=MONDAY_TEN - timedelta(minutes=1))
    for code in ("grumble", "cap-reached"):
        with pytest.raises(InputError, match="outcome_no_ending"):
            step(code)
    with pytest.raises(ValueError, match="aware"):
        step("no-answer", now=datetime(2026, 11, 23, 10))  # noqa: DTZ001


def test_hours_that_never_open_are_said_and_not_searched_for_ever():
    decided = step("no-answer", next_callable=lambda _: None)
    assert decided.why.key == "rules.retry.no_hours"
    assert local(decided.at) == "Mon 23 13:00"


def test_days_are_days_of_the_customers_calendar_across_a_change_of_clocks():
    friday = datetime(2026, 10, 30, 9, 30, tzinfo=ZoneInfo("America/New_York"))
    decided = step("suspended", now=friday, zone="America/New_York")
    assert local(decided.at, "America/New_York") == "Mon 02 09:30"


def test_day_parts():
    monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    hours = {0: "morning", 11: "morning", 12: "afternoon", 16: "afternoon", 17: "evening"}
    for hour, part in hours.items():
        assert day_part(monday.replace(hour=hour)) == part
    assert day_part(monday.replace(day=28)) == "weekend"


@given(st.sets(st.sampled_from(DayPart)))
def test_day_parts_survive_their_bits(parts):
    assert from_bits(to_bits(parts)) == parts


ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut"]
)
INSTANTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(code=st.sampled_from(ENDINGS), now=INSTANTS, zone=ZONES, attempts=st.integers(0, 9))
def test_a_retry_is_never_before_now_and_always_callable(code, now, zone, attempts):
    hours = shop_hours(zone)
    decided = step(
        code,
        Tries(attempts=attempts, appointment=attempts > 5),
        now,
        zone=zone,
        asked_time=now + timedelta(days=1) if code == "callback-at" else None,
    )
    if decided.at is not None:
        assert decided.at >= now
        assert hours(decided.at) == decided.at
    assert (decided.at is not None) == (decided.state in (NextState.SCHEDULED, NextState.SAME_CALL))


@given(st.lists(st.tuples(st.sampled_from(ENDINGS), st.booleans()), max_size=30))
def test_a_callback_never_outlives_its_cap_and_a_refusal_stays(history):
    tries, now = Tries(), MONDAY_TEN
    refused = False
    for code, asks in history:
        outcome = outcomes()[code]
        asked = now + timedelta(days=1) if asks or code == "callback-at" else None
        decided = step(code, tries, now, asked_time=asked)
        refused = refused or outcome.kind is OutcomeType.REFUSAL
        tries = Tries.from_dict(decided.tries.to_dict())
        assert tries == decided.tries
        if refused:
            assert decided.state is not NextState.EXHAUSTED
            assert decided.ends_as != CAP_REACHED
        if decided.state not in (NextState.SCHEDULED, NextState.SAME_CALL):
            return
        if outcome.counts_attempt and decided.state is NextState.SCHEDULED:
            agreed = outcome.contacted and asked is not None
            assert agreed or outcome.code == "referred" or tries.attempts < tries.limit
        now = decided.at


def test_assignments_are_those_that_the_queue_knows():
    assert {outcome.next.assigned for outcome in outcomes().endings if outcome.next} <= set(
        Assigned
    )
