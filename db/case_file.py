"""The whole file of one case: head, limits, wishes, promises, slips, timeline, steps, next."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.case_hand import state_of
from db.case_limits import Limit, limits_of
from db.case_planned import next_actions, owed_calls
from db.case_story import (
    CasePromise,
    SlipLine,
    StoryLine,
    case_promises,
    happened_first,
    slip_lines,
    story_of,
)
from db.engine import Database
from db.gaps import GapLine, gaps_of_case
from db.states import OPEN_STATES
from db.tables import callback, campaign, complaint, operator, person
from db.transaction import Unit
from db.wishes import StandingWish, standing_wishes
from domain.case import Act, CaseState, acts_allowed
from domain.case_next import NextAction
from domain.case_steps import StepDone, steps_done
from domain.deadline import Deadline, TimerState
from domain.errors import RefusedError
from domain.permissions import Actor, require
from domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What is recorded of a case; instants in UTC, codes as `content/complaints.toml` has them.

    Attributes:
        id: its number.
        number: its number in another system.
        weight: grumble, complaint or appeal.
        level: local, skip_level or regulator.
        status: how far it is.
        category: what it is about.
        cause: why.
        customer_class: A to D.
        department: which it concerns.
        channel: how it came in.
        description: in the customer's words.
        received_at: when.
        reply_by: until when an answer was promised with the complaint.
        closed_at: when it was closed.
        created_at: when it was entered.
        updated_at: when it was changed last.
        person_id: the customer.
        name: their name.
        salutation: how they are addressed.
        zone: their own zone; none where nobody recorded one.
        tier: key, regular, small or poor.
        call_id: the call that it was heard in.
        owner_id: who answers for it.
        owner: their name.
        handover_to: whom it is offered to.
        asked: their name.
        opened_by: who opened it; none where nobody is known.
        resolution: what was done.
        verdict: the customer's.
        verdict_by: who asked for it.
        verdict_at: when.
        review: what we learn from it.
        version: grows with every change.
    """

    id: int
    number: str | None
    weight: str
    level: str
    status: str
    category: str | None
    cause: str | None
    customer_class: str | None
    department: str | None
    channel: str
    description: str
    received_at: datetime
    reply_by: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    person_id: int
    name: str
    salutation: str | None
    zone: str | None
    tier: str | None
    call_id: int | None
    owner_id: int | None
    owner: str | None
    handover_to: int | None
    asked: str | None
    opened_by: str | None
    resolution: str | None
    verdict: str | None
    verdict_by: str | None
    verdict_at: datetime | None
    review: str | None
    version: int


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit as it is shown: its row, how it stands, and what was counted on the way."""

    limit: Limit
    state: TimerState
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class CaseCall:
    """A callback about a case, open or past; instants in UTC."""

    id: int
    state: str
    due_at: datetime
    band: int
    promised: bool
    campaign_zh: str
    campaign_en: str
    owner: str | None
    attempts: int
    last_outcome: str | None

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with all that belongs to it.

    Attributes:
        head: what is recorded of it.
        state: how it stands, as the rules see it.
        timers: its limits, those that run first, each by its deadline.
        wishes: what the customer wants, in their order, with every word about each.
        promises: about the case, in all states, the latest first.
        slips: what departments were asked, the latest first.
        gaps: what the customer expected and received, before and after.
        entries: the timeline of everything, the earliest first.
        steps: the eight steps; none for a grumble.
        next_action: what comes next; none for one that is over.
        callbacks: open ones first, each by its time.
        may: what this actor may do now.
        now: the instant by which it was judged (UTC).
    """

    head: CaseHead
    state: CaseState
    timers: tuple[LimitLine, ...]
    wishes: tuple[StandingWish, ...]
    promises: tuple[CasePromise, ...]
    slips: tuple[SlipLine, ...]
    gaps: tuple[GapLine, ...]
    entries: tuple[StoryLine, ...]
    steps: tuple[StepDone, ...]
    next_action: NextAction | None
    callbacks: tuple[CaseCall, ...]
    may: frozenset[Act]
    now: datetime


def case_file(database: Database, actor: Actor, case_id: int) -> CaseFile:
    """The whole file of a case.

    Raises:
        RefusedError: `not_allowed`, `case_unknown`.
    """

    def work(unit: Unit) -> CaseFile:
        require(actor, "complaints.note")
        return read_case(unit, database.rulebook, actor, case_id)

    return database.read(work)


def read_case(unit: Unit, rulebook: Rulebook, actor: Actor, case_id: int) -> CaseFile:
    """The whole file of a case within a transaction.

    Raises:
        RefusedError: `case_unknown`.
    """
    row = unit.run(_head(case_id)).mappings().first()
    if row is None:
        raise RefusedError("case_unknown", case=case_id)
    head = CaseHead(**{field.name: row[field.name] for field in fields(CaseHead)})
    state = state_of(unit, rulebook, row)
    limits = limits_of(unit, [case_id])
    calls = owed_calls(unit, [case_id])
    wishes = tuple(
        one for one in standing_wishes(unit, head.person_id) if one.complaint_id == case_id
    )
    promises, slips = case_promises(unit, case_id), slip_lines(unit, case_id)
    entries = story_of(unit, case_id, wishes, promises)
    happened = happened_first(unit, case_id, state, wishes, promises)
    return CaseFile(
        head=head,
        state=state,
        timers=_timers(unit, rulebook, limits[case_id]),
        wishes=wishes,
        promises=promises,
        slips=slips,
        gaps=gaps_of_case(unit, case_id),
        entries=entries,
        steps=() if state.weight == "grumble" else steps_done(rulebook.cases.steps, happened),
        next_action=next_actions(unit, rulebook, [row], {case_id: state}, limits, calls)[case_id],
        callbacks=_callbacks(unit, case_id),
        may=acts_allowed(state, actor),
        now=unit.now,
    )


def _head(case_id: int) -> sa.Select[Any]:
    owner, asked = operator.alias("owner"), operator.alias("asked")
    opener, judge = operator.alias("opener"), operator.alias("judge")
    names = {"opened_by", "verdict_by"}
    return (
        sa.select(
            *(column for column in complaint.c if column.name not in names),
            person.c.name,
            person.c.salutation,
            person.c.zone,
            person.c.tier,
            owner.c.name.label("owner"),
            asked.c.name.label("asked"),
            opener.c.name.label("opened_by"),
            judge.c.name.label("verdict_by"),
        )
        .join(person, person.c.id == complaint.c.person_id)
        .outerjoin(owner, owner.c.id == complaint.c.owner_id)
        .outerjoin(asked, asked.c.id == complaint.c.handover_to)
        .outerjoin(opener, opener.c.id == complaint.c.opened_by)
        .outerjoin(judge, judge.c.id == complaint.c.verdict_by)
        .where(complaint.c.id == case_id)
    )


def _timers(unit: Unit, rulebook: Rulebook, limits: list[Limit]) -> tuple[LimitLine, ...]:
    lines = (
        LimitLine(limit, limit.state(rulebook, unit.now), limit.deadline(rulebook))
        for limit in limits
    )
    return tuple(
        sorted(lines, key=lambda one: (not one.limit.runs, one.limit.due_at, one.limit.id))
    )


def _callbacks(unit: Unit, case_id: int) -> tuple[CaseCall, ...]:
    rows = unit.run(
        sa.select(
            callback.c.id,
            callback.c.state,
            callback.c.due_at,
            callback.c.band,
            callback.c.promised,
            campaign.c.name_zh,
            campaign.c.name_en,
            operator.c.name,
            callback.c.attempts,
            callback.c.last_outcome,
        )
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .outerjoin(operator, operator.c.id == callback.c.owner_id)
        .where(callback.c.complaint_id == case_id)
        .order_by(callback.c.due_at, callback.c.id)
    )
    calls = [CaseCall(*row) for row in rows]
    return tuple(sorted(calls, key=lambda one: not one.open))
