"""Who works when: rostered shifts, days of leave with their deputies, and what follows from them.

A week in which a person has no shift at all is a week for which nobody has made their roster: then
nothing is said about it, and whoever has a seat open counts as present. In any other week the time
outside the shifts is free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InputError

REASONS: Final = ("holiday", "sick", "training", "business", "family", "other")
"""Why somebody is away."""

_DAY: Final = timedelta(days=1)
_FARTHEST: Final = 400
"""Days for which a chain of leaves is followed."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Rostered working time of an operator: instants in UTC, the end exclusive."""

    operator_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away of an operator on the shop's calendar, both ends included.

    Attributes:
        id: its number; 0 for one that is not written yet.
        operator_id: who is away.
        first_day: the first day.
        last_day: the last day.
        reason: one of `REASONS`.
        deputy_id: who stands in; none for the pool.
        from_at: the instant (UTC) from which it counts on its first day; none for its morning.
    """

    id: int
    operator_id: int
    first_day: date
    last_day: date
    reason: str
    deputy_id: int | None = None
    from_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Why somebody is not there at an instant, and until when (UTC; none where nobody knows)."""

    leave: Leave | None
    until: datetime | None


@dataclass(slots=True)
class Roster:
    """Shifts and leaves of people, on the clock of the shop.

    Attributes:
        zone: IANA zone of the shop.
        shifts: in any order; those of a person don't overlap.
        leaves: in any order.
    """

    zone: str
    shifts: Iterable[Shift] = ()
    leaves: Iterable[Leave] = ()
    _shifts: dict[int, list[Shift]] = field(default_factory=dict, init=False)
    _leaves: dict[int, list[Leave]] = field(default_factory=dict, init=False)
    _weeks: set[tuple[int, date]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """Sort by person and time."""
        for shift in sorted(self.shifts):
            self._shifts.setdefault(shift.operator_id, []).append(shift)
            self._weeks.add((shift.operator_id, monday_of(self.day_of(shift.starts_at))))
        for leave in sorted(self.leaves, key=lambda one: (one.first_day, one.id)):
            self._leaves.setdefault(leave.operator_id, []).append(leave)

    @property
    def people(self) -> frozenset[int]:
        """Everybody of whom it says anything."""
        return frozenset({*self._shifts, *self._leaves})

    def day_of(self, at: datetime) -> date:
        """The shop's date at an instant."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def shifts_of(self, operator_id: int) -> tuple[Shift, ...]:
        """The shifts of a person, the earliest first."""
        return tuple(self._shifts.get(operator_id, ()))

    def leaves_of(self, operator_id: int) -> tuple[Leave, ...]:
        """The leaves of a person, the earliest first."""
        return tuple(self._leaves.get(operator_id, ()))

    def known(self, operator_id: int, at: datetime) -> bool:
        """Whether a roster was made for a person's week."""
        return (operator_id, monday_of(self.day_of(at))) in self._weeks

    def shift_at(self, operator_id: int, at: datetime) -> Shift | None:
        """The shift that runs at an instant, whether its person is on leave or not."""
        for shift in self._shifts.get(operator_id, ()):
            if shift.starts_at <= at < shift.ends_at:
                return shift
        return None

    def leave_at(self, operator_id: int, at: datetime) -> Leave | None:
        """The leave in which an instant lies."""
        day = self.day_of(at)
        for leave in self._leaves.get(operator_id, ()):
            begun = leave.from_at is None or at >= leave.from_at
            if leave.first_day <= day <= leave.last_day and begun:
                return leave
        return None

    def should_be_here(self, operator_id: int, at: datetime) -> bool | None:
        """Whether a person should be at work at an instant; none where no roster says so."""
        if self.leave_at(operator_id, at) is not None:
            return False
        if self.shift_at(operator_id, at) is not None:
            return True
        return False if self.known(operator_id, at) else None

    def away(self, operator_id: int, at: datetime) -> Away | None:
        """Why a person is not at work at an instant; none where they are, or nobody knows."""
        if self.should_be_here(operator_id, at) is not False:
            return None
        leave = self.leave_at(operator_id, at)
        if leave is None:
            return Away(None, self.next_working(operator_id, at))
        return Away(leave, self.back_at(operator_id, at))

    def leave_ends(self, operator_id: int, at: datetime) -> datetime:
        """The first midnight (UTC) after a leave and those that follow it without a day between."""
        for _ in range(_FARTHEST):
            leave = self.leave_at(operator_id, at)
            if leave is None:
                return at
            at = instant_of(leave.last_day + _DAY, 0, self.zone)
        return at

    def back_at(self, operator_id: int, at: datetime) -> datetime:
        """When a person who is on leave is back (UTC): at their next shift, else at its end."""
        ended = self.leave_ends(operator_id, at)
        return self.next_working(operator_id, ended) or ended

    def next_working(self, operator_id: int, at: datetime) -> datetime | None:
        """When a person is at work by the roster, now or next (UTC); none where nobody knows."""
        for shift in self._shifts.get(operator_id, ()):
            if shift.ends_at <= at:
                continue
            start = max(shift.starts_at, at)
            leave = self.leave_at(operator_id, start)
            if leave is None:
                return start
            begins = leave.from_at
            after = self.leave_ends(operator_id, start)
            if after < shift.ends_at and (begins is None or begins <= start):
                return after
        return None

    def stand_in(
        self, operator_id: int, at: datetime, *, at_work: bool = False, but: Collection[int] = ()
    ) -> int | None:
        """Who stands in for somebody who is on leave; none for the pool.

        The deputy; where they are on leave too, theirs, and so on.

        Args:
            operator_id: who is away.
            at: the instant for which somebody is wanted.
            at_work: whether the deputy must not be off by the roster at that instant either.
            but: who can't be taken, such as people who have left.
        """
        seen = {operator_id}
        leave = self.leave_at(operator_id, at)
        while leave is not None and leave.deputy_id is not None and leave.deputy_id not in seen:
            deputy = leave.deputy_id
            seen.add(deputy)
            leave = self.leave_at(deputy, at)
            if leave is None:
                off = at_work and self.should_be_here(deputy, at) is False
                return None if off or deputy in but else deputy
        return None


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def instant_of(day: date, minutes: int, zone: str) -> datetime:
    """The instant (UTC) at which a zone's clock shows minutes after a day's midnight.

    Minutes may go beyond the day. A time that the clock skips is taken as much later as it skips;
    of one that it shows twice the first counts.
    """
    days, minute = divmod(minutes, 24 * 60)
    local = datetime.combine(day + days * _DAY, time(*divmod(minute, 60)), ZoneInfo(zone))
    return local.astimezone(UTC)


def minutes_on(day: date, at: datetime, zone: str) -> int:
    """How many minutes after a day's midnight a zone's clock shows an instant."""
    local = at.astimezone(ZoneInfo(zone))
    return (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute


def refuse_overlaps(shifts: Iterable[Shift]) -> None:
    """Refuses shifts of one person that overlap or end before they begin.

    Raises:
        InputError: `shift_overlap` (day), `shift_empty`.
    """
    for before, after in _pairs(sorted(shifts)):
        if after.starts_at < before.ends_at:
            raise InputError("shift_overlap", at=after.starts_at, until=before.ends_at)


def _pairs(shifts: list[Shift]) -> Iterator[tuple[Shift, Shift]]:
    for one in shifts:
        if one.ends_at <= one.starts_at:
            raise InputError("shift_empty", at=one.starts_at)
    for before, after in pairwise(shifts):
        if before.operator_id == after.operator_id:
            yield before, after


def refuse_leave(leave: Leave, others: Collection[Leave]) -> None:
    """Refuses a leave that contradicts another or has nobody at the end of its deputies.

    Args:
        leave: the one to be noted.
        others: all other leaves that touch its days.

    Raises:
        InputError: `leave_days`, `leave_reason_unknown`, `leave_deputy_self`, `leave_overlap`
            (first, last), `leave_deputy_cycle`.
    """
    if leave.last_day < leave.first_day or (leave.last_day - leave.first_day).days > _FARTHEST:
        raise InputError("leave_days", first=leave.first_day, last=leave.last_day)
    if leave.reason not in REASONS:
        raise InputError("leave_reason_unknown", reason=leave.reason, known=", ".join(REASONS))
    if leave.deputy_id == leave.operator_id:
        raise InputError("leave_deputy_self")
    touching = [one for one in others if one.id != leave.id and _touch(one, leave)]
    for one in touching:
        if one.operator_id == leave.operator_id:
            raise InputError("leave_overlap", first=one.first_day, last=one.last_day)
    if leave.deputy_id is not None and _comes_back(leave, touching):
        raise InputError("leave_deputy_cycle")


def _touch(one: Leave, other: Leave) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _comes_back(leave: Leave, others: Collection[Leave]) -> bool:
    """Whether on some day the deputies' deputies lead back to who is away."""
    reached, waiting = set[int](), [(leave.deputy_id, leave.first_day, leave.last_day)]
    while waiting:
        who, first, last = waiting.pop()
        for one in others:
            if one.operator_id != who or one.first_day > last or one.last_day < first:
                continue
            if one.deputy_id == leave.operator_id:
                return True
            if one.deputy_id is not None and one.id not in reached:
                reached.add(one.id)
                days = max(first, one.first_day), min(last, one.last_day)
                waiting.append((one.deputy_id, *days))
    return False
