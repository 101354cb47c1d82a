"""How many promises are kept: per operator and kind of call over a period, and on one's own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from db.engine import Database
from db.promise_ledger import PromiseRow, list_rows, serving_campaign
from db.promises import OWED, state_at
from db.tables import campaign, operator, promise
from db.transaction import Unit
from domain.permissions import Actor, allowed, require
from domain.promise import PromiseState
from domain.promise_rate import KeptRate

Grouping = Literal["operator", "campaign"]


@dataclass(frozen=True, slots=True)
class GroupRate:
    """The rate of one operator or one kind of callback; `name_en` differs for the latter only."""

    code: str
    name_zh: str
    name_en: str
    rate: KeptRate


@dataclass(frozen=True, slots=True)
class KeptRates:
    """The rate of all and of each group, by name; `since` and `until` are the period (UTC)."""

    since: datetime
    until: datetime
    whole: KeptRate
    groups: tuple[GroupRate, ...]


@dataclass(frozen=True, slots=True)
class MyPromises:
    """One's own promises on one's own day.

    Attributes:
        next: the earliest that is owed and has a date, a broken one included; none where none is.
        broken: how many are broken and not made good.
        today: the rate among those due today, as far as they are settled or broken.
        now: the instant for which this holds.
    """

    next: PromiseRow | None
    broken: int
    today: KeptRate
    now: datetime


def kept_rates(
    database: Database,
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    by: Grouping = "operator",
) -> KeptRates:
    """The share of promises kept among those with a date that fell due in a period.

    Kept are those fulfilled in time; late and broken ones are not. Those that the customer let us
    off, and those that may still be kept, don't count. An operator sees their own figures only.

    Args:
        database: the database.
        actor: who asks.
        since: begin of the period (UTC), included.
        until: its end, excluded; what may still be kept doesn't count.
        by: whether the groups are owners or kinds of callback.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> KeptRates:
        require(actor, "promises.list")
        which = [promise.c.due_at >= since, promise.c.due_at < until]
        if not allowed(actor.role, "promises.rates"):
            which.append(promise.c.owner_id == actor.operator_id)
        if by == "operator":
            names = (operator.c.login, operator.c.name, operator.c.name)
            joined = promise.outerjoin(operator, operator.c.id == promise.c.owner_id)
        else:
            names = (campaign.c.code, campaign.c.name_zh, campaign.c.name_en)
            joined = promise.outerjoin(campaign, campaign.c.id == serving_campaign())
        code, zh, en = (sa.func.coalesce(name, "") for name in names)
        state = state_at(unit.now)
        each = (
            sa.select(code.label("code"), zh.label("zh"), en.label("en"), state.label("state"))
            .select_from(joined)
            .where(*which)
            .subquery()
        )
        rows = unit.run(sa.select(*each.c, sa.func.count()).group_by(*each.c)).all()
        counted: dict[tuple[str, str, str], dict[str, int]] = {}
        for row in rows:
            into = counted.setdefault((row[0], row[1], row[2]), {})
            into[row[3]] = into.get(row[3], 0) + row[4]
        groups = [GroupRate(*key, _rate(counts)) for key, counts in counted.items()]
        groups = [one for one in groups if one.rate.n]
        whole = KeptRate(
            sum(one.rate.kept for one in groups),
            sum(one.rate.late for one in groups),
            sum(one.rate.broken for one in groups),
        )
        ordered = tuple(sorted(groups, key=lambda one: (one.name_en, one.code)))
        return KeptRates(since, until, whole, ordered)

    return database.read(work)


def my_promises(database: Database, actor: Actor, since: datetime, until: datetime) -> MyPromises:
    """One's own next promise and how today's were kept.

    Args:
        database: the database.
        actor: whose they are.
        since: the start of the operator's day (UTC).
        until: its end, excluded.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> MyPromises:
        require(actor, "promises.list")
        mine = promise.c.owner_id == actor.operator_id
        dated = [mine, promise.c.state.in_(OWED), promise.c.due_at.is_not(None)]
        first = list_rows(unit, dated, limit=1)
        state = state_at(unit.now)
        broken = unit.run(
            sa.select(sa.func.count())
            .select_from(promise)
            .where(*dated, state == PromiseState.BROKEN.value)
        ).scalar_one()
        each = (
            sa.select(state.label("state"))
            .where(
                mine,
                # All of them, named so that the index over owner, state and time serves.
                promise.c.state.in_([one.value for one in PromiseState]),
                promise.c.due_at >= since,
                promise.c.due_at < until,
            )
            .subquery()
        )
        counts = {
            row[0]: row[1]
            for row in unit.run(sa.select(each.c.state, sa.func.count()).group_by(each.c.state))
        }
        return MyPromises(first[0] if first else None, int(broken), _rate(counts), unit.now)

    return database.read(work)


def _rate(counts: dict[str, int]) -> KeptRate:
    return KeptRate(
        counts.get(PromiseState.KEPT, 0),
        counts.get(PromiseState.LATE, 0),
        counts.get(PromiseState.BROKEN, 0),
    )
