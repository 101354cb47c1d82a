"""What follows from how a case stands: its next call, the bands of its calls, the next look at it.

An open case is never without a call, unless nobody can be rung; then it is looked at again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback, grace_end
from db.campaigns import campaign_in
from db.caps import hold_back
from db.case_hand import CaseInHand
from db.case_limits import Limit, limits_of
from db.events import append_event
from db.promise_owner import hand_promises_over
from db.slips import withdraw_open
from db.states import OPEN_STATES
from db.stops import number_without_stop
from db.tables import callback, campaign, person
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import move
from domain.bands import Priority, Tier, band_of
from domain.case import Level, Weight
from domain.case_rules import LevelRule
from domain.case_timer import Duty
from domain.promise import PromiseState

SOURCE: Final = "case"
_WAITING: Final = ("scheduled", "due")
_SOON: Final = timedelta(minutes=1)
"""When a case is looked at again of which a call was in somebody's hands."""


def level_rule(case: CaseInHand) -> LevelRule:
    """What the case's level means for its calls."""
    return case.rulebook.cases.levels[Level(case.row["level"])]


def follow(case: CaseInHand) -> None:
    """Brings calls, bands and the next look at a case in line with it; before it is saved."""
    if not case.live:
        withdraw_open(case, "case_over")
        case.row["look_at"] = _SOON + case.unit.now if _cancel_waiting(case) else None
        return
    running = limits_of(case.unit, [case.id], running=True)[case.id]
    free, busy = waiting_calls(case.unit, case.id)
    reachable = bool(free or busy) or _plan_following(case, running) is not None
    if reachable and not (free or busy):
        free, busy = waiting_calls(case.unit, case.id)
    overdue = any(limit.overdue(case.unit.now) for limit in running)
    for row in free:
        follow_band(case, row, overdue=overdue)
    looks = [
        limit.due_at + timedelta(seconds=1)
        for limit in running
        if limit.rule.duty is Duty.US and limit.paused_since is None and not _missed(case, limit)
    ]
    if busy:
        looks.append(case.unit.now + _SOON)
    if not reachable:
        looks.append(case.unit.now + case.rulebook.cases.course.silent)
    case.row["look_at"] = min(looks, default=None)


def plan_call(
    case: CaseInHand,
    by: datetime,
    *,
    campaign_code: str | None = None,
    avoid: int | None = None,
    owner_id: int | None = None,
    import_id: int | None = None,
    source_key: str | None = None,
    promised: bool = False,
    source: str = SOURCE,
) -> int | None:
    """Makes a call about a case and returns its callback; none where nobody can be rung.

    Args:
        case: the case.
        by: when it is due (UTC).
        campaign_code: its kind; the one of later calls of the case's level unless given.
        avoid: who shall not make it.
        owner_id: whose it is alone at first; anybody's unless given.
        import_id: the import that made it.
        source_key: its natural key within the source.
        promised: whether the time was promised to the customer.
        source: where it came from.
    """
    unit, row = case.unit, case.row
    kind = campaign_code or level_rule(case).onward
    if _is_closed(unit, row["person_id"]):
        return None
    purpose = campaign_in(unit, case.rulebook.campaigns, kind)["purpose"]
    number = number_without_stop(unit, row["person_id"], purpose, max(by, unit.now))
    if number is None:
        return None
    call = case.of_call
    made = create_callback(
        unit,
        case.rulebook,
        NewCallback(
            person_id=row["person_id"],
            campaign=kind,
            due_at=max(by, unit.now) if source == SOURCE else by,
            phone_id=number,
            promised=promised,
            note=row["description"],
            owner_id=owner_id,
            avoid_operator_id=avoid,
            complaint_id=case.id,
            regulator_case=row["level"] == Level.REGULATOR,
            origin_call_id=call.call_id if call else None,
            source=source,
            source_key=source_key,
            import_id=import_id,
        ),
        case.actor,
    )
    case.made.append(made)
    return made


def call_by(
    case: CaseInHand, by: datetime, campaign_code: str, *, avoid: int | None = None
) -> None:
    """Sees to it that the customer is rung by a time, in a kind of call that fits.

    A call that was promised stays as it was promised; another kind of call is replaced.
    """
    free, busy = waiting_calls(case.unit, case.id)
    if busy:
        return
    fitting = [row for row in free if row["code"] == campaign_code or row["promised"]]
    for row in free:
        if row not in fitting:
            _move(case, row, "cancelled", "case_replaced")
    kept = next((row for row in fitting if row["due_at"] <= by and avoid is None), None)
    own = next((row for row in fitting if not row["promised"]), None)
    if kept is not None:
        return
    if own is None:
        plan_call(case, by, campaign_code=campaign_code, avoid=avoid, owner_id=_owner(case, avoid))
        return
    anybody_else = {"avoid_operator_id": avoid, "owner_id": None, "assigned_to": None}
    _reschedule(case, own, by, **({} if avoid is None else anybody_else))


def call_later(case: CaseInHand) -> None:
    """Puts off calls that were not promised: the customer has just been told how things stand.

    The call in which a verdict is asked for stays.
    """
    if case.row["resolution"] is not None:
        return
    running = limits_of(case.unit, [case.id], running=True)[case.id]
    by = _by_then(case, running)
    free, _ = waiting_calls(case.unit, case.id)
    for row in free:
        if not row["promised"] and row["due_at"] < by:
            _reschedule(case, row, by)


def hand_calls_over(case: CaseInHand, before: int | None, to: int) -> None:
    """Gives the waiting calls of a case's former owner to the new one, and what is owed."""
    free, _ = waiting_calls(case.unit, case.id)
    for row in free:
        if row["owner_id"] == before and before is not None:
            mine = to if row["assigned_to"] == before else row["assigned_to"]
            _move(case, row, row["state"], "case_handed_over", owner_id=to, assigned_to=mine)
    if before is not None:
        hand_promises_over(case.unit, case.actor, case.id, before, to)


def waiting_calls(unit: Unit, case_id: int) -> tuple[list[sa.RowMapping], list[int]]:
    """The open callbacks of a case: those that wait, locked, and the ids of those in other hands.

    One that somebody is about to claim counts as in their hands: nobody waits for it here.
    """
    mine = (callback.c.complaint_id == case_id, callback.c.state.in_(OPEN_STATES))
    every = set(unit.run(sa.select(callback.c.id).where(*mine)).scalars())
    rows = (
        unit.run(
            sa.select(
                callback,
                campaign.c.code,
                campaign.c.grace_minutes,
                campaign.c.band.label("campaign_band"),
            )
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(*mine, callback.c.state.in_(_WAITING))
            .order_by(callback.c.due_at, callback.c.id)
            .with_for_update(of=callback, skip_locked=True)
        )
        .mappings()
        .all()
    )
    free = list(rows)
    return free, sorted(every - {row["id"] for row in free})


def follow_band(case: CaseInHand, row: sa.RowMapping, *, overdue: bool) -> None:
    """Puts one callback of a case into the band that the case asks for."""
    tier = case.unit.run(sa.select(person.c.tier).where(person.c.id == row["person_id"])).scalar()
    band = band_of(
        row["campaign_band"],
        priority=Priority(row["priority"] or Priority.NORMAL),
        promise=PromiseState.OPEN if row["promised"] else None,
        regulator_case=case.row["level"] == Level.REGULATOR,
        overdue_case=overdue,
        tier=Tier(tier) if tier else None,
        tier_bands=case.rulebook.tiers.bands,
    ).band
    if band == row["band"]:
        return
    unit = case.unit
    unit.run(
        sa.update(callback).where(callback.c.id == row["id"]).values(band=band, updated_at=unit.now)
    )
    append_event(
        unit, row["id"], "case_overdue" if band < row["band"] else "case_in_time",
        (row["state"], row["state"]), fence=row["fence"], data={"band": band, "case": case.id},
    )  # fmt: skip
    unit.move(QUEUE)


def _plan_following(case: CaseInHand, running: Sequence[Limit]) -> int | None:
    """The next call of a case that has none: its owner's, or for the verdict somebody else's."""
    state, course, owner = case.state, case.rulebook.cases.course, case.row["owner_id"]
    if state.wants_verdict:
        avoid = None if state.alone else owner
        return plan_call(case, case.unit.now + course.verdict, avoid=avoid)
    # Whoever imported a case answers for it, but works no queue.
    mine = None if "import" in case.row["details"] and owner == case.row["opened_by"] else owner
    return plan_call(case, _by_then(case, running), owner_id=mine)


def _by_then(case: CaseInHand, running: Sequence[Limit]) -> datetime:
    """When to ring where no call is planned: before a limit warns, and not too long from now.

    Never at once: whoever has just been rung is not rung again at that minute.
    """
    course, now, first = case.rulebook.cases.course, case.unit.now, level_rule(case).first
    span = first if case.row["weight"] == Weight.GRUMBLE else course.next
    ours = [
        max(limit.warn_at, now + first)
        for limit in running
        if limit.rule.duty is Duty.US and limit.paused_since is None
    ]
    return min([now + span, *ours])


def _missed(case: CaseInHand, limit: Limit) -> bool:
    return limit.due_at < case.unit.now


def _reschedule(case: CaseInHand, row: sa.RowMapping, by: datetime, **changes: Any) -> None:
    unit = case.unit
    ready = max(by, row["not_before"] or by)
    mine = changes.get("assigned_to", row["assigned_to"])
    grace = None if mine is None else grace_end(by, unit.now, row["grace_minutes"])
    state = "due" if ready <= unit.now else "scheduled"
    _move(
        case, row, state, "case_moved",
        due_at=by, ready_at=ready, grace_until=grace, **changes,
    )  # fmt: skip
    hold_back(unit, case.rulebook, [case.row["person_id"]], only=[row["id"]])


def _owner(case: CaseInHand, avoid: int | None) -> int | None:
    owner: int | None = case.row["owner_id"]
    return None if avoid is not None else owner


def _cancel_waiting(case: CaseInHand) -> bool:
    """Cancels the calls of a case that is over, but for promised ones; says whether some are left.

    What was promised to the customer is owed, whatever became of the case.
    """
    free, busy = waiting_calls(case.unit, case.id)
    for row in free:
        if not row["promised"]:
            _move(case, row, "cancelled", "case_closed")
    return bool(busy)


def _move(case: CaseInHand, row: sa.RowMapping, to: str, kind: str, **changes: Any) -> None:
    move(case.unit, row, to, kind, actor=case.actor, **changes)


def _is_closed(unit: Unit, person_id: int) -> bool:
    closed = sa.select(person.c.closed_at).where(person.c.id == person_id)
    return unit.run(closed).scalar() is not None
