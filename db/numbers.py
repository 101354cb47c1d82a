"""What a call teaches about numbers and persons: wrong, dead, changed, sold, deceased, no more."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import first_number, usable_numbers, window_of
from db.decisions import CallEnd, Effects, plain_columns
from db.events import append_audit
from db.stops import add_stop
from db.tables import call_leg, callback, campaign, person, person_asset, person_phone, phone
from db.transaction import Unit
from db.transitions import move
from domain.decision import NewNumber
from domain.outcome import NumberEffect, PersonEffect
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


def correct_number(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Marks the number as its ending says, adds a new one, and points what waits elsewhere."""
    effect, person_id = end.outcome.number, row["person_id"]
    number = spoken_number(unit, end, row)
    if end.decision.new_number is not None:
        effects.new_links.append(
            link_number(unit, person_id, end.decision.new_number, source="call")
        )
    if number is None or effect in (NumberEffect.NONE, NumberEffect.SUSPENDED):
        return
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
        effects.links.extend(ended)
    else:
        before = unit.run(sa.select(phone.c.status).where(phone.c.id == number)).scalar_one()
        effects.phones[str(number)] = before
        unit.run(
            sa.update(phone)
            .where(phone.c.id == number)
            .values(status=effect.value, status_at=unit.now)
        )
    append_audit(
        unit, end.actor, "number_marked", "phone", number, fields=["status"],
        details={"as": effect.value, "call": end.call["id"]},
    )  # fmt: skip
    point_elsewhere(unit, end, person_id, number, effects)


def point_elsewhere(
    unit: Unit, end: CallEnd, person_id: int, number: int, effects: Effects
) -> None:
    """Points waiting callbacks of a person from a bad number to the next, or cancels them."""
    waiting = (
        unit.run(
            sa.select(callback)
            .where(
                callback.c.person_id == person_id,
                callback.c.phone_id == number,
                callback.c.state.in_(("scheduled", "due")),
            )
            .order_by(callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    another = first_number(unit, person_id)
    for row in waiting:
        effects.cancelled.setdefault(str(row["id"]), plain_columns(row))
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


def link_number(unit: Unit, person_id: int, new: NewNumber, *, source: str) -> int:
    """Gives a person a number, first in line, and returns the link's id."""
    phone_id = find_or_add_number(unit, new)
    numbers = usable_numbers(unit, person_id)
    first = unit.run(
        sa.select(sa.func.min(person_phone.c.position)).where(person_phone.c.person_id == person_id)
    ).scalar()
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
    """Sets a stop or closes the person, where the ending says so."""
    if end.outcome.person is PersonEffect.DO_NOT_CALL:
        _remember_waiting(unit, row["person_id"], effects)
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
        _remember_waiting(unit, row["person_id"], effects)
        effects.closed_person = row["person_id"]
        unit.run(
            sa.update(person)
            .where(person.c.id == row["person_id"])
            .values(closed_at=unit.now, closed_because="deceased", updated_at=unit.now)
        )
        effects.stops.append(
            add_stop(
                unit, end.actor, person_id=row["person_id"], phone_id=None, reason="deceased",
                source="call", call_id=end.call["id"],
            )
        )  # fmt: skip


def end_asset_link(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Ends the person's part in the asset that was sold."""
    if end.outcome.person is not PersonEffect.SOLD_ASSET:
        return
    condition = [person_asset.c.person_id == row["person_id"], person_asset.c.until.is_(None)]
    if row["asset_id"] is not None:
        condition.append(person_asset.c.asset_id == row["asset_id"])
    ended = unit.run(
        sa.update(person_asset)
        .where(*condition)
        .values(until=unit.now)
        .returning(person_asset.c.id)
    ).scalars()
    effects.asset_links.extend(ended)


def _remember_waiting(unit: Unit, person_id: int, effects: Effects) -> None:
    for row in unit.run(
        sa.select(callback).where(
            callback.c.person_id == person_id, callback.c.state.in_(("scheduled", "due"))
        )
    ).mappings():
        effects.cancelled.setdefault(str(row["id"]), plain_columns(row))


def _window(unit: Unit, rulebook: Rulebook, row: sa.RowMapping, phone_id: int) -> int:
    purpose, zone = unit.run(
        sa.select(campaign.c.purpose, person.c.zone)
        .select_from(callback)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(person, person.c.id == callback.c.person_id)
        .where(callback.c.id == row["id"])
    ).one()
    return window_of(
        unit, rulebook, phone_id, zone=zone, purpose=purpose, named_by_customer=row["promised"]
    )
