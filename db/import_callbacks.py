"""Writing the callbacks of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callbacks
from db.import_batch import Batch
from db.import_changes import KnownPerson, load_known
from db.import_links import ensure_numbers, insert_links, key_of, link_values
from db.import_memory import Remembered, recall, remember, remember_anew, shortened
from db.import_people import PersonEnd
from db.import_stops import standing_stops
from db.tables import callback, import_run, operator, person_phone, phone
from db.transitions import move
from domain.bands import Priority
from domain.history import OVER
from domain.record.one_person import natural_key
from domain.record.rows import CallbackRow

KIND: Final = "callbacks"
_WAITING: Final = ("scheduled", "due")


def callback_key(row: CallbackRow) -> str:
    """The natural key of a callback: its own number, else person, kind and due as understood."""
    if row.number:
        return shortened(row.number)
    if row.due_kind == "day_only" and row.due_at is not None:
        due = f"day {row.due_at.isoformat()}"
    elif row.due_at is not None:
        due = f"{row.due_kind} {row.due_at.isoformat()}"
    else:
        due = "none"
    return shortened(f"{natural_key(row.person)}|{row.campaign}|{due}")


class CallbackWriter:
    """Writes callback rows whose persons are known by now.

    Args:
        batch: the batch.
        rows: the rows, in the file's order.
        persons: for each row what became of its person; a row that is missing was refused there.
        stopped: E.164 numbers that some row of the file stops.
        digest: of the file, to tell the same file from a later one.
    """

    def __init__(
        self,
        batch: Batch,
        rows: Sequence[CallbackRow],
        persons: Mapping[int, PersonEnd],
        stopped: frozenset[str],
        digest: str,
    ) -> None:
        self._batch: Final = batch
        self._rows: Final = rows
        self._ends: Final = persons
        self._stopped: Final = stopped
        self._digest: Final = digest
        unit = batch.unit
        self._memory: dict[str, Remembered] = recall(
            unit, KIND, batch.source, (callback_key(row) for row in rows)
        )
        self._states: Final = self._load_states()
        ids = {end.person_id for end in persons.values() if end.person_id is not None}
        self._persons: Final[Mapping[int, KnownPerson]] = load_known(unit, ids)
        cells = [row.person.phones[0] for row in rows if row.row in persons]
        self._numbers: Final = ensure_numbers(batch, cells)
        self._usable: Final = _usable_numbers(batch, ids)
        self._linked: Final = {
            (who, number) for who, numbers in self._usable.items() for number, _ in numbers
        }
        self._agents: Final = _agents(batch) if any(row.agent for row in rows) else {}
        self._standing: Final = self._load_stops()
        self._done: dict[str, int] = {}
        self._links: list[dict[str, Any]] = []
        self._new: list[tuple[CallbackRow, str, Remembered | None, NewCallback]] = []

    def write(self) -> None:
        """Writes all rows; every row gets its end in the batch's tally."""
        for row in self._rows:
            tally = self._batch.tally
            tally.notices.update((*row.faults, *row.person.faults))
            if row.person.stop is not None:
                tally.stops[row.person.stop] += 1
            self._write(row)
        self._create()

    def _write(self, row: CallbackRow) -> None:
        tally = self._batch.tally
        key = callback_key(row)
        if key in self._done:
            self._fold(row, key)
            return
        known = self._memory.get(key)
        if known is not None and not self._is_news(row, known):
            self._done[key] = row.row
            written = self._compare(row, known)
            tally.end(row.row, "updated" if written else "unchanged")
            return
        reason, phone_id = self._refusal(row)
        if reason or phone_id is None:
            tally.end(row.row, "rejected", reason)
            return
        self._done[key] = row.row
        self._new.append((row, key, known, self._wanted(row, phone_id, key)))
        self._end_added(row)

    def _create(self) -> None:
        """Makes all callbacks of the batch, and remembers them."""
        batch = self._batch
        insert_links(batch, self._links)
        made = create_callbacks(
            batch.unit, batch.rulebook, [new for _, _, _, new in self._new], batch.actor
        )
        fresh = []
        for (row, key, known, _), callback_id in zip(self._new, made, strict=True):
            if known is None:
                fresh.append((key, callback_id, _values(row), True))
            else:
                values = _values(row)
                remember_anew(batch.unit, batch.import_id, known, values, row_id=callback_id)
        remember(batch.unit, KIND, batch.source, batch.import_id, fresh)

    def _fold(self, row: CallbackRow, key: str) -> None:
        """A row that repeats an earlier one's key: the earlier stands, what differs is listed."""
        first = next(one for one in self._rows if one.row == self._done[key])
        ours, theirs = _values(row), _values(first)
        for name in ("note", "priority", "agent"):
            if ours[name] != theirs[name]:
                self._batch.tally.notices[f"{name}_differs"] += 1
        self._batch.tally.end(row.row, "merged", with_row=first.row)

    def _is_news(self, row: CallbackRow, known: Remembered) -> bool:
        """Whether a row without a time is wanted again: its callback is over, the file another."""
        if row.due_at is not None or row.number or self._states.get(known.row_id) not in OVER:
            return False
        digest = self._batch.unit.run(
            sa.select(import_run.c.file_digest).where(import_run.c.id == known.import_id)
        ).scalar()
        return bool(digest != self._digest)

    def _refusal(self, row: CallbackRow) -> tuple[str, int | None]:
        """Why no callback can be made, else the number to try first."""
        if row.person.stop is not None:
            return ("do_not_call" if row.person.stop == "marked" else "asked_to_stop"), None
        end = self._ends.get(row.row)
        if end is None or end.person_id is None:
            return (end.reason if end else "unknown_customer"), None
        target = self._persons[end.person_id]
        main = row.person.phones[0].number
        phone_id = self._numbers[key_of(main)] if main else self._first_usable(target.id)
        reason = self._stop_reason(row, target, phone_id)
        if reason:
            return reason, None
        if phone_id is None:
            return "no_usable_number", None
        return "", phone_id

    def _stop_reason(self, row: CallbackRow, target: KnownPerson, phone_id: int | None) -> str:
        tally = self._batch.tally
        purpose = self._batch.rulebook.campaigns[row.campaign].purpose
        persons, phones = self._standing[purpose]
        main = row.person.phones[0].number
        if (main is not None and main.e164 in self._stopped) or phone_id in phones:
            tally.stops["same_number"] += 1
            return "do_not_call_number"
        if target.id in persons:
            tally.stops["same_person"] += 1
            return "do_not_call_person"
        if row.person.consent is False:
            return "no_consent"
        return "person_closed" if target.row["closed_at"] is not None else ""

    def _wanted(self, row: CallbackRow, phone_id: int, key: str) -> NewCallback:
        """The callback of a row; its number is linked to the person where it is not yet."""
        batch = self._batch
        person_id = self._persons[self._ends[row.row].person_id or 0].id
        if (person_id, phone_id) not in self._linked:
            self._linked.add((person_id, phone_id))
            last = len(self._usable.get(person_id, ()))
            self._links += link_values(batch, person_id, row.person.phones[:1], self._numbers, last)
        owner = self._agents.get(row.agent.casefold())
        if row.agent and owner is None:
            batch.tally.notices["agent_unknown"] += 1
        return NewCallback(
            person_id=person_id,
            campaign=row.campaign,
            due_at=row.due_at or batch.unit.now,
            phone_id=phone_id,
            priority=Priority(row.priority),
            note=row.note or None,
            owner_id=owner,
            source=batch.source,
            source_key=key,
            import_id=batch.import_id,
        )

    def _compare(self, row: CallbackRow, known: Remembered) -> list[str]:
        """Writes what the file changed about a callback that still waits; else lists it."""
        values = _values(row)
        changed = {name: one for name, one in values.items() if known.fields.get(name) != one}
        if not changed:
            return []
        batch = self._batch
        present = (
            batch.unit.run(sa.select(callback).where(callback.c.id == known.row_id))
            .mappings()
            .first()
        )
        remember_anew(batch.unit, batch.import_id, known, changed)
        if present is None:
            return []
        columns: dict[str, Any] = {}
        conflicts: list[str] = []
        for name in changed:
            mine = present["state"] in _WAITING and _present(name, present) == known.fields.get(
                name
            )
            if mine and name in _CHANGES:
                columns.update(_CHANGES[name](row))
            else:
                conflicts.append(name)
        batch.conflict("callback", known.row_id, conflicts, row.row)
        if columns:
            ready = columns.get("ready_at", present["ready_at"])
            move(
                batch.unit, present, "due" if ready <= batch.unit.now else "scheduled", "imported",
                actor=batch.actor, data={"import": batch.import_id, "fields": sorted(columns)},
                **columns,
            )  # fmt: skip
        return list(columns)

    def _end_added(self, row: CallbackRow) -> None:
        """A new callback; a row whose person was merged or may be another ends as that."""
        end = self._ends[row.row]
        tally = self._batch.tally
        word = {True: "given", False: "refused", None: "unknown"}[row.person.consent]
        tally.consent[word] += 1
        if end.result in ("merged", "possibly_same"):
            tally.end(row.row, end.result, end.reason, with_row=end.with_row, with_id=end.with_id)
        else:
            tally.end(row.row, "added")

    def _first_usable(self, person_id: int) -> int | None:
        numbers = self._usable.get(person_id)
        return numbers[0][0] if numbers else None

    def _load_states(self) -> dict[int, str]:
        ids = sorted({known.row_id for known in self._memory.values()})
        rows = self._batch.unit.run(
            sa.select(callback.c.id, callback.c.state).where(callback.c.id.in_(ids))
        )
        return {row.id: row.state for row in rows}

    def _load_stops(self) -> dict[str, tuple[set[int], set[int]]]:
        persons = {known.id for known in self._persons.values()}
        phones = set(self._numbers.values()) | {
            number for numbers in self._usable.values() for number, _ in numbers
        }
        purposes = {self._batch.rulebook.campaigns[row.campaign].purpose for row in self._rows}
        return {
            purpose: standing_stops(self._batch, persons, phones, [purpose]) for purpose in purposes
        }


_CHANGES: Final[Mapping[str, Callable[[CallbackRow], Mapping[str, Any]]]] = {
    "note": lambda row: {"note": row.note or None},
    "priority": lambda row: {"priority": row.priority},
    "due": lambda row: {"due_at": row.due_at, "ready_at": row.due_at} if row.due_at else {},
}


def _values(row: CallbackRow) -> dict[str, Any]:
    return {
        "note": row.note,
        "priority": row.priority,
        "agent": row.agent,
        "campaign": row.campaign,
        "due": row.due_at.isoformat() if row.due_at else "",
    }


def _present(name: str, present: Mapping[Any, Any]) -> object:
    """What the callback holds now, spelled as it is remembered; none where nobody can tell."""
    if name == "due":
        due: datetime = present["due_at"]
        return due.isoformat()
    return (present[name] or "") if name in ("note", "priority") else None


def _usable_numbers(batch: Batch, persons: set[int]) -> dict[int, list[tuple[int, str]]]:
    """The numbers of persons that may be tried, best first: row of the number and role."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = batch.unit.run(
        sa.select(person_phone.c.person_id, phone.c.id, person_phone.c.role)
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(
            person_phone.c.person_id.in_(sorted(persons)),
            person_phone.c.until.is_(None),
            person_phone.c.role != "fax",
            phone.c.status == "ok",
        )
        .order_by(person_phone.c.position, person_phone.c.id)
    )
    for person_id, phone_id, role in rows:
        found[person_id].append((phone_id, role))
    return found


def _agents(batch: Batch) -> dict[str, int]:
    """Operators by name and login in small letters; a name of two operators means neither."""
    found: dict[str, int | None] = {}
    rows = batch.unit.run(
        sa.select(operator.c.id, operator.c.name, operator.c.login).where(operator.c.active)
    )
    for operator_id, name, login in rows:
        for word in {name.casefold().replace(" ", ""), name.casefold(), login.casefold()}:
            found[word] = None if word in found and found[word] != operator_id else operator_id
    return {word: one for word, one in found.items() if one is not None}
