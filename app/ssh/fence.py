"""The fence around the program over SSH: it starts no other one and writes no file of the server.

Python tells every start of a program and every opening of a file to its audit hooks, and a hook
that was added stays: what a screen may do wrong one day, the fence refuses all the same.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import termios
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from domain.errors import RefusedError

_STARTS: Final = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
     "pty.spawn", "subprocess.Popen", "webbrowser.open"}
)  # fmt: skip
_NAMED_STARTS: Final = frozenset({"os.posix_spawn", "subprocess.Popen"})
"""Starts whose first word is the program."""
_CHANGES: Final = frozenset(
    {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
     "os.symlink", "os.truncate", "shutil.copyfile", "shutil.move", "shutil.rmtree"}
)  # fmt: skip
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES: Final = "/dev/"


def harden() -> None:
    """Take from the terminal and the process what could end in a shell's hands.

    No key of the terminal stops or kills the program, no memory is written out when it dies, and
    what it makes belongs to its account alone.
    """
    for number in (signal.SIGTSTP, signal.SIGQUIT, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    sys.dont_write_bytecode = True
    if sys.stdin.isatty():
        attributes = termios.tcgetattr(sys.stdin)
        # Textual takes these attributes for those to come back to: the keys stay dead after it.
        off = os.fpathconf(sys.stdin.fileno(), "PC_VDISABLE").to_bytes(1, "big")
        for key in (termios.VSUSP, termios.VQUIT):
            attributes[6][key] = off
        termios.tcsetattr(sys.stdin, termios.TCSANOW, attributes)


def fence_in(*, written: Sequence[Path], programs: Sequence[str] = ()) -> None:
    """Put up the fence, for the rest of the process.

    Args:
        written: the only files that may be written.
        programs: the only programs that may be started, as they are named to the system.
    """
    sys.addaudithook(_hook(frozenset(map(str, written)), frozenset(programs)))


def _hook(
    written: frozenset[str], programs: frozenset[str]
) -> Callable[[str, tuple[object, ...]], None]:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & _WRITES
            if writes and not _is_named(path, written) and not isinstance(path, int):
                raise RefusedError("ssh_no_files")
        elif event in _STARTS:
            if event not in _NAMED_STARTS or arguments[0] not in programs:
                raise RefusedError("ssh_no_programs")
        elif event in _CHANGES:
            raise RefusedError("ssh_no_files")

    return hook


def _is_named(path: object, written: frozenset[str]) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    named = os.fspath(path)
    text = os.fsdecode(named)
    return text in written or (text.startswith(_DEVICES) and ".." not in text)
