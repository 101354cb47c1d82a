"""The import's memory: for each source and natural key the last imported value of a record.

A later file is compared with this memory, never with the present record: what a person changed at
the desk is no news from the file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from db.tables import import_memory
from db.transaction import Unit

T = TypeVar("T")

_LONGEST_KEY: Final = 200
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was imported last under a key.

    Attributes:
        id: the memory's own row.
        key: the natural key.
        row_id: the record that was written.
        fields: the last imported values; plain values of JSON.
        made: whether an import made the record, rather than finding it.
        was: the values before the import named by `import_id` changed them.
        import_id: the import that wrote last.
    """

    id: int
    key: str
    row_id: int
    fields: Mapping[str, Any]
    made: bool
    was: Mapping[str, Any] | None
    import_id: int


def shortened(key: str) -> str:
    """A natural key that fits its column; a long one ends in a digest of the whole."""
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: _LONGEST_KEY - 65]}#{digest}"


def recall(unit: Unit, kind: str, source: str, keys: Iterable[str]) -> dict[str, Remembered]:
    """What is remembered under the keys of a source."""
    columns = import_memory.c
    found: dict[str, Remembered] = {}
    for some in pieces(sorted(set(keys))):
        rows = unit.run(
            sa.select(import_memory).where(
                columns.kind == kind, columns.source == source, columns.natural_key.in_(some)
            )
        ).mappings()
        found.update((row["natural_key"], _remembered(row)) for row in rows)
    return found


def recall_records(unit: Unit, kind: str, row_ids: Iterable[int]) -> dict[int, list[Remembered]]:
    """All that is remembered of records, from whatever source, by record."""
    columns = import_memory.c
    found: dict[int, list[Remembered]] = defaultdict(list)
    for some in pieces(sorted(set(row_ids))):
        rows = unit.run(
            sa.select(import_memory)
            .where(columns.kind == kind, columns.row_id.in_(some))
            .order_by(columns.id)
        ).mappings()
        for row in rows:
            found[row["row_id"]].append(_remembered(row))
    return found


def remember(
    unit: Unit,
    kind: str,
    source: str,
    import_id: int,
    records: Sequence[tuple[str, int, Mapping[str, Any], bool]],
) -> None:
    """Keeps new keys: each with its record, values, and whether the import made the record."""
    if records:
        unit.run(
            import_memory.insert(),
            [
                {
                    "kind": kind,
                    "source": source,
                    "natural_key": key,
                    "row_id": row_id,
                    "fields": {"now": dict(fields), "made": made},
                    "import_id": import_id,
                    "at": unit.now,
                }
                for key, row_id, fields, made in records
            ],
        )


def remember_anew(
    unit: Unit,
    import_id: int,
    known: Remembered,
    fields: Mapping[str, Any],
    *,
    row_id: int | None = None,
) -> None:
    """Keeps new values under a known key, and those before this import for taking it back.

    Args:
        unit: the transaction.
        import_id: the import that brings them.
        known: what is remembered so far.
        fields: the values that changed.
        row_id: another record that the key now means, made by this import.
    """
    values: dict[str, Any] = {"now": {**known.fields, **fields}, "made": known.made}
    if known.import_id == import_id:
        values["was"] = known.was
    else:
        values["was"] = {
            "now": dict(known.fields),
            "made": known.made,
            "row_id": known.row_id,
            "import_id": known.import_id,
        }
    if row_id is not None:
        values["made"] = True
    unit.run(
        sa.update(import_memory)
        .where(import_memory.c.id == known.id)
        .values(fields=values, import_id=import_id, at=unit.now, row_id=row_id or known.row_id)
    )


def pieces(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """The values in pieces that fit one statement."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _remembered(row: sa.RowMapping) -> Remembered:
    fields = row["fields"]
    return Remembered(
        id=row["id"],
        key=row["natural_key"],
        row_id=row["row_id"],
        fields=fields.get("now", {}),
        made=bool(fields.get("made")),
        was=fields.get("was"),
        import_id=row["import_id"],
    )
