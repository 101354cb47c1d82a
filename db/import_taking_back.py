"""Taking an import back: what it added and nobody has used is removed, what it changed restored.

Stops that it brought stay: only a lead lifts a stop. A record that has been worked with since
stays as it is and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from db.case_follow import SOURCE as CASE_CALL
from db.engine import Database
from db.events import append_audit
from db.import_memory import pieces
from db.tables import (
    asset,
    call,
    call_callback,
    callback,
    callback_event,
    case_entry,
    case_pause,
    case_timer,
    complaint,
    consent,
    contact,
    do_not_call,
    import_conflict,
    import_memory,
    import_run,
    person,
    person_asset,
    person_phone,
    phone,
    possible_match,
    promise,
    promise_event,
    service_order,
    wish,
)
from db.topics import CASES, QUEUE
from db.transaction import Unit
from domain.case import EntryKind
from domain.errors import RefusedError
from domain.permissions import Actor, require

_BATCH: Final = 100
_ASIDE: Final = ("faults", "consent", "stop", "agent", "campaign", "customer", "wants")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of an import's records.

    Attributes:
        removed: records that the import had made.
        restored: records that it had changed, with the values before.
        kept: records that have been worked with since.
    """

    removed: int
    restored: int
    kept: int

    def __add__(self, more: TakenBack) -> TakenBack:
        return TakenBack(
            self.removed + more.removed, self.restored + more.restored, self.kept + more.kept
        )


def take_back(database: Database, actor: Actor, import_id: int) -> TakenBack:
    """Takes an import back, finished or not; repeated, it goes on where it was interrupted.

    Raises:
        RefusedError: `not_allowed`, `import_unknown`.
    """
    require(actor, "imports.run")
    database.write(lambda unit: _mark(unit, actor, import_id))
    total = TakenBack(0, 0, 0)
    last = 0
    while True:
        after = last
        some, last = database.write(lambda unit, after=after: _some(unit, import_id, after))  # type: ignore[misc]
        total += some
        if last == after:
            return total


def _mark(unit: Unit, actor: Actor, import_id: int) -> None:
    marked = unit.run(
        sa.update(import_run)
        .where(import_run.c.id == import_id)
        .values(state="taken_back", finished_at=unit.now)
    )
    if marked.rowcount != 1:
        raise RefusedError("import_unknown", id=import_id)
    unit.run(sa.delete(import_conflict).where(import_conflict.c.import_id == import_id))
    append_audit(unit, actor, "import_take_back", "import", import_id)
    unit.move(QUEUE, CASES)


def _some(unit: Unit, import_id: int, after: int) -> tuple[TakenBack, int]:
    """Takes back the next records, those that depend on others first."""
    columns = import_memory.c
    order = sa.case({"callbacks": 0, "complaints": 1, "orders": 2}, value=columns.kind, else_=3)
    rows = (
        unit.run(
            sa.select(import_memory)
            .where(columns.import_id == import_id)
            .order_by(order, columns.id)
            .limit(_BATCH)
        )
        .mappings()
        .all()
    )
    result = TakenBack(0, 0, 0)
    for row in rows:
        result += _one(unit, import_id, row)
    return result, after + len(rows)


def _one(unit: Unit, import_id: int, row: Mapping[Any, Any]) -> TakenBack:
    fields = row["fields"]
    was = fields.get("was")
    same = import_memory.c.id == row["id"]
    if was is not None and was["row_id"] == row["row_id"]:
        _restore(unit, row["kind"], row["row_id"], fields["now"], was["now"])
        kept = {"now": was["now"], "made": was["made"]}
        unit.run(
            sa.update(import_memory)
            .where(same)
            .values(fields=kept, import_id=was["import_id"], at=unit.now)
        )
        return TakenBack(0, 1, 0)
    unit.run(sa.delete(import_memory).where(same))
    if not fields.get("made"):
        return TakenBack(0, 0, 0)
    others = unit.run(
        sa.select(import_memory.c.id).where(
            import_memory.c.kind == row["kind"], import_memory.c.row_id == row["row_id"]
        )
    ).first()
    if others is not None:
        # Another key of the same record is still to come, or belongs to another import.
        return TakenBack(0, 0, 0)
    removed = _REMOVERS[row["kind"]](unit, row["row_id"], import_id)
    return TakenBack(1, 0, 0) if removed else TakenBack(0, 0, 1)


def _remove_callback(unit: Unit, callback_id: int, _import_id: int) -> bool:
    row = unit.run(sa.select(callback).where(callback.c.id == callback_id)).mappings().first()
    if row is None or row["state"] not in ("scheduled", "due") or row["attempts"]:
        return False
    used = unit.run(
        sa.select(call_callback.c.id).where(call_callback.c.callback_id == callback_id).limit(1)
    ).first()
    if used is not None:
        return False
    _remove_promises(unit, promise.c.callback_id == callback_id)
    unit.run(sa.delete(callback_event).where(callback_event.c.callback_id == callback_id))
    unit.run(sa.delete(callback).where(callback.c.id == callback_id))
    return True


def _remove_complaint(unit: Unit, complaint_id: int, import_id: int) -> bool:
    if _worked_on(unit, complaint_id):
        return False
    made = unit.run(
        sa.select(callback.c.id).where(
            callback.c.complaint_id == complaint_id,
            sa.or_(callback.c.import_id == import_id, callback.c.source == CASE_CALL),
        )
    ).scalars()
    for callback_id in made.all():
        _remove_callback(unit, callback_id, import_id)
    if _refers(unit, complaint_id, (callback.c.complaint_id,)):
        return False
    unit.run(sa.delete(wish).where(wish.c.complaint_id == complaint_id))
    _remove_promises(unit, promise.c.complaint_id == complaint_id)
    timers = sa.select(case_timer.c.id).where(case_timer.c.complaint_id == complaint_id)
    unit.run(sa.delete(case_pause).where(case_pause.c.timer_id.in_(timers)))
    for table in (case_timer, case_entry):
        unit.run(sa.delete(table).where(table.c.complaint_id == complaint_id))
    unit.run(sa.delete(complaint).where(complaint.c.id == complaint_id))
    return True


def _worked_on(unit: Unit, complaint_id: int) -> bool:
    """Whether a case's diary holds more than imports wrote."""
    entries = unit.run(
        sa.select(case_entry.c.kind, case_entry.c.data).where(
            case_entry.c.complaint_id == complaint_id
        )
    )
    return any(
        entry.kind not in _BY_ITSELF and "import" not in entry.data for entry in entries.all()
    )


_BY_ITSELF: Final = (EntryKind.OPENED, EntryKind.TIMER_STARTED, EntryKind.TIMER_STOPPED)
"""Entries that come with an imported case."""


def _remove_promises(unit: Unit, which: sa.ColumnElement[bool]) -> None:
    gone = sa.select(promise.c.id).where(which)
    unit.run(sa.delete(promise_event).where(promise_event.c.promise_id.in_(gone)))
    unit.run(sa.delete(promise).where(which))


def _remove_order(unit: Unit, order_id: int, _import_id: int) -> bool:
    unit.run(sa.delete(service_order).where(service_order.c.id == order_id))
    return True


def _remove_person(unit: Unit, person_id: int, import_id: int) -> bool:
    references = (
        callback.c.person_id,
        call.c.person_id,
        service_order.c.person_id,
        complaint.c.person_id,
        contact.c.person_id,
        promise.c.person_id,
        wish.c.person_id,
        person.c.merged_into,
    )
    if _refers(unit, person_id, references):
        return False
    assets = unit.run(
        sa.select(person_asset.c.asset_id).where(person_asset.c.person_id == person_id)
    ).scalars()
    owned = list(assets.all())
    for column in (
        person_phone.c.person_id,
        person_asset.c.person_id,
        consent.c.person_id,
        do_not_call.c.person_id,
        possible_match.c.person_id,
        possible_match.c.other_id,
    ):
        unit.run(sa.delete(column.table).where(column == person_id))
    for some in pieces(owned):
        linked = sa.select(person_asset.c.asset_id)
        ordered = sa.select(service_order.c.asset_id).where(service_order.c.asset_id.is_not(None))
        unit.run(
            sa.delete(asset).where(
                asset.c.id.in_(some), asset.c.id.not_in(linked), asset.c.id.not_in(ordered)
            )
        )
    unit.run(sa.delete(person).where(person.c.id == person_id))
    append_audit(unit, None, "import_take_back", "person", person_id, details={"import": import_id})
    return True


_REMOVERS: Final[Mapping[str, Callable[[Unit, int, int], bool]]] = {
    "callbacks": _remove_callback,
    "complaints": _remove_complaint,
    "orders": _remove_order,
    "customers": _remove_person,
}
_TABLES: Final[Mapping[str, sa.Table]] = {
    "callbacks": callback,
    "complaints": complaint,
    "orders": service_order,
    "customers": person,
}


def _restore(
    unit: Unit, kind: str, row_id: int, now: Mapping[str, Any], was: Mapping[str, Any]
) -> None:
    """Gives a record the values before, where it still holds those that the import wrote."""
    table = _TABLES[kind]
    present = unit.run(sa.select(table).where(table.c.id == row_id)).mappings().first()
    if present is None:
        return
    columns: dict[str, Any] = {}
    for name, value in now.items():
        column = "due_at" if name == "due" else name
        if name in _ASIDE or "." in name or value == was.get(name):
            continue
        if _plain(present[column]) == value:
            columns[column] = _typed(table.c[column], was.get(name))
    if "due_at" in columns:
        columns["ready_at"] = columns["due_at"]
    if kind == "complaints":
        columns["look_at"] = unit.now
    if kind == "customers" and "faults" in was:
        columns["record_faults"] = was["faults"]
    if columns:
        unit.run(sa.update(table).where(table.c.id == row_id).values(**columns))
    if kind == "customers":
        _restore_numbers(unit, row_id, now, was)


def _restore_numbers(
    unit: Unit, person_id: int, now: Mapping[str, Any], was: Mapping[str, Any]
) -> None:
    """Ends the links that the import made in place of others, and opens those again."""
    columns = person_phone.c
    for name, wrote in now.items():
        if not name.startswith("phone.") or wrote == was.get(name):
            continue
        mine = sa.and_(columns.person_id == person_id, columns.role == name.removeprefix("phone."))
        for spelled, condition, until in (
            (wrote, columns.until.is_(None), unit.now),
            (was.get(name, ""), columns.until.is_not(None), None),
        ):
            unit.run(
                sa.update(person_phone)
                .where(mine, condition, _means(str(spelled)))
                .values(until=until)
            )


def _means(spelled: str) -> sa.ColumnElement[bool]:
    """The links that a remembered cell stands for: to its number, or to none for a bad cell."""
    if not spelled or spelled.startswith("?"):
        return person_phone.c.phone_id.is_(None)
    e164, _, extension = spelled.partition(",")
    number = sa.select(phone.c.id).where(phone.c.e164 == e164, phone.c.extension == extension)
    return person_phone.c.phone_id.in_(number)


def _refers(unit: Unit, row_id: int, references: Sequence[sa.Column[Any]]) -> bool:
    return any(
        unit.run(sa.select(column.table.c.id).where(column == row_id).limit(1)).first() is not None
        for column in references
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """A remembered value as the column takes it."""
    if isinstance(value, str) and value and column.type.python_type is not str:
        return column.type.python_type.fromisoformat(value)
    return value or None
