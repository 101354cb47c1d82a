"""A lead is told at the next start which rows of law a newer program brought."""

from __future__ import annotations

import pytest

from content.rule_files import RULES, digest_of, shipped_rules
from content.translations import Language
from db import adoption
from db.law_news import law_news
from domain.content_set import FileSet, NewFile
from tests.databases import Desk
from tests.screens.staged import NARROW, staged


def ship(desk: Desk, digest: str, note: str, **changes: str) -> None:
    texts = {**shipped_rules(), **changes}
    files = [NewFile(RULES, name, "", digest_of(text), text, {}) for name, text in texts.items()]

    def told(_: FileSet) -> str:
        return note

    adoption.adopt_shipped(desk.database, files, digest, note=told)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_lead_is_told_once_they_sit_down_again(desk: Desk, language: Language) -> None:
    ship(desk, "one", "")
    first = desk.seat("ann").actor
    assert law_news(desk.database, first) is None
    desk.clock.advance(days=1)
    hours = shipped_rules()["calling_hours"].replace("US-WA,sales,08:00", "US-WA,sales,09:00")
    ship(desk, "two", "US-WA sales", calling_hours=hours)
    desk.clock.advance(days=1)
    bo = desk.seat(desk.operator("bo").login).actor
    assert law_news(desk.database, bo) is None
    async with staged(desk, size=NARROW, language=language) as stage:
        assert stage.shows("US-WA sales"), stage.text
    desk.clock.advance(days=1)
    again = desk.seat("ann").actor
    assert law_news(desk.database, again) is None
