"""Making callbacks: the only way in which they come to be.

Imports, retries agreed upon, promises and the demo all pass here, so that window, band, number,
owner's grace and the first event are always set together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.campaigns import find_campaigns
from db.caps import hold_back
from db.events import append_created
from db.hours_input import PERSON_FIELDS, PHONE_FIELDS, HoursInput, hours_input
from db.many import insert_many
from db.tables import callback, campaign, person, person_phone, phone
from db.topics import QUEUE
from db.transaction import Unit
from db.windows import window_for
from domain.bands import Priority, Tier, band_of
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.promise import PromiseState
from domain.rulebook import Rulebook
from domain.tries import Tries

_PERSON: Final[Sequence[sa.Column[Any]]] = [
    person.c.id, person.c.closed_at, person.c.tier, person.c.owner_id,
    *(person.c[field] for field in sorted(PERSON_FIELDS)),
]  # fmt: skip
_PHONE: Final[Sequence[sa.Column[Any]]] = [
    phone.c.id,
    *(phone.c[field] for field in sorted(PHONE_FIELDS)),
]


@dataclass(frozen=True, slots=True)
class NewCallback:
    """A callback to be made; instants are UTC.

    Attributes:
        person_id: whom to ring.
        campaign: code of its kind.
        due_at: when.
        phone_id: the number to try first; the person's first usable one unless given.
        promised: the time was promised to the customer by name.
        named_by_customer: the customer named the time, so that house hours give way to it.
        priority: the wish that came with it.
        note: what came with it, in words.
        owner_id: whose it is; alone theirs for the campaign's grace after it falls due. Unless
            given, the person's own operator where the policy of the tier says so.
        avoid_operator_id: who shall not make the next attempt.
        asset_id: what it is about.
        complaint_id: the case that it serves.
        regulator_case: the case is an appeal to the regulator.
        origin_id: the callback that it came from.
        origin_call_id: the call that it came from.
        source: where it came from: an import's source, `call`, `promise`, `inbound`, `demo`.
        source_key: its natural key within the source.
        import_id: the import that made it.
    """

    person_id: int
    campaign: str
    due_at: datetime
    phone_id: int | None = None
    promised: bool = False
    named_by_customer: bool = False
    priority: Priority = Priority.NORMAL
    note: str | None = None
    owner_id: int | None = None
    avoid_operator_id: int | None = None
    asset_id: int | None = None
    complaint_id: int | None = None
    regulator_case: bool = False
    origin_id: int | None = None
    origin_call_id: int | None = None
    source: str = "desk"
    source_key: str | None = None
    import_id: int | None = None


def create_callback(
    unit: Unit, rulebook: Rulebook, new: NewCallback, actor: Actor | None = None
) -> int:
    """Makes a callback and returns its id.

    Raises:
        InputError: `campaign_unknown`.
        RefusedError: `no_number` when the person has no usable number, `person_closed`.
    """
    return create_callbacks(unit, rulebook, [new], actor)[0]


def create_callbacks(
    unit: Unit, rulebook: Rulebook, news: Sequence[NewCallback], actor: Actor | None = None
) -> list[int]:
    """Makes many callbacks in few statements and returns their ids in the same order.

    Those of a person who was rung often enough wait until the caps have cleared.

    Raises:
        InputError: `campaign_unknown`.
        RefusedError: `no_number` when a person has no usable number, `person_closed`.
    """
    if not news:
        return []
    kinds = find_campaigns(unit, {new.campaign for new in news})
    persons = _by_id(unit, _PERSON, {new.person_id for new in news})
    for who in persons.values():
        if who["closed_at"] is not None:
            raise RefusedError("person_closed", person=who["id"])
    tried = [new.phone_id or first_number(unit, new.person_id) for new in news]
    phones = _by_id(unit, _PHONE, {phone_id for phone_id in tried if phone_id is not None})
    windows: dict[HoursInput, int] = {}
    values = []
    for new, phone_id in zip(news, tried, strict=True):
        if phone_id is None:
            raise RefusedError("no_number", person=new.person_id)
        who, kind = persons[new.person_id], kinds[new.campaign]
        named = new.named_by_customer
        key = hours_input(who, phones[phone_id], kind, rulebook.campaigns, named_by_customer=named)
        if key not in windows:
            windows[key] = window_for(unit, rulebook, key)
        values.append(_values(unit, rulebook, new, (kind, who), (phone_id, windows[key])))
    made = insert_many(unit, callback, values)
    append_created(unit, list(zip(made, values, strict=True)), actor)
    hold_back(unit, rulebook, set(persons), only=made)
    unit.move(QUEUE)
    return made


def _values(
    unit: Unit,
    rulebook: Rulebook,
    new: NewCallback,
    kind_and_person: tuple[sa.RowMapping, Mapping[str, Any]],
    phone_and_window: tuple[int, int],
) -> dict[str, Any]:
    """The row of a new callback."""
    kind, who = kind_and_person
    tier = Tier(who["tier"]) if who["tier"] else None
    banded = band_of(
        kind["band"],
        priority=new.priority,
        promise=PromiseState.OPEN if new.promised else None,
        regulator_case=new.regulator_case,
        tier=tier,
        tier_bands=rulebook.tiers.bands,
    )
    owner_id = new.owner_id
    if owner_id is None and tier in rulebook.tiers.owned:
        owner_id = None if who["owner_id"] == new.avoid_operator_id else who["owner_id"]
    owned = owner_id is not None
    return {
        "person_id": new.person_id,
        "phone_id": phone_and_window[0],
        "window_id": phone_and_window[1],
        "campaign_id": kind["id"],
        "asset_id": new.asset_id,
        "complaint_id": new.complaint_id,
        "state": "due" if new.due_at <= unit.now else "scheduled",
        "band": banded.band,
        "due_at": new.due_at,
        "ready_at": new.due_at,
        "first_due_at": new.due_at,
        "promised": new.promised,
        "priority": new.priority,
        "note": new.note,
        "owner_id": owner_id,
        "assigned_to": owner_id,
        "grace_until": grace_end(new.due_at, unit.now, kind["grace_minutes"]) if owned else None,
        "avoid_operator_id": new.avoid_operator_id,
        "attempts": 0,
        "tries": Tries(cap=kind["attempt_cap"]).to_dict(),
        "fence": 0,
        "origin_id": new.origin_id,
        "origin_call_id": new.origin_call_id,
        "source": new.source,
        "source_key": new.source_key,
        "import_id": new.import_id,
        "created_at": unit.now,
        "updated_at": unit.now,
    }


def _by_id(
    unit: Unit, columns: Sequence[sa.Column[Any]], ids: set[int]
) -> dict[int, Mapping[str, Any]]:
    """Rows by the first of their columns, the id."""
    names = [column.name for column in columns]
    rows = unit.each(sa.select(*columns).where(columns[0].in_(sorted(ids))))
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def grace_end(due_at: datetime, now: datetime, minutes: int) -> datetime:
    """Until when an owned callback is offered to its owner alone (UTC)."""
    return max(due_at, now) + timedelta(minutes=minutes)


def usable_numbers(unit: Unit, person_id: int) -> Sequence[sa.Row[Any]]:
    """The person's numbers that may be tried, best first: rows of phone id and role."""
    return unit.run(
        sa.select(phone.c.id, person_phone.c.role)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(
            person_phone.c.person_id == person_id,
            person_phone.c.until.is_(None),
            person_phone.c.role != "fax",
            phone.c.status == "ok",
        )
        .order_by(person_phone.c.position, person_phone.c.id)
    ).all()


def first_number(unit: Unit, person_id: int) -> int | None:
    """The number of a person to try first; none where no usable one is known."""
    rows = usable_numbers(unit, person_id)
    return rows[0].id if rows else None


def window_of(
    unit: Unit,
    rulebook: Rulebook,
    phone_id: int,
    *,
    person_id: int,
    campaign_id: int,
    named_by_customer: bool = False,
    in_hand: bool = False,
) -> int:
    """The window that decides when a person may be called at a number for a campaign.

    A call that is in hand goes on though its campaign has been switched off.
    """
    who, number, kind = (
        unit.run(sa.select(table).where(table.c.id == row_id)).mappings().one()
        for table, row_id in ((person, person_id), (phone, phone_id), (campaign, campaign_id))
    )
    key = hours_input(
        who, number, kind, rulebook.campaigns,
        named_by_customer=named_by_customer, in_hand=in_hand,
    )  # fmt: skip
    return window_for(unit, rulebook, key)
