"""What customers expected and what they received, as told in calls about a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.decisions import CallEnd
from db.tables import call_decision, complaint, gap_rating
from db.transaction import Unit
from domain.gap import GivenGap, Moment


@dataclass(frozen=True, slots=True)
class GapLine:
    """A rating with the call and the instant (UTC) at which it was given."""

    rating: GivenGap
    at: datetime
    call_id: int | None


def keep_gaps(unit: Unit, end: CallEnd, decision_id: int, complaint_id: int | None) -> None:
    """Writes the ratings of a call, to the case that it is about.

    Args:
        unit: the transaction.
        end: how the call ended.
        decision_id: the decision's row.
        complaint_id: the case that the call opened or serves; without one, the person's only open
            case is meant, if there is exactly one.
    """
    if not end.decision.gaps:
        return
    person_id = end.call["person_id"]
    unit.run(
        gap_rating.insert(),
        [
            {
                "person_id": person_id,
                "complaint_id": complaint_id or _only_open_case(unit, person_id),
                "call_id": end.call["id"],
                "decision_id": decision_id,
                "moment": one.moment,
                "factor": one.factor,
                "expected": one.expected,
                "received": one.received,
                "scale": one.scale,
                "at": end.at,
                "operator_id": end.caller,
            }
            for one in end.decision.gaps
        ],
    )


def given_gaps(unit: Unit, decision_id: int) -> tuple[GivenGap, ...]:
    """The ratings that came with a decision."""
    rows = unit.run(
        sa.select(gap_rating)
        .where(gap_rating.c.decision_id == decision_id)
        .order_by(gap_rating.c.id)
    ).mappings()
    return tuple(_rating(row) for row in rows)


def gaps_of_case(unit: Unit, complaint_id: int) -> tuple[GapLine, ...]:
    """How a case was rated: the last rating in force of each factor and moment."""
    rows = unit.run(
        sa.select(gap_rating)
        .outerjoin(call_decision, call_decision.c.id == gap_rating.c.decision_id)
        .where(gap_rating.c.complaint_id == complaint_id, call_decision.c.superseded_at.is_(None))
        .order_by(gap_rating.c.id)
    ).mappings()
    last: dict[tuple[Moment, str], GapLine] = {}
    for row in rows:
        rating = _rating(row)
        key = (rating.moment, rating.factor)
        last.pop(key, None)
        last[key] = GapLine(rating, row["at"], row["call_id"])
    return tuple(last.values())


def _rating(row: sa.RowMapping) -> GivenGap:
    return GivenGap(row["moment"], row["factor"], row["scale"], row["expected"], row["received"])


def _only_open_case(unit: Unit, person_id: int) -> int | None:
    found = unit.run(
        sa.select(complaint.c.id)
        .where(
            complaint.c.person_id == person_id, complaint.c.status.not_in(("closed", "withdrawn"))
        )
        .limit(2)
    ).all()
    return int(found[0].id) if len(found) == 1 else None
