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

_MOVE = sa.text(
    "INSERT INTO topic (name, version) SELECT value, 1 FROM json_each(:names) WHERE true"
    " ON CONFLICT (name) DO UPDATE SET version = topic.version + 1"
)
_NOTIFY = sa.text(
    "SELECT pg_notify(:channel, name) FROM json_array_elements_text(CAST(:names AS json)) name"
)


def seat_topic(seat_id: int) -> str:
    """The topic of what concerns one seat."""
    return f"seat:{seat_id}"


def tell(connection: sa.Connection, topics: Iterable[str], *, embedded: bool) -> None:
    """Says within a transaction that topics moved; heard after its commit."""
    names = json.dumps(sorted(topics))
    if embedded:
        connection.execute(_MOVE, {"names": names})
    else:
        connection.execute(_NOTIFY, {"channel": CHANNEL, "names": names})
