"""The dry run of a lead's deed: for each callback who gets it, or why it stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.lead_selection import Selection, find_ids
from db.lead_standing import Stood, load_of, standing_of
from db.tables import operator
from db.transaction import Unit
from domain.bands import COURTESY
from domain.errors import InputError, RefusedError
from domain.lead import LEAST_BAND, USE_CASE, Deed, DeedKind, dealt, why_not
from domain.permissions import Actor, require
from domain.said import Said

_GIVES: Final = (DeedKind.REASSIGN, DeedKind.NEXT_FOR)


@dataclass(frozen=True, slots=True)
class Planned:
    """A callback to which the deed would be done.

    Attributes:
        callback_id: the callback.
        stamp: how it stood; a callback that stands otherwise by then is left.
        to: who would get it; none for the pool, or where nobody gets anything.
        name: the customer's name.
        campaign_zh: its kind.
        campaign_en: its kind.
        due_at: when it is due (UTC).
        whose: the name of whoever has it for now; none for the pool.
        note: what the lead should know; none for nothing.
    """

    callback_id: int
    stamp: str
    to: int | None
    name: str
    campaign_zh: str
    campaign_en: str
    due_at: datetime
    whose: str | None
    note: Said | None


@dataclass(frozen=True, slots=True)
class Left:
    """A callback that stays as it is, and why."""

    callback_id: int
    name: str
    why: Said


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a deed would do.

    Attributes:
        deed: the deed.
        planned: callbacks that would be moved, in the queue's order.
        left: callbacks that would stay.
        beyond: how many more the filter shows than one action takes.
        people: names of operators who would get something, by number.
    """

    deed: Deed
    planned: tuple[Planned, ...]
    left: tuple[Left, ...]
    beyond: int
    people: Mapping[int, str]

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """Who would get how many, the most first."""
        counts = Counter(one.to for one in self.planned if one.to is not None)
        return tuple((self.people.get(one, ""), n) for one, n in counts.most_common())

    @property
    def reasons(self) -> tuple[tuple[Said, int], ...]:
        """Why how many stay, the most first; what differs only in a name or time counts as one."""
        counts = Counter(one.why.key for one in self.left)
        first = {one.why.key: one.why for one in reversed(self.left)}
        return tuple((first[key], n) for key, n in counts.most_common())


def preview(database: Database, actor: Actor, deed: Deed, wanted: Selection) -> DryRun:
    """What a deed would do to the callbacks that are meant; nothing is changed.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `lead_nobody` for somebody unknown, `lead_band` for a band that is not given by
            hand, `lead_one_next` for more than one callback that is to be the next.
    """

    def work(unit: Unit) -> DryRun:
        require(actor, USE_CASE[deed.kind])
        people = _people(unit, deed)
        if deed.kind is DeedKind.BAND and not LEAST_BAND <= (deed.band or 0) <= COURTESY:
            raise InputError("lead_band", least=LEAST_BAND, most=COURTESY)
        ids, beyond = find_ids(unit, wanted)
        if deed.kind is DeedKind.NEXT_FOR and len(ids) > 1:
            raise InputError("lead_one_next")
        stood = standing_of(unit, database.rulebook, deed, ids)
        unknown = [one for one in ids if one not in stood]
        if unknown and wanted.ids:
            raise RefusedError("callback_unknown", callback=unknown[0])
        given = _dealt(unit, deed, [stood[one] for one in ids if one in stood])
        planned, left = [], []
        for callback_id in ids:
            if callback_id not in stood:
                continue
            one, to = stood[callback_id], given.get(callback_id)
            why = why_not(deed, one.standing, to, unit.now)
            if why is None:
                planned.append(_planned(one, to))
            else:
                left.append(Left(callback_id, one.row["name"], why))
        return DryRun(deed, tuple(planned), tuple(left), beyond, people)

    return database.read(work)


def _planned(one: Stood, to: int | None) -> Planned:
    row = one.row
    return Planned(
        callback_id=row["id"],
        stamp=one.stamp,
        to=to,
        name=row["name"],
        campaign_zh=row["name_zh"],
        campaign_en=row["name_en"],
        due_at=row["due_at"],
        whose=row["holder"] or row["whose"],
        note=one.note,
    )


def _dealt(unit: Unit, deed: Deed, stood: Sequence[Stood]) -> Mapping[int, int | None]:
    """Who gets each: in a team, what one of them has already stays with them."""
    if deed.kind not in _GIVES or not deed.to:
        return {}
    kept = {
        one.row["id"]: one.row["assigned_to"]
        for one in stood
        if len(deed.to) > 1 and one.row["assigned_to"] in deed.to
    }
    free = [
        (one.row["id"], one.row["avoid_operator_id"])
        for one in stood
        if one.row["id"] not in kept and one.row["state"] in ("scheduled", "due")
    ]
    return {**dealt(free, deed.to, load_of(unit, deed.to)), **kept}


def _people(unit: Unit, deed: Deed) -> Mapping[int, str]:
    if deed.kind is DeedKind.NEXT_FOR and len(deed.to) != 1:
        raise InputError("lead_nobody")
    if not deed.to:
        if deed.team is not None:
            raise InputError("lead_nobody")
        return {}
    found = unit.run(
        sa.select(operator.c.id, operator.c.name).where(
            operator.c.id.in_(deed.to), operator.c.active
        )
    )
    names = {one: name for one, name in found}  # noqa: C416 - a row is no pair to dict()
    if len(names) < len(set(deed.to)):
        raise InputError("lead_nobody")
    return names
