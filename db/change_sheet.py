"""The daily change sheet: what a department should know that changed about its customers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.case_story import SlipLine, StoryLine, case_promises, slip_lines, story_of
from db.engine import Database
from db.tables import audit, complaint, dispatch_slip, operator, person
from db.transaction import Unit
from db.wishes import StandingWish, standing_wishes
from domain.case import LIVE
from domain.errors import InputError
from domain.permissions import Actor, require
from domain.said import Said

REMEMBERED: Final = timedelta(days=90)
"""How long after its last change a closed case keeps its customer among a department's own."""


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case that changed in the stretch, with what happened in it, the earliest first."""

    id: int
    number: str | None
    weight: str
    level: str
    status: str
    customer: str
    description: str
    lines: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A change of a customer's record: who changed which fields when (UTC); no values."""

    at: datetime
    person_id: int
    customer: str
    operator: str | None
    action: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """What changed about a department's customers; instants in UTC.

    Attributes:
        department: code.
        since: the beginning of the stretch.
        until: its end, which is no part of it.
        owed: replies that the department owes at the end of it, by their time, with the customer.
        cases: that changed, by their numbers.
        records: of its customers that were changed, the earliest first.
    """

    department: str
    since: datetime
    until: datetime
    owed: tuple[tuple[str, SlipLine], ...]
    cases: tuple[ChangedCase, ...]
    records: tuple[RecordChange, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.owed or self.cases or self.records)


def change_sheet(
    database: Database, actor: Actor, department: str, since: datetime, until: datetime
) -> ChangeSheet:
    """What a department is told about a stretch, usually one day of the shop's.

    Its customers are those of open cases that name it or that it was asked about, and of closed
    ones for `REMEMBERED` after their last change.

    Args:
        database: the database.
        actor: who prints it.
        department: code.
        since: UTC instant at which the stretch begins.
        until: UTC instant at which it ends.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `case_code_unknown` for a department that nobody knows.
    """
    known = database.rulebook.cases.departments
    if department not in known:
        raise InputError(
            "case_code_unknown",
            field=Said("slip.field.department"),
            value=department[:60],
            known=", ".join(known),
        )

    def work(unit: Unit) -> ChangeSheet:
        require(actor, "complaints.note")
        rows = _cases(unit, department, since)
        names = {row["person_id"]: row["name"] for row in rows}
        wishes: dict[int, tuple[StandingWish, ...]] = {}
        cases, owed = [], []
        for row in rows:
            if row["person_id"] not in wishes:
                wishes[row["person_id"]] = standing_wishes(unit, row["person_id"])
            lines = _lines(unit, row["id"], wishes[row["person_id"]], since, until)
            if lines:
                cases.append(_changed(row, lines))
            owed += [
                (row["name"], slip)
                for slip in slip_lines(unit, row["id"])
                if slip.department == department and _owed(slip, until)
            ]
        owed.sort(key=lambda one: one[1].reply_by)
        records = _records(unit, names, since, until)
        return ChangeSheet(department, since, until, tuple(owed), tuple(cases), records)

    return database.read(work)


def _cases(unit: Unit, department: str, since: datetime) -> list[sa.RowMapping]:
    asked = sa.select(dispatch_slip.c.complaint_id).where(dispatch_slip.c.department == department)
    return list(
        unit.run(
            sa.select(complaint, person.c.name)
            .join(person, person.c.id == complaint.c.person_id)
            .where(
                sa.or_(complaint.c.department == department, complaint.c.id.in_(asked)),
                complaint.c.status != "withdrawn",
                sa.or_(
                    complaint.c.status.in_([str(one) for one in LIVE]),
                    complaint.c.updated_at >= since - REMEMBERED,
                ),
            )
            .order_by(complaint.c.id)
        ).mappings()
    )


def _lines(
    unit: Unit,
    case_id: int,
    wishes: Collection[StandingWish],
    since: datetime,
    until: datetime,
) -> tuple[StoryLine, ...]:
    own = [one for one in wishes if one.complaint_id == case_id]
    story = story_of(unit, case_id, own, case_promises(unit, case_id))
    return tuple(line for line in story if since <= line.at < until and not line.undone)


def _changed(row: sa.RowMapping, lines: tuple[StoryLine, ...]) -> ChangedCase:
    return ChangedCase(
        id=row["id"],
        number=row["number"],
        weight=row["weight"],
        level=row["level"],
        status=row["status"],
        customer=row["name"],
        description=row["description"],
        lines=lines,
    )


def _owed(slip: SlipLine, until: datetime) -> bool:
    """Whether a reply is owed at an instant that may lie in the past."""
    ends = [one for one in (slip.replied_at, slip.withdrawn_at) if one is not None]
    return slip.sent_at < until and not any(end < until for end in ends)


def _records(
    unit: Unit, names: dict[int, str], since: datetime, until: datetime
) -> tuple[RecordChange, ...]:
    rows = unit.run(
        sa.select(audit.c.at, audit.c.subject_id, audit.c.action, audit.c.fields, operator.c.name)
        .outerjoin(operator, operator.c.id == audit.c.operator_id)
        .where(
            audit.c.subject == "person",
            audit.c.subject_id.in_(names),
            audit.c.at >= since,
            audit.c.at < until,
            audit.c.action.in_(_TOLD),
        )
        .order_by(audit.c.at, audit.c.id)
    )
    return tuple(
        RecordChange(
            row.at, row.subject_id, names[row.subject_id], row.name, row.action, tuple(row.fields)
        )
        for row in rows
    )


_TOLD: Final = (
    "edited",
    "merged",
    "number_added",
    "asset_link_ended",
    "person_closed",
    "consent_given",
    "consent_taken_back",
    "noted",
)
"""What of the audit a department is told: the record itself, not who looked at it."""
