"""Which SQLite library is live: the bundled one where a wheel exists, else Python's own."""

from __future__ import annotations

import importlib
from types import ModuleType

_FAULTY_FROM = (3, 7, 0)
_FAULTY_TO = (3, 51, 2)


def sqlite_module() -> ModuleType:
    """The DB-API module for SQLite."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def sqlite_version() -> tuple[int, ...]:
    """The version of the live SQLite library."""
    version: tuple[int, ...] = sqlite_module().sqlite_version_info
    return version


def has_wal_reset_fault(version: tuple[int, ...]) -> bool:
    """Whether a version may corrupt a WAL database when several connections reset the log.

    Source: sqlite.org/wal.html, "the WAL-reset bug", versions 3.7.0 to 3.51.2.
    """
    return _FAULTY_FROM <= version <= _FAULTY_TO
