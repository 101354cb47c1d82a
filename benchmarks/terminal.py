"""A program in a pseudo-terminal, as a whole process: what it paints, and when."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.timing import stood_in_line, used_by

_ROOT: Final = Path(__file__).parent.parent
_COLUMNS, _LINES = 140, 40
_PATIENCE: Final = 60.0


class Terminal:
    """A program that runs in a terminal of 140 × 40; ended when the block is left.

    Args:
        command: arguments behind the program.
        home: a folder for its settings and data, so that it finds nobody's own.
        program: the path of the program; this Python's unless given.
        patience: seconds for which a text is waited for.
    """

    def __init__(
        self,
        command: Sequence[str],
        home: Path,
        *,
        program: str = sys.executable,
        patience: float = _PATIENCE,
    ) -> None:
        self.began = time.perf_counter()
        self.seen = b""
        self._patience = patience
        self._process, self._handle = pty.fork()
        if self._process == 0:
            os.chdir(_ROOT)
            os.execve(program, [program, *command], _environment(home))
        size = struct.pack("HHHH", _LINES, _COLUMNS, 0, 0)
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def wait_for(self, text: str) -> float:
        """Reads until a text is painted and returns the seconds since the program was started.

        Raises:
            TimeoutError: it did not come in time, or the program has ended.
        """
        wanted = text.encode()
        return self._read_until(lambda: wanted in self.seen, text) - self.began

    @property
    def in_line(self) -> float:
        """Seconds that others had the processors while it was ready, by its most patient thread.

        It tells of a time in which one thread does all the work; 0 off Linux.
        """
        return max(stood_in_line(self._process), default=0.0)

    @property
    def used(self) -> float:
        """Seconds of a processor that it has had; 0 off Linux."""
        return used_by(self._process)

    def quiet(self, seconds: float = 0.3) -> int:
        """Reads until nothing has been painted for a while; returns how many bytes came.

        Raises:
            TimeoutError: it goes on painting for a minute.
        """
        count, end = 0, time.perf_counter() + _PATIENCE
        while select.select([self._handle], [], [], seconds)[0]:
            count += len(os.read(self._handle, 65536))
            if time.perf_counter() > end:
                raise TimeoutError(f"never quiet for {seconds} s")
        return count

    def listen(self, seconds: float) -> int:
        """Reads for a time and returns how many bytes came."""
        count, end = 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._handle], [], [], left)[0]:
                count += len(os.read(self._handle, 65536))
        return count

    def press(self, keys: bytes, text: str | None = None) -> float:
        """Presses a key and returns the seconds until a text (or anything) is painted."""
        self.seen = b""
        began = time.perf_counter()
        os.write(self._handle, keys)
        wanted = None if text is None else text.encode()
        painted = self._read_until(
            lambda: bool(self.seen) if wanted is None else wanted in self.seen, str(text)
        )
        return painted - began

    def end(self) -> None:
        """Ends the program, by force where it does not end by itself."""
        if self._process == 0:
            return
        os.kill(self._process, signal.SIGTERM)
        end = time.perf_counter() + 5
        while os.waitpid(self._process, os.WNOHANG)[0] == 0:
            # Its last words are read, or it would wait for a reader for ever.
            if select.select([self._handle], [], [], 0.02)[0]:
                with contextlib.suppress(OSError):
                    os.read(self._handle, 65536)
            if time.perf_counter() > end:
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
                break
        os.close(self._handle)
        self._process = 0

    def _read_until(self, done: Callable[[], bool], text: str) -> float:
        end = time.perf_counter() + self._patience
        while not done():
            left = end - time.perf_counter()
            if left <= 0 or not select.select([self._handle], [], [], left)[0]:
                raise TimeoutError(f"{text!r} was not painted; last: {self.seen[-2000:]!r}")
            try:
                self.seen += os.read(self._handle, 65536)
            except OSError as error:
                raise TimeoutError(f"ended before {text!r}; last: {self.seen[-2000:]!r}") from error
        return time.perf_counter()


def _environment(home: Path) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    folders = ("CONFIG", "DATA", "CACHE", "STATE")
    return {
        **kept,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "en_GB.UTF-8",
        "HOME": str(home),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in folders},
    }
