"""What workers tell the case screen: frozen answers of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from domain.said import Said

if TYPE_CHECKING:
    from db.case_file import CaseFile
    from db.operators import Operator


class CaseRead(Message):
    """The case as it stands now."""

    def __init__(self, file: CaseFile) -> None:
        super().__init__()
        self.file = file


class CaseWritten(Message):
    """Something was done; `said` tells what."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class ColleaguesRead(Message):
    """Whom a case can be handed to."""

    def __init__(self, colleagues: tuple[Operator, ...]) -> None:
        super().__init__()
        self.colleagues = colleagues


class SheetSaved(Message):
    """A sheet lies in a file; `said` tells where."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said
