"""The import screen's work: reading the file, trying it, running it, taking it back."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.message import Message

from domain.errors import StorageError
from domain.said import Said
from screens.frame import FramedScreen
from screens.import_files import free_path
from screens.import_messages import (
    FileRead,
    Imported,
    ImportTakenBack,
    MappingSaved,
    Rehearsed,
    Told,
    UnfinishedRead,
    WorkStopped,
)
from screens.work import database_work

if TYPE_CHECKING:
    from db.imports import ImportReport
    from intake.mapping import ColumnMapping, Kind
    from intake.preparing import Prepared

_TELL_EVERY: Final = 0.1
"""Seconds between two words about how far the work is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A file and what a person said about it; none where the desk finds out by itself.

    Attributes:
        path: the file.
        kind: what its rows are.
        region: country of numbers without one of their own.
        as_of: when it was exported (UTC).
        encoding: of a CSV.
        delimiter: of a CSV.
        sheet: of a spreadsheet.
    """

    path: Path
    kind: Kind | None = None
    region: str | None = None
    as_of: datetime | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


class StoppedError(Exception):
    """A person wants the work under way to stop."""


class ImportWork(FramedScreen[None]):
    """What the import screen has done off the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = threading.Event()
        self._told_at = 0.0

    def on_unmount(self) -> None:
        """Work under way stops at its next batch: nobody looks at it any more."""
        self.stopping.set()

    def _tell(self, done: int, total: int) -> None:
        """Tell how far the work is; called by the worker's thread between two batches.

        Raises:
            StoppedError: the work is to stop.
        """
        if self.stopping.is_set():
            raise StoppedError
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY or done == total:
            self._told_at = now
            self.post_message(Told(done, total))

    @database_work("imports.unfinished")
    def read_unfinished(self) -> Message:
        """Read which imports did not come to their end."""
        from db.imports import unfinished  # noqa: PLC0415 - connected long since

        return UnfinishedRead(unfinished(self.database, self.actor))

    @database_work("imports.read")
    def read_file(self, asked: Asked) -> Message:
        """Read a file, recognise its columns and judge its rows."""
        from db.import_mappings import saved_mapping  # noqa: PLC0415
        from intake.preparing import prepare  # noqa: PLC0415 - few screens read files

        used: list[Mapping[str, object]] = []

        def saved(digest: str) -> Mapping[str, object] | None:
            found = saved_mapping(self.database, digest)
            used.extend([found] if found is not None else [])
            return found

        try:
            prepared = prepare(
                asked.path,
                asked.kind,
                now=self.database.read(lambda unit: unit.now),
                house_region=self.shell.region,
                house_zone=self.shell.my_zone,
                region=asked.region,
                as_of=asked.as_of,
                encoding=asked.encoding,
                delimiter=asked.delimiter,
                sheet=asked.sheet,
                saved=saved,
                progress=self._tell,
            )
        except StoppedError:
            return WorkStopped(Said("import_screen.reading_stopped"))
        return FileRead(prepared, saved=bool(used))

    @database_work("imports.read")
    def judge_anew(self, prepared: Prepared, mapping: ColumnMapping) -> Message:
        """Judge the rows again under another choice of columns."""
        try:
            return FileRead(prepared.with_mapping(mapping, self._tell), saved=False)
        except StoppedError:
            return WorkStopped(Said("import_screen.reading_stopped"))

    @database_work("imports.save", every=True)
    def save_choice(self, prepared: Prepared) -> Message:
        """Keep the choice of columns for files with the same header."""
        from db.import_mappings import save_mapping  # noqa: PLC0415

        mapping = prepared.mapping
        save_mapping(
            self.database, self.actor, mapping.kind, prepared.header_digest, mapping.to_dict()
        )
        return MappingSaved()

    @database_work("imports.try", every=True)
    def rehearse(self, prepared: Prepared) -> Message:
        """Find out what would come of the import."""
        from db.imports import run  # noqa: PLC0415

        return Rehearsed(run(self.database, self.actor, prepared.ready(), dry_run=True))

    @database_work("imports.run", every=True)
    def carry_in(self, prepared: Prepared) -> Message:
        """Import the file; the rejected rows are written beside it."""
        from db.imports import run  # noqa: PLC0415

        judged = prepared.ready()
        try:
            report = run(self.database, self.actor, judged, progress=self._tell)
        except StoppedError:
            return WorkStopped(Said("import_screen.stopped", {"file": judged.file_name}))
        if not report.rejected:
            return Imported(report, None, None)
        try:
            return Imported(report, self._write_rejects(prepared, report), None)
        except StorageError as error:
            return Imported(report, None, error)

    def _write_rejects(self, prepared: Prepared, report: ImportReport) -> Path:
        from intake.rejects import write_rejects  # noqa: PLC0415
        from intake.words import words_of  # noqa: PLC0415

        language = self.shell.language
        reasons = {row: words_of(code, language) for row, code in report.rejected.items()}
        path = free_path(prepared.table.path, self.t("import_screen.rejected_tag"))
        write_rejects(prepared.table, reasons, path, self.t("import.heading.reason"))
        return path

    @database_work("imports.take_back", every=True)
    def undo_import(self, import_id: int) -> Message:
        """Take an import back."""
        from db.import_taking_back import take_back  # noqa: PLC0415

        return ImportTakenBack(take_back(self.database, self.actor, import_id))
