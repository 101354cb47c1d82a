"""What becomes of a callback after a call: done, tried again and when, used up, or repaired.

The rule of each outcome is data (`domain.outcome.NextRule`); this module carries it out. Times are
counted in the customer's zone and pushed into callable hours by a function that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.day_part import DayPart, day_part
from domain.errors import InputError
from domain.outcome import (
    Assigned,
    NextRule,
    Notice,
    Outcome,
    OutcomeType,
    PartRule,
    Then,
    TimeAsked,
)
from domain.said import Said
from domain.tries import Tries

CAP_REACHED = "cap-reached"

NextCallable = Callable[[datetime], datetime | None]
"""The first callable instant at or after an instant (both UTC); none when no hour ever opens."""

# A week holds every day-part; the eighth day covers a search that begins late on its first one.
_HORIZON_DAYS = 8
_PART_STARTS = (time(0), time(12), time(17))


class NextState(StrEnum):
    """What becomes of the callback.

    `same_call` means that the call goes on (redial, new number, other number); a finish that comes
    all the same puts the callback back in the queue at the step's instant.
    """

    DONE = "done"
    SCHEDULED = "scheduled"
    EXHAUSTED = "exhausted"
    DATA_REPAIR = "data_repair"
    SAME_CALL = "same_call"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The decision about a callback after one call.

    Attributes:
        state: what becomes of it.
        at: UTC instant of the next attempt; none unless `scheduled` or `same_call`.
        why: the sentence that explains it.
        assigned: who makes the next attempt.
        counts_attempt: whether this call counted.
        ends_as: the outcome code that stands for the whole callback once it is over; "" before.
        tries: the memory after this call, to be stored with the callback.
        other_number: another number of the person can be tried in this same call.
        notice: offer the text that announces the next call.
        tell_lead: the team's lead is to be told.
    """

    state: NextState
    at: datetime | None
    why: Said
    assigned: Assigned
    counts_attempt: bool
    ends_as: str
    tries: Tries
    other_number: bool = False
    notice: bool = False
    tell_lead: bool = False


def next_step(
    outcome: Outcome,
    tries: Tries,
    *,
    now: datetime,
    zone: str,
    next_callable: NextCallable,
    asked_time: datetime | None = None,
    next_lawful: NextCallable | None = None,
    numbers_left: int = 0,
) -> NextStep:
    """Decides what becomes of a callback after a call.

    Args:
        outcome: how the call ended.
        tries: what was tried before this call.
        now: the instant of the decision, aware.
        zone: the customer's zone, an IANA name.
        next_callable: pushes an instant into hours that law and house allow.
        asked_time: the instant that the customer named, aware. It stands in for the rule's own
            time wherever the rule retries, and beats the cap where a human named it.
        next_lawful: pushes an instant into hours that the law allows, used for `asked_time`, since
            a time that the customer named beats house hours; without it `next_callable` is used.
        numbers_left: usable numbers of the person that were not tried in this call.

    Raises:
        InputError: `outcome_no_ending` for a flag or a rule's own outcome, `outcome_needs_time`
            without the time that the outcome asks for, `asked_time_past` for one that is over.
        ValueError: an instant is naive.
    """
    if now.tzinfo is None or (asked_time is not None and asked_time.tzinfo is None):
        raise ValueError("a retry is decided on aware instants")
    if outcome.time is TimeAsked.REQUIRED and asked_time is None:
        raise InputError("outcome_needs_time", outcome=outcome.code)
    now = now.astimezone(UTC)
    where = ZoneInfo(zone)
    local = now.astimezone(where)
    rule = _rule_in_force(outcome, tries, local)
    appointed = outcome.contacted and asked_time is not None and rule.then is Then.RETRY
    after = tries.after(outcome, local, asked=appointed)
    plan = _Plan(outcome, rule, tries, after, now, where, next_callable, numbers_left)
    if rule.then is Then.DONE:
        key = "rules.retry.refused" if outcome.kind is OutcomeType.REFUSAL else "rules.retry.done"
        return plan.over(NextState.DONE, Said(key), outcome.code)
    if rule.then is Then.SAME_CALL:
        return plan.same_call(Said("rules.retry.same_call"))
    if rule.then is Then.REPAIR:
        if numbers_left:
            return plan.same_call(Said("rules.retry.other_number"))
        return plan.over(NextState.DATA_REPAIR, Said("rules.retry.data_repair"), "")
    if plan.used_up and not appointed:
        return plan.cap()
    if asked_time is not None:
        return plan.as_asked(asked_time.astimezone(UTC), next_lawful or next_callable)
    return plan.by_rule()


def _rule_in_force(outcome: Outcome, tries: Tries, local: datetime) -> NextRule:
    rule = outcome.next
    if rule is None or outcome.by_rule:
        raise InputError("outcome_no_ending", outcome=outcome.code)
    if rule.otherwise is not None and tries.times(outcome, local) >= rule.times:
        return rule.otherwise
    return rule


@dataclass(frozen=True, slots=True)
class _Plan:
    """One decision in the making."""

    outcome: Outcome
    rule: NextRule
    before: Tries
    after: Tries
    now: datetime
    zone: ZoneInfo
    next_callable: NextCallable
    numbers_left: int

    @property
    def used_up(self) -> bool:
        """Whether no attempt is left; our own trouble and a colleague's queue are outside it."""
        return (
            self.outcome.counts_attempt
            and self.outcome.kind is not OutcomeType.SUPERVISOR
            and self.after.attempts >= self.after.limit
        )

    def over(self, state: NextState, why: Said, ends_as: str) -> NextStep:
        """The callback leaves the queue."""
        return self._step(state, None, why, ends_as=ends_as)

    def cap(self) -> NextStep:
        """No attempt is left; a refusal made before stays what the callback ended as."""
        if self.after.refusal:
            return self.over(NextState.DONE, Said("rules.retry.refusal_stands"), self.after.refusal)
        why = Said("rules.retry.cap", {"attempts": self.after.attempts})
        return self.over(NextState.EXHAUSTED, why, CAP_REACHED)

    def same_call(self, why: Said) -> NextStep:
        """The call goes on."""
        at, _ = self._pushed(self.now)
        return self._step(NextState.SAME_CALL, at, why)

    def as_asked(self, asked: datetime, lawful: NextCallable) -> NextStep:
        """At the time that the customer named."""
        if asked < self.now:
            raise InputError("asked_time_past", at=asked.astimezone(self.zone))
        at = lawful(asked)
        if at is None:
            return self._step(NextState.SCHEDULED, asked, self._said("rules.retry.no_hours", asked))
        at = at.astimezone(UTC)
        if at == asked:
            return self._step(NextState.SCHEDULED, at, self._said("rules.retry.asked_time", at))
        why = self._said("rules.retry.asked_time_moved", at, asked=asked.astimezone(self.zone))
        return self._step(NextState.SCHEDULED, at, why)

    def by_rule(self) -> NextStep:
        """At the time that the outcome's own rule names."""
        earliest = self._earliest()
        if self.rule.part is not PartRule.ANY:
            found = self._in_another_part(earliest)
            if found is not None:
                part = Said(f"rules.day_part.{day_part(found.astimezone(self.zone))}")
                why = self._said("rules.retry.day_part", found, part=part)
                return self._step(NextState.SCHEDULED, found, why)
        at, opens = self._pushed(earliest)
        if not opens:
            return self._step(NextState.SCHEDULED, at, self._said("rules.retry.no_hours", at))
        key = {
            Assigned.OTHER: "rules.retry.other_operator",
            Assigned.NAMED: "rules.retry.named",
            Assigned.SPEAKER: "rules.retry.speaker",
        }.get(self.rule.assigned, "rules.retry.wait")
        return self._step(NextState.SCHEDULED, at, self._said(key, at))

    def _earliest(self) -> datetime:
        moment = self.now + timedelta(minutes=self.rule.minutes)
        if self.rule.days:
            wall = moment.astimezone(self.zone).replace(tzinfo=None)
            later = (wall + timedelta(days=self.rule.days)).replace(tzinfo=self.zone)
            moment = later.astimezone(UTC)
        return moment

    def _pushed(self, earliest: datetime) -> tuple[datetime, bool]:
        at = self.next_callable(earliest)
        return (earliest, False) if at is None else (at.astimezone(UTC), True)

    def _in_another_part(self, earliest: datetime) -> datetime | None:
        """The first callable instant in the wanted day-parts; none where there is none soon."""
        others = frozenset(DayPart) - {day_part(self.now.astimezone(self.zone))}
        untried = others - self.after.parts if self.rule.part is PartRule.UNTRIED else others
        fallback = None
        for start in self._starts(earliest):
            at, opens = self._pushed(start)
            part = day_part(at.astimezone(self.zone))
            if opens and part in untried:
                return at
            if opens and part in others and fallback is None:
                fallback = at
        return fallback

    def _starts(self, earliest: datetime) -> Iterator[datetime]:
        """The earliest instant (UTC) and the starts of day-parts in the eight days after it."""
        yield earliest
        first = earliest.astimezone(self.zone).date()
        for days in range(_HORIZON_DAYS + 1):
            for start in _PART_STARTS:
                day = first + timedelta(days=days)
                moment = datetime.combine(day, start, self.zone).astimezone(UTC)
                if moment > earliest:
                    yield moment

    def _said(self, key: str, at: datetime, **more: object) -> Said:
        return Said(key, {"at": at.astimezone(self.zone), **more})

    def _step(
        self, state: NextState, at: datetime | None, why: Said, *, ends_as: str = ""
    ) -> NextStep:
        first = self.before.attempts == 0
        scheduled = state is NextState.SCHEDULED
        return NextStep(
            state=state,
            at=at,
            why=why,
            assigned=self.rule.assigned if scheduled else Assigned.KEEP,
            counts_attempt=self.outcome.counts_attempt,
            ends_as=ends_as,
            tries=self.after,
            other_number=bool(self.numbers_left) and self.outcome.leg,
            notice=scheduled
            and (self.rule.notice is Notice.ALWAYS or (self.rule.notice is Notice.FIRST and first)),
            tell_lead=self.rule.tell_lead,
        )
