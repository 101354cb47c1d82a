from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.translations import say
from domain.bands import Priority, Tier, band_of
from domain.promise import Happened, Happening, PromiseKind, PromiseState, promise_state

MADE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = MADE + timedelta(hours=4)
CALLED, DONE, WITHDRAWN = Happening.CALLED, Happening.DONE, Happening.WITHDRAWN


@pytest.mark.parametrize(
    ("campaign", "more", "band"),
    [
        (9, {}, 9),
        (4, {"priority": Priority.HIGH}, 3),
        (9, {"priority": Priority.HIGH}, 7),
        (8, {"priority": Priority.LOW}, 9),
        (6, {"tier": Tier.KEY}, 2),
        (6, {"tier": Tier.POOR}, 6),
        (6, {"overdue_case": True, "tier": Tier.KEY}, 1),
        (3, {"regulator_case": True, "overdue_case": True}, 0),
        (9, {"promise": PromiseState.OPEN}, 0),
        (9, {"promise": PromiseState.BROKEN, "priority": Priority.LOW}, 0),
        (9, {"promise": PromiseState.KEPT}, 9),
        (5, {"promise": PromiseState.WITHDRAWN}, 5),
    ],
)
def test_bands(campaign, more, band):
    decided = band_of(campaign, **more)
    assert decided.band == band
    for why in decided.why:
        assert say("zh", why) != say("en", why)


@given(
    st.integers(3, 9),
    st.sampled_from([None, *Tier]),
    st.sampled_from([None, *PromiseState]),
    st.booleans(),
    st.booleans(),
)
def test_a_higher_priority_never_comes_later(campaign, tier, promise, regulator, overdue):
    bands = [
        band_of(
            campaign,
            priority=priority,
            tier=tier,
            promise=promise,
            regulator_case=regulator,
            overdue_case=overdue,
        ).band
        for priority in Priority
    ]
    assert bands == sorted(bands)
    assert 0 <= bands[0] <= bands[-1] <= 9


@pytest.mark.parametrize(
    ("kind", "happened", "now", "state"),
    [
        ("call", [], 3, "open"),
        ("call", [], 5, "broken"),
        ("call", [(CALLED, 4)], 5, "kept"),
        ("call", [(CALLED, 4.08)], 5, "kept"),
        ("call", [(CALLED, 4.1)], 5, "late"),
        ("call", [(CALLED, -1)], 5, "broken"),
        ("call", [(DONE, 3)], 5, "broken"),
        ("deed", [(CALLED, 3)], 3.5, "open"),
        ("deed", [(DONE, 3)], 5, "kept"),
        ("deed", [(WITHDRAWN, 3)], 5, "withdrawn"),
        ("deed", [(WITHDRAWN, 3), (DONE, 2)], 5, "kept"),
        ("call", [(CALLED, 6)], 5, "broken"),
    ],
)
def test_promises(kind, happened, now, state):
    events = [Happened(what, MADE + timedelta(hours=hours)) for what, hours in happened]
    at = MADE + timedelta(hours=now)
    found = promise_state(PromiseKind(kind), made_at=MADE, due_at=DUE, happened=events, now=at)
    assert found == state


def test_a_promise_with_a_condition_never_breaks():
    much_later = MADE + timedelta(days=400)
    found = promise_state(PromiseKind.DEED, made_at=MADE, due_at=None, happened=[], now=much_later)
    assert found is PromiseState.OPEN


EVENTS = st.lists(
    st.builds(
        Happened,
        st.sampled_from(Happening),
        st.integers(-3, 40).map(lambda h: MADE + timedelta(hours=h)),
    ),
    max_size=5,
)


@given(st.sampled_from(PromiseKind), EVENTS, st.integers(0, 30), st.integers(0, 30))
def test_a_settled_promise_stays_settled(kind, events, hours, more):
    def at(moment: int) -> PromiseState:
        now = MADE + timedelta(hours=moment)
        return promise_state(kind, made_at=MADE, due_at=DUE, happened=events, now=now)

    first, later = at(hours), at(hours + more)
    if first not in (PromiseState.OPEN, PromiseState.BROKEN):
        assert later is first
    if first is PromiseState.BROKEN:
        assert later in (PromiseState.BROKEN, PromiseState.LATE, PromiseState.WITHDRAWN)
