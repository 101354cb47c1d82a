from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.queue import claim
from db.tables import campaign, lead_action, seat, seat_message
from domain.permissions import Actor
from screens.lead_acts import act_on_operator
from screens.lead_menu import CallbackMenu
from screens.lead_operator import OperatorMenu
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

HOSTILE = "[/]\x1b[31m[@click=app.quit]王\u202e"


def written(desk: Desk, who: Actor) -> list[str | None]:
    rows = desk.rows(
        sa.select(seat_message.c.key, seat_message.c.text)
        .where(seat_message.c.operator_id == who.operator_id)
        .order_by(seat_message.c.id)
    )
    return [row["key"] or row["text"] for row in rows]


def deeds(desk: Desk) -> list[str]:
    rows = desk.rows(sa.select(lead_action.c.kind).order_by(lead_action.c.id))
    return [row["kind"] for row in rows]


async def test_a_callback_is_assigned_in_three_keys_and_taken_back_in_two(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    async with staged(desk) as stage:
        await stage.press("z", "a")
        assert stage.shows("1  ● Ann", "2", "Bo", "the pool")
        await stage.press("2")
        assert stage.shows("1 · to Bo", "z u takes it back")
        assert desk.row(one)["assigned_to"] == bo.operator_id
        assert written(desk, bo) == ["notice.given.one"]
        await stage.press("z", "u")
        assert stage.shows("1 stand as before")
        assert desk.row(one)["assigned_to"] is None


async def test_what_can_not_be_done_says_why(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        await stage.press("z")
        assert isinstance(stage.app.screen, CallbackMenu)
        assert stage.shows("take the stuck call over (in nobody's hands)", "Is anybody's already")
        await stage.press("s")
        assert isinstance(stage.app.screen, CallbackMenu)
        await stage.press("escape")
        assert deeds(desk) == []


async def test_picked_rows_go_together_after_a_dry_run(desk: Desk) -> None:
    bo = desk.operator("bo")
    ids = [desk.callback() for _ in range(3)]
    taken = desk.callback(promised=True)
    claim(desk.database, desk.seat("bo").actor, taken)
    async with staged(desk) as stage:
        await stage.press("space", "space", "shift+down", "space", "space")
        assert stage.shows("3 picked")
        await stage.press("space")
        await stage.press("z")
        assert stage.shows("4 callbacks")
        await stage.press("a", "2")
        assert stage.shows("3 would be moved", "1 stay", "In Bo's hands right now")
        await stage.types("late shift")
        await stage.press("enter")
        assert stage.shows("3 · to Bo")
        assert [desk.row(one)["assigned_to"] for one in ids] == [bo.operator_id] * 3
        assert written(desk, bo) == ["notice.given"]
        assert not stage.shows("picked")


async def test_all_that_the_list_shows_can_be_meant(desk: Desk) -> None:
    desk.operator("bo")
    for _ in range(4):
        desk.callback()
    async with staged(desk) as stage:
        await stage.press("z", "w")
        assert stage.shows("4 callbacks")
        await stage.press("b", "1")
        assert stage.shows("into class 2", "4 would be moved")
        await stage.press("enter")
        assert stage.shows("4 · into class 2")
        assert deeds(desk) == ["band"]


async def test_another_time_is_typed_as_it_is_heard(desk: Desk) -> None:
    one = desk.callback()
    async with staged(desk) as stage:
        await stage.press("z", "t")
        await stage.types("tomorrow 3pm")
        assert stage.shows("3:00 pm")
        await stage.press("enter")
        assert stage.shows("1 · moved to")
        assert desk.row(one)["state"] == "scheduled"


async def test_a_cancellation_asks_why(desk: Desk) -> None:
    one = desk.callback()
    async with staged(desk) as stage:
        await stage.press("z", "x", "enter")
        assert desk.row(one)["state"] == "due"
        await stage.types("came in")
        await stage.press("enter")
        assert desk.row(one)["state"] == "cancelled"


async def test_a_stuck_call_is_taken_over_and_opens(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    claim(desk.database, desk.seat("bo").actor, one)
    async with staged(desk) as stage:
        await stage.press("z", "s")
        assert stage.shows("Take Bo's call over")
        await stage.press("enter")
        assert type(stage.app.screen).__name__ == "CallScreen"
        assert desk.row(one)["claimed_by"] == desk.actor.operator_id
        assert written(desk, bo) == ["notice.stolen"]


async def test_the_next_call_is_put_before_somebody(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    async with staged(desk) as stage:
        await stage.press("z", "n", "2")
        assert stage.shows("next call for Bo")
        assert desk.row(one)["next_for"] == bo.operator_id


async def test_the_campaign_of_the_marked_one_is_paused_and_goes_on(desk: Desk) -> None:
    desk.callback()

    def paused() -> list[str]:
        rows = desk.rows(sa.select(campaign.c.code).where(campaign.c.paused_at.is_not(None)))
        return [row["code"] for row in rows]

    async with staged(desk) as stage:
        await stage.press("z", "p", "enter")
        assert paused() == ["after-service-3day"]
        await stage.press("z", "f5", "enter")
        assert paused() == []


async def test_an_operator_is_told_why_the_key_does_nothing(desk: Desk) -> None:
    desk.operator("bo")
    desk.callback()
    async with staged(desk, desk.seat("bo").actor) as stage:
        await stage.press("z")
        assert stage.shows("Only a team lead acts on the work of others")
        assert not isinstance(stage.app.screen, CallbackMenu)


async def operator_menu(stage: Stage, who: Actor) -> None:
    act_on_operator(stage.app, who.operator_id, who.name)
    await stage.settle()
    assert isinstance(stage.app.screen, OperatorMenu)


async def test_an_operator_is_written_to_paused_and_logged_out(desk: Desk) -> None:
    bo = desk.operator("bo")
    sitting = desk.seat("bo").actor
    async with staged(desk) as stage:
        await operator_menu(stage, bo)
        await stage.press("m")
        await stage.types("please come over")
        await stage.press("enter")
        assert stage.shows("Bo has your message")
        await operator_menu(stage, bo)
        await stage.press("p", "1", "enter")
        assert stage.shows("Bo is on a pause")
        (row,) = desk.rows(sa.select(seat).where(seat.c.id == sitting.seat_id))
        assert (row["state"], row["forced_by"]) == ("paused", desk.actor.operator_id)
        await operator_menu(stage, bo)
        await stage.press("r")
        assert stage.shows("Bo's pause is over")
        await operator_menu(stage, bo)
        await stage.press("l", "enter")
        await stage.types("closing time")
        await stage.press("enter")
        assert stage.shows("Bo is logged out")
        (row,) = desk.rows(sa.select(seat).where(seat.c.id == sitting.seat_id))
        assert (row["ended"], row["ended_by"]) == ("dismissed", desk.actor.operator_id)
        assert written(desk, bo) == [
            "please come over", "notice.force_pause", "notice.pause_lifted", "notice.log_out",
        ]  # fmt: skip


async def test_an_operators_waiting_work_goes_narrowed_by_time(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    now = desk.callback(owner_id=bo.operator_id)
    later = desk.callback(owner_id=bo.operator_id, due_at=desk.clock.now.replace(hour=9))
    async with staged(desk) as stage:
        await operator_menu(stage, bo)
        await stage.press("a", "3")
        assert stage.shows("2 would be moved", "to Cy")
        await stage.press("ctrl+t")
        await stage.types("+1h")
        await stage.press("enter")
        assert stage.shows("1 would be moved")
        await stage.press("enter")
        assert desk.row(now)["assigned_to"] == cy.operator_id
        assert desk.row(later)["assigned_to"] == bo.operator_id


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_hostile_names_are_only_drawn(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    desk.callback(desk.person(HOSTILE))
    desk.callback(desk.person(HOSTILE))
    async with staged(desk, language=language, size=size) as stage:
        await stage.press("z")
        assert stage.shows("[/][31m[@")
        await stage.press("w", "b", "1")
        assert stage.shows("[/][31m[@")
        assert "\x1b" not in stage.text
        assert "\u202e" not in stage.text


async def test_the_language_changes_in_the_desk_behind_the_menu(desk: Desk) -> None:
    desk.callback()
    async with staged(desk, language="zh") as stage:
        await stage.press("z")
        assert stage.shows("分派：坐席、班组、公共队列", "接手卡住的通话")


async def test_keys_typed_ahead_of_the_database_mean_what_comes_then(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    async with staged(desk) as stage:
        await stage.pilot.press("z", "a", "2")
        await stage.settle()
        assert desk.row(one)["assigned_to"] == bo.operator_id
        assert deeds(desk) == ["reassign"]


async def test_what_is_over_is_opened_again_from_the_record(desk: Desk) -> None:
    person = desk.person("Ann Lee")
    one, other = desk.callback(person), desk.callback(person)
    async with staged(desk, size=WIDE) as stage:
        await stage.press("z", "x")
        await stage.types("came in person")
        await stage.press("enter")
        over = next(each for each in (one, other) if desk.row(each)["state"] == "cancelled")
        await stage.press("c", "h")
        assert stage.shows("Which callback?", "1  ", "· due", "2  ", "· cancelled")
        await stage.press("1", "o")
        assert isinstance(stage.app.screen, CallbackMenu), "the first one is not over"
        await stage.press("escape", "h", "2", "o")
        assert stage.shows("Ann Lee waits for a call again")
        assert desk.row(over)["state"] == "due"


async def test_the_key_of_a_record_pressed_twice_undoes_nothing(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    async with staged(desk, size=WIDE) as stage:
        await stage.press("z", "a", "2", "c", "h", "h")
        assert isinstance(stage.app.screen, CallbackMenu)
        assert desk.row(one)["assigned_to"] == bo.operator_id
        assert deeds(desk) == ["reassign"]


async def test_a_deed_done_from_a_record_tells_the_key_that_is_good_there(desk: Desk) -> None:
    desk.operator("bo")
    desk.callback()
    async with staged(desk, size=WIDE) as stage:
        await stage.press("c", "h", "a", "2")
        assert stage.shows("1 · to Bo", "h u takes it back")


async def test_of_many_callbacks_those_that_are_over_are_among_those_asked_about(
    desk: Desk,
) -> None:
    person = desk.person("Ann Lee")
    for _ in range(13):
        desk.callback(person)
    async with staged(desk, size=WIDE) as stage:
        await stage.press("z", "x")
        await stage.types("twice")
        await stage.press("enter")
        await stage.press("c", "h")
        assert stage.shows("Which callback?", "· cancelled", "3 more are not listed")
