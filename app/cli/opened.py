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
def opened(frame: Frame, *, keep_house: bool = False, rules: bool = True) -> Iterator[Database]:
    """The caller's database, checked to be of this program's schema, at the caller's `--now`.

    Args:
        frame: the caller.
        keep_house: whether to do first what time itself does to the queue; where no desk is open,
            nobody else does it.
        rules: whether the rules in force have to be known; a command that mends them does without.

    Raises:
        InputError: the rules in force can't be read.
        StorageError: it is missing, can't be reached, or its tables are older or newer.
        RefusedError: `not_a_practice_database` for `--now` elsewhere.
    """
    # Imported when a command needs it: the help page waits for no database library.
    from app.machine_shop import machine_shop  # noqa: PLC0415
    from app.rules import RulesTaker  # noqa: PLC0415
    from content.rulebook import load_shipped  # noqa: PLC0415
    from db import housekeeping  # noqa: PLC0415
    from db.engine import Timing, open_database  # noqa: PLC0415
    from db.schema import check  # noqa: PLC0415
    from db.shop import shop_of  # noqa: PLC0415

    timing = Timing(hold=frame.settings.hold_pause * 60.0)
    database = open_database(
        frame.database(),
        rulebook=load_shipped(),
        timing=timing,
        machine=lambda: machine_shop(frame.settings),
    )
    try:
        check(database)
        if frame.now is not None:
            database.pretend(frame.now)
        if rules:
            RulesTaker().follow(database)
        else:
            shop_of(database)
        if keep_house:
            # A clock set by hand may have moved by years since the last turn a second ago.
            housekeeping.keep_house(database, every=1.0 if frame.now is None else 0.0)
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
