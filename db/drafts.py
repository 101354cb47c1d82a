"""What is typed in a call: kept as it is typed, and shown again where it came to no outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.engine import Database
from db.tables import call, call_callback, call_decision, draft, operator, person
from db.transaction import Unit
from db.whose_call import had_in_hand
from domain.errors import RefusedError
from domain.permissions import Actor, require

_OF_DRAFT = (
    sa.select(
        call.c.phase, call.c.operator_id, call.c.seat_id, call.c.person_id, person.c.closed_because
    )
    .join(person, person.c.id == call.c.person_id)
    .where(call.c.id == sa.bindparam("call"))
)
_KEEP = sa.text(
    "INSERT INTO draft (call_id, body, revision, saved_at, operator_id)"
    " VALUES (:call_id, :body, :revision, :now, :operator)"
    " ON CONFLICT (call_id) DO UPDATE SET body = excluded.body, revision = excluded.revision,"
    " saved_at = excluded.saved_at, operator_id = excluded.operator_id"
    " WHERE draft.revision < excluded.revision RETURNING revision"
).bindparams(
    sa.bindparam("body", type_=draft.c.body.type), sa.bindparam("now", type_=draft.c.saved_at.type)
)


@dataclass(frozen=True, slots=True)
class LeftDraft:
    """What an operator typed in a call that was given back or said not to have been made."""

    call_id: int
    operator: str
    saved_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """A saved draft; `read_only` when the right to finish has gone elsewhere meanwhile."""

    revision: int
    read_only: bool


def save_draft(
    database: Database, actor: Actor, call_id: int, body: Mapping[str, Any], revision: int
) -> DraftSaved:
    """Keeps what is typed; a revision not higher than the stored one is older and changes nothing.

    Drafts belong to the call: they are accepted whatever the fence, and notify nobody.

    Raises:
        RefusedError: `call_unknown`; `not_yours` from somebody who never had it in hand;
            `person_erased` once nothing may be kept of the customer.
    """

    def work(unit: Unit) -> DraftSaved:
        require(actor, "calls.draft")
        row = unit.run(_OF_DRAFT, {"call": call_id}).first()
        if row is None:
            raise RefusedError("call_unknown", call=call_id)
        if row.operator_id != actor.operator_id and not had_in_hand(unit, actor, call_id):
            raise RefusedError("not_yours", call=call_id)
        if row.closed_because == "erased":
            raise RefusedError("person_erased", person=row.person_id)
        stored = unit.run(
            _KEEP,
            {
                "call_id": call_id,
                "body": dict(body),
                "revision": revision,
                "now": unit.now,
                "operator": actor.operator_id,
            },
        ).scalar()
        if stored is None:
            stored = unit.run(
                sa.select(draft.c.revision).where(draft.c.call_id == call_id)
            ).scalar_one()
        mine = row.phase == "open" and row.seat_id == actor.seat_id
        return DraftSaved(stored, read_only=not mine)

    return database.write(work)


def left_drafts(unit: Unit, call_id: int, callbacks: Sequence[int]) -> tuple[LeftDraft, ...]:
    """What was typed in other calls of these callbacks that came to no outcome, the last first."""
    decided = sa.select(call_decision.c.id).where(
        call_decision.c.call_id == draft.c.call_id,
        call_decision.c.superseded_at.is_(None),
        call_decision.c.kind != "undo",
    )
    rows = unit.run(
        sa.select(draft.c.call_id, operator.c.name, draft.c.saved_at, draft.c.body)
        .join(operator, operator.c.id == draft.c.operator_id)
        .where(
            draft.c.call_id.in_(
                sa.select(call_callback.c.call_id).where(call_callback.c.callback_id.in_(callbacks))
            ),
            draft.c.call_id != call_id,
            ~decided.exists(),
        )
        .order_by(draft.c.saved_at.desc())
    )
    return tuple(LeftDraft(*row) for row in rows if row.body)
