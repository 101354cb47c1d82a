"""The desk over SSH: the key says who sits here, and nothing but the desk is to be had."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from app.cli.lines import harmless
from app.desk_app import DeskApp
from app.settings import Settings
from content.translations import Language
from domain.errors import DeskError, RefusedError
from domain.said import Said

if TYPE_CHECKING:
    from app.ssh.key_watch import KeyWatch
    from db.engine import Database
    from db.operator_keys import Standing
    from db.seats import Beat, OpenSeat, Other
    from screens.actions import Action

FILES: Final = frozenset({"audit.export", "case.print", "desk.imports", "shift.print"})
"""Actions that would read or write files of the server."""

_SCREEN: Final = 2
"""Where Textual draws."""
_GIVEN_BACK: Final = (
    b"\x1b[<u\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h"
)
"""Keys, mouse and paste as they were, the other screen, the cursor."""


class RemoteDesk(DeskApp):
    """A desk over SSH.

    Args:
        settings: of the server.
        database: URL of the database.
        fingerprint: of the key that sshd let in.
        remote: the client's address.
        language: to begin with; then the operator's own is spoken.
    """

    SAVES_FILES = False

    def __init__(
        self,
        settings: Settings,
        database: str,
        fingerprint: str,
        remote: str | None,
        language: Language,
    ) -> None:
        super().__init__(settings, database, "", language, own_language=True)
        self.papers = _no_papers
        if not settings.dial_over_ssh:
            self.dial_command = ()
        self.parting: Said | None = None
        self._fingerprint = fingerprint
        self._remote = remote
        self._key_id: int | None = None
        self._watch: KeyWatch | None = None

    def on_mount(self) -> None:
        """The terminal's driver has set its own handler for a stop meanwhile: away with it."""
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def open_own_seat(self, database: Database, other: Other) -> OpenSeat:
        """Take a seat for the owner of the key, as long as it stands."""
        from db.operator_keys import entry_of  # noqa: PLC0415 - the desk is drawn before it
        from db.seats import open_seat  # noqa: PLC0415

        entry = entry_of(database, self._fingerprint)
        self._key_id = entry.key_id
        return open_seat(
            database, entry.login, other=other, key_id=entry.key_id, remote=self._remote
        )

    def beat_and_listen(self) -> None:
        """As every desk, and watch over the key."""
        super().beat_and_listen()
        from app.ssh.key_watch import KeyWatch  # noqa: PLC0415 - the rows come before it

        if self._watch is not None:
            self._watch.stop()
        if self._key_id is not None:
            seat = self.seat
            self._watch = KeyWatch(
                seat.database, seat.actor, self._key_id, self._key_ended, self.force_out
            )
            self._watch.start()

    def call_from_feed(self, topics: frozenset[str]) -> None:
        """As every desk; what concerns this seat may be its key."""
        from db.topics import seat_topic  # noqa: PLC0415 - connected long since

        seat_id = self.seat.actor.seat_id
        if self._watch is not None and seat_id is not None and seat_topic(seat_id) in topics:
            self._watch.look_now()
        super().call_from_feed(topics)

    def _heard(self, beat: Beat) -> None:
        if beat.state == "revoked" and self._watch is not None:
            self._watch.look_now()
        else:
            super()._heard(beat)

    async def surface(self, error: BaseException) -> None:
        """As every desk; without a good key there is nothing to stay for."""
        if isinstance(error, DeskError) and error.code == "key_not_good":
            self.part("revoked")
        else:
            await super().surface(error)

    def part(self, standing: Standing) -> None:
        """End, and remember why, to be said once the screen is gone."""
        self.parting = Said(f"ssh.parting.{standing}")
        self.exit(1)

    def leave(self) -> None:
        """As every desk; the watch is stopped first."""
        if self._watch is not None:
            self._watch.stop()
        super().leave()

    def reason_against(self, action: Action) -> Said | None:
        """As every desk; files of the server are nobody's over SSH."""
        if action.id in FILES:
            return Said("ssh.no_files")
        return super().reason_against(action)

    def force_out(self, standing: Standing) -> None:
        """End the process at once, from the watch's thread: the screen does not answer.

        The seat is closed already; the terminal is given back as it was, and told why.
        """
        sentence = harmless(self.t(f"ssh.parting.{standing}"))
        with suppress(OSError):  # the terminal may be gone
            os.write(_SCREEN, _GIVEN_BACK + f"{sentence}\r\n".encode())
        os._exit(1)

    def _key_ended(self, standing: Standing) -> None:
        self.call_later(self.part, standing)

    # -- what Textual itself could do to the server --------------------------------------------

    def suspend(self) -> NoReturn:
        """Nothing runs instead of the desk."""
        raise RefusedError("ssh_no_programs")

    def action_suspend_process(self) -> None:
        """Nothing runs instead of the desk."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """No browser of the server is opened; what is to be opened is on screen."""

    def deliver_text(self, *_: Any, **__: Any) -> NoReturn:
        """No file is written on the server."""
        raise RefusedError("ssh_no_files")

    def deliver_binary(self, *_: Any, **__: Any) -> NoReturn:
        """No file is written on the server."""
        raise RefusedError("ssh_no_files")

    def deliver_screenshot(self, *_: Any, **__: Any) -> NoReturn:
        """No file is written on the server."""
        raise RefusedError("ssh_no_files")

    def save_screenshot(self, *_: Any, **__: Any) -> NoReturn:
        """No file is written on the server."""
        raise RefusedError("ssh_no_files")


def _no_papers() -> Path:
    raise RefusedError("ssh_no_files")
