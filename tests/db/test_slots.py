from __future__ import annotations

from datetime import timedelta

from db.slots import load_around
from tests.databases import Desk


def test_a_slot_counts_what_falls_due_around_an_instant(desk: Desk) -> None:
    at = desk.clock.now + timedelta(hours=4)
    for minutes in (-31, -30, 0, 29, 30):
        desk.callback(due_at=at + timedelta(minutes=minutes))
    assert load_around(desk.database, desk.actor, at) == 3


def test_what_is_a_colleagues_alone_is_not_counted(desk: Desk) -> None:
    at = desk.clock.now + timedelta(hours=4)
    bob = desk.operator("bob")
    desk.callback(due_at=at, owner_id=bob.operator_id)
    assert load_around(desk.database, desk.actor, at) == 0
    assert load_around(desk.database, bob, at) == 1
