"""Erasing a person on demand (GDPR art. 17, PIPL art. 47); the figures stay.

What is guaranteed after `erase`:

- No row of any table holds a name, number, address, plate, mail address, citizen number, note,
  description, wish, promise, answer in words, draft or imported value of the person, nor the key
  under which another system knows it. Scores, outcomes, counts, amounts and instants stay, without
  anybody to whom they belong.
- What others have too stays theirs: a number or car that a living customer shares.
- SQLite: overwritten bytes are zeroed, the file is rewritten and its log emptied (`rewritten` says
  whether both were possible), so that no older version of a row is left in them. PostgreSQL: dead
  versions of rows go with the server's own vacuum, its write-ahead log and archive by their own
  rules.
- Not reached: backups, exported and rejected files, the recorder's files (`recordings` names
  them), and what was typed about the person into somebody else's record.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import sqlalchemy as sa

from db.customer_blanks import blank_cases, blank_record, blank_work
from db.customer_rows import PersonRows, persons_of, rows_of
from db.driver import sqlite_module
from db.engine import Database
from db.events import append_audit, append_event
from db.in_hand import refuse_in_hand
from db.number_hash import hash_number
from db.tables import (
    call,
    callback,
    do_not_call,
    duty,
    import_memory,
    lead_action,
    person,
    person_phone,
    phone,
    seat_message,
)
from db.topics import CASES, QUEUE
from db.transaction import Unit
from db.transitions import move
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.record.names import name_key

Reason = Literal["request", "consent", "retention", "mistake"]
"""Why: the person asked, took consent back, the time to keep it is over, it should not be here."""
_REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
_NOT_THEIRS: Final = "wrong"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        person_id: the person; its empty row carries the figures.
        merged: how many records had been merged into it and were erased with it.
        numbers: how many numbers were forgotten; each left its keyed hash as a stop.
        shared: how many numbers stay because a living customer has them too.
        cancelled: callbacks that were waiting.
        calls: calls whose words were erased.
        recordings: references of recordings, to be deleted where the recorder keeps them.
        rewritten: SQLite: whether the file could be rewritten at once; none on PostgreSQL.
    """

    person_id: int
    merged: int
    numbers: int
    shared: int
    cancelled: int
    calls: int
    recordings: tuple[str, ...]
    rewritten: bool | None


def erase(
    database: Database, actor: Actor, person_id: int, reason: Reason, *, rewrite: bool = True
) -> Erased:
    """Erases a person and all records merged into it; see the head of this module.

    Waiting callbacks are cancelled. Each number leaves its keyed hash as do-not-call and as a stop
    for imports, and so does each key under which an import knew the person
    (`db.number_hash.erased_numbers` answers for both). A number that a living customer shares is
    stopped only together with the erased name.

    Args:
        database: the database.
        actor: who erases.
        person_id: the person.
        reason: `request`, `consent`, `retention` or `mistake`.
        rewrite: SQLite: rewrite the file at once, which takes a second per 100 MB, during which
            nobody can write; else `rewrite_file` is to be run later.

    Raises:
        InputError: `erase_reason_unknown`.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased` when it was done before,
            `person_in_hand` while the person is in a call or a call waits for a word.
    """
    if reason not in _REASONS:
        raise InputError("erase_reason_unknown", reason=reason)

    def work(unit: Unit) -> Erased:
        require(actor, "customers.erase")
        if unit.embedded:
            unit.run(sa.text("PRAGMA secure_delete=ON"))
        return _erase(unit, actor, persons_of(unit, person_id), reason)

    erased = database.write(work)
    if not database.embedded:
        return erased
    done = rewrite_file(database) if rewrite else False
    return replace(erased, rewritten=done)


def rewrite_file(database: Database) -> bool:
    """Rewrites an embedded database and empties its log, so that nothing deleted is left in them.

    Returns:
        Whether both were done; false while a reader or writer is in the way, or the disk is full.
        Nothing is harmed then; it can be tried again.
    """
    module, file = sqlite_module(), database.place.file
    if file is None:
        return False
    with closing(
        module.connect(str(file), timeout=database.timing.deadline, isolation_level=None)
    ) as connection:
        try:
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except module.OperationalError:
            return False
    return not busy


def _erase(unit: Unit, actor: Actor, persons: list[int], reason: str) -> Erased:
    left, *merged = persons
    names = _lock(unit, persons)
    refuse_in_hand(unit, persons)
    rows = rows_of(unit, persons)
    cancelled = _cancel(unit, actor, rows)
    recordings = unit.run(
        sa.select(call.c.recording_ref).where(
            call.c.id.in_(rows.calls), call.c.recording_ref.is_not(None)
        )
    ).scalars()
    refs = tuple(str(ref) for ref in recordings)
    shared = _shared(unit, persons, rows)
    _leave_stops(unit, actor, persons, rows, shared, names)
    _drop_messages(unit, rows, shared, names)
    blank_work(unit, rows)
    blank_cases(unit, persons, rows)
    blank_record(unit, persons, rows, set(rows.phones) - shared)
    append_audit(
        unit, actor, "erased", "person", left,
        details={"reason": reason, "merged": merged},
    )  # fmt: skip
    unit.move(QUEUE, CASES)
    return Erased(
        person_id=left,
        merged=len(merged),
        numbers=len(set(rows.phones) - shared),
        shared=len(shared),
        cancelled=cancelled,
        calls=len(rows.calls),
        recordings=refs,
        rewritten=None,
    )


def _lock(unit: Unit, persons: Sequence[int]) -> set[str]:
    """Locks the persons and returns their names.

    Raises:
        RefusedError: `person_erased`.
    """
    names = set()
    for row in unit.run(
        sa.select(person.c.id, person.c.name, person.c.closed_because)
        .where(person.c.id.in_(persons))
        .order_by(person.c.id)
        .with_for_update()
    ):
        if row.closed_because == "erased":
            raise RefusedError("person_erased", person=row.id)
        names.add(row.name)
    return names


def _cancel(unit: Unit, actor: Actor, rows: PersonRows) -> int:
    """Cancels what waits; every callback gets an event, which keeps undo from bringing it back."""
    cancelled = 0
    for row in (
        unit.run(
            sa.select(callback).where(callback.c.id.in_(rows.callbacks)).order_by(callback.c.id)
        )
        .mappings()
        .all()
    ):
        if row["state"] in ("scheduled", "due"):
            move(unit, row, "cancelled", "erased", actor=actor)
            cancelled += 1
        else:
            states = (row["state"], row["state"])
            append_event(unit, row["id"], "erased", states, actor=actor, fence=row["fence"])
    return cancelled


def _shared(unit: Unit, persons: Sequence[int], rows: PersonRows) -> set[int]:
    """The numbers that somebody else has, or had and keeps in the history."""
    return set(
        unit.run(
            sa.select(person_phone.c.phone_id)
            .where(
                person_phone.c.phone_id.in_(rows.phones), person_phone.c.person_id.not_in(persons)
            )
            .distinct()
        ).scalars()
    ) - {None}


def _leave_stops(
    unit: Unit,
    actor: Actor,
    persons: Sequence[int],
    rows: PersonRows,
    shared: set[int],
    names: set[str],
) -> None:
    texts: set[str] = set(
        unit.run(
            sa.select(import_memory.c.natural_key).where(
                import_memory.c.id.in_(rows.memory), import_memory.c.kind == "customers"
            )
        ).scalars()
    )
    for row in unit.run(
        sa.select(phone.c.id, phone.c.e164, person_phone.c.problem)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(person_phone.c.person_id.in_(persons))
    ):
        # So an import would name a person without a customer number of its own.
        texts |= {f"~{row.e164}|{name_key(name)}" for name in names}
        # A wrong number was a stranger's, who may yet become a customer.
        if row.id not in shared and row.problem != _NOT_THEIRS:
            texts.add(row.e164)
    hashes = {hash_number(unit, text) for text in texts}
    known = set(
        unit.run(
            sa.select(do_not_call.c.number_hash).where(do_not_call.c.number_hash.in_(hashes))
        ).scalars()
    )
    values = [
        {
            "number_hash": one,
            "purpose": "any",
            "reason": "erased",
            "source": "desk",
            "since": unit.now,
            "operator_id": actor.operator_id,
        }
        for one in sorted(hashes - known)
    ]
    if values:
        unit.run(do_not_call.insert(), values)


def _drop_messages(unit: Unit, rows: PersonRows, shared: set[int], names: set[str]) -> None:
    """Deletes what colleagues wrote to each other that names the person or a number of theirs.

    Lines between seats go whole; hand-over notes and a lead's reasons are emptied.
    """
    numbers = unit.run(
        sa.select(phone.c.e164).where(phone.c.id.in_(set(rows.phones) - shared))
    ).scalars()
    columns = seat_message.c
    params = sa.cast(columns.params, sa.Text)
    # A name of one letter would fit half of all messages.
    for text in (*numbers, *(name for name in names if len(name) > 1)):
        unit.run(
            sa.delete(seat_message).where(
                sa.or_(
                    columns.text.contains(text, autoescape=True),
                    params.contains(json.dumps(text)[1:-1], autoescape=True),
                    params.contains(text, autoescape=True),
                )
            )
        )
        for column in (duty.c.note, lead_action.c.reason):
            unit.run(
                sa.update(column.table)
                .where(column.contains(text, autoescape=True))
                .values({column.name: None})
            )
