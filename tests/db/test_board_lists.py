"""What lies behind a line of the board: the right callbacks, numbers masked, for leads only."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.board import live_board
from db.board_lists import behind, operator_work
from db.calls import show_call
from db.dialling import dial
from db.queue import claim_next
from db.seats import close_seat
from db.tables import callback, campaign
from db.talking import hang_up
from domain.errors import RefusedError
from tests.databases import Desk


def ids(found) -> list[int]:
    return [one.id for one in found]


def test_each_line_has_its_callbacks_longest_due_first(desk: Desk):
    later = desk.callback(due_at=desk.clock.now - timedelta(minutes=5))
    first = desk.callback(due_at=desk.clock.now - timedelta(hours=3))
    other = desk.callback(campaign="birthday")
    promised = desk.callback(promised=True)
    desk.callback(due_at=desk.clock.now + timedelta(hours=3))
    band = desk.row(first)["band"]
    assert ids(behind(desk.database, desk.actor, "band", band)) == [first, later]
    kinds = {row["code"]: row["id"] for row in desk.rows(sa.select(campaign))}
    listed = behind(desk.database, desk.actor, "campaign", kinds["birthday"])
    assert ids(listed) == [other]
    assert listed[0].number.startswith("+86138****")
    assert ids(behind(desk.database, desk.actor, "callbacks", (promised, first))) == [
        first,
        promised,
    ]
    assert len(behind(desk.database, desk.actor, "band", band, limit=1)) == 1
    # What the board counts is what stands behind its line.
    for line in live_board(desk.database, desk.actor).queue.bands:
        assert line.waiting.due == len(behind(desk.database, desk.actor, "band", line.band))


def test_an_operators_line_has_the_call_and_what_is_theirs(desk: Desk):
    bea = desk.operator("bea")
    desk.callback()
    own = desk.callback()
    desk.database.write(
        lambda unit: unit.run(
            sa.update(callback).where(callback.c.id == own).values(assigned_to=bea.operator_id)
        )
    )
    empty = operator_work(desk.database, desk.actor, bea.operator_id)
    assert (empty.call, ids(empty.callbacks)) == (None, [own])
    actor = desk.seat("bea").actor
    taken = claim_next(desk.database, actor).taken
    number = show_call(desk.database, actor, taken.call_id).card.phones[0]
    dial(desk.database, actor, taken.call_id, number.phone_id)
    desk.clock.advance(minutes=2)
    hang_up(desk.database, actor, taken.call_id)
    work = operator_work(desk.database, desk.actor, bea.operator_id)
    assert work.call is not None
    assert (work.call.call_id, work.call.direction) == (taken.call_id, "out")
    assert "****" in work.call.number
    assert work.call.talk_ended_at == desk.clock.now
    assert taken.callback_id in ids(work.callbacks)
    close_seat(desk.database, actor)
    checks = behind(desk.database, desk.actor, "check", 0)
    assert [(one.id, one.state, one.whose) for one in checks] == [
        (taken.callback_id, "check", "Bea")
    ]


def test_lists_are_a_leads(desk: Desk):
    bea = desk.operator("bea")
    with pytest.raises(RefusedError, match="not_allowed"):
        behind(desk.database, bea, "band", 0)
    with pytest.raises(RefusedError, match="not_allowed"):
        operator_work(desk.database, bea, bea.operator_id)
