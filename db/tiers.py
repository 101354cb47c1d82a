"""Sorting all customers: tiers and card levels are proposed, loyalty and trend are kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import person, tier_proposal
from db.tier_facts import Sorting, contributions, sorting_batch
from db.transaction import Unit
from domain.bands import Tier
from domain.contribution import Curve, TooLittle, curve_of
from domain.loyalty import Judged, judge
from domain.permissions import Actor, require
from domain.said import Said, said_as_plain
from domain.tier_rules import TierRules
from domain.tiers import direction_of, tier_of

Kind = Literal["tier", "level"]
Curves = Mapping[str, Curve | TooLittle]
TIERS: Final = "tiers"
"""The topic of the live feed that moves with proposals and decisions."""
_READ_AT_ONCE: Final = 2000
_WRITTEN_AT_ONCE: Final = 100
"""Customers of one transaction: for so long nobody else can write to an embedded database."""
_WANTED: Final = (
    "person_id", "kind", "from_value", "to_value", "direction", "reasons", "contribution",
    "currency",
)  # fmt: skip
"""The columns of a proposal that say what should change, and why."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run found.

    Attributes:
        customers: how many were looked at.
        unknown: of how many nobody knows what they have spent; they are not sorted.
        pinned: how many a lead set; they are left alone.
        open: proposals that wait now, by kind and direction, such as `tier.up`.
        curves: the curve of each currency, or why it can't be cut.
    """

    customers: int
    unknown: int
    pinned: int
    open: Mapping[str, int]
    curves: tuple[Curve | TooLittle, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A proposal that should stand."""

    person_id: int
    kind: Kind
    before: str | None
    after: str
    direction: str
    reasons: Sequence[Mapping[str, object]]
    amount: int
    currency: str

    def columns(self) -> dict[str, Any]:
        return {
            "person_id": self.person_id,
            "kind": self.kind,
            "from_value": self.before,
            "to_value": self.after,
            "direction": self.direction,
            "reasons": self.reasons,
            "contribution": self.amount,
            "currency": self.currency,
        }


def propose(database: Database, actor: Actor, today: date) -> Proposed:
    """Sorts all customers anew: what should change waits as a proposal for a lead to confirm.

    Loyalty and trend are written at once, they are facts. A second run proposes nothing twice,
    takes back what holds no more, and asks no second time what a lead declined until it becomes
    another proposal. Customers are read and written some at a time, while calls go on.

    Args:
        database: the database.
        actor: a lead.
        today: the present day on the shop's calendar.

    Raises:
        RefusedError: `not_allowed`.
    """
    curves = read_curves(database, actor)
    rules = database.rulebook.tiers
    tally: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    after = 0
    while found := database.read(partial(sorting_batch, after=after, limit=_READ_AT_ONCE)):
        after = found[-1].id
        tally += _counted(found)
        judged = [_judge(one, rules, curves, today) for one in found]
        for start in range(0, len(judged), _WRITTEN_AT_ONCE):
            some = judged[start : start + _WRITTEN_AT_ONCE]
            difference = database.read(partial(_difference, judged=some))
            if difference.changes:
                difference = database.write(partial(_write, judged=some))
            waiting += difference.waiting
    details = {"customers": tally["customers"], **waiting}

    def note(unit: Unit) -> None:
        # Who was closed or merged since has nothing to wait for.
        gone = sa.select(person.c.id).where(person.c.closed_at.is_not(None))
        unit.run(
            sa.delete(tier_proposal).where(
                tier_proposal.c.state == "open", tier_proposal.c.person_id.in_(gone)
            )
        )
        append_audit(unit, actor, "tiers_proposed", "desk", None, details=details)
        unit.move(TIERS)

    database.write(note)
    return Proposed(
        customers=tally["customers"],
        unknown=tally["unknown"],
        pinned=tally["pinned"],
        open=dict(waiting),
        curves=tuple(curves[currency] for currency in sorted(curves)),
    )


def read_curves(database: Database, actor: Actor) -> Curves:
    """The curve of contribution of all living customers, by currency.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "tiers.decide")
    found: dict[str, list[int]] = defaultdict(list)
    after: int | None = 0
    while after is not None:
        after, batch = database.read(partial(contributions, after=after, limit=_READ_AT_ONCE))
        for one in batch:
            found[one.currency].append(one.amount)
    cut = database.rulebook.tiers.cut
    return {currency: curve_of(currency, amounts, cut) for currency, amounts in found.items()}


@dataclass(frozen=True, slots=True)
class _JudgedOne:
    """A customer with what the rules say: loyalty and trend, and what should change."""

    one: Sorting
    judged: Judged
    wanted: tuple[_Wanted, ...]

    @property
    def fact_moved(self) -> bool:
        return (self.judged.loyalty, self.judged.trend) != (self.one.loyalty, self.one.trend)


@dataclass(slots=True)
class _Difference:
    """What has to be written for some customers, so that what stands is what is wanted."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    moved: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)

    @property
    def changes(self) -> bool:
        return bool(self.facts or self.over or self.moved or self.fresh)


def _counted(found: Sequence[Sorting]) -> Counter[str]:
    return Counter(
        customers=len(found),
        unknown=sum(one.contribution is None for one in found),
        pinned=sum(one.pinned for one in found),
    )


def _judge(one: Sorting, rules: TierRules, curves: Curves, today: date) -> _JudgedOne:
    judged = judge(one.visits, today, rules.loyalty, rules.trend)
    return _JudgedOne(one, judged, tuple(_wanted(one, judged, rules, curves, today)))


def _wanted(
    one: Sorting, judged: Judged, rules: TierRules, curves: Curves, today: date
) -> list[_Wanted]:
    """The proposals for a customer: at most one tier and one card level."""
    if one.contribution is None:
        return []
    amount, currency = one.contribution.amount, one.contribution.currency
    wanted = []
    curve = curves.get(currency)
    if isinstance(curve, Curve) and not one.pinned:
        sorted_now = tier_of(amount, judged, curve, rules, today)
        if sorted_now.tier != one.tier:
            before = Tier(one.tier) if one.tier else None
            direction = direction_of(before, sorted_now.tier)
            wanted.append(
                _Wanted(
                    one.id, "tier", one.tier, sorted_now.tier, direction,
                    _plain(sorted_now.why), amount, currency,
                )
            )  # fmt: skip
    cards = rules.membership
    change = cards.change(one.member_level, amount, currency, judged.loyalty)
    if change is not None:
        level, why = change
        up = cards.rank(level.code) > cards.rank(one.member_level)
        direction = "first" if one.member_level is None else "up" if up else "down"
        wanted.append(
            _Wanted(
                one.id,
                "level",
                one.member_level,
                level.code,
                direction,
                _plain((why,)),
                amount,
                currency,
            )
        )
    return wanted


def _plain(why: Sequence[Said]) -> Sequence[Mapping[str, object]]:
    """Reasons as the database keeps them."""
    return [said_as_plain(said) for said in why]


def _difference(unit: Unit, judged: Sequence[_JudgedOne]) -> _Difference:
    """Compares the open proposals of some customers with those that are wanted."""
    columns = tier_proposal.c
    declined: dict[tuple[int, str], tuple[str | None, str]] = {}
    standing: dict[tuple[int, str], tuple[int, tuple[object, ...]]] = {}
    persons = [each.one.id for each in judged]
    for proposal_id, state, *stored in unit.each(
        sa.select(columns.id, columns.state, *(columns[name] for name in _WANTED))
        .where(columns.person_id.in_(persons), columns.state.in_(("open", "declined")))
        .order_by(columns.id)
    ):
        person_id, kind, before, after, *_ = stored
        if state == "open":
            standing[person_id, kind] = proposal_id, tuple(stored)
        else:
            declined[person_id, kind] = before, after
    found = _Difference(
        facts=[
            {"of": each.one.id, "faith": each.judged.loyalty, "going": each.judged.trend}
            for each in judged
            if each.fact_moved
        ]
    )
    for one in (one for each in judged for one in each.wanted):
        key = one.person_id, one.kind
        if declined.get(key) == (one.before, one.after):
            continue
        found.waiting[f"{one.kind}.{one.direction}"] += 1
        stands, values = standing.pop(key, None), one.columns()
        if stands is None:
            found.fresh.append({**values, "state": "open", "made_at": unit.now})
        elif stands[1] != tuple(values[name] for name in _WANTED):
            found.moved.append((stands[0], values))
    found.over = [proposal_id for proposal_id, _ in standing.values()]
    return found


def _still_so(unit: Unit, judged: Sequence[_JudgedOne]) -> list[_JudgedOne]:
    """The customers without what was wanted for a tier or card that they have no more."""
    columns = person.c
    rows = unit.run(
        sa.select(
            columns.id, columns.tier, columns.member_level, columns.tier_pinned, columns.closed_at
        ).where(columns.id.in_([each.one.id for each in judged]))
    ).all()
    present: dict[tuple[int, str], str | None] = {}
    for row in rows:
        if row.closed_at is None:
            present[row.id, "level"] = row.member_level
            if not row.tier_pinned:
                present[row.id, "tier"] = row.tier
    return [
        replace(
            each,
            wanted=tuple(
                one
                for one in each.wanted
                if (one.person_id, one.kind) in present
                and present[one.person_id, one.kind] == one.before
            ),
        )
        for each in judged
    ]


def _write(unit: Unit, judged: Sequence[_JudgedOne]) -> _Difference:
    """Compares again, since somebody may have decided meanwhile, and writes the difference."""
    found = _difference(unit, _still_so(unit, judged))
    columns = tier_proposal.c
    if found.facts:
        unit.run(
            sa.update(person)
            .where(person.c.id == sa.bindparam("of"))
            .values(loyalty=sa.bindparam("faith"), trend=sa.bindparam("going")),
            found.facts,
        )
    if found.over:
        unit.run(sa.delete(tier_proposal).where(columns.id.in_(found.over)))
    for proposal_id, values in found.moved:
        unit.run(sa.update(tier_proposal).where(columns.id == proposal_id).values(**values))
    if found.fresh:
        unit.run(tier_proposal.insert(), found.fresh)
    return found
