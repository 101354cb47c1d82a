"""Importing a judged file: in batches, each one transaction that moves the import's position.

A killed import is found at the next start: imported again the same file goes on where it stopped,
or the import is taken back (`db.import_taking_back`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.import_batch import Batch, PlaceOf
from db.import_plan import Step, plan
from db.import_tally import RESULTS, RowOutcome, Tally
from db.tables import import_run, person
from db.topics import CASES, QUEUE
from db.transaction import Unit
from domain.errors import RefusedError
from domain.permissions import Actor, require
from domain.record.rows import JudgedFile

SOURCE: Final = "main"
"""The source of files whose system nobody named: its customer numbers are one register."""

Progress = Callable[[int, int], None]
"""Told how many rows of how many are done."""

_QUIET: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        import_id: the import's row; none for a dry run.
        kind: customers, orders, callbacks or complaints.
        rows: the rows of the file.
        results: rows by their one end; every name of `db.import_tally.RESULTS` is there.
        reasons: rejected rows by reason.
        phone_problems: problems of the main number column, over all rows.
        notices: what was wrong with rows that were imported all the same.
        stops: do-not-call of the file: `marked`, `note` (asked for in a note), `same_number` and
            `same_person` (rows stopped by another row or by the desk).
        consent: imported callbacks by leave `given` or `unknown`.
        persons: persons that came with callbacks or complaints, by what became of them.
        conflicts: fields that the file and the desk both changed, listed for a person.
        outcomes: how each row ended, by row number.
        continued: whether a killed import was continued.
        dry_run: whether nothing was written.
    """

    import_id: int | None
    kind: str
    rows: int
    results: Mapping[str, int]
    reasons: Mapping[str, int]
    phone_problems: Mapping[str, int]
    notices: Mapping[str, int]
    stops: Mapping[str, int]
    consent: Mapping[str, int]
    persons: Mapping[str, int]
    conflicts: int
    outcomes: Mapping[int, RowOutcome]
    continued: bool
    dry_run: bool

    @property
    def rejected(self) -> Mapping[int, str]:
        """The reason of each rejected row."""
        return {one.row: one.reason for one in self.outcomes.values() if one.result == "rejected"}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An import that did not come to its end; `position` of `rows` rows are done."""

    import_id: int
    kind: str
    file_name: str
    rows: int
    position: int
    started_at: datetime


class _DryRunEndedError(Exception):
    """Carries the counts of a dry run out of the transaction that is undone."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally


@dataclass(frozen=True, slots=True)
class _Start:
    import_id: int
    tally: Tally
    done: int
    continued: bool


def run(
    database: Database,
    actor: Actor,
    judged: JudgedFile,
    *,
    source: str = SOURCE,
    dry_run: bool = False,
    place_of: PlaceOf | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Imports a judged file, or says what would come of it.

    The same file whose import was killed goes on where it stopped. A dry run does all the work in
    one transaction and undoes it, so that its counts are those of the real run; others who write
    wait for it.

    Args:
        database: the database.
        actor: who imports; a lead.
        judged: the file.
        source: the system that it comes from; customer numbers are known within one source.
        dry_run: whether to write nothing.
        place_of: gives the region name of a number; slow to load, so not every caller has one.
        progress: told after each batch how many rows are done.

    Raises:
        RefusedError: `not_allowed`; `import_running` when another program imports the same file
            right now; `import_taken_over` when another one continued it meanwhile.
        StorageError: the database can't be written; batches before are kept, and the import can be
            continued.
    """
    require(actor, "imports.run")
    steps = plan(judged)
    if dry_run:
        return _report(
            judged, None, _rehearse(database, actor, judged, source, steps), dry_run=True
        )
    start = database.write(lambda unit: _start(unit, actor, judged, source))
    tally = start.tally
    for number in range(start.done, len(steps)):
        batch = partial(
            Batch,
            rulebook=database.rulebook,
            actor=actor,
            import_id=start.import_id,
            kind=judged.kind,
            source=source,
            place_of=place_of,
        )
        more = database.write(
            partial(_advance, batch, steps[number], number + 1, tally, judged.file_name)
        )
        tally.take_in(more)
        if progress is not None:
            progress(tally.results.total(), judged.total)
    database.write(lambda unit: _finish(unit, actor, start.import_id))
    return _report(judged, start.import_id, tally, continued=start.continued)


def unfinished(database: Database, actor: Actor) -> tuple[Unfinished, ...]:
    """Imports that were killed or are under way, the newest first.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "imports.run")
    columns = import_run.c
    rows = database.read(
        lambda unit: (
            unit.run(
                sa.select(import_run).where(columns.state == "running").order_by(columns.id.desc())
            )
            .mappings()
            .all()
        )
    )
    return tuple(
        Unfinished(
            row["id"], row["kind"], row["file_name"], row["rows"], row["position"],
            row["started_at"],
        )
        for row in rows
    )  # fmt: skip


def _start(unit: Unit, actor: Actor, judged: JudgedFile, source: str) -> _Start:
    columns = import_run.c
    before = (
        unit.run(
            sa.select(import_run)
            .where(
                columns.kind == judged.kind,
                columns.source == source,
                columns.file_digest == judged.digest,
                columns.state == "running",
            )
            .order_by(columns.id.desc())
            .limit(1)
            .with_for_update()
        )
        .mappings()
        .first()
    )
    options = {**judged.options, "rows": str(len(judged.rows))}
    if before is not None:
        if _is_alive(unit, before):
            raise RefusedError("import_running", file=judged.file_name)
        if before["options"] == options:
            counts = {**before["counts"], **_writer(unit)}
            unit.run(sa.update(import_run).where(columns.id == before["id"]).values(counts=counts))
            return _Start(before["id"], Tally.of(counts), int(counts["step"]), continued=True)
        # Understood otherwise than before: what is written is in the memory, and the rest is new.
        unit.run(
            sa.update(import_run)
            .where(columns.id == before["id"])
            .values(state="left", finished_at=unit.now)
        )
    tally = Tally()
    for one in judged.rejected:
        tally.end(one.row, "rejected", one.reason)
    made = unit.run(
        import_run.insert().returning(columns.id),
        {
            "kind": judged.kind,
            "file_name": judged.file_name,
            "file_digest": judged.digest,
            "source": source,
            "started_at": unit.now,
            "operator_id": actor.operator_id,
            "state": "running",
            "rows": judged.total,
            "position": len(judged.rejected),
            "options": options,
            "counts": {**tally.with_batch(Tally()), "step": 0, **_writer(unit)},
        },
    ).scalar_one()
    append_audit(unit, actor, "import_start", "import", made, fields=[judged.kind])
    return _Start(int(made), tally, 0, continued=False)


def _advance(
    batch_in: Callable[[Unit], Batch],
    step: Step,
    number: int,
    before: Tally,
    file_name: str,
    unit: Unit,
) -> Tally:
    """One batch: its rows, and the import's position that says so, in one transaction."""
    batch = batch_in(unit)
    step.write(batch)
    done = before.results.total()
    columns = import_run.c
    moved = unit.run(
        sa.update(import_run)
        .where(
            columns.id == batch.import_id,
            columns.state == "running",
            columns.position == done,
        )
        .values(
            position=done + batch.tally.results.total(),
            counts={**before.with_batch(batch.tally), "step": number, **_writer(unit)},
        )
    )
    if moved.rowcount != 1:
        raise RefusedError("import_taken_over", file=file_name)
    return batch.tally


def _finish(unit: Unit, actor: Actor, import_id: int) -> None:
    unit.run(
        sa.update(import_run)
        .where(import_run.c.id == import_id, import_run.c.state == "running")
        .values(state="done", finished_at=unit.now)
    )
    append_audit(unit, actor, "import_done", "import", import_id)
    unit.move(QUEUE, CASES)


def _rehearse(
    database: Database,
    actor: Actor,
    judged: JudgedFile,
    source: str,
    steps: Sequence[Step],
) -> Tally:
    def work(unit: Unit) -> Tally:
        tally = Tally()
        for one in judged.rejected:
            tally.end(one.row, "rejected", one.reason)
        last = unit.run(sa.select(sa.func.coalesce(sa.func.max(person.c.id), 0))).scalar_one()
        made = unit.run(
            import_run.insert().returning(import_run.c.id),
            {
                "kind": judged.kind,
                "file_name": judged.file_name,
                "file_digest": judged.digest,
                "source": source,
                "started_at": unit.now,
                "operator_id": actor.operator_id,
                "state": "dry",
                "rows": judged.total,
                "position": 0,
                "options": {},
                "counts": {},
            },
        ).scalar_one()
        for step in steps:
            batch = Batch(unit, database.rulebook, actor, int(made), judged.kind, source)
            step.write(batch)
            tally.take_in(batch.tally)
        # Persons that the rehearsal made are gone with it: nobody must look for them.
        for outcome in tuple(tally.outcomes.values()):
            if outcome.with_id is not None and outcome.with_id > last:
                tally.outcomes[outcome.row] = replace(outcome, with_id=None)
        raise _DryRunEndedError(tally)

    try:
        return database.write(work)
    except _DryRunEndedError as ended:
        return ended.tally


def _report(
    judged: JudgedFile,
    import_id: int | None,
    tally: Tally,
    *,
    continued: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    return ImportReport(
        import_id=import_id,
        kind=judged.kind,
        rows=judged.total,
        results={name: tally.results[name] for name in RESULTS},
        reasons=dict(sorted(tally.reasons.items())),
        phone_problems=judged.phone_problems,
        notices=dict(sorted(tally.notices.items())),
        stops=dict(sorted(tally.stops.items())),
        consent=dict(sorted(tally.consent.items())),
        persons=dict(sorted(tally.persons.items())),
        conflicts=tally.conflicts,
        outcomes=dict(sorted(tally.outcomes.items())),
        continued=continued,
        dry_run=dry_run,
    )


def _writer(unit: Unit) -> dict[str, Any]:
    """Who writes this import, and when last: by this a killed one is told from one at work."""
    return {"host": socket.gethostname(), "process": os.getpid(), "beat": unit.now.isoformat()}


def _is_alive(unit: Unit, row: Mapping[Any, Any]) -> bool:
    counts = row["counts"]
    if counts.get("host") == socket.gethostname():
        return counts.get("process") != os.getpid() and _process_exists(int(counts["process"]))
    beat: timedelta = unit.now - datetime.fromisoformat(counts["beat"])
    return beat < _QUIET


def _process_exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
