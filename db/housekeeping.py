"""What time itself does to the queue: callbacks fall due, graces end, windows move, seats are lost.

It runs in short batches from whichever seat gets the turn; a row with a timestamp decides. It may
lag: a claim checks the hours itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from db.absence import redistribute
from db.board_trend import take_sample
from db.cap_overrides import end_overrides
from db.case_watch import watch_cases
from db.engine import Database
from db.losing import is_steady, lose_expired_headless, lose_silent_seats
from db.promises import settle_overdue
from db.rule_following import follow_rules
from db.rule_state import in_step
from db.rules_in_force import tell_begun
from db.states import in_state
from db.tables import call_hold, callback, turn
from db.topics import QUEUE
from db.transaction import Unit
from db.windows import refresh
from domain.rulebook import Rulebook

_TASK = "house"
_BATCH = 100
"""Rows of one batch: some 10 ms among a million rows, for which nobody else can write."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How much one turn of housekeeping moved.

    Attributes:
        due: callbacks that fell due.
        shared: owned callbacks that went to the pool.
        windows: calling windows computed anew.
        seats: seats that were closed.
        more: whether a full batch says that more is waiting.
    """

    due: int = 0
    shared: int = 0
    windows: int = 0
    seats: int = 0
    more: bool = False


def keep_house(
    database: Database,
    *,
    seat_id: int | None = None,
    steady: bool = False,
    every: float = 1.0,
    budget: float = 2.0,
) -> Kept | None:
    """Takes a turn at housekeeping; none when another seat took it less than `every` seconds ago.

    Args:
        database: the database.
        seat_id: who takes the turn; none for a command.
        steady: whether the seat's last beat found its beats steady for a lease, so that it may
            declare others lost. It is looked at again here: the seat may have slept since.
        every: seconds that a turn lasts; 0 always takes it.
        budget: seconds after which batches that are left wait for the next turn, so that a heart
            which keeps house goes on beating.
    """

    def work(unit: Unit) -> Kept | None:
        if not _take_turn(unit, seat_id, every):
            return None
        lost = lose_expired_headless(unit)
        if steady and seat_id is not None and is_steady(unit, seat_id, database.timing.lease):
            lost += lose_silent_seats(unit, database.timing.lease)
        return run_once(unit, database.rulebook, lost)

    kept = database.write(work)
    until = time.monotonic() + budget
    while kept is not None and kept.more and time.monotonic() < until:
        kept = database.write(lambda unit: run_once(unit, database.rulebook, 0))
    if kept is not None:
        take_sample(database)
    return kept


def catch_up(unit: Unit, rulebook: Rulebook) -> bool:
    """Does for a claim what may make somebody callable at this minute; says whether it did."""
    return any([refresh(unit, rulebook), promote(unit), end_graces(unit)])


def run_once(unit: Unit, rulebook: Rulebook, lost: int = 0) -> Kept:
    """One batch of every task within a transaction."""
    windows = refresh(unit, rulebook)
    due = promote(unit)
    away = redistribute(unit, rulebook)
    shared = end_graces(unit)
    tell_begun(unit)
    following = in_step(unit, rulebook) and follow_rules(unit, rulebook, _BATCH)
    end_overrides(unit, rulebook)
    settle_overdue(unit)
    cases = watch_cases(unit, rulebook)
    unit.run(sa.delete(call_hold).where(call_hold.c.until <= unit.now))
    more = following or cases or away or max(due, shared) >= _BATCH
    return Kept(due, shared, windows, lost, more=more)


def promote(unit: Unit, limit: int = _BATCH) -> int:
    """Makes due what has become ready, the longest waiting first; returns how many."""
    ready = (
        sa.select(callback.c.id)
        .where(in_state("scheduled"), callback.c.ready_at <= unit.now)
        .order_by(callback.c.ready_at, callback.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = unit.run(
        sa.update(callback)
        .where(callback.c.id.in_(ready), in_state("scheduled"))
        .values(state="due", updated_at=unit.now)
    ).rowcount
    if moved:
        unit.move(QUEUE)
    return moved


def end_graces(unit: Unit, limit: int = _BATCH) -> int:
    """Gives owned callbacks whose grace is over to the pool; the owner stays known."""
    over = (
        sa.select(callback.c.id)
        .where(callback.c.grace_until <= unit.now, in_state("scheduled", "due"))
        .order_by(callback.c.grace_until, callback.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = unit.run(
        sa.update(callback)
        .where(callback.c.id.in_(over))
        .values(assigned_to=None, grace_until=None, updated_at=unit.now)
    ).rowcount
    if moved:
        unit.move(QUEUE)
    return moved


def _take_turn(unit: Unit, seat_id: int | None, every: float) -> bool:
    row = unit.run(
        sa.select(turn.c.ran_at).where(turn.c.task == _TASK).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        taken = unit.run(
            sa.text(
                "INSERT INTO turn (task, ran_at, seat_id) VALUES (:task, :now, :seat)"
                " ON CONFLICT (task) DO NOTHING RETURNING task"
            ).bindparams(sa.bindparam("now", type_=turn.c.ran_at.type)),
            {"task": _TASK, "now": unit.now, "seat": seat_id},
        ).first()
        return taken is not None
    if every and abs(unit.now - row.ran_at) < timedelta(seconds=every):
        return False
    unit.run(sa.update(turn).where(turn.c.task == _TASK).values(ran_at=unit.now, seat_id=seat_id))
    return True
