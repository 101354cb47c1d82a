"""A shift that is worked: its begin, what it has brought so far, and the sheets left by others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.engine import Database
from db.roster import load_roster, zone_of
from db.tables import (
    call,
    call_decision,
    callback,
    complaint,
    duty,
    operator,
    operator_state,
    person,
    promise,
)
from db.transaction import Unit
from domain.errors import RefusedError
from domain.hand_over import Goes, WorkKind
from domain.permissions import Actor, Role, require

_AHEAD = timedelta(days=28)
_SHEETS = 5
_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PausedFor:
    """How long, how often and for which pause somebody was away."""

    code: str
    time: timedelta
    times: int


@dataclass(frozen=True, slots=True)
class MyShift:
    """A shift up to now; instants in UTC.

    Attributes:
        began_at: when it began; none where none is open.
        now: the database's clock.
        ends_at: when it ends by the roster; none where the roster says nothing.
        next_at: when its operator is at work again by the roster.
        logged: how long seats were open.
        handled: thereof dialling, talking and wrap-up.
        talking: thereof talking.
        paused: by code, the longest first.
        calls: calls that were ended.
        contacts: thereof with somebody who answered.
    """

    began_at: datetime | None
    now: datetime
    ends_at: datetime | None
    next_at: datetime | None
    logged: timedelta
    handled: timedelta
    talking: timedelta
    paused: tuple[PausedFor, ...]
    calls: int
    contacts: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A piece of work on a sheet; `to` is the name of the colleague who got it."""

    kind: WorkKind
    id: int
    name: str
    goes: Goes
    to: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody left at the end of a shift.

    Attributes:
        duty_id: the shift.
        name: whose it was.
        ended_at: when it ended (UTC).
        note: for whoever comes next.
        lines: the pieces of work, each with where it went.
    """

    duty_id: int
    name: str
    ended_at: datetime
    note: str
    lines: tuple[SheetLine, ...]


def begin_duty(database: Database, actor: Actor) -> bool:
    """Begins an operator's shift; says whether it began now, and not earlier.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> bool:
        require(actor, "duty.own")
        return open_duty(unit, actor.operator_id)[1]

    return database.write(work)


def open_duty(unit: Unit, operator_id: int) -> tuple[sa.RowMapping, bool]:
    """An operator's running shift, locked, and whether it was begun just now."""
    row = _running(unit, operator_id)
    if row is not None:
        return row, False
    unit.run(duty.insert(), {"operator_id": operator_id, "began_at": unit.now})
    begun = _running(unit, operator_id)
    if begun is None:
        raise RuntimeError("a shift that was begun is not there")
    return begun, True


def my_shift(database: Database, actor: Actor) -> MyShift:
    """An operator's running shift in figures, from the stretches of time that seats wrote.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> MyShift:
        require(actor, "duty.own")
        row = unit.run(
            sa.select(duty.c.began_at).where(
                duty.c.operator_id == actor.operator_id, duty.c.ended_at.is_(None)
            )
        ).first()
        zone, who = zone_of(database.rulebook), actor.operator_id
        roster = load_roster(unit, zone, unit.now, unit.now + _AHEAD, {who})
        shift = roster.shift_at(who, unit.now)
        after = max(unit.now, shift.ends_at) if shift else unit.now
        began = row.began_at if row else unit.now
        spans = _spans(unit, who, began)
        calls, contacts = _calls(database, unit, who, began)
        return MyShift(
            began_at=row.began_at if row else None,
            now=unit.now,
            ends_at=shift.ends_at if shift else None,
            next_at=roster.next_working(who, after),
            logged=sum((span for _, _, span in spans), timedelta()),
            handled=_sum(spans, "dialling", "talking", "wrap_up"),
            talking=_sum(spans, "talking"),
            paused=_paused(spans),
            calls=calls,
            contacts=contacts,
        )

    return database.read(work)


def sheets_left(database: Database, actor: Actor) -> tuple[Sheet, ...]:
    """Sheets that were left since an operator's last shift ended, the newest first.

    An operator sees a colleague's note and counts, and the pieces that came to them; a lead all.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Sheet, ...]:
        require(actor, "duty.own")
        own_end = sa.select(sa.func.max(duty.c.ended_at)).where(
            duty.c.operator_id == actor.operator_id
        )
        since = unit.run(own_end).scalar() or unit.now - _LOOK_BACK
        rows = unit.run(
            _SHEET.where(
                duty.c.ended_at > max(since, unit.now - _LOOK_BACK),
                duty.c.operator_id != actor.operator_id,
            )
            .order_by(duty.c.ended_at.desc())
            .limit(_SHEETS * 4)
        )
        found = (_as_sheet(unit, row, actor) for row in rows.all())
        return tuple(one for one in found if one.note or one.lines)[:_SHEETS]

    return database.read(work)


def read_sheet(database: Database, actor: Actor, duty_id: int | None = None) -> Sheet:
    """A sheet by the number of its shift; without one, the operator's own last one.

    Raises:
        RefusedError: `not_allowed`, `sheet_unknown`.
    """

    def work(unit: Unit) -> Sheet:
        require(actor, "duty.own")
        wanted = _SHEET.where(duty.c.ended_at.is_not(None))
        if duty_id is None:
            wanted = wanted.where(duty.c.operator_id == actor.operator_id)
        else:
            wanted = wanted.where(duty.c.id == duty_id)
        row = unit.run(wanted.order_by(duty.c.ended_at.desc()).limit(1)).first()
        if row is None:
            raise RefusedError("sheet_unknown")
        return _as_sheet(unit, row, actor)

    return database.read(work)


_SHEET = sa.select(
    duty.c.id, duty.c.operator_id, duty.c.ended_at, duty.c.note, duty.c.sheet, operator.c.name
).join(operator, operator.c.id == duty.c.operator_id)


def _as_sheet(unit: Unit, row: sa.Row[Any], actor: Actor) -> Sheet:
    body = row.sheet or {}
    every = body.get("pieces", [])
    if row.operator_id != actor.operator_id and actor.role is Role.OPERATOR:
        every = [one for one in every if one["to"] == actor.operator_id]
    customers = _customers(unit, every)
    names = body.get("names", {})
    lines = tuple(
        SheetLine(
            kind=WorkKind(one["kind"]),
            id=one["id"],
            name=customers.get((one["kind"], one["id"]), ""),
            goes=Goes(one["goes"]),
            to=None if one["to"] is None else str(names.get(str(one["to"]), one["to"])),
            due_at=None if one["due_at"] is None else datetime.fromisoformat(one["due_at"]),
        )
        for one in every
    )
    return Sheet(row.id, row.name, row.ended_at, row.note or "", lines)


def _customers(unit: Unit, pieces: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """The customers' names of pieces as they are now: a sheet keeps numbers only."""
    tables = {
        WorkKind.CALLBACK: callback,
        WorkKind.PROMISE: promise,
        WorkKind.CASE: complaint,
        WorkKind.CALL: call,
    }
    found: dict[tuple[str, int], str] = {}
    for kind, table in tables.items():
        ids = [one["id"] for one in pieces if one["kind"] == kind]
        if ids:
            rows = unit.run(
                sa.select(table.c.id, person.c.name)
                .join(person, person.c.id == table.c.person_id)
                .where(table.c.id.in_(ids))
            )
            found |= {(str(kind), row.id): row.name for row in rows}
    return found


def _running(unit: Unit, operator_id: int) -> sa.RowMapping | None:
    return (
        unit.run(
            sa.select(duty)
            .where(duty.c.operator_id == operator_id, duty.c.ended_at.is_(None))
            .with_for_update()
        )
        .mappings()
        .first()
    )


def _spans(unit: Unit, who: int, began: datetime) -> list[tuple[str, str | None, timedelta]]:
    columns = operator_state.c
    rows = unit.run(
        sa.select(columns.state, columns.pause_code, columns.since, columns.until).where(
            columns.operator_id == who,
            sa.or_(columns.until.is_(None), columns.until > began),
        )
    )
    return [
        (row.state, row.pause_code, (row.until or unit.now) - max(row.since, began)) for row in rows
    ]


def _sum(spans: list[tuple[str, str | None, timedelta]], *states: str) -> timedelta:
    return sum((span for state, _, span in spans if state in states), timedelta())


def _paused(spans: list[tuple[str, str | None, timedelta]]) -> tuple[PausedFor, ...]:
    found: dict[str, PausedFor] = {}
    for state, code, span in spans:
        if state == "paused":
            name = code or ""
            before = found.get(name, PausedFor(name, timedelta(), 0))
            found[name] = PausedFor(name, before.time + span, before.times + 1)
    return tuple(sorted(found.values(), key=lambda one: one.time, reverse=True))


def _calls(database: Database, unit: Unit, who: int, began: datetime) -> tuple[int, int]:
    outcomes = unit.run(
        sa.select(call_decision.c.outcome)
        .join(call, call.c.id == call_decision.c.call_id)
        .where(
            call.c.operator_id == who,
            call.c.ended_at >= began,
            call_decision.c.superseded_at.is_(None),
            call_decision.c.kind != "undo",
        )
    ).scalars()
    every = [one for one in outcomes if one is not None]
    spoke = {one.code for one in database.rulebook.outcomes if one.contacted}
    return len(every), sum(one in spoke for one in every)
