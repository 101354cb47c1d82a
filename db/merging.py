"""Making two records of one person one: every link goes to the one that is left."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from db.events import append_event
from db.tables import (
    call,
    callback,
    chance,
    complaint,
    consent,
    contact,
    do_not_call,
    gap_rating,
    import_conflict,
    import_memory,
    occasion,
    person,
    person_asset,
    person_phone,
    possible_match,
    promise,
    score,
    service_order,
    tier_proposal,
    wish,
)
from db.transaction import Unit
from domain.case import LIVE
from domain.permissions import Actor

_MOVED: Final = (
    call,
    score,
    promise,
    complaint,
    wish,
    chance,
    service_order,
    contact,
    consent,
    do_not_call,
    occasion,
    tier_proposal,
    gap_rating,
)
"""Tables whose rows simply change hands."""
_FILLED: Final = (
    "salutation",
    "sex",
    "id_number",
    "occupation",
    "country",
    "language",
    "zone",
    "home_address",
    "home_postcode",
    "work_address",
    "work_postcode",
    "email",
    "member_level",
    "loyalty",
    "trend",
    "tier",
    "customer_class",
    "preferred_hours",
    "refused_hours",
    "owner_id",
)
"""Columns that the one left takes over where its own are empty."""
_TOGETHER: Final = (("birthday", "birthday_calendar"), ("spent", "currency"))
"""Columns that make sense only with each other; the first decides whether they are empty."""


def merge_persons(unit: Unit, actor: Actor, left: int, gone: int) -> None:
    """Gives all that hangs on one person to another, and closes the one that is gone."""
    rows = {
        row["id"]: row
        for row in unit.run(
            sa.select(person).where(person.c.id.in_((left, gone))).with_for_update()
        ).mappings()
    }
    for callback_id, state, fence in unit.run(
        sa.update(callback)
        .where(callback.c.person_id == gone)
        .values(person_id=left, updated_at=unit.now)
        .returning(callback.c.id, callback.c.state, callback.c.fence)
    ).all():
        # The event keeps an undo of an earlier outcome from giving the callback back.
        append_event(
            unit, callback_id, "merged", (state, state), actor=actor, fence=fence,
            data={"from": gone},
        )  # fmt: skip
    # Two proposals of one kind can't both wait; the next run sorts the one person anew.
    unit.run(
        sa.delete(tier_proposal).where(
            tier_proposal.c.person_id.in_((left, gone)), tier_proposal.c.state == "open"
        )
    )
    for table in _MOVED:
        unit.run(sa.update(table).where(table.c.person_id == gone).values(person_id=left))
    unit.run(
        sa.update(complaint)
        .where(complaint.c.person_id == left, complaint.c.status.in_([str(one) for one in LIVE]))
        .values(look_at=unit.now)
    )
    _move_links(unit, person_phone, person_phone.c.phone_id, left, gone)
    _move_links(unit, person_asset, person_asset.c.asset_id, left, gone)
    _move_pairs(unit, left, gone)
    unit.run(
        sa.update(import_memory)
        .where(import_memory.c.kind == "customers", import_memory.c.row_id == gone)
        .values(row_id=left)
    )
    unit.run(
        sa.update(import_conflict)
        .where(import_conflict.c.kind == "person", import_conflict.c.row_id == gone)
        .values(row_id=left)
    )
    unit.run(sa.update(person).where(person.c.merged_into == gone).values(merged_into=left))
    _fill(unit, rows[left], rows[gone])
    unit.run(
        sa.update(person)
        .where(person.c.id == gone)
        .values(merged_into=left, closed_at=unit.now, closed_because="merged", updated_at=unit.now)
    )


def _move_links(unit: Unit, table: sa.Table, what: sa.Column[Any], left: int, gone: int) -> None:
    """Gives links to numbers or assets to the one left, behind its own; doubled ones end."""
    columns = table.c
    has = sa.select(what).where(
        columns.person_id == left, columns.until.is_(None), what.is_not(None)
    )
    unit.run(
        sa.update(table)
        .where(columns.person_id == gone, columns.until.is_(None), what.in_(has.scalar_subquery()))
        .values(until=unit.now)
    )
    last = unit.run(sa.select(sa.func.max(columns.position)).where(columns.person_id == left))
    behind = (last.scalar() or 0) + 1
    unit.run(
        sa.update(table)
        .where(columns.person_id == gone)
        .values(person_id=left, position=columns.position + behind)
    )


def _move_pairs(unit: Unit, left: int, gone: int) -> None:
    """Turns the other's undecided pairs to the one left; one that exists already is dropped."""
    columns = possible_match.c
    rows = unit.run(
        sa.select(possible_match).where(
            sa.or_(columns.person_id.in_((left, gone)), columns.other_id.in_((left, gone)))
        )
    ).mappings()
    known: set[int] = set()
    turned: list[tuple[int, int]] = []
    for row in rows.all():
        ends = {row["person_id"], row["other_id"]}
        third = ends - {left, gone}
        if left in ends:
            known |= third
        elif row["state"] == "open":
            turned.append((row["id"], third.pop()))
    for match_id, third_id in turned:
        if third_id in known:
            unit.run(sa.delete(possible_match).where(columns.id == match_id))
            continue
        known.add(third_id)
        low, high = sorted((left, third_id))
        unit.run(
            sa.update(possible_match)
            .where(columns.id == match_id)
            .values(person_id=low, other_id=high)
        )


def _fill(unit: Unit, left: sa.RowMapping, gone: sa.RowMapping) -> None:
    values = {name: gone[name] for name in _FILLED if left[name] in (None, "")}
    for first, second in _TOGETHER:
        if left[first] is None and gone[first] is not None:
            values |= {first: gone[first], second: gone[second]}
    if not left["name"]:
        values |= {name: gone[name] for name in ("name", "pinyin", "initials")}
    if left["closed_at"] is None and gone["closed_at"] is not None:
        values |= {name: gone[name] for name in ("closed_at", "closed_because")}
    values["tier_pinned"] = left["tier_pinned"] or ("tier" in values and gone["tier_pinned"])
    unit.run(
        sa.update(person).where(person.c.id == left["id"]).values(**values, updated_at=unit.now)
    )
