"""The walk along one callback's events, and persons in two hands."""

from __future__ import annotations

import pytest

from domain.history import Fault, Standing, Step, Walk, held_twice


def walked(*steps: tuple[str, str | None, str, int | None, int], first: int = 1) -> Walk:
    last = steps[-1]
    walk = Walk(Standing(1, last[2], last[4], last[3] if last[2] in ("claimed", "check") else None))
    for number, step in enumerate(steps, first):
        assert list(walk.follow(Step(number, *step))) == []
    assert list(walk.end()) == []
    return walk


CREATED = ("created", None, "scheduled", None, 0)


def test_falling_due_by_itself_leaves_no_gap() -> None:
    walk = walked(
        CREATED, ("claimed", "due", "claimed", 3, 1), ("finished", "claimed", "done", 3, 1)
    )
    assert [(one.call_id, one.first, one.last) for one in walk.stretches] == [(3, 2, 3)]


def test_a_late_outcome_tells_its_own_fence() -> None:
    walked(
        CREATED,
        ("claimed", "due", "claimed", 3, 1),
        ("was_not_called", "claimed", "due", 3, 2),
        ("late_outcome", "due", "due", 3, 1),
        ("claimed", "due", "claimed", 4, 3),
    )


@pytest.mark.parametrize("kind", ["finished", "capped", "rescheduled"])
def test_what_is_over_is_left_by_few_deeds(kind: str) -> None:
    walk = Walk(Standing(1, "scheduled", 0, None))
    list(walk.follow(Step(1, *CREATED)))
    list(walk.follow(Step(2, "stopped", "scheduled", "cancelled", None, 0)))
    faults = list(walk.follow(Step(3, kind, "cancelled", "scheduled", None, 0)))
    assert [fault.code for fault in faults] == ["event_step"]


def test_two_calls_at_once_are_found_across_callbacks() -> None:
    one = walked(CREATED, ("claimed", "due", "claimed", 3, 1))
    two = walked(CREATED, ("claimed", "due", "claimed", 4, 1), first=5)
    assert [fault.code for fault in held_twice(9, [one, two])] == ["person_twice"]


def test_one_call_may_have_several_callbacks() -> None:
    one = walked(CREATED, ("rang_back", "due", "claimed", 3, 1))
    two = walked(CREATED, ("rang_back", "due", "claimed", 3, 1), first=5)
    assert list(held_twice(9, [one, two])) == []


def test_before_two_records_were_merged_they_were_two_customers() -> None:
    one = walked(CREATED, ("claimed", "due", "claimed", 3, 1), ("released", "claimed", "due", 3, 1))
    two = walked(
        CREATED,
        ("claimed", "due", "claimed", 4, 1),
        ("released", "claimed", "due", 4, 1),
        ("merged", "due", "due", None, 1),
        first=2,
    )
    assert one.stretches[0].first < two.stretches[0].first <= 3 < two.merged
    assert list(held_twice(9, [one, two])) == []


def test_an_amendment_holds_nobody() -> None:
    one = walked(
        CREATED,
        ("claimed", "due", "claimed", 3, 1),
        ("finished", "claimed", "done", 3, 1),
    )
    late = Walk(Standing(2, "done", 3, None))
    for step in (
        Step(4, *CREATED),
        Step(5, "claimed", "due", "claimed", 4, 1),
        Step(6, "finished", "claimed", "done", 4, 1),
        Step(8, "amending", "done", "claimed", 4, 2),
        Step(9, "finished", "claimed", "done", 4, 2),
    ):
        assert list(late.follow(step)) == []
    assert [one.call_id for one in late.stretches] == [4]
    assert list(held_twice(9, [one, late])) == []


def test_a_fault_says_what_it_knows() -> None:
    said = Fault("event_gap", 3, None, {"event": 7, "state": None, "was": "due"}).said
    assert said.key == "fault.event_gap"
    assert dict(said.params) == {
        "callback": "3", "call": "–", "event": "7", "state": "–", "was": "due",
    }  # fmt: skip
