"""Whose promise it is: a lead gives it to another, whose work its callback becomes."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import grace_end
from db.engine import Database
from db.events import append_audit, append_event
from db.operators import operator_named
from db.promise_events import Source, append_promise_event, append_promise_events
from db.promise_keeping import lock_promise
from db.promises import OWED
from db.tables import callback, campaign, promise
from db.topics import CASES, QUEUE
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.promise import PromiseEvent


def reassign_promise(database: Database, actor: Actor, promise_id: int, to: str) -> None:
    """Gives a promise to another operator; the callback that waits for it goes along.

    Args:
        database: the database.
        actor: a lead.
        promise_id: a promise that is still owed.
        to: login or name of who makes it good from now on.

    Raises:
        RefusedError: `not_allowed`, `promise_unknown`, `promise_settled`.
        InputError: `colleague_unknown`.
    """

    def work(unit: Unit) -> None:
        require(actor, "promises.reassign")
        served = unit.run(
            sa.select(promise.c.callback_id).where(promise.c.id == promise_id)
        ).scalar()
        # Callback first, promise afterwards: the end of a call locks them in this order too.
        waiting = _waiting(unit, served)
        row = lock_promise(unit, promise_id)
        if row["state"] not in OWED:
            raise RefusedError("promise_settled", promise=promise_id)
        found = operator_named(unit, to)
        if found is None:
            raise InputError("colleague_unknown", name=to)
        if found == row["owner_id"]:
            return
        unit.run(sa.update(promise).where(promise.c.id == promise_id).values(owner_id=found))
        details = {"from": row["owner_id"], "to": found}
        append_promise_event(
            unit, promise_id, PromiseEvent.OWNER, Source(actor.operator_id), data=details
        )
        append_audit(
            unit, actor, "promise_owner", "promise", promise_id, fields=["owner"], details=details
        )
        if waiting is not None and row["callback_id"] == served:
            _hand_over(unit, actor, waiting, found)
        unit.move(CASES)

    database.write(work)


def hand_promises_over(
    unit: Unit, actor: Actor | None, complaint_id: int, before: int, to: int
) -> None:
    """Gives what is owed about a case by its former owner to the new one, within a use case."""
    moved = (
        unit.run(
            sa.update(promise)
            .where(
                promise.c.complaint_id == complaint_id,
                promise.c.owner_id == before,
                promise.c.state.in_(OWED),
            )
            .values(owner_id=to)
            .returning(promise.c.id)
        )
        .scalars()
        .all()
    )
    source = Source(actor.operator_id if actor else None)
    details = {"from": before, "to": to, "case": complaint_id}
    append_promise_events(unit, moved, PromiseEvent.OWNER, source, data=details)
    for one in moved:
        append_audit(
            unit, actor, "promise_owner", "promise", one, fields=["owner"], details=details
        )


def _waiting(unit: Unit, callback_id: int | None) -> sa.RowMapping | None:
    """A callback that waits, locked, with its grace; none for one in hand, which stays there."""
    return (
        unit.run(
            sa.select(callback, campaign.c.grace_minutes)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(callback.c.id == callback_id, callback.c.state.in_(("scheduled", "due")))
            .with_for_update(of=callback)
        )
        .mappings()
        .first()
    )


def _hand_over(unit: Unit, actor: Actor, row: sa.RowMapping, owner_id: int) -> None:
    """Makes a waiting callback the new owner's."""
    avoid = row["avoid_operator_id"]
    unit.run(
        sa.update(callback)
        .where(callback.c.id == row["id"])
        .values(
            owner_id=owner_id,
            assigned_to=owner_id,
            avoid_operator_id=None if avoid == owner_id else avoid,
            grace_until=grace_end(row["due_at"], unit.now, row["grace_minutes"]),
            updated_at=unit.now,
        )
    )
    append_event(
        unit, row["id"], "reassigned", (row["state"], row["state"]), actor=actor,
        fence=row["fence"], data={"to": owner_id},
    )  # fmt: skip
    unit.move(QUEUE)
