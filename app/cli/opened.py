"""The database that a command works on, opened with the rules in force and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.frame import Frame
    from db.engine import Database
    from domain.permissions import Actor


@contextmanager
def opened(frame: Frame) -> Iterator[Database]:
    """The caller's database, checked to be of this program's schema, at the caller's `--now`.

    Raises:
        StorageError: it is missing, can't be reached, or its tables are older or newer.
        RefusedError: `not_a_practice_database` for `--now` elsewhere.
    """
    # Imported when a command needs it: the help page waits for no database library.
    from content.rulebook import load_shipped  # noqa: PLC0415
    from db.engine import open_database  # noqa: PLC0415
    from db.schema import check  # noqa: PLC0415

    database = open_database(frame.database(), rulebook=load_shipped())
    try:
        check(database)
        if frame.now is not None:
            database.pretend(frame.now)
        yield database
    finally:
        database.close()


def actor_for(frame: Frame, database: Database) -> Actor:
    """The operator on whose behalf the command runs.

    Raises:
        RefusedError: `operator_unknown`.
    """
    from db.operators import actor_of  # noqa: PLC0415

    return actor_of(database, frame.login)
