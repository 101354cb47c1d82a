"""Whether a number may be dialled in a call: theirs, without a stop, caps and hours permitting."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import window_of
from db.caps import caps_on, subject_of
from db.customer_card import card_of
from db.picking import is_open
from db.stops import stop_on
from db.tables import call_callback, callback, calling_window, campaign
from db.transaction import Unit
from domain.errors import RefusedError
from domain.rulebook import Rulebook
from domain.terms import read_terms


def check_number(unit: Unit, rulebook: Rulebook, row: sa.RowMapping, phone_id: int) -> None:
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
