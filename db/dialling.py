"""The numbers dialled in a call: whether one may be, that it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.callbacks import window_of
from db.caps import caps_on, subject_of
from db.customer_card import card_of
from db.engine import Database
from db.first_try import note_first_try
from db.holds import take_holds
from db.operator_states import enter_state
from db.picking import is_open
from db.seats import may_work
from db.stops import stop_on
from db.tables import call, call_callback, call_leg, callback, calling_window, campaign
from db.topics import SEATS
from db.transaction import Unit
from db.whose_call import own_live_call
from db.windows import refresh
from domain.errors import RefusedError
from domain.permissions import Actor, require
from domain.rulebook import Rulebook
from domain.terms import read_terms


@dataclass(frozen=True, slots=True)
class Leg:
    """A number tried within a call; instants in UTC, `result` an outcome code."""

    id: int
    phone_id: int
    started_at: datetime
    ended_at: datetime | None
    result: str | None


def dial(database: Database, actor: Actor, call_id: int, phone_id: int) -> Leg:
    """Begins a leg: this number is dialled now; stop, caps, hours and hold are checked once more.

    Raises:
        RefusedError: `not_yours`, `seat_closed`, `do_not_call_now`, `rung_enough`,
            `outside_hours`, `number_in_use`, `number_not_theirs`.
    """

    def work(unit: Unit) -> Leg:
        require(actor, "calls.dial")
        may_work(unit, actor)
        row = own_live_call(unit, actor, call_id)
        refresh(unit, database.rulebook)
        _check_number(unit, database.rulebook, row, phone_id)
        if not take_holds(unit, call_id, [f"n{phone_id}"]):
            raise RefusedError("number_in_use", call=call_id)
        leg_id = unit.run(
            call_leg.insert().returning(call_leg.c.id),
            {"call_id": call_id, "phone_id": phone_id, "started_at": unit.now},
        ).scalar_one()
        if row["dialled_at"] is None:
            unit.run(sa.update(call).where(call.c.id == call_id).values(dialled_at=unit.now))
        note_first_try(unit, call_id)
        if actor.seat_id is not None:
            enter_state(unit, actor.seat_id, "dialling")
        unit.move(SEATS)
        return Leg(leg_id, phone_id, unit.now, None, None)

    return database.write(work)


def end_leg(database: Database, actor: Actor, call_id: int, leg_id: int, result: str) -> None:
    """Notes what came of a number; a wrong or dead one is marked as such at the finish.

    Raises:
        RefusedError: `not_yours`, `call_over`.
        InputError: `outcome_unknown`.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.dial")
        database.rulebook.outcomes[result]  # an unknown one would stand in the way of the finish
        own_live_call(unit, actor, call_id)
        unit.run(
            sa.update(call_leg)
            .where(call_leg.c.id == leg_id, call_leg.c.call_id == call_id)
            .values(ended_at=unit.now, result=result)
        )

    database.write(work)


def legs_of(unit: Unit, call_id: int) -> tuple[Leg, ...]:
    """The numbers tried within a call, in the order in which they were dialled."""
    rows = unit.run(
        sa.select(
            call_leg.c.id,
            call_leg.c.phone_id,
            call_leg.c.started_at,
            call_leg.c.ended_at,
            call_leg.c.result,
        )
        .where(call_leg.c.call_id == call_id)
        .order_by(call_leg.c.id)
    )
    return tuple(Leg(*row) for row in rows)


def _check_number(unit: Unit, rulebook: Rulebook, row: sa.RowMapping, phone_id: int) -> None:
    """Looks once more at all that may forbid a number, now that it is dialled.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        row: the call.
        phone_id: the number.

    Raises:
        RefusedError: `number_not_theirs`, `do_not_call_now`, `rung_enough`, `outside_hours`.
    """
    card = card_of(unit, row["person_id"], history=0)
    if phone_id not in {line.phone_id for line in card.phones}:
        raise RefusedError("number_not_theirs", call=row["id"])
    held = unit.run(
        sa.select(callback, campaign.c.purpose, campaign.c.active, calling_window.c.preferred)
        .join(call_callback, call_callback.c.callback_id == callback.c.id)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .where(call_callback.c.call_id == row["id"])
        .order_by(call_callback.c.position)
        .limit(1)
    )
    first = held.mappings().one()
    purpose, window_id = first["purpose"], first["window_id"]
    stopped = stop_on(unit, row["person_id"], phone_id, purpose)
    if stopped is not None:
        raise RefusedError("do_not_call_now", reason=stopped.reason)
    same = phone_id == first["phone_id"]
    if not (same and first["active"]):
        window_id = window_of(
            unit,
            rulebook,
            phone_id,
            person_id=row["person_id"],
            campaign_id=first["campaign_id"],
            named_by_customer=same and read_terms(first["preferred"]).named,
            in_hand=True,
        )
    _check_caps(unit, rulebook, row, first, window_id)
    if not is_open(unit, window_id):
        raise RefusedError("outside_hours", callback=row["id"])


def _check_caps(
    unit: Unit, rulebook: Rulebook, row: sa.RowMapping, first: sa.RowMapping, window_id: int
) -> None:
    """Refuses one more number where a cap is in the way; who rang us is not rung.

    Raises:
        RefusedError: `rung_enough`.
    """
    if row["direction"] == "in":
        return
    window = unit.run(
        sa.select(calling_window.c.places, calling_window.c.zones).where(
            calling_window.c.id == window_id
        )
    )
    subject = subject_of({**first, **window.mappings().one()}, within=row["id"])
    caps = caps_on(unit, rulebook, first, subject)
    if caps:
        raise RefusedError("rung_enough", why=caps[0].said)
