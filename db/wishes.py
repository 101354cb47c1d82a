"""How the wishes of a person stand: of each, the last word that is in force.

A call that says something new about a wish writes a row of its own that names the earlier one. So
every call keeps what was said in it, and taking a call back brings the word before it back. Where
a late outcome and the one in force of the same call both speak of a wish, the latter has the word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.tables import call_decision, wish
from db.transaction import Unit


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
        call_id: the call that said so; none for one that was imported.
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


def standing_wishes(unit: Unit, person_id: int) -> tuple[StandingWish, ...]:
    """The wishes of a person, in the customer's order of importance."""
    later, later_decision = wish.alias("later"), call_decision.alias("later_decision")
    outdone = (
        sa.exists()
        .where(
            later.c.person_id == person_id,
            later_decision.c.superseded_at.is_(None),
            sa.or_(
                later.c.earlier_id == wish.c.id,
                sa.and_(
                    call_decision.c.late.is_(True),
                    later_decision.c.late.is_(False),
                    later.c.call_id == wish.c.call_id,
                    later.c.text == wish.c.text,
                ),
            ),
        )
        .select_from(later.join(later_decision, later_decision.c.id == later.c.decision_id))
    )
    rows = unit.run(
        sa.select(
            wish.c.id,
            wish.c.complaint_id,
            wish.c.text,
            wish.c.state,
            wish.c.possible,
            wish.c.reason,
            wish.c.offer,
            wish.c.answer_by,
            wish.c.call_id,
        )
        .outerjoin(call_decision, call_decision.c.id == wish.c.decision_id)
        .where(wish.c.person_id == person_id, call_decision.c.superseded_at.is_(None), ~outdone)
        .order_by(wish.c.position, wish.c.id)
    )
    return tuple(StandingWish(*row) for row in rows)
