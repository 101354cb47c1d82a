"""The work of those who are away: it goes to their deputy or the pool in time, and back again.

What falls due in a leave goes when the leave begins. A promise goes five minutes before it is due
at the latest, also where its owner is free by the roster or should be here and is not. What is done
because of a leave is recorded, so that cancelling the leave takes back what nobody has touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from db.absent_cases import cases_back, cases_over, deputise_cases
from db.absent_promises import deputise_promises, promises_back
from db.callbacks import grace_end
from db.given_work import WAITING, Gift, give, record_deed, take_back
from db.roster import left_people, load_roster, seated_people, zone_of
from db.roster_edit import ABSENCE
from db.seat_messages import tell_operator
from db.states import in_state
from db.tables import callback, campaign, lead_action, operator, turn
from db.transaction import Unit
from domain.permissions import Actor
from domain.roster import Leave, Roster
from domain.rulebook import Rulebook

URGENT: Final = timedelta(minutes=5)
"""How long before it is due a promise leaves the hands of somebody who is not here."""
_EVERY: Final = timedelta(seconds=15)
_AHEAD: Final = timedelta(days=28)
_DEED: Final = "absence"
_EVENT: Final = "redistributed"
_BACK: Final = "given_back"


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came back when a leave was cancelled, and how many callbacks were touched meanwhile."""

    callbacks: int = 0
    promises: int = 0
    cases: int = 0
    touched: int = 0


@dataclass(slots=True)
class _Desk:
    """Who is here, for one look at the work of those who are not."""

    unit: Unit
    rulebook: Rulebook
    roster: Roster
    seated: frozenset[int]
    left: frozenset[int]
    names: dict[int, str] = field(default_factory=dict)

    def urgent(self, row: sa.RowMapping) -> bool:
        return bool(row["band"] == 0 or row["promised"])

    def soon(self, row: sa.RowMapping) -> bool:
        return bool(self.urgent(row) and row["due_at"] <= self.unit.now + URGENT + _EVERY)

    def stand_in(self, row: sa.RowMapping, who: int) -> int | None:
        """Who gets a callback in the place of somebody who is away."""
        at = max(row["due_at"], self.unit.now)
        but = self.left | {row["avoid_operator_id"]} - {None}
        soon = self.soon(row)
        deputy = self.roster.stand_in(who, at, at_work=soon, but=but)
        expected = deputy is not None and self.roster.should_be_here(deputy, at) is not None
        return None if soon and expected and deputy not in self.seated else deputy

    def gift(self, row: sa.RowMapping, to: int | None, because: str, leave: int) -> Gift:
        """A callback on its way; a promise is its new owner's alone until it is due, no longer."""
        until = grace_end(row["due_at"], self.unit.now, row["grace_minutes"])
        if self.urgent(row):
            until = max(row["due_at"], self.unit.now)
        data = {"from": row["assigned_to"], "to": to, "because": because}
        return Gift(row, to, until, {**data, "leave": leave} if leave else data)


def redistribute(unit: Unit, rulebook: Rulebook, limit: int = 100) -> bool:
    """Gives the work of those who are away to others, one batch; says whether more is waiting."""
    if not _due(unit):
        return False
    zone = zone_of(rulebook)
    roster = load_roster(unit, zone, unit.now, unit.now + _AHEAD)
    more = False
    people = roster.people
    if people:
        desk = _Desk(unit, rulebook, roster, seated_people(unit), left_people(unit))
        for who in sorted(people):
            leave = roster.leave_at(who, unit.now)
            if leave is not None:
                more |= _leave(desk, leave, limit)
        more |= _nobody_there(desk, people, limit)
    if not more:
        _done(unit)
    return more


def give_back(unit: Unit, rulebook: Rulebook, actor: Actor, leave: Leave) -> GivenBack:
    """Takes back what was given away because of a leave and nobody has touched since."""
    columns = lead_action.c
    rows = unit.run(
        sa.select(columns.id, columns.params).where(
            columns.kind == _DEED, columns.undone_at.is_(None)
        )
    ).all()
    deeds = {row.id: row.params for row in rows if row.params.get("leave") == leave.id}
    if not deeds:
        return GivenBack()
    counts, touched = take_back(unit, actor, _BACK, deeds)
    promises = [(one, to) for params in deeds.values() for one, to in params["promises"]]
    cases = [(one, to) for params in deeds.values() for one, to in params["cases"]]
    to = leave.operator_id
    own = promises_back(unit, actor, promises, to, leave.id)
    back = cases_back(unit, rulebook, actor, cases, to, leave.id)
    name = _name(unit, to)
    told = Counter({who: n for who, n in counts.items() if who is not None})
    for who in {*told, *own, *back}:
        tell_operator(
            unit, actor, who, "notice.deputy_back",
            {"name": name, "n": told[who], "promises": own[who], "cases": back[who]},
        )  # fmt: skip
    return GivenBack(sum(counts.values()), own.total(), back.total(), touched)


def _leave(desk: _Desk, leave: Leave, limit: int) -> bool:
    """Gives away what falls due in a leave that has begun; says whether more is waiting."""
    unit, who = desk.unit, leave.operator_id
    ends = desk.roster.leave_ends(who, unit.now)
    rows = _waiting(unit, [who], callback.c.due_at < ends, limit)
    gifts = [desk.gift(row, desk.stand_in(row, who), "leave", leave.id) for row in rows]
    deputy = desk.roster.stand_in(who, unit.now, but=desk.left)
    promises, cases, more = list[int](), list[int](), len(rows) >= limit
    if deputy is not None:
        case_ids, more_cases = cases_over(unit, who, ends)
        promises = deputise_promises(unit, who, deputy, ends, leave.id, limit)
        cases = deputise_cases(unit, desk.rulebook, case_ids, who, deputy, leave.id)
        more |= more_cases or len(promises) >= limit
    if gifts or promises or cases:
        given = [[one, deputy] for one in promises], [[one, deputy] for one in cases]
        params = {"leave": leave.id, "from": who, "promises": given[0], "cases": given[1]}
        by = _noted_by(unit, leave)
        deed = record_deed(unit, _DEED, by, params, count=len(gifts))
        give(unit, None, _EVENT, gifts, deed)
        _tell_deputies(unit, who, gifts, deputy, len(promises), len(cases))
    return more


def _nobody_there(desk: _Desk, people: Iterable[int], limit: int) -> bool:
    """Gives to the pool what waits for somebody who is free by the roster, or is missing.

    Promises go before they are due. Other work goes once it is due, and only where its owner is
    free and does not come before their time alone with it is over; that of a missing one stays.
    """
    unit, roster = desk.unit, desk.roster
    out = [
        who
        for who in people
        if who not in desk.seated and roster.should_be_here(who, unit.now) is not None
    ]
    soon = sa.and_(
        sa.or_(callback.c.band == 0, callback.c.promised.is_(True)),
        callback.c.due_at <= unit.now + URGENT + _EVERY,
    )
    gifts: list[Gift] = []
    more = False
    if out:
        urgent = _waiting(unit, out, soon, limit)
        more = len(urgent) >= limit
        for row in urgent:
            who, at = row["assigned_to"], max(row["due_at"], unit.now)
            here = roster.should_be_here(who, at)
            if here is None:
                continue
            away = roster.leave_at(who, at)
            if away is not None and roster.leave_at(who, unit.now) is not None:
                continue
            to = None if away is None else desk.stand_in(row, who)
            because = "missing" if here else "off" if away is None else "leave"
            gifts.append(desk.gift(row, to, because, away.id if away else 0))
    off = [
        who
        for who in out
        if roster.should_be_here(who, unit.now) is False and not roster.leave_at(who, unit.now)
    ]
    if off:
        taken = {gift.row["id"] for gift in gifts}
        for row in _waiting(unit, off, in_state("due"), limit):
            comes = roster.next_working(row["assigned_to"], unit.now)
            late = comes is None or (row["grace_until"] or unit.now) <= comes
            if row["id"] not in taken and late:
                gifts.append(desk.gift(row, None, "off", 0))
    give(unit, None, _EVENT, gifts)
    for who, n in Counter(gift.row["assigned_to"] for gift in gifts).items():
        tell_operator(unit, None, who, "notice.absence_pool", {"n": n})
    return more and bool(gifts)


def _waiting(
    unit: Unit, people: Iterable[int], which: sa.ColumnElement[bool], limit: int
) -> list[sa.RowMapping]:
    """Callbacks that wait for people, locked; what another seat has in hand is left to it."""
    return list(
        unit.run(
            sa.select(callback, campaign.c.grace_minutes)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(callback.c.assigned_to.in_(sorted(people)), in_state(*WAITING), which)
            .order_by(callback.c.band, callback.c.due_at, callback.c.id)
            .limit(limit)
            .with_for_update(of=callback, skip_locked=True)
        ).mappings()
    )


def _tell_deputies(
    unit: Unit, who: int, gifts: Iterable[Gift], deputy: int | None, promises: int, cases: int
) -> None:
    counts = Counter(gift.to for gift in gifts if gift.to is not None)
    if deputy is not None and (promises or cases):
        counts[deputy] += 0
    for to, n in counts.items():
        own = to == deputy
        params = {
            "name": _name(unit, who),
            "n": n,
            "promises": promises if own else 0,
            "cases": cases if own else 0,
        }
        tell_operator(unit, None, to, "notice.deputy_work", params)


def _noted_by(unit: Unit, leave: Leave) -> int:
    from db.tables import leave as table  # noqa: PLC0415 - the value has the table's name

    by = unit.run(sa.select(table.c.noted_by).where(table.c.id == leave.id)).scalar()
    return int(by or leave.operator_id)


def _name(unit: Unit, operator_id: int) -> str:
    found = sa.select(operator.c.name).where(operator.c.id == operator_id)
    return str(unit.run(found).scalar_one())


def _due(unit: Unit) -> bool:
    ran_at = unit.run(sa.select(turn.c.ran_at).where(turn.c.task == ABSENCE)).scalar()
    return ran_at is None or abs(unit.now - ran_at) >= _EVERY


def _done(unit: Unit) -> None:
    unit.run(
        sa.text(
            "INSERT INTO turn (task, ran_at) VALUES (:task, :now)"
            " ON CONFLICT (task) DO UPDATE SET ran_at = excluded.ran_at"
        ).bindparams(sa.bindparam("now", type_=turn.c.ran_at.type)),
        {"task": ABSENCE, "now": unit.now},
    )
