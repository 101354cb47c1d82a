"""A reading that follows what moves: at once, then after a rest, and never one move too few."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screens.paced import Paced


class Desk:
    """A screen with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.under_way = False
        self.reads = 0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    @property
    def requests(self) -> Desk:
        return self

    def busy(self, _work: str) -> bool:
        return self.under_way

    def set_timer(self, delay: float, then: Callable[[], None]) -> None:
        self.timers.append((delay, then))

    def read(self) -> None:
        self.reads += 1
        self.under_way = True


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr("screens.paced.time.monotonic", lambda: made.now)
    return made


def came(desk: Desk, paced: Paced, took: float, rest: float) -> None:
    desk.now += took
    desk.under_way = False
    paced.came(took, rest)


def test_the_first_is_read_at_once_and_a_slow_one_less_often(desk: Desk) -> None:
    paced = Paced(desk, "work", desk.read)  # type: ignore[arg-type]
    paced.look()
    assert desk.reads == 1
    came(desk, paced, took=60.0, rest=180.0)
    paced.look()
    paced.look()
    assert desk.reads == 1
    assert [delay for delay, _ in desk.timers] == [180.0]
    desk.now += 180.0
    desk.timers[0][1]()
    assert desk.reads == 2


def test_what_moves_during_a_reading_is_read_after_it(desk: Desk) -> None:
    paced = Paced(desk, "work", desk.read)  # type: ignore[arg-type]
    paced.look()
    paced.look()
    assert (desk.reads, desk.timers) == (1, [])
    came(desk, paced, took=0.01, rest=0.05)
    assert [round(delay, 3) for delay, _ in desk.timers] == [0.05]


def test_a_reading_that_failed_is_made_again(desk: Desk) -> None:
    paced = Paced(desk, "work", desk.read)  # type: ignore[arg-type]
    paced.look()
    paced.look()
    desk.under_way = False
    desk.now += 1.0
    paced.look()
    assert desk.reads == 2


def test_at_once_is_without_a_rest(desk: Desk) -> None:
    paced = Paced(desk, "work", desk.read)  # type: ignore[arg-type]
    paced.look()
    came(desk, paced, took=1.0, rest=3.0)
    paced.at_once()
    assert desk.reads == 2
