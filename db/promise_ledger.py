"""The ledger of promises, page by page, and the whole story of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.customers import survivor_of
from db.engine import Database
from db.paging import Side, page_rows
from db.promises import OWED, state_at
from db.tables import (
    call_callback,
    callback,
    campaign,
    operator,
    person,
    phone,
    promise,
    promise_event,
)
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.promise import PromiseEvent, PromiseState

View = Literal["owed", "open", "broken", "kept", "late", "withdrawn", "all"]
VIEWS: Final[tuple[View, ...]] = ("owed", "broken", "open", "kept", "late", "withdrawn", "all")
"""Which promises a list shows; `owed` are the open and the broken ones."""
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Where promises without a date stand: behind all others."""


@dataclass(frozen=True, slots=True)
class PromiseFilter:
    """Which promises are asked for; those of all owners and persons unless one is given.

    Attributes:
        view: by their state at this moment.
        owner: login or name of who makes them good.
        person_id: to whom.
        complaint_id: about which case.
        due_before: only those that fall due before an instant (UTC).
    """

    view: View = "owed"
    owner: str | None = None
    person_id: int | None = None
    complaint_id: int | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise of the ledger; instants in UTC.

    Attributes:
        id: of the promise.
        person_id: to whom.
        name: the customer's.
        zone: the customer's; none where nobody knows.
        country: ISO code of the customer's country; none where nobody knows.
        kind: call, deed or reply.
        text: what was promised; empty for an agreed call.
        condition: the condition that stands in the place of a date.
        due_at: by when.
        state: at this moment, though housekeeping may lag.
        owner: name of who makes it good.
        owner_login: their login.
        made_at: when it was made.
        settled_at: when what settled it came about.
        complaint_id: the case that it is about.
        call_id: the call in which it was made.
        callback_id: the callback that serves it.
        waits: whether that callback is still to be worked.
        campaign_zh: the kind of that callback.
        campaign_en: the same in English.
    """

    id: int
    person_id: int
    name: str
    zone: str | None
    country: str | None
    kind: str
    text: str
    condition: str | None
    due_at: datetime | None
    state: str
    owner: str | None
    owner_login: str | None
    made_at: datetime
    settled_at: datetime | None
    complaint_id: int | None
    call_id: int | None
    callback_id: int | None
    waits: bool
    campaign_zh: str | None
    campaign_en: str | None


@dataclass(frozen=True, slots=True)
class PromisePage:
    """A page of the ledger, the earliest due first; `now` is the instant that states hold for."""

    rows: tuple[PromiseRow, ...]
    more_before: bool
    more_after: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class PromiseStep:
    """One thing that happened to a promise.

    Attributes:
        at: when it came about (UTC).
        kind: a code of `domain.promise.PromiseEvent`.
        by: name of whose act it was; none for what time did.
        call_id: the call in which it happened.
        text: what was said about it.
        data: codes and numbers: the evidence, from whom to whom.
    """

    at: datetime
    kind: str
    by: str | None
    call_id: int | None
    text: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PromiseFile:
    """A promise with its story, the oldest first; names of operators by their row numbers."""

    row: PromiseRow
    steps: tuple[PromiseStep, ...]
    names: Mapping[int, str]
    now: datetime


def list_promises(
    database: Database,
    actor: Actor,
    which: PromiseFilter | None = None,
    *,
    side: Side = "after",
    anchor: int | None = None,
    limit: int = 200,
) -> PromisePage:
    """The promises of a list, the earliest due first and those under a condition last.

    Args:
        database: the database.
        actor: who asks.
        which: the filter; all that is owed unless given.
        side: whether the page lies after, before or from (the anchor included) the anchor; without
            an anchor it is the first page, before nothing the last one.
        anchor: id of a promise, also of one that the filter lets through no more.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `colleague_unknown` for an owner whom nobody knows.
    """
    wanted = which or PromiseFilter()

    def work(unit: Unit) -> PromisePage:
        require(actor, "promises.list")
        here = unit.run(
            sa.select(promise.c.due_at, promise.c.id).where(promise.c.id == anchor)
        ).first()
        there = None if here is None else (here.due_at or _NEVER, here.id)
        query = _rows(unit).where(*_conditions(unit, wanted))
        found = page_rows(unit, query, _place(), there, side=side, limit=limit, falling=False)
        return PromisePage(
            tuple(_row(one) for one in found.rows),
            more_before=found.more_before,
            more_after=found.more_after,
            now=unit.now,
        )

    return database.read(work)


def show_promise(database: Database, actor: Actor, promise_id: int) -> PromiseFile:
    """A promise and all that happened to it.

    Raises:
        RefusedError: `not_allowed`, `promise_unknown`.
    """

    def work(unit: Unit) -> PromiseFile:
        require(actor, "promises.list")
        row = promise_row(unit, promise_id)
        steps = [
            PromiseStep(*one)
            for one in unit.run(
                sa.select(
                    promise_event.c.at,
                    promise_event.c.kind,
                    operator.c.name,
                    promise_event.c.call_id,
                    promise_event.c.text,
                    promise_event.c.data,
                )
                .outerjoin(operator, operator.c.id == promise_event.c.operator_id)
                .where(promise_event.c.promise_id == promise_id)
                .order_by(promise_event.c.id)
            )
        ]
        if not any(one.kind == PromiseEvent.MADE for one in steps):
            # It was made before the desk kept a history, or came with a file.
            made = PromiseStep(row.made_at, PromiseEvent.MADE, None, row.call_id, None, {})
            steps.insert(0, made)
        return PromiseFile(row, tuple(steps), _names(unit, steps), unit.now)

    return database.read(work)


def promise_row(unit: Unit, promise_id: int) -> PromiseRow:
    """One promise within a use case.

    Raises:
        RefusedError: `promise_unknown`.
    """
    found = unit.run(_rows(unit).where(promise.c.id == promise_id)).mappings().first()
    if found is None:
        raise RefusedError("promise_unknown", promise=promise_id)
    return _row(found)


def list_rows(
    unit: Unit, conditions: Sequence[sa.ColumnElement[bool]], *, limit: int
) -> list[PromiseRow]:
    """The promises that meet conditions, the earliest due first, within a use case."""
    query = _rows(unit).where(*conditions).order_by(*_place()).limit(limit)
    return [_row(one) for one in unit.run(query).mappings()]


def owner_of(unit: Unit, name: str) -> int:
    """The operator of a login or name, one who works here no more included.

    Raises:
        InputError: `colleague_unknown`.
    """
    found = unit.run(
        sa.select(operator.c.id)
        .where(sa.or_(operator.c.login == name, operator.c.name == name))
        .order_by(operator.c.login != name, operator.c.id)
        .limit(1)
    ).scalar()
    if found is None:
        raise InputError("colleague_unknown", name=name)
    return int(found)


def serving_campaign() -> sa.ColumnElement[int]:
    """The kind of callback that a promise belongs to: of its own callback, else of its call's."""
    told, served = callback.alias("told"), callback.alias("serves")
    of_call = (
        sa.select(sa.func.min(told.c.campaign_id))
        .join(call_callback, call_callback.c.callback_id == told.c.id)
        .where(call_callback.c.call_id == promise.c.call_id)
        .correlate(promise)
        .scalar_subquery()
    )
    own = (
        sa.select(served.c.campaign_id)
        .where(served.c.id == promise.c.callback_id)
        .correlate(promise)
        .scalar_subquery()
    )
    return sa.func.coalesce(own, of_call)


def _place() -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    never = sa.bindparam("never", _NEVER, promise.c.due_at.type)
    return sa.func.coalesce(promise.c.due_at, never), promise.c.id


def _conditions(unit: Unit, wanted: PromiseFilter) -> list[sa.ColumnElement[bool]]:
    state = state_at(unit.now)
    found: list[sa.ColumnElement[bool]] = []
    if wanted.view == "owed":
        found.append(promise.c.state.in_(OWED))
    elif wanted.view != "all":
        stored = OWED if wanted.view in OWED else (wanted.view,)
        found += [promise.c.state.in_(stored), state == PromiseState(wanted.view).value]
    if wanted.owner is not None:
        found.append(promise.c.owner_id == owner_of(unit, wanted.owner))
    if wanted.person_id is not None:
        found.append(promise.c.person_id == survivor_of(unit, wanted.person_id))
    if wanted.complaint_id is not None:
        found.append(promise.c.complaint_id == wanted.complaint_id)
    if wanted.due_before is not None:
        found.append(promise.c.due_at < wanted.due_before)
    return found


def _rows(unit: Unit) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            promise.c.id,
            promise.c.person_id,
            person.c.name,
            person.c.zone,
            phone.c.zones,
            person.c.country,
            promise.c.kind,
            promise.c.text,
            promise.c.condition,
            promise.c.due_at,
            state_at(unit.now).label("state"),
            operator.c.name.label("owner"),
            operator.c.login.label("owner_login"),
            promise.c.made_at,
            promise.c.settled_at,
            promise.c.complaint_id,
            promise.c.call_id,
            promise.c.callback_id,
            callback.c.state.label("callback_state"),
            campaign.c.name_zh.label("campaign_zh"),
            campaign.c.name_en.label("campaign_en"),
        )
        .join(person, person.c.id == promise.c.person_id)
        .outerjoin(operator, operator.c.id == promise.c.owner_id)
        .outerjoin(callback, callback.c.id == promise.c.callback_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .outerjoin(campaign, campaign.c.id == serving_campaign())
    )


def _row(found: sa.RowMapping) -> PromiseRow:
    values = dict(found)
    zones = values.pop("zones")
    waits = values.pop("callback_state") in ("scheduled", "due", "claimed", "check")
    values["zone"] = values["zone"] or (zones[0] if zones else None)
    return PromiseRow(**values, waits=waits)


def _names(unit: Unit, steps: list[PromiseStep]) -> dict[int, str]:
    """Names of the operators that a story names by number."""
    ids = {
        one.data[end] for one in steps for end in ("from", "to") if one.data.get(end) is not None
    }
    rows = unit.run(sa.select(operator.c.id, operator.c.name).where(operator.c.id.in_(ids)))
    return {row.id: row.name for row in rows}
