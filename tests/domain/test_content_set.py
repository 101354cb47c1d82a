"""Sets of files: plans on another ground, a newer program's files, which release holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.content_set import Version, adopted, differing, in_force, planned, rebased

START = datetime(2026, 11, 23, tzinfo=UTC)
KEYS = st.sampled_from([("playbooks", name, "en") for name in "abcd"])
VERSIONS = st.builds(
    lambda text, shipped: Version(text, text, shipped), st.sampled_from("123"), st.booleans()
)
SETS = st.dictionaries(KEYS, VERSIONS, max_size=4)


@dataclass(frozen=True)
class Begun:
    id: int
    in_force_from: datetime


TIMELINES = st.lists(st.integers(0, 5), max_size=6).map(
    lambda days: [Begun(place, START + timedelta(days=day)) for place, day in enumerate(days)]
)


def sources(files):
    return {key: version.source for key, version in files.items()}


@given(SETS, SETS, SETS)
def test_a_plan_on_another_ground_keeps_its_own_changes_and_only_those(before, plan, after):
    moved = rebased(plan, before, after)
    own = set(differing(before, plan))
    for key in {*before, *plan, *after}:
        expected = plan if key in own else after
        assert sources(moved).get(key) == sources(expected).get(key)


@given(SETS, SETS)
def test_a_plan_on_its_own_ground_stays_as_it_is(before, plan):
    assert sources(rebased(plan, before, before)) == sources(plan)
    assert sources(rebased(before, before, plan)) == sources(plan)


@given(SETS, SETS)
def test_a_newer_program_leaves_the_edited_files_and_nothing_else(files, new):
    shipped = {key: Version(one.digest, one.source, shipped=True) for key, one in new.items()}
    found = adopted(files, shipped)
    for key, version in files.items():
        if not version.shipped:
            assert found[key].source == version.source
        else:
            assert found.get(key) == shipped.get(key)
    assert found.keys() == shipped.keys() | {key for key, one in files.items() if not one.shipped}
    assert adopted(found, shipped) == found


@given(SETS, SETS)
def test_two_sets_differ_alike_from_both_sides(one, other):
    assert differing(one, other) == differing(other, one)
    assert (differing(one, other) == ()) == (sources(one) == sources(other))


@given(TIMELINES, st.integers(0, 5))
def test_what_is_planned_comes_into_force_on_its_day(releases, day):
    now = START + timedelta(days=day)
    coming = planned(releases, now)
    assert all(one.in_force_from > now for one in coming)
    assert list(coming) == sorted(coming, key=lambda one: one.in_force_from)
    for one in coming:
        assert in_force(releases, one.in_force_from) == one
    holding = in_force(releases, now)
    begun = [one for one in releases if one.in_force_from <= now]
    assert (holding is None) == (not begun)
    if holding is not None:
        assert (holding.in_force_from, holding.id) == max(
            (one.in_force_from, one.id) for one in begun
        )
