"""The topics of the live feed, and telling that they moved.

Topics carry no personal data. A seat's own topic is `seat:<id>`. Heartbeats and drafts tell nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

QUEUE: Final = "queue"
SEATS: Final = "seats"
CASES: Final = "cases"
CONTENT: Final = "content"
CHANNEL: Final = "callback_desk"
PROBE: Final = "probe"
"""A word of the channel that is no topic: it proves that a line hears."""
SEAT_TOPICS: Final = "seat:"

_SHARD: Final = "#"
_SHARDS: Final = 16

_MOVE = sa.text(
    "INSERT INTO topic (name, version) SELECT value, 1 FROM json_each(:names) WHERE true"
    " ON CONFLICT (name) DO UPDATE SET version = topic.version + 1"
)
# The versions that all move are kept in several rows, by the connection: two transactions that end
# at the same moment don't wait for each other. Who can't hear looks at the versions.
_NOTIFY = sa.text(
    "WITH named AS (SELECT name FROM json_array_elements_text(CAST(:names AS json)) name),"
    " moved AS (INSERT INTO topic (name, version)"
    " SELECT CASE WHEN starts_with(name, 'seat:') THEN name"
    " ELSE name || '#' || (pg_backend_pid() % 16) END, 1 FROM named"
    " ON CONFLICT (name) DO UPDATE SET version = topic.version + 1)"
    " SELECT pg_notify(:channel, name) FROM named"
)


def seat_topic(seat_id: int) -> str:
    """The topic of what concerns one seat."""
    return f"{SEAT_TOPICS}{seat_id}"


def rows_of(topics: Iterable[str]) -> list[str]:
    """The names of the rows in which a server keeps the versions of topics."""
    return [
        row
        for topic in topics
        for row in (
            [topic]
            if topic.startswith(SEAT_TOPICS)
            else [f"{topic}{_SHARD}{number}" for number in range(_SHARDS)]
        )
    ]


def topic_of(row: str) -> str:
    """The topic that a row of versions belongs to."""
    return row.partition(_SHARD)[0]


def tell(connection: sa.Connection, topics: Iterable[str], *, embedded: bool) -> None:
    """Says within a transaction that topics moved; heard after its commit."""
    names = json.dumps(sorted(topics))
    if embedded:
        connection.execute(_MOVE, {"names": names})
    else:
        connection.execute(_NOTIFY, {"channel": CHANNEL, "names": names})
