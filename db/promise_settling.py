"""What the end of a call settles of promises: those that its callbacks serve, and lost ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.decisions import CallEnd, Effects
from db.promise_events import Source, append_promise_event
from db.promises import OWED, rung_at, settle_one
from db.stops import number_without_stop
from db.tables import callback, campaign, promise
from db.transaction import Unit
from domain.history import OVER
from domain.outcome import Outcome
from domain.promise import Evidence, EvidenceKind, PromiseEvent, PromiseKind, tells

SOON: Final = timedelta(hours=1)
"""When an overdue deed is told of if its callback was used up by a call about something else."""


def settle_by_call(
    unit: Unit,
    end: CallEnd,
    decision_id: int,
    row: sa.RowMapping,
    outcome: Outcome,
    *,
    follow_up: int | None,
    about_it: bool,
    effects: Effects,
) -> None:
    """Settles the promises that a callback serves, by the call in which the customer was rung.

    A promised call is kept by the dialling, whoever answers. A deed is, where nothing settled it
    before, by our call about it that was talked to its end; where another call was agreed upon
    instead, that one serves it from now on. In a call about something else, such as the customer's
    own, nothing is known of the deed unless somebody says so: another callback serves it.

    Args:
        unit: the transaction.
        end: the end of the call.
        decision_id: the decision that ended it.
        row: the callback.
        outcome: its own ending.
        follow_up: the callback of the call that was agreed upon.
        about_it: whether the call was made for this callback.
        effects: takes what an undo restores.
    """
    source, at = Source.of(end, decision_id), rung_at(end.call)
    evidence = Evidence(EvidenceKind.CALL, end.call["id"])
    for one in _owed(unit, promise.c.callback_id == row["id"]):
        if one["kind"] == PromiseKind.CALL:
            settle_one(unit, one, at, evidence, source, effects=effects)
        elif follow_up is not None:
            _serve_by(unit, one, follow_up, source, effects)
        elif tells(outcome) and about_it and end.call["direction"] == "out":
            settle_one(unit, one, at, evidence, source, effects=effects)
        elif tells(outcome) and not end.late:
            _serve_anew(unit, end, one, row, source, effects)


def settle_lost_calls(unit: Unit, end: CallEnd, decision_id: int, effects: Effects) -> None:
    """Settles promised calls for which no callback waits any more: any call to the person does."""
    source, at = Source.of(end, decision_id), rung_at(end.call)
    over = sa.exists(
        sa.select(1)
        .select_from(callback)
        .where(callback.c.id == promise.c.callback_id, callback.c.state.in_(OVER))
    )
    lost = sa.and_(
        promise.c.person_id == end.call["person_id"],
        promise.c.kind == PromiseKind.CALL.value,
        promise.c.due_at.is_not(None),
        promise.c.made_at < at,
        sa.or_(promise.c.callback_id.is_(None), over),
    )
    evidence = Evidence(EvidenceKind.CALL, end.call["id"])
    for row in _owed(unit, lost):
        settle_one(unit, row, at, evidence, source, effects=effects)


def _serve_by(
    unit: Unit, row: sa.RowMapping, callback_id: int, source: Source, effects: Effects
) -> None:
    """Has another callback serve a promise."""
    effects.moved_promises.setdefault(str(row["id"]), row["callback_id"])
    unit.run(sa.update(promise).where(promise.c.id == row["id"]).values(callback_id=callback_id))
    append_promise_event(
        unit, row["id"], PromiseEvent.NEXT_CALL, source, data={"callback": callback_id}
    )


def _serve_anew(
    unit: Unit,
    end: CallEnd,
    one: sa.RowMapping,
    row: sa.RowMapping,
    source: Source,
    effects: Effects,
) -> None:
    """Makes another callback for a deed whose own was used up; none where nobody may be rung."""
    due_at = max(one["due_at"], unit.now + SOON)
    code, purpose = unit.run(
        sa.select(campaign.c.code, campaign.c.purpose).where(campaign.c.id == row["campaign_id"])
    ).one()
    number = number_without_stop(unit, row["person_id"], purpose, due_at)
    if number is None:
        return
    new = NewCallback(
        person_id=row["person_id"],
        campaign=code,
        due_at=due_at,
        phone_id=number,
        promised=True,
        named_by_customer=True,
        note=one["text"],
        owner_id=one["owner_id"],
        asset_id=row["asset_id"],
        complaint_id=row["complaint_id"],
        origin_id=row["id"],
        origin_call_id=end.call["id"],
        source="promise",
    )
    made = create_callback(unit, end.rulebook, new, end.actor)
    effects.made_callbacks.append(made)
    _serve_by(unit, one, made, source, effects)


def _owed(unit: Unit, which: sa.ColumnElement[bool]) -> list[sa.RowMapping]:
    return list(
        unit.run(
            sa.select(promise)
            .where(which, promise.c.state.in_(OWED))
            .order_by(promise.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
