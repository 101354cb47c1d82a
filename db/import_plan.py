"""The batches of a file: which rows are written together, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from db.import_batch import Batch
from db.import_callbacks import CallbackWriter
from db.import_complaints import ComplaintWriter
from db.import_memory import recall, shortened
from db.import_orders import OrderUnit, OrderWriter
from db.import_people import KIND as PERSONS
from db.import_people import Entry, Group, PeopleWriter, PersonEnd
from db.number_hash import erased_numbers
from domain.record.rows import CallbackRow, ComplaintRow, CustomerRow, JudgedFile, OrderRow
from domain.record.same_person import fold

T = TypeVar("T")

_BATCH: Final = 100
"""Persons or orders of a batch: writers elsewhere wait for one batch at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: `write` gives each of its rows its end in the batch's tally."""

    write: Callable[[Batch], None]


def plan(judged: JudgedFile) -> list[Step]:
    """The batches of a judged file, always the same for the same file."""
    match judged.kind:
        case "customers":
            customers = [row for row in judged.rows if isinstance(row, CustomerRow)]
            return _steps(_groups(customers), _write_people)
        case "orders":
            orders = [row for row in judged.rows if isinstance(row, OrderRow)]
            return _steps(_order_units(orders), _write_orders)
        case "callbacks":
            return _callback_steps(judged)
        case "complaints":
            complaints = [row for row in judged.rows if isinstance(row, ComplaintRow)]
            by_row = {row.row: row for row in complaints}
            return _steps(_groups(complaints), partial(_write_complaints, by_row))


def _steps(units: Sequence[T], write: Callable[[Sequence[T], Batch], None]) -> list[Step]:
    return [
        Step(partial(write, units[start : start + _BATCH]))
        for start in range(0, len(units), _BATCH)
    ]


def _groups(rows: Sequence[CustomerRow | CallbackRow | ComplaintRow]) -> list[Group]:
    """The persons of the rows, those that are one put together."""
    entries = [Entry(row.row, row.person) for row in rows]
    folded = fold([entry.record for entry in entries])
    place_of = {place: at for at, group in enumerate(folded.groups) for place in group}
    possible: dict[int, list[tuple[str, str]]] = {}
    for one, other, reason in folded.possible:
        earlier, later = sorted((place_of[one], place_of[other]))
        first = entries[folded.groups[earlier][0]]
        possible.setdefault(later, []).append((first.key, reason))
    return [
        Group(tuple(entries[place] for place in group), tuple(possible.get(at, ())))
        for at, group in enumerate(folded.groups)
    ]


def _write_people(groups: Sequence[Group], batch: Batch) -> None:
    ends = PeopleWriter(batch, groups).write()
    for group in groups:
        for entry in group.entries:
            end = ends[entry.row]
            batch.tally.notices.update(entry.record.faults)
            if entry.record.stop is not None:
                batch.tally.stops[entry.record.stop] += 1
            batch.tally.end(
                end.row, end.result, end.reason, with_row=end.with_row, with_id=end.with_id
            )


def _order_units(rows: Sequence[OrderRow]) -> list[OrderUnit]:
    """Orders in the order of their days, so that each mileage meets the one before it."""
    by_number: dict[str, list[OrderRow]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
    units = [OrderUnit(tuple(same)) for same in by_number.values()]
    return sorted(units, key=lambda unit: (unit.rows[0].visited_on, unit.rows[0].row))


def _write_orders(units: Sequence[OrderUnit], batch: Batch) -> None:
    OrderWriter(batch, units).write()


def _callback_steps(judged: JudgedFile) -> list[Step]:
    rows = [row for row in judged.rows if isinstance(row, CallbackRow)]
    by_row = {row.row: row for row in rows}
    # A number that one row stops is stopped for every row, earlier ones included.
    stopped = frozenset(
        number.e164 for row in rows if row.person.stop is not None for number in row.person.numbers
    )

    def write(groups: Sequence[Group], batch: Batch) -> None:
        mine = _rows_of(groups, by_row)
        if judged.brings_persons:
            ends = _counted(batch, PeopleWriter(batch, groups, number_needed=True).write())
        else:
            ends = _registered(batch, mine)
        CallbackWriter(batch, mine, ends, stopped, judged.digest).write()

    return _steps(_groups(rows), write)


def _write_complaints(
    by_row: Mapping[int, ComplaintRow], groups: Sequence[Group], batch: Batch
) -> None:
    ends = _counted(batch, PeopleWriter(batch, groups).write())
    ComplaintWriter(batch, _rows_of(groups, by_row), ends).write()


def _rows_of(groups: Sequence[Group], by_row: Mapping[int, T]) -> list[T]:
    numbers = sorted(entry.row for group in groups for entry in group.entries)
    return [by_row[number] for number in numbers]


def _counted(batch: Batch, ends: Mapping[int, PersonEnd]) -> Mapping[int, PersonEnd]:
    for end in ends.values():
        batch.tally.persons[end.result] += 1
    return ends


def _registered(batch: Batch, rows: Sequence[CallbackRow]) -> dict[int, PersonEnd]:
    """The persons of rows that only name a customer of the register; unknown ones are left out."""
    keys = {row.row: shortened(row.person.customer_number) for row in rows}
    known = recall(batch.unit, PERSONS, batch.source, {key for key in keys.values() if key})
    erased = erased_numbers(batch.unit, {key for key in keys.values() if key not in known})
    return {
        row: PersonEnd(row, "unchanged", known[key].row_id)
        if key in known
        else PersonEnd(row, "rejected", None, "erased")
        for row, key in keys.items()
        if key in known or key in erased
    }
