"""The scripts of calls: shipped files brought into the database, libraries loaded and kept.

A call has the scripts that it began with until it ends, whatever is published meanwhile. To load
them takes too long for the screen's loop, so the worker that opens a call makes them ready.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.engine import Database
    from domain.content_set import FileSet
    from domain.library import Library
    from domain.permissions import Actor
    from screens.shell import Shell

_MOST: Final = 6
"""Libraries kept: those of the last releases in both languages."""


class Scripts:
    """Libraries by release and language, each loaded once; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str | None, str], Library] = {}
        self._lock = Lock()

    def ready(self, release: str | None, language: str) -> Library | None:
        """A library that has been loaded; none where it has not."""
        return self._kept.get((release, language))

    def load(self, database: Database, actor: Actor, release: str | None, language: str) -> Library:
        """A library, loaded where it is not ready; the program's own without a release.

        Raises:
            RefusedError: `content_release_unknown`.
            InputError: `script_form_unknown`, `script_invalid`, `content_bad`.
        """
        with self._lock:
            found = self._kept.get((release, language)) or _load(database, actor, release, language)
            self._kept.pop((release, language), None)
            self._kept[release, language] = found
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
            return found

    def ready_for(self, call: OpenCall, language: str) -> Library | None:
        """The scripts that a call began with; none where they have not been loaded.

        A release that has not got the script of the call's campaign, because it is older than the
        campaign, gives way to the program's own scripts.
        """
        found = self.ready(call.script_release, language)
        if found is None or call.playbook in found.books:
            return found
        return self.ready(None, language)

    def load_for(self, database: Database, actor: Actor, call: OpenCall, language: str) -> Library:
        """The same, loaded where it is not ready.

        Raises:
            DeskError: as `load`.
        """
        found = self.load(database, actor, call.script_release, language)
        if call.playbook in found.books:
            return found
        return self.load(database, actor, None, language)


def read_call(shell: Shell, call_id: int) -> OpenCall:
    """Reads a call and makes its scripts ready in the present language; for a worker.

    Raises:
        RefusedError: `call_unknown`.
    """
    from db.calls import show_call  # noqa: PLC0415 - connected long since

    database, actor = shell.seat.database, shell.seat.actor
    call = show_call(database, actor, call_id)
    shell.scripts.load_for(database, actor, call, shell.language)
    return call


def scripts_of(shell: Shell, call: OpenCall) -> Library:
    """The scripts that a call began with, in the present language.

    Whoever opened the call has made them ready; where nobody has, this waits for them.
    """
    ready = shell.scripts.ready_for(call, shell.language)
    if ready is not None:
        return ready
    return shell.scripts.load_for(shell.seat.database, shell.seat.actor, call, shell.language)


def take_shipped_in(database: Database) -> None:
    """Brings the files that this program ships into a database that has not seen them yet.

    Raises:
        RefusedError: `content_busy`.
        StorageError: the database can't be reached or written.
    """
    from content.shipped_scripts import shipped_digest  # noqa: PLC0415 - not needed to start
    from db.adoption import adopt_shipped, knows_shipped  # noqa: PLC0415

    digest = shipped_digest()
    if knows_shipped(database, digest):
        return
    from content.rule_changes import law_changed  # noqa: PLC0415 - once a program
    from content.rule_files import RULES, shipped_rules  # noqa: PLC0415
    from content.script_set import reread  # noqa: PLC0415 - reads Markdown
    from content.shipped_scripts import shipped_new_files  # noqa: PLC0415

    def note(seen: FileSet) -> str:
        old = {name: one.source for (kind, name, _), one in seen.items() if kind == RULES}
        return law_changed(old, shipped_rules())

    adopt_shipped(database, shipped_new_files(), digest, reread=reread, note=note)


def _load(database: Database, actor: Actor, release: str | None, language: str) -> Library:
    if release is None:
        from content.playbooks import load_shipped  # noqa: PLC0415 - reads Markdown

        return load_shipped(language)
    from db.release_library import library_of_release  # noqa: PLC0415

    found = library_of_release(database, actor, release, language)
    if found is None:
        raise RuntimeError("a release that is named has a library")
    return found
