"""How the wishes of a person stand, and every word that was said about each.

Whoever says something new about a wish writes a row of its own that names the earlier one. So
every call keeps what was said in it, and taking a call back brings the word before it back. Where
a late outcome and the one in force of the same call both speak of a wish, the latter has the word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.tables import call, call_decision, operator, wish
from db.transaction import Unit
from domain.contradiction import WishWord


@dataclass(frozen=True, slots=True)
class StandingWish:
    """A wish as it stands.

    Attributes:
        id: its last row.
        complaint_id: the case that it belongs to; none for one heard without a complaint.
        text: in the customer's words.
        state: `open`, `accepted`, `shelved` or `refused`.
        possible: whether it can be had as wished; none while nobody has judged it.
        reason: why not, as told to the customer.
        offer: what was offered.
        answer_by: UTC instant by which a shelved wish is answered.
        call_id: the call that said so; none for one that was imported or judged at the desk.
        need: `basic`, `expected` or `delight`; none where nobody has said.
        words: all that was said about it and is in force, the earliest first.
    """

    id: int
    complaint_id: int | None
    text: str
    state: str
    possible: bool | None
    reason: str | None
    offer: str | None
    answer_by: datetime | None
    call_id: int | None
    need: str | None = None
    words: tuple[WishWord, ...] = ()


def standing_wishes(unit: Unit, person_id: int) -> tuple[StandingWish, ...]:
    """The wishes of a person, in the customer's order of importance."""
    rows = _rows(unit, person_id)
    told = {(row["call_id"], row["text"]) for row in rows.values() if row["late"] is False}
    valid = {
        row["id"]
        for row in rows.values()
        if not row["late"] or (row["call_id"], row["text"]) not in told
    }
    outdone = {rows[number]["earlier_id"] for number in valid}
    heads = [rows[number] for number in valid - outdone]
    heads.sort(key=lambda row: (row["position"], row["id"]))
    return tuple(_standing(head, rows, valid) for head in heads)


def _standing(
    head: sa.RowMapping, rows: Mapping[int, sa.RowMapping], valid: Collection[int]
) -> StandingWish:
    chain: list[sa.RowMapping] = []
    row: sa.RowMapping | None = head
    while row is not None:
        if row["id"] in valid:
            chain.append(row)
        row = rows.get(row["earlier_id"])
    chain.reverse()
    return StandingWish(
        id=head["id"],
        complaint_id=head["complaint_id"],
        text=head["text"],
        state=head["state"],
        possible=head["possible"],
        reason=head["reason"],
        offer=head["offer"],
        answer_by=head["answer_by"],
        call_id=head["call_id"],
        need=next((one["need"] for one in reversed(chain) if one["need"]), None),
        words=tuple(_word(one) for one in chain),
    )


def _word(row: sa.RowMapping) -> WishWord:
    return WishWord(
        at=row["at"],
        state=row["state"],
        possible=row["possible"],
        reason=row["reason"],
        offer=row["offer"],
        answer_by=row["answer_by"],
        call_id=row["call_id"],
        operator=row["operator"],
    )


def _rows(unit: Unit, person_id: int) -> dict[int, sa.RowMapping]:
    """The rows about a person's wishes that no undo took back, with `late` and `operator`."""
    rows = unit.run(
        sa.select(wish, call_decision.c.late, operator.c.name.label("operator"))
        .outerjoin(call_decision, call_decision.c.id == wish.c.decision_id)
        .outerjoin(call, call.c.id == wish.c.call_id)
        .outerjoin(
            operator, operator.c.id == sa.func.coalesce(wish.c.operator_id, call.c.operator_id)
        )
        .where(wish.c.person_id == person_id, call_decision.c.superseded_at.is_(None))
        .order_by(wish.c.id)
    ).mappings()
    return {row["id"]: row for row in rows}
