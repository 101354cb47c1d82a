"""The engine of a PostgreSQL server: few lines, no session state, a deadline on everything.

A pooler in transaction mode may stand in between: timeouts are set in each transaction, statements
are never prepared, and only locks of a transaction are taken.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from db.deadlines import Watch
from db.place import Place
from domain.errors import StorageError

if TYPE_CHECKING:
    from db.engine import Timing

OLDEST: Final = 15
"""The oldest version of PostgreSQL that the desk works with."""

UNWATCHED: Final = {"unwatched": True}
"""Execution options of a transaction whose statements may take as long as they need."""

_GRACE: Final = 3.0
"""Seconds that the server's own deadlines get before a line is cut."""
_IDLE: Final = 30_000
"""Milliseconds after which the server ends a transaction of a silent seat, and its locks."""
_BEGIN: Final = sa.text(
    "SELECT set_config('statement_timeout', :limit, true),"
    " set_config('lock_timeout', :limit, true),"
    " set_config('idle_in_transaction_session_timeout', :idle, true), clock_timestamp()"
)
_LINES_KEPT: Final = 2
_LINES_MORE: Final = 4


def line_options(timing: Timing) -> dict[str, Any]:
    """How a connection to a server is made, so that a dead peer is noticed."""
    milliseconds = int(timing.deadline * 1000)
    return {
        "connect_timeout": max(2, int(timing.deadline)),
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
    }


def server_engine(place: Place, timing: Timing) -> tuple[sa.Engine, Watch]:
    """An engine for a server, and what watches over its lines."""
    watch = Watch(timing.deadline + _GRACE)
    engine = sa.create_engine(
        place.url,
        pool_size=_LINES_KEPT,
        max_overflow=_LINES_MORE,
        pool_timeout=timing.deadline,
        # What is not needed stays idle, and a server or a firewall may close it.
        pool_use_lifo=True,
        # It costs every new line a question about a type that no table has.
        use_native_hstore=False,
        connect_args={
            **line_options(timing),
            # A pooler in transaction mode hands the statement to another server connection.
            "prepare_threshold": None,
            "application_name": "callback-desk",
        },
    )
    _watch_lines(engine, watch)
    return engine, watch


def begin_on_server(connection: sa.Connection, timing: Timing) -> datetime:
    """Sets the deadlines of a transaction and reads its clock, in UTC."""
    limits = {"limit": f"{int(timing.deadline * 1000)}ms", "idle": f"{_IDLE}ms"}
    now: datetime = connection.execute(_BEGIN, limits).one()[3]
    return now.astimezone(UTC)


def refuse_unfit_server(connection: sa.Connection, shown: str) -> None:
    """Refuses a server that is too old or a standby, or a database that can't hold all letters.

    Raises:
        StorageError: `server_old`, `server_encoding` or `server_standby`.
    """
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    if version < OLDEST:
        raise StorageError("server_old", database=shown, found=version, oldest=OLDEST)
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StorageError("server_encoding", database=shown, found=encoding)
    if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one():
        raise StorageError("server_standby", database=shown)


def _watch_lines(engine: sa.Engine, watch: Watch) -> None:
    @sa.event.listens_for(engine, "do_connect")
    def connecting(dialect: Any, _record: object, args: Any, options: Any) -> Any:
        line = dialect.connect(*args, **options)
        # The first questions are the engine's own.
        watch.begin(line)
        return line

    @sa.event.listens_for(engine, "checkout")
    def lent(line: Any, _record: object, _proxy: object) -> None:
        watch.end(line)

    @sa.event.listens_for(engine, "checkin")
    def given_back(line: Any, _record: object) -> None:
        watch.end(line)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def going_out(connection: sa.Connection, *_: object) -> None:
        _begin(watch, connection)

    @sa.event.listens_for(engine, "after_cursor_execute")
    def answered(connection: sa.Connection, *_: object) -> None:
        watch.end(connection.connection.dbapi_connection)

    @sa.event.listens_for(engine, "commit")
    @sa.event.listens_for(engine, "rollback")
    def ending(connection: sa.Connection) -> None:
        _begin(watch, connection)


def _begin(watch: Watch, connection: sa.Connection) -> None:
    # A line that was lost is rolled back in name only: there is nothing to wait for.
    if not connection.invalidated and not connection.get_execution_options().get("unwatched"):
        watch.begin(connection.connection.dbapi_connection)
