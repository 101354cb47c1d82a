"""What other retry rules would do to today's calls: when they come back if they end in some way.

Nothing is written. Callbacks with the same tries behind the same hours are decided once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.states import in_state
from db.tables import callback, calling_window, campaign, person, phone
from db.transaction import Unit
from domain.bilingual import Bilingual
from domain.calling_hours import current_or_next_window
from domain.outcome import Outcome, TimeAsked
from domain.retries import next_step
from domain.rulebook import Rulebook
from domain.tries import Tries

LOOKED_AT: Final = 5_000
"""The first callbacks of today's queue: enough to see what a rule does."""
_USUAL: Final = "no-answer"
"""The outcome that tells what another number of attempts does."""


@dataclass(frozen=True, slots=True)
class ComesBack:
    """When callbacks come back: today, on a later day, or not at all."""

    today: int = 0
    later: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class RetryPreview:
    """What becomes of today's callbacks if their next call ends in one way, right now.

    Attributes:
        outcome: code of the ending.
        name: what people read.
        before: by the rules that hold.
        after: by the new ones.
    """

    outcome: str
    name: Bilingual
    before: ComesBack
    after: ComesBack


def preview_retries(
    unit: Unit, present: Rulebook, rulebook: Rulebook, ends: datetime
) -> tuple[RetryPreview, ...]:
    """The endings for which something changes for the callbacks that may be rung today.

    Args:
        unit: the transaction.
        present: the rules that hold.
        rulebook: the rules to try.
        ends: when today is over.
    """
    endings = list(_endings(present, rulebook))
    if not endings:
        return ()
    rows = _today(unit, ends)
    old, new = (_Future(unit.now, ends, book) for book in (present, rulebook))
    found = []
    for before, after in endings:
        one = RetryPreview(
            after.code, after.name, old.comes_back(rows, before), new.comes_back(rows, after)
        )
        if one.before != one.after:
            found.append(one)
    return tuple(found)


def _endings(present: Rulebook, rulebook: Rulebook) -> Iterator[tuple[Outcome, Outcome]]:
    """Endings that are tried again by another rule, and the usual one where attempts change."""
    old = {one.code: one for one in present.outcomes}
    attempts = {one.code: one.attempt_cap for one in present.campaigns}
    others = any(
        attempts.get(one.code, one.attempt_cap) != one.attempt_cap for one in rulebook.campaigns
    )
    for outcome in rulebook.outcomes.endings:
        before = old.get(outcome.code)
        if before is None or before.next is None or TimeAsked.REQUIRED in (
            before.time, outcome.time
        ):  # fmt: skip
            continue
        usual = others and outcome.code == _USUAL
        decides = (before.next, before.counts_attempt) != (outcome.next, outcome.counts_attempt)
        if usual or decides:
            yield before, outcome


def _today(unit: Unit, ends: datetime) -> Sequence[sa.RowMapping]:
    return (
        unit.run(
            sa.select(
                callback.c.tries,
                campaign.c.code,
                calling_window.c.zones,
                calling_window.c.places,
                calling_window.c.purpose,
                calling_window.c.preferred,
                person.c.zone,
                phone.c.zones.label("phone_zones"),
            )
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(calling_window, calling_window.c.id == callback.c.window_id)
            .join(person, person.c.id == callback.c.person_id)
            .outerjoin(phone, phone.c.id == callback.c.phone_id)
            .where(in_state("scheduled", "due"), callback.c.ready_at < ends)
            .order_by(callback.c.band, callback.c.ready_at, callback.c.id)
            .limit(LOOKED_AT)
        )
        .mappings()
        .all()
    )


class _Future:
    """What one rulebook makes of endings; equal callbacks are decided once."""

    def __init__(self, now: datetime, ends: datetime, rulebook: Rulebook) -> None:
        self._now = now
        self._ends = ends
        self._rulebook = rulebook
        self._caps = {one.code: one.attempt_cap for one in rulebook.campaigns}
        self._known: dict[tuple[object, ...], str] = {}

    def comes_back(self, rows: Sequence[sa.RowMapping], outcome: Outcome) -> ComesBack:
        """When the callbacks come back if all of them end so now."""
        counts = {"today": 0, "later": 0, "over": 0}
        for row in rows:
            counts[self._place(row, outcome)] += 1
        return ComesBack(**counts)

    def _place(self, row: sa.RowMapping, outcome: Outcome) -> str:
        tries = Tries.from_dict(row["tries"])
        tries = replace(tries, cap=self._caps.get(row["code"], tries.cap))
        zones = row["phone_zones"]
        zone = row["zone"] or (zones[0] if zones else None) or "UTC"
        hours = (row["zones"], row["places"], row["purpose"], row["preferred"])
        key = (outcome.code, repr(tries), zone, hours)
        if key not in self._known:
            self._known[key] = self._decide(outcome, tries, zone, hours)
        return self._known[key]

    def _decide(
        self, outcome: Outcome, tries: Tries, zone: str, hours: tuple[str, str, str, str]
    ) -> str:
        def callable_from(at: datetime) -> datetime | None:
            found = current_or_next_window(
                self._rulebook.calling,
                zones=tuple(filter(None, hours[0].split(","))),
                places=tuple(filter(None, hours[1].split(","))),
                purpose=hours[2],
                preferred=hours[3] or None,
                at=at,
            )
            return None if found is None else max(at, found[0])

        step = next_step(outcome, tries, now=self._now, zone=zone, next_callable=callable_from)
        if step.at is None:
            return "over"
        return "today" if step.at < self._ends else "later"
