"""A lead opens a callback again that is over: done, exhausted or cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.callbacks import usable_numbers, window_of
from db.caps import hold_back
from db.engine import Database
from db.events import append_audit
from db.settling import ordinary_band
from db.stops import number_without_stop, stop_on
from db.tables import callback, campaign, person
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.errors import RefusedError
from domain.history import OVER
from domain.permissions import Actor, require


def reopen(
    database: Database, actor: Actor, callback_id: int, *, at: datetime | None = None
) -> str:
    """Puts a callback that is over back in the queue, anybody's, by ordinary rules.

    What was promised with it is settled and stays so. Attempts are not forgotten: one whose
    attempts were used up is tried once more. Nothing that came of its outcome is taken back.

    Args:
        database: the database.
        actor: a lead.
        callback_id: the callback.
        at: when to ring (UTC); now unless given.

    Returns:
        Its new state: due or scheduled.

    Raises:
        RefusedError: `not_allowed`, `callback_unknown`, `callback_not_over`, `person_closed`,
            `no_number`, `do_not_call_now` when a stop forbids it for good or at that time.
    """

    def work(unit: Unit) -> str:
        require(actor, "queue.reopen")
        row = lock_callback(unit, callback_id)
        if row["state"] not in OVER:
            raise RefusedError("callback_not_over", callback=callback_id)
        due_at = unit.now if at is None else max(at, unit.now)
        state = "due" if due_at <= unit.now else "scheduled"
        columns = _ordinary(unit, database, row, due_at)
        move(unit, row, state, "reopened", actor=actor, due_at=due_at, ready_at=due_at, **columns)
        append_audit(unit, actor, "callback_reopened", "callback", callback_id, fields=["state"])
        held = hold_back(unit, database.rulebook, [row["person_id"]], only=[callback_id])
        return "scheduled" if held else state

    return database.write(work)


def _ordinary(
    unit: Unit, database: Database, row: sa.RowMapping, due_at: datetime
) -> dict[str, Any]:
    """The columns of a callback that nobody owns and nothing was promised for.

    Raises:
        RefusedError: `person_closed`, `no_number`, `do_not_call_now`.
    """
    kind = (
        unit.run(
            sa.select(campaign.c.purpose, person.c.closed_at)
            .select_from(callback)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(person, person.c.id == callback.c.person_id)
            .where(callback.c.id == row["id"])
        )
        .mappings()
        .one()
    )
    person_id, purpose = row["person_id"], kind["purpose"]
    if kind["closed_at"] is not None:
        raise RefusedError("person_closed", person=person_id)
    usable = [one.id for one in usable_numbers(unit, person_id)]
    if not usable:
        raise RefusedError("no_number", person=person_id)
    number = row["phone_id"] if row["phone_id"] in usable else usable[0]
    stopped = stop_on(unit, person_id, number, purpose, due_at)
    if stopped is not None:
        number = number_without_stop(unit, person_id, purpose, due_at)
        if number is None:
            raise RefusedError("do_not_call_now", reason=stopped.reason)
    window_id = window_of(
        unit,
        database.rulebook,
        number,
        person_id=person_id,
        campaign_id=row["campaign_id"],
    )
    return {
        "phone_id": number,
        "window_id": window_id,
        "band": ordinary_band(unit, database.rulebook, row),
        "promised": False,
        "not_before": None,
        "assigned_to": None,
        "avoid_operator_id": None,
        "grace_until": None,
    }
