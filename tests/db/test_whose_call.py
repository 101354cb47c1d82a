"""What is done to a call from elsewhere is heard at the seat at which it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from db.calls import show_call
from db.claiming import Taken
from db.dialling import dial
from db.finish import finish
from db.operator_states import enter_state
from db.parking import park
from db.queue import claim_next, release
from db.tables import topic
from db.topics import seat_topic
from domain.decision import Decision
from domain.permissions import Actor
from tests.databases import Desk


def heard(desk: Desk, at: Actor, deed: Callable[[], object]) -> bool:
    """Whether a seat's own topic moves with a deed."""
    assert at.seat_id is not None
    query = sa.select(topic.c.version).where(topic.c.name == seat_topic(at.seat_id))
    before = desk.rows(query)
    deed()
    return desk.rows(query) != before


def at_work(desk: Desk) -> tuple[Actor, Actor, Taken]:
    """An operator with a call at a seat, and the same one elsewhere."""
    desk.operator("bo")
    here = desk.seat("bo").actor
    desk.callback()
    taken = claim_next(desk.database, here).taken
    assert taken is not None
    return here, replace(here, seat_id=None), taken


def test_an_outcome_without_a_seat(desk: Desk) -> None:
    here, elsewhere, taken = at_work(desk)
    phone = show_call(desk.database, here, taken.call_id).card.phones[0]
    dial(desk.database, here, taken.call_id, phone.phone_id)
    ended = Decision("u-1", "completed")
    assert heard(
        desk, here, lambda: finish(desk.database, elsewhere, taken.call_id, taken.fence, ended)
    )


def test_putting_aside_without_a_seat(desk: Desk) -> None:
    here, elsewhere, taken = at_work(desk)
    assert heard(desk, here, lambda: park(desk.database, elsewhere, taken.call_id))


def test_giving_back_while_the_seat_is_on_a_pause(desk: Desk) -> None:
    here, elsewhere, taken = at_work(desk)
    pause = desk.database.rulebook.day.pauses[0].code
    seat_id = here.seat_id
    assert seat_id is not None
    desk.database.write(lambda unit: enter_state(unit, seat_id, "paused", pause_code=pause))
    assert heard(desk, here, lambda: release(desk.database, elsewhere, call_id=taken.call_id))
