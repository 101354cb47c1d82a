"""Promises made outside a call, about a case or to a customer, each with its callback."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.campaigns import campaign_in
from db.customer_edit import living_person
from db.engine import Database
from db.events import append_audit
from db.operators import operator_named
from db.promise_events import Source, append_promise_event
from db.stops import number_without_stop
from db.tables import complaint, promise
from db.topics import CASES
from db.transaction import Unit
from domain.decision import GivenPromise
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.promise import PromiseEvent, PromiseState
from domain.rulebook import Rulebook

CAMPAIGN = "general"
"""The kind of callback that serves a promise which belongs to no case."""
_BY_LEVEL = {
    "local": "complaint-follow-up",
    "skip_level": "skip-level",
    "regulator": "regulator",
}
"""The kind of callback that serves a promise about a case, by the case's level."""


def make_promise(
    database: Database,
    actor: Actor,
    person_id: int,
    given: GivenPromise,
    *,
    complaint_id: int | None = None,
    owner: str | None = None,
) -> int:
    """Enters a promise that was made outside a call and returns its id.

    One with a date makes a callback in the first band, a deed too: so that somebody tells the
    customer. Where nobody may or can be rung, the promise stands in the ledger alone.

    Args:
        database: the database.
        actor: who made the promise.
        person_id: to whom.
        given: what was promised, with its time or its condition.
        complaint_id: the case that it is about.
        owner: login or name of who makes it good; the actor unless given. For somebody else's
            name a lead is needed.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `case_unknown`.
        InputError: `promise_without_words`, `promise_without_time`, `promise_past`,
            `colleague_unknown`.
    """
    return database.write(
        lambda unit: make_promise_in(
            unit, database.rulebook, actor, person_id, given,
            complaint_id=complaint_id, owner=owner,
        )
    )  # fmt: skip


def make_promise_in(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor,
    person_id: int,
    given: GivenPromise,
    *,
    complaint_id: int | None = None,
    owner: str | None = None,
) -> int:
    """Enters a promise within a use case; see `make_promise`."""
    require(actor, "promises.make")
    left = int(living_person(unit, person_id)["id"])
    if not given.text.strip():
        raise InputError("promise_without_words")
    if given.due_at is None and not (given.condition or "").strip():
        raise InputError("promise_without_time")
    if given.due_at is not None and given.due_at <= unit.now:
        raise InputError("promise_past", at=given.due_at)
    whose = actor.operator_id
    if owner is not None:
        found = operator_named(unit, owner)
        if found is None:
            raise InputError("colleague_unknown", name=owner)
        if found != whose:
            require(actor, "promises.reassign")
        whose = found
    level = _level(unit, left, complaint_id)
    callback_id = _callback(unit, rulebook, actor, left, given, (complaint_id, level), whose)
    made = int(
        unit.run(
            promise.insert().returning(promise.c.id),
            {
                "person_id": left,
                "callback_id": callback_id,
                "complaint_id": complaint_id,
                "kind": given.kind,
                "text": given.text.strip(),
                "condition": given.condition,
                "due_at": given.due_at,
                "owner_id": whose,
                "made_at": unit.now,
                "state": PromiseState.OPEN.value,
            },
        ).scalar_one()
    )
    append_promise_event(unit, made, PromiseEvent.MADE, Source(actor.operator_id))
    append_audit(
        unit, actor, "promise_made", "promise", made,
        fields=["text", "due_at", "condition", "owner"],
        details={"person": left, "case": complaint_id},
    )  # fmt: skip
    unit.move(CASES)
    return made


def _level(unit: Unit, person_id: int, complaint_id: int | None) -> str | None:
    """The level of the case; none without one.

    Raises:
        RefusedError: `case_unknown` for one that is not the person's.
    """
    if complaint_id is None:
        return None
    row = unit.run(
        sa.select(complaint.c.level).where(
            complaint.c.id == complaint_id, complaint.c.person_id == person_id
        )
    ).first()
    if row is None:
        raise RefusedError("case_unknown", case=complaint_id)
    return str(row.level)


def _callback(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor,
    person_id: int,
    given: GivenPromise,
    case: tuple[int | None, str | None],
    owner_id: int,
) -> int | None:
    if given.due_at is None:
        return None
    complaint_id, level = case
    code = CAMPAIGN if level is None else _BY_LEVEL.get(level, _BY_LEVEL["local"])
    purpose = campaign_in(unit, rulebook.campaigns, code)["purpose"]
    number = number_without_stop(unit, person_id, purpose, given.due_at)
    if number is None:
        return None
    new = NewCallback(
        person_id=person_id,
        campaign=code,
        due_at=given.due_at,
        phone_id=number,
        promised=True,
        named_by_customer=True,
        note=given.text.strip(),
        owner_id=owner_id,
        complaint_id=complaint_id,
        regulator_case=level == "regulator",
        source="promise",
    )
    return create_callback(unit, rulebook, new, actor)
