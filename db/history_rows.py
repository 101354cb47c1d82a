"""What the tables of calls, decisions and callbacks owe each other, asked of the database at once.

Each law is one statement that gives the rows which break it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.tables import (
    call,
    call_callback,
    call_decision,
    call_hold,
    call_leg,
    callback,
    callback_event,
    calling_window,
    draft,
    operator,
    person,
    seat,
)
from db.transaction import Unit
from domain.history import IN_HAND, Fault

_AT_ONCE: Final = 2_000
_WAITED: Final = timedelta(seconds=10)
"""A transaction that waits for another has read the clock before it: so far may times be off."""
_ENDINGS: Final = ("finished", "rescheduled", "data_repair")
"""Events with which an outcome lets a callback go."""

_in_hand = callback.c.state.in_(IN_HAND)
_waiting = callback.c.state.in_(("scheduled", "due"))
_live = call.c.phase.in_(("open", "parked"))
_colleague = operator.alias("colleague")
_later = call_decision.alias("later")
_outcome = call_decision.c.kind != "undo"


def _callbacks(code: str, *where: sa.ColumnElement[bool], of: sa.FromClause | None = None) -> Any:
    query = sa.select(callback.c.id.label("callback"), callback.c.call_id.label("call"))
    return code, query.select_from(callback if of is None else of).where(*where)


def _calls(code: str, *where: sa.ColumnElement[bool]) -> Any:
    return code, sa.select(sa.null().label("callback"), call.c.id.label("call")).where(*where)


def _decisions(code: str, *where: sa.ColumnElement[bool]) -> Any:
    return code, sa.select(
        call_decision.c.callback_id.label("callback"),
        call_decision.c.call_id.label("call"),
        call_decision.c.id.label("decision"),
    ).where(*where)


_CALLBACKS: Final = (
    _callbacks(
        "hand_without_call",
        _in_hand,
        sa.or_(call.c.id.is_(None), call.c.phase == "ended"),
        of=callback.outerjoin(call, call.c.id == callback.c.call_id),
    ),
    _callbacks(
        "hand_of_another",
        _in_hand,
        callback.c.claimed_by.is_distinct_from(call.c.operator_id),
        of=callback.join(call, call.c.id == callback.c.call_id),
    ),
    _callbacks(
        "claim_without_seat",
        callback.c.state == "claimed",
        sa.or_(seat.c.id.is_(None), seat.c.closed_at.is_not(None)),
        of=callback.outerjoin(seat, seat.c.id == callback.c.claimed_seat),
    ),
    _callbacks(
        "link_missing",
        _in_hand,
        callback.c.call_id.is_not(None),
        ~sa.exists().where(
            call_callback.c.call_id == callback.c.call_id,
            call_callback.c.callback_id == callback.c.id,
        ),
    ),
    _callbacks(
        "hand_left",
        ~_in_hand,
        sa.or_(callback.c.call_id.is_not(None), callback.c.claimed_by.is_not(None)),
    ),
    _callbacks(
        "window_missing",
        _waiting,
        sa.or_(
            calling_window.c.id.is_(None),
            calling_window.c.opens_at.is_(None) != calling_window.c.closes_at.is_(None),
        ),
        of=callback.outerjoin(calling_window, calling_window.c.id == callback.c.window_id),
    ),
    _callbacks("number_missing", _waiting, callback.c.phone_id.is_(None)),
    _callbacks(
        "person_gone",
        _waiting,
        person.c.closed_at.is_not(None),
        of=callback.join(person, person.c.id == callback.c.person_id),
    ),
    _callbacks(
        "owner_gone",
        _waiting,
        callback.c.grace_until.is_(None),
        operator.c.active.is_(sa.false()),
        of=callback.join(operator, operator.c.id == callback.c.assigned_to),
    ),
    _callbacks(
        "nobody_left",
        _waiting,
        callback.c.assigned_to.is_(None),
        callback.c.avoid_operator_id.is_not(None),
        ~sa.exists().where(_colleague.c.active, _colleague.c.id != callback.c.avoid_operator_id),
    ),
    _callbacks(
        "ready_differs",
        callback.c.state == "scheduled",
        callback.c.ready_at > callback.c.due_at,
        callback.c.not_before.is_distinct_from(callback.c.ready_at),
    ),
)

_held = (
    sa.select(callback.c.call_id.label("call_id"), sa.func.max(callback.c.fence).label("fence"))
    .where(_in_hand)
    .group_by(callback.c.call_id)
    .subquery("held")
)
_CALLS: Final = (
    _calls("phase_differs", _live, call.c.ended_at.is_not(None)),
    _calls("phase_differs", call.c.phase == "ended", call.c.ended_at.is_(None)),
    _calls("call_idle", _live, ~sa.exists().where(_in_hand, callback.c.call_id == call.c.id)),
    _calls(
        "call_without_seat",
        call.c.phase == "open",
        ~sa.exists().where(seat.c.id == call.c.seat_id, seat.c.closed_at.is_(None)),
    ),
    _calls(
        "call_fence",
        _live,
        sa.exists().where(_held.c.call_id == call.c.id, _held.c.fence != call.c.fence),
    ),
    _calls(
        "hold_missing",
        _live,
        ~sa.exists().where(
            call_hold.c.call_id == call.c.id,
            call_hold.c.until.is_(None),
            call_hold.c.key == sa.literal("p") + sa.cast(call.c.person_id, sa.String(20)),
        ),
    ),
    (
        "hold_left",
        sa.select(sa.null().label("callback"), call_hold.c.call_id.label("call"))
        .outerjoin(call, call.c.id == call_hold.c.call_id)
        .where(call_hold.c.until.is_(None), sa.or_(call.c.id.is_(None), call.c.phase == "ended")),
    ),
    (
        "draft_stranger",
        sa.select(
            sa.null().label("callback"),
            draft.c.call_id.label("call"),
            draft.c.operator_id.label("operator"),
        )
        .join(call, call.c.id == draft.c.call_id)
        .where(
            draft.c.operator_id != call.c.operator_id,
            ~sa.exists().where(
                call_callback.c.call_id == draft.c.call_id,
                callback_event.c.callback_id == call_callback.c.callback_id,
                callback_event.c.call_id == draft.c.call_id,
                callback_event.c.operator_id == draft.c.operator_id,
            ),
        ),
    ),
)

_in_force = (_outcome, ~call_decision.c.late, call_decision.c.superseded_at.is_(None))
_DECISIONS: Final = (
    _decisions(
        "decision_open_end",
        call_decision.c.superseded_at.is_not(None),
        ~sa.exists().where(_later.c.supersedes == call_decision.c.id),
    ),
    (
        "decision_chain",
        sa.select(
            call_decision.c.callback_id.label("callback"),
            call_decision.c.call_id.label("call"),
            call_decision.c.id.label("decision"),
            _later.c.id.label("other"),
        )
        .join(_later, _later.c.supersedes == call_decision.c.id)
        .where(
            sa.or_(
                call_decision.c.superseded_at.is_(None),
                _later.c.call_id != call_decision.c.call_id,
                _later.c.id < call_decision.c.id,
                call_decision.c.kind == "undo",
            )
        ),
    ),
    (
        "superseded_twice",
        sa.select(
            sa.func.min(call_decision.c.callback_id).label("callback"),
            sa.func.min(call_decision.c.call_id).label("call"),
            call_decision.c.supersedes.label("decision"),
        )
        .where(call_decision.c.supersedes.is_not(None))
        .group_by(call_decision.c.supersedes)
        .having(sa.func.count() > 1),
    ),
    (
        "outcome_twice",
        sa.select(
            sa.func.min(call_decision.c.callback_id).label("callback"),
            call_decision.c.call_id.label("call"),
        )
        .where(*_in_force)
        .group_by(call_decision.c.call_id)
        .having(sa.func.count() > 1),
    ),
)

_ends = sa.and_(
    callback_event.c.kind.in_(_ENDINGS),
    callback_event.c.from_state.in_(IN_HAND),
    callback_event.c.data["outcome"].as_string().is_not(None),
)
_is_late = callback_event.c.kind == "late_outcome"
_is_undone = sa.and_(callback_event.c.kind == "undone", callback_event.c.to_state == "claimed")


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


_told = (
    sa.select(
        callback_event.c.callback_id,
        callback_event.c.call_id,
        _count(_ends).label("outcomes"),
        _count(_is_late).label("late"),
        _count(_is_undone).label("undone"),
    )
    .where(callback_event.c.kind.in_((*_ENDINGS, "late_outcome", "undone")))
    .where(callback_event.c.call_id.is_not(None))
    .group_by(callback_event.c.callback_id, callback_event.c.call_id)
    .subquery("told")
)
_decided = (
    sa.select(
        call_decision.c.callback_id,
        call_decision.c.call_id,
        _count(sa.and_(_outcome, ~call_decision.c.late)).label("outcomes"),
        _count(call_decision.c.late).label("late"),
        _count(call_decision.c.kind == "undo").label("undone"),
    )
    .group_by(call_decision.c.callback_id, call_decision.c.call_id)
    .subquery("decided")
)
_BOOKS: Final = (
    (
        "outcome_lost",
        sa.select(
            _decided.c.callback_id.label("callback"),
            _decided.c.call_id.label("call"),
            (_decided.c.outcomes + _decided.c.late + _decided.c.undone).label("decided"),
            sa.func.coalesce(_told.c.outcomes + _told.c.late + _told.c.undone, 0).label("told"),
        )
        .outerjoin(
            _told,
            sa.and_(
                _told.c.callback_id == _decided.c.callback_id,
                _told.c.call_id == _decided.c.call_id,
            ),
        )
        .where(
            sa.or_(
                _told.c.call_id.is_(None),
                *(_told.c[name] != _decided.c[name] for name in ("outcomes", "late", "undone")),
            )
        ),
    ),
    (
        "outcome_unexplained",
        sa.select(_told.c.callback_id.label("callback"), _told.c.call_id.label("call")).where(
            _told.c.outcomes + _told.c.late + _told.c.undone > 0,
            ~sa.exists().where(call_decision.c.call_id == _told.c.call_id),
        ),
    ),
)


def _last(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Of the event with which the outcome in force let its callback go."""
    return (
        sa.select(column)
        .where(
            callback_event.c.callback_id == call_decision.c.callback_id,
            callback_event.c.call_id == call_decision.c.call_id,
            _ends,
        )
        .order_by(callback_event.c.id.desc())
        .limit(1)
        .correlate(call_decision)
        .scalar_subquery()
    )


_STANDING: Final = (
    (
        "outcome_differs",
        sa.select(
            call_decision.c.callback_id.label("callback"),
            call_decision.c.call_id.label("call"),
            call_decision.c.id.label("decision"),
            call_decision.c.outcome.label("outcome"),
        ).where(
            *_in_force,
            sa.or_(
                _last(callback_event.c.data["outcome"].as_string()) != call_decision.c.outcome,
                _last(callback_event.c.to_state) != call_decision.c.result["state"].as_string(),
            ),
        ),
    ),
)


def row_faults(unit: Unit) -> Iterator[Fault]:
    """The faults that single statements find."""
    for code, query in (*_CALLBACKS, *_CALLS, *_DECISIONS, *_BOOKS, *_STANDING):
        for row in unit.run(query.execution_options(yield_per=_AT_ONCE)).mappings():
            rest = {name: row[name] for name in row if name not in ("callback", "call")}
            yield Fault(code, row["callback"], row["call"], rest)


_LEGS = (
    sa.select(
        call_leg.c.phone_id,
        call_leg.c.call_id,
        call_leg.c.started_at,
        sa.func.coalesce(call_leg.c.ended_at, call.c.ended_at).label("ended_at"),
    )
    .join(call, call.c.id == call_leg.c.call_id)
    .order_by(call_leg.c.phone_id, call_leg.c.started_at, call_leg.c.id)
)


def numbers_twice(unit: Unit) -> Iterator[Fault]:
    """Where a number was rung in two calls at once."""
    number: int | None = None
    holder: int | None = None
    until: datetime | None = None
    for row in unit.run(_LEGS.execution_options(yield_per=_AT_ONCE)):
        same = row.phone_id == number
        if same and row.call_id != holder and (until is None or row.started_at + _WAITED < until):
            yield Fault(
                "number_twice", None, row.call_id, {"number": row.phone_id, "other": holder}
            )
        if not same or (until is not None and (row.ended_at is None or row.ended_at > until)):
            number, holder, until = row.phone_id, row.call_id, row.ended_at
