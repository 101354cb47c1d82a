"""Pause with a code, a lead's message, wrap-up and the end of a seat, in a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.day_rules import day_rules
from content.translations import Language, translate
from db import operators
from db.losing import lose_seat
from db.operators import actor_of
from db.seat_messages import send_message
from db.tables import callback, draft, operator_state, seat, seat_message
from tests.terminal.working_day import opened

LINE = "Please take the regulator first"


@pytest.mark.parametrize(("language", "width", "height"), [("en", 80, 24), ("zh", 140, 40)])
def test_pause_message_wrap_up_and_the_end_of_the_seat(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    def say(key: str, **params: object) -> str:
        return translate(language, key, **params)

    with opened(template, tmp_path, language, width=width, height=height) as day:
        screen, database = day.terminal, day.database
        ann = actor_of(database, "ann")
        operators.add(database, ann, login="lena", name="Lena", role="lead")
        lena = actor_of(database, "lena")
        screen.wait("王芳", "Mary")
        screen.keys("p")
        screen.wait(say("pause.which"), day_rules().pauses[1].name.of(language))
        screen.keys("2")
        day.wait_for_rows(seat, seat.c.state == "paused", seat.c.pause_code == "lunch")
        screen.wait("[Lunch" if language == "en" else "[暂停：用餐")
        send_message(database, lena, ann.operator_id, LINE)
        screen.wait("Lena", LINE)
        screen.keys("n")
        screen.wait("+86 138 0000 0000", LINE)
        day.wait_for_rows(seat, seat.c.state == "ready")
        screen.keys("'")
        screen.wait(gone=[LINE])
        day.wait_for_rows(seat_message, seat_message.c.read_at.is_not(None))
        screen.keys("d")
        screen.wait(say("call.dial_keys"))
        screen.settle(0.5)
        screen.keys("Enter")
        day.wait_for_rows(seat, seat.c.state == "talking")
        screen.settle(0.5)
        screen.keys("h")
        day.wait_for_rows(seat, seat.c.state == "wrap_up")
        left = "wrap-up: {}" if language == "en" else "整理还剩 {}"
        screen.wait(left.format("00:"))
        screen.keys(">")
        screen.wait(left.format("01:"))
        screen.keys("n")
        screen.settle(0.4)
        screen.composes("Half a sentence")
        day.wait_for(lambda: any("Half" in str(row["body"]["note"]) for row in day.rows(draft)))
        (mine,) = day.rows(seat, seat.c.closed_at.is_(None))
        database.write(lambda unit: lose_seat(unit, mine["id"], "dismissed", lena))
        screen.wait(say("notice.ended.dismissed", sender="Lena"))
        screen.keys("Enter")
        screen.wait("ended with 0")
        day.wait_for_rows(callback, callback.c.state == "check")
        stretches = day.rows(operator_state)
        assert [row["state"] for row in stretches] == [
            "ready", "paused", "ready", "dialling", "talking", "wrap_up",
        ]  # fmt: skip
        assert all(row["until"] is not None for row in stretches)
