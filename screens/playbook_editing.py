"""The editor's work: a draft kept a moment behind the typing, and the live check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import on
from textual.message import Message
from textual.timer import Timer

from content.script_set import Fault, ReadSet, read_set
from domain.content_set import FileKey, FileText
from domain.errors import DeskError, RefusedError, StorageError
from domain.library import Library
from domain.said import Said
from screens.draft_keeper import AGAIN, PAUSE, DraftKeeper
from screens.frame import FramedScreen
from screens.playbook_messages import SetRead, SourceKept
from screens.playbook_shelf import Shelf
from screens.work import WorkFailed, database_work

if TYPE_CHECKING:
    from screens.shell import Seat, Shell

_REST: Final = 0.3
"""Seconds without a key until the text is checked."""

KEEP: Final = "editor.draft"
CHECK: Final = "editor.check"


class PlaybookEditing(FramedScreen[Said]):
    """One file on its way from a version to the next.

    Args:
        key: the file.
        shelf: what is in force, planned and in draft, as it was read when the editor opened.
    """

    def __init__(self, key: FileKey, shelf: Shelf) -> None:
        super().__init__()
        self.key = key
        self.shelf = shelf
        self.base = shelf.base(key)
        self.begun = shelf.coming[key].source if key in shelf.coming else ""
        self.keeper = DraftKeeper.at(1 if key in shelf.drafts else 0)
        self.read: ReadSet | None = None
        self.library: Library | None = None
        self._source = shelf.source(key)
        self._checked = -1
        self._check_timer: Timer | None = None
        self._keep_timer: Timer | None = None
        self._leaving = False

    @property
    def source(self) -> str:
        """The text as it is now."""
        return self._source

    @property
    def faults(self) -> tuple[Fault, ...] | None:
        """Everything that is wrong, the file's own faults first; none before the first check."""
        if self.read is None:
            return None
        return tuple(sorted(self.read.faults, key=lambda one: (one.key != self.key, one.line)))

    @property
    def checking(self) -> bool:
        """Whether the text is another one than the check has seen."""
        return self._checked != self.keeper.typed

    def edited(self, source: str) -> None:
        """Take the text as it is now: keep it, check it."""
        if source == self._source:
            return
        self._source = source
        self.keeper.changed({"source": source, "base": self.base})
        self._keep_soon(PAUSE)
        self.check_soon()

    def take_up(self, shelf: Shelf) -> None:
        """Go on from what is in force and in draft by now; what is not kept yet stays."""
        self.shelf = shelf
        self.shell.last_words = self.save_last_words  # another editor lay over this one
        if self.keeper.safe:
            self.base = shelf.base(self.key)
            self.begun = shelf.coming[self.key].source if self.key in shelf.coming else ""
            self._source = shelf.source(self.key)
            self._checked = -1

    # -- the check --------------------------------------------------------------------------

    def check_soon(self) -> None:
        """Check the text once the keys rest."""
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(_REST, self.check_now)

    def check_now(self) -> None:
        """Check the text; while a check is under way, the next one waits for it."""
        self._check_timer = None
        if not self.requests.busy(CHECK):
            texts = {file.key: file for file in self.shelf.texts(self.shelf.drafts)}
            texts[self.key] = FileText(*self.key, self._source)
            self.look_through(tuple(texts.values()), self.keeper.typed)

    @database_work(CHECK)
    def look_through(self, texts: tuple[FileText, ...], revision: int) -> Message:
        """Read everything together beside the loop."""
        read = read_set(texts)
        return SetRead(revision, read, read.library(self.key[2] or self.shell.language))

    @on(SetRead)
    def _looked_through(self, event: SetRead) -> None:
        self.read, self.library = event.read, event.library
        self._checked = event.revision
        if self.checking and self._check_timer is None:
            self.check_now()
        self.draw_findings()

    def draw_findings(self) -> None:
        """Draw what the check found; the screen knows how."""

    # -- the draft --------------------------------------------------------------------------

    def _keep_soon(self, pause: float) -> None:
        if self._keep_timer is None:
            self._keep_timer = self.set_timer(pause, self._keep)

    def _keep(self) -> None:
        self._keep_timer = None
        taken = self.keeper.take()
        if taken is not None:
            self.keep(*taken)
        elif not self.keeper.safe:
            self._keep_soon(PAUSE)

    @database_work(KEEP, every=True, quiet=True)
    def keep(self, body: Mapping[str, Any], revision: int) -> Message:
        """Write the draft; a text that is again as it was begun is none."""
        self.store(self.shell.seat, body)
        return SourceKept(revision)

    def store(self, seat: Seat, body: Mapping[str, Any]) -> None:
        """Write the draft, in whatever thread this is called; the screen may be gone already.

        Raises:
            RefusedError: `not_allowed`.
            StorageError: it can't be written.
        """
        from db import content_drafts  # noqa: PLC0415 - connected long since

        source, base = str(body["source"]), str(body["base"])
        if source == self.begun:
            content_drafts.drop_content_draft(seat.database, seat.actor, self.key)
        else:
            content_drafts.save_content_draft(seat.database, seat.actor, self.key, source, base)

    @on(SourceKept)
    def _kept(self, event: SourceKept) -> None:
        self.keeper.stored(event.revision)
        if not self.keeper.safe:
            self._keep_soon(PAUSE)
        elif self._leaving:
            self.dismiss(None)
            return
        self.draw_state()

    def draw_state(self) -> None:
        """Draw whether all is kept; the screen knows how."""

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """A draft that can't be written stays in memory and is tried again."""
        if work != KEEP:
            return False
        self.keeper.failed()
        self._leaving = False
        if not isinstance(error, RefusedError):
            self._keep_soon(AGAIN)
        self.draw_state()
        return isinstance(error, StorageError) and self.shell.trouble == error.code

    def leave(self) -> None:
        """Close the screen once everything is kept."""
        if self.keeper.safe:
            self.dismiss(None)
            return
        self._leaving = True
        self._keep()

    def reason_to_stay(self) -> Said | None:
        """What is typed may not be in the database yet."""
        return None if self.keeper.safe else Said("playbooks_screen.quit_unsaved")

    def save_last_words(self) -> None:
        """Write what is not in the database yet, waiting for it: the program is ending.

        Raises:
            StorageError: it can't be written.
        """
        unsaved = self.keeper.unsaved()
        if unsaved is not None and self.shell.connected:
            self.store(self.shell.seat, unsaved[0])

    def on_mount(self) -> None:
        """Whatever ends the program ends it after the last words."""
        self.shell.last_words = self.save_last_words

    def on_unmount(self) -> None:
        """Closed by somebody else (a customer rings): what is not kept yet is kept now."""
        if self.shell.last_words == self.save_last_words:
            self.shell.last_words = None  # a call that opened meanwhile has its own
        unsaved = self.keeper.unsaved()
        if unsaved is not None:
            keep = partial(self._keep_behind, self.shell, unsaved[0])
            self.shell.run_worker(keep, name=KEEP, exit_on_error=False, thread=True)

    def _keep_behind(self, shell: Shell, body: Mapping[str, Any]) -> None:
        try:
            self.store(shell.seat, body)
        except DeskError as error:
            shell.post_message(WorkFailed(KEEP, error, quiet=False))
