"""A lead changes a kind of callback by its form in a real terminal, and the queue says why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from content.translations import Language, translate
from db.callbacks import NewCallback, create_callback
from db.people import NewPerson, add_number, add_person
from db.tables import callback, calling_window, campaign
from domain.decision import NewNumber
from tests.terminal.working_day import SHANGHAI, Day, opened

CODE = "delivery-3day"
"""The first kind of the list, so that the form opens on it."""


def shut_now() -> str:
    """Hours that are far from now on the customer's clock, whenever the test runs."""
    return "22:00-23:00" if datetime.now(ZoneInfo(SHANGHAI)).hour < 12 else "01:00-02:00"


def add_plain_callback(day: Day) -> None:
    """A customer who named no time, so that all hours bind."""

    def fill(unit: Any) -> None:
        person = add_person(unit, NewPerson("赵静", zone=SHANGHAI, sex="女"))
        add_number(unit, person, NewNumber("+8613800000099", "", "CN", "mobile", (SHANGHAI,)))
        create_callback(unit, day.database.rulebook, NewCallback(person, CODE, unit.now))

    day.database.write(fill)


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 80, 24), ("en", 140, 40)])
def test_hours_and_attempts_by_the_form_then_the_queue_says_why(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    hours = shut_now()
    name = load_shipped().campaigns[CODE].name.of(language)

    def said(key: str) -> str:
        return translate(language, key)

    with opened(template, tmp_path, language, width=width, height=height) as day:
        screen = day.terminal
        screen.wait("王芳")
        add_plain_callback(day)
        screen.wait("赵静")
        screen.keys("o")
        screen.wait(said("rule_form.settings"), said("rule_form.hours"))
        screen.keys("Enter")
        screen.wait(said("rule_form.head.field"), CODE)
        screen.keys("Enter", "Down", "Down", "Down", "Down", "Enter")
        screen.wait(said("ui.mode_note"))
        screen.keys("BSpace")
        screen.types("x")
        screen.wait("✗")
        screen.keys("BSpace")
        screen.types("1")
        screen.keys("Enter")
        screen.wait("●", gone=["✗"])
        screen.keys("Down", "Enter")
        screen.wait(said("ui.mode_note"))
        screen.composes(hours)
        screen.wait(hours)
        screen.settle(0.3)
        screen.keys("Enter")
        screen.wait(hours, said("playbooks_screen.saved"))
        screen.settle(1)
        screen.keys("w")
        screen.wait(said("rule_files.preview.title"), said("rule_files.preview.all"), "↻")
        screen.keys("Escape")
        screen.wait(said("rule_form.head.field"))
        screen.keys("g")
        screen.wait("rules/campaigns.toml", said("playbooks_screen.sound"))
        screen.keys("Enter")
        screen.wait(said("playbooks_screen.note_why"))
        screen.settle(0.5)
        screen.composes("3")
        screen.settle(0.5)
        screen.keys("Enter", "Enter")
        screen.wait(said("rule_form.head.field"), gone=[said("playbooks_screen.saved")])
        screen.keys("Escape")
        screen.settle(0.3)
        screen.keys("Escape")
        screen.wait(said("rule_form.settings"))
        screen.keys("Escape")
        screen.wait("赵静")

        def hours_hold() -> bool:
            # In this order: the window of a callback is there before the callback goes into it.
            mine = day.rows(callback, callback.c.promised.is_(sa.false()))
            windows = {one["id"]: one["preferred"] for one in day.rows(calling_window)}
            return all(hours[:2] in windows[one["window_id"]] for one in mine)

        day.wait_for(hours_hold)
        (kind,) = day.rows(campaign, campaign.c.code == CODE)
        assert kind["attempt_cap"] == 1
        screen.keys("Home", "End")
        clock = hours.partition("-")[0]
        screen.wait("赵静", name[:4], said("desk.not_callable"), clock)
