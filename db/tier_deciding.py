"""What leads decide about tiers and card levels: confirm, decline, set by hand, let go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import sqlalchemy as sa

from db.customer_edit import living_person
from db.engine import Database
from db.events import append_audit
from db.occasions import add_occasion
from db.tables import person, tier_proposal
from db.tier_effects import follow_tiers
from db.tier_facts import contribution_now
from db.tiers import TIERS
from db.transaction import Unit
from domain.bands import Tier
from domain.care.facts import OccasionKind
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.record.cells import clean_line
from domain.rulebook import Rulebook
from domain.said import Said, said_as_plain
from domain.tiers import direction_of

_AT_ONCE: Final = 50
"""Customers of one transaction: for so long nobody else can write to an embedded database."""
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a confirmation.

    Attributes:
        tiers: customers who changed their tier.
        levels: customers who changed their card level; the care plan rings each.
        outdated: proposals that no longer fitted, because the customer changed meanwhile.
        callbacks: waiting callbacks that moved to another band or owner.
    """

    tiers: int = 0
    levels: int = 0
    outdated: int = 0
    callbacks: int = 0

    def said(self) -> Said:
        """What came of it, in words."""
        params = {
            "tiers": self.tiers,
            "levels": self.levels,
            "outdated": self.outdated,
            "callbacks": self.callbacks,
        }
        return Said("tiers.confirmed", params)

    def plus(self, other: Confirmed) -> Confirmed:
        """Both together."""
        return Confirmed(
            self.tiers + other.tiers,
            self.levels + other.levels,
            self.outdated + other.outdated,
            self.callbacks + other.callbacks,
        )


def confirm(database: Database, actor: Actor, ids: Iterable[int], today: date) -> Confirmed:
    """Carries proposals out, some at a time; those decided before are left alone.

    A change of card level is noted as an occasion of `today` (the shop's calendar day), from which
    the care plan makes the callback once.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "tiers.decide")
    wanted = sorted(set(ids))
    done = Confirmed()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        done = done.plus(
            database.write(partial(_confirm, database.rulebook, actor, some, today))
        )  # fmt: skip
    return done


def confirm_all(
    database: Database, actor: Actor, today: date, kind: str | None = None
) -> Confirmed:
    """Carries out all proposals that wait now, or those of one kind.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "tiers.decide")
    query = sa.select(tier_proposal.c.id).where(tier_proposal.c.state == "open")
    if kind is not None:
        query = query.where(tier_proposal.c.kind == kind)
    ids = database.read(lambda unit: list(unit.run(query).scalars()))
    return confirm(database, actor, ids, today)


def decline(database: Database, actor: Actor, ids: Iterable[int]) -> int:
    """Puts proposals aside and returns how many; the same ones are not made again.

    Raises:
        RefusedError: `not_allowed`.
    """
    wanted = sorted(set(ids))

    def work(unit: Unit) -> int:
        require(actor, "tiers.decide")
        rows = _open_rows(unit, wanted)
        _decide(unit, actor, [row["id"] for row in rows], "declined")
        for row in rows:
            append_audit(
                unit, actor, f"{row['kind']}_declined", "person", row["person_id"],
                details={"to": row["to_value"]},
            )  # fmt: skip
        return len(rows)

    return database.write(work)


def pin(database: Database, actor: Actor, person_id: int, tier: Tier, reason: str) -> int:
    """Sets a customer's tier for good, whatever is computed; the reason shows on the record.

    Returns:
        How many waiting callbacks changed.

    Raises:
        InputError: `pin_reason_empty`, `field_too_long`.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`.
    """
    text = clean_line(reason)
    if not text:
        raise InputError("pin_reason_empty")
    if len(text) > _LONGEST_REASON:
        raise InputError("field_too_long", limit=_LONGEST_REASON)

    def work(unit: Unit) -> int:
        require(actor, "tiers.decide")
        row = living_person(unit, person_id)
        before = Tier(row["tier"]) if row["tier"] else None
        _outdate_open(unit, actor, row["id"])
        known = contribution_now(unit, row["id"])
        why = Said("tiers.why.pinned", {"name": actor.name, "reason": text})
        unit.run(
            tier_proposal.insert(),
            {
                "person_id": row["id"],
                "kind": "tier",
                "from_value": row["tier"],
                "to_value": tier.value,
                "direction": direction_of(before, tier),
                "reasons": [said_as_plain(why)],
                "contribution": known.amount if known else 0,
                "currency": known.currency if known else "",
                "state": "pinned",
                "made_at": unit.now,
                "decided_at": unit.now,
                "decided_by": actor.operator_id,
            },
        )
        unit.run(
            sa.update(person)
            .where(person.c.id == row["id"])
            .values(tier=tier.value, tier_pinned=True, updated_at=unit.now)
        )
        append_audit(
            unit, actor, "tier_pinned", "person", row["id"],
            fields=["tier"], details={"from": row["tier"], "to": tier.value},
        )  # fmt: skip
        unit.move(TIERS)
        return follow_tiers(unit, database.rulebook, [row["id"]])

    return database.write(work)


def unpin(database: Database, actor: Actor, person_id: int) -> None:
    """Lets a customer's tier be computed again; it stays as it is until a lead confirms another.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `tier_not_pinned`.
    """

    def work(unit: Unit) -> None:
        require(actor, "tiers.decide")
        row = living_person(unit, person_id)
        if not row["tier_pinned"]:
            raise RefusedError("tier_not_pinned", person=person_id)
        unit.run(
            sa.update(person)
            .where(person.c.id == row["id"])
            .values(tier_pinned=False, updated_at=unit.now)
        )
        append_audit(unit, actor, "tier_unpinned", "person", row["id"], fields=["tier"])
        unit.move(TIERS)

    database.write(work)


def _confirm(
    rulebook: Rulebook, actor: Actor, ids: Sequence[int], today: date, unit: Unit
) -> Confirmed:
    rows = _open_rows(unit, ids)
    persons = {
        row["id"]: row
        for row in unit.run(
            sa.select(person)
            .where(person.c.id.in_({row["person_id"] for row in rows}))
            .order_by(person.c.id)
            .with_for_update()
        ).mappings()
    }
    tiers: list[int] = []
    levels: list[int] = []
    outdated: list[int] = []
    taken: list[int] = []
    for row in rows:
        who, of_tier = persons[row["person_id"]], row["kind"] == "tier"
        column = "tier" if of_tier else "member_level"
        moved = who["closed_at"] is not None or who[column] != row["from_value"]
        if moved or (of_tier and who["tier_pinned"]):
            outdated.append(row["id"])
            continue
        taken.append(row["id"])
        (tiers if of_tier else levels).append(who["id"])
        unit.run(
            sa.update(person)
            .where(person.c.id == who["id"])
            .values({column: row["to_value"], "updated_at": unit.now})
        )
        append_audit(
            unit, actor, f"{row['kind']}_confirmed", "person", who["id"],
            fields=[column], details={"from": row["from_value"], "to": row["to_value"]},
        )  # fmt: skip
    for person_id in levels:
        add_occasion(unit, actor, person_id, OccasionKind.MEMBER_LEVEL, today)
    _decide(unit, actor, taken, "confirmed")
    _decide(unit, actor, outdated, "outdated")
    callbacks = follow_tiers(unit, rulebook, tiers) if tiers else 0
    return Confirmed(len(tiers), len(levels), len(outdated), callbacks)


def _open_rows(unit: Unit, ids: Sequence[int]) -> Sequence[sa.RowMapping]:
    """The proposals that still wait, locked."""
    return (
        unit.run(
            sa.select(tier_proposal)
            .where(tier_proposal.c.id.in_(ids), tier_proposal.c.state == "open")
            .order_by(tier_proposal.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )


def _outdate_open(unit: Unit, actor: Actor, person_id: int) -> None:
    columns = tier_proposal.c
    ids = unit.run(
        sa.select(columns.id).where(
            columns.person_id == person_id, columns.kind == "tier", columns.state == "open"
        )
    ).scalars()
    _decide(unit, actor, list(ids), "outdated")


def _decide(unit: Unit, actor: Actor, ids: Sequence[int], state: str) -> None:
    if ids:
        unit.run(
            sa.update(tier_proposal)
            .where(tier_proposal.c.id.in_(ids))
            .values(state=state, decided_at=unit.now, decided_by=actor.operator_id)
        )
        unit.move(TIERS)
