"""Taking back what a decision did to promises, when its call is undone or amended."""

from __future__ import annotations

import sqlalchemy as sa

from db.decisions import Effects
from db.promise_events import Source, append_promise_event, append_promise_events
from db.promise_keeping import shared_with_late
from db.tables import promise
from db.transaction import Unit
from domain.permissions import Actor
from domain.promise import PromiseEvent, PromiseState


def callbacks_to_keep(unit: Unit, effects: Effects) -> frozenset[int]:
    """Callbacks that a decision made and that a late outcome of the same call promised too."""
    shared = shared_with_late(unit, effects.promises)
    if not shared:
        return frozenset()
    rows = unit.run(sa.select(promise.c.callback_id).where(promise.c.id.in_(shared)))
    return frozenset(one for one in rows.scalars() if one is not None)


def take_back_promises(unit: Unit, actor: Actor, effects: Effects, row: sa.RowMapping) -> None:
    """Withdraws the promises of a decision, and opens those again that it had settled.

    One that a late outcome tells too passes to that outcome: it was said all the same.

    Args:
        unit: the transaction.
        actor: who takes the decision back.
        effects: what it did.
        row: the decision.
    """
    source = Source(actor.operator_id, row["call_id"], row["id"])
    shared = shared_with_late(unit, effects.promises)
    gone = [one for one in effects.promises if one not in shared]
    if gone:
        unit.run(
            sa.update(promise)
            .where(promise.c.id.in_(gone))
            .values(state=PromiseState.WITHDRAWN.value, settled_at=unit.now)
        )
        append_promise_events(unit, gone, PromiseEvent.UNDONE, source)
    taken = {int(name): decision for name, decision in effects.taken_promises.items()}
    for one, decision in {**shared, **taken}.items():
        unit.run(sa.update(promise).where(promise.c.id == one).values(decision_id=decision))
        append_promise_event(unit, one, PromiseEvent.HANDED_BACK, source)
    for name, callback_id in effects.moved_promises.items():
        unit.run(
            sa.update(promise).where(promise.c.id == int(name)).values(callback_id=callback_id)
        )
    for name, state in effects.settled_promises.items():
        unit.run(
            sa.update(promise)
            .where(promise.c.id == int(name))
            .values(state=state, settled_at=None, settled_call_id=None)
        )
        append_promise_event(unit, int(name), PromiseEvent.REOPENED, source)
