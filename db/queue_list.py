"""The queue as a list: pages of a few hundred rows by keyset, and the counts above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from db.engine import Database
from db.tables import callback, calling_window, campaign, operator, person, phone
from db.transaction import Unit
from domain.permissions import Actor, require
from domain.phone import mask

View = Literal["open", "mine", "pool", "check"]
"""All that is not over; what is this operator's; what is anybody's; what waits for a word."""

_OPEN = ("scheduled", "due", "claimed", "check")
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


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures above the queue.

    Attributes:
        due: callbacks whose time has come and that nobody has in hand.
        callable: of these, how many may be called at this minute by this operator.
        overdue: of those due, how many fell due an hour ago or more.
        mine: of those due, how many are this operator's alone.
        scheduled: callbacks whose time has not come.
        claimed: callbacks in somebody's hands.
        check: callbacks that wait for a person's word.
        closed: of those due, how many are outside calling hours.
    """

    due: int
    callable: int
    overdue: int
    mine: int
    scheduled: int
    claimed: int
    check: int
    closed: int


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
        query = _rows().where(*_of_view(view, actor))
        place = sa.tuple_(callback.c.band, callback.c.due_at, callback.c.id)
        if after is not None:
            query = query.where(place > _values(after))
        if before is not None:
            query = query.where(place < _values(before))
        backwards = before is not None and after is None
        order = (callback.c.band, callback.c.due_at, callback.c.id)
        query = query.order_by(*(column.desc() if backwards else column for column in order))
        found = unit.run(query.limit(limit + 1)).mappings().all()
        more = len(found) > limit
        rows = [_as_row(row, unit.now, actor) for row in found[:limit]]
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
        found = unit.run(_rows().where(callback.c.id == callback_id)).mappings().first()
        return None if found is None else _as_row(found, unit.now, actor)

    return database.read(work)


def counts(database: Database, actor: Actor) -> Counts:
    """The figures above the queue, counted by the indexes at any size."""

    def work(unit: Unit) -> Counts:
        require(actor, "queue.list")
        return read_counts(unit, actor)

    return database.read(work)


def read_counts(unit: Unit, actor: Actor) -> Counts:
    """The figures above the queue within a transaction."""
    now, c, w = unit.now, callback.c, calling_window.c
    is_open = sa.and_(w.opens_at <= now, w.closes_at > now)
    hour_ago = sa.literal(now - timedelta(hours=1), type_=c.due_at.type)
    pool = unit.run(
        sa.select(
            sa.func.count(),
            _number(is_open),
            _number(c.due_at <= hour_ago),
        )
        .select_from(callback)
        .join(calling_window, w.id == c.window_id)
        .where(c.state == "due", c.assigned_to.is_(None))
    ).one()
    owned = unit.run(
        sa.select(
            sa.func.count(),
            _number(sa.and_(c.assigned_to == actor.operator_id, is_open)),
            _number(c.due_at <= hour_ago),
            _number(c.assigned_to == actor.operator_id),
            _number(is_open),
        )
        .select_from(callback)
        .join(calling_window, w.id == c.window_id)
        .where(c.state == "due", c.assigned_to.is_not(None))
    ).one()
    states: dict[str, int] = {}
    for state in ("scheduled", "claimed", "check"):
        states[state] = int(
            unit.run(
                sa.select(sa.func.count())
                .select_from(callback)
                .where(c.state == sa.literal_column(f"'{state}'"))
            ).scalar_one()
        )
    due = int(pool[0]) + int(owned[0])
    return Counts(
        due=due,
        callable=int(pool[1]) + int(owned[1]),
        overdue=int(pool[2]) + int(owned[2]),
        mine=int(owned[3]),
        scheduled=states["scheduled"],
        claimed=states["claimed"],
        check=states["check"],
        closed=due - int(pool[1]) - int(owned[4]),
    )


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _values(place: Place) -> sa.Tuple:
    return sa.tuple_(
        sa.literal(place.band),
        sa.literal(place.due_at, type_=callback.c.due_at.type),
        sa.literal(place.id),
    )


def _of_view(view: View, actor: Actor) -> list[sa.ColumnElement[bool]]:
    # Literals, so that the partial indexes over these states apply.
    open_states = callback.c.state.in_([sa.literal_column(f"'{one}'") for one in _OPEN])
    if view == "mine":
        return [
            open_states,
            sa.or_(
                callback.c.assigned_to == actor.operator_id,
                callback.c.claimed_by == actor.operator_id,
            ),
        ]
    if view == "pool":
        return [open_states, callback.c.assigned_to.is_(None)]
    if view == "check":
        return [callback.c.state == sa.literal_column("'check'")]
    return [open_states]


def _rows() -> sa.Select[*tuple[Any, ...]]:
    owner, hand = operator.alias("owner"), operator.alias("hand")
    return (
        sa.select(
            callback.c.id,
            callback.c.state,
            callback.c.band,
            callback.c.due_at,
            callback.c.ready_at,
            callback.c.person_id,
            person.c.name,
            phone.c.e164,
            campaign.c.name_zh,
            campaign.c.name_en,
            person.c.zone,
            phone.c.zones,
            calling_window.c.opens_at,
            calling_window.c.closes_at,
            callback.c.promised,
            callback.c.assigned_to,
            owner.c.name.label("owner"),
            hand.c.name.label("hand"),
            callback.c.note,
            callback.c.priority,
            callback.c.attempts,
            callback.c.last_outcome,
        )
        .join(person, person.c.id == callback.c.person_id)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .outerjoin(owner, owner.c.id == callback.c.owner_id)
        .outerjoin(hand, hand.c.id == callback.c.claimed_by)
    )


def _as_row(row: sa.RowMapping, now: datetime, actor: Actor) -> QueueRow:
    opens, closes = row["opens_at"], row["closes_at"]
    is_open = opens is not None and opens <= now < closes
    ripe = row["state"] == "scheduled" and row["ready_at"] <= now
    return QueueRow(
        id=row["id"],
        state="due" if ripe else row["state"],
        band=row["band"],
        due_at=row["due_at"],
        person_id=row["person_id"],
        name=row["name"],
        masked=mask(row["e164"]) if row["e164"] else "",
        campaign_zh=row["name_zh"],
        campaign_en=row["name_en"],
        zone=row["zone"] or (row["zones"][0] if row["zones"] else None),
        callable=is_open,
        opens_at=None if is_open or opens is None or opens <= now else opens,
        promised=row["promised"],
        mine=row["assigned_to"] == actor.operator_id,
        owner=row["owner"],
        claimed_by=row["hand"],
        note=row["note"],
        priority=row["priority"],
        attempts=row["attempts"],
        last_outcome=row["last_outcome"],
    )
