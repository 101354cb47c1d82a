"""A call while it goes on: showing it, dialling its numbers, keeping what is typed, parking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.claiming import lock_call, open_call_of, regain
from db.customer_card import CustomerCard, as_seen, card_of
from db.dialling import check_number
from db.engine import Database
from db.first_try import note_first_try
from db.holds import take_holds
from db.operator_states import after_call, enter_state, hold_seat, state_of_call
from db.seats import may_work
from db.sight import sight_on
from db.tables import (
    call,
    call_callback,
    call_decision,
    call_leg,
    callback,
    callback_event,
    campaign,
    draft,
    operator,
    person,
    phone,
)
from db.topics import SEATS
from db.transaction import Unit
from db.windows import refresh
from domain.errors import RefusedError
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class Leg:
    """A number tried within a call; instants in UTC, `result` an outcome code."""

    id: int
    phone_id: int
    started_at: datetime
    ended_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class CallbackLine:
    """A callback that a call is to settle."""

    id: int
    state: str
    campaign_code: str
    campaign_zh: str
    campaign_en: str
    due_at: datetime
    promised: bool
    note: str | None
    attempts: int
    band: int


@dataclass(frozen=True, slots=True)
class LeftDraft:
    """What an operator typed in a call that was given back or said not to have been made."""

    call_id: int
    operator: str
    saved_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call as its screen shows it.

    Attributes:
        call_id: the call.
        fence: the right to finish; handed back with the outcome.
        phase: open, parked or ended.
        direction: out or in.
        read_only: the right to finish went elsewhere: look, but the outcome would be late.
        callbacks: what is to be settled, the one it was opened for first.
        phone_id: the number to try next.
        zones: the zones that the customer's clock may stand in.
        purpose: the purpose of the campaign.
        playbook: the script's id.
        survey: the bundle of questions; "" where nothing is asked.
        release: the rules that the call began with.
        script_release: the scripts that it began with; none means those that the program ships.
        started_at: when it was opened (UTC).
        dialled_at: when the first number was dialled.
        talk_ended_at: when wrap-up began; a dropped line never resets it.
        legs: numbers tried.
        card: the customer.
        draft: what was typed and is not decided yet.
        draft_revision: its revision; the next save must be higher.
        left_drafts: what was typed in earlier calls of these callbacks that came to no outcome.
    """

    call_id: int
    fence: int
    phase: str
    direction: str
    read_only: bool
    callbacks: tuple[CallbackLine, ...]
    phone_id: int | None
    zones: tuple[str, ...]
    purpose: str
    playbook: str
    survey: str
    release: str
    script_release: str | None
    started_at: datetime
    dialled_at: datetime | None
    talk_ended_at: datetime | None
    legs: tuple[Leg, ...]
    card: CustomerCard
    draft: Mapping[str, Any]
    draft_revision: int
    left_drafts: tuple[LeftDraft, ...]


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """A saved draft; `read_only` when the right to finish has gone elsewhere meanwhile."""

    revision: int
    read_only: bool


def show_call(database: Database, actor: Actor, call_id: int) -> OpenCall:
    """Everything that the call screen needs of a call.

    Numbers are masked for whoever neither holds the call nor has a callback of the customer.

    Raises:
        RefusedError: `call_unknown`.
    """

    def work(unit: Unit) -> OpenCall:
        require(actor, "calls.open")
        return read_call(unit, actor, call_id)

    return database.read(work)


def dial(database: Database, actor: Actor, call_id: int, phone_id: int) -> Leg:
    """Begins a leg: this number is dialled now; stop, caps, hours and hold are checked once more.

    Raises:
        RefusedError: `not_yours`, `seat_closed`, `do_not_call_now`, `rung_enough`,
            `outside_hours`, `number_in_use`, `number_not_theirs`.
    """

    def work(unit: Unit) -> Leg:
        require(actor, "calls.dial")
        may_work(unit, actor)
        row = own_live_call(unit, actor, call_id)
        refresh(unit, database.rulebook)
        check_number(unit, database.rulebook, row, phone_id)
        if not take_holds(unit, call_id, [f"n{phone_id}"]):
            raise RefusedError("number_in_use", call=call_id)
        leg_id = unit.run(
            call_leg.insert().returning(call_leg.c.id),
            {"call_id": call_id, "phone_id": phone_id, "started_at": unit.now},
        ).scalar_one()
        if row["dialled_at"] is None:
            unit.run(sa.update(call).where(call.c.id == call_id).values(dialled_at=unit.now))
        note_first_try(unit, call_id)
        if actor.seat_id is not None:
            enter_state(unit, actor.seat_id, "dialling")
        unit.move(SEATS)
        return Leg(leg_id, phone_id, unit.now, None, None)

    return database.write(work)


def end_leg(database: Database, actor: Actor, call_id: int, leg_id: int, result: str) -> None:
    """Notes what came of a number; a wrong or dead one is marked as such at the finish.

    Raises:
        RefusedError: `not_yours`, `call_over`.
        InputError: `outcome_unknown`.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.dial")
        database.rulebook.outcomes[result]  # an unknown one would stand in the way of the finish
        own_live_call(unit, actor, call_id)
        unit.run(
            sa.update(call_leg)
            .where(call_leg.c.id == leg_id, call_leg.c.call_id == call_id)
            .values(ended_at=unit.now, result=result)
        )

    database.write(work)


def hang_up(
    database: Database, actor: Actor, call_id: int, wrap_up: timedelta | None = None
) -> datetime:
    """Notes that the talk is over and wrap-up runs; said twice, the first instant stays.

    Args:
        database: the database.
        actor: whose call it is.
        call_id: the call.
        wrap_up: how long wrap-up should take; none without a limit.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> datetime:
        require(actor, "calls.dial")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        if row["talk_ended_at"] is not None:
            first: datetime = row["talk_ended_at"]
            return first
        unit.run(sa.update(call).where(call.c.id == call_id).values(talk_ended_at=unit.now))
        unit.run(
            sa.update(call_leg)
            .where(call_leg.c.call_id == call_id, call_leg.c.ended_at.is_(None))
            .values(ended_at=unit.now)
        )
        if actor.seat_id is not None and row["phase"] == "open":
            ends_at = None if wrap_up is None else unit.now + wrap_up
            enter_state(unit, actor.seat_id, "wrap_up", ends_at=ends_at)
        unit.move(SEATS)
        return unit.now

    return database.write(work)


def save_draft(
    database: Database, actor: Actor, call_id: int, body: Mapping[str, Any], revision: int
) -> DraftSaved:
    """Keeps what is typed; a revision not higher than the stored one is older and changes nothing.

    Drafts belong to the call: they are accepted whatever the fence, and notify nobody.

    Raises:
        RefusedError: `call_unknown`; `not_yours` from somebody who never had it in hand;
            `person_erased` once nothing may be kept of the customer.
    """

    def work(unit: Unit) -> DraftSaved:
        require(actor, "calls.draft")
        row = unit.run(_OF_DRAFT, {"call": call_id}).first()
        if row is None:
            raise RefusedError("call_unknown", call=call_id)
        if row.operator_id != actor.operator_id and not had_in_hand(unit, actor, call_id):
            raise RefusedError("not_yours", call=call_id)
        if row.closed_because == "erased":
            raise RefusedError("person_erased", person=row.person_id)
        stored = unit.run(
            _KEEP,
            {
                "call_id": call_id,
                "body": dict(body),
                "revision": revision,
                "now": unit.now,
                "operator": actor.operator_id,
            },
        ).scalar()
        if stored is None:
            stored = unit.run(
                sa.select(draft.c.revision).where(draft.c.call_id == call_id)
            ).scalar_one()
        mine = row.phase == "open" and row.seat_id == actor.seat_id
        return DraftSaved(stored, read_only=not mine)

    return database.write(work)


_OF_DRAFT = (
    sa.select(
        call.c.phase, call.c.operator_id, call.c.seat_id, call.c.person_id, person.c.closed_because
    )
    .join(person, person.c.id == call.c.person_id)
    .where(call.c.id == sa.bindparam("call"))
)
_KEEP = sa.text(
    "INSERT INTO draft (call_id, body, revision, saved_at, operator_id)"
    " VALUES (:call_id, :body, :revision, :now, :operator)"
    " ON CONFLICT (call_id) DO UPDATE SET body = excluded.body, revision = excluded.revision,"
    " saved_at = excluded.saved_at, operator_id = excluded.operator_id"
    " WHERE draft.revision < excluded.revision RETURNING revision"
).bindparams(
    sa.bindparam("body", type_=draft.c.body.type), sa.bindparam("now", type_=draft.c.saved_at.type)
)


def park(database: Database, actor: Actor, call_id: int) -> None:
    """Puts wrap-up aside, so that another call can be opened; it stays in this operator's hands.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.park")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        unit.run(sa.update(call).where(call.c.id == call_id).values(phase="parked"))
        if row["phase"] == "open" and row["seat_id"] == actor.seat_id:
            after_call(unit, actor.seat_id, database.rulebook.day)
        unit.move(SEATS)

    database.write(work)


def unpark(database: Database, actor: Actor, call_id: int) -> None:
    """Takes a parked call up again.

    Raises:
        RefusedError: `not_yours`, `call_over`, `seat_closed`, `open_call` while another one is
            open.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.park")
        may_work(unit, actor)
        row = own_live_call(unit, actor, call_id)
        current = open_call_of(unit, actor.operator_id)
        if current is not None and current["id"] != call_id:
            raise RefusedError("open_call", call=current["id"])
        states = unit.run(
            sa.select(callback.c.state).where(callback.c.call_id == call_id)
        ).scalars()
        if row["seat_id"] != actor.seat_id or "check" in states.all():
            regain(unit, actor, row, "resumed")
            return
        unit.run(sa.update(call).where(call.c.id == call_id).values(phase="open"))
        if actor.seat_id is not None:
            enter_state(unit, actor.seat_id, state_of_call(row))
        unit.move(SEATS)

    database.write(work)


def parked_calls(database: Database, actor: Actor) -> tuple[tuple[int, str, datetime], ...]:
    """The parked calls of an operator: call, customer's name, when it was opened (UTC)."""
    require(actor, "calls.park")
    return database.read(
        lambda unit: tuple(
            (row.id, row.name, row.started_at)
            for row in unit.run(
                sa.select(call.c.id, person.c.name, call.c.started_at)
                .join(person, person.c.id == call.c.person_id)
                .where(call.c.operator_id == actor.operator_id, call.c.phase == "parked")
                .order_by(call.c.id)
            )
        )
    )


def own_live_call(unit: Unit, actor: Actor, call_id: int) -> sa.RowMapping:
    """A call that has not ended and is this operator's, locked.

    Raises:
        RefusedError: `call_unknown`, `not_yours`, `call_over`.
    """
    row = lock_call(unit, call_id)
    if row["operator_id"] != actor.operator_id:
        raise RefusedError("not_yours", call=call_id)
    if row["phase"] == "ended":
        raise RefusedError("call_over", call=call_id)
    return row


def had_in_hand(unit: Unit, actor: Actor, call_id: int) -> bool:
    """Whether a call is or was once in an operator's hands."""
    once = sa.select(callback_event.c.id).where(
        callback_event.c.callback_id.in_(
            sa.select(call_callback.c.callback_id).where(call_callback.c.call_id == call_id)
        ),
        callback_event.c.call_id == call_id,
        callback_event.c.operator_id == actor.operator_id,
        callback_event.c.to_state == "claimed",
    )
    return unit.run(once.limit(1)).first() is not None


def read_call(unit: Unit, actor: Actor, call_id: int) -> OpenCall:
    """A call within a transaction.

    Raises:
        RefusedError: `call_unknown`.
    """
    row = unit.run(sa.select(call).where(call.c.id == call_id)).mappings().first()
    if row is None:
        raise RefusedError("call_unknown", call=call_id)
    lines = (
        unit.run(
            sa.select(
                callback,
                campaign.c.code,
                campaign.c.name_zh,
                campaign.c.name_en,
                campaign.c.purpose,
            )
            .join(call_callback, call_callback.c.callback_id == callback.c.id)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(call_callback.c.call_id == call_id)
            .order_by(call_callback.c.position)
        )
        .mappings()
        .all()
    )
    card = as_seen(card_of(unit, row["person_id"]), sight_on(unit, actor, row["person_id"]))
    kept = unit.run(sa.select(draft).where(draft.c.call_id == call_id)).mappings().first()
    phone_id = lines[0]["phone_id"] if lines else None
    mine = row["operator_id"] == actor.operator_id and row["seat_id"] == actor.seat_id
    return OpenCall(
        call_id=call_id,
        fence=row["fence"],
        phase=row["phase"],
        direction=row["direction"],
        read_only=not mine or row["phase"] == "ended",
        callbacks=tuple(
            CallbackLine(
                id=line["id"],
                state=line["state"],
                campaign_code=line["code"],
                campaign_zh=line["name_zh"],
                campaign_en=line["name_en"],
                due_at=line["due_at"],
                promised=line["promised"],
                note=line["note"],
                attempts=line["attempts"],
                band=line["band"],
            )
            for line in lines
        ),
        phone_id=phone_id,
        zones=zones_of(unit, card, phone_id),
        purpose=lines[0]["purpose"] if lines else "service",
        playbook=row["playbook"],
        survey=row["survey"],
        release=row["release"],
        script_release=row["script_release"],
        started_at=row["started_at"],
        dialled_at=row["dialled_at"],
        talk_ended_at=row["talk_ended_at"],
        legs=_legs(unit, call_id),
        card=card,
        draft={} if kept is None else kept["body"],
        draft_revision=0 if kept is None else kept["revision"],
        left_drafts=_left_drafts(unit, call_id, [line["id"] for line in lines]),
    )


def _left_drafts(unit: Unit, call_id: int, callbacks: Sequence[int]) -> tuple[LeftDraft, ...]:
    decided = sa.select(call_decision.c.id).where(
        call_decision.c.call_id == draft.c.call_id,
        call_decision.c.superseded_at.is_(None),
        call_decision.c.kind != "undo",
    )
    rows = unit.run(
        sa.select(draft.c.call_id, operator.c.name, draft.c.saved_at, draft.c.body)
        .join(operator, operator.c.id == draft.c.operator_id)
        .where(
            draft.c.call_id.in_(
                sa.select(call_callback.c.call_id).where(call_callback.c.callback_id.in_(callbacks))
            ),
            draft.c.call_id != call_id,
            ~decided.exists(),
        )
        .order_by(draft.c.saved_at.desc())
    )
    return tuple(LeftDraft(*row) for row in rows if row.body)


def zones_of(unit: Unit, card: CustomerCard, phone_id: int | None) -> tuple[str, ...]:
    """The zones that a customer's clock may stand in; the own setting before the number's."""
    if card.zone:
        return (card.zone,)
    if phone_id is None:
        return ()
    zones = unit.run(sa.select(phone.c.zones).where(phone.c.id == phone_id)).scalar()
    return tuple(zones or ())


def _legs(unit: Unit, call_id: int) -> tuple[Leg, ...]:
    rows = unit.run(
        sa.select(
            call_leg.c.id,
            call_leg.c.phone_id,
            call_leg.c.started_at,
            call_leg.c.ended_at,
            call_leg.c.result,
        )
        .where(call_leg.c.call_id == call_id)
        .order_by(call_leg.c.id)
    )
    return tuple(Leg(*row) for row in rows)
