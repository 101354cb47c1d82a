"""The calls of the last days, carried out by the desk's own use cases on a clock set back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from app.demo.people import Invented
from app.demo.storing import SOURCE, Stored
from content.demo import DemoPast
from db.callbacks import NewCallback, create_callback
from db.dialling import dial
from db.engine import Database
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim
from db.seats import open_seat
from domain.calling_hours import current_or_next_window
from domain.decision import Decision
from domain.permissions import Actor
from domain.rulebook import Rulebook

_FINISHED: Final = 10
"""How many customers, beside those with a promise, have been rung before."""
_TALK: Final = timedelta(minutes=4)
_SETTLED: Final = timedelta(hours=2)
"""How long ago the last of these calls was at least, so that nothing of them is still held."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call to be relived: whose, when (UTC), and what was said."""

    one: Invented
    stored: Stored
    at: datetime
    said: DemoPast


def relive(
    database: Database,
    actor: Actor,
    past: Sequence[DemoPast],
    customers: Sequence[tuple[Invented, Stored]],
    now: datetime,
) -> frozenset[int]:
    """Carries out past calls and returns the persons whose callback came of one.

    The database's clock stands at the last of them afterwards.

    Args:
        database: a practice database with the customers, without their callbacks.
        actor: the operator who rang.
        past: what was said.
        customers: everybody, with their rows.
        now: the present (UTC).
    """
    calls = sorted(_calls(database.rulebook, past, customers, now), key=lambda call: call.at)
    promised = set()
    for call in calls:
        _ring(database, actor, call, now)
        if call.said.promised:
            promised.add(call.stored.person_id)
    return frozenset(promised)


def _calls(
    rulebook: Rulebook,
    past: Sequence[DemoPast],
    customers: Sequence[tuple[Invented, Stored]],
    now: datetime,
) -> Iterator[_Call]:
    finished = 0
    for order, (one, stored) in enumerate(customers):
        if not one.role.promised:
            if finished == _FINISHED:
                continue
            finished += 1
        fitting = [
            said
            for said in past
            if (said.language, said.promised) == (one.place.language, one.role.promised)
        ]
        days = 1 if one.role.promised else 2 + order % 7
        window = current_or_next_window(
            rulebook.calling,
            zones=[one.place.zone],
            places=[one.place.country],
            purpose=rulebook.campaigns[one.campaign].purpose,
            preferred=None,
            at=now - timedelta(days=days, minutes=17 * order),
        )
        if fitting and window is not None:
            # The middle of the opening: nobody is rung on the minute in which a shop opens.
            at = window[0] + (min(window[1], window[0] + timedelta(hours=8)) - window[0]) / 2
            if at < now - _SETTLED:
                yield _Call(one, stored, at, fitting[order % len(fitting)])


def _ring(database: Database, actor: Actor, call: _Call, now: datetime) -> None:
    database.set_clock(lambda: call.at)
    keep_house(database, every=0)
    new = NewCallback(
        person_id=call.stored.person_id,
        campaign=call.one.campaign,
        due_at=call.at - _TALK,
        phone_id=call.stored.phone_id,
        asset_id=call.stored.asset_id,
        note=call.one.note,
        source=SOURCE,
    )
    callback_id = database.write(lambda unit: create_callback(unit, database.rulebook, new, actor))
    seat = open_seat(database, actor.login, kind="headless", lease=2 * _TALK)
    taken = claim(database, seat.actor, callback_id)
    dial(database, seat.actor, taken.call_id, call.stored.phone_id)
    database.set_clock(lambda: call.at + _TALK)
    ahead = now + timedelta(minutes=call.one.role.due_in)
    decision = Decision(
        uuid=str(uuid4()),
        outcome="callback-at" if call.said.promised else "completed",
        next_at=ahead if call.said.promised else None,
        note=call.said.note,
        mood_start=call.said.mood_start,
        mood_end=call.said.mood_end,
        phone_id=call.stored.phone_id,
    )
    finish(database, seat.actor, taken.call_id, taken.fence, decision)
