"""Spreading the load: calls that can wait move from full days to later ones with room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.care.plan import CarePlans
from domain.care.shop_days import SurveyCalendar


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another call of the same customer, from which a moved one keeps apart."""

    campaign: str
    on: date


class Leveller:
    """Places planned calls one by one, so that no day gets more than the operators can make.

    A call stays on its day while there is room. Else it goes to the first later day with room, as
    far as its plan lets it wait; where there is none, it stays. What nobody can put off (greetings,
    reminders, whatever already stands in the queue) only takes room.

    Args:
        plans: the plans in force.
        load: callbacks that already fall due on each day.
        capacity: how many calls can be made on a day; none where nobody knows, and nothing moves.
    """

    def __init__(
        self,
        plans: CarePlans,
        load: Mapping[date, int],
        capacity: Callable[[date], int | None],
    ) -> None:
        self._plans: Final = plans
        self._load: Final = dict(load)
        self._capacity: Final = capacity

    def place(
        self,
        campaign: str,
        on: date,
        others: Sequence[Neighbour],
        surveys: Sequence[SurveyCalendar] = (),
    ) -> date:
        """The day for a call, which from now on takes room there.

        Args:
            campaign: its campaign.
            on: the day on which the plan wants it.
            others: the customer's other calls.
            surveys: the calendars whose blackouts it keeps clear of.
        """
        plan = self._plans.of(campaign)
        far = plan.spread_days if plan is not None else 0
        days = (on + timedelta(days=number) for number in range(far + 1))
        found = next(
            (
                day
                for day in days
                if self._has_room(day)
                and self._apart(campaign, day, others)
                and not any(one.holds(day) for one in surveys)
            ),
            on,
        )
        self.take(found)
        return found

    def take(self, day: date) -> None:
        """Counts a call that stays on its day, whatever is there."""
        self._load[day] = self._load.get(day, 0) + 1

    def _has_room(self, day: date) -> bool:
        most = self._capacity(day)
        return most is None or self._load.get(day, 0) < most

    def _apart(self, campaign: str, day: date, others: Sequence[Neighbour]) -> bool:
        return all(
            abs((day - other.on).days) >= self._plans.apart(campaign, other.campaign)
            for other in others
        )
