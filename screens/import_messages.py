"""What workers tell the import screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from domain.said import Said

if TYPE_CHECKING:
    from db.import_taking_back import TakenBack
    from db.imports import ImportReport, Unfinished
    from domain.errors import DeskError
    from intake.preparing import Prepared


class UnfinishedRead(Message):
    """Imports that did not come to their end."""

    def __init__(self, imports: tuple[Unfinished, ...]) -> None:
        super().__init__()
        self.imports = imports


class Told(Message):
    """How far the work under way is: `done` of `total` rows."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done = done
        self.total = total


class FileRead(Message):
    """The file is read and judged; `saved` tells whether a saved choice of columns was used."""

    def __init__(self, prepared: Prepared, *, saved: bool) -> None:
        super().__init__()
        self.prepared = prepared
        self.saved = saved


class MappingSaved(Message):
    """The choice of columns is kept."""


class Rehearsed(Message):
    """What would come of the import."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


class Imported(Message):
    """What came of the import.

    Args:
        report: the counts.
        rejects: the file of rejected rows; none where there are none.
        trouble: why that file could not be written.
    """

    def __init__(
        self, report: ImportReport, rejects: Path | None, trouble: DeskError | None
    ) -> None:
        super().__init__()
        self.report = report
        self.rejects = rejects
        self.trouble = trouble


class WorkStopped(Message):
    """A person stopped the work; `said` tells what that means."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class ImportTakenBack(Message):
    """An import was taken back."""

    def __init__(self, result: TakenBack) -> None:
        super().__init__()
        self.result = result
