"""After a first no-answer a text can be copied that announces the next call."""

from __future__ import annotations

import pytest

from content.translations import Language
from db.dialling import dial
from tests.databases import Desk
from tests.screens.staged import WIDE, staged


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_notice_is_offered_after_the_first_no_answer_only(
    desk: Desk, language: Language
) -> None:
    desk.callback(desk.person("Quiet One"))
    async with staged(desk, size=WIDE, language=language) as stage:
        assert stage.app.notice is None
        for again in (False, True):
            await stage.press("n")
            call = stage.app.screen.call  # type: ignore[attr-defined]
            dial(desk.database, stage.app.seat.actor, call.call_id, call.phone_id)
            desk.clock.advance(seconds=30)
            await stage.press("f", "z", "enter")
            if again:
                assert stage.app.notice is None
                break
            assert stage.app.notice is not None, stage.text
            assert stage.app.notice.name == "Quiet One"
            await stage.press("j")
            assert stage.shows(stage.app.notice.text.split("\n")[0][:20])
            stage.app.notice = None
            desk.clock.advance(days=1)
            await stage.press("ctrl+r")
