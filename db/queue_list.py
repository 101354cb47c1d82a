"""The queue as a list: pages of a few hundred rows, by keyset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from db.engine import Database
from db.states import OPEN_STATES, in_state
from db.tables import callback, calling_window, campaign, operator, person, phone
from db.transaction import Unit
from domain.mask import mask
from domain.permissions import Actor, require

View = Literal["open", "mine", "pool", "check"]
"""All that is not over; what is this operator's; what is anybody's; what waits for a word."""

_Row = sa.Row[*tuple[Any, ...]]
_ORDER = (callback.c.band, callback.c.due_at, callback.c.id)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in the list; a page begins behind or ends before one."""

    band: int
    due_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A callback as the list shows it; instants in UTC.

    Attributes:
        id: the callback.
        state: its state; `due` also where its time has come and housekeeping has not.
        band: its urgency class.
        due_at: when it is due.
        person_id: the customer.
        name: the customer's name.
        masked: the number to try next, masked.
        campaign_zh: kind of callback.
        campaign_en: kind of callback.
        zone: the customer's own zone, else the number's first; none when nobody knows.
        callable: whether calling is allowed at this minute.
        opens_at: when it is allowed next, where it is not now; none when nobody knows.
        promised: the time was promised by name.
        mine: it is this operator's, alone for now.
        owner: whose it is.
        claimed_by: in whose hands it is.
        note: what came with it.
        priority: the wish that came with it.
        attempts: attempts that counted.
        last_outcome: how the last one ended.
    """

    id: int
    state: str
    band: int
    due_at: datetime
    person_id: int
    name: str
    masked: str
    campaign_zh: str
    campaign_en: str
    zone: str | None
    callable: bool
    opens_at: datetime | None
    promised: bool
    mine: bool
    owner: str | None
    claimed_by: str | None
    note: str | None
    priority: str | None
    attempts: int
    last_outcome: str | None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.band, self.due_at, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """A window on the list, in its order, and whether there is more on either side."""

    rows: tuple[QueueRow, ...]
    more_before: bool
    more_after: bool
    now: datetime


def page(
    database: Database,
    actor: Actor,
    view: View = "open",
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """A window on the queue, in the order in which it is worked.

    Args:
        database: the database.
        actor: who looks.
        view: which callbacks.
        after: the page begins behind this place.
        before: the page ends before this place.
        limit: how many rows at most.
    """

    def work(unit: Unit) -> Page:
        require(actor, "queue.list")
        place = sa.tuple_(*_ORDER)
        bounds = []
        if after is not None:
            bounds.append(place > _values(after))
        if before is not None:
            bounds.append(place < _values(before))
        backwards = before is not None and after is None
        order = [column.desc() if backwards else column.asc() for column in _ORDER]
        parts = _of_view(view, actor)
        if len(parts) == 1:
            query = _rows().where(*parts[0], *bounds)
        else:
            heads = [
                sa.select(callback.c.id)
                .where(*part, *bounds)
                .order_by(*order)
                .limit(limit + 1)
                .subquery()
                for part in parts
            ]
            ids = sa.union(*(sa.select(head.c.id) for head in heads))
            query = _rows().where(callback.c.id.in_(ids))
        found = unit.run(query.order_by(*order).limit(limit + 1)).all()
        more = len(found) > limit
        rows = list(_as_rows(unit, found[:limit], actor))
        if backwards:
            rows.reverse()
        return Page(
            tuple(rows),
            more_before=more if backwards else after is not None,
            more_after=before is not None if backwards else more,
            now=unit.now,
        )

    return database.read(work)


def row_of(database: Database, actor: Actor, callback_id: int) -> QueueRow | None:
    """One callback as the list shows it, whatever its state; none where there is none."""

    def work(unit: Unit) -> QueueRow | None:
        require(actor, "queue.list")
        found = unit.run(_rows().where(callback.c.id == callback_id)).all()
        return next(iter(_as_rows(unit, found, actor)), None)

    return database.read(work)


def _values(place: Place) -> sa.Tuple:
    return sa.tuple_(
        sa.literal(place.band),
        sa.literal(place.due_at, type_=callback.c.due_at.type),
        sa.literal(place.id),
    )


def _of_view(view: View, actor: Actor) -> list[list[sa.ColumnElement[bool]]]:
    """The conditions of a view; several are looked up each by its own index."""
    if view == "mine":
        assigned = callback.c.assigned_to == actor.operator_id
        return [
            [in_state("due"), assigned],
            [in_state("scheduled"), assigned],
            [callback.c.claimed_by == actor.operator_id],
        ]
    if view == "pool":
        return [[in_state(*OPEN_STATES), callback.c.assigned_to.is_(None)]]
    if view == "check":
        return [[in_state("check")]]
    return [[in_state(*OPEN_STATES)]]


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            callback.c.id,
            callback.c.state,
            callback.c.band,
            callback.c.due_at,
            callback.c.ready_at,
            callback.c.person_id,
            callback.c.campaign_id,
            callback.c.window_id,
            callback.c.promised,
            callback.c.assigned_to,
            callback.c.owner_id,
            callback.c.claimed_by,
            callback.c.note,
            callback.c.priority,
            callback.c.attempts,
            callback.c.last_outcome,
            person.c.name,
            person.c.zone,
            phone.c.e164,
            phone.c.zones,
        )
        .join(person, person.c.id == callback.c.person_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What many rows share, by id: it is read once instead of joined to each."""

    campaigns: Mapping[int, tuple[str, str]]
    windows: Mapping[int, tuple[datetime | None, datetime | None]]
    operators: Mapping[int | None, str]


def _around(unit: Unit, rows: Sequence[_Row]) -> _Around:
    columns = calling_window.c
    people = {row.owner_id for row in rows} | {row.claimed_by for row in rows}
    people.discard(None)
    campaigns = unit.run(sa.select(campaign.c.id, campaign.c.name_zh, campaign.c.name_en))
    windows = unit.run(
        sa.select(columns.id, columns.opens_at, columns.closes_at).where(
            columns.id.in_({row.window_id for row in rows})
        )
    )
    names = (
        unit.run(sa.select(operator.c.id, operator.c.name).where(operator.c.id.in_(people)))
        if people
        else ()
    )
    return _Around(
        campaigns={id_: (zh, en) for id_, zh, en in campaigns},
        windows={id_: (opens, closes) for id_, opens, closes in windows},
        operators={id_: name for id_, name in names},  # noqa: C416 - a row is no pair to dict()
    )


def _as_rows(unit: Unit, rows: Sequence[_Row], actor: Actor) -> tuple[QueueRow, ...]:
    around = _around(unit, rows) if rows else None
    return tuple(_as_row(row, around, unit.now, actor) for row in rows if around is not None)


def _as_row(row: _Row, around: _Around, now: datetime, actor: Actor) -> QueueRow:
    # Unpacked at once: two hundred rows of twenty names each would be looked up one by one.
    (
        id_, state, band, due_at, ready_at, person_id, campaign_id, window_id, promised,
        assigned_to, owner_id, claimed_by, note, priority, attempts, last_outcome,
        name, zone, e164, zones,
    ) = row  # fmt: skip
    name_zh, name_en = around.campaigns[campaign_id]
    opens, closes = around.windows[window_id]
    is_open = opens is not None and closes is not None and opens <= now < closes
    return QueueRow(
        id=id_,
        state="due" if state == "scheduled" and ready_at <= now else state,
        band=band,
        due_at=due_at,
        person_id=person_id,
        name=name,
        masked=mask(e164) if e164 else "",
        campaign_zh=name_zh,
        campaign_en=name_en,
        zone=zone or (zones[0] if zones else None),
        callable=is_open,
        opens_at=None if is_open or opens is None or opens <= now else opens,
        promised=promised,
        mine=assigned_to == actor.operator_id,
        owner=around.operators.get(owner_id),
        claimed_by=around.operators.get(claimed_by),
        note=note,
        priority=priority,
        attempts=attempts,
        last_outcome=last_outcome,
    )
