"""Open cases where a customer is spoken to: before dialling, in the call, on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.translations import Language
from db.case_closing import close_case, give_verdict, resolve
from db.cases import NewCase, open_case
from screens.call import CallScreen
from screens.case import CaseScreen
from screens.customer import CustomerScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.customer_card import CustomerPane

DELIVERY = "delivery-3day"


def told(stage: Stage, pane: str, *words: str) -> bool:
    flat = "".join(stage.app.screen.query_one(pane, CustomerPane).text.split())
    return all("".join(word.split()) in flat for word in words)


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_an_open_case_is_on_screen_before_dialling_and_in_the_call(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    ann = desk.seat("ann").actor
    person = desk.person("王芳")
    late = desk.clock.now - timedelta(days=3)
    new = NewCase(
        person, "修了三次", level="skip_level", number="X-7", wishes=("换车",), received_at=late
    )
    case_id = open_case(desk.database, ann, new)
    desk.clock.advance(minutes=61)
    en = language == "en"
    words = (
        f"#{case_id} (X-7)", "修了三次", "换车",
        "complaint ^ skip-level !! overdue" if en else "投诉 ^ 越级 !! 逾期",
    )  # fmt: skip
    async with staged(desk, ann, size=size, language=language) as stage:
        assert stage.shows("!!cases 1" if en else "!!案件 1")
        await stage.pilot.pause(0.2)
        await stage.settle()
        if size == NARROW:
            await stage.press("w")
        assert told(stage, "#desk-who", *words), stage.text
        await stage.press("n")
        call = stage.app.screen
        assert isinstance(call, CallScreen), stage.text
        assert told(stage, "#call-card", *words)
        await stage.press(".")
        case = stage.app.screen
        assert isinstance(case, CaseScreen), stage.text
        assert case.case_id == case_id
        await stage.press("n")
        assert stage.shows("here you only look" if en else "这里只能看")
        await stage.press("b")
        assert stage.app.screen is call


async def test_one_of_several_cases_is_asked_for_and_none_is_said(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    person = desk.person("王芳")
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, ann) as stage:
        await stage.press("n", ".")
        assert stage.shows("This customer has no open case.")
        await stage.press("r")
        first, second = (
            open_case(desk.database, ann, NewCase(person, text)) for text in ("the door", "a dent")
        )
        desk.clock.advance(minutes=61)
        await stage.press("n", ".")
        assert stage.shows(f"1 #{first} the door", f"2 #{second} a dent")
        await stage.press("2")
        case = stage.app.screen
        assert isinstance(case, CaseScreen), stage.text
        assert case.case_id == second


async def test_a_case_that_is_over_is_opened_from_the_record(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    person = desk.person("王芳")
    async with staged(desk, ann, size=WIDE) as stage:
        stage.app.show_customer(person)
        await stage.settle()
        await stage.press("c")
        assert stage.shows("has never complained")
        case_id = open_case(desk.database, ann, NewCase(person, "the door"))
        resolve(desk.database, ann, case_id, "mended")
        give_verdict(desk.database, ann, case_id, "satisfied")
        close_case(desk.database, ann, case_id)
        other = open_case(desk.database, ann, NewCase(person, "a dent"))
        await stage.press("r", "c")
        await stage.types("closed")
        await stage.press("enter")
        case = stage.app.screen
        assert isinstance(case, CaseScreen), stage.text
        assert case.case_id == case_id != other
        await stage.press("b")
        assert isinstance(stage.app.screen, CustomerScreen)
