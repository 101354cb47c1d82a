"""What a lead does to the work of others, and when it can't be done to a callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.bands import KEY_CUSTOMER
from domain.said import Said


class DeedKind(StrEnum):
    """What is done."""

    REASSIGN = "reassign"
    NEXT_FOR = "next_for"
    RELEASE = "release"
    BAND = "band"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"


USE_CASE: Final[Mapping[DeedKind, str]] = {
    DeedKind.REASSIGN: "queue.reassign",
    DeedKind.NEXT_FOR: "queue.next_for",
    DeedKind.RELEASE: "queue.release_others",
    DeedKind.BAND: "queue.band",
    DeedKind.RESCHEDULE: "queue.reschedule",
    DeedKind.CANCEL: "queue.cancel",
}
"""The permission that each asks for."""

EVENT: Final[Mapping[DeedKind, str]] = {
    DeedKind.REASSIGN: "reassigned",
    DeedKind.NEXT_FOR: "put_first",
    DeedKind.RELEASE: "freed",
    DeedKind.BAND: "band_changed",
    DeedKind.RESCHEDULE: "replanned",
    DeedKind.CANCEL: "called_off",
}
"""The event that each appends to a callback."""

LEAST_BAND: Final = KEY_CUSTOMER
"""Bands before this one are for promises and cases: there some caps hold no more."""

_WAITING: Final = frozenset({"scheduled", "due"})


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed to callbacks, as it is wished.

    Attributes:
        kind: what.
        to: operators among whom the callbacks are dealt out; nobody means the pool.
        team: the name of their team, where they were named by it.
        band: the new band.
        at: the new time (UTC).
    """

    kind: DeedKind
    to: tuple[int, ...] = ()
    team: str | None = None
    band: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a callback stands, as far as a lead's deed asks; instants in UTC.

    Attributes:
        state: its state.
        band: its band.
        ready_at: when it may be rung at the earliest.
        due_at: its own time.
        assigned_to: whose alone it is for now.
        next_for: whom a lead has given it as the next one.
        avoid: who shall not make the next attempt.
        holder: the name of the operator in whose hands it is.
        dialled: whether a number was dialled in the call that has it in hand, or the customer rang.
        owed: whether a promise stands behind it.
        case: whether it belongs to a case that goes on.
        opens_at: when calling is allowed next; none while it is allowed.
        shut: whether no opening is known.
        paused: whether its campaign is paused or switched off.
        stopped: whether a stop forbids the call at the time that is wished.
    """

    state: str
    band: int
    ready_at: datetime
    due_at: datetime
    assigned_to: int | None = None
    next_for: int | None = None
    avoid: int | None = None
    holder: str = ""
    dialled: bool = False
    owed: bool = False
    case: bool = False
    opens_at: datetime | None = None
    shut: bool = False
    paused: bool = False
    stopped: bool = False


def why_not(deed: Deed, one: Standing, to: int | None, now: datetime) -> Said | None:
    """Why a deed can't be done to a callback; none where it can.

    Args:
        deed: what is wished.
        one: how the callback stands.
        to: who would get it; none for the pool.
        now: the present (UTC).
    """
    if one.state == "check":
        return Said("lead.skip.check", {"name": one.holder})
    if one.state == "claimed":
        if deed.kind is not DeedKind.RELEASE:
            return Said("lead.skip.in_hand", {"name": one.holder})
        return Said("lead.skip.dialled", {"name": one.holder}) if one.dialled else None
    if one.state not in _WAITING:
        return Said("lead.skip.over")
    match deed.kind:
        case DeedKind.REASSIGN | DeedKind.NEXT_FOR:
            return _not_given(deed, one, to, now)
        case DeedKind.RELEASE:
            return Said("lead.skip.pool") if one.assigned_to is None else None
        case DeedKind.BAND:
            return _not_banded(deed, one)
        case DeedKind.RESCHEDULE if one.stopped:
            return Said("lead.skip.stopped")
        case DeedKind.CANCEL if one.case:
            return Said("lead.skip.case")
    return Said("lead.skip.owed", {"at": one.due_at}) if one.owed else None


def _not_given(deed: Deed, one: Standing, to: int | None, now: datetime) -> Said | None:
    if to is None:
        return Said("lead.skip.pool") if one.assigned_to is None else None
    if one.avoid == to:
        return Said("lead.skip.avoid")
    if deed.kind is DeedKind.REASSIGN:
        return Said("lead.skip.same") if one.assigned_to == to else None
    if one.ready_at > now:
        return Said("lead.skip.not_due", {"at": one.ready_at})
    if one.paused:
        return Said("lead.skip.paused")
    if one.opens_at is not None:
        return Said("lead.skip.closed", {"at": one.opens_at})
    if one.shut:
        return Said("lead.skip.shut")
    if (one.next_for, one.assigned_to) == (to, to):
        return Said("lead.skip.same")
    return None


def _not_banded(deed: Deed, one: Standing) -> Said | None:
    if one.owed:
        return Said("lead.skip.owed_band")
    if one.case or one.band < LEAST_BAND:
        return Said("lead.skip.case_band")
    return Said("lead.skip.same_band", {"band": one.band}) if deed.band == one.band else None


def dealt(
    callbacks: Sequence[tuple[int, int | None]], among: Sequence[int], load: Mapping[int, int]
) -> dict[int, int | None]:
    """Deals callbacks out, each to whoever has least by then; on a tie to the first named.

    Args:
        callbacks: each with who shall not have it, in the order in which they are dealt.
        among: operators.
        load: how many each has already.

    Returns:
        Who gets each; none where there is nobody for it.
    """
    has = {one: load.get(one, 0) for one in among}
    given: dict[int, int | None] = {}
    for callback_id, avoid in callbacks:
        able = [one for one in has if one != avoid] or list(has)
        least = min(able, key=has.__getitem__, default=None)
        given[callback_id] = least
        if least is not None:
            has[least] += 1
    return given
