"""What workers tell the playbook screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from content.script_set import ReadSet
from domain.content_set import FileKey
from domain.library import Library
from domain.said import Said
from screens.playbook_shelf import Shelf

if TYPE_CHECKING:
    from db.release_values import Release


class ShelfRead(Message):
    """Everything that is in force, planned, in draft and proposed."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf


class ShelfChanged(Message):
    """One's own deed is done: `said` tells it; what is shown has to be read anew."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class SetRead(Message):
    """The check is done.

    Args:
        revision: of the text that was checked.
        read: what it found.
        library: what an operator would have before them; none where nobody looks at it.
    """

    def __init__(self, revision: int, read: ReadSet, library: Library | None = None) -> None:
        super().__init__()
        self.revision = revision
        self.read = read
        self.library = library


class SourceKept(Message):
    """A draft is in the database at a revision."""

    def __init__(self, revision: int) -> None:
        super().__init__()
        self.revision = revision


class Compared(Message):
    """How many lines came and went in each draft."""

    def __init__(self, counts: dict[FileKey, tuple[int, int]]) -> None:
        super().__init__()
        self.counts = counts


class Published(Message):
    """A release was made."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        self.release = release
