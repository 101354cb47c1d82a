"""Writing the complaints of a file: cases with their wishes, and a callback for each open one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback, first_number
from db.import_batch import Batch
from db.import_changes import load_known
from db.import_memory import Remembered, recall, remember, remember_anew, shortened
from db.import_people import PersonEnd
from db.import_stops import standing_stops
from db.tables import callback, complaint, promise, wish
from db.topics import CASES
from db.transitions import move
from domain.record.one_person import natural_key
from domain.record.rows import ComplaintRow

KIND: Final = "complaints"
CAMPAIGN: Final = "complaint-follow-up"
_CLOSED: Final = "closed"
_WAITING: Final = ("scheduled", "due")
_OPEN: Final = (*_WAITING, "claimed", "check")
_COLUMNS: Final = (
    "channel", "level", "category", "customer_class", "description", "status", "reply_by",
)  # fmt: skip


def complaint_key(row: ComplaintRow) -> str:
    """The natural key of a complaint: its own number, else person and moment of receipt."""
    return shortened(row.number or f"{natural_key(row.person)}|{row.received_at.isoformat()}")


class ComplaintWriter:
    """Writes complaint rows whose persons are known by now.

    Args:
        batch: the batch.
        rows: the rows, in the file's order.
        persons: for each row what became of its person.
    """

    def __init__(
        self, batch: Batch, rows: Sequence[ComplaintRow], persons: Mapping[int, PersonEnd]
    ) -> None:
        self._batch: Final = batch
        self._rows: Final = rows
        self._ends: Final = persons
        self._memory: Final = recall(
            batch.unit, KIND, batch.source, (complaint_key(row) for row in rows)
        )
        ids = {end.person_id for end in persons.values() if end.person_id is not None}
        self._persons: Final = load_known(batch.unit, ids)
        self._done: dict[str, int] = {}

    def write(self) -> None:
        """Writes all rows; every row gets its end in the batch's tally."""
        for row in self._rows:
            self._batch.tally.notices.update((*row.faults, *row.person.faults))
            self._write(row)

    def _write(self, row: ComplaintRow) -> None:
        tally, key = self._batch.tally, complaint_key(row)
        if key in self._done:
            tally.end(row.row, "merged", with_row=self._done[key])
            return
        self._done[key] = row.row
        known = self._memory.get(key)
        if known is not None:
            written = self._compare(row, known)
            tally.end(row.row, "updated" if written else "unchanged")
            return
        end = self._ends[row.row]
        if end.person_id is None:
            tally.end(row.row, "rejected", end.reason)
            return
        self._create(row, self._persons[end.person_id].id, key)
        if end.result in ("merged", "possibly_same"):
            tally.end(row.row, end.result, end.reason, with_row=end.with_row, with_id=end.with_id)
        else:
            tally.end(row.row, "added")

    def _create(self, row: ComplaintRow, person_id: int, key: str) -> None:
        batch, unit = self._batch, self._batch.unit
        values = {name: value or None for name, value in _values(row).items()}
        made = int(
            unit.run(
                complaint.insert().returning(complaint.c.id),
                {
                    **values,
                    "number": row.number or None,
                    "weight": "appeal" if row.level == "regulator" else "complaint",
                    "person_id": person_id,
                    "received_at": row.received_at,
                    "reply_by": row.reply_by,
                    "details": {"source": batch.source, "import": batch.import_id},
                    "created_at": unit.now,
                    "updated_at": unit.now,
                },
            ).scalar_one()
        )
        self._add_wishes(row, made, person_id)
        if row.status != _CLOSED:
            self._add_callback(row, made, person_id, key)
        remember(unit, KIND, batch.source, batch.import_id, [(key, made, _remembered(row), True)])
        unit.move(CASES)

    def _add_wishes(self, row: ComplaintRow, complaint_id: int, person_id: int) -> None:
        if row.wants:
            self._batch.unit.run(
                wish.insert(),
                [
                    {
                        "complaint_id": complaint_id,
                        "person_id": person_id,
                        "position": place,
                        "text": text,
                        "state": "open",
                        "at": row.received_at,
                    }
                    for place, text in enumerate(row.wants)
                ],
            )

    def _add_callback(self, row: ComplaintRow, complaint_id: int, person_id: int, key: str) -> None:
        """The next call about an open case: due when the answer was promised, else at once."""
        batch, unit = self._batch, self._batch.unit
        phone_id = first_number(unit, person_id)
        refused = self._refusal(person_id, phone_id)
        if refused or phone_id is None:
            batch.tally.notices[f"callback_{refused}"] += 1
            return
        made = create_callback(
            unit,
            batch.rulebook,
            NewCallback(
                person_id=person_id,
                campaign=CAMPAIGN,
                due_at=row.reply_by or unit.now,
                phone_id=phone_id,
                promised=row.reply_by is not None,
                note=row.description,
                complaint_id=complaint_id,
                regulator_case=row.level == "regulator",
                source=batch.source,
                source_key=shortened(f"complaint {key}"),
                import_id=batch.import_id,
            ),
            batch.actor,
        )
        if row.reply_by is not None:
            unit.run(
                promise.insert(),
                {
                    "person_id": person_id,
                    "callback_id": made,
                    "complaint_id": complaint_id,
                    "kind": "reply",
                    "text": "; ".join(row.wants) or row.description[:200],
                    "due_at": row.reply_by,
                    "made_at": row.received_at,
                    "state": "open",
                },
            )
        batch.tally.persons["callbacks"] += 1

    def _refusal(self, person_id: int, phone_id: int | None) -> str:
        if phone_id is None:
            return "no_usable_number"
        purpose = self._batch.rulebook.campaigns[CAMPAIGN].purpose
        persons, phones = standing_stops(self._batch, [person_id], [phone_id], [purpose])
        return "do_not_call" if persons or phones else ""

    def _compare(self, row: ComplaintRow, known: Remembered) -> bool:
        """Writes what the file changed; a field that the desk has changed since is listed."""
        batch, unit = self._batch, self._batch.unit
        values = _remembered(row)
        changed = {name: one for name, one in values.items() if known.fields.get(name) != one}
        if not changed:
            return False
        present = (
            unit.run(sa.select(complaint).where(complaint.c.id == known.row_id)).mappings().one()
        )
        columns: dict[str, Any] = {}
        conflicts = []
        for name in changed:
            if name not in _COLUMNS:
                continue
            before = known.fields.get(name)
            if _plain(present[name]) in (before, values[name]):
                columns[name] = getattr(row, name) or None
            else:
                conflicts.append(name)
        if columns:
            unit.run(
                sa.update(complaint)
                .where(complaint.c.id == known.row_id)
                .values(**columns, updated_at=unit.now)
            )
            batch.audit_all("import", "complaint", {known.row_id: sorted(columns)})
            unit.move(CASES)
        if "wants" in changed:
            old = set(known.fields.get("wants", ()))
            fresh = [text for text in row.wants if text not in old]
            self._add_further_wishes(known.row_id, present["person_id"], fresh)
        if "status" in columns:
            self._follow_status(row, known.row_id, present["person_id"])
        batch.conflict("complaint", known.row_id, conflicts, row.row)
        remember_anew(unit, batch.import_id, known, changed)
        return bool(columns) or "wants" in changed

    def _add_further_wishes(self, complaint_id: int, person_id: int, fresh: Sequence[str]) -> None:
        unit = self._batch.unit
        last = unit.run(
            sa.select(sa.func.max(wish.c.position)).where(wish.c.complaint_id == complaint_id)
        ).scalar()
        for place, text in enumerate(fresh, start=0 if last is None else last + 1):
            unit.run(
                wish.insert(),
                {
                    "complaint_id": complaint_id,
                    "person_id": person_id,
                    "position": place,
                    "text": text,
                    "state": "open",
                    "at": unit.now,
                },
            )

    def _follow_status(self, row: ComplaintRow, complaint_id: int, person_id: int) -> None:
        """A case that was closed elsewhere needs no call; one that was opened again needs one."""
        unit = self._batch.unit
        waiting = (
            unit.run(
                sa.select(callback).where(
                    callback.c.complaint_id == complaint_id, callback.c.state.in_(_OPEN)
                )
            )
            .mappings()
            .all()
        )
        if row.status == _CLOSED:
            for one in waiting:
                if one["state"] in _WAITING:
                    move(
                        unit, one, "cancelled", "case_closed", actor=self._batch.actor,
                        data={"import": self._batch.import_id},
                    )  # fmt: skip
        elif not waiting:
            self._add_callback(row, complaint_id, person_id, complaint_key(row))


def _values(row: ComplaintRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _remembered(row: ComplaintRow) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in _values(row).items()}
    return {**values, "wants": list(row.wants)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value or None
