"""Many programs in terminals at once: all are read from, so that none of them has to wait."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.terminal import Terminal

_SLICE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Member:
    """One program of a crowd: its path, its arguments, and what it paints first and with rows."""

    program: str
    arguments: tuple[str, ...]
    title: str
    row: str


@dataclass(slots=True)
class Arrival:
    """When a program had painted, in seconds from its own start; `trouble` where it did not."""

    painted: float | None = None
    rows: float | None = None
    trouble: str | None = None


class Crowd:
    """Programs that start one after the other and stay until the block is left.

    Args:
        members: the programs.
        home: a folder for their settings and data.
        within: seconds over which their starts are spread.
        patience: seconds for which each is waited for.
    """

    def __init__(
        self, members: Sequence[Member], home: Path, *, within: float, patience: float
    ) -> None:
        self.arrivals = [Arrival() for _ in members]
        self._members, self._home = members, home
        self._pause = within / max(1, len(members))
        self._patience = patience
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._terminals: list[Terminal] = []

    def __enter__(self) -> Self:
        for number, member in enumerate(self._members):
            terminal = Terminal(
                member.arguments, self._home, program=member.program, patience=self._patience
            )
            self._terminals.append(terminal)
            reader = threading.Thread(
                target=self._read, args=(terminal, member, self.arrivals[number]), daemon=True
            )
            self._threads.append(reader)
            reader.start()
            time.sleep(self._pause)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        for reader in self._threads:
            reader.join(self._patience)
        for terminal in self._terminals:
            with contextlib.suppress(ProcessLookupError):
                terminal.end()

    def wait(self) -> Sequence[Arrival]:
        """Waits until all have arrived, or have failed to."""
        end = time.monotonic() + self._patience
        while time.monotonic() < end and any(
            one.rows is None and one.trouble is None for one in self.arrivals
        ):
            time.sleep(_SLICE)
        return self.arrivals

    def _read(self, terminal: Terminal, member: Member, arrival: Arrival) -> None:
        try:
            arrival.painted = terminal.wait_for(member.title)
            arrival.rows = terminal.wait_for(member.row)
            while not self._stopping.is_set():
                terminal.listen(_SLICE)
        except (TimeoutError, OSError) as error:
            if not self._stopping.is_set():
                arrival.trouble = str(error)[-400:]
