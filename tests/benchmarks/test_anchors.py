"""The benchmarks measure what they say: same rows, same statements, honest verdicts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from benchmarks.claim import Side
from benchmarks.databases import Bench, bench
from benchmarks.figures import Figure, interleaved, table
from benchmarks.filling import BUSY_HOUR, PLACES
from db.tables import call_hold, callback, callback_event, calling_window


@pytest.fixture
def databases() -> Iterator[Bench]:
    with bench() as made:
        yield made


def test_a_filled_database_is_always_the_same_and_every_window_is_open(databases: Bench) -> None:
    def picture(number: int) -> list[tuple[object, ...]]:
        filled = databases.filled("sqlite", 300, now=BUSY_HOUR, windows=number)
        columns = (callback.c.person_id, callback.c.window_id, callback.c.state, callback.c.due_at)
        return filled.database.read(
            lambda unit: [tuple(row) for row in unit.run(sa.select(*columns)).all()]
        )

    many = picture(len(PLACES))
    assert len(many) == 300
    assert len({row[1] for row in many}) == len(PLACES)
    assert {row[2] for row in many} == {"due", "scheduled"}
    # A second database of another shape shares all but the windows.
    assert [(row[0], row[2], row[3]) for row in picture(1)] == [
        (row[0], row[2], row[3]) for row in many
    ]
    filled = databases.filled("sqlite", 300, now=BUSY_HOUR)
    closed = sa.select(sa.func.count()).where(
        sa.or_(
            calling_window.c.opens_at.is_(None),
            calling_window.c.opens_at > BUSY_HOUR,
            calling_window.c.closes_at <= BUSY_HOUR,
        )
    )
    assert filled.database.read(lambda unit: unit.run(closed).scalar_one()) == 0


def test_the_replay_leaves_behind_what_a_claim_leaves(databases: Bench) -> None:
    filled = databases.filled("sqlite", 200, now=BUSY_HOUR)
    side = Side(filled)

    def left(callback_id: int) -> tuple[object, ...]:
        def work(unit: object) -> tuple[object, ...]:
            run = unit.run  # type: ignore[attr-defined]
            row = run(sa.select(callback).where(callback.c.id == callback_id)).mappings().one()
            events = run(
                sa.select(callback_event.c.kind, callback_event.c.to_state, callback_event.c.fence)
                .where(callback_event.c.callback_id == callback_id)
                .order_by(callback_event.c.id)
            ).all()
            holds = run(sa.select(call_hold.c.key).order_by(call_hold.c.id)).scalars().all()
            mine = {f"n{row['phone_id']}", f"p{row['person_id']}"}
            return (row["state"], row["fence"], row["claimed_by"], events, set(holds) == mine)

        return filled.database.read(work)

    ours = side.claim()
    as_ours = left(ours.callback_id)
    side.forget(ours)
    bare = side.replay.claim()
    assert bare.callback_id != ours.callback_id
    assert left(bare.callback_id) == as_ours
    side.forget(bare)
    side.replay.close()


def test_a_verdict_follows_the_ratio() -> None:
    slow = Figure("claim", 5.0, 2.0, "ms", 2.0)
    fast = Figure("import", 20.0, 40.0, "/s", 0.4, at_least=True)
    alone = Figure("idle", 150.0, None, "bytes/s", 200)
    told = Figure("windows", 5.0, 4.0, "ms")
    assert [one.within for one in (slow, fast, alone, told)] == [False, True, True, None]
    lines = table([slow, fast, alone, told]).splitlines()
    assert lines[1].split() == [
        "claim",
        "5.00",
        "ms",
        "2.00",
        "ms",
        "2.50",
        "×",
        "≤",
        "2",
        "×",
        "MISSED",
    ]
    assert lines[3].endswith("≤ 200 bytes/s  within")
    assert "MISSED" not in lines[4]
    assert "within" not in lines[4]


def test_sides_are_measured_in_turn() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    first, second = interleaved(2, lambda: side("a"), lambda: side("b"), warm=1)
    assert order == ["b", "a", "a", "b", "b", "a"]
    assert (len(first), len(second)) == (2, 2)
