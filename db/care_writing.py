"""Writing what a run of the care plan wants: callbacks with their reasons, and what they absorb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import create_callbacks
from db.care_facts import SOURCE
from db.care_run import Wanted
from db.events import append_event
from db.states import OPEN_STATES, in_state
from db.tables import callback, care_reason, person, turn
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.care.events import CareEvent
from domain.permissions import Actor
from domain.rulebook import Rulebook
from domain.said import said_as_plain

Note = Callable[[CareEvent | None, Sequence[CareEvent]], str]
"""Puts into words what a call is about, where that has to be told, and what it stands for."""

_TASK: Final = "care"
_UNTOUCHED: Final = ("scheduled", "due")


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A planned call for which a callback stands that was there before."""

    event: CareEvent
    callback_id: int


def write_wanted(
    unit: Unit, rulebook: Rulebook, actor: Actor | None, wanted: Sequence[Wanted], note: Note | None
) -> list[tuple[Wanted, int]]:
    """Makes some callbacks; returns those made, each with how many gave way to it.

    What has been made or changed since the customers were read is left alone.
    """
    _take_turn(unit)
    left = _still_wanted(unit, wanted)
    for one in left:
        for callback_id in one.beaten:
            row = lock_callback(unit, callback_id)
            move(unit, row, "cancelled", "care_gave_way", actor=actor)
    news = [_noted(one, note).new for one in left]
    made = create_callbacks(unit, rulebook, news, actor)
    rows = []
    for one, callback_id in zip(left, made, strict=True):
        rows.append(_reason(unit, one.event, callback_id, merged=False))
        state = "due" if one.new.due_at <= unit.now else "scheduled"
        for other in one.stands_for:
            rows.append(_reason(unit, other, callback_id, merged=True))
            _tell_merged(unit, actor, callback_id, state, other)
    _keep_reasons(unit, rows)
    return [(one, len(one.beaten)) for one in left]


def unknown_of(unit: Unit, absorbed: Sequence[Absorbed]) -> list[Absorbed]:
    """Those of which nobody has been told yet that the callback stands for them."""
    columns = care_reason.c
    told = {
        (row.key, row.callback_id)
        for row in unit.run(
            sa.select(columns.key, columns.callback_id).where(
                columns.key.in_([one.event.key for one in absorbed])
            )
        )
    }
    return [one for one in absorbed if (one.event.key, one.callback_id) not in told]


def write_absorbed(
    unit: Unit, actor: Actor | None, absorbed: Sequence[Absorbed], note: Note | None
) -> int:
    """Has callbacks say what they stand for besides, in their history and, untouched, their note.

    Returns:
        How many planned calls were told of; those of callbacks that are over by now were not.
    """
    _take_turn(unit)
    found = {
        row.id: row
        for row in unit.run(
            sa.select(callback.c.id, callback.c.state, callback.c.note).where(
                callback.c.id.in_({one.callback_id for one in absorbed}), in_state(*OPEN_STATES)
            )
        )
    }
    left = [one for one in unknown_of(unit, absorbed) if one.callback_id in found]
    for callback_id in sorted({one.callback_id for one in left}):
        theirs = [one.event for one in left if one.callback_id == callback_id]
        row = found[callback_id]
        for event in theirs:
            _tell_merged(unit, actor, callback_id, row.state, event)
        if note is not None and row.state in _UNTOUCHED:
            said = "\n".join(filter(None, (row.note, note(None, theirs))))
            where = callback.c.id == callback_id
            unit.run(sa.update(callback).where(where).values(note=said, updated_at=unit.now))
    _keep_reasons(unit, [_reason(unit, one.event, one.callback_id, merged=True) for one in left])
    return len(left)


def _still_wanted(unit: Unit, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those that nobody has made meanwhile, of persons still open, whose room is still free."""
    keys = [one.event.key for one in wanted]
    known = set(
        unit.run(
            sa.select(callback.c.source_key).where(
                callback.c.source == SOURCE, callback.c.source_key.in_(keys)
            )
        ).scalars()
    )
    persons = {one.event.customer_id for one in wanted}
    open_persons = set(
        unit.run(
            sa.select(person.c.id).where(person.c.id.in_(persons), person.c.closed_at.is_(None))
        ).scalars()
    )
    beaten = {callback_id for one in wanted for callback_id in one.beaten}
    free = set(
        unit.run(
            sa.select(callback.c.id).where(
                callback.c.id.in_(beaten), in_state(*_UNTOUCHED), callback.c.attempts == 0
            )
        ).scalars()
    )
    return [
        one
        for one in wanted
        if one.event.key not in known
        and one.event.customer_id in open_persons
        and free.issuperset(one.beaten)
    ]


def _noted(one: Wanted, note: Note | None) -> Wanted:
    if note is None or not (one.told or one.stands_for):
        return one
    said = note(one.event if one.told else None, one.stands_for)
    return replace(one, new=replace(one.new, note=said))


def _tell_merged(
    unit: Unit, actor: Actor | None, callback_id: int, state: str, event: CareEvent
) -> None:
    data = {"campaign": event.campaign, "asset": event.asset_id}
    append_event(unit, callback_id, "care_merged", (state, state), actor=actor, data=data)


def _reason(unit: Unit, event: CareEvent, callback_id: int, *, merged: bool) -> dict[str, Any]:
    return {
        "key": event.key,
        "callback_id": callback_id,
        "campaign": event.campaign,
        "day": event.anchor,
        "wanted_on": event.on,
        "reason": said_as_plain(event.reason),
        "put_off": said_as_plain(event.put_off.said) if event.put_off else None,
        "merged": merged,
        "at": unit.now,
    }


def _keep_reasons(unit: Unit, rows: Iterable[dict[str, Any]]) -> None:
    """A call that was merged before and is made now has one reason: the newest."""
    found = list(rows)
    if found:
        keys = [row["key"] for row in found]
        unit.run(sa.delete(care_reason).where(care_reason.c.key.in_(keys)))
        unit.run(care_reason.insert(), found)


def _take_turn(unit: Unit) -> None:
    """Makes a second run at the same time wait, so that it sees what this one made."""
    unit.run(
        sa.text(
            "INSERT INTO turn (task, ran_at, seat_id) VALUES (:task, :now, NULL)"
            " ON CONFLICT (task) DO UPDATE SET ran_at = :now"
        ).bindparams(sa.bindparam("now", type_=turn.c.ran_at.type)),
        {"task": _TASK, "now": unit.now},
    )
