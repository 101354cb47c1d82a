"""An agreed call in one's own free time: told as it is typed, given to the deputy or the pool."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from db.decision_record import decision_in_force
from db.dialling import dial
from db.finish import Finished, finish
from db.leave import add_leave
from db.own_time import away_at
from db.queue import claim_next
from db.roster_edit import set_pattern
from db.tables import callback, promise, seat_message
from db.undo import amend, undo
from domain.decision import Decision, NextOwner
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.roster_pattern import read_pattern
from tests.databases import Desk

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
HOUR = timedelta(hours=1)


def agreed(desk: Desk, actor: Actor, to: NextOwner | None, **fields: object) -> Finished:
    desk.callback()
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    phone = desk.row(taken.callback_id)["phone_id"]
    dial(desk.database, actor, taken.call_id, phone)
    decision = Decision(
        uuid.uuid4().hex,
        "callback-at",
        next_at=desk.clock.now + timedelta(days=4),
        next_owner=to,
        **fields,  # type: ignore[arg-type]
    )
    return finish(desk.database, actor, taken.call_id, taken.fence, decision)


def roster(desk: Desk, *actors: Actor) -> None:
    ids = [one.operator_id for one in actors]
    set_pattern(desk.database, desk.actor, ids, read_pattern("mon-fri 9-18"), MONDAY, FRIDAY)


def test_away_is_said_with_the_deputy_who_is_there(desk: Desk) -> None:
    bea, cyd = desk.operator("bea"), desk.operator("cyd")
    noon = desk.clock.now + timedelta(days=4)
    assert away_at(desk.database, bea, noon) is None
    roster(desk, bea, cyd)
    assert away_at(desk.database, bea, noon) is None
    evening = away_at(desk.database, bea, desk.clock.now + 9 * HOUR)
    assert evening is not None
    assert (evening.reason, evening.deputy_id) == (None, None)
    assert evening.until is not None
    assert evening.until.isoformat() == "2026-11-24T01:00:00+00:00"
    add_leave(desk.database, desk.actor, "bea", FRIDAY, None, "holiday", deputy="cyd")
    friday = away_at(desk.database, bea, noon)
    assert friday is not None
    assert (friday.reason, friday.deputy) == ("holiday", "Cyd")
    late = away_at(desk.database, bea, noon + 10 * HOUR)
    assert late is not None
    assert late.deputy is None


def test_the_agreed_call_goes_to_the_deputy_with_its_promise(desk: Desk) -> None:
    desk.operator("bea")
    cyd = desk.operator("cyd")
    bea = desk.seat("bea").actor
    done = agreed(desk, bea, NextOwner(cyd.operator_id))
    assert done.next_callback_id is not None
    row = desk.row(done.next_callback_id)
    assert row["owner_id"] == row["assigned_to"] == cyd.operator_id
    owed = desk.rows(sa.select(promise.c.owner_id))
    assert [one["owner_id"] for one in owed] == [cyd.operator_id]
    told = desk.rows(sa.select(seat_message.c.operator_id, seat_message.c.key))
    assert [tuple(one.values()) for one in told] == [(cyd.operator_id, "notice.deputy_call")]
    # What was decided can be put right without losing it, and taken back.
    known = decision_in_force(desk.database, bea, done.call_id)
    assert known.next_owner == NextOwner(cyd.operator_id)
    again = amend(
        desk.database, bea, known.uuid,
        Decision(uuid.uuid4().hex, known.outcome, known.next_at, next_owner=None),
        since=desk.clock.now - HOUR,
    )  # fmt: skip
    assert desk.row(again.next_callback_id or 0)["owner_id"] == bea.operator_id
    undo(desk.database, bea, again.uuid, uuid.uuid4().hex)
    assert desk.row(done.next_callback_id)["state"] == "cancelled"


def test_the_agreed_call_goes_to_the_pool(desk: Desk) -> None:
    desk.operator("bea")
    bea = desk.seat("bea").actor
    done = agreed(desk, bea, NextOwner())
    row = desk.row(done.next_callback_id or 0)
    assert (row["owner_id"], row["assigned_to"]) == (None, None)
    assert row["promised"]
    # Whoever promised it answers for it.
    assert desk.rows(sa.select(promise.c.owner_id))[0]["owner_id"] == bea.operator_id


def test_a_stranger_gets_nothing(desk: Desk) -> None:
    desk.operator("bea")
    bea = desk.seat("bea").actor
    with pytest.raises(RefusedError, match="operator_unknown"):
        agreed(desk, bea, NextOwner(999))
    assert len(desk.rows(sa.select(callback.c.id))) == 1


def test_a_decision_without_it_has_the_fingerprint_of_earlier_programs() -> None:
    plain = Decision("u", "completed")
    assert plain.fingerprint(7) == (
        "31b13f2fa1994bef1a96f05d5f52afd9ed94689ad9f3bed8063b5d11d6c0019e"
    )
    assert plain.fingerprint(7) != Decision("u", "completed", next_owner=NextOwner()).fingerprint(7)
