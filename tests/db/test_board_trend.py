"""Samples of the queue: one in five minutes whoever keeps house, forgotten after some weeks."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from db.board_day import day_board
from db.board_trend import slot_of, take_sample
from db.housekeeping import keep_house
from db.tables import queue_sample
from tests.databases import Desk


def samples(desk: Desk) -> list[sa.RowMapping]:
    return desk.rows(sa.select(queue_sample).order_by(queue_sample.c.at))


def test_housekeeping_takes_one_sample_in_five_minutes(desk: Desk):
    for _ in range(3):
        desk.callback()
    desk.callback(due_at=desk.clock.now - timedelta(minutes=5))
    desk.seat("ann")
    for seconds in (0, 60, 239, 1, 1):
        desk.clock.advance(seconds=seconds)
        keep_house(desk.database, every=0)
    found = samples(desk)
    assert [row["at"] for row in found] == [
        slot_of(desk.clock.now - timedelta(minutes=5)),
        slot_of(desk.clock.now),
    ]
    first = found[0]["figures"]
    assert (first["due"], first["overdue"], first["closed"]) == (4, 3, 0)
    assert (first["seated"], first["ready"]) == (1, 1)
    assert take_sample(desk.database) is False


def test_old_samples_are_forgotten_and_the_day_has_its_own(desk: Desk):
    take_sample(desk.database)
    desk.clock.advance(days=1)
    take_sample(desk.database)
    assert len(samples(desk)) == 2
    assert [at for at, _ in day_board(desk.database, desk.actor).samples] == [desk.clock.now]
    desk.clock.advance(days=42)
    take_sample(desk.database)
    assert [row["at"] for row in samples(desk)] == [
        desk.clock.now - timedelta(days=42),
        desk.clock.now,
    ]
