"""The queue's own use cases: the next callback, a chosen one, and giving one back undialled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from db.caps import hold_back
from db.claiming import (
    Taken,
    callbacks_of,
    lock_call,
    lock_call_of,
    open_call_of,
    regain,
    take,
)
from db.emptiness import EmptyQueue, why_empty
from db.engine import Database
from db.holds import drop_holds, hold_keys, holder_of
from db.housekeeping import catch_up
from db.operator_states import after_call, hold_seat
from db.picking import is_open, pick
from db.prepared import Prepared
from db.seats import is_at_work, may_claim
from db.states import in_state
from db.tables import call, call_leg, callback, campaign
from db.topics import SEATS
from db.transaction import Unit
from db.transitions import lock_callback, move, ready_again
from domain.day_rules import DayRules
from domain.errors import RefusedError
from domain.permissions import Actor, require

_TRIES = 25
"""How many callbacks in a row may turn out stopped or held before others get the turn to write."""
_ROUNDS = 200
"""How many such turns a claim takes before the desk says that there is nobody."""

_OWN_CHECK = Prepared(
    sa.select(callback.c.call_id)
    .where(in_state("check"), callback.c.claimed_by == sa.bindparam("operator"))
    .order_by(callback.c.band, callback.c.due_at, callback.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What asking for the next customer gave: a call, or the reason why there is none."""

    taken: Taken | None
    empty: EmptyQueue | None


def claim_next(database: Database, actor: Actor) -> Claim:
    """The next customer for an operator.

    Asked again before the call has ended, it gives the same call. A call of this operator that
    waits in `check` comes before anything else and is resumed with its draft. Whatever is given is
    legal to call at this minute, and nobody else's.

    Raises:
        RefusedError: `not_allowed`, `no_seat`, `seat_closed`, `seat_only_looks`, `open_call` for a
            command while a call is open at the operator's own desk.
        StorageError: the database can't be written.
    """
    for _ in range(_ROUNDS):
        found = database.write(lambda unit: _next(unit, database, actor))
        if isinstance(found, Taken):
            return Claim(found, None)
        if found == "nobody":
            break
    # Counting what waits takes no part in the turn to write.
    return Claim(None, database.read(lambda unit: why_empty(unit, actor.operator_id)))


def claim(database: Database, actor: Actor, callback_id: int) -> Taken:
    """Takes one chosen callback.

    Raises:
        RefusedError: `callback_unknown`, `open_call` while another call is open, `taken`,
            `callback_over`, `not_due`, `somebody_elses`, `another_operator`, `campaign_off`,
            `campaign_paused`, `outside_hours`, `do_not_call`, `held`.
    """
    taken = database.write(lambda unit: _chosen(unit, database, actor, callback_id))
    if taken is None:
        raise RefusedError("do_not_call", callback=callback_id)
    return taken


def release(
    database: Database, actor: Actor, *, call_id: int | None = None, callback_id: int | None = None
) -> tuple[int, ...]:
    """Gives a call back undialled and returns its callbacks; without a number, the open call's.

    Raises:
        RefusedError: `nothing_claimed`, `not_yours`, `already_dialled`.
    """

    def work(unit: Unit) -> tuple[int, ...]:
        require(actor, "queue.release")
        hold_seat(unit, actor.seat_id)
        row = _own_call(unit, actor, call_id, callback_id)
        dialled = unit.run(
            sa.select(call_leg.c.id).where(call_leg.c.call_id == row["id"]).limit(1)
        ).first()
        if dialled is not None or row["direction"] == "in":
            raise RefusedError("already_dialled", call=row["id"])
        freed = give_back(unit, actor, row, "released", database.rulebook.day)
        # What a dial would refuse is not given to the next one who asks.
        hold_back(unit, database.rulebook, [row["person_id"]], only=freed)
        return freed

    return database.write(work)


def give_back(
    unit: Unit, actor: Actor | None, row: sa.RowMapping, kind: str, rules: DayRules | None = None
) -> tuple[int, ...]:
    """Ends a call that rang nobody: its callbacks wait again, its holds are dropped at once.

    Whoever had it is ready, or in the pause that was asked for, with its limit by the rules.
    """
    freed = []
    for one in callbacks_of(unit, row["id"]):
        if one["call_id"] == row["id"] and one["state"] in ("claimed", "check"):
            move(unit, one, ready_again(unit, one), kind, actor=actor, call_id=row["id"])
            freed.append(one["id"])
    unit.run(sa.update(call).where(call.c.id == row["id"]).values(phase="ended", ended_at=unit.now))
    drop_holds(unit, row["id"])
    if row["phase"] == "open":
        after_call(unit, row["seat_id"], rules)
    unit.move(SEATS)
    return tuple(freed)


def _next(unit: Unit, database: Database, actor: Actor) -> Taken | Literal["nobody", "more"]:
    """The next call; `nobody` where none is to be had, `more` where the tries were used up."""
    require(actor, "queue.claim")
    kind = may_claim(unit, actor)
    current = open_call_of(unit, actor.operator_id)
    if current is not None:
        return _again(unit, actor, current, kind)
    waiting = _own_check(unit, actor.operator_id)
    if waiting is not None:
        return regain(unit, actor, waiting, "resumed")
    caught_up = False
    for _ in range(_TRIES):
        found = pick(unit, actor.operator_id)
        if found is None:
            # Nobody may have kept house since the last desk was closed.
            if caught_up or not catch_up(unit, database.rulebook):
                return "nobody"
            caught_up = True
            continue
        taken = take(unit, database.rulebook, actor, found)
        if isinstance(taken, Taken):
            return taken
    return "more"


def _again(unit: Unit, actor: Actor, current: sa.RowMapping, kind: str) -> Taken:
    """The same claim again; taken over when it was made at another seat of this operator.

    Raises:
        RefusedError: `open_call` for a command, while the operator works on it at a desk.
    """
    elsewhere = current["seat_id"] != actor.seat_id
    if elsewhere and kind == "headless" and is_at_work(unit, current["seat_id"]):
        raise RefusedError("open_call", call=current["id"])
    rows = callbacks_of(unit, current["id"])
    if elsewhere or any(row["state"] == "check" for row in rows):
        return regain(unit, actor, current, "resumed")
    return Taken(current["id"], rows[0]["id"], current["fence"], resumed=True)


def _own_check(unit: Unit, operator_id: int) -> sa.RowMapping | None:
    waiting = _OWN_CHECK.scalar(unit, {"operator": operator_id})
    return None if waiting is None else lock_call(unit, waiting)


def _chosen(unit: Unit, database: Database, actor: Actor, callback_id: int) -> Taken | None:
    require(actor, "queue.claim")
    kind = may_claim(unit, actor)
    current = open_call_of(unit, actor.operator_id)
    catch_up(unit, database.rulebook)
    held = lock_call_of(unit, callback_id)
    row = lock_callback(unit, callback_id)
    mine = row["claimed_by"] == actor.operator_id and held is not None
    if current is not None and not (mine and current["id"] == row["call_id"]):
        raise RefusedError("open_call", call=current["id"])
    if mine and held is not None and held["id"] == row["call_id"]:
        if held["phase"] == "open":
            return _again(unit, actor, held, kind)
        return regain(unit, actor, held, "resumed")
    _refuse_unless_callable(unit, row, actor)
    taken = take(unit, database.rulebook, actor, callback_id)
    if taken == "moved":
        _refuse_unless_callable(unit, lock_callback(unit, callback_id), actor)
        taken = take(unit, database.rulebook, actor, callback_id)
    if isinstance(taken, Taken):
        return taken
    if taken == "stopped":
        return None  # the cancellation is committed before the caller is told
    raise RefusedError("held" if taken == "held" else "taken", callback=callback_id)


def _refuse_unless_callable(unit: Unit, row: sa.RowMapping, actor: Actor) -> None:
    if row["state"] in ("claimed", "check"):
        raise RefusedError("taken", callback=row["id"])
    if row["state"] not in ("due", "scheduled"):
        raise RefusedError("callback_over", callback=row["id"], state=row["state"])
    if row["ready_at"] > unit.now:
        raise RefusedError("not_due", callback=row["id"], at=row["ready_at"])
    if row["assigned_to"] not in (None, actor.operator_id):
        raise RefusedError("somebody_elses", callback=row["id"], until=row["grace_until"])
    if row["assigned_to"] is None and row["avoid_operator_id"] == actor.operator_id:
        raise RefusedError("another_operator", callback=row["id"])
    kind = unit.run(sa.select(campaign).where(campaign.c.id == row["campaign_id"])).mappings().one()
    if not kind["active"]:
        raise RefusedError("campaign_off", callback=row["id"])
    if kind["paused_at"] is not None:
        raise RefusedError("campaign_paused", callback=row["id"])
    if not is_open(unit, row["window_id"]):
        raise RefusedError("outside_hours", callback=row["id"])
    if holder_of(unit, hold_keys(row["person_id"], row["phone_id"])) is not None:
        raise RefusedError("held", callback=row["id"])


def _own_call(
    unit: Unit, actor: Actor, call_id: int | None, callback_id: int | None
) -> sa.RowMapping:
    if call_id is not None:
        row: sa.RowMapping | None = lock_call(unit, call_id)
    elif callback_id is not None:
        row = lock_call_of(unit, callback_id)
    else:
        row = open_call_of(unit, actor.operator_id)
    if row is None or row["phase"] == "ended":
        raise RefusedError("nothing_claimed", login=actor.login)
    if row["operator_id"] != actor.operator_id:
        raise RefusedError("not_yours", call=row["id"])
    return row
