"""How callbacks stand, read at once for many, for what a lead is about to do to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.caps import held_of
from db.promises import OWED
from db.stops import stop_on
from db.tables import (
    call,
    call_leg,
    callback,
    calling_window,
    campaign,
    complaint,
    operator,
    person,
    phone,
    promise,
)
from db.transaction import Unit
from domain.calling_hours import current_or_next_window
from domain.case import LIVE
from domain.lead import Deed, DeedKind, Standing
from domain.rulebook import Rulebook
from domain.said import Said
from domain.terms import switched_on

_HOLDER = operator.alias("holder")
_WHOSE = operator.alias("whose")
_ROWS = (
    sa.select(
        callback,
        campaign.c.code,
        campaign.c.name_zh,
        campaign.c.name_en,
        campaign.c.purpose,
        campaign.c.grace_minutes,
        campaign.c.active,
        campaign.c.paused_at,
        calling_window.c.zones.label("window_zones"),
        calling_window.c.places,
        calling_window.c.preferred,
        person.c.name,
        person.c.zone,
        person.c.country,
        phone.c.zones.label("phone_zones"),
        complaint.c.status.label("case_status"),
        _HOLDER.c.name.label("holder"),
        _WHOSE.c.name.label("whose"),
        call.c.direction,
        sa.select(call_leg.c.id)
        .where(call_leg.c.call_id == callback.c.call_id)
        .exists()
        .label("rung"),
    )
    .join(campaign, campaign.c.id == callback.c.campaign_id)
    .join(calling_window, calling_window.c.id == callback.c.window_id)
    .join(person, person.c.id == callback.c.person_id)
    .outerjoin(phone, phone.c.id == callback.c.phone_id)
    .outerjoin(complaint, complaint.c.id == callback.c.complaint_id)
    .outerjoin(_HOLDER, _HOLDER.c.id == callback.c.claimed_by)
    .outerjoin(_WHOSE, _WHOSE.c.id == callback.c.assigned_to)
    .outerjoin(call, call.c.id == callback.c.call_id)
    .order_by(callback.c.id)
)


@dataclass(frozen=True, slots=True)
class Stood:
    """A callback with how it stands.

    Attributes:
        row: its columns, and those of what belongs to it.
        standing: what the rules ask.
        note: what the lead should know although the deed is done; none for nothing.
    """

    row: sa.RowMapping
    standing: Standing
    note: Said | None

    @property
    def stamp(self) -> str:
        """What must not have changed between the dry run and the deed."""
        row = self.row
        waiting = row["state"] in ("scheduled", "due")
        parts = (
            row["fence"],
            "waiting" if waiting else row["state"],
            row["assigned_to"],
            row["next_for"],
            row["band"],
            row["due_at"].isoformat(),
            row["not_before"] and row["not_before"].isoformat(),
        )
        return "|".join(map(str, parts))


def standing_of(
    unit: Unit, rulebook: Rulebook, deed: Deed, ids: Collection[int], *, locked: bool = False
) -> dict[int, Stood]:
    """How callbacks stand for a deed, by id; one that is not known is left out.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        deed: what is wished.
        ids: the callbacks.
        locked: whether nobody else may change them meanwhile. One that somebody else is changing
            right now is left out: nobody waits for another's work, which may wait for ours.
    """
    if not ids:
        return {}
    query = _ROWS.where(callback.c.id.in_(sorted(ids)))
    if locked:
        query = query.with_for_update(of=callback, skip_locked=True)
    rows = unit.run(query).mappings().all()
    owed = _owed(unit, [row["id"] for row in rows])
    hours = _hours(unit, rulebook, deed, rows)
    capped = _capped(unit, rulebook, deed, rows)
    at = deed.at or unit.now
    found = {}
    for row in rows:
        opens = hours.get(row["window_id"])
        later = None if opens is None or opens <= at else opens
        found[row["id"]] = Stood(
            row,
            Standing(
                state=row["state"],
                band=row["band"],
                ready_at=row["ready_at"],
                due_at=row["due_at"],
                assigned_to=row["assigned_to"],
                next_for=row["next_for"],
                avoid=row["avoid_operator_id"],
                holder=row["holder"] or "",
                dialled=bool(row["rung"]) or row["direction"] == "in",
                owed=row["promised"] or row["id"] in owed,
                case=row["case_status"] in LIVE,
                opens_at=later,
                shut=opens is None and deed.kind is DeedKind.NEXT_FOR,
                paused=row["paused_at"] is not None or not row["active"],
                stopped=deed.kind is DeedKind.RESCHEDULE
                and stop_on(unit, row["person_id"], row["phone_id"], row["purpose"], at)
                is not None,
            ),
            _note(deed, row, at, capped.get(row["id"]), opens),
        )
    return found


def load_of(unit: Unit, people: Sequence[int]) -> dict[int, int]:
    """How many callbacks wait for each of some operators alone."""
    rows = unit.run(
        sa.select(callback.c.assigned_to, sa.func.count())
        .where(callback.c.assigned_to.in_(people), callback.c.state.in_(("scheduled", "due")))
        .group_by(callback.c.assigned_to)
    )
    return {one: n for one, n in rows}  # noqa: C416 - a row is no pair to dict()


def _owed(unit: Unit, ids: Sequence[int]) -> set[int]:
    return set(
        unit.run(
            sa.select(promise.c.callback_id).where(
                promise.c.callback_id.in_(ids), promise.c.state.in_(OWED)
            )
        ).scalars()
    )


def _hours(
    unit: Unit, rulebook: Rulebook, deed: Deed, rows: Sequence[sa.RowMapping]
) -> Mapping[int, datetime | None]:
    """From when on each window allows calling, seen from the time that is wished."""
    if deed.kind not in (DeedKind.RESCHEDULE, DeedKind.NEXT_FOR):
        return {}
    found: dict[int, datetime | None] = {}
    for row in rows:
        if row["window_id"] not in found:
            span = current_or_next_window(
                rulebook.calling,
                zones=tuple(filter(None, row["window_zones"].split(","))),
                places=tuple(filter(None, row["places"].split(","))),
                purpose=row["purpose"],
                preferred=switched_on(row["preferred"]) or None,
                at=deed.at or unit.now,
            )
            found[row["window_id"]] = None if span is None else span[0]
    return found


def _capped(
    unit: Unit, rulebook: Rulebook, deed: Deed, rows: Sequence[sa.RowMapping]
) -> Mapping[int, datetime]:
    """Until when customers were rung often enough, where that is after the time wished."""
    if deed.kind is not DeedKind.RESCHEDULE:
        return {}
    at = deed.at or unit.now
    persons = {row["person_id"] for row in rows}
    ids = [row["id"] for row in rows]
    held = held_of(unit, rulebook, persons, only=ids, locked=False)
    return {row["id"]: caps[0].until for row, caps in held if caps and caps[0].until > at}


def _note(
    deed: Deed,
    row: Mapping[Any, Any],
    at: datetime,
    capped: datetime | None,
    opens: datetime | None,
) -> Said | None:
    if deed.kind is not DeedKind.RESCHEDULE:
        return None
    if capped is not None:
        return Said("lead.note.capped", {"at": capped})
    if opens is None:
        return Said("lead.note.shut")
    if opens > at:
        return Said("lead.note.later", {"at": opens})
    return Said("lead.note.paused") if row["paused_at"] is not None else None
