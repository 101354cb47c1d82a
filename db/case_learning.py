"""Learning from cases: the facts of a period, read once, for the rules that judge them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.engine import Database
from db.tables import (
    asset,
    call,
    call_decision,
    case_entry,
    complaint,
    person_asset,
    service_order,
)
from db.transaction import Unit
from domain.case import LIVE, EntryKind, Status, Weight
from domain.case_learning import (
    GroupTimes,
    LearnedCase,
    Pareto,
    Repeats,
    pareto_of,
    repeats_of,
    times_of,
)
from domain.case_returns import Displeasure, Handling, Returns, returns_of
from domain.case_rules import CaseRules
from domain.permissions import Actor, require
from domain.rulebook import Rulebook

QUICK: Final = timedelta(hours=24)
REPEAT: Final = timedelta(days=90)
_CONTACTS: Final = (
    EntryKind.CALL,
    EntryKind.NOTE,
    EntryKind.INSPECTION,
    EntryKind.UNDERSTANDING,
    EntryKind.RESOLUTION,
    EntryKind.VERDICT,
)
"""Entries by which the customer may have been spoken or written to."""


@dataclass(frozen=True, slots=True)
class CaseLearning:
    """What the cases of a period teach.

    Attributes:
        since: its first day on the shop's calendar.
        until: its last day.
        quick: what was resolved within it was resolved quickly.
        received: how many cases and grumbles came in; those taken back count nowhere.
        returns: who came back, by handling; of those whose time ended in the period.
        causes: of the cases received, without grumbles.
        categories: of the same.
        repeats: cases and grumbles that follow one of the same customer about the same.
        times: to each step, without grumbles.
    """

    since: date
    until: date
    quick: timedelta
    received: int
    returns: Returns
    causes: Pareto
    categories: Pareto
    repeats: Repeats
    times: tuple[GroupTimes, ...]


def learn(
    database: Database,
    actor: Actor,
    since: date | None = None,
    until: date | None = None,
    *,
    quick: timedelta = QUICK,
    repeat: timedelta = REPEAT,
) -> CaseLearning:
    """What the cases of a period teach.

    Args:
        database: the database.
        actor: a lead.
        since: first day on the shop's calendar; a year before the last one unless given.
        until: last day; today unless given, and never later.
        quick: what was resolved within it was resolved quickly.
        repeat: within which a second complaint about the same is a repeat.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> CaseLearning:
        require(actor, "reports.read")
        zone = database.rulebook.cases.shop.zone
        today = unit.now.astimezone(ZoneInfo(zone)).date()
        last = min(until or today, today)
        first = since or last - timedelta(days=364)
        return _learn(unit, database.rulebook, (first, last), quick, repeat)

    return database.read(work)


def _learn(
    unit: Unit, rulebook: Rulebook, period: tuple[date, date], quick: timedelta, repeat: timedelta
) -> CaseLearning:
    rules, (first, last) = rulebook.cases, period
    zone = ZoneInfo(rules.shop.zone)
    begin = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    facts = _Facts(unit, rules)
    known = [one for one in facts.cases if one.received_at < end]
    received = [one for one in known if one.received_at >= begin]
    cases = [one for one in received if one.weight != Weight.GRUMBLE]
    return CaseLearning(
        since=first,
        until=last,
        quick=quick,
        received=len(received),
        returns=returns_of(
            facts.displeased(end),
            _custom(unit, last),
            zone=rules.shop.zone,
            since=first,
            until=last,
            quick=quick,
        ),
        causes=pareto_of((one.cause for one in cases), tuple(rules.causes)),
        categories=pareto_of((one.category for one in cases), tuple(rules.categories)),
        repeats=repeats_of(known, begin, repeat),
        times=times_of(cases, [str(one) for one in rules.levels], tuple(rules.categories)),
    )


class _Facts:
    """Cases with what happened to them, as far as learning asks."""

    def __init__(self, unit: Unit, rules: CaseRules) -> None:
        self._unit = unit
        self._rules = rules
        self._rows = {row["id"]: row for row in unit.run(_cases()).mappings()}
        contacts, resolutions = self._entries()
        self.cases = [
            LearnedCase(
                id=row["id"],
                person_id=row["person_id"],
                weight=row["weight"],
                level=row["level"],
                category=row["category"],
                cause=row["cause"],
                received_at=row["received_at"],
                contact_at=contacts.get(row["id"]),
                resolved_at=_resolved_at(row, resolutions),
                verdict_at=row["verdict_at"],
                live=row["status"] in LIVE,
            )
            for row in self._rows.values()
        ]

    def displeased(self, before: datetime) -> list[Displeasure]:
        """All who were not content before an instant: by a case, or by a call without one."""
        found = [
            Displeasure(
                one.person_id,
                one.weight,
                one.received_at,
                one.resolved_at,
                against=self._against(one.id),
                undated=one.resolved_at is None and not one.live,
            )
            for one in self.cases
            if one.received_at < before
        ]
        rows = self._unit.run(
            sa.select(call.c.person_id, call_decision.c.at)
            .join(call, call.c.id == call_decision.c.call_id)
            .where(
                call_decision.c.recovery == "skipped",
                call_decision.c.superseded_at.is_(None),
                call_decision.c.at < before,
            )
        )
        return [*found, *(Displeasure(row.person_id, Handling.UNSAID, row.at) for row in rows)]

    def _against(self, case_id: int) -> bool:
        """Whether the customer's verdict, as the rules know it, leaves the case open."""
        verdict = self._rules.verdicts.get(self._rows[case_id]["verdict"] or "")
        return verdict is not None and not verdict.closes

    def _entries(self) -> tuple[dict[int, datetime], dict[int, datetime]]:
        """The first contact and the last resolution of each case, by its id."""
        contacts: dict[int, datetime] = {}
        resolutions: dict[int, datetime] = {}
        columns = case_entry.c
        query = (
            sa.select(columns.complaint_id, columns.at, columns.kind, columns.call_id, columns.data)
            .where(columns.kind.in_([str(one) for one in _CONTACTS]))
            .where(columns.superseded_at.is_(None))
            .order_by(columns.complaint_id, columns.at, columns.id)
        )
        for row in self._unit.run(query):
            case = self._rows.get(row.complaint_id)
            if case is None:
                continue
            if row.kind == EntryKind.RESOLUTION:
                resolutions[row.complaint_id] = row.at
            heard_in = row.call_id is not None and row.call_id == case["call_id"]
            if not heard_in and _contacted(row.kind, row.data):
                contacts.setdefault(row.complaint_id, row.at)
        return contacts, resolutions


def _cases() -> sa.Select[Any]:
    columns = complaint.c
    asked: list[sa.ColumnElement[Any]] = [
        columns.id,
        columns.person_id,
        columns.call_id,
        columns.weight,
        columns.level,
        columns.category,
        columns.cause,
        columns.status,
        columns.received_at,
        columns.closed_at,
        columns.resolution.is_not(None).label("resolved"),
        columns.verdict,
        columns.verdict_at,
    ]
    return sa.select(*asked).where(columns.status != str(Status.WITHDRAWN))


def _contacted(kind: str, data: Mapping[str, Any]) -> bool:
    return kind == EntryKind.VERDICT or bool(data.get("contacted") or data.get("told"))


def _resolved_at(row: sa.RowMapping, resolutions: Mapping[int, datetime]) -> datetime | None:
    """When the resolution that stands was written; of one imported as closed, when it closed."""
    if row["resolved"] and row["id"] in resolutions:
        return resolutions[row["id"]]
    closed: datetime | None = row["closed_at"] if row["status"] == Status.CLOSED else None
    return closed


def _custom(unit: Unit, until: date) -> dict[int, list[date]]:
    """Days of visits, and of purchases from us by those who own what they bought, by person."""
    orders = service_order.c
    visits = sa.select(orders.person_id, orders.visited_on.label("day")).where(
        orders.visited_on.is_not(None), orders.visited_on <= until
    )
    purchases = (
        sa.select(person_asset.c.person_id, asset.c.bought_on.label("day"))
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(
            person_asset.c.role == "owner",
            person_asset.c.until.is_(None),
            asset.c.sold_by_us,
            asset.c.bought_on.is_not(None),
            asset.c.bought_on <= until,
        )
    )
    found: dict[int, list[date]] = defaultdict(list)
    for person_id, day in unit.run(sa.union(visits, purchases)):
        found[person_id].append(day)
    return dict(found)
