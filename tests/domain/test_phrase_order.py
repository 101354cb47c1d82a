"""The wording that works leads, the others keep their turn, and a call keeps its order."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.playbooks import load_shipped
from domain.phrases import Chance, PhraseOrder, Tally, fingerprint
from domain.playbook import Part, Variant
from domain.scoring import wilson
from domain.walk import Result, Walk

PLACE = "delivery-3day#opening"
COUNTS = st.integers(0, 200)
TALLIES = st.lists(st.builds(Tally, COUNTS, COUNTS), min_size=1, max_size=6)


def chance(call: int) -> Chance:
    return lambda seed: random.Random(f"{call}/{seed}").betavariate


def wording(text: str, label: str = "") -> Variant:
    return Variant((Part(text, label),))


def order(tallies: list[Tally], call: int, place: str = PLACE) -> tuple[int, ...]:
    words = [wording(f"words {number}") for number in range(len(tallies))]
    known = {("step", fingerprint(one)): tally for one, tally in zip(words, tallies, strict=True)}
    return PhraseOrder(known, chance(call)).of("step", place, words)


@given(TALLIES, st.integers())
def test_an_order_is_a_permutation_and_the_same_all_through_a_call(
    tallies: list[Tally], call: int
) -> None:
    first = order(tallies, call)
    assert sorted(first) == list(range(len(tallies)))
    assert order(tallies, call) == first


@given(TALLIES, st.integers())
def test_what_nobody_has_judged_and_a_desk_that_does_not_learn_keep_the_files_order(
    tallies: list[Tally], call: int
) -> None:
    unjudged = [Tally(shown=tally.shown) for tally in tallies]
    assert order(unjudged, call) == tuple(range(len(tallies)))
    words = [wording(str(number)) for number in range(len(tallies))]
    known = {("step", fingerprint(one)): Tally(0, 9 - n) for n, one in enumerate(words)}
    assert PhraseOrder(known).of("step", PLACE, words) == tuple(range(len(tallies)))


def test_with_enough_evidence_the_better_one_leads_most_calls() -> None:
    tallies = [Tally(40, 60), Tally(70, 30), Tally(50, 50)]
    leaders = Counter(order(tallies, call)[0] for call in range(1000))
    assert leaders[1] > 950


@pytest.mark.parametrize("worse", [Tally(), Tally(3, 7), Tally(0, 4)])
def test_every_wording_keeps_its_turn(worse: Tally) -> None:
    leaders = Counter(order([Tally(9, 3), worse], call)[0] for call in range(1000))
    assert 0 < leaders[1] < leaders[0]


def test_the_less_is_known_of_a_wording_the_more_often_it_is_tried() -> None:
    def turns(worse: Tally) -> int:
        return sum(order([Tally(80, 40), worse], call)[0] for call in range(2000))

    assert turns(Tally(2, 2)) > turns(Tally(20, 20)) > turns(Tally(200, 200))


def test_calls_and_steps_draw_each_their_own() -> None:
    even = [Tally(5, 5)] * 3
    assert len({order(even, call) for call in range(60)}) == 6
    assert len({order(even, 1, f"book#{step}") for step in range(60)}) == 6


@given(st.text(min_size=1), st.sampled_from([" ", "\n", "\t  "]))
def test_a_fingerprint_knows_words_and_labels_but_no_line_breaks(text: str, space: str) -> None:
    broken = wording(f"{space}good{space}{text}{space}day{space}")
    assert fingerprint(broken) == fingerprint(wording(f"good {text} day"))
    assert fingerprint(broken) != fingerprint(wording(f"good {text} days"))
    assert fingerprint(wording(text, "respond")) != fingerprint(wording(text, "confirm"))
    assert fingerprint(replace(broken, line=7)) == fingerprint(broken)


def test_paragraphs_are_not_run_together() -> None:
    two = Variant((Part("yes"), Part("no")))
    assert fingerprint(two) != fingerprint(wording("yes no"))
    assert fingerprint(Variant(two.parts[::-1])) != fingerprint(two)


def test_a_share_has_its_interval_and_says_what_it_rests_on() -> None:
    share = Tally(50, 28, 400).share
    ends = wilson(50, 78)
    assert share.interval is not None
    assert share.n == 78
    assert share.value == pytest.approx(64.1, abs=0.1)
    assert (share.interval.low, share.interval.high) == (100 * ends.low, 100 * ends.high)
    assert Tally(shown=9).share.value is None


def known_of(walk: Walk, *results: tuple[int, int]) -> dict[tuple[str, str], Tally]:
    return {
        ("step", fingerprint(one)): Tally(*result)
        for one, result in zip(walk.step.variants, results, strict=False)
    }


def test_a_walk_offers_the_calls_order_and_records_the_files_index() -> None:
    start = Walk.start(load_shipped("en"), "delivery-3day")
    count = len(start.step.variants)
    assert count >= 2
    known = known_of(start, (0, 400), (400, 0))
    walk = start.ordered(PhraseOrder(known, chance(7)))
    assert walk.place.variant == walk.offered[0] == 1
    assert (walk.trail[0].variant, walk.trail[0].shown) == (1, 1)
    seen = [walk.place.variant]
    for _ in range(count - 1):
        walk = walk.variant()
        seen.append(walk.place.variant)
    assert tuple(seen) == walk.offered
    assert walk.variant().place.variant == 1
    judged = walk.mark(Result.FAILED)
    assert judged.trail[0].shown == count
    assert judged.trail[0].wording == fingerprint(start.step.variants[judged.place.variant])


def test_an_order_that_comes_late_leaves_what_is_being_said() -> None:
    start = Walk.start(load_shipped("en"), "delivery-3day")
    order_ = PhraseOrder(known_of(start, (0, 400), (400, 0)), chance(7))
    moved = start.variant().variant(-1).mark(Result.WORKED)
    assert moved.ordered(order_).place == moved.place
    assert moved.ordered(order_).trail == moved.trail
    again = moved.choose(1).back().ordered(order_)
    assert again.place == moved.place


def test_going_on_and_coming_back_keep_the_order_and_the_place() -> None:
    walk = Walk.start(load_shipped("zh"), "delivery-3day")
    known = {
        ("objection", fingerprint(one)): Tally(100 * number, 300 - 100 * number)
        for step in walk.library.objections
        for number, one in enumerate(step.variants)
    }
    walk = walk.ordered(PhraseOrder(known, chance(3)))
    answer = walk.open_objection("no-time")
    assert answer.place.variant == answer.offered[0] != 0
    assert answer.variant().return_().place == walk.place
    other = answer.in_library(load_shipped("en"))
    assert other.order == answer.order


def test_a_draft_of_an_earlier_program_still_loads() -> None:
    walk = Walk.start(load_shipped("en"), "delivery-3day").mark(Result.WORKED)
    data = walk.to_dict()
    for entry in data["trail"]:
        del entry["wording"], entry["shown"]
    (use,) = Walk.from_dict(load_shipped("en"), data).trail
    assert (use.wording, use.shown, use.result) == ("", None, Result.WORKED)
    assert Walk.from_dict(load_shipped("en"), walk.to_dict()) == walk
