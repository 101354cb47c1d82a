"""Cases from the desk: opened, raised from a grumble, changed, written into.

Calls open cases in `db.case_calls`, files in `db.import_complaints`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.case_follow import call_by, call_later, follow, level_rule
from db.case_hand import CaseInHand, save_case, take_case
from db.case_hours import refuse_hour_of_case
from db.case_limits import contact_happened, start_bound, stop_unbound
from db.case_opening import NewCase, first_call, insert_case, open_and_save
from db.customers import survivor_of
from db.engine import Database
from db.operators import operator_named
from db.slips import tell_department
from db.tables import person, wish
from db.transaction import Unit
from domain.case import NOTES, Act, EntryKind, Level, Status, Weight, fitting
from domain.case_rules import CLASSES
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.rulebook import Rulebook
from domain.said import Said

__all__ = ["CaseChanges", "NewCase", "change_case", "note_case", "open_case", "raise_grumble"]

_SETTABLE: Final = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING)


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What is to be changed of a case; what is none stays as it is.

    Attributes:
        description: in the customer's words.
        category: code; empty to clear.
        cause: code; empty to clear.
        customer_class: A to D; empty to clear.
        department: code; empty to clear.
        number: in another system; empty to clear.
        status: `open`, `in_progress` or `waiting`.
    """

    description: str | None = None
    category: str | None = None
    cause: str | None = None
    customer_class: str | None = None
    department: str | None = None
    number: str | None = None
    status: str | None = None


def open_case(database: Database, actor: Actor, new: NewCase) -> int:
    """Opens a case and returns its number: owner, limits, wishes, first call.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_closed`; `case_not_yours` for an
            owner whom only a lead may name.
        InputError: `case_text_missing`, `case_code_unknown` (field, value, known), `case_ahead`
            (at), `colleague_unknown`, `deadline_never`.
    """
    text = written(new.description)

    def work(unit: Unit) -> int:
        require(actor, "complaints.open")
        person_id = survivor_of(unit, new.person_id)
        closed = sa.select(person.c.closed_at).where(person.c.id == person_id)
        if unit.run(closed).scalar() is not None:
            raise RefusedError("person_closed", person=person_id)
        if new.received_at is not None and new.received_at > unit.now:
            raise InputError("case_ahead", at=new.received_at)
        weight, level = check_weight(new.weight, new.level)
        columns = {
            "person_id": person_id,
            "weight": weight,
            "level": level,
            "description": text,
            "channel": new.channel,
            "received_at": new.received_at or unit.now,
            "status": str(Status.OPEN),
            "owner_id": _owner(unit, actor, new.owner),
            "number": new.number or None,
            "department": new.department or None,
            **check_codes(
                database.rulebook, {"category": new.category, "cause": new.cause, **_class_of(new)}
            ),
        }
        case = insert_case(unit, database.rulebook, actor, columns, notice_due=new.notice_due)
        add_wishes(case, new.wishes)
        first_call(case)
        tell_department(case)
        return open_and_save(case)

    return database.write(work)


def raise_grumble(
    database: Database,
    actor: Actor,
    case_id: int,
    *,
    level: str = "local",
    category: str | None = None,
    cause: str | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> int:
    """Makes a case of a grumble; its limits count from the grumble's receipt. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_code_unknown`.
    """
    weight, level = check_weight(str(Weight.COMPLAINT), level)

    def work(case: CaseInHand) -> None:
        known = {"category": category, "cause": cause}
        codes = check_codes(
            case.rulebook, {name: code for name, code in known.items() if code is not None}
        )
        case.change(weight=weight, level=level, **codes)
        case.enter(EntryKind.RAISED, {"level": level, **codes}, said_text(reason))
        stop_unbound(case, "raised")
        start_bound(case, case.unit.now, received_at=case.row["received_at"])
        rule = level_rule(case)
        call_by(case, case.unit.now + rule.first, rule.opening)

    done = on_case(database, actor, case_id, Act.RAISE, work, version=version, action="case_raised")
    refuse_hour_of_case(database, actor, case_id, cause)
    return done


def change_case(
    database: Database,
    actor: Actor,
    case_id: int,
    changes: CaseChanges,
    *,
    version: int | None = None,
) -> int:
    """Changes what is recorded of a case and returns its version. No limit is reset by it.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_text_missing`, `case_code_unknown`.
    """

    def work(case: CaseInHand) -> None:
        codes = {
            name: value
            for name in ("category", "cause", "customer_class")
            if (value := getattr(changes, name)) is not None
        }
        columns: dict[str, Any] = check_codes(case.rulebook, codes)
        for name in ("department", "number"):
            if (value := getattr(changes, name)) is not None:
                columns[name] = value or None
        if changes.description is not None:
            columns["description"] = written(changes.description)
        if changes.status is not None:
            columns["status"] = choice("status", changes.status, _SETTABLE)
        before = {name: case.row[name] for name in columns}
        case.change(**columns)
        if case.changed:
            told = {name: case.row[name] for name in case.changed if name not in _WORDS}
            old = before["description"] if "description" in case.changed else None
            # The words before are kept: nothing that was written about a case disappears.
            case.enter(EntryKind.CHANGED, {"fields": sorted(case.changed), **told}, old)

    done = on_case(
        database, actor, case_id, Act.CHANGE, work, version=version, action="case_changed"
    )
    refuse_hour_of_case(database, actor, case_id, changes.cause)
    return done


_WORDS: Final = frozenset(["description", "number"])


def note_case(
    database: Database,
    actor: Actor,
    case_id: int,
    text: str,
    *,
    kind: str = "note",
    at: datetime | None = None,
    told: bool = False,
) -> int:
    """Writes into a case's diary and returns its version.

    Args:
        database: the database.
        actor: who writes; anybody who may note, whosever case it is.
        case_id: the case.
        text: what.
        kind: `note`, `inspection` (what was found on the spot) or `understanding` (that the
            customer has understood).
        at: when it happened (UTC); now unless given.
        told: whether the customer was told by it: a letter, a message, a visit. It counts as a
            contact, and puts off the next call that was not promised.

    Raises:
        RefusedError: `case_unknown`, `not_allowed`, `case_withdrawn`.
        InputError: `case_text_missing`, `case_code_unknown`, `case_ahead`.
    """
    words = written(text)
    of_kind = EntryKind(choice("kind", kind, NOTES))

    def work(case: CaseInHand) -> None:
        when = at or case.unit.now
        if when > case.unit.now:
            raise InputError("case_ahead", at=when)
        case.enter(of_kind, {"told": told}, words, at=when)
        if actor.operator_id == case.row["owner_id"]:
            case.begin_work()
        if told and case.live:
            contact_happened(case, when, answered=case.row["resolution"] is not None)
            call_later(case)

    return on_case(database, actor, case_id, Act.NOTE, work, action="case_noted")


def on_case(
    database: Database,
    actor: Actor,
    case_id: int,
    act: Act,
    work: Callable[[CaseInHand], None],
    *,
    action: str,
    version: int | None = None,
) -> int:
    """Does something with a case in a transaction of its own and returns its version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
    """

    def within(unit: Unit) -> int:
        case = take_case(unit, database.rulebook, actor, case_id, act=act, version=version)
        work(case)
        follow(case)
        return save_case(case, action)

    return database.write(within)


def add_wishes(case: CaseInHand, wishes: tuple[str, ...]) -> None:
    """Enters what the customer wants, the most important first."""
    if wishes:
        case.unit.run(
            wish.insert(),
            [
                {
                    "complaint_id": case.id,
                    "person_id": case.row["person_id"],
                    "position": place,
                    "text": text,
                    "state": "open",
                    "at": case.row["received_at"],
                    "operator_id": case.actor.operator_id if case.actor else None,
                }
                for place, text in enumerate(wishes)
            ],
        )


def check_weight(weight: str, level: str) -> tuple[str, str]:
    """Weight and level that fit: an appeal is with the regulator, a grumble is local.

    Raises:
        InputError: `case_code_unknown`.
    """
    known = choice("weight", weight, tuple(Weight)), choice("level", level, tuple(Level))
    fit = fitting(Weight(known[0]), Level(known[1]))
    return str(fit[0]), str(fit[1])


def check_codes(rulebook: Rulebook, codes: Mapping[str, str | None]) -> dict[str, str | None]:
    """The codes of category, cause and customer class, empty ones as none.

    Raises:
        InputError: `case_code_unknown` (field, value, known).
    """
    known: dict[str, tuple[str, ...]] = {
        "category": tuple(rulebook.cases.categories),
        "cause": tuple(rulebook.cases.causes),
        "customer_class": CLASSES,
    }
    return {
        name: choice(name, value, known[name]) if value else None for name, value in codes.items()
    }


def _class_of(new: NewCase) -> dict[str, str | None]:
    return {"customer_class": new.customer_class} if new.customer_class else {}


def choice(field: str, value: str, known: tuple[str, ...]) -> str:
    """A code that is among the known ones.

    Raises:
        InputError: `case_code_unknown` (field, value, known).
    """
    if value not in known:
        raise InputError(
            "case_code_unknown",
            field=Said(f"case_db.field.{field}"), value=value[:60], known=", ".join(known),
        )  # fmt: skip
    return value


def written(text: str) -> str:
    """A text without blanks around it.

    Raises:
        InputError: `case_text_missing`.
    """
    words = text.strip()
    if not words:
        raise InputError("case_text_missing")
    return words


def needed_reason(reason: str | None) -> str:
    """A reason without blanks around it.

    Raises:
        InputError: `case_reason_missing`.
    """
    words = said_text(reason)
    if words is None:
        raise InputError("case_reason_missing")
    return words


def said_text(text: str | None) -> str | None:
    """A text without blanks around it; none where nothing was said."""
    return (text or "").strip() or None


def _owner(unit: Unit, actor: Actor, login: str | None) -> int:
    if login is None or login == actor.login:
        return actor.operator_id
    require(actor, "complaints.handle_others")
    found = operator_named(unit, login)
    if found is None:
        raise InputError("colleague_unknown", name=login)
    return found
