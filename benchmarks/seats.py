"""Seats as they really are: whole programs in terminals, their memory, and when they can be used.

`python -m benchmarks seats` opens 1, 10 and 40 seats within three seconds on each database, then
40 over a real sshd with the settings that `ssh setup` writes, and looks at each process when all
rows are on screen. Forty of them want 3 GB.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks.crowd import Arrival, Crowd, Member
from benchmarks.databases import NAMES, Bench, Filled, Kind
from benchmarks.figures import Figure, median
from content.translations import translate
from db import operators
from db.operator_keys import add_key
from db.queue_list import page
from db.tables import seat
from tests.sshd import Sshd, sshd

COUNTS: Final = (1, 10, 40)
WITHIN: Final = 3.0
"""Seconds over which people sit down."""
_CALLBACKS: Final = 1_000
_PATIENCE: Final = 180.0
_SETTLES: Final = 2.0


def measure(bench: Bench) -> list[Figure]:
    """The figures of both databases, in this machine's terminals and over sshd.

    Raises:
        tests.postgres.NoServerError: no PostgreSQL is to be had.
    """
    figures = []
    for kind in NAMES:
        filled = bench.filled(kind, _CALLBACKS)
        for count in COUNTS:
            here = [_local(filled, f"op{number}") for number in range(1, count + 1)]
            figures += _look(filled, kind, here, bench.folder, "")
        with logins(filled, max(COUNTS)) as members:
            if members:
                figures += _look(filled, kind, members, bench.folder, " over sshd")
    return figures


def _local(filled: Filled, login: str) -> Member:
    """A seat in a terminal of this machine."""
    arguments = ("-m", "app", "--database", filled.url, "--as", login)
    return _member(filled, login, sys.executable, arguments)


@contextmanager
def logins(filled: Filled, count: int) -> Iterator[Sequence[Member]]:
    """As many operators with keys behind a running sshd; none where OpenSSH is not installed."""
    if not shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin"):
        yield ()
        return
    # A socket's path may not be long.
    with (
        tempfile.TemporaryDirectory(prefix="desk-seats-") as folder,
        sshd(Path(folder), filled.url) as server,
    ):
        yield [_key_holder(filled, server, f"op{number}") for number in range(1, count + 1)]


def _key_holder(filled: Filled, server: Sshd, login: str) -> Member:
    key = server.make_key(login)
    text = key.with_suffix(".pub").read_text(encoding="utf-8")
    add_key(filled.database, filled.actor, login, text)
    program, *arguments = server.client(key)
    return _member(filled, login, shutil.which(program) or program, tuple(arguments))


def _member(filled: Filled, login: str, program: str, arguments: tuple[str, ...]) -> Member:
    actor = operators.actor_of(filled.database, login)
    first = page(filled.database, actor).rows[0].name
    return Member(program, arguments, translate(actor.language, "ui.title"), first)


def _look(
    filled: Filled, kind: Kind, members: Sequence[Member], home: Path, how: str
) -> list[Figure]:
    name = f"{NAMES[kind]}, {len(members)} seats{how}"
    with Crowd(members, home, within=WITHIN, patience=_PATIENCE) as crowd:
        arrivals = crowd.wait()
        time.sleep(_SETTLES)
        processes = _processes(filled)
        own = [memory(process) for process in processes]
        lines = _server_lines(filled)
    there = [one for one in arrivals if one.rows is not None]
    failed = [one for one in arrivals if one.rows is None]
    for one in failed:
        print(f"{name}: {one.trouble}", flush=True)
    figures = [Figure(f"{name}, not there", len(failed), None, "", 0)]
    if own:
        shared = sum(pss for _, pss in own) / len(own)
        figures.append(Figure(f"{name}, memory of each (PSS)", shared, None, "MB"))
        figures.append(
            Figure(f"{name}, memory of each (RSS)", sum(r for r, _ in own) / len(own), None, "MB")
        )
    figures += _times(name, there)
    if lines is not None:
        figures.append(Figure(f"{name}, lines to the server each", lines / len(members), None, ""))
    return figures


def _times(name: str, there: Sequence[Arrival]) -> list[Figure]:
    if not there:
        return []
    paints = [one.painted for one in there if one.painted is not None]
    rows = [one.rows for one in there if one.rows is not None]
    return [
        Figure(f"{name}, first paint, half", median(paints), None, "s"),
        Figure(f"{name}, first paint, last", max(paints), None, "s"),
        Figure(f"{name}, first rows, half", median(rows), None, "s"),
        Figure(f"{name}, first rows, last", max(rows), None, "s"),
    ]


def memory(process: int) -> tuple[float, float]:
    """Megabytes of a process: what it has (RSS), and its share of what several use (PSS).

    Raises:
        OSError: the process has ended, or this is not Linux.
    """
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def _processes(filled: Filled) -> list[int]:
    """The processes of all seats that are open."""
    query = sa.select(seat.c.process).where(seat.c.closed_at.is_(None), seat.c.kind == "working")
    return [row[0] for row in filled.database.read(lambda unit: unit.run(query).all())]


def _server_lines(filled: Filled) -> int | None:
    """Connections of seats to a server; none for an embedded database."""
    if filled.database.embedded:
        return None
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'callback-desk%'"
    )
    own = filled.database.engine.pool
    assert isinstance(own, sa.QueuePool)
    lines = filled.database.read(lambda unit: int(unit.run(query).scalar_one()))
    return lines - own.checkedin() - own.checkedout()
