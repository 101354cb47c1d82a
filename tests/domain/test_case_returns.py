"""Returns, causes, repeats and times against counts that are made another way."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_learning import LearnedCase, Step, pareto_of, repeats_of, times_of
from domain.case_returns import (
    Displeasure,
    Handling,
    gaps_of,
    returns_of,
    stays_of,
    usual_of,
)

ZONE = "Asia/Shanghai"
FIRST = date(2024, 1, 1)
DAY = timedelta(days=1)


def day(number: int) -> date:
    return FIRST + number * DAY


def at(number: int, hour: int = 10) -> datetime:
    """An hour of China's clock on a day."""
    return datetime.combine(day(number), time(hour), UTC) - timedelta(hours=8)


def report(displeased, custom, since=0, until=2000, quick=24):
    return returns_of(
        displeased,
        {who: [day(one) for one in days] for who, days in custom.items()},
        zone=ZONE,
        since=day(since),
        until=day(until),
        quick=timedelta(hours=quick),
    )


def rate(found, handling):
    return next(one for one in found.rates if one.handling is handling)


# A shop whose customers come every 100 days; the last comes on day 1000.
REGULARS = {1000 + who: range(who % 7, 1001, 100) for who in range(40)}


def test_days_that_are_a_week_apart_are_one_job():
    stays = stays_of([day(20), day(0), day(7), day(8), day(100), day(16)])
    assert [(one.first, one.last) for one in stays] == [
        (day(0), day(8)), (day(16), day(20)), (day(100), day(100)),
    ]  # fmt: skip
    assert gaps_of(stays) == [8, 80]


@pytest.mark.parametrize(
    ("gaps", "at_least", "usual"),
    [([], 0, None), ([5], 2, None), ([5], 1, 5), (range(1, 11), 4, 9), (range(1, 12), 4, 10)],
)
def test_nine_in_ten_are_back_within_the_usual_interval(gaps, at_least, usual):
    assert usual_of(list(gaps), at_least) == usual


def test_each_handling_is_counted_by_what_became_of_it():
    displeased = [
        Displeasure(1, "complaint", at(300), at(300, 20)),  # the same day, back on 380
        Displeasure(2, "complaint", at(300), at(305)),  # five days later, back on 380
        Displeasure(3, "appeal", at(300)),  # never
        Displeasure(4, "complaint", at(300), at(301), against=True),  # not satisfied
        Displeasure(5, "grumble", at(300)),
        Displeasure(6, "unsaid", at(300)),
        Displeasure(7, "unsaid", at(300)),  # who complained on day 350 after all
        Displeasure(7, "complaint", at(350)),
        Displeasure(8, "complaint", at(300), at(460)),  # resolved long after the interval
    ]
    back = {1: [250, 380], 2: [250, 380], 3: [250], 4: [250, 380], 5: [250, 305], 6: [250, 401]}
    custom = {**REGULARS, **back, 7: [250], 8: [250, 470]}
    found = report(displeased, custom)
    assert (found.usual_days, found.known_until) == (100, day(1000))
    told = {one.handling: (one.came, one.n, one.waiting) for one in found.rates}
    assert told[Handling.QUICK] == (1, 1, 0)
    assert told[Handling.RESOLVED] == (1, 1, 0)
    assert told[Handling.UNRESOLVED] == (1, 4, 0)
    # Five days after the grumble is the same job; 101 days after the call is too late.
    assert told[Handling.GRUMBLE] == (0, 1, 0)
    assert told[Handling.UNSAID] == (0, 1, 0)
    # The jobs on day 250 are no visits to compare with: within 100 days somebody was displeased.
    # 380 of three, 305, 401, 470 are; of the regulars all but the last, which waits.
    assert told[Handling.VISIT] == (366, 372, 40)


def test_nobody_counts_as_lost_before_it_could_be_known():
    late = [Displeasure(1, "complaint", at(950), at(950, 11))]
    found = report(late, {**REGULARS, 1: [940]})
    assert [(one.n, one.waiting) for one in found.rates if one.handling is Handling.QUICK] == [
        (0, 1)
    ]
    quick = rate(found, Handling.QUICK)
    assert (quick.share, quick.interval) == (None, None)
    # The period takes those whose time ended in it.
    early = [Displeasure(1, "complaint", at(300), at(300, 11))]
    inside = {since: rate(report(early, {**REGULARS, 1: [290]}, since=since), Handling.QUICK).n
              for since in (400, 401)}  # fmt: skip
    assert inside == {400: 1, 401: 0}


def test_without_records_there_is_no_figure():
    found = report([Displeasure(1, "complaint", at(300)), Displeasure(2, "grumble", at(9))], {})
    assert (found.usual_days, found.gaps, found.known_until) == (None, 0, None)
    assert (found.strangers, found.unmeasured) == (2, 0)
    assert all(one.n == one.waiting == 0 for one in found.rates)
    few = report([Displeasure(1, "complaint", at(300))], {1: [0, 290], 2: [5, 900]})
    assert (few.gaps, few.usual_days, few.unmeasured) == (2, None, 1)
    over = Displeasure(1, "complaint", at(300), undated=True)
    found = report([over], {**REGULARS, 1: [290]})
    assert (found.undated, found.strangers, found.unmeasured) == (1, 0, 0)
    assert all(one.n == one.waiting == 0 for one in found.rates if one.handling != Handling.VISIT)


def test_a_customer_with_intervals_of_their_own_is_measured_by_these():
    own = {1: [0, 20, 40, 60, 80, 115]}
    one = [Displeasure(1, "complaint", at(85), at(85, 12))]
    assert rate(report(one, {**REGULARS, **own}), Handling.QUICK).came == 0
    own[1][-1] = 104
    assert rate(report(one, {**REGULARS, **own}), Handling.QUICK).came == 1


_WEIGHT = st.sampled_from(["grumble", "complaint", "appeal", "unsaid"])
_CASES = st.lists(
    st.tuples(
        st.integers(1, 4),  # whose
        _WEIGHT,
        st.integers(0, 900),
        st.none() | st.integers(0, 500),  # hours until the resolution
        st.booleans(),
    ),
    max_size=8,
)
_CUSTOM = st.dictionaries(st.integers(1, 5), st.lists(st.integers(0, 950), max_size=8), max_size=5)


@given(_CASES, _CUSTOM, st.integers(0, 900), st.integers(0, 400))
def test_the_rates_of_any_history_against_a_plain_count(cases, custom, since, length):
    until = since + length
    displeased = [
        Displeasure(
            who, weight, at(heard), None if hours is None else at(heard) + timedelta(hours=hours),
            against,
        )
        for who, weight, heard, hours, against in cases
    ]  # fmt: skip
    everybody = {**{who: list(days) for who, days in REGULARS.items()}, **custom}
    found = report(displeased, everybody, since, until)
    assert {
        one.handling: (one.came, one.n) for one in found.rates if one.handling is not Handling.VISIT
    } == _plain_count(cases, everybody, since, until)


def _plain_count(cases, everybody, since, until):  # noqa: C901 - plain on purpose
    """The definitions of the document, day by day and without the program's own parts."""
    known = {who: sorted({one for one in days if one <= until}) for who, days in everybody.items()}
    begins, intervals = {}, {}
    for who, days in known.items():
        starts = [one for place, one in enumerate(days) if not place or one - days[place - 1] > 7]
        begins[who] = starts
        intervals[who] = [(b, b - a) for a, b in pairwise(days) if b - a > 7]
    every = sorted(gap for own in intervals.values() for _, gap in own)
    last = max((one for days in known.values() for one in days), default=-1)
    counted = {one: (0, 0) for one in Handling if one is not Handling.VISIT}

    def rank(gaps):
        return next(g for g in sorted(gaps) if 10 * sum(x <= g for x in gaps) >= 9 * len(gaps))

    for who, weight, heard, hours, against in cases:
        if heard > until or not known.get(who):
            continue
        own = [gap for begin, gap in intervals[who] if begin <= heard]
        if len(own) >= 4:
            usual = rank(own)
        elif len(every) >= 30:
            usual = rank(every)
        else:
            continue
        start = heard
        done = None if hours is None else heard + (10 + hours) // 24
        kind = {"grumble": Handling.GRUMBLE, "unsaid": Handling.UNSAID}.get(weight)
        if kind is None:
            if done is None or done > heard + usual or against:
                kind = Handling.UNRESOLVED
            else:
                kind, start = (Handling.QUICK if hours <= 24 else Handling.RESOLVED), done
        elif kind is Handling.UNSAID and any(
            other == who and what != "unsaid" and heard <= when <= heard + usual
            for other, what, when, _, _ in cases
        ):
            continue
        if start > until or not since <= start + usual <= min(until, last):
            continue
        came = any(start + 7 < one <= start + usual for one in begins[who])
        counted[kind] = (counted[kind][0] + came, counted[kind][1] + 1)
    return counted


# -- causes, repeats, times -----------------------------------------------------------------------


@given(st.lists(st.sampled_from([None, "", "a", "b", "c", "d"])))
def test_causes_fall_in_frequency_and_end_at_all(codes):
    found = pareto_of(codes, ("b", "a"))
    counts = [bar.count for bar in found.bars]
    assert counts == sorted(counts, reverse=True)
    assert {bar.code: bar.count for bar in found.bars} == {
        code: codes.count(code) for code in "abcd" if code in codes
    }
    assert found.n + found.unrecorded == len(codes)
    if found.bars:
        assert found.bars[-1].cumulative == pytest.approx(1.0)
        assert found.percents[-1] == (100.0, pytest.approx(100.0))
        first = sum(bar.count for bar in found.bars[: found.most])
        assert 10 * first >= 8 * found.n > 10 * (first - found.bars[found.most - 1].count)
    else:
        assert (found.percents, found.most) == ((), 0)


def test_equal_causes_stand_in_the_order_of_the_rules():
    assert [bar.code for bar in pareto_of("xabbax", ("b", "a")).bars] == ["b", "a", "x"]


def case(number: int, who: int, received: datetime, category: str | None = "attitude", **more):
    fields = {"weight": "complaint", "level": "local", "cause": None, **more}
    return LearnedCase(number, who, category=category, received_at=received, **fields)


def test_a_repeat_is_of_the_same_customer_about_the_same_and_in_time():
    cases = [
        case(1, 1, at(0)),
        case(2, 1, at(90)),  # to the second 90 days
        case(3, 1, at(180) + timedelta(seconds=1)),
        case(4, 1, at(181), "process"),
        case(5, 2, at(182)),
        case(6, 2, at(183), None),
        case(7, 2, at(184), weight="grumble"),
    ]
    found = repeats_of(reversed(cases), at(50), 90 * DAY)
    assert [(one.case_id, one.earlier_id, one.days) for one in found.found] == [
        (7, 5, 2), (2, 1, 90),
    ]  # fmt: skip
    assert (found.n, found.share, found.few) == (5, 2 / 5, True)
    nothing = repeats_of([], at(0), DAY)
    assert (nothing.share, nothing.interval) == (None, None)


def test_times_to_each_step_with_n_and_with_those_that_are_owed():
    hour = timedelta(hours=1)
    cases = [
        case(
            number, 1, at(number), level="local" if number % 2 else "regulator",
            contact_at=at(number) + number * hour,
            resolved_at=at(number) + 2 * number * hour if number < 4 else None,
            live=number < 9,
        )
        for number in range(1, 11)
    ]  # fmt: skip
    whole, local, regulator, attitude = times_of(
        cases, ("local", "skip_level", "regulator"), ("process", "attitude")
    )
    contact, resolution, verdict = whole.steps
    assert (contact.n, contact.owed, contact.middle, contact.ninth) == (
        10, 0, 5.5 * hour, 9 * hour,
    )  # fmt: skip
    assert (resolution.n, resolution.owed, resolution.without) == (3, 5, 2)
    assert resolution.middle == 4 * hour
    assert (verdict.step, verdict.n, verdict.middle, verdict.ninth) == (Step.VERDICT, 0, None, None)
    assert (local.code, local.steps[0].middle) == ("local", 5 * hour)
    assert (regulator.code, regulator.steps[0].ninth) == ("regulator", 10 * hour)
    assert (attitude.by, attitude.steps) == ("category", whole.steps)
    assert times_of([], ("local",), ())[0].steps[0].middle is None
