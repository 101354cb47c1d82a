"""Textual's driver, made to survive a terminal that vanishes: a dropped line must end the program.

Where a terminal is hung up, the system sends SIGCONT beside SIGHUP, and what is written comes back
as an error. Textual takes the one for the return from Ctrl-Z and opens its output a second time,
and the other ends the thread that writes; whoever writes next waits for it for ever, with the seat
still taken.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TextIO

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

_GONE: Final = frozenset({errno.EIO, errno.EPIPE, errno.ENXIO, errno.EBADF})


class Output:
    """A terminal's output; once the terminal is gone, what is written is thrown away.

    Args:
        file: the output.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> int:
        """Write, as long as there is somebody to read it."""
        return self._unless_gone(lambda: self._file.write(text)) or 0

    def flush(self) -> None:
        """Hand over what was written."""
        self._unless_gone(self._file.flush)

    def fileno(self) -> int:
        """The handle of the output."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()

    def _unless_gone(self, write: Callable[[], int | None]) -> int | None:
        if self._gone:
            return None
        try:
            return write()
        except OSError as error:
            if error.errno not in _GONE:
                raise
            # SIGHUP ends the program in order; nobody is left to be told.
            self._gone = True
            return None


class TerminalDriver(LinuxDriver):
    """The terminal of a desk."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = Output(sys.__stderr__ or sys.stderr)  # type: ignore[assignment]

    def _sigcont_application(self, *_: object) -> None:
        """Come back from Ctrl-Z; anything else that wakes the program has not put it to sleep."""
        if self._must_signal_resume:
            super()._sigcont_application()
