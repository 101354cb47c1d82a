"""Every callback of the demo is explained, and each "not now" is over at the instant it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.demo.making import make_demo
from content.rulebook import load_shipped
from db.engine import open_database
from db.operators import actor_of
from db.tables import callback
from db.why import why

STARTS = [
    datetime(2026, 10, 1, 4, 17, tzinfo=UTC),  # National Day, noon in China, night in America
    datetime(2027, 3, 14, 9, 59, tzinfo=UTC),  # the minute before clocks jump in America
]

SETTLED = ("claimed", "check", "done", "exhausted", "cancelled")


@pytest.mark.parametrize("start", STARTS)
def test_every_not_now_ends_when_it_says(tmp_path: Path, start: datetime) -> None:
    file = tmp_path / "demo.db"
    made = make_demo(str(file), login="li.na", language="zh", now=start)
    database = open_database(str(file), rulebook=load_shipped())
    try:
        database.pretend(start)
        actor = actor_of(database, "li.na")
        ids = database.read(lambda unit: unit.run(sa.select(callback.c.id)).scalars().all())
        assert len(ids) >= made.customers
        waiting = 0
        for callback_id in ids:
            database.pretend(start)
            found = why(database, actor, callback_id)
            assert found.order
            assert found.callable_now is not bool(found.blocks)
            if found.clears_at is None:
                # Only what a person has to decide, or what is over, has no end of its own.
                assert not found.blocks or found.state in SETTLED
                continue
            waiting += 1
            database.pretend(found.clears_at - timedelta(seconds=1))
            assert not why(database, actor, callback_id).callable_now
            database.pretend(found.clears_at)
            assert why(database, actor, callback_id).callable_now
        assert waiting > 20
    finally:
        database.close()
