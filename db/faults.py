"""Drivers' errors, told as what happened to the desk."""

from __future__ import annotations

import sqlalchemy.exc as sa_exc

from domain.errors import StorageError

_SQLITE = (
    ("disk is full", "database_full"),
    ("database is locked", "database_busy"),
    ("database table is locked", "database_busy"),
    ("readonly database", "database_read_only"),
    ("unable to open", "database_gone"),
    ("disk i/o error", "database_gone"),
    ("malformed", "database_damaged"),
    ("not a database", "database_damaged"),
    ("no such table", "database_empty"),
)
_POSTGRES = {
    "53100": "database_full",
    "57014": "database_busy",
    "55P03": "database_busy",
    "25006": "database_read_only",
    "42P01": "database_empty",
    "28P01": "database_login",
    "28000": "database_login",
    "3D000": "database_unknown",
    "42501": "database_rights",
    "53300": "database_crowded",
}
# A connection that is refused has no state, only words: the server's in its own language.
_REFUSED = (
    ("password authentication failed", "database_login"),
    ("认证失败", "database_login"),
    ("no pg_hba.conf entry", "database_login"),
    ("role ", "database_login"),
    ("角色", "database_login"),
    ("no such user", "database_login"),
    ("auth failed", "database_login"),
    ("permission denied for database", "database_rights"),
    ("no such database", "database_unknown"),
    ("database ", "database_unknown"),
    ("数据库", "database_unknown"),
    ("too many clients", "database_crowded"),
    ("too many connections", "database_crowded"),
    ("remaining connection slots", "database_crowded"),
    ("no more connections allowed", "database_crowded"),
)
_STARTING = (
    "starting up",
    "shutting down",
    "recovery",
    "not yet accepting",
    "启动",
    "关闭",
    "恢复",
)
# A unique value that another transaction took a moment ago is there to be found the second time.
_TRANSIENT = ("40001", "40P01", "23505")


def sql_state(error: sa_exc.DBAPIError) -> str:
    """PostgreSQL's five-letter state of an error; empty where there is none."""
    return getattr(error.orig, "sqlstate", None) or ""


def is_transient(error: sa_exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is run again."""
    return sql_state(error) in _TRANSIENT


def as_storage_error(error: sa_exc.DBAPIError, shown: str) -> StorageError | None:
    """What a driver's error means for the desk; none for a fault of our own statements."""
    state = sql_state(error)
    if state in _POSTGRES:
        return StorageError(_POSTGRES[state], database=shown)
    if error.connection_invalidated or state.startswith(("08", "57P")):
        return StorageError("database_unreachable", database=shown)
    if not isinstance(error, sa_exc.OperationalError | sa_exc.DatabaseError):
        return None
    words = str(error.orig).lower()
    for piece, code in _SQLITE:
        if piece in words:
            return StorageError(code, database=shown)
    if type(error.orig).__module__.startswith("psycopg") and isinstance(
        error, sa_exc.OperationalError
    ):
        return StorageError(_refusal(words), database=shown)
    return None


def _refusal(words: str) -> str:
    """The code of a connection that was refused, by the words with which it was."""
    if "no password supplied" in words:  # said by the driver, before the server can
        return "database_login"
    for sign in ("fatal:", "致命错误"):
        _, found, reason = words.partition(sign)
        if found and not any(piece in reason for piece in _STARTING):
            for piece, code in _REFUSED:
                if piece in reason:
                    return code
    return "database_unreachable"
