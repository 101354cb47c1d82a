"""The live board: what waits and is in hand, who does what, what asks for a person.

Asked as often as it is cheap; the figures of the day, which cost more, are in `db.board_day`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.board_operators import OperatorNow, operators_now
from db.board_queue import QueueNow, queue_now
from db.board_watch import Watch, read_watch
from db.engine import Database
from db.queue_counts import LIMIT
from db.transaction import Unit
from domain.board_rules import AlarmKind, BoardRules
from domain.permissions import Actor, require

STATES_REST: Final = 0.03
FIGURES_REST: Final = 0.15
"""Seconds between two questions of a board at least, for who does what and for the figures: what an
operator does is on the board within 100 ms, and the figures, which cost more, within 300."""
_SHARE: Final = 3.0
_WORTH_COUNTING: Final = 5
"""A queue of up to so many times the limit is counted whole: on a server 5,000 take 6 ms, the walks
along 40 windows 25."""


@dataclass(frozen=True, slots=True)
class FiguresNow:
    """What waits and what asks for a person, at an instant.

    Attributes:
        at: the instant by the database's clock (UTC).
        queue: what waits, is in hand and in check, by band and by kind.
        watch: single callbacks that ask for a person.
    """

    at: datetime
    queue: QueueNow
    watch: Watch


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """The board: its figures and who does what; on a screen each from a reading of its own.

    Attributes:
        at: when the later of both was read, by the database's clock (UTC).
        queue: what waits, is in hand and in check, by band and by kind.
        operators: who does what.
        watch: single callbacks that ask for a person.
    """

    at: datetime
    queue: QueueNow
    operators: tuple[OperatorNow, ...]
    watch: Watch


@dataclass(frozen=True, slots=True)
class PeopleNow:
    """Who does what at an instant by the database's clock (UTC)."""

    at: datetime
    operators: tuple[OperatorNow, ...]


def people_now(database: Database, actor: Actor) -> PeopleNow:
    """Who does what now: the part of the board that moves most and costs least.

    Args:
        database: the database.
        actor: a lead.

    Raises:
        RefusedError: `not_allowed`.
        StorageError: the database can't be reached or read.
    """

    def work(unit: Unit) -> PeopleNow:
        require(actor, "board.read")
        return PeopleNow(unit.now, operators_now(unit))

    return database.read(work)


def figures_now(database: Database, actor: Actor, limit: int = LIMIT) -> FiguresNow:
    """The figures of the board as they are now.

    Args:
        database: the database.
        actor: a lead.
        limit: where each count of a long queue stops; `queue_counts.EXACT` counts to the end.

    Raises:
        RefusedError: `not_allowed`.
        StorageError: the database can't be reached or read.
    """

    def work(unit: Unit) -> FiguresNow:
        require(actor, "board.read")
        return _figures(unit, database, limit)

    return database.read(work)


def live_board(database: Database, actor: Actor, limit: int = LIMIT) -> LiveBoard:
    """The whole board as it is at one instant; arguments and errors as for `figures_now`."""

    def work(unit: Unit) -> LiveBoard:
        require(actor, "board.read")
        return whole(_figures(unit, database, limit), PeopleNow(unit.now, operators_now(unit)))

    return database.read(work)


def whole(figures: FiguresNow, people: PeopleNow) -> LiveBoard:
    """The board of two readings."""
    at = max(figures.at, people.at)
    return LiveBoard(at, figures.queue, people.operators, figures.watch)


def _figures(unit: Unit, database: Database, limit: int) -> FiguresNow:
    rules = database.rulebook.board
    promises, checks = _after(rules, AlarmKind.PROMISE_OVERDUE), _after(rules, AlarmKind.CHECK_OLD)
    return FiguresNow(
        unit.now,
        queue_now(unit, database, limit, whole=limit * _WORTH_COUNTING),
        read_watch(unit, promises, checks),
    )


def rest_after(took: float, least: float) -> float:
    """How long a board rests after a question that took so long; all in seconds.

    A question that takes long is asked less often, so that boards leave the database to the seats.
    """
    return max(least, took * _SHARE)


def _after(rules: BoardRules, kind: AlarmKind) -> timedelta:
    rule = rules.alarms.get(kind)
    return timedelta(0) if rule is None else rule.after
