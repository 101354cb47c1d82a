"""The check-up of a machine: library versions, settings, database, clock and terminal.

Each check is a function of its own that returns findings and raises nothing, so that one broken
thing never hides the others.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from app.settings import Settings, default_settings_path
from db.driver import has_wal_reset_fault, sqlite_module, sqlite_version
from db.engine import Database, open_database
from db.operators import list_all
from db.place import Place, file_system, read_place, refuse_network_disk
from db.schema import REVISION, check
from domain.errors import DeskError, StorageError
from domain.said import Said

State = Literal["ok", "warn", "fail"]

LIBRARIES: Final = ("textual", "sqlalchemy", "psycopg", "phonenumbers", "pendulum", "tzdata")
SMALLEST: Final = (80, 24)
_SOON: Final = 20_000
"""So many events of callbacks are looked through while somebody waits for the check-up."""
_COLOURS: Final = {"truecolor": "16777216", "24bit": "16777216"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at, a stable code.
        state: `ok`, `warn` (works, but look at it) or `fail`.
        said: what was found.
        todo: what to do about it, if anything.
    """

    check: str
    state: State
    said: Said
    todo: Said | None = None


def check_up(settings: Settings, database: str) -> Iterator[Finding]:
    """All findings, in the order in which they are shown.

    Args:
        settings: the settings in force.
        database: the URL of the database to look at.
    """
    yield versions()
    yield sqlite()
    yield settings_file(settings)
    yield from database_findings(database)
    yield clock(settings)
    yield from terminal(os.environ, shutil.get_terminal_size(SMALLEST), sys.stdout.encoding)


def versions() -> Finding:
    """The program, the interpreter and the libraries that matter."""
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    params = {
        "program": _version("callback-desk"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": libraries,
    }
    return Finding("versions", "ok", Said("cli.doctor.versions", params))


def sqlite() -> Finding:
    """Which SQLite library is live, and whether it carries the WAL-reset fault."""
    number = sqlite_version()
    params = {
        "version": ".".join(map(str, number)),
        "module": sqlite_module().__name__.partition(".")[0],
    }
    if has_wal_reset_fault(number):
        todo = Said("cli.doctor.sqlite.todo")
        return Finding("sqlite", "warn", Said("cli.doctor.sqlite.faulty", params), todo)
    return Finding("sqlite", "ok", Said("cli.doctor.sqlite.sound", params))


def settings_file(settings: Settings) -> Finding:
    """Which settings file is in force; a broken one never comes this far."""
    if settings.source is None:
        params = {"path": str(default_settings_path())}
        return Finding("settings", "ok", Said("cli.doctor.settings.none", params))
    return Finding(
        "settings", "ok", Said("cli.doctor.settings.read", {"path": str(settings.source)})
    )


def database_findings(url: str) -> Iterator[Finding]:
    """Where the database lies, whether it can be written, and whether its tables fit."""
    try:
        place = read_place(url)
        if place.file is not None:
            yield from _file_findings(place.file)
            if not place.file.exists():
                yield Finding(
                    "database",
                    "warn",
                    Said("cli.doctor.database.none", {"database": place.shown}),
                    Said("cli.doctor.database.init"),
                )
                return
        yield from _tables(url, place)
    except DeskError as error:
        yield broken("database", error)


def broken(check: str, error: DeskError) -> Finding:
    """An error as a finding, with the error's own words."""
    return Finding(
        check, "fail", Said(error.title_key, error.params), Said(error.todo_key, error.params)
    )


def clock(settings: Settings) -> Finding:
    """The operator's own zone; a machine that names none shows every time in UTC."""
    if settings.my_zone in {"UTC", "Etc/UTC"}:
        return Finding("clock", "warn", Said("cli.doctor.clock.utc"), Said("cli.doctor.clock.todo"))
    return Finding("clock", "ok", Said("cli.doctor.clock.zone", {"zone": settings.my_zone}))


def terminal(
    environment: Mapping[str, str], size: tuple[int, int], encoding: str
) -> Iterator[Finding]:
    """What the terminal can show: letters, colours and room.

    Args:
        environment: the process's variables.
        size: columns and lines.
        encoding: of standard output.
    """
    name = environment.get("TERM", "")
    if encoding.lower().replace("-", "") != "utf8":
        params = {"encoding": encoding}
        todo = Said("cli.doctor.letters.todo")
        yield Finding("letters", "warn", Said("cli.doctor.letters.other", params), todo)
    else:
        yield Finding("letters", "ok", Said("cli.doctor.letters.utf8"))
    if environment.get("NO_COLOR"):
        yield Finding("colours", "ok", Said("cli.doctor.colours.none"))
    else:
        few = "256" if "256" in name else "16"
        count = _COLOURS.get(environment.get("COLORTERM", ""), few)
        params = {"count": count, "term": name or "-"}
        yield Finding("colours", "ok", Said("cli.doctor.colours.some", params))
    columns, lines = size
    params = {"columns": str(columns), "lines": str(lines)}
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        todo = Said("cli.doctor.room.todo")
        yield Finding("room", "warn", Said("cli.doctor.room.small", params), todo)
    else:
        yield Finding("room", "ok", Said("cli.doctor.room.enough", params))


def _file_findings(file: Path) -> Iterator[Finding]:
    refuse_network_disk(file)
    kind = file_system(file) or "?"
    folder = next(parent for parent in file.parents if parent.exists())
    params = {"folder": str(file.parent), "kind": kind}
    writable = os.access(folder, os.W_OK | os.X_OK)
    if not writable or (file.exists() and not os.access(file, os.W_OK)):
        yield Finding(
            "place", "fail", Said("cli.doctor.place.locked", params), Said("cli.doctor.place.todo")
        )
    else:
        yield Finding("place", "ok", Said("cli.doctor.place.writable", params))


def _tables(url: str, place: Place) -> Iterator[Finding]:
    database = open_database(url)
    try:
        check(database)
        params = {"database": place.shown, "revision": REVISION, "n": len(list_all(database))}
        yield Finding("database", "ok", Said("cli.doctor.database.sound", params))
        if not database.embedded:
            yield _live_feed(database)
        yield _history(database)
    except StorageError as error:
        yield broken("database", error)
    finally:
        database.close()


def _history(database: Database) -> Finding:
    """Whether calls and callbacks tell one story, where that is soon proved."""
    from db.history import check_history, history_size  # noqa: PLC0415 - asked for by doctor only

    size = history_size(database)
    if size > _SOON:
        return Finding("history", "ok", Said("fault.doctor.long", {"count": size}))
    faults = check_history(database)
    if faults:
        params = {"count": len(faults)}
        return Finding(
            "history", "fail", Said("fault.doctor.broken", params), Said("fault.doctor.todo")
        )
    return Finding("history", "ok", Said("fault.doctor.sound", {"count": size}))


def _live_feed(database: Database) -> Finding:
    """Whether seats hear at once what moves elsewhere, or look once a second."""
    from db.live_server import hears  # noqa: PLC0415 - an embedded database needs no server

    if hears(database):
        return Finding("live", "ok", Said("live.hears"))
    return Finding("live", "warn", Said("live.looks"), Said("live.looks.todo"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
