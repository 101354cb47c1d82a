"""The deal-out of a morning: a selection shared among those who are here, looked at first.

It is carried out and taken back as every action of a lead (`db.lead_actions`, `db.lead_undo`):
exactly what was shown; what has changed since stays as it is, and is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.lead_actions import Done, carry_out
from db.lead_plan import DryRun, Left, Planned
from db.lead_selection import Selection, find_ids
from db.lead_standing import Stood, standing_of
from db.operators import operator_named
from db.roster import Here, Presence, present_now, zone_of
from db.tables import operator, person
from db.topics import SEATS
from db.transaction import Unit
from domain.deal_out import (
    FULL,
    MOST_WEIGHT,
    DealMode,
    DealWhy,
    Hand,
    Share,
    Work,
    deal_out,
)
from domain.errors import InputError
from domain.lead import Deed, DeedKind, why_not
from domain.permissions import Actor, Role, require
from domain.roster import Roster, instant_of
from domain.said import Said

WEIGHT: Final = "deal_weight"


@dataclass(frozen=True, slots=True)
class DealWish:
    """What is to be dealt out, among whom, and how.

    Attributes:
        mode: see `DealMode`.
        campaign: code of the kind; none for all.
        band: the band; none for all.
        pool: only what is nobody's.
        among: operators who take part; empty for all who are here.
    """

    mode: DealMode = DealMode.EQUAL
    campaign: str | None = None
    band: int | None = None
    pool: bool = False
    among: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DealHand:
    """What somebody would get.

    Attributes:
        operator_id: who.
        login: the login.
        name: the name.
        state: whether they are here.
        weight: their share in percent of an ordinary one.
        gets: how many they would get.
        keeps: how many of the selection they have already and keep.
        whys: how many of both for which reason.
    """

    operator_id: int
    login: str
    name: str
    state: Here
    weight: int
    gets: int
    keeps: int
    whys: Mapping[DealWhy, int]


@dataclass(frozen=True, slots=True)
class DealPlan:
    """The dry run of a deal-out.

    Attributes:
        wish: what was asked for.
        hands: who takes part, by login, with what they would get.
        run: what would be moved, and what would stay.
        whys: why each callback goes where it goes, by id.
    """

    wish: DealWish
    hands: tuple[DealHand, ...]
    run: DryRun
    whys: Mapping[int, DealWhy]


def plan_deal(database: Database, actor: Actor, wish: DealWish) -> DealPlan:
    """What a deal-out would do to what falls due today or is due already; nothing is changed.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `deal_nobody` where nobody is here to take part.
    """

    def work(unit: Unit) -> DealPlan:
        require(actor, "queue.deal_out")
        present = _taking_part(present_now(unit, database.rulebook), wish)
        if not present:
            raise InputError("deal_nobody")
        hands = _hands(unit, present)
        deed = Deed(DeedKind.REASSIGN, to=tuple(hand.operator_id for hand in hands))
        ids, beyond = find_ids(unit, _selection(unit, database, wish))
        stood = standing_of(unit, database.rulebook, deed, ids)
        known = [stood[one] for one in ids if one in stood]
        shares = deal_out(_works(unit, known), hands, wish.mode)
        planned, left = _run(unit, deed, stood, shares)
        people = {one.operator_id: one.name for one in present}
        run = DryRun(deed, planned, left, beyond, people)
        whys = {share.work.id: share.why for share in shares}
        return DealPlan(wish, _told(present, hands, shares, planned), run, whys)

    return database.read(work)


def carry_deal_out(database: Database, actor: Actor, plan: DealPlan, uuid: str) -> Done:
    """Does what a dry run showed; a repeat under the same uuid gives the first result.

    Raises:
        RefusedError: `not_allowed`, `lead_action_reused`.
        InputError: `lead_nothing` where nothing would be moved.
    """
    require(actor, "queue.deal_out")
    return carry_out(database, actor, plan.run, uuid)


def set_weight(database: Database, actor: Actor, who: str, weight: int) -> None:
    """Sets somebody's share at a deal-out by weight, in percent of an ordinary one.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `colleague_unknown`, `deal_weight_bad`.
    """
    if not 0 <= weight <= MOST_WEIGHT:
        raise InputError("deal_weight_bad", weight=weight, most=MOST_WEIGHT)

    def work(unit: Unit) -> None:
        require(actor, "operators.roster")
        found = operator_named(unit, who)
        if found is None:
            raise InputError("colleague_unknown", name=who)
        own = operator.c.id == found
        settings = unit.run(sa.select(operator.c.settings).where(own).with_for_update()).scalar()
        changed = {**(settings or {}), WEIGHT: weight}
        unit.run(sa.update(operator).where(own).values(settings=changed))
        append_audit(
            unit, actor, "deal_weight", "operator", found,
            fields=["settings"], details={"weight": weight},
        )  # fmt: skip
        unit.move(SEATS)

    database.write(work)


def weights_of(database: Database, actor: Actor) -> Mapping[int, int]:
    """Everybody's share at a deal-out by weight, in percent of an ordinary one.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Mapping[int, int]:
        require(actor, "queue.deal_out")
        rows = unit.run(sa.select(operator.c.id, operator.c.settings).where(operator.c.active))
        return {row.id: _weight(row.settings) for row in rows}

    return database.read(work)


def _selection(unit: Unit, database: Database, wish: DealWish) -> Selection:
    zone = zone_of(database.rulebook)
    tomorrow = Roster(zone).day_of(unit.now) + timedelta(days=1)
    return Selection(
        pool=wish.pool,
        campaign=wish.campaign,
        bands=() if wish.band is None else (wish.band,),
        states=("scheduled", "due"),
        due_before=instant_of(tomorrow, 0, zone),
    )


def _taking_part(people: Iterable[Presence], wish: DealWish) -> list[Presence]:
    """Who gets something: those named; else operators who are or should be here.

    A lead at a seat takes part only where the roster has them work a shift.
    """
    here = [one for one in people if one.takes_work]
    if wish.among:
        return [one for one in here if one.operator_id in wish.among]
    return [one for one in here if one.role == Role.OPERATOR or one.rostered]


def _hands(unit: Unit, present: Sequence[Presence]) -> list[Hand]:
    rows = unit.run(
        sa.select(operator.c.id, operator.c.language, operator.c.speaks, operator.c.settings).where(
            operator.c.id.in_([one.operator_id for one in present])
        )
    )
    known = {
        row.id: Hand(row.id, frozenset({row.language, *row.speaks}), _weight(row.settings))
        for row in rows
    }
    return [known[one.operator_id] for one in present]


def _weight(settings: Mapping[str, object] | None) -> int:
    found = (settings or {}).get(WEIGHT, FULL)
    return found if isinstance(found, int) else FULL


def _works(unit: Unit, known: Sequence[Stood]) -> list[Work]:
    persons = sorted({one.row["person_id"] for one in known})
    rows = unit.run(sa.select(person.c.id, person.c.language).where(person.c.id.in_(persons)))
    spoken = {row.id: row.language or "" for row in rows}
    return [
        Work(
            id=one.row["id"],
            person_id=one.row["person_id"],
            band=one.row["band"],
            due_at=one.row["due_at"],
            owner_id=one.row["assigned_to"] or one.row["owner_id"],
            avoid_id=one.row["avoid_operator_id"],
            language=spoken[one.row["person_id"]],
        )
        for one in known
    ]


def _run(
    unit: Unit, deed: Deed, stood: Mapping[int, Stood], shares: Iterable[Share]
) -> tuple[tuple[Planned, ...], tuple[Left, ...]]:
    planned, left = [], []
    for share in shares:
        one = stood[share.work.id]
        why = Said(f"deal.stays.{share.why}") if share.to is None else None
        why = why or why_not(deed, one.standing, share.to, unit.now)
        if why is not None:
            left.append(Left(share.work.id, one.row["name"], why))
            continue
        row = one.row
        planned.append(
            Planned(
                callback_id=row["id"],
                stamp=one.stamp,
                to=share.to,
                name=row["name"],
                campaign_zh=row["name_zh"],
                campaign_en=row["name_en"],
                due_at=row["due_at"],
                whose=row["holder"] or row["whose"],
                note=one.note,
            )
        )
    return tuple(planned), tuple(left)


def _told(
    present: Sequence[Presence],
    hands: Sequence[Hand],
    shares: Sequence[Share],
    planned: Sequence[Planned],
) -> tuple[DealHand, ...]:
    moved = {one.callback_id for one in planned}
    gets = Counter(share.to for share in shares if share.work.id in moved)
    keeps = Counter(share.to for share in shares if share.work.id not in moved)
    whys: dict[int | None, Counter[DealWhy]] = {}
    for share in shares:
        whys.setdefault(share.to, Counter())[share.why] += 1
    return tuple(
        DealHand(
            one.operator_id,
            one.login,
            one.name,
            one.state,
            hand.weight,
            gets[one.operator_id],
            keeps[one.operator_id],
            whys.get(one.operator_id, {}),
        )
        for one, hand in zip(present, hands, strict=True)
    )
