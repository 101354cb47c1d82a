"""Days away and deputies: noted, listed, cancelled; whoever stands in is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from db.absence import GivenBack, give_back
from db.engine import Database
from db.events import append_audit
from db.operators import operator_named
from db.roster import as_leave, zone_of
from db.roster_edit import wake
from db.seat_messages import tell_operator
from db.tables import leave, operator
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, allowed, require
from domain.roster import Leave, Roster, refuse_leave


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A leave as it is listed; `begun` says that its first day or instant has come."""

    leave: Leave
    login: str
    name: str
    deputy: str | None
    noted_by: str | None
    noted_at: datetime | None
    begun: bool


def add_leave(
    database: Database,
    actor: Actor,
    who: str,
    first: date | None,
    last: date | None,
    reason: str,
    *,
    deputy: str | None = None,
    from_now: bool = False,
) -> Leave:
    """Notes that somebody is away; operator and deputy are told.

    Args:
        database: the database.
        actor: a lead; an operator may note an illness of their own.
        who: login or name.
        first: the first day on the shop's calendar; today unless given.
        last: the last one, included; the first unless given.
        reason: one of `domain.roster.REASONS`.
        deputy: login or name of who stands in; none for the pool.
        from_now: whether it counts from this instant of its first day, which is today then.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `colleague_unknown` (name), those of `domain.roster.refuse_leave`.
    """

    def work(unit: Unit) -> Leave:
        operator_id = _named(unit, who)
        if operator_id != actor.operator_id or reason != "sick":
            require(actor, "operators.roster")
        # Two leads who make each other's people deputies must see what the other one wrote.
        unit.run(sa.select(operator.c.id).order_by(operator.c.id).with_for_update(key_share=True))
        today = Roster(zone_of(database.rulebook)).day_of(unit.now)
        begins = today if from_now or first is None else first
        wanted = Leave(
            0,
            operator_id,
            begins,
            last or begins,
            reason,
            None if not deputy else _named(unit, deputy),
            unit.now if from_now else None,
        )
        touching = sa.select(leave).where(
            leave.c.first_day <= wanted.last_day, leave.c.last_day >= wanted.first_day
        )
        refuse_leave(wanted, [as_leave(row) for row in unit.run(touching).mappings()])
        made = _insert(unit, actor, wanted)
        _tell(unit, actor, made, "notice.leave_noted", "notice.deputy")
        wake(unit)
        return made

    return database.write(work)


def cancel_leave(database: Database, actor: Actor, leave_id: int) -> GivenBack:
    """Takes a leave back: what was given away because of it and nobody has touched comes back.

    Raises:
        RefusedError: `not_allowed`, `leave_unknown`.
    """

    def work(unit: Unit) -> GivenBack:
        row = (
            unit.run(sa.select(leave).where(leave.c.id == leave_id).with_for_update())
            .mappings()
            .first()
        )
        if row is None:
            raise RefusedError("leave_unknown", leave=leave_id)
        own = row["operator_id"] == actor.operator_id and row["noted_by"] == actor.operator_id
        if not own:
            require(actor, "operators.roster")
        found = as_leave(row)
        back = give_back(unit, database.rulebook, actor, found)
        unit.run(sa.delete(leave).where(leave.c.id == leave_id))
        append_audit(
            unit, actor, "leave_cancel", "operator", found.operator_id,
            fields=["leave"], details={**_details(found), "back": back.callbacks},
        )  # fmt: skip
        _tell(unit, actor, found, "notice.leave_cancelled", "notice.deputy_over")
        wake(unit)
        return back

    return database.write(work)


def list_leaves(
    database: Database, actor: Actor, *, since: date | None = None, own: bool = False
) -> tuple[LeaveLine, ...]:
    """Leaves that are not over, the earliest first: everybody's for a lead, else one's own.

    Args:
        database: the database.
        actor: who asks.
        since: those that last until this day or longer; today unless given.
        own: only one's own, for a lead too.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[LeaveLine, ...]:
        require(actor, "roster.read")
        roster = Roster(zone_of(database.rulebook))
        today = roster.day_of(unit.now)
        who, deputy, noter = (operator.alias(name) for name in ("who", "deputy", "noter"))
        query = (
            sa.select(
                leave, who.c.login, who.c.name.label("who_name"),
                deputy.c.name.label("deputy_name"), noter.c.name.label("noter_name"),
            )
            .join(who, who.c.id == leave.c.operator_id)
            .outerjoin(deputy, deputy.c.id == leave.c.deputy_id)
            .outerjoin(noter, noter.c.id == leave.c.noted_by)
            .where(leave.c.last_day >= (since or today))
            .order_by(leave.c.first_day, leave.c.id)
        )  # fmt: skip
        if own or not allowed(actor.role, "operators.roster"):
            query = query.where(leave.c.operator_id == actor.operator_id)
        return tuple(
            LeaveLine(
                as_leave(row),
                row["login"],
                row["who_name"],
                row["deputy_name"],
                row["noter_name"],
                row["noted_at"],
                row["first_day"] <= today and (row["from_at"] or unit.now) <= unit.now,
            )
            for row in unit.run(query).mappings()
        )

    return database.read(work)


def colleagues(database: Database, actor: Actor) -> Sequence[tuple[int, str, str]]:
    """Everybody who works here: id, login and name, by login.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Sequence[tuple[int, str, str]]:
        require(actor, "operators.list")
        query = sa.select(operator.c.id, operator.c.login, operator.c.name)
        rows = unit.run(query.where(operator.c.active).order_by(operator.c.login))
        return tuple((row.id, row.login, row.name) for row in rows)

    return database.read(work)


def _named(unit: Unit, name: str) -> int:
    found = operator_named(unit, name)
    if found is None:
        raise InputError("colleague_unknown", name=name)
    return found


def _insert(unit: Unit, actor: Actor, wanted: Leave) -> Leave:
    values = {
        "operator_id": wanted.operator_id,
        "first_day": wanted.first_day,
        "last_day": wanted.last_day,
        "reason": wanted.reason,
        "deputy_id": wanted.deputy_id,
        "from_at": wanted.from_at,
        "noted_by": actor.operator_id,
        "noted_at": unit.now,
    }
    row = unit.run(leave.insert().returning(leave), values).mappings().one()
    append_audit(
        unit, actor, "leave_add", "operator", wanted.operator_id,
        fields=["leave"], details=_details(wanted),
    )  # fmt: skip
    return as_leave(row)


def _details(found: Leave) -> dict[str, object]:
    return {
        "first": found.first_day.isoformat(),
        "last": found.last_day.isoformat(),
        "reason": found.reason,
        "deputy": found.deputy_id,
    }


def _tell(unit: Unit, actor: Actor, found: Leave, own: str, deputys: str) -> None:
    """Tells who is away and who stands in; each sentence names the days."""
    days = {"first": found.first_day.isoformat(), "last": found.last_day.isoformat()}
    tell_operator(unit, actor, found.operator_id, own, days)
    if found.deputy_id is not None:
        name = unit.run(
            sa.select(operator.c.name).where(operator.c.id == found.operator_id)
        ).scalar_one()
        tell_operator(unit, actor, found.deputy_id, deputys, {**days, "name": name})
