"""Taking a callback into an operator's hands: call, holds, fence and event in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import window_of
from db.campaign_hours import points_elsewhere
from db.holds import drop_holds, hold_keys, take_holds
from db.operator_states import after_call, enter_state, state_of_call
from db.prepared import Prepared
from db.states import in_phase, in_state
from db.stops import Stopped, number_without_stop, stop_on
from db.tables import call, call_callback, callback, campaign, content_release
from db.topics import SEATS
from db.transaction import Unit
from db.transitions import CallbackRow, move
from db.types import Instant
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.rulebook import Rulebook

# Made once: to put a statement together costs more than to run it.
_WANTED: Final[tuple[sa.Column[Any], ...]] = (
    callback.c.id,
    callback.c.person_id,
    callback.c.phone_id,
    callback.c.campaign_id,
    callback.c.state,
    callback.c.fence,
    callback.c.call_id,
    callback.c.window_id,
    campaign.c.code,
    campaign.c.active,
    campaign.c.settings,
    campaign.c.playbook,
    campaign.c.survey,
    campaign.c.purpose,
)
_TO_TAKE = Prepared(
    sa.select(*_WANTED)
    .join(campaign, campaign.c.id == callback.c.campaign_id)
    .where(callback.c.id == sa.bindparam("row"), in_state("due", "scheduled"))
    .with_for_update(of=callback)
)
_OPEN_CALL = (
    sa.select(call)
    .where(call.c.operator_id == sa.bindparam("operator"), in_phase("open"))
    .with_for_update()
)
_CALL = sa.select(call).where(call.c.id == sa.bindparam("row")).with_for_update()
_ANY_OPEN = Prepared(
    sa.select(call.c.id).where(call.c.operator_id == sa.bindparam("operator"), in_phase("open"))
)
# The scripts in force are pinned by the insert itself: no other question is asked for them.
_SCRIPTS = (
    sa.select(content_release.c.name)
    .where(content_release.c.in_force_from <= sa.bindparam("pinned_at", type_=Instant))
    .order_by(content_release.c.in_force_from.desc(), content_release.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_NEW_CALL = Prepared(call.insert().values(script_release=_SCRIPTS).returning(call.c.id))
_NEW_LINK = Prepared(call_callback.insert().inline())


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim as it was made: the call, its callback, and the right to finish it."""

    call_id: int
    callback_id: int
    fence: int
    resumed: bool = False


def take(unit: Unit, rulebook: Rulebook, actor: Actor, callback_id: int) -> Taken | str:
    """Takes a callback that is due, or says why not: `stopped`, `moved`, `held` or `gone`.

    A callback under a stop is not offered again: one whose number alone is stopped is `moved` to
    another number of the person, else it waits for the end of the stop, or is cancelled where
    there is none. One is `moved`, too, that waits by hours which its campaign no longer has.
    """
    found = _TO_TAKE.first(unit, {"row": callback_id})
    if found is None:
        return "gone"
    row = {column.key: value for column, value in zip(_WANTED, found, strict=True)}
    stopped = stop_on(unit, row["person_id"], row["phone_id"], row["purpose"])
    if stopped is not None:
        return _stay_away(unit, rulebook, actor, row, stopped)
    if points_elsewhere(unit, rulebook, row):
        return "moved"
    call_id = insert_call(
        unit,
        actor,
        person_id=row["person_id"],
        release=rulebook.release,
        playbook=row["playbook"],
        survey=row["survey"],
        fence=row["fence"] + 1,
    )
    if not take_holds(unit, call_id, hold_keys(row["person_id"], row["phone_id"])):
        drop_holds(unit, call_id)
        unit.run(sa.delete(call).where(call.c.id == call_id))
        return "held"
    fence = hand_over(unit, row, actor, call_id, "claimed")
    _NEW_LINK.rows(
        unit,
        {"call_id": call_id, "callback_id": callback_id, "position": 0, "fence": fence},
    )
    return Taken(call_id, callback_id, fence)


def _stay_away(
    unit: Unit, rulebook: Rulebook, actor: Actor, row: CallbackRow, stopped: Stopped
) -> str:
    another = (
        None if stopped.person else number_without_stop(unit, row["person_id"], row["purpose"])
    )
    if another is not None:
        window_id = window_of(
            unit,
            rulebook,
            another,
            person_id=row["person_id"],
            campaign_id=row["campaign_id"],
        )
        unit.run(
            sa.update(callback)
            .where(callback.c.id == row["id"])
            .values(phone_id=another, window_id=window_id, updated_at=unit.now)
        )
        return "moved"
    if stopped.until is not None:
        move(
            unit, row, "scheduled", "suppressed", actor=actor, data={"reason": stopped.reason},
            not_before=stopped.until, ready_at=stopped.until,
        )  # fmt: skip
    else:
        move(unit, row, "cancelled", "stopped", actor=actor, data={"reason": stopped.reason})
    return "stopped"


def hand_over(unit: Unit, row: CallbackRow, actor: Actor, call_id: int, kind: str) -> int:
    """Moves a callback into an actor's hands within a call and returns its new fence."""
    unit.move(SEATS)
    return move(
        unit,
        row,
        "claimed",
        kind,
        actor=actor,
        call_id=call_id,
        grow=True,
        **claim_columns(unit, actor),
    )


def claim_columns(unit: Unit, actor: Actor) -> dict[str, Any]:
    """The columns that say in whose hands a callback is."""
    return {
        "claimed_by": actor.operator_id,
        "claimed_seat": actor.seat_id,
        "claimed_at": unit.now,
        "next_for": None,
    }


def insert_call(
    unit: Unit,
    actor: Actor,
    *,
    person_id: int,
    release: str,
    playbook: str,
    survey: str,
    fence: int,
    direction: str = "out",
) -> int:
    """Opens a call and returns its id; an operator has one open call at most."""
    return int(
        _NEW_CALL.scalar(
            unit,
            {
                "person_id": person_id,
                "operator_id": actor.operator_id,
                "seat_id": actor.seat_id,
                "direction": direction,
                "phase": "open",
                "fence": fence,
                "started_at": unit.now,
                "pinned_at": unit.now,
                "release": release,
                "playbook": playbook,
                "survey": survey,
                "language": actor.language,
            },
        )
    )


def open_call_of(unit: Unit, operator_id: int) -> sa.RowMapping | None:
    """The one open call of an operator, locked; none where the operator is free."""
    if _ANY_OPEN.first(unit, {"operator": operator_id}) is None:
        return None
    return unit.run(_OPEN_CALL, {"operator": operator_id}).mappings().first()


def lock_call(unit: Unit, call_id: int) -> sa.RowMapping:
    """The row of a call, locked for this transaction: before its callbacks, wherever both are.

    Raises:
        RefusedError: `call_unknown`.
    """
    row = unit.run(_CALL, {"row": call_id}).mappings().first()
    if row is None:
        raise RefusedError("call_unknown", call=call_id)
    return row


def lock_call_of(unit: Unit, callback_id: int) -> sa.RowMapping | None:
    """The call in which a callback is in hand, locked before the callback; none where it is not.

    Whoever asks looks again at the callback's `call_id` once that is locked too.
    """
    found = unit.run(sa.select(callback.c.call_id).where(callback.c.id == callback_id)).scalar()
    return None if found is None else lock_call(unit, found)


def callbacks_of(unit: Unit, call_id: int) -> list[sa.RowMapping]:
    """The callbacks that a call settles, locked, the one it was opened for first."""
    return list(
        unit.run(
            sa.select(callback)
            .join(call_callback, call_callback.c.callback_id == callback.c.id)
            .where(call_callback.c.call_id == call_id)
            .order_by(call_callback.c.position)
            .with_for_update(of=callback)
        )
        .mappings()
        .all()
    )


def regain(unit: Unit, actor: Actor, call_row: sa.RowMapping, kind: str) -> Taken:
    """Puts a call with its callbacks (claimed or in check) into an actor's hands, fence grown."""
    rows = [
        row
        for row in callbacks_of(unit, call_row["id"])
        if row["call_id"] == call_row["id"] and row["state"] in ("claimed", "check")
    ]
    fence = max([row["fence"] for row in rows], default=call_row["fence"]) + 1
    for row in rows:
        move(
            unit,
            row,
            "claimed",
            kind,
            actor=actor,
            call_id=call_row["id"],
            fence_to=fence,
            **claim_columns(unit, actor),
        )
    unit.run(
        sa.update(call)
        .where(call.c.id == call_row["id"])
        .values(phase="open", seat_id=actor.seat_id, operator_id=actor.operator_id, fence=fence)
    )
    if call_row["phase"] == "open" and call_row["seat_id"] not in (None, actor.seat_id):
        after_call(unit, call_row["seat_id"])
    if actor.seat_id is not None:
        enter_state(unit, actor.seat_id, state_of_call(call_row))
    unit.move(SEATS)
    return Taken(call_row["id"], rows[0]["id"] if rows else 0, fence, resumed=True)
