"""What a lead does to operators at their seats: a line to some, a pause, the end of their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.lead_record import begin_action, keep_result, spoken_reason
from db.losing import lose_seat
from db.operator_states import ask_later, back_to_ready, enter_state, seat_state
from db.seat_messages import send_words, tell_operator
from db.tables import operator, seat
from db.topics import SEATS
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class Seated:
    """What was done at the seats of an operator.

    Attributes:
        seats: how many of them it reached.
        calls: how many callbacks went to `check` with them.
        at_once: whether it holds from now on; else after the call that is in hand.
    """

    seats: int
    calls: int = 0
    at_once: bool = True


def message_to(database: Database, actor: Actor, to: Sequence[int], text: str, uuid: str) -> int:
    """Sends a line to some operators and returns how many they are; who writes is left out.

    Args:
        database: the database.
        actor: a lead.
        to: operators; nobody named means everybody who sits at a working seat.
        text: the line.
        uuid: the client's own; a repeat sends nothing again.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`, `lead_nobody_there`, `lead_action_reused`.
        InputError: `message_empty`, `message_long`.
    """

    def work(unit: Unit) -> int:
        require(actor, "seats.message")
        content = {"to": sorted(to), "letters": len(text)}
        action, new = begin_action(unit, actor, uuid, "message", content)
        if not new:
            return int(action["count"])
        people = [one for one in to or _seated(unit) if one != actor.operator_id]
        if not people:
            raise RefusedError("lead_nobody_there")
        for operator_id in people:
            send_words(unit, actor, operator_id, text)
        keep_result(unit, action, len(people))
        return len(people)

    return database.write(work, settles=True)


def force_pause(
    database: Database,
    actor: Actor,
    operator_id: int,
    code: str,
    uuid: str,
    *,
    reason: str | None = None,
) -> Seated:
    """Puts an operator's working seats into a pause, at once or after the call in hand.

    It lasts as long as its code allows; the operator can't end it before, a lead can.

    Args:
        database: the database.
        actor: a lead.
        operator_id: the operator.
        code: why it is a pause: a code of the pauses.
        uuid: the client's own; a repeat gives the first result.
        reason: why, in words; the operator is told.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`, `lead_nobody_there`, `lead_action_reused`.
        InputError: `pause_unknown`, `lead_reason_long`.
    """
    words = spoken_reason(reason)
    pause = database.rulebook.day.pause(code)
    if pause is None:
        known = ", ".join(one.code for one in database.rulebook.day.pauses)
        raise InputError("pause_unknown", pause=code, known=known)

    def work(unit: Unit) -> Seated:
        require(actor, "seats.force_pause")
        content = {"operator": operator_id, "code": code}
        action, new = begin_action(unit, actor, uuid, "force_pause", content, words)
        if not new:
            return Seated(action["count"], at_once=action["params"]["at_once"])
        seats = _seats_of(unit, operator_id, "working")
        ends_at = pause.ends_at(unit.now)
        for seat_id in seats:
            enter_state(
                unit, seat_id, "paused", pause_code=code, ends_at=ends_at,
                forced_by=actor.operator_id,
            )  # fmt: skip
        paused = sa.select(seat.c.id).where(seat.c.id.in_(seats), seat.c.state == "paused")
        at_once = unit.run(paused).first() is not None
        keep_result(unit, action, len(seats), at_once=at_once)
        told: dict[str, object] = {"pause": {"zh": pause.name.zh, "en": pause.name.en}}
        if words is not None:
            told["why"] = words
        key = "notice.force_pause" if at_once else "notice.force_pause.later"
        tell_operator(unit, actor, operator_id, key, told)
        append_audit(
            unit, actor, "force_pause", "operator", operator_id,
            details={"action": action["id"], "code": code},
        )  # fmt: skip
        return Seated(len(seats), at_once=at_once)

    return database.write(work, settles=True)


def lift_pause(database: Database, actor: Actor, operator_id: int, uuid: str) -> bool:
    """Ends an operator's pause, whoever set it; says whether there was any.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`, `lead_nobody_there`, `lead_action_reused`.
    """

    def work(unit: Unit) -> bool:
        require(actor, "seats.force_pause")
        content = {"operator": operator_id}
        action, new = begin_action(unit, actor, uuid, "lift_pause", content)
        if not new:
            return bool(action["count"])
        ended = 0
        for seat_id in _seats_of(unit, operator_id, "working"):
            row = seat_state(unit, seat_id)
            if row is not None and row.state == "paused":
                ended += back_to_ready(unit, row)
            elif row is not None and row.next_pause is not None:
                ended += ask_later(unit, row, None)
        keep_result(unit, action, ended)
        if ended:
            tell_operator(unit, actor, operator_id, "notice.pause_lifted")
            append_audit(unit, actor, "lift_pause", "operator", operator_id)
        return bool(ended)

    return database.write(work, settles=True)


def log_out(
    database: Database, actor: Actor, operator_id: int, uuid: str, reason: str | None
) -> Seated:
    """Ends an operator's seats; their calls wait for a person's word.

    Args:
        database: the database.
        actor: a lead.
        operator_id: the operator.
        uuid: the client's own; a repeat gives the first result.
        reason: why, in words; the operator is told.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`, `lead_nobody_there`, `lead_own_seat`,
            `lead_action_reused`.
        InputError: `lead_reason_missing`, `lead_reason_long`.
    """
    words = spoken_reason(reason, needed=True)

    def work(unit: Unit) -> Seated:
        require(actor, "seats.log_out")
        if operator_id == actor.operator_id:
            raise RefusedError("lead_own_seat")
        content = {"operator": operator_id}
        action, new = begin_action(unit, actor, uuid, "log_out", content, words)
        if not new:
            return Seated(action["params"]["seats"], action["count"])
        seats = _seats_of(unit, operator_id)
        # Told first: a seat that is closed hears nothing any more.
        tell_operator(unit, actor, operator_id, "notice.log_out", {"why": words})
        calls = 0
        for seat_id in seats:
            calls += lose_seat(unit, seat_id, "dismissed", actor)
        unit.run(sa.update(seat).where(seat.c.id.in_(seats)).values(ended_by=actor.operator_id))
        keep_result(unit, action, calls, seats=len(seats))
        append_audit(
            unit, actor, "log_out", "operator", operator_id, details={"action": action["id"]}
        )
        unit.move(SEATS)
        return Seated(len(seats), calls)

    return database.write(work, settles=True)


def _seats_of(unit: Unit, operator_id: int, *kinds: str) -> list[int]:
    """The open seats of an operator, locked.

    Raises:
        RefusedError: `operator_unknown`, `lead_nobody_there`.
    """
    known = sa.select(operator.c.id).where(operator.c.id == operator_id)
    if unit.run(known).first() is None:
        raise RefusedError("operator_unknown", login=str(operator_id))
    query = (
        sa.select(seat.c.id)
        .where(seat.c.operator_id == operator_id, seat.c.closed_at.is_(None))
        .order_by(seat.c.id)
        .with_for_update()
    )
    if kinds:
        query = query.where(seat.c.kind.in_(kinds))
    found = list(unit.run(query).scalars())
    if not found:
        raise RefusedError("lead_nobody_there")
    return found


def _seated(unit: Unit) -> list[int]:
    return list(
        unit.run(
            sa.select(seat.c.operator_id)
            .distinct()
            .where(seat.c.closed_at.is_(None), seat.c.kind == "working")
            .order_by(seat.c.operator_id)
        ).scalars()
    )
