"""The memory of searches: how many began in the last hour, and one audit row for every look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import audit
from db.transaction import Unit
from domain.permissions import Actor
from domain.search_caps import HOUR, SearchCaps, Term, results_allowed

SEARCH: Final = "customer_search"
TYPED_ON: Final = "customer_search_on"
"""The second look and the later ones of one search: what was typed on."""


@dataclass(slots=True)
class _Typing:
    """The search that a person is typing; its text stays in this process."""

    text: str
    at: datetime
    looks: int


class SearchMemory:
    """What each person typed last at this open database, so that typing on is one search."""

    def __init__(self) -> None:
        self._typing: dict[int, _Typing] = {}
        self._lock = Lock()

    def goes_on(self, caps: SearchCaps, actor: Actor, text: str, now: datetime) -> bool:
        """Whether a text is what the look before was, typed on or taken back."""
        with self._lock:
            last = self._typing.get(actor.operator_id)
            return (
                last is not None
                and last.looks < caps.looks
                and last.at <= now <= last.at + caps.typing
                and (text.startswith(last.text) or last.text.startswith(text))
            )

    def keep(self, actor: Actor, text: str, now: datetime, *, goes_on: bool) -> None:
        """Notes a look that was made."""
        with self._lock:
            looks = self._typing[actor.operator_id].looks if goes_on else 0
            self._typing[actor.operator_id] = _Typing(text, now, looks + 1)


_MEMORIES: Final[WeakKeyDictionary[Database, SearchMemory]] = WeakKeyDictionary()
_MEMORIES_LOCK: Final = Lock()


def memory_of(database: Database) -> SearchMemory:
    """The memory that belongs to an open database."""
    with _MEMORIES_LOCK:
        return _MEMORIES.setdefault(database, SearchMemory())


def allowed_results(
    unit: Unit, caps: SearchCaps, actor: Actor, term: Term, *, goes_on: bool
) -> int:
    """How many customers this look may show.

    Raises:
        RefusedError: `search_cap`.
    """
    columns = audit.c
    begun = list(
        unit.run(
            sa.select(columns.at)
            .where(
                columns.operator_id == actor.operator_id,
                columns.action == SEARCH,
                columns.at > unit.now - HOUR,
            )
            .order_by(columns.at)
        ).scalars()
    )
    if goes_on:
        del begun[-1:]
    return results_allowed(caps, actor.role, term, begun, unit.now)


def note_look(unit: Unit, actor: Actor, term: Term, found: int, *, goes_on: bool) -> None:
    """Writes a look in the audit: what kind of term and how many were found, never the term."""
    append_audit(
        unit, actor, TYPED_ON if goes_on else SEARCH, "customers", None,
        details={"term": term.value, "found": found},
    )  # fmt: skip
