"""The arithmetic of the board: figures, sums, the trend's quarters, alarms and their bell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.board import board_rules
from domain.board import Fallen, Figure, Measure, Waiting, Worked, by_quarter, quarter_hours
from domain.board_alarms import Scene, Standing, alarms_of, new_bells
from domain.board_rules import AlarmKind, Level

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RULES = board_rules()
COUNTS = st.integers(0, 1000)
FALLEN = st.builds(Fallen, COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 10**6), COUNTS)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def kinds(scene: Scene) -> list[AlarmKind]:
    return [one.kind for one in alarms_of(RULES, scene)]


def at_work(number: int, state: str, **fields) -> Standing:
    return Standing(
        number, f"op{number}", state, fields.get("ends_at"), fields.get("worked", Worked())
    )


@pytest.mark.parametrize("measure", [Measure.PERCENT, Measure.SECONDS, Measure.PER_HOUR])
def test_without_anything_to_divide_by_there_is_no_figure(measure: Measure):
    assert Figure("x", measure, 0, 0).value is None
    assert Figure("x", measure, 0, 4).value == 0


def test_figures_say_what_they_divide():
    fallen = Fallen(due=40, decided=20, in_time=15, tried=30, waited=5400, abandoned=2)
    assert fallen.service_level.value == 75
    assert fallen.speed.value == 180
    assert fallen.abandonment.value == 5
    worked = Worked(calls=12, talked=3600, handling=5400, logged=7200, kept=3, settled=4)
    values = {one.code: one.value for one in worked.figures()}
    assert values == {
        "calls": 12,
        "per_hour": 6,
        "handle_time": 300,
        "occupancy": 75,
        "promises_kept": 75,
    }
    assert {one.code: one.value for one in Worked().figures()} == {
        "calls": 0,
        "per_hour": None,
        "handle_time": None,
        "occupancy": None,
        "promises_kept": None,
    }


@given(FALLEN, FALLEN)
def test_parts_add_up_in_any_order(one: Fallen, other: Fallen):
    assert one + other == other + one
    assert (one + other).service_level.denominator == one.decided + other.decided
    assert one + Fallen() == one


@given(st.lists(st.builds(Waiting, *[COUNTS] * 6), max_size=5))
def test_what_waits_in_all_is_the_sum_of_its_parts(parts: list[Waiting]):
    total = sum(parts, Waiting())
    assert total.due == sum(one.due for one in parts)
    assert [one.numerator for one in total.figures()] == [
        sum(part.figures()[place].numerator for part in parts) for place in range(6)
    ]
    assert all(one.more for one in Waiting(open=9, claimed=9).figures(9) if one.numerator)


@given(st.dictionaries(st.integers(0, 1439), COUNTS, max_size=40))
def test_each_quarter_has_its_last_sample_or_none(samples: dict[int, int]):
    begin, end = ago(hours=12), NOW
    given_ = [(begin + timedelta(minutes=at), {"due": n}) for at, n in sorted(samples.items())]
    found = by_quarter(given_, begin, end, "due")
    assert len(found) == len(quarter_hours(begin, end)) == 49
    for place, n in enumerate(found):
        inside = [at for at in samples if place * 15 <= at < place * 15 + 15]
        assert n == (samples[max(inside)] if inside else None)


def test_a_calm_desk_raises_nothing():
    ready = at_work(1, "ready")
    scene = Scene(NOW, due=3, oldest=ago(minutes=5), operators=(ready,), service=Fallen(9, 9, 1))
    assert kinds(scene) == []
    assert kinds(Scene(NOW)) == []


def test_each_rule_raises_its_own_alarm():
    busy = at_work(1, "talking", worked=Worked(calls=9, handling=95, logged=100))
    paused = at_work(2, "paused", ends_at=ago(minutes=2))
    scene = Scene(
        NOW,
        due=4,
        oldest=ago(hours=2),
        promises=((7, ago(minutes=5)), (8, ago(minutes=4))),
        checks=((9, ago(minutes=15)),),
        operators=(busy, paused),
        service=Fallen(due=30, decided=30, in_time=10),
        trouble=True,
    )
    found = alarms_of(RULES, scene)
    assert {one.kind for one in found} == set(AlarmKind)
    assert [one.level for one in found] == sorted((one.level for one in found), reverse=True)
    by_kind = {one.kind: one for one in found}
    assert by_kind[AlarmKind.PROMISE_OVERDUE].callbacks == (7,)
    assert by_kind[AlarmKind.CHECK_OLD].callbacks == (9,)
    assert by_kind[AlarmKind.PAUSE_OVER].operator_id == 2
    assert by_kind[AlarmKind.SERVICE_LOW].said.params == {"percent": 33, "in_time": 10, "n": 30}
    assert by_kind[AlarmKind.NOBODY_READY].level is Level.NOTICE
    alone = replace(scene, operators=(paused,))
    nobody = next(one for one in alarms_of(RULES, alone) if one.kind is AlarmKind.NOBODY_READY)
    assert nobody.level is Level.ALARM


def test_the_bell_rings_once_for_each_new_promise_that_grows_late():
    first = alarms_of(RULES, Scene(NOW, promises=((8, ago(minutes=9)),)))
    both = alarms_of(RULES, Scene(NOW, promises=((8, ago(minutes=9)), (3, ago(minutes=6)))))
    assert new_bells((), first) == 1
    assert new_bells(first, first) == 0
    assert new_bells(first, both) == 1
    assert new_bells(both, first) == 0
    quiet = alarms_of(RULES, Scene(NOW, operators=(at_work(2, "paused", ends_at=ago(minutes=9)),)))
    assert new_bells((), quiet) == 0
