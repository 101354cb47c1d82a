"""Textual's driver, made for bad lines: a dropped one ends the program, a slow one loses no Esc.

Where a terminal is hung up, the system sends SIGCONT beside SIGHUP, and what is written comes back
as an error. Textual takes the one for the return from Ctrl-Z and opens its output a second time,
and the other ends the thread that writes; whoever writes next waits for it for ever, with the seat
still taken.

A slow line delivers keys together that were pressed one after another. Esc and the key after it
then look like Alt and that key, and Textual passes the key on alone: of Esc and Enter, which close
a dialog and open what is marked, Enter would be left to say yes to the dialog.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TextIO

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key

if TYPE_CHECKING:
    from textual.app import App

_ESC: Final = "\x1b"

_BELONGS_TO_ESC: Final = frozenset("[]OPX^_" + "bf\x7f" + _ESC)
"""After these Esc is no key by itself: they begin a sequence (ECMA-48, 5.3), or they are what
terminals send for Alt with an arrow or Backspace, by which texts are edited."""

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


class KeyParser(XTermParser):
    """What a terminal sends, as keys; Esc stays a key of its own whatever comes right after it.

    No key of the program is pressed with Alt, which older terminals send as Esc and the key.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterator[Key]:
        together = len(sequence) == 2 and sequence[0] == _ESC
        if (alt or together) and sequence[-1] not in _BELONGS_TO_ESC:
            yield Key("escape", _ESC)
            sequence = sequence[-1]
        yield from super()._sequence_to_key_events(sequence)


# The driver's reading thread makes its parser by this name; nothing is handed to it.
linux_driver.XTermParser = KeyParser  # type: ignore[attr-defined]


class TerminalDriver(linux_driver.LinuxDriver):
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
