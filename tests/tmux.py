"""A real terminal for the tests: tmux on a server of its own, keys in, the screen's text out."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 45.0
"""Seconds until something must be on the screen; generous, because machines are shared."""

_TICK = threading.Event()


class Terminal:
    """One program in one terminal."""

    def __init__(self, socket: str) -> None:
        self._socket = socket

    def tmux(self, *arguments: str, stdin: str | None = None) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            check=True,
            capture_output=True,
            text=True,
            input=stdin,
        ).stdout

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "desk")

    def keys(self, *keys: str) -> None:
        """Presses keys by tmux's names, one after another, each seen before the next."""
        for key in keys:
            self.tmux("send-keys", "-t", "desk", key)
            # With `f` or `b` right behind it, Esc is an arrow pressed with Alt.
            self.settle(0.5 if key == "Escape" else 0.25)

    def types(self, text: str) -> None:
        """Types text as a person does: each character a key press of its own."""
        for character in text:
            self.tmux("send-keys", "-t", "desk", "-l", character)
            self.settle(0.06)

    def composes(self, text: str) -> None:
        """Sends text as an input method does: all characters at once."""
        self.tmux("send-keys", "-t", "desk", "-l", text)

    def pastes(self, text: str) -> None:
        """Pastes text in brackets, as terminals do."""
        self.tmux("load-buffer", "-", stdin=text)
        self.tmux("paste-buffer", "-p", "-d", "-t", "desk")

    def resize(self, width: int, height: int) -> None:
        self.tmux("resize-window", "-t", "desk", "-x", str(width), "-y", str(height))
        self.settle(0.3)

    def settle(self, seconds: float = 0.12) -> None:
        """Lets the program see a key as one of its own, not as part of a burst."""
        _TICK.wait(seconds)

    def processes(self) -> list[int]:
        """What runs in the terminal now; nothing where the terminal is gone."""
        try:
            tty = self.tmux("list-panes", "-F", "#{pane_tty}", "-t", "desk").strip()
        except subprocess.CalledProcessError:
            return []
        told = subprocess.run(
            ["ps", "-t", tty.removeprefix("/dev/"), "-o", "pid="],
            check=False, capture_output=True, text=True,
        ).stdout  # fmt: skip
        return [int(one) for one in told.split()]

    def wait(self, *words: str, gone: Sequence[str] = ()) -> str:
        """The screen once all words are on it and the others have gone.

        Raises:
            AssertionError: they have not come in time; shows the screen.
        """
        end = time.monotonic() + PATIENCE
        while True:
            shown = self.screen
            flat = shown.replace(" ", "").replace("\n", "")
            if all(word.replace(" ", "") in flat for word in words) and not any(
                word.replace(" ", "") in flat for word in gone
            ):
                return shown
            assert time.monotonic() < end, f"waited for {words}, not {gone}, in:\n{shown}"
            _TICK.wait(0.05)


def _gone(processes: Sequence[int]) -> None:
    """Waits until processes have ended with their terminal.

    Raises:
        AssertionError: one goes on; it is killed.
    """
    end = time.monotonic() + PATIENCE
    while left := [one for one in processes if _runs(one)]:
        if time.monotonic() > end:
            for one in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            raise AssertionError(f"outlived the terminal: {left}")
        _TICK.wait(0.05)


def _runs(process: int) -> bool:
    """Whether a process goes on; one that only nobody has asked about is over."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def terminal(
    command: Sequence[str],
    *,
    width: int = 80,
    height: int = 24,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Runs a command in a terminal of its own, killed at the end."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = f"desk-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    made = Terminal(socket)
    variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "", **(environment or {})}
    for name in ("COLUMNS", "LINES"):
        # The terminal's own size holds, not that of whoever runs the tests.
        variables.pop(name, None)
    line = " ".join(f"'{part}'" for part in command)
    try:
        subprocess.run(
            ["tmux", "-L", socket, "-f", "/dev/null", "new-session", "-d", "-s", "desk", "-x",
             str(width), "-y", str(height), f"{line}; echo ended with $?; exec cat"],
            check=True,
            env=variables,
        )  # fmt: skip
        yield made
    finally:
        left = made.processes()
        subprocess.run(["tmux", "-L", socket, "kill-server"], check=False, capture_output=True)
        _gone(left)


def desk_command(database: Path | str, *options: str) -> list[str]:
    """The command that opens the desk on a database."""
    return [sys.executable, "-m", "app", "--database", str(database), *options]
