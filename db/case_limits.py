"""The limits of a case in hand: started, met, stopped, paused; never reset by an update.

A limit keeps its rule as it was when it was told. What is overdue is decided by its own row and
the pause that goes on, never by housekeeping.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from db.case_hand import CaseInHand
from db.tables import case_pause, case_timer, complaint, person, person_phone, phone
from db.transaction import Unit
from domain.case import LIVE, EntryKind, Level
from domain.case_rules import CaseRules
from domain.case_timer import Duty, Event, Timer, TimerKey
from domain.case_timer_codec import timer_as_plain, timer_from_plain
from domain.deadline import Deadline, Pause, TimerClock, TimerState, deadline_of, state_of
from domain.rulebook import Rulebook

AT_OPENING: Final = frozenset(
    [
        Event.RECEIVED,
        Event.NOTED,
        Event.LAST_UPDATE,
        Event.APPEAL_RECEIVED,
        Event.REQUEST_RECEIVED,
        Event.NOTICE_PASSED_ON,
    ]
)
"""What has happened by the time at which a case is opened; all else is started by a person."""
BY_NOTICE: Final = frozenset([Event.NOTICE_PASSED_ON, Event.DATE_TYPED])
"""What a date typed from a notice decides."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a case; instants in UTC.

    Attributes:
        id: its row.
        case_id: the case.
        rule: the timer as it was when the limit started.
        started_at: since when it is counted.
        typed: the date that was typed from a notice; none where it was counted.
        due_at: the last instant that is in time.
        warn_at: when 70 % are over.
        met_at: when it was met; none before.
        stopped_at: when it was let go; none where it was not.
        stopped_because: the code of why.
        pauses: stretches in which it stood, those that are over.
        paused_since: since when it stands; none while it runs.
        paused_because: why it stands, in words.
    """

    id: int
    case_id: int
    rule: Timer
    started_at: datetime
    typed: datetime | None
    due_at: datetime
    warn_at: datetime
    met_at: datetime | None
    stopped_at: datetime | None
    stopped_because: str | None
    pauses: tuple[Pause, ...]
    paused_since: datetime | None
    paused_because: str | None

    @property
    def runs(self) -> bool:
        """Whether it is still owed, paused or not."""
        return self.met_at is None and self.stopped_at is None

    def deadline(self, rulebook: Rulebook) -> Deadline:
        """What was counted on the way to it."""
        return deadline_of(
            self.rule,
            self.started_at,
            shop_clock(rulebook),
            pauses=self.pauses,
            typed=self.typed,
        )

    def state(self, rulebook: Rulebook, now: datetime) -> TimerState:
        """How it stands at an instant."""
        return state_of(
            self.deadline(rulebook), now, met_at=self.met_at, paused_since=self.paused_since
        )

    def overdue(self, now: datetime) -> bool:
        """Whether it is ours and was missed."""
        at = self.paused_since or now
        return self.runs and self.rule.duty is Duty.US and at > self.due_at


def pressing_limit(limits: Iterable[Limit], now: datetime) -> tuple[str, datetime | None]:
    """How the most pressing of our limits stands that are still owed, and when it runs out.

    Answers `overdue`, `warned`, `running` or `paused`; empty where none is owed.
    """
    ours = sorted(
        (limit for limit in limits if limit.runs and limit.rule.duty is Duty.US),
        key=lambda limit: limit.due_at,
    )
    late = [limit for limit in ours if limit.overdue(now)]
    if late:
        return "overdue", late[0].due_at
    running = [limit for limit in ours if limit.paused_since is None]
    if not running:
        return ("paused", ours[0].due_at) if ours else ("", None)
    warned = [limit for limit in running if limit.warn_at <= now]
    return ("warned", warned[0].due_at) if warned else ("running", running[0].due_at)


def shop_clock(rulebook: Rulebook) -> TimerClock:
    """The shop's clock and working days."""
    shop = rulebook.cases.shop
    return TimerClock(shop.zone, shop.country, rulebook.calling.calendar)


def limits_of(
    unit: Unit, cases: Collection[int], *, running: bool = False
) -> dict[int, list[Limit]]:
    """The limits of cases, each case's by their ids; only those that run, where asked."""
    found: dict[int, list[Limit]] = {case_id: [] for case_id in cases}
    query = sa.select(case_timer).where(case_timer.c.complaint_id.in_(cases))
    if running:
        query = query.where(case_timer.c.met_at.is_(None), case_timer.c.stopped_at.is_(None))
    rows = unit.run(query.order_by(case_timer.c.id)).mappings().all()
    pauses = _pauses(unit, [row["id"] for row in rows])
    for row in rows:
        found[row["complaint_id"]].append(_limit(row, pauses.get(row["id"], [])))
    return found


def urgency_of(unit: Unit, cases: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """Of live cases: whether each is with the regulator, and whether a limit of ours was missed."""
    levels = {
        row.id: row.level
        for row in unit.run(
            sa.select(complaint.c.id, complaint.c.level).where(
                complaint.c.id.in_(cases), complaint.c.status.in_([str(one) for one in LIVE])
            )
        )
    }
    limits = limits_of(unit, list(levels), running=True)
    return {
        case_id: (
            level == Level.REGULATOR,
            any(limit.overdue(unit.now) for limit in limits[case_id]),
        )
        for case_id, level in levels.items()
    }


def start_bound(
    case: CaseInHand,
    at: datetime,
    *,
    typed: date | datetime | None = None,
    received_at: datetime | None = None,
    anew: bool = False,
) -> None:
    """Starts every limit that binds the case and has neither run nor been met.

    Args:
        case: the case.
        at: when what starts them happened (UTC).
        typed: the date that a regulator's notice names; it wins over what is counted.
        received_at: when the complaint came in, where that was earlier; limits that count from the
            receipt count from there.
        anew: whether those that were met once run again.
    """
    limits = limits_of(case.unit, [case.id])[case.id]
    known = {one.rule.key for one in limits if one.runs or (one.met_at is not None and not anew)}
    bound = bound_timers(case)
    noticed = any(timer.event is Event.NOTICE_PASSED_ON for timer in bound)
    # One date is one limit: where a notice has its own, the date is that one's.
    by_date = frozenset() if typed is None or noticed else frozenset([Event.DATE_TYPED])
    events = AT_OPENING | by_date
    for timer in bound:
        if timer.key in known or timer.event not in events:
            continue
        begins = received_at if received_at and timer.event in _FROM_RECEIPT else at
        start_limit(case, timer, begins, typed=typed if timer.event in BY_NOTICE else None)


_FROM_RECEIPT: Final = frozenset([Event.RECEIVED, Event.NOTED, Event.REQUEST_RECEIVED])


def bound_timers(case: CaseInHand) -> tuple[Timer, ...]:
    """The timers that bind a case by its weight and level, the customer's country and the trade."""
    shop = case.rulebook.cases.shop
    return case.rulebook.timers.for_case(
        weight=case.row["weight"],
        level=case.row["level"],
        country=_country(case) or shop.country,
        trade=shop.trade,
    )


def start_limit(
    case: CaseInHand, timer: Timer, at: datetime, *, typed: date | datetime | None = None
) -> int:
    """Starts a limit and returns its id.

    Raises:
        InputError: `deadline_never`.
    """
    deadline = deadline_of(timer, at, shop_clock(case.rulebook), typed=typed)
    # Told once, it stands: another clock or country of the shop moves no limit that runs.
    own = replace(timer, zone=deadline.zone, calendar=deadline.place or timer.calendar)
    values = {
        "complaint_id": case.id,
        "regime": timer.regime,
        "step": timer.step,
        "rule": timer_as_plain(own),
        "zone": deadline.zone,
        "calendar": deadline.place or None,
        "started_at": at,
        "typed": deadline.due_at if deadline.typed else None,
        "due_at": deadline.due_at,
        "warn_at": deadline.warn_at,
    }
    made = int(case.unit.run(case_timer.insert().returning(case_timer.c.id), values).scalar_one())
    case.enter(
        EntryKind.TIMER_STARTED,
        {
            "timer": made,
            "regime": timer.regime,
            "step": timer.step,
            "due_at": deadline.due_at.isoformat(),
        },
    )
    return made


def meet_limits(case: CaseInHand, keys: Collection[TimerKey], at: datetime) -> list[Limit]:
    """Meets the limits that run under some keys, and returns them."""
    met = [
        limit
        for limit in limits_of(case.unit, [case.id], running=True)[case.id]
        if limit.rule.key in keys
    ]
    for limit in met:
        meet_limit(case, limit, at)
    return met


def meet_limit(case: CaseInHand, limit: Limit, at: datetime) -> None:
    """Meets one limit; what happened before it began met it at its beginning."""
    end_pause(case, limit)
    met_at = max(at, limit.started_at)
    case.unit.run(sa.update(case_timer).where(case_timer.c.id == limit.id).values(met_at=met_at))
    met = {"met_at": met_at.isoformat(), "late": met_at > limit.due_at}
    case.enter(EntryKind.TIMER_MET, {**_named(limit), **met})


def stop_limits(
    case: CaseInHand, limits: Iterable[Limit], because: str, text: str | None = None
) -> None:
    """Lets limits go that run, with the code of why."""
    for limit in limits:
        if limit.runs:
            end_pause(case, limit)
            case.unit.run(
                sa.update(case_timer)
                .where(case_timer.c.id == limit.id)
                .values(stopped_at=case.unit.now, stopped_because=because)
            )
            case.enter(EntryKind.TIMER_STOPPED, {**_named(limit), "because": because}, text)


def stop_unbound(case: CaseInHand, because: str) -> None:
    """Lets go what binds no case of the weight and level that the case has now."""
    running = limits_of(case.unit, [case.id], running=True)[case.id]
    stop_limits(case, [limit for limit in running if not _binds(case, limit)], because)


def end_pause(case: CaseInHand, limit: Limit) -> bool:
    """Lets a limit run on that stands, with its deadline moved; says whether it stood."""
    if limit.paused_since is None:
        return False
    unit = case.unit
    unit.run(
        sa.update(case_pause)
        .where(case_pause.c.timer_id == limit.id, case_pause.c.until_at.is_(None))
        .values(until_at=unit.now)
    )
    deadline = deadline_of(
        limit.rule,
        limit.started_at,
        shop_clock(case.rulebook),
        pauses=(*limit.pauses, Pause(limit.paused_since, unit.now)),
        typed=limit.typed,
    )
    # A deadline that was told is never moved to an earlier day by a change of the calendar.
    unit.run(
        sa.update(case_timer)
        .where(case_timer.c.id == limit.id)
        .values(
            due_at=max(deadline.due_at, limit.due_at), warn_at=max(deadline.warn_at, limit.warn_at)
        )
    )
    return True


def contact_happened(case: CaseInHand, at: datetime, *, answered: bool) -> None:
    """The customer was spoken or written to: it meets what it meets, and the next update is owed.

    Args:
        case: the case.
        at: when (UTC).
        answered: whether the resolution was told.
    """
    rules: CaseRules = case.rulebook.cases
    met = meet_limits(
        case, rules.met_by_contact | (rules.met_by_answer if answered else frozenset()), at
    )
    for limit in met:
        if limit.rule.event is Event.LAST_UPDATE and case.row["resolution"] is None:
            start_limit(case, _as_it_is(case, limit.rule), max(at, limit.started_at))


def _as_it_is(case: CaseInHand, rule: Timer) -> Timer:
    """The timer by the rules in force; as it was where they have it no more."""
    same = (timer for timer in case.rulebook.timers if timer.key == rule.key)
    return next(same, rule)


def _binds(case: CaseInHand, limit: Limit) -> bool:
    binding = limit.rule.binding
    asked = ((binding.weights, case.row["weight"]), (binding.levels, case.row["level"]))
    return all(not wanted or code in wanted for wanted, code in asked)


def _named(limit: Limit) -> dict[str, Any]:
    return {"timer": limit.id, "regime": limit.rule.regime, "step": limit.rule.step}


def _country(case: CaseInHand) -> str | None:
    """The customer's country: as recorded, else that of their first number."""
    person_id = case.row["person_id"]
    own: str | None = case.unit.run(
        sa.select(person.c.country).where(person.c.id == person_id)
    ).scalar()
    if own:
        return own
    number: str | None = case.unit.run(
        sa.select(phone.c.country)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(
            person_phone.c.person_id == person_id,
            person_phone.c.until.is_(None),
            phone.c.country.is_not(None),
        )
        .order_by(person_phone.c.position, person_phone.c.id)
        .limit(1)
    ).scalar()
    return number


def _pauses(unit: Unit, timers: list[int]) -> dict[int, list[sa.RowMapping]]:
    found: dict[int, list[sa.RowMapping]] = {}
    if timers:
        query = sa.select(case_pause).where(case_pause.c.timer_id.in_(timers))
        for row in unit.run(query.order_by(case_pause.c.id)).mappings():
            found.setdefault(row["timer_id"], []).append(row)
    return found


def _limit(row: sa.RowMapping, pauses: list[sa.RowMapping]) -> Limit:
    open_pause: Any = next((one for one in pauses if one["until_at"] is None), None)
    return Limit(
        id=row["id"],
        case_id=row["complaint_id"],
        rule=timer_from_plain(row["rule"]),
        started_at=row["started_at"],
        typed=row["typed"],
        due_at=row["due_at"],
        warn_at=row["warn_at"],
        met_at=row["met_at"],
        stopped_at=row["stopped_at"],
        stopped_because=row["stopped_because"],
        pauses=tuple(
            Pause(one["from_at"], one["until_at"]) for one in pauses if one["until_at"] is not None
        ),
        paused_since=open_pause["from_at"] if open_pause else None,
        paused_because=open_pause["reason"] if open_pause else None,
    )
