"""Writing the complaints of a file: cases with their wishes, and a callback for each open one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import first_number
from db.case_follow import follow, level_rule, plan_call, waiting_calls
from db.case_hand import CaseInHand, save_case, take_case
from db.case_limits import limits_of, start_bound, stop_limits, stop_unbound
from db.case_opening import insert_case
from db.import_batch import Batch
from db.import_changes import load_known
from db.import_memory import Remembered, recall, remember, remember_anew, shortened
from db.import_people import PersonEnd
from db.promise_deeds import fulfil_replies
from db.promise_events import THE_DESK, append_promise_event
from db.tables import complaint, person, promise, wish
from db.transitions import move
from domain.case import EntryKind, Level, Weight, fitting
from domain.promise import PromiseEvent
from domain.record.one_person import natural_key
from domain.record.rows import ComplaintRow

KIND: Final = "complaints"
_CLOSED: Final = "closed"
_OPEN_STATUS: Final = "open"
_CODES: Final = frozenset(["channel", "level", "weight", "category", "customer_class", "status"])
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
        owner = sa.select(person.c.owner_id).where(person.c.id == person_id)
        case = insert_case(
            unit,
            batch.rulebook,
            batch.actor,
            {
                **values,
                **_fitting(row.level),
                "number": row.number or None,
                "person_id": person_id,
                "received_at": row.received_at,
                "owner_id": unit.run(owner).scalar() or batch.actor.operator_id,
                "details": {"source": batch.source, "import": batch.import_id},
            },
        )
        self._add_wishes(row, case.id, person_id)
        if row.status == _CLOSED:
            self._close(case)
        else:
            self._add_callback(case, row, key)
        follow(case)
        save_case(case)
        remember(
            unit, KIND, batch.source, batch.import_id, [(key, case.id, _remembered(row), True)]
        )

    def _close(self, case: CaseInHand) -> int:
        """A case that was closed elsewhere, and its entry: nobody knows by which limits it was."""
        running = limits_of(case.unit, [case.id], running=True)[case.id]
        stop_limits(case, running, "closed")
        return case.enter(EntryKind.CLOSED, {"import": self._batch.import_id})

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

    def _add_callback(self, case: CaseInHand, row: ComplaintRow, key: str) -> None:
        """The next call about an open case: due when the answer was promised, else at once."""
        batch, unit = self._batch, self._batch.unit
        person_id = case.row["person_id"]
        rule = level_rule(case)
        made = plan_call(
            case,
            row.reply_by or unit.now,
            campaign_code=rule.opening if row.status == _OPEN_STATUS else rule.onward,
            promised=row.reply_by is not None,
            source=batch.source,
            source_key=shortened(f"complaint {key}"),
            import_id=batch.import_id,
        )
        if made is None:
            known = first_number(unit, person_id) is not None
            batch.tally.notices[f"callback_{'do_not_call' if known else 'no_usable_number'}"] += 1
            return
        if row.reply_by is not None:
            self._add_promise(row, case, made, row.reply_by)
        batch.tally.persons["callbacks"] += 1

    def _add_promise(
        self, row: ComplaintRow, case: CaseInHand, callback_id: int, due_at: datetime
    ) -> None:
        unit = self._batch.unit
        made = int(
            unit.run(
                promise.insert().returning(promise.c.id),
                {
                    "person_id": case.row["person_id"],
                    "callback_id": callback_id,
                    "complaint_id": case.id,
                    "kind": "reply",
                    "text": "; ".join(row.wants) or row.description[:200],
                    "due_at": due_at,
                    "made_at": row.received_at,
                    "state": "open",
                },
            ).scalar_one()
        )
        append_promise_event(unit, made, PromiseEvent.MADE, THE_DESK, at=row.received_at)

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
            self._change(row, known.row_id, columns)
        if "wants" in changed:
            old = set(known.fields.get("wants", ()))
            fresh = [text for text in row.wants if text not in old]
            self._add_further_wishes(known.row_id, present["person_id"], fresh)
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

    def _change(self, row: ComplaintRow, case_id: int, columns: Mapping[str, Any]) -> None:
        """Writes what the file says anew; a case closed or reopened elsewhere is so here."""
        batch = self._batch
        case = take_case(batch.unit, batch.rulebook, batch.actor, case_id)
        was, words = case.row["status"], case.row["description"]
        case.change(**columns)
        if "level" in columns:
            case.change(**_fitting(row.level))
        fields = sorted(case.changed)
        codes = {name: case.row[name] for name in fields if name in _CODES}
        case.enter(
            EntryKind.CHANGED,
            {"fields": fields, "import": batch.import_id, **codes},
            words if "description" in fields else None,
        )
        if "level" in columns:
            stop_unbound(case, "level")
            start_bound(case, batch.unit.now, received_at=case.row["received_at"])
        if row.status == _CLOSED and was != _CLOSED:
            entry = self._close(case)
            # Whoever closed it has answered the customer.
            at = case.row["closed_at"] or batch.unit.now
            fulfil_replies(batch.unit, batch.actor, case.id, entry, at)
            self._cancel_calls(case)
        elif was == _CLOSED and row.status != _CLOSED:
            case.change(closed_at=None)
            case.enter(EntryKind.REOPENED, {"import": batch.import_id})
            start_bound(case, batch.unit.now, anew=True)
            if not any(waiting_calls(batch.unit, case.id)):
                self._add_callback(case, row, complaint_key(row))
        follow(case)
        save_case(case)
        batch.audit_all("import", "complaint", {case_id: sorted(columns)})

    def _cancel_calls(self, case: CaseInHand) -> None:
        """Nobody rings about a case that was closed elsewhere, promised or not."""
        free, _ = waiting_calls(case.unit, case.id)
        for one in free:
            move(
                case.unit, one, "cancelled", "case_closed", actor=self._batch.actor,
                data={"import": self._batch.import_id},
            )  # fmt: skip


def _fitting(level: str) -> dict[str, str]:
    weight, fit = fitting(Weight.COMPLAINT, Level(level))
    return {"weight": str(weight), "level": str(fit)}


def _values(row: ComplaintRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _remembered(row: ComplaintRow) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in _values(row).items()}
    return {**values, "wants": list(row.wants)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value or None
