"""Opening cases: the row, its first entry, the limits that bind it, and its first call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from db.case_follow import follow, level_rule, plan_call
from db.case_hand import CaseInHand, OfCall, save_case
from db.case_limits import limits_of, start_bound
from db.tables import complaint, person
from db.transaction import Unit
from domain.case import EntryKind, Status, Weight
from domain.permissions import Actor
from domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class NewCase:
    """A grumble, complaint or appeal to be opened; instants in UTC.

    Attributes:
        person_id: who complains.
        description: in the customer's words.
        weight: `grumble`, `complaint` or `appeal`.
        level: `local`, `skip_level` or `regulator`; an appeal is always with the regulator, and
            what is with the regulator is an appeal.
        category: code of what it is about.
        cause: code of why.
        customer_class: A to D; as recorded of the customer unless given.
        department: code of the department that it concerns.
        channel: how it came in: `phone`, `letter`, `web` …
        received_at: when it came in; now unless given.
        notice_due: the date or instant that a regulator's notice names; it wins over what is
            counted.
        wishes: what the customer wants, the most important first.
        owner: login of who answers for it; who opens it unless given.
        number: its number in another system.
    """

    person_id: int
    description: str
    weight: str = "complaint"
    level: str = "local"
    category: str | None = None
    cause: str | None = None
    customer_class: str | None = None
    department: str | None = None
    channel: str = "phone"
    received_at: datetime | None = None
    notice_due: date | datetime | None = None
    wishes: tuple[str, ...] = ()
    owner: str | None = None
    number: str | None = None


def insert_case(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor | None,
    columns: Mapping[str, Any],
    *,
    of_call: OfCall | None = None,
    notice_due: date | datetime | None = None,
) -> CaseInHand:
    """Enters a case with its first diary entry and its limits; it is not saved yet.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        actor: who opens it.
        columns: of the row; `weight`, `person_id`, `received_at`, `channel`, `level`,
            `description`, `status` and `owner_id` are needed. Without `customer_class` it is as
            recorded of the customer.
        of_call: the call that it was heard in.
        notice_due: as in `NewCase`.
    """
    given = {"details": {}, "opened_by": None if actor is None else actor.operator_id, **columns}
    if "customer_class" not in given:
        known = sa.select(person.c.customer_class).where(person.c.id == given["person_id"])
        given["customer_class"] = unit.run(known).scalar()
    row = (
        unit.run(
            complaint.insert().returning(complaint),
            {**given, "created_at": unit.now, "updated_at": unit.now},
        )
        .mappings()
        .one()
    )
    case = CaseInHand(unit, rulebook, actor, dict(row), of_call)
    enter_opening(case, notice_due)
    return case


def enter_opening(case: CaseInHand, notice_due: date | datetime | None = None) -> None:
    """The first entry of a case, and the limits that bind it."""
    row = case.row
    case.enter(
        EntryKind.OPENED,
        {
            "weight": row["weight"],
            "level": row["level"],
            "owner": row["owner_id"],
            "channel": row["channel"],
        },
        at=row["received_at"],
    )
    start_bound(case, row["received_at"], typed=notice_due)
    if row["weight"] == Weight.GRUMBLE and row["reply_by"] is None:
        limits = limits_of(case.unit, [case.id], running=True)[case.id]
        case.change(reply_by=min((limit.due_at for limit in limits), default=None))


def first_call(case: CaseInHand) -> None:
    """Plans the first call of a case that did not come in by one."""
    rule = level_rule(case)
    if case.row["status"] in (Status.OPEN, Status.REOPENED):
        grumble = case.row["weight"] == Weight.GRUMBLE
        code = rule.onward if grumble else rule.opening
        plan_call(
            case, case.unit.now + rule.first, campaign_code=code, owner_id=case.row["owner_id"]
        )


def open_and_save(case: CaseInHand, action: str | None = "case_opened") -> int:
    """Lets all follow from an opened case, writes it and returns its number."""
    follow(case)
    save_case(case, action)
    return case.id
