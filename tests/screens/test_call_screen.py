from __future__ import annotations

import gc
import weakref

import pytest
import sqlalchemy as sa
from textual import events

from content.reasons import reason_of
from content.translations import Language
from content.variables import render_walk
from db.seats import close_seat
from db.tables import (
    answer,
    call,
    call_decision,
    call_step,
    callback,
    complaint,
    draft,
    promise,
    score,
    wish,
)
from db.transaction import Unit
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.frame import Acting
from screens.key_guard import HOLD
from screens.shell import Seat
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.note import Note

HOSTILE = "[/]\x1b[31m[@click=app.quit]王\u202e"
DELIVERY = "delivery-3day"


async def open_call(stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    return screen


def stored_draft(desk: Desk) -> dict[str, object]:
    rows = desk.rows(sa.select(draft.c.body).order_by(draft.c.revision.desc()))
    body: dict[str, object] = rows[0]["body"]
    return body


async def until_saved(stage: Stage) -> None:
    screen = stage.app.screen
    assert isinstance(screen, CallScreen)
    for _ in range(1200):
        if screen.keeper.safe:
            return
        await stage.pilot.pause(0.05)
    raise AssertionError("the draft was not saved")


def later(desk: Desk, stage: Stage) -> None:
    """Time passes: the customer has been on screen for a while, no key is held down any more."""
    desk.clock.advance(seconds=3)
    stage.app._guard._last_key = ""


async def burst(stage: Stage, text: str) -> None:
    """Text as a terminal delivers it from an input method: all keys at one instant."""
    stage.app._guard.hold = HOLD
    base = events.Event().time
    for place, letter in enumerate(text):
        event = events.Key(letter, letter)
        event.time = base + place * 0.0001
        stage.app.post_message(event)
    await stage.pilot.pause(0.1)
    await stage.settle()
    stage.app._guard.hold = 0


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "zh"), ((60, 20), "en")]
)
async def test_a_call_is_led_by_the_script_and_ended_with_a_time(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    person = desk.person("王芳", sex="female", country="CN")
    callback_id = desk.callback(person, campaign=DELIVERY, promised=True)
    async with staged(desk, language=language, size=size) as stage:
        screen = await open_call(stage)
        assert stage.shows("王芳", "1/18")
        await stage.press("1", "1", "9", "1")
        assert screen.draft.interview.answers["sales-index/delivery-process"].value == 9
        await stage.press("o")
        await stage.types("mysj" if language == "zh" else "no time")
        await stage.press("enter")
        assert screen.draft.walk.can_return
        await stage.press("e", "1")
        assert screen.draft.talk.rungs == ("wishes",)
        await stage.press("f", "3")
        await stage.types("明天下午三点" if language == "zh" else "tomorrow 3pm")
        assert stage.shows("下午3:00" if language == "zh" else "3:00 pm") or stage.shows("15:00")
        await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen)
        stage.app.pausing = True
    row = desk.row(callback_id)
    assert row["state"] == "done"
    (made,) = desk.rows(sa.select(callback).where(callback.c.origin_id == callback_id))
    assert made["due_at"].isoformat() == "2026-11-24T07:00:00+00:00"
    assert len(desk.rows(sa.select(answer))) == 1
    assert desk.rows(sa.select(score.c.metric, score.c.value)) == [
        {"metric": "sales_index", "value": 900.0}
    ]
    kinds = {row["kind"] for row in desk.rows(sa.select(call_step.c.kind))}
    assert kinds == {"step", "objection", "rung"}


async def test_a_satisfied_call_of_five_questions_takes_at_most_twelve_keys(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    keys = ["n", "1", "1", "9", "1", "8", "9", "1", "9", "f", "1", "enter"]
    async with staged(desk) as stage:
        await stage.press(*keys)
        assert isinstance(stage.app.screen, DeskScreen), stage.text
        stage.app.pausing = True
    assert len(keys) <= 12
    assert len(desk.rows(sa.select(answer))) >= 4


async def test_composed_text_lands_whole_in_the_note_and_changes_no_answer(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("1", "1")
        before = screen.draft
        await burst(stage, "4S店很好。")
        assert screen.query_one(Note).text == "4S店很好。"
        assert screen.draft.interview == before.interview
        assert screen.draft.walk == before.walk
        assert screen.typing
        await stage.press("1", "f")
        assert screen.query_one(Note).text == "4S店很好。1f"
        await stage.press("escape")
        assert not screen.typing
        await until_saved(stage)
    assert stored_draft(desk)["note"] == "4S店很好。1f"


async def test_a_paste_lands_whole_in_the_note(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        screen = await open_call(stage)
        stage.app.post_message(events.Paste("z1f\x1b[31m二\n三"))
        await stage.settle()
        assert screen.query_one(Note).text == "z1f[31m二\n三"
        assert isinstance(stage.app.screen, CallScreen)


async def test_full_width_digits_are_text(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("1", "1")
        await burst(stage, "９")
        assert screen.draft.interview.answers == {}
        assert screen.query_one(Note).text == "９"


async def test_no_answer_is_one_key_that_spares_the_first_seconds_and_can_be_undone(
    desk: Desk,
) -> None:
    first, second = desk.callback(desk.person("王芳")), desk.callback(desk.person("李明"))
    async with staged(desk) as stage:
        await open_call(stage)
        await stage.press("z")
        assert stage.shows("One moment")
        assert desk.row(first)["state"] == "claimed"
        later(desk, stage)
        await stage.press("z")
        assert stage.shows("李明")
        assert (desk.row(first)["state"], desk.row(first)["attempts"]) == ("scheduled", 1)
        await stage.press("u")
        assert stage.shows("王芳")
        assert (desk.row(first)["state"], desk.row(first)["attempts"]) == ("claimed", 0)
        assert (desk.row(second)["state"], desk.row(second)["attempts"]) == ("due", 0)


async def test_a_held_key_disposes_of_one_customer_at_most(desk: Desk) -> None:
    for _ in range(4):
        desk.callback()
    async with staged(desk) as stage:
        await open_call(stage)
        desk.clock.advance(seconds=3)
        base = events.Event().time
        for place in range(60):
            event = events.Key("z", "z")
            event.time = base + place * 0.03
            stage.app.post_message(event)
            if place % 10 == 0:
                await stage.settle()
                desk.clock.advance(seconds=3)
        await stage.settle()
    assert len(desk.rows(sa.select(call_decision))) == 1


async def test_no_answer_offers_the_next_number_within_the_call(desk: Desk) -> None:
    person = desk.person("王芳", "+8613800000001", "+8613800000002")
    callback_id = desk.callback(person)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("d")
        assert stage.shows("+8613800000001")
        later(desk, stage)
        await stage.press("z")
        assert isinstance(stage.app.screen, CallScreen)
        phone = screen.phone
        assert phone is not None
        assert phone.e164 == "+8613800000002"
        assert desk.row(callback_id)["attempts"] == 0
        later(desk, stage)
        stage.app.pausing = True
        await stage.press("z")
        assert isinstance(stage.app.screen, DeskScreen)
    assert desk.row(callback_id)["attempts"] == 1


async def test_the_draft_comes_back_after_the_seat_went_away(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    actor = desk.seat("ann").actor
    async with staged(desk, actor) as stage:
        await open_call(stage)
        await stage.press("1", "1", "8", "n")
        await stage.types("rattle")
        await stage.press("escape")
        await until_saved(stage)
    close_seat(desk.database, actor)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        assert stage.shows("Picked up where it was left")
        assert screen.draft.note == "rattle"
        assert screen.draft.interview.answers["sales-index/delivery-process"].value == 8
        assert screen.query_one(Note).text == "rattle"


async def test_a_call_whose_seat_was_lost_goes_on_at_the_new_seat(desk: Desk) -> None:
    callback_id = desk.callback(desk.person(), campaign=DELIVERY)
    actor = desk.seat("ann").actor
    async with staged(desk, actor) as stage:
        screen = await open_call(stage)
        await stage.press("1", "1", "8")
        await until_saved(stage)
        close_seat(desk.database, actor)
        assert desk.row(callback_id)["state"] == "check"
        stage.app.sit_down(Seat(desk.database, desk.seat("ann").actor))
        for shown in stage.app.screen_stack:
            if isinstance(shown, Acting):
                shown.connected()
        await stage.settle()
        assert desk.row(callback_id)["state"] == "claimed"
        assert not screen.read_only
        stage.app.pausing = True
        await stage.press("f", "1", "enter")
        assert isinstance(stage.app.screen, DeskScreen)
    row = desk.row(callback_id)
    assert row["state"] == "done"
    assert not desk.rows(sa.select(call_decision.c.late))[0]["late"]


async def test_last_words_are_saved_when_the_program_ends(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("n")
        for letter in "bye":
            await stage.pilot.press(letter)
        assert stage.app.last_words is not None
        stage.app.last_words()
        assert screen.draft.note == "bye"
    assert stored_draft(desk)["note"] == "bye"


async def test_a_light_that_nobody_set_at_the_end_is_asked_for_and_never_made_up(
    desk: Desk,
) -> None:
    for name in ("Ann Lee", "Bob Ray"):
        desk.callback(desk.person(name), campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        await open_call(stage)
        await stage.press("f")
        assert not stage.shows("Mood")
        stage.app.pausing = True
        await stage.press("escape", "m", "1", "f", "1", "enter")
        await open_call(stage)
        await stage.press("m", "2", "f", "1", "ctrl+g")
        assert stage.shows("Mood ◉ yellow")
        await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    kept = desk.rows(sa.select(call.c.mood_start, call.c.mood_end).order_by(call.c.id))
    assert [tuple(row.values()) for row in kept] == [("green", None), ("yellow", "green")]


async def test_a_light_that_was_taken_away_at_the_end_is_not_kept(desk: Desk) -> None:
    desk.callback(desk.person("Ann Lee"), campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        await open_call(stage)
        stage.app.pausing = True
        await stage.press("m", "1", "m", "2", "f", "1", "ctrl+y", "enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    (kept,) = desk.rows(sa.select(call.c.mood_start, call.c.mood_end))
    assert (kept["mood_start"], kept["mood_end"]) == ("green", None)


async def test_mood_promise_and_wishes_are_kept_with_the_call(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        await open_call(stage)
        await stage.press("m", "3", "m", "g")
        await stage.press("g")
        await stage.types("send papers")
        await stage.press("enter")
        await stage.types("+2h")
        await stage.press("enter")
        assert stage.shows("red → green", "send papers")
        await stage.press("e", "1", "t")
        await stage.types("new tyres")
        await stage.press("enter", "enter", "2")
        await stage.types("winter tyres")
        await stage.press("enter", "enter", "3")
        assert stage.shows("Agreed")
        stage.app.pausing = True
        await stage.press("f", "1", "enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    (kept,) = desk.rows(sa.select(call.c.mood_start, call.c.mood_end))
    assert (kept["mood_start"], kept["mood_end"]) == ("red", "green")
    (owed,) = desk.rows(sa.select(promise.c.text))
    assert owed["text"] == "send papers"
    (heard,) = desk.rows(sa.select(wish.c.text, wish.c.state, wish.c.offer))
    assert (heard["text"], heard["state"], heard["offer"]) == (
        "new tyres",
        "accepted",
        "winter tyres",
    )


async def test_digits_belong_to_the_framed_pane(desk: Desk) -> None:
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        step = screen.draft.walk.step.id
        await stage.press("s")
        assert stage.shows("▸ Record")
        await stage.press("7")
        assert screen.draft.walk.step.id == step
        assert screen.draft.interview.answers["sales-index/delivery-process"].value == 7
        await stage.press("s", "1")
        assert screen.draft.walk.step.id != step


async def test_the_language_changes_in_mid_call_and_nothing_is_lost(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        screen = await open_call(stage)
        await stage.press("1", "1", "9")
        place = screen.draft.walk.place
        await stage.press("ctrl+l")
        assert stage.shows("客户", "记录", "话术")
        assert screen.draft.walk.place == place
        await stage.press("ctrl+l")
        assert stage.shows("Customer", "Record", "Script")
        assert screen.draft.interview.answers["sales-index/delivery-process"].value == 9


async def test_hostile_names_are_harmless(desk: Desk) -> None:
    desk.callback(desk.person(HOSTILE), note=HOSTILE, campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        await open_call(stage)
        assert "\x1b" not in stage.text
        assert "\u202e" not in stage.text
        assert stage.shows("[/]")
        await stage.press("f")
        assert "\x1b" not in stage.text
        await stage.press("escape")
        assert isinstance(stage.app.screen, CallScreen)


async def test_released_customers_wait_again_and_rung_ones_are_not_released(desk: Desk) -> None:
    callback_id = desk.callback()
    async with staged(desk) as stage:
        await open_call(stage)
        await stage.press("r")
        assert isinstance(stage.app.screen, DeskScreen)
        assert desk.row(callback_id)["state"] == "due"
        await open_call(stage)
        await stage.press("d", "escape", "r")
        assert isinstance(stage.app.screen, CallScreen)
        assert stage.shows("A number was rung already")


async def test_a_customer_who_rings_in_is_served_and_the_wrap_up_comes_back(desk: Desk) -> None:
    ringing = desk.person("赵六", "+8613811112222")
    desk.callback(desk.person("王芳"))
    desk.callback(ringing, due_at=desk.clock.now.replace(hour=9))
    async with staged(desk) as stage:
        await open_call(stage)
        assert stage.shows("王芳")
        await stage.press("i")
        await stage.types("2222")
        await stage.press("enter")
        assert stage.shows("赵六"), stage.text
        await stage.press("f", "1", "enter")
        assert stage.shows("王芳"), stage.text
        assert isinstance(stage.app.screen, CallScreen)


async def test_quitting_in_mid_call_asks_first(desk: Desk) -> None:
    desk.callback(desk.person("王芳"))
    async with staged(desk) as stage:
        await open_call(stage)
        await stage.press("ctrl+q")
        assert stage.shows("Leave the desk?", "王芳")
        await stage.press("escape")
        assert isinstance(stage.app.screen, CallScreen)


async def test_a_repeat_of_the_same_outcome_is_the_same_decision(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.callback()
    async with staged(desk) as stage:
        screen = await open_call(stage)
        first = screen.draft.decision("one", "completed")
        screen._decision = first
        sent: list[str] = []
        monkeypatch.setattr(screen, "send_decision", lambda one, _quick: sent.append(one.uuid))
        screen.decide(screen.draft.decision("two", "completed"), quick=False)
        screen.decide(screen.draft.decision("three", "busy"), quick=False)
        assert sent == ["one", "three"]


async def test_a_missed_customer_can_be_told_by_a_text_that_a_key_copies(desk: Desk) -> None:
    desk.callback(desk.person("王芳", language="zh"))
    async with staged(desk) as stage:
        stage.app.shop_name, stage.app.shop_phone = "晨星汽车", "021-5555 0000"
        stage.app.pausing = True
        await stage.press("j")
        assert stage.shows("no missed customer")
        await open_call(stage)
        later(desk, stage)
        await stage.press("z", "j")
        assert stage.app.clipboard.startswith("您好，我是晨星汽车的Ann，刚才给您打过电话")
        assert "021-5555 0000" in stage.app.clipboard


async def test_closed_calls_leave_nothing_behind_in_memory(desk: Desk) -> None:
    opened: list[weakref.ref[CallScreen | Note]] = []

    def still_there() -> int:
        gc.collect()
        return sum(one() is not None for one in opened)

    desk.callback()
    async with staged(desk) as stage:
        for _ in range(6):
            screen = await open_call(stage)
            opened += [weakref.ref(screen), weakref.ref(screen.query_one(Note))]
            del screen
            await stage.press("ctrl+t")
            stage.app._guard._last_key = ""
            await stage.press("r")
            assert isinstance(stage.app.screen, DeskScreen)
        # A worker that is still at its last request holds its screen until it is through.
        for _ in range(400):
            if still_there() <= 2:
                break
            await stage.pilot.pause(0.05)
        assert still_there() <= 2


async def test_the_map_shows_where_we_are_and_goes_elsewhere(desk: Desk) -> None:
    desk.callback(desk.person("Ann Lee"), campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        screen = await open_call(stage)
        await stage.press("1", "k")
        assert stage.shows(
            "The script: Three-day call after delivery", "✓ 1", "● 3", "Does it suit"
        )
        await stage.types("clos")
        await stage.press("enter")
        assert screen.draft.walk.place.step == "closing"
        await stage.press("b")
        assert screen.draft.walk.place.step == "moment"


async def test_the_ladder_knows_the_wishes_of_the_open_case(desk: Desk) -> None:
    person = desk.person("Ann Lee")
    first, second = open_case(desk, person, "All money back", "A new appointment")
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        screen = await open_call(stage)
        await stage.press("e")
        assert stage.shows("All money back", "A new appointment")
        await stage.press("1", "down", "enter", "1", "enter", "3")
        decision = screen.draft.decision("u", "completed")
    assert [(one.wish_id, one.state) for one in decision.wishes] == [(second, "accepted")]
    assert first != second


def open_case(desk: Desk, person: int, *wishes: str) -> list[int]:
    """A complaint that is not closed, with wishes that nobody has answered."""

    def made(unit: Unit) -> list[int]:
        case = unit.run(
            complaint.insert().returning(complaint.c.id),
            {
                "weight": "complaint",
                "person_id": person,
                "received_at": unit.now,
                "channel": "phone",
                "level": "local",
                "description": "The brakes squeal",
                "status": "open",
                "details": {},
                "created_at": unit.now,
                "updated_at": unit.now,
            },
        ).scalar_one()
        return [
            unit.run(
                wish.insert().returning(wish.c.id),
                {
                    "complaint_id": case,
                    "person_id": person,
                    "position": place,
                    "text": text,
                    "state": "open",
                    "at": unit.now,
                },
            ).scalar_one()
            for place, text in enumerate(wishes)
        ]

    return desk.database.write(made)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_script_says_why_we_ring_in_words_and_not_by_the_campaigns_name(
    desk: Desk, language: Language
) -> None:
    desk.callback(desk.person("Ann Lee"), campaign="parts-arrived")
    async with staged(desk, language=language, size=WIDE) as stage:
        screen = await open_call(stage)
        await stage.press("1")
        said = render_walk(screen.draft.walk, screen.script_values())
        assert any(reason_of("parts-arrived", language) in line.text for line in said)
