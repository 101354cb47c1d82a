from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key
from textual.keys import _character_to_key

from screens.key_guard import HOLD, REPEAT, KeyGuard, Press, Typed, Verdict


def key(character: str, time: float) -> Key:
    names = {"\n": "enter", "\t": "tab"}
    event = Key(names.get(character, _character_to_key(character)), character)
    event.time = time
    return event


def typed_over_time(*keys: tuple[str, float]) -> list[Verdict]:
    """Runs the guard as the app does: it settles whenever the hold has passed before a key."""
    guard = KeyGuard()
    verdicts: list[Verdict] = []
    for character, time in keys:
        wait = guard.wait(time)
        if wait is not None and wait <= 0:
            verdicts += guard.settle()
        verdicts += guard.take(key(character, time))
    return verdicts + guard.settle()


def burst(text: str, start: float = 0.0, gap: float = 0.0001) -> list[tuple[str, float]]:
    return [(letter, start + gap * place) for place, letter in enumerate(text)]


@pytest.mark.parametrize("text", ["4S店很好。", "no", "1 2", "zz", "４", "好", "。", "1\n2", "Ok!"])
def test_a_burst_or_composed_text_is_text_and_fires_nothing(text: str) -> None:
    assert typed_over_time(*burst(text)) == [Typed(text)]


@given(st.text(alphabet="1234zfn 店好。４\n", min_size=2, max_size=30))
def test_a_burst_arrives_whole_whatever_it_begins_with(text: str) -> None:
    assert typed_over_time(*burst(text)) == [Typed(text)]


@given(st.lists(st.sampled_from("1234znf"), min_size=1, max_size=20))
def test_keys_pressed_by_hand_are_presses_in_order(letters: list[str]) -> None:
    verdicts = typed_over_time(*((letter, 0.06 * place) for place, letter in enumerate(letters)))
    assert [press.event.key for press in verdicts if isinstance(press, Press)] == letters


def test_a_held_key_is_one_press_and_its_repeats() -> None:
    times = [0.0, *(0.5 + 0.025 * place for place in range(100))]
    verdicts = typed_over_time(*(("z", time) for time in times))
    assert all(isinstance(press, Press) for press in verdicts)
    assert [press.repeated for press in verdicts if isinstance(press, Press)] == [False] + [
        True
    ] * 100


def test_repeats_that_a_slow_line_delivers_together_stay_repeats() -> None:
    verdicts = typed_over_time(("z", 0.0), *burst("zzzz", start=0.6))
    assert [press.repeated for press in verdicts if isinstance(press, Press)] == [False] + [
        True
    ] * 4


def test_the_same_key_much_later_is_a_new_press() -> None:
    first, second = typed_over_time(("z", 0.0), ("z", REPEAT + 0.1))
    assert isinstance(first, Press)
    assert isinstance(second, Press)
    assert not second.repeated


def test_keys_that_write_nothing_pass_at_once_and_release_what_waits() -> None:
    guard = KeyGuard()
    assert guard.take(key("1", 0.0)) == []
    down = Key("down", None)
    down.time = 0.001
    assert [press.event.key for press in guard.take(down) if isinstance(press, Press)] == [
        "1",
        "down",
    ]
    assert guard.wait(0.002) is None


def test_the_guard_says_how_long_a_key_still_waits() -> None:
    guard = KeyGuard()
    guard.take(key("n", 10.0))
    assert guard.wait(10.005) == pytest.approx(HOLD - 0.005)


def test_a_key_that_went_into_a_text_ends_the_press_before_it() -> None:
    guard = KeyGuard(hold=0)
    guard.take(key("g", 0.0))
    guard.passed(Key("f6", None))
    (press,) = guard.take(key("g", 0.3))
    assert isinstance(press, Press)
    assert not press.repeated
