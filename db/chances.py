"""Chances that were heard in a call: kept with its decision, followed by a callback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.campaigns import campaign_in
from db.decisions import CallEnd, Effects
from db.operators import operator_named
from db.stops import number_without_stop
from db.tables import call_decision, chance, operator
from db.transaction import Unit
from domain.chance import FOLLOW_UP, GivenChance
from domain.errors import InputError


@dataclass(frozen=True, slots=True)
class ChanceLine:
    """A chance of a customer; `value` in hundredths of `currency`'s unit, instants in UTC."""

    id: int
    kind: str
    text: str
    value: int | None
    currency: str | None
    next_step: str | None
    next_at: datetime | None
    owner: str | None
    state: str
    at: datetime


def keep_chances(
    unit: Unit, end: CallEnd, decision_id: int, row: sa.RowMapping, effects: Effects
) -> None:
    """Writes the chances of a decision; a next step with a date makes a callback.

    Where nobody may or can be rung about it, the chance stands alone. What a late outcome and the
    one in force of the same call both tell stands once, with the latter.

    Raises:
        InputError: `chance_past` for a next step that is over, unless the decision came late;
            `colleague_unknown` for an owner whom nobody knows.
    """
    for given in end.decision.chances:
        if given.next_at is not None and given.next_at <= end.at and not end.late:
            raise InputError("chance_past", at=given.next_at)
        owner = end.caller if given.owner is None else operator_named(unit, given.owner)
        if owner is None:
            raise InputError("colleague_unknown", name=given.owner or "")
        twin = _told_before(unit, end, decision_id, given)
        if twin is None:
            made = _follow_up(unit, end, row, given, owner)
            if made is not None:
                effects.made_callbacks.append(made)
        else:
            made = twin.callback_id
            if not end.late:
                same = sa.update(chance).where(chance.c.id == twin.id)
                unit.run(same.values(state="withdrawn"))
        effects.chances.append(
            int(
                unit.run(
                    chance.insert().returning(chance.c.id),
                    {
                        "person_id": end.call["person_id"],
                        "call_id": end.call["id"],
                        "decision_id": decision_id,
                        "callback_id": made,
                        "kind": given.kind,
                        "text": given.text,
                        "value": given.value,
                        "currency": given.currency,
                        "next_step": given.next_step,
                        "next_at": given.next_at,
                        "owner_id": owner,
                        "state": "withdrawn" if twin is not None and end.late else "open",
                        "at": end.at,
                    },
                ).scalar_one()
            )
        )


def tell_late_ones_again(unit: Unit, chances: Sequence[int]) -> None:
    """Chances that were taken back stand where a late outcome of their call tells them too."""
    if not chances:
        return
    mine, late = chance.alias("mine"), call_decision.alias("late")
    told = (
        sa.exists()
        .where(
            mine.c.id.in_(chances),
            mine.c.call_id == chance.c.call_id,
            mine.c.kind == chance.c.kind,
            mine.c.text == chance.c.text,
            late.c.id == chance.c.decision_id,
            late.c.late,
        )
        .correlate(chance)
    )
    whose = sa.select(mine.c.person_id).where(mine.c.id.in_(chances))
    unit.run(
        sa.update(chance)
        .where(chance.c.person_id.in_(whose), chance.c.state == "withdrawn", told)
        .values(state="open")
    )


def given_chances(unit: Unit, decision_id: int) -> tuple[GivenChance, ...]:
    """The chances of a decision as they were given, owners by login."""
    rows = unit.run(
        sa.select(chance, operator.c.login)
        .outerjoin(operator, operator.c.id == chance.c.owner_id)
        .where(chance.c.decision_id == decision_id)
        .order_by(chance.c.id)
    ).mappings()
    return tuple(
        GivenChance(
            kind=row["kind"],
            text=row["text"],
            value=row["value"],
            currency=row["currency"],
            next_step=row["next_step"],
            next_at=row["next_at"],
            owner=row["login"],
        )
        for row in rows
    )


def chance_lines(unit: Unit, person_id: int) -> tuple[ChanceLine, ...]:
    """All chances of a person but those taken back, the latest first."""
    rows = unit.run(
        sa.select(
            chance.c.id,
            chance.c.kind,
            chance.c.text,
            chance.c.value,
            chance.c.currency,
            chance.c.next_step,
            chance.c.next_at,
            operator.c.name,
            chance.c.state,
            chance.c.at,
        )
        .outerjoin(operator, operator.c.id == chance.c.owner_id)
        .where(chance.c.person_id == person_id, chance.c.state != "withdrawn")
        .order_by(chance.c.at.desc(), chance.c.id.desc())
    )
    return tuple(ChanceLine(*row) for row in rows)


def _told_before(
    unit: Unit, end: CallEnd, decision_id: int, given: GivenChance
) -> sa.Row[Any] | None:
    """The same chance in another outcome of the call; none where this is the first."""
    return unit.run(
        sa.select(chance.c.id, chance.c.callback_id)
        .join(call_decision, call_decision.c.id == chance.c.decision_id)
        .where(
            chance.c.call_id == end.call["id"],
            chance.c.decision_id != decision_id,
            chance.c.kind == given.kind,
            chance.c.text == given.text,
            chance.c.state != "withdrawn",
            call_decision.c.superseded_at.is_(None),
        )
        .order_by(chance.c.id.desc())
        .limit(1)
    ).first()


def _follow_up(
    unit: Unit, end: CallEnd, row: sa.RowMapping, given: GivenChance, owner: int
) -> int | None:
    if given.next_at is None:
        return None
    purpose = campaign_in(unit, end.rulebook.campaigns, FOLLOW_UP)["purpose"]
    number = number_without_stop(unit, row["person_id"], purpose, max(given.next_at, unit.now))
    if number is None:
        return None
    new = NewCallback(
        person_id=row["person_id"],
        campaign=FOLLOW_UP,
        due_at=given.next_at,
        phone_id=number,
        note=" · ".join(filter(None, (given.text, given.next_step))) or None,
        owner_id=owner,
        asset_id=row["asset_id"],
        origin_id=row["id"],
        origin_call_id=end.call["id"],
        source="chance",
    )
    return create_callback(unit, end.rulebook, new, end.actor)
