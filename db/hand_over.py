"""The end of a shift: open work is handed over in one deed, and the sheet writes itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.absent_cases import due_cases
from db.callbacks import grace_end
from db.case_follow import follow, hand_calls_over
from db.case_hand import save_case, take_case
from db.claiming import callbacks_of, lock_call
from db.duty import open_duty
from db.engine import Database
from db.events import append_audit
from db.given_work import WAITING, Gift, give, record_deed
from db.lead_writing import hand_promise_over
from db.promise_events import Source, append_promise_events
from db.promises import OWED
from db.roster import deputy_of, load_roster, zone_of
from db.seat_messages import tell_operator
from db.states import in_state
from db.tables import (
    call,
    callback,
    campaign,
    case_timer,
    complaint,
    draft,
    duty,
    lead_action,
    operator,
    person,
    promise,
)
from db.topics import CASES, SEATS
from db.transaction import Unit
from db.transitions import move
from domain.case import EntryKind
from domain.errors import InputError, RefusedError
from domain.hand_over import Goes, Piece, WorkKind, counted, proposed
from domain.own_day import day_ends
from domain.permissions import Actor, require
from domain.promise import PromiseEvent

MOST: Final = 200
LONGEST_NOTE: Final = 2000
_DEED: Final = "hand_over"
_EVENT: Final = "handed_over"
_AHEAD: Final = timedelta(days=28)

_CASE_DUE: Final = (
    sa.select(sa.func.min(case_timer.c.due_at))
    .where(
        case_timer.c.complaint_id == complaint.c.id,
        case_timer.c.met_at.is_(None),
        case_timer.c.stopped_at.is_(None),
    )
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What an operator leaves behind at the end of a shift; instants in UTC.

    Attributes:
        now: the database's clock.
        back_at: when the operator is at work again by the roster; none where it says nothing.
        until: what is due before this instant is listed.
        deputy: id and name of who stands in for the operator; none where nobody does.
        pieces: each with the way that is proposed for it.
        more: whether there are more than can be handed over at once.
    """

    now: datetime
    back_at: datetime | None
    until: datetime
    deputy: tuple[int, str] | None
    pieces: tuple[Piece, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class ShiftEnded:
    """What was handed over.

    Attributes:
        duty_id: the shift that has ended.
        moved: how many pieces changed hands.
        left: keys of pieces that stood otherwise by then, and stay as they are.
    """

    duty_id: int
    moved: int
    left: tuple[str, ...]


def open_work(database: Database, actor: Actor) -> OpenWork:
    """An operator's open work, with where each piece would go.

    It is what is due before the operator's next shift, or by the end of tomorrow where the roster
    says nothing; and every call that has no outcome yet.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> OpenWork:
        require(actor, "duty.own")
        zone, who = zone_of(database.rulebook), actor.operator_id
        roster = load_roster(unit, zone, unit.now, unit.now + _AHEAD, {who})
        running = roster.shift_at(who, unit.now)
        back_at = roster.next_working(who, running.ends_at if running else unit.now)
        if back_at is not None and back_at <= unit.now:
            back_at = None
        tomorrow = day_ends(unit.now, zone)
        until = back_at or day_ends(tomorrow, zone)
        away = roster.leave_at(who, unit.now) or roster.leave_at(who, tomorrow)
        at = unit.now if roster.leave_at(who, unit.now) else tomorrow
        deputy = deputy_of(unit, database.rulebook, who, at) if away else None
        pieces = _pieces(unit, who, until)
        shown = tuple(proposed(one, back_at, deputy) for one in pieces[:MOST])
        named = None if deputy is None else (deputy, _names(unit, [deputy])[deputy])
        return OpenWork(unit.now, back_at, until, named, shown, len(pieces) > MOST)

    return database.read(work)


def end_shift(
    database: Database, actor: Actor, pieces: Sequence[Piece], note: str, uuid: str
) -> ShiftEnded:
    """Hands open work over as was shown, writes the sheet and ends the shift: one deed.

    A piece that stands otherwise by then stays as it is, and is named. A shift that nobody began is
    begun and ended.

    Args:
        database: the database.
        actor: whose shift it is.
        pieces: as `open_work` gave them, with their ways.
        note: for whoever comes next; empty for none.
        uuid: the client's own; a repeat gives the first result.

    Raises:
        RefusedError: `not_allowed`, `hand_over_call_open` while a call is open.
        InputError: `hand_over_note_long`, `hand_over_colleague` for somebody who works here no
            more or for oneself.
    """
    words = note.strip()
    if len(words) > LONGEST_NOTE:
        raise InputError("hand_over_note_long", n=len(words), most=LONGEST_NOTE)

    def work(unit: Unit) -> ShiftEnded:
        require(actor, "duty.own")
        done = unit.run(sa.select(lead_action.c.params).where(lead_action.c.uuid == uuid)).scalar()
        if done is not None:
            return ShiftEnded(done["duty"], done["moved"], tuple(done["left"]))
        _refuse_while_calling(unit, actor)
        names = _colleagues(unit, actor, pieces)
        shift, _ = open_duty(unit, actor.operator_id)
        deed = record_deed(unit, _DEED, actor.operator_id, {}, uuid=uuid, seat_id=actor.seat_id)
        left = _hand_over(unit, database, actor, pieces, deed)
        given = [one for one in pieces if one.goes is not Goes.KEEP and one.key not in left]
        result = {"duty": shift["id"], "moved": len(given), "left": list(left)}
        unit.run(
            sa.update(lead_action)
            .where(lead_action.c.id == deed)
            .values(params=result, count=len(given))
        )
        unit.run(
            sa.update(duty)
            .where(duty.c.id == shift["id"])
            .values(ended_at=unit.now, note=words or None, sheet=_sheet(pieces, left, names))
        )
        for to, n in Counter(one.to for one in given if one.to is not None).items():
            tell_operator(unit, actor, to, "notice.handed_over", {"n": n})
        append_audit(
            unit, actor, "shift_ended", "duty", shift["id"],
            details={"action": deed, "moved": len(given), "left": len(left)},
        )  # fmt: skip
        unit.move(SEATS)
        return ShiftEnded(shift["id"], len(given), left)

    return database.write(work, settles=True)


def _sheet(pieces: Iterable[Piece], left: Sequence[str], names: dict[int, str]) -> dict[str, Any]:
    """The sheet as it is kept: numbers and codes; customers are looked up when it is read."""
    return {
        "pieces": [
            {
                "kind": str(one.kind),
                "id": one.id,
                "goes": str(Goes.KEEP if one.key in left else one.goes),
                "to": None if one.key in left else one.to,
                "due_at": None if one.due_at is None else one.due_at.isoformat(),
                "promised": one.promised,
                "typed": one.typed,
            }
            for one in pieces
        ],
        "counts": [
            [str(goes), to, n] for (goes, to), n in sorted(counted(pieces).items(), key=str)
        ],
        "names": {str(one): name for one, name in names.items()},
    }


def _hand_over(
    unit: Unit, database: Database, actor: Actor, pieces: Sequence[Piece], deed: int
) -> tuple[str, ...]:
    """Carries every way out; returns the keys of pieces that stand otherwise by now.

    Calls come before callbacks, and callbacks before promises, as everywhere.
    """
    wanted = [one for one in pieces if one.goes is not Goes.KEEP]
    left = [piece.key for piece in _of(wanted, WorkKind.CALL) if not _pass_call(unit, actor, piece)]
    left += _pass_callbacks(unit, actor, list(_of(wanted, WorkKind.CALLBACK)), deed)
    left += [
        piece.key
        for piece in _of(wanted, WorkKind.CASE)
        if not _pass_case(unit, database, actor, piece)
    ]
    left += [
        piece.key
        for piece in _of(wanted, WorkKind.PROMISE)
        if not _pass_promise(unit, actor, piece)
    ]
    return tuple(left)


def _of(pieces: Iterable[Piece], kind: WorkKind) -> Iterable[Piece]:
    return sorted((one for one in pieces if one.kind is kind), key=lambda one: one.id)


def _pass_callbacks(unit: Unit, actor: Actor, pieces: list[Piece], deed: int) -> list[str]:
    rows = {
        row["id"]: row
        for row in unit.run(
            sa.select(callback, campaign.c.grace_minutes)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(
                callback.c.id.in_([one.id for one in pieces]),
                in_state(*WAITING),
                callback.c.assigned_to == actor.operator_id,
            )
            .order_by(callback.c.id)
            .with_for_update(of=callback)
        ).mappings()
    }
    gifts = []
    for piece in pieces:
        row = rows.get(piece.id)
        if row is not None:
            until = grace_end(row["due_at"], unit.now, row["grace_minutes"])
            data = {"from": actor.operator_id, "to": piece.to, "action": deed}
            gifts.append(Gift(row, piece.to, until if piece.to else None, data))
    give(unit, actor, _EVENT, gifts, deed)
    for gift in gifts:
        if gift.to is not None:
            hand_promise_over(unit, actor, gift.row["id"], gift.to)
    return [one.key for one in pieces if one.id not in rows]


def _pass_call(unit: Unit, actor: Actor, piece: Piece) -> bool:
    """Gives a call that was put aside, or waits in check, to a colleague: who says how it ended."""
    held = lock_call(unit, piece.id)
    rows = [
        row
        for row in callbacks_of(unit, piece.id)
        if row["call_id"] == piece.id
        and row["state"] in ("claimed", "check")
        and row["claimed_by"] == actor.operator_id
    ]
    if held["operator_id"] != actor.operator_id or held["phase"] != "parked" or not rows:
        return False
    fence = max(row["fence"] for row in rows) + 1
    for row in rows:
        move(
            unit, row, "check", _EVENT, actor=actor, call_id=piece.id, fence_to=fence,
            data={"from": actor.operator_id, "to": piece.to}, claimed_by=piece.to,
            claimed_seat=None, claimed_at=unit.now,
        )  # fmt: skip
    unit.run(
        sa.update(call)
        .where(call.c.id == piece.id)
        .values(operator_id=piece.to, seat_id=None, fence=fence)
    )
    return True


def _pass_case(unit: Unit, database: Database, actor: Actor, piece: Piece) -> bool:
    case = take_case(unit, database.rulebook, actor, piece.id)
    if case.row["owner_id"] != actor.operator_id or not case.live or piece.to is None:
        return False
    if case.row["handover_to"] is not None:
        case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": case.row["handover_to"]})
    case.change(owner_id=piece.to, handover_to=None)
    case.enter(EntryKind.HANDOVER_ACCEPTED, {"from": actor.operator_id, "to": piece.to})
    hand_calls_over(case, actor.operator_id, piece.to)
    follow(case)
    save_case(case, "case_handed_over", to=piece.to)
    return True


def _pass_promise(unit: Unit, actor: Actor, piece: Piece) -> bool:
    found = unit.run(
        sa.select(promise.c.id)
        .where(
            promise.c.id == piece.id,
            promise.c.owner_id == actor.operator_id,
            promise.c.state.in_(OWED),
        )
        .with_for_update()
    ).first()
    if found is None:
        return False
    unit.run(sa.update(promise).where(promise.c.id == piece.id).values(owner_id=piece.to))
    details = {"from": actor.operator_id, "to": piece.to}
    append_promise_events(
        unit, [piece.id], PromiseEvent.OWNER, Source(actor.operator_id), data=details
    )
    append_audit(
        unit, actor, "promise_owner", "promise", piece.id, fields=["owner"], details=details
    )
    unit.move(CASES)
    return True


def _pieces(unit: Unit, who: int, until: datetime) -> list[Piece]:
    cases = unit.run(
        sa.select(complaint.c.id, person.c.name, _CASE_DUE.label("due_at"))
        .join(person, person.c.id == complaint.c.person_id)
        .where(*due_cases(who, until))
        .order_by(complaint.c.id)
        .limit(MOST + 1)
    ).all()
    with_case = [row.id for row in cases]
    calls = unit.run(
        sa.select(call.c.id, person.c.name, draft.c.id.label("typed"))
        .join(person, person.c.id == call.c.person_id)
        .outerjoin(draft, draft.c.call_id == call.c.id)
        .where(call.c.operator_id == who, call.c.phase == "parked")
        .order_by(call.c.id)
        .limit(MOST + 1)
    ).all()
    rows = unit.run(
        sa.select(
            callback.c.id, person.c.name, callback.c.due_at, callback.c.promised,
            callback.c.complaint_id,
        )
        .join(person, person.c.id == callback.c.person_id)
        .where(callback.c.assigned_to == who, in_state(*WAITING), callback.c.due_at < until)
        .order_by(callback.c.due_at, callback.c.id)
        .limit(MOST + 1)
    ).all()  # fmt: skip
    served = [row.id for row in rows]
    owed = unit.run(
        sa.select(promise.c.id, person.c.name, promise.c.due_at)
        .join(person, person.c.id == promise.c.person_id)
        .where(
            promise.c.owner_id == who,
            promise.c.state.in_(OWED),
            promise.c.due_at < until,
            sa.or_(promise.c.callback_id.is_(None), promise.c.callback_id.not_in(served)),
            # What is owed about a case goes with the case.
            sa.or_(promise.c.complaint_id.is_(None), promise.c.complaint_id.not_in(with_case)),
        )
        .order_by(promise.c.due_at, promise.c.id)
        .limit(MOST + 1)
    ).all()
    return [
        *(
            Piece(WorkKind.CALL, row.id, row.name, None, typed=row.typed is not None)
            for row in calls
        ),
        *(Piece(WorkKind.CASE, row.id, row.name, row.due_at) for row in cases),
        *(Piece(WorkKind.PROMISE, row.id, row.name, row.due_at, promised=True) for row in owed),
        *(
            Piece(WorkKind.CALLBACK, row.id, row.name, row.due_at, promised=row.promised)
            for row in rows
            if row.complaint_id not in with_case
        ),
    ]


def _refuse_while_calling(unit: Unit, actor: Actor) -> None:
    mine = sa.select(call.c.id).where(
        call.c.operator_id == actor.operator_id, call.c.phase == "open"
    )
    if unit.run(mine).first() is not None:
        raise RefusedError("hand_over_call_open")


def _colleagues(unit: Unit, actor: Actor, pieces: Iterable[Piece]) -> dict[int, str]:
    wanted = sorted({one.to for one in pieces if one.to is not None})
    found = _names(unit, wanted)
    if actor.operator_id in wanted or set(found) != set(wanted):
        raise InputError("hand_over_colleague")
    return found


def _names(unit: Unit, ids: Sequence[int]) -> dict[int, str]:
    rows = unit.run(
        sa.select(operator.c.id, operator.c.name).where(operator.c.id.in_(ids), operator.c.active)
    )
    return {row.id: row.name for row in rows}
