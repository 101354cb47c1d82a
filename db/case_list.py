"""Cases as a list: pages by keyset, the most urgent or the latest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.case_hand import states_of
from db.case_limits import Limit, limits_of
from db.case_planned import next_actions, owed_calls
from db.engine import Database
from db.states import OPEN_STATES, in_state
from db.tables import (
    callback,
    case_pause,
    case_timer,
    complaint,
    dispatch_slip,
    operator,
    person,
)
from db.transaction import Unit
from domain.case import LIVE
from domain.case_next import NextAction
from domain.case_timer import Duty
from domain.permissions import Actor, require
from domain.rulebook import Rulebook

Which = Literal["live", "over", "all"]
"""Cases that somebody has to do something about; those that are closed or taken back; all."""
Order = Literal["urgent", "next", "newest"]

_PAGE: Final = 200
_INSTANT: Final = case_timer.c.due_at.type
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a case stands for which no limit of ours runs."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; what is none makes no difference.

    Attributes:
        which: live, over or all.
        order: by the limit of ours that runs out first; by what is to be done first (a call, a
            limit, a department's reply); or the latest first.
        weights: grumble, complaint, appeal.
        levels: local, skip_level, regulator.
        statuses: single statuses, within `which`.
        category: code.
        cause: code.
        department: code.
        owner_id: who answers for it.
        offered_to: whom it is offered to.
        person_id: the customer.
        overdue: only those of which a limit of ours was missed.
        warned: only those of which 70 % of a limit of ours are over, and none was missed.
        text: a part of the customer's name, of the case's number elsewhere, or its own number.
    """

    which: Which = "live"
    order: Order = "urgent"
    weights: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    category: str | None = None
    cause: str | None = None
    department: str | None = None
    owner_id: int | None = None
    offered_to: int | None = None
    person_id: int | None = None
    overdue: bool = False
    warned: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CasePlace:
    """A case's place in the list; a page begins behind one."""

    due_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the list shows it; instants in UTC.

    Attributes:
        id: its number.
        number: its number in another system.
        weight: grumble, complaint or appeal.
        level: local, skip_level or regulator.
        category: code of what it is about.
        cause: code of why.
        customer_class: A to D.
        status: how far it is.
        person_id: the customer.
        name: the customer's name.
        tier: the customer's tier.
        zone: the customer's own zone; none where nobody recorded one.
        description: in the customer's words.
        owner_id: who answers for it.
        owner: their name.
        handover_to: whom it is offered to.
        department: code of the department that it concerns.
        received_at: when it came in.
        updated_at: when it was changed last.
        closed_at: when it was closed.
        due_at: when the first limit of ours runs out, or did.
        warned: whether 70 % of one are over.
        overdue: whether one was missed.
        paused: whether one stands.
        next: the next action; none for one that is over.
        verdict: code of the customer's verdict.
        version: grows with every change.
    """

    id: int
    number: str | None
    weight: str
    level: str
    category: str | None
    cause: str | None
    customer_class: str | None
    status: str
    person_id: int
    name: str
    tier: str | None
    zone: str | None
    description: str
    owner_id: int | None
    owner: str | None
    handover_to: str | None
    department: str | None
    received_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    warned: bool
    overdue: bool
    paused: bool
    next: NextAction | None
    verdict: str | None
    version: int
    place: CasePlace


@dataclass(frozen=True, slots=True)
class CasePage:
    """A window on the list; `now` is the instant by which it was judged (UTC)."""

    rows: tuple[CaseRow, ...]
    more_after: bool
    now: datetime
    more_before: bool = False


def list_cases(
    database: Database,
    actor: Actor,
    which: CaseFilter | None = None,
    *,
    after: CasePlace | None = None,
    before: CasePlace | None = None,
    limit: int = _PAGE,
) -> CasePage:
    """A window on the cases.

    Args:
        database: the database.
        actor: who looks.
        which: which cases, in which order; the live ones by urgency unless given.
        after: the page begins behind this place.
        before: the page ends in front of this place.
        limit: how many rows at most.

    Raises:
        RefusedError: `not_allowed`.
    """
    wanted = which or CaseFilter()

    def work(unit: Unit) -> CasePage:
        require(actor, "complaints.note")
        soonest, coming = _soonest(), _coming()
        due = sa.func.coalesce(soonest.c.due_at, sa.literal(_NEVER, _INSTANT))
        if wanted.order == "next":
            due = sa.func.coalesce(coming.c.at, complaint.c.updated_at)
        query = _rows(soonest, coming, due).where(*_conditions(unit, wanted, soonest))
        newest, back = wanted.order == "newest", before is not None and after is None
        keys = [complaint.c.id] if newest else [due, complaint.c.id]
        falling = newest is not back
        query = query.order_by(*(key.desc() if falling else key for key in keys))
        place = after or before
        if place is not None:
            query = query.where(_beyond(keys, place, falling=falling))
        rows = unit.run(query.limit(limit + 1)).mappings().all()
        shown, more = rows[:limit], len(rows) > limit
        told = _as_rows(unit, database.rulebook, shown[::-1] if back else shown)
        return CasePage(told, back or more, unit.now, more if back else after is not None)

    return database.read(work)


def _beyond(
    keys: Sequence[sa.ColumnElement[Any]], place: CasePlace, *, falling: bool
) -> sa.ColumnElement[bool]:
    values = [sa.literal(place.due_at, _INSTANT), sa.literal(place.id)][-len(keys) :]
    here, there = sa.tuple_(*keys), sa.tuple_(*values)
    return here < there if falling else here > there


def count_cases(database: Database, actor: Actor, which: CaseFilter) -> int:
    """How many cases a filter shows.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> int:
        require(actor, "complaints.note")
        soonest = _soonest()
        query = (
            sa.select(sa.func.count())
            .select_from(complaint)
            .join(person, person.c.id == complaint.c.person_id)
            .outerjoin(soonest, soonest.c.complaint_id == complaint.c.id)
            .where(*_conditions(unit, which, soonest))
        )
        return int(unit.run(query).scalar_one())

    return database.read(work)


def _soonest() -> sa.Subquery:
    """When the first of our limits runs out, and warns, that runs and does not stand, by case."""
    columns = case_timer.c
    return (
        sa.select(
            columns.complaint_id,
            sa.func.min(columns.due_at).label("due_at"),
            sa.func.min(columns.warn_at).label("warn_at"),
        )
        .where(*_ours())
        .group_by(columns.complaint_id)
        .subquery("soonest")
    )


def _coming() -> sa.Subquery:
    """When the first thing comes that is to be done, by case: a call, a limit, a reply."""
    slips = dispatch_slip.c
    every = sa.union_all(
        sa.select(case_timer.c.complaint_id, case_timer.c.due_at.label("at")).where(*_ours()),
        sa.select(callback.c.complaint_id, callback.c.ready_at).where(
            callback.c.complaint_id.is_not(None), in_state(*OPEN_STATES)
        ),
        sa.select(slips.complaint_id, slips.reply_by).where(
            slips.replied_at.is_(None), slips.withdrawn_at.is_(None)
        ),
    ).subquery("every")
    return (
        sa.select(every.c.complaint_id, sa.func.min(every.c.at).label("at"))
        .group_by(every.c.complaint_id)
        .subquery("coming")
    )


def _ours() -> list[sa.ColumnElement[bool]]:
    """What a limit of ours is that runs and does not stand."""
    columns = case_timer.c
    stands = sa.exists().where(case_pause.c.timer_id == columns.id, case_pause.c.until_at.is_(None))
    return [
        columns.met_at.is_(None),
        columns.stopped_at.is_(None),
        columns.rule["duty"].as_string() == str(Duty.US),
        ~stands,
    ]


def _rows(soonest: sa.Subquery, coming: sa.Subquery, due: sa.ColumnElement[Any]) -> sa.Select[Any]:
    owner, asked = operator.alias("owner"), operator.alias("asked")
    return (
        sa.select(
            complaint,
            person.c.name,
            person.c.tier,
            person.c.zone,
            owner.c.name.label("owner"),
            asked.c.name.label("asked"),
            due.label("soonest"),
        )
        .join(person, person.c.id == complaint.c.person_id)
        .outerjoin(owner, owner.c.id == complaint.c.owner_id)
        .outerjoin(asked, asked.c.id == complaint.c.handover_to)
        .outerjoin(soonest, soonest.c.complaint_id == complaint.c.id)
        .outerjoin(coming, coming.c.complaint_id == complaint.c.id)
    )


def _conditions(
    unit: Unit, wanted: CaseFilter, soonest: sa.Subquery
) -> list[sa.ColumnElement[bool]]:
    columns = complaint.c
    found: list[sa.ColumnElement[bool]] = []
    live = [str(one) for one in LIVE]
    if wanted.which != "all":
        found.append(
            columns.status.in_(live) if wanted.which == "live" else columns.status.not_in(live)
        )
    for column, codes in (
        (columns.weight, wanted.weights),
        (columns.level, wanted.levels),
        (columns.status, wanted.statuses),
    ):
        if codes:
            found.append(column.in_(sorted(codes)))
    for name, value in (
        ("category", wanted.category),
        ("cause", wanted.cause),
        ("department", wanted.department),
        ("owner_id", wanted.owner_id),
        ("handover_to", wanted.offered_to),
        ("person_id", wanted.person_id),
    ):
        if value is not None:
            found.append(columns[name] == value)
    if wanted.overdue:
        found.append(soonest.c.due_at < unit.now)
    if wanted.warned:
        found += [soonest.c.warn_at <= unit.now, soonest.c.due_at >= unit.now]
    if wanted.text and wanted.text.strip():
        found.append(_about(wanted.text.strip()))
    return found


def _about(text: str) -> sa.ColumnElement[bool]:
    parts = [
        person.c.name.contains(text, autoescape=True),
        complaint.c.number.icontains(text, autoescape=True),
    ]
    own = text.removeprefix("#")
    if own.isascii() and own.isdecimal() and len(own) < len(str(2**62)):
        parts.append(complaint.c.id == int(own))
    return sa.or_(*parts)


def _as_rows(unit: Unit, rulebook: Rulebook, rows: Sequence[sa.RowMapping]) -> tuple[CaseRow, ...]:
    ids = [row["id"] for row in rows]
    limits = limits_of(unit, ids, running=True)
    states = states_of(unit, rulebook, rows)
    coming = next_actions(unit, rulebook, rows, states, limits, owed_calls(unit, ids))
    return tuple(_as_row(unit.now, row, limits[row["id"]], coming) for row in rows)


def _as_row(
    now: datetime,
    row: sa.RowMapping,
    limits: Collection[Limit],
    coming: Mapping[int, NextAction | None],
) -> CaseRow:
    ours = [limit for limit in limits if limit.rule.duty is Duty.US]
    return CaseRow(
        id=row["id"],
        number=row["number"],
        weight=row["weight"],
        level=row["level"],
        category=row["category"],
        cause=row["cause"],
        customer_class=row["customer_class"],
        status=row["status"],
        person_id=row["person_id"],
        name=row["name"],
        tier=row["tier"],
        zone=row["zone"],
        description=row["description"],
        owner_id=row["owner_id"],
        owner=row["owner"],
        handover_to=row["asked"],
        department=row["department"],
        received_at=row["received_at"],
        updated_at=row["updated_at"],
        closed_at=row["closed_at"],
        due_at=min((limit.due_at for limit in ours), default=None),
        warned=any(limit.warn_at <= (limit.paused_since or now) for limit in ours),
        overdue=any(limit.overdue(now) for limit in ours),
        paused=any(limit.paused_since is not None for limit in limits),
        next=coming[row["id"]],
        verdict=row["verdict"],
        version=row["version"],
        place=CasePlace(row["soonest"], row["id"]),
    )
