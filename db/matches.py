"""Persons who may be one: listing the pairs, and deciding that they are the same or are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.caps import hold_back
from db.customer_windows import point_anew
from db.engine import Database
from db.events import append_audit
from db.in_hand import refuse_in_hand
from db.merging import merge_persons
from db.tables import asset, person, person_asset, person_phone, phone, possible_match
from db.topics import CASES, QUEUE
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.mask import mask
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class MatchLine:
    """Two persons who may be one; numbers masked.

    Attributes:
        id: the pair.
        person_id: the one, in a record's list the person itself.
        name: its name.
        masked: its first number.
        plate: its first plate.
        other_id: the other.
        other_name: its name.
        other_masked: its first number.
        other_plate: its first plate.
        reason: what they share: number, vin, id_number or name.
        found_at: when it was noticed (UTC).
    """

    id: int
    person_id: int
    name: str
    masked: str
    plate: str | None
    other_id: int
    other_name: str
    other_masked: str
    other_plate: str | None
    reason: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a pair; `person_id` is the one that is left, none when both are."""

    person_id: int | None
    merged_id: int | None


def list_open(
    database: Database, actor: Actor, *, after: int = 0, limit: int = 200
) -> tuple[MatchLine, ...]:
    """Pairs that wait for a decision, the oldest first, behind the pair `after`.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[MatchLine, ...]:
        require(actor, "customers.search")
        pairs = unit.run(
            sa.select(possible_match)
            .where(possible_match.c.state == "open", possible_match.c.id > after)
            .order_by(possible_match.c.id)
            .limit(limit)
        )
        return _lines(unit, pairs.mappings().all())

    return database.read(work)


def matches_of(unit: Unit, person_id: int) -> tuple[MatchLine, ...]:
    """The undecided pairs of one person, who comes first in each."""
    columns = possible_match.c
    pairs = unit.run(
        sa.select(possible_match)
        .where(
            columns.state == "open",
            sa.or_(columns.person_id == person_id, columns.other_id == person_id),
        )
        .order_by(columns.id)
    ).mappings()
    return _lines(unit, [_turned(pair, person_id) for pair in pairs])


def decide_different(database: Database, actor: Actor, match_id: int) -> Decided:
    """Says that two persons are two.

    Raises:
        RefusedError: `not_allowed`, `match_unknown`, `match_decided`.
    """

    def work(unit: Unit) -> Decided:
        require(actor, "customers.merge")
        pair = _open_pair(unit, match_id)
        _settle(unit, actor, [match_id], "different")
        append_audit(
            unit, actor, "told_apart", "person", pair["person_id"],
            details={"other": pair["other_id"]},
        )  # fmt: skip
        return Decided(None, None)

    return database.write(work)


def decide_same(
    database: Database, actor: Actor, match_id: int, *, keep: int | None = None
) -> Decided:
    """Says that two persons are one: all that hangs on the other goes to the one that is left.

    What the one left lacks is filled in from the other; nothing is overwritten and no amount is
    added up. The other's record stays under its name, closed, and leads to the one left.

    Args:
        database: the database.
        actor: who decides.
        match_id: the pair.
        keep: which of the two is left; the older record unless given.

    Raises:
        RefusedError: `not_allowed`, `match_unknown`, `match_decided`, `person_in_hand` while one
            of them is in somebody's call or waits for a word on one.
        InputError: `match_keep` when `keep` is neither of the two.
    """

    def work(unit: Unit) -> Decided:
        require(actor, "customers.merge")
        pair = _open_pair(unit, match_id)
        both = {pair["person_id"], pair["other_id"]}
        left = min(both) if keep is None else keep
        if left not in both:
            raise InputError("match_keep", person=left)
        (gone,) = both - {left}
        refuse_in_hand(unit, sorted(both))
        merge_persons(unit, actor, left, gone)
        point_anew(unit, database.rulebook, left, actor)
        # Both were rung: what waits for the one that is left counts the calls of both.
        hold_back(unit, database.rulebook, [left])
        _settle(unit, actor, [match_id], "same")
        append_audit(unit, actor, "merged", "person", left, details={"other": gone})
        unit.move(QUEUE, CASES)
        return Decided(left, gone)

    return database.write(work)


def _open_pair(unit: Unit, match_id: int) -> sa.RowMapping:
    pair = (
        unit.run(sa.select(possible_match).where(possible_match.c.id == match_id).with_for_update())
        .mappings()
        .first()
    )
    if pair is None:
        raise RefusedError("match_unknown", match=match_id)
    if pair["state"] != "open":
        raise RefusedError("match_decided", match=match_id)
    return pair


def _settle(unit: Unit, actor: Actor, matches: Sequence[int], state: str) -> None:
    unit.run(
        sa.update(possible_match)
        .where(possible_match.c.id.in_(matches))
        .values(state=state, decided_at=unit.now, decided_by=actor.operator_id)
    )


def _turned(pair: sa.RowMapping, first: int) -> dict[str, Any]:
    values = {str(name): value for name, value in pair.items()}
    if values["person_id"] != first:
        values["person_id"], values["other_id"] = first, values["person_id"]
    return values


def _lines(
    unit: Unit, pairs: Sequence[sa.RowMapping] | Sequence[dict[str, Any]]
) -> tuple[MatchLine, ...]:
    ids = sorted({pair[end] for pair in pairs for end in ("person_id", "other_id")})
    names = dict(_first(unit, sa.select(person.c.id, person.c.name).where(person.c.id.in_(ids))))
    numbers = dict(
        _first(
            unit,
            sa.select(person_phone.c.person_id, phone.c.e164)
            .join(phone, phone.c.id == person_phone.c.phone_id)
            .where(person_phone.c.person_id.in_(ids), person_phone.c.until.is_(None))
            .order_by(person_phone.c.position.desc(), person_phone.c.id.desc()),
        )
    )
    plates = dict(
        _first(
            unit,
            sa.select(person_asset.c.person_id, asset.c.plate)
            .join(asset, asset.c.id == person_asset.c.asset_id)
            .where(person_asset.c.person_id.in_(ids), person_asset.c.until.is_(None))
            .order_by(person_asset.c.position.desc(), asset.c.id.desc()),
        )
    )

    def masked(person_id: int) -> str:
        return mask(numbers[person_id]) if person_id in numbers else ""

    return tuple(
        MatchLine(
            id=pair["id"],
            person_id=pair["person_id"],
            name=names[pair["person_id"]],
            masked=masked(pair["person_id"]),
            plate=plates.get(pair["person_id"]),
            other_id=pair["other_id"],
            other_name=names[pair["other_id"]],
            other_masked=masked(pair["other_id"]),
            other_plate=plates.get(pair["other_id"]),
            reason=pair["reason"],
            found_at=pair["found_at"],
        )
        for pair in pairs
    )


def _first(unit: Unit, query: sa.Select[*tuple[Any, ...]]) -> list[tuple[int, Any]]:
    """Pairs of person and value; of several values the last counts, so ask the first one last."""
    return [(row[0], row[1]) for row in unit.run(query)]
