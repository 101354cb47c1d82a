"""Fields that a file and the desk both changed: listed, and settled by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.import_memory import recall_records
from db.tables import (
    asset,
    callback,
    complaint,
    import_conflict,
    import_run,
    person,
    person_asset,
    service_order,
)
from db.transaction import Unit
from domain.errors import RefusedError
from domain.mask import mask_digits
from domain.permissions import Actor, require

_TABLES: Final[Mapping[str, tuple[sa.Table, str]]] = {
    "person": (person, "customers"),
    "callback": (callback, "callbacks"),
    "complaint": (complaint, "complaints"),
    "order": (service_order, "orders"),
}
_COLUMNS: Final = {"due": "due_at"}
_ASSET: Final = "asset."


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field on which a file and the desk disagree.

    Attributes:
        id: of the conflict.
        import_id: the import that found it.
        file_name: of the file.
        row_number: of the row in the file.
        kind: person, callback, complaint or order.
        record_id: the record.
        field: the name of the field; `asset.<name>` for one of the person's asset.
        desk: what the desk has now, as text.
        file: what the file brought, as text; none where only a repeated row said it.
    """

    id: int
    import_id: int
    file_name: str
    row_number: int
    kind: str
    record_id: int
    field: str
    desk: str | None
    file: str | None


def list_conflicts(
    database: Database, actor: Actor, *, import_id: int | None = None, limit: int = 200
) -> tuple[Conflict, ...]:
    """Conflicts that nobody has settled, the newest first.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "imports.run")
    columns = import_conflict.c
    query = (
        sa.select(import_conflict, import_run.c.file_name)
        .join(import_run, import_run.c.id == columns.import_id)
        .where(columns.settled_at.is_(None))
        .order_by(columns.id.desc())
        .limit(limit)
    )
    if import_id is not None:
        query = query.where(columns.import_id == import_id)

    def work(unit: Unit) -> tuple[Conflict, ...]:
        rows = unit.run(query).mappings().all()
        return tuple(_conflict(unit, row) for row in rows)

    return database.read(work)


def settle_conflict(
    database: Database, actor: Actor, conflict_id: int, take: Literal["desk", "file"]
) -> None:
    """Lets the desk's value stand, or takes the file's.

    Raises:
        RefusedError: `not_allowed`; `conflict_settled` when it is settled or unknown;
            `conflict_without_value` when the file's value is kept nowhere.
    """
    require(actor, "imports.run")

    def work(unit: Unit) -> None:
        columns = import_conflict.c
        row = (
            unit.run(
                sa.select(import_conflict)
                .where(columns.id == conflict_id, columns.settled_at.is_(None))
                .with_for_update()
            )
            .mappings()
            .first()
        )
        if row is None:
            raise RefusedError("conflict_settled", id=conflict_id)
        if take == "file":
            _take(unit, row)
        unit.run(
            sa.update(import_conflict).where(columns.id == conflict_id).values(settled_at=unit.now)
        )
        append_audit(
            unit, actor, "import_conflict", row["kind"], row["row_id"],
            fields=[row["field"]], details={"take": take, "import": row["import_id"]},
        )  # fmt: skip

    database.write(work)


def _conflict(unit: Unit, row: Mapping[Any, Any]) -> Conflict:
    present, column = _record(unit, row), _column(row)
    desk = None if present is None or column is None else present[column.name]
    shown = _hidden if row["field"] == "id_number" else _text
    return Conflict(
        id=row["id"],
        import_id=row["import_id"],
        file_name=row["file_name"],
        row_number=row["row_number"],
        kind=row["kind"],
        record_id=row["row_id"],
        field=row["field"],
        desk=shown(desk),
        file=shown(_brought(unit, row)),
    )


def _hidden(value: object) -> str | None:
    text = _text(value)
    return mask_digits(text) if text else text


def _take(unit: Unit, row: Mapping[Any, Any]) -> None:
    value, present, column = _brought(unit, row), _record(unit, row), _column(row)
    if value is None or present is None or column is None:
        raise RefusedError("conflict_without_value", id=row["id"])
    typed = value
    if isinstance(value, str) and column.type.python_type is not str:
        typed = column.type.python_type.fromisoformat(value)
    columns = {column.name: typed}
    if "updated_at" in column.table.c:
        columns["updated_at"] = unit.now
    unit.run(sa.update(column.table).where(column.table.c.id == present["id"]).values(**columns))


def _column(row: Mapping[Any, Any]) -> sa.Column[Any] | None:
    """The column that a field is kept in; none for one that has none, as a callback's agent."""
    field = str(row["field"])
    table = asset if field.startswith(_ASSET) else _TABLES[row["kind"]][0]
    name = field.removeprefix(_ASSET)
    return table.c.get(_COLUMNS.get(name, name))


def _brought(unit: Unit, row: Mapping[Any, Any]) -> Any:
    """What the file brought: the memory of the record keeps it, the conflict itself does not.

    Of an order number that a file repeats the memory keeps the first row, which stands.
    """
    if row["kind"] == "order":
        return None
    memory = recall_records(unit, _TABLES[row["kind"]][1], [row["row_id"]])[row["row_id"]]
    newest = sorted(memory, key=lambda known: known.import_id == row["import_id"], reverse=True)
    values = (known.fields.get(row["field"]) for known in newest)
    return next((value for value in values if value is not None), None)


def _record(unit: Unit, row: Mapping[Any, Any]) -> sa.RowMapping | None:
    """The record itself, or the person's first asset for a field of it."""
    query: sa.Select[*tuple[Any, ...]]
    if str(row["field"]).startswith(_ASSET):
        query = (
            sa.select(asset)
            .join(person_asset, person_asset.c.asset_id == asset.c.id)
            .where(person_asset.c.person_id == row["row_id"], person_asset.c.until.is_(None))
            .order_by(person_asset.c.position, asset.c.id)
            .limit(1)
        )
    else:
        table = _TABLES[row["kind"]][0]
        query = sa.select(table).where(table.c.id == row["row_id"])
    return unit.run(query).mappings().first()


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
