"""A lead's morning in a real terminal: a roster, the deal-out, somebody ill and back again."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.translations import Language, translate
from db import operators
from db.tables import callback, leave, shift
from tests.terminal.working_day import Day, opened


def owners(day: Day) -> set[int | None]:
    return {row["assigned_to"] for row in day.rows(callback)}


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 80, 24), ("en", 140, 40)])
def test_work_is_dealt_out_and_follows_a_leave(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    def said(key: str, /, **params: object) -> str:
        return translate(language, key, **params)

    with opened(template, tmp_path, language, width=width, height=height, promised=0) as day:
        screen = day.terminal
        screen.wait("王芳")
        ann = operators.actor_of(day.database, "ann")
        bea, cyd = (
            operators.add(day.database, ann, login=login, name=login.title()).id
            for login in ("bea", "cyd")
        )
        screen.keys("*")
        screen.wait("Bea", "Cyd")
        screen.keys("Down")
        screen.wait("▸Bea")
        screen.keys("m")
        screen.wait(said("roster.ask_pattern", name="Bea"))
        screen.types("mon-sun 00:00-12:00 12:00-24:00")
        screen.settle(0.5)
        screen.keys("Enter")
        screen.wait(said("roster.weeks", n=12))
        screen.keys("1")
        day.wait_for_rows(shift)
        screen.wait("0~24" if width == 80 else "0-12 12-24")
        screen.keys("g")
        screen.wait(said("deal.dry", n=3), "Bea")
        screen.keys("g")
        screen.wait(said("deal.confirm", n=3, people=1))
        screen.keys("y")
        day.wait_for(lambda: owners(day) == {bea})
        screen.wait(said("deal.told", n=3, key="u"))
        screen.keys("b")
        screen.wait("▸", said("keys.roster.leave"))
        screen.keys("l")
        screen.wait(said("roster.reason.sick"))
        screen.keys("2")
        screen.wait(said("roster.ask_last_day"))
        screen.keys("Enter")
        screen.wait(said("roster.ask_deputy"))
        screen.keys("3")
        day.wait_for_rows(leave)
        day.wait_for(lambda: owners(day) == {cyd})
        screen.wait(f"/{said('roster.reason.sick')}", "→ Cyd")
        screen.keys("x")
        screen.wait(said("roster.cancel_detail"))
        screen.keys("y")
        day.wait_for(lambda: owners(day) == {bea} and not day.rows(leave))
