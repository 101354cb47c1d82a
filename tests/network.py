"""A network that can be cut: a namespace behind a pair of virtual cables."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

_NUMBERS = itertools.count(os.getpid() % 200 + 1)


@dataclass
class Network:
    """A namespace that is reached by its address.

    Attributes:
        name: of the namespace.
        address: of what runs in it.
    """

    name: str
    address: str
    _ours: str

    def cut(self) -> None:
        """What is sent arrives, and no answer comes back: nobody is told anything."""
        _ip("-n", self.name, "route", "add", "blackhole", f"{self._ours}/32")

    def mend(self) -> None:
        """All is as before."""
        _ip("-n", self.name, "route", "del", "blackhole", f"{self._ours}/32")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def network() -> Iterator[Network]:
    """A namespace of its own; the test is skipped where none can be made."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need root and iproute2")
    number = next(_NUMBERS) % 250
    name, cable = f"desk{os.getpid()}-{number}", f"dk{os.getpid() % 100000}{number % 10}"
    ours, theirs = f"10.213.{number}.1", f"10.213.{number}.2"
    try:
        _ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made: {error.stderr.decode().strip()}")
    try:
        _ip("link", "add", f"{cable}a", "type", "veth", "peer", "name", f"{cable}b", "netns", name)
        _ip("addr", "add", f"{ours}/30", "dev", f"{cable}a")
        _ip("link", "set", f"{cable}a", "up")
        _ip("-n", name, "addr", "add", f"{theirs}/30", "dev", f"{cable}b")
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "link", "set", f"{cable}b", "up")
        yield Network(name, theirs, ours)
    finally:
        _ip("netns", "del", name)
