"""What a call teaches about numbers and persons: wrong, dead, changed, sold, deceased, no more."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import first_number, usable_numbers, window_of
from db.decisions import CallEnd, Effects, columns_before
from db.events import append_audit
from db.promise_events import Source, append_promise_events
from db.states import in_state
from db.stops import add_stop
from db.tables import (
    call_leg,
    callback,
    person,
    person_asset,
    person_phone,
    phone,
    promise,
)
from db.transaction import Unit
from db.transitions import move
from domain.decision import NewNumber
from domain.outcome import NumberEffect, PersonEffect
from domain.promise import PromiseEvent, PromiseKind, PromiseState
from domain.rulebook import Rulebook


def spoken_number(unit: Unit, end: CallEnd, row: sa.RowMapping) -> int | None:
    """The number that an ending speaks of: the named one, the last leg's, else the callback's."""
    if end.decision.phone_id is not None:
        return end.decision.phone_id
    last: int | None = unit.run(
        sa.select(call_leg.c.phone_id)
        .where(call_leg.c.call_id == end.call["id"])
        .order_by(call_leg.c.id.desc())
        .limit(1)
    ).scalar()
    return last if last is not None else row["phone_id"]


def marks(effect: NumberEffect) -> bool:
    """Whether an ending leaves its number unusable, for this person or for everybody."""
    return effect not in (NumberEffect.NONE, NumberEffect.SUSPENDED)


def add_new_number(unit: Unit, end: CallEnd, effects: Effects) -> None:
    """Gives the person the number that was named in the call, first in line."""
    new, person_id = end.decision.new_number, end.call["person_id"]
    if new is None:
        return
    made = link_number(unit, person_id, new, source="call")
    if made is not None:
        effects.new_links.append(made)
    append_audit(
        unit, end.actor, "number_added", "person", person_id, fields=["phone"],
        details={"call": end.call["id"]},
    )  # fmt: skip


def mark_number(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Marks the number as its ending says, and points elsewhere what waits for it."""
    number = spoken_number(unit, end, row)
    if number is not None and marks(end.outcome.number):
        _mark(unit, end, (row["person_id"], number), end.outcome.number, effects)


def mark_legs(unit: Unit, end: CallEnd, effects: Effects) -> None:
    """Marks each number that was tried before in the call as its own result says."""
    results = unit.run(
        sa.select(call_leg.c.phone_id, call_leg.c.result)
        .where(call_leg.c.call_id == end.call["id"], call_leg.c.result.is_not(None))
        .order_by(call_leg.c.id)
    )
    for number, result in results.all():
        effect = end.rulebook.outcomes[result].number
        if marks(effect):
            _mark(unit, end, (end.call["person_id"], number), effect, effects)


def _mark(
    unit: Unit, end: CallEnd, whose: tuple[int, int], effect: NumberEffect, effects: Effects
) -> None:
    person_id, number = whose
    if effect in (NumberEffect.WRONG, NumberEffect.CHANGED):
        ended = unit.run(
            sa.update(person_phone)
            .where(
                person_phone.c.person_id == person_id,
                person_phone.c.phone_id == number,
                person_phone.c.until.is_(None),
            )
            .values(until=unit.now, problem=effect.value)
            .returning(person_phone.c.id)
        ).scalars()
        links = [int(one) for one in ended]
        effects.links.extend(links)
        changed = bool(links)
        waits = callback.c.person_id == person_id
    else:
        before = unit.run(sa.select(phone.c.status).where(phone.c.id == number)).scalar_one()
        effects.phones.setdefault(str(number), before)
        changed = before != effect
        unit.run(
            sa.update(phone)
            .where(phone.c.id == number)
            .values(status=effect.value, status_at=unit.now)
        )
        # The number is out of use for everybody who shares it.
        waits = sa.true()
    if changed:
        append_audit(
            unit, end.actor, "number_marked", "phone", number, fields=["status"],
            details={"as": effect.value, "call": end.call["id"]},
        )  # fmt: skip
    _point_elsewhere(unit, end, sa.and_(waits, callback.c.phone_id == number), effects)


def _point_elsewhere(
    unit: Unit, end: CallEnd, which: sa.ColumnElement[bool], effects: Effects
) -> None:
    """Points waiting callbacks from a bad number to their person's next, or cancels them."""
    waiting = (
        unit.run(
            sa.select(callback)
            .where(which, in_state("scheduled", "due"))
            .order_by(callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    for row in waiting:
        effects.cancelled.setdefault(str(row["id"]), columns_before(row))
        another = first_number(unit, row["person_id"])
        if another is None:
            move(
                unit, row, "cancelled", "data_repair", actor=end.actor, call_id=end.call["id"],
                data={"outcome": end.outcome.code},
            )  # fmt: skip
        else:
            unit.run(
                sa.update(callback)
                .where(callback.c.id == row["id"])
                .values(phone_id=another, window_id=_window(unit, end.rulebook, row, another))
            )


def link_number(unit: Unit, person_id: int, new: NewNumber, *, source: str) -> int | None:
    """Gives a person a number, first in line.

    Returns the new link's id; none where the number was the person's already.
    """
    phone_id = find_or_add_number(unit, new)
    numbers = usable_numbers(unit, person_id)
    first = unit.run(
        sa.select(sa.func.min(person_phone.c.position)).where(person_phone.c.person_id == person_id)
    ).scalar()
    known = unit.run(
        sa.update(person_phone)
        .where(
            person_phone.c.person_id == person_id,
            person_phone.c.phone_id == phone_id,
            person_phone.c.until.is_(None),
        )
        .values(position=(first or 0) - 1)
    )
    if known.rowcount:
        return None
    return int(
        unit.run(
            person_phone.insert().returning(person_phone.c.id),
            {
                "person_id": person_id,
                "phone_id": phone_id,
                "role": numbers[0].role if numbers else "mobile",
                "position": (first or 0) - 1,
                "source": source,
                "since": unit.now,
            },
        ).scalar_one()
    )


def find_or_add_number(unit: Unit, new: NewNumber) -> int:
    """The row of a number, made when it is new."""
    same = sa.and_(phone.c.e164 == new.e164, phone.c.extension == new.extension)
    found: int | None = unit.run(sa.select(phone.c.id).where(same)).scalar()
    if found is not None:
        return found
    return int(
        unit.run(
            phone.insert().returning(phone.c.id),
            {
                "e164": new.e164,
                "extension": new.extension,
                "country": new.country,
                "kind": new.kind,
                "zones": list(new.zones),
                "status": "ok",
                "last4": new.e164[-4:],
            },
        ).scalar_one()
    )


def stop_person(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Sets a stop or closes the person, where the ending says so; once for a whole call."""
    if effects.stops:
        return
    if end.outcome.person is PersonEffect.DO_NOT_CALL:
        _remember_waiting(unit, end, row["person_id"], effects)
        effects.stops.append(
            add_stop(
                unit, end.actor, person_id=row["person_id"], phone_id=None, reason="asked",
                source="call", call_id=end.call["id"],
            )
        )  # fmt: skip
        number = spoken_number(unit, end, row)
        if number is not None:
            effects.stops.append(
                add_stop(
                    unit, end.actor, person_id=None, phone_id=number, reason="asked",
                    source="call", call_id=end.call["id"],
                )
            )  # fmt: skip
    elif end.outcome.person is PersonEffect.DECEASED:
        _remember_waiting(unit, end, row["person_id"], effects)
        effects.closed_person = row["person_id"]
        unit.run(
            sa.update(person)
            .where(person.c.id == row["person_id"])
            .values(closed_at=unit.now, closed_because="deceased", updated_at=unit.now)
        )
        append_audit(
            unit, end.actor, "person_closed", "person", row["person_id"], fields=["closed_at"],
            details={"because": "deceased", "call": end.call["id"]},
        )  # fmt: skip
        effects.stops.append(
            add_stop(
                unit, end.actor, person_id=row["person_id"], phone_id=None, reason="deceased",
                source="call", call_id=end.call["id"],
            )
        )  # fmt: skip


def end_asset_link(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Ends the person's part in the asset that was sold; what waits for them about it is cancelled.

    Where the call was about none, it is the only one that they have; of several none is meant.
    """
    if end.outcome.person is not PersonEffect.SOLD_ASSET:
        return
    theirs = [person_asset.c.person_id == row["person_id"], person_asset.c.until.is_(None)]
    sold = row["asset_id"]
    if sold is None:
        all_of_them = set(unit.run(sa.select(person_asset.c.asset_id).where(*theirs)).scalars())
        if len(all_of_them) != 1:
            return
        (sold,) = all_of_them
    ended = unit.run(
        sa.update(person_asset)
        .where(*theirs, person_asset.c.asset_id == sold)
        .values(until=unit.now)
        .returning(person_asset.c.id)
    ).scalars()
    effects.asset_links.extend(ended)
    append_audit(
        unit, end.actor, "asset_link_ended", "person", row["person_id"], fields=["asset"],
        details={"asset": sold, "call": end.call["id"]},
    )  # fmt: skip
    _cancel_about(unit, end, row["person_id"], sold, effects)


def _cancel_about(unit: Unit, end: CallEnd, person_id: int, sold: int, effects: Effects) -> None:
    """Cancels what waits for a person about an asset that is no longer theirs, complaints apart."""
    waiting = (
        unit.run(
            sa.select(callback)
            .where(
                callback.c.person_id == person_id,
                callback.c.asset_id == sold,
                callback.c.complaint_id.is_(None),
                callback.c.promised.is_(sa.false()),
                in_state("scheduled", "due"),
            )
            .order_by(callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    for row in waiting:
        effects.cancelled.setdefault(str(row["id"]), columns_before(row))
        move(
            unit, row, "cancelled", "asset_sold", actor=end.actor, call_id=end.call["id"],
            data={"outcome": end.outcome.code},
        )  # fmt: skip


def _remember_waiting(unit: Unit, end: CallEnd, person_id: int, effects: Effects) -> None:
    """Notes what waits for a person before it is cancelled; whoever wants no calls is owed none."""
    waiting = (
        unit.run(
            sa.select(callback)
            .where(callback.c.person_id == person_id, in_state("scheduled", "due"))
            .order_by(callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    for row in waiting:
        effects.cancelled.setdefault(str(row["id"]), columns_before(row))
    let_off = (
        unit.run(
            sa.update(promise)
            .where(
                promise.c.callback_id.in_([row["id"] for row in waiting]),
                promise.c.kind == PromiseKind.CALL,
                promise.c.state == PromiseState.OPEN,
            )
            .values(state=PromiseState.WITHDRAWN, settled_at=unit.now)
            .returning(promise.c.id)
        )
        .scalars()
        .all()
    )
    for one in let_off:
        effects.settled_promises.setdefault(str(one), PromiseState.OPEN)
    append_promise_events(
        unit, let_off, PromiseEvent.WITHDRAWN, Source(end.caller, end.call["id"]),
        data={"because": "no_more_calls"},
    )  # fmt: skip


def _window(unit: Unit, rulebook: Rulebook, row: sa.RowMapping, phone_id: int) -> int:
    return window_of(
        unit,
        rulebook,
        phone_id,
        person_id=row["person_id"],
        campaign_id=row["campaign_id"],
        named_by_customer=row["promised"],
    )
