"""Departments asked about a case: slips sent, answered and withdrawn."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.case_file import CaseFile, read_case
from db.case_follow import follow
from db.case_hand import CaseInHand, save_case, take_case
from db.case_story import SlipLine
from db.engine import Database
from db.slips import NewSlip, answer, send, slip_rows, withdraw
from db.tables import dispatch_slip
from db.transaction import Unit
from domain.case import Act
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

__all__ = ["NewSlip", "answer_slip", "send_slip", "slip_file", "withdraw_slip"]


def send_slip(
    database: Database, actor: Actor, case_id: int, new: NewSlip, *, version: int | None = None
) -> int:
    """Asks a department about a case and returns the slip's number.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: as `db.slips.send`.
    """

    def work(unit: Unit) -> int:
        case = take_case(unit, database.rulebook, actor, case_id, act=Act.CHANGE, version=version)
        case.begin_work()
        made = send(case, new)
        follow(case)
        save_case(case, "slip_sent", slip=made, department=new.department)
        return made

    return database.write(work)


def answer_slip(
    database: Database, actor: Actor, slip_id: int, reply: str, *, at: datetime | None = None
) -> int:
    """Enters what a department answered and returns the case's version.

    Anybody who may note may, whosever case it is.

    Args:
        database: the database.
        actor: who enters it.
        slip_id: the slip.
        reply: the answer in the department's words.
        at: when it came (UTC); now unless given.

    Raises:
        RefusedError: `slip_unknown`, `slip_over` for one that was answered or withdrawn.
        InputError: `case_text_missing`; `case_ahead`; `slip_early` for an answer that came before
            the question.
    """
    words = reply.strip()
    if not words:
        raise InputError("case_text_missing")

    def work(unit: Unit) -> int:
        case, slip = _in_hand(unit, database, actor, slip_id, Act.NOTE)
        when = at or unit.now
        if when > unit.now:
            raise InputError("case_ahead", at=when)
        if when < slip["sent_at"]:
            raise InputError("slip_early", at=when, sent=slip["sent_at"])
        answer(case, slip, words, when)
        follow(case)
        return save_case(case, "slip_answered", slip=slip_id)

    return database.write(work)


def withdraw_slip(database: Database, actor: Actor, slip_id: int, reason: str) -> int:
    """Lets a slip go that need not be answered any more; returns the case's version.

    Raises:
        RefusedError: `slip_unknown`, `slip_over`; those of `domain.case.require_act`.
        InputError: `case_text_missing` without a reason.
    """
    words = reason.strip()
    if not words:
        raise InputError("case_text_missing")

    def work(unit: Unit) -> int:
        case, slip = _in_hand(unit, database, actor, slip_id, Act.CHANGE)
        withdraw(case, slip, "withdrawn", words)
        follow(case)
        return save_case(case, "slip_withdrawn", slip=slip_id)

    return database.write(work)


def slip_file(database: Database, actor: Actor, slip_id: int) -> tuple[CaseFile, SlipLine]:
    """A slip with the case that it belongs to.

    Raises:
        RefusedError: `not_allowed`, `slip_unknown`.
    """

    def work(unit: Unit) -> tuple[CaseFile, SlipLine]:
        require(actor, "complaints.note")
        found = slip_rows(unit, dispatch_slip.c.id == slip_id)
        if not found:
            raise RefusedError("slip_unknown", slip=slip_id)
        case = read_case(unit, database.rulebook, actor, found[0]["complaint_id"])
        return case, next(one for one in case.slips if one.id == slip_id)

    return database.read(work)


def _in_hand(
    unit: Unit, database: Database, actor: Actor, slip_id: int, act: Act
) -> tuple[CaseInHand, sa.RowMapping]:
    """The case of a slip, locked, and the slip as it stands behind the lock."""
    found = slip_rows(unit, dispatch_slip.c.id == slip_id)
    if not found:
        raise RefusedError("slip_unknown", slip=slip_id)
    case = take_case(unit, database.rulebook, actor, found[0]["complaint_id"], act=act)
    (slip,) = slip_rows(unit, dispatch_slip.c.id == slip_id)
    if slip["replied_at"] is not None or slip["withdrawn_at"] is not None:
        raise RefusedError("slip_over", slip=slip_id)
    return case, slip
