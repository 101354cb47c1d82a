"""Every channel in which a firm turns to a customer can be chosen, the tenth by 0."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.tables import contact
from domain.touch import CHANNELS
from tests.databases import Desk
from tests.screens.staged import NARROW, staged


@pytest.mark.parametrize("place", range(len(CHANNELS["out"])))
async def test_each_channel_has_a_digit(desk: Desk, place: int) -> None:
    who = desk.person("Wrapped Gift")
    async with staged(desk, size=NARROW) as stage:
        stage.app.show_customer(who)
        await stage.settle()
        await stage.press("k", "1", str((place + 1) % 10), "2", "enter")
    (row,) = desk.rows(sa.select(contact))
    assert (row["channel"], row["content_kind"]) == (CHANNELS["out"][place], "emotion")
