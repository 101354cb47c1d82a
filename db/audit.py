"""The audit: who did what to whose data or work, read page by page and handed out marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.exports import mark_export
from db.import_memory import pieces
from db.paging import Side, page_rows
from db.tables import (
    audit,
    call,
    callback,
    complaint,
    operator,
    person,
    promise,
    service_order,
)
from db.transaction import Unit
from domain.audit_entry import AuditEntry
from domain.export_mark import ExportMark, ExportPurpose
from domain.permissions import Actor, require

MOST_EXPORTED: Final = 50_000
_BY_TABLE: Final[Mapping[str, sa.Table]] = {
    "callback": callback,
    "call": call,
    "case": complaint,
    "complaint": complaint,
    "promise": promise,
    "order": service_order,
}
"""The subjects whose rows belong to a customer, and where that is written."""


@dataclass(frozen=True, slots=True)
class AuditSieve:
    """Which entries are wanted; all by default. Instants in UTC.

    Attributes:
        since: from this instant on.
        until: before this one.
        operator_id: done by this operator.
        program: done by the program itself.
        action: this action only.
        subject: what it was done to: person, callback, case, …
        subject_id: and to which of them.
        person_id: what was done to this customer, their callbacks, calls, cases and promises.
    """

    since: datetime | None = None
    until: datetime | None = None
    operator_id: int | None = None
    program: bool = False
    action: str | None = None
    subject: str | None = None
    subject_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the audit, the latest first."""

    rows: tuple[AuditEntry, ...]
    more_before: bool
    more_after: bool


@dataclass(frozen=True, slots=True)
class AuditExport:
    """A part of the audit that leaves the desk, the latest first; `cut` when there was more."""

    mark: ExportMark
    rows: tuple[AuditEntry, ...]
    cut: bool


def list_audit(
    database: Database,
    actor: Actor,
    sieve: AuditSieve | None = None,
    *,
    side: Side = "after",
    anchor: int | None = None,
    limit: int = 200,
) -> AuditPage:
    """A page of the audit, the latest first.

    Args:
        database: the database.
        actor: who asks.
        sieve: which entries; all unless given.
        side: whether the page lies after, before or from (the anchor included) the anchor.
        anchor: id of an entry; without one it is the first page, before nothing the last one.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> AuditPage:
        require(actor, "audit.read")
        place = (audit.c.at, audit.c.id)
        here = unit.run(sa.select(*place).where(audit.c.id == anchor)).first()
        query = _wanted(sieve or AuditSieve())
        found = page_rows(unit, query, place, here, side=side, limit=limit)
        rows = tuple(_rows(unit, found.rows))
        return AuditPage(rows, more_before=found.more_before, more_after=found.more_after)

    return database.read(work)


def export_audit(
    database: Database, actor: Actor, sieve: AuditSieve, purpose: ExportPurpose
) -> AuditExport:
    """The entries of a sieve for a file, at most `MOST_EXPORTED`; that they leave is entered too.

    Raises:
        RefusedError: `not_allowed`.
    """

    def read(unit: Unit) -> tuple[list[AuditEntry], bool]:
        require(actor, "audit.export")
        order = (audit.c.at.desc(), audit.c.id.desc())
        query = _wanted(sieve).order_by(*order).limit(MOST_EXPORTED + 1)
        rows = unit.run(query).mappings().all()
        return _rows(unit, rows[:MOST_EXPORTED]), len(rows) > MOST_EXPORTED

    # Read apart, so that nobody waits to write while thousands of rows are read.
    rows, cut = database.read(read)
    mark = database.write(
        lambda unit: mark_export(unit, actor, "audit", None, purpose=purpose, rows=len(rows))
    )
    return AuditExport(mark, tuple(rows), cut)


def _wanted(sieve: AuditSieve) -> sa.Select[Any]:
    columns = audit.c
    query = sa.select(audit, operator.c.name).outerjoin(
        operator, operator.c.id == columns.operator_id
    )
    if sieve.since is not None:
        query = query.where(columns.at >= sieve.since)
    if sieve.until is not None:
        query = query.where(columns.at < sieve.until)
    for column, value in (
        (columns.operator_id, sieve.operator_id),
        (columns.action, sieve.action),
        (columns.subject, sieve.subject),
        (columns.subject_id, sieve.subject_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if sieve.program:
        query = query.where(columns.operator_id.is_(None))
    if sieve.person_id is not None:
        query = query.where(sa.or_(*_about(sieve.person_id)))
    return query


def _about(person_id: int) -> Iterable[sa.ColumnElement[bool]]:
    columns = audit.c
    yield sa.and_(columns.subject == "person", columns.subject_id == person_id)
    for subject, table in _BY_TABLE.items():
        theirs = sa.select(table.c.id).where(table.c.person_id == person_id)
        yield sa.and_(columns.subject == subject, columns.subject_id.in_(theirs))


def _rows(unit: Unit, rows: Sequence[sa.RowMapping]) -> list[AuditEntry]:
    whose = _persons(unit, rows)
    names = _names(unit, person, whose.values())
    staff = _names(
        unit, operator, (row["subject_id"] for row in rows if row["subject"] == "operator")
    )
    found = []
    for row in rows:
        person_id = whose.get((row["subject"], row["subject_id"]))
        name = names.get(person_id, "") if person_id is not None else ""
        if row["subject"] == "operator":
            name = staff.get(row["subject_id"], "")
        found.append(
            AuditEntry(
                id=row["id"],
                at=row["at"],
                operator_id=row["operator_id"],
                operator=row["name"],
                seat_id=row["seat_id"],
                action=row["action"],
                subject=row["subject"],
                subject_id=row["subject_id"],
                person_id=person_id,
                name=name,
                fields=tuple(row["fields"]),
                details=row["details"],
            )
        )
    return found


def _persons(unit: Unit, rows: Sequence[sa.RowMapping]) -> dict[tuple[str, int | None], int]:
    """The customer of each subject that has one: one look for each kind of subject."""
    asked: dict[str, set[int]] = {}
    for row in rows:
        if row["subject_id"] is not None:
            asked.setdefault(row["subject"], set()).add(row["subject_id"])
    found: dict[tuple[str, int | None], int] = {
        ("person", one): one for one in asked.get("person", ())
    }
    for subject, table in _BY_TABLE.items():
        for some in pieces(sorted(asked.get(subject, ()))):
            pairs = unit.run(sa.select(table.c.id, table.c.person_id).where(table.c.id.in_(some)))
            found |= {(subject, row[0]): row[1] for row in pairs}
    return found


def _names(unit: Unit, table: sa.Table, ids: Iterable[int | None]) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for some in pieces(sorted({one for one in ids if one is not None})):
        rows = unit.run(sa.select(table.c.id, table.c.name).where(table.c.id.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found
