from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.translations import Language, translate
from db import calls, customers, dialling, finish, queue
from db.customer_edit import edit_field
from db.customer_stops import set_do_not_call
from db.customers import CustomerRecord, reveal
from db.engine import Database
from db.tables import complaint, person, possible_match, service_order, wish
from domain.decision import Decision, GivenAnswer, GivenPromise, GivenScore
from domain.errors import StorageError
from domain.permissions import Actor, Role
from screens.customer import CustomerScreen
from screens.desk import DeskScreen
from screens.error_dialog import ErrorDialog
from screens.feed import TopicsMoved
from screens.field_finder import FieldFinder
from screens.search import CustomerSearch
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

HOSTILE = "O[/]\x1b[31m[@click=app.quit]\u202e店"


def a_past(desk: Desk, actor: Actor, person_id: int, words: str = "明天再说") -> None:
    """A finished call with everything that a call can bring, a complaint and a visit."""
    callback_id = desk.callback(person_id)
    taken = queue.claim(desk.database, actor, callback_id)
    call = calls.show_call(desk.database, actor, taken.call_id)
    assert call.phone_id is not None
    dialling.dial(desk.database, actor, taken.call_id, call.phone_id)
    decision = Decision(
        uuid="11111111-1111-4111-8111-111111111111",
        outcome="callback-at",
        next_at=desk.clock.now + timedelta(days=1),
        note=words,
        mood_start="yellow",
        mood_end="green",
        answers=(GivenAnswer("nps", "1", "recommend", "answered", number=9),),
        scores=(GivenScore("nps", 9, 1),),
        promises=(GivenPromise(words, desk.clock.now + timedelta(days=2)),),
    )
    finish.finish(desk.database, actor, taken.call_id, taken.fence, decision)

    def work(unit: object) -> None:
        run = unit.run  # type: ignore[attr-defined]
        now = desk.clock.now
        made = run(
            complaint.insert().returning(complaint.c.id),
            {
                "number": "C-7",
                "weight": "complaint",
                "person_id": person_id,
                "level": "regulator",
                "category": "attitude",
                "channel": "phone",
                "description": words,
                "status": "open",
                "received_at": now,
                "details": {},
                "created_at": now,
                "updated_at": now,
            },
        ).scalar_one()
        run(
            wish.insert(),
            {
                "complaint_id": made,
                "person_id": person_id,
                "position": 0,
                "text": words,
                "state": "open",
                "at": now,
            },
        )
        run(
            service_order.insert(),
            {
                "number": "SO-1",
                "person_id": person_id,
                "service": "maintenance",
                "visited_on": now.date(),
                "mileage": 12345,
                "amount": 98765,
                "currency": "CNY",
                "faults": [],
                "created_at": now,
            },
        )

    desk.database.write(work)


def column_of(desk: Desk, person_id: int, name: str) -> object:
    return desk.rows(sa.select(person.c[name]).where(person.c.id == person_id))[0][name]


async def open_record(stage: Stage, person_id: int) -> CustomerScreen:
    stage.app.show_customer(person_id)
    await stage.settle()
    screen = stage.app.screen
    assert isinstance(screen, CustomerScreen)
    return screen


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_shows_a_hostile_past_harmlessly(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    who = desk.person(HOSTILE)
    actor = desk.seat("ann").actor
    a_past(desk, actor, who, HOSTILE)
    async with staged(desk, actor, language=language, size=size) as stage:
        await open_record(stage, who)
        for key in "123456":
            await stage.press(key)
            assert "\x1b" not in stage.text
            assert "\u202e" not in stage.text
            if key in "1235":
                assert stage.shows("O[/][31m[@click")
        await stage.press("4")
        assert stage.shows("12,345", "987.65")
        assert stage.shows("保养" if language == "zh" else "maintenance")


async def test_an_empty_record_says_so_on_every_page(desk: Desk) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        await open_record(stage, who)
        for key, words in [
            ("1", "No call yet."),
            ("2", "Nothing is planned or promised."),
            ("3", "No complaint and no wish."),
            ("4", "No visit is recorded."),
            ("5", "No contact is recorded."),
        ]:
            await stage.press(key)
            assert stage.shows(words)


async def test_a_call_stands_there_with_its_score_answer_and_note(desk: Desk) -> None:
    who = desk.person("王芳")
    actor = desk.seat("ann").actor
    a_past(desk, actor, who)
    async with staged(desk, actor, size=WIDE) as stage:
        await open_record(stage, who)
        assert stage.shows("Ann", "Recommendation 9", "明天再说")
        await stage.press("ctrl+l")
        assert stage.shows("通话", "明天再说", "约定回拨")


async def test_search_finds_by_sound_and_by_last_four_and_opens_the_record(desk: Desk) -> None:
    desk.person("李雷", "+8613800001111")
    who = desk.person("王芳", "+8613800008000", pinyin="wang fang", initials="wf")
    async with staged(desk) as stage:
        await stage.press("slash")
        await stage.types("zzzz")
        assert stage.shows("Nobody fits “zzzz”.")
        await stage.press(*["backspace"] * 4)
        await stage.types("wangfang")
        assert stage.shows("王芳", "+86138****8000")
        await stage.press(*["backspace"] * 8)
        await stage.types("8000")
        await stage.press("enter")
        screen = stage.app.screen
        assert isinstance(screen, CustomerScreen)
        assert screen.person_id == who
        await stage.press("slash")
        await stage.types("1111")
        await stage.press("enter")
        assert stage.app.screen is screen
        assert stage.shows("李雷")
        await stage.press("escape")
        assert type(stage.app.screen).__name__ == "DeskScreen"


async def test_enter_waits_for_the_answer_to_what_is_typed(desk: Desk) -> None:
    desk.person("李雷", "+8613800001111")
    who = desk.person("王芳", "+8613800008000")
    async with staged(desk) as stage:
        await stage.press("slash")
        for letter in "8000":
            await stage.pilot.press(letter)
        await stage.press("enter")
        screen = stage.app.screen
        assert isinstance(screen, CustomerScreen)
        assert screen.person_id == who


async def test_search_takes_letters_composed_at_once(desk: Desk) -> None:
    desk.person("王芳")
    async with staged(desk) as stage:
        await stage.press("slash")
        screen = stage.app.screen
        assert isinstance(screen, CustomerSearch)
        screen.take_text("王芳\n")
        await stage.settle()
        assert stage.shows("name", "王芳", "+86138****")


async def test_a_field_is_edited_and_searched_by_its_new_sound(desk: Desk) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("e", "enter")
        await stage.press(*["backspace"] * 2)
        stage.app.screen.take_text("单雄信")  # type: ignore[attr-defined]
        await stage.press("enter")
        assert column_of(desk, who, "name") == "单雄信"
        assert column_of(desk, who, "pinyin") == "shan xiong xin"
        assert stage.shows("Saved: name.", "单雄信")


async def test_a_wrong_value_is_refused_with_words(desk: Desk) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("e")
        await stage.types("e-mail")
        await stage.press("enter")
        await stage.types("nonsense")
        await stage.press("enter")
        assert stage.shows("That is no e-mail address.")
        await stage.press("enter")
        assert column_of(desk, who, "email") is None


async def test_do_not_call_asks_for_a_reason_and_once_more(desk: Desk) -> None:
    who = desk.person("王芳")
    callback_id = desk.callback(who)
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("d", "1", "1")
        assert stage.shows("Never ring 王芳 again?", "the customer asked for it")
        await stage.press("escape")
        assert desk.row(callback_id)["state"] == "due"
        await stage.press("f8", "1", "1", "y")
        assert desk.row(callback_id)["state"] == "cancelled"
        assert stage.shows("DO NOT CALL")


async def test_a_lead_lifts_a_stop_and_an_operator_does_not(desk: Desk) -> None:
    who = desk.person("王芳")
    set_do_not_call(desk.database, desk.actor, person_id=who)
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_record(stage, who)
        await stage.press("l")
        assert stage.shows("Only a lead lifts a do-not-call.")
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("l", "1")
        assert stage.shows("The do-not-call was lifted.")
        assert not stage.shows("DO NOT CALL")


async def test_a_number_is_added_and_taken_off(desk: Desk) -> None:
    who = desk.person("王芳", "+8613800001111")
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("n", "1")
        await stage.types("139 0000 2222")
        await stage.press("enter", "1")
        assert stage.shows("was added, last in line", "+86 139 0000 2222")
        await stage.press("f6", "3", "y")
        assert stage.shows("was taken off")


async def test_ring_claims_the_callback_and_opens_the_call(desk: Desk) -> None:
    who = desk.person("王芳")
    callback_id = desk.callback(who)
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("t")
        assert type(stage.app.screen).__name__ == "CallScreen"
        assert desk.row(callback_id)["state"] == "claimed"
        await stage.press("c")
        assert isinstance(stage.app.screen, CustomerScreen)
        await stage.press("f2")
        assert stage.shows("Finish or put aside the open call first.")


async def test_a_customer_on_the_line_gets_an_inbound_call(desk: Desk) -> None:
    who = desk.person("王芳")
    callback_id = desk.callback(who)
    async with staged(desk) as stage:
        await open_record(stage, who)
        await stage.press("a")
        assert type(stage.app.screen).__name__ == "CallScreen"
        assert desk.row(callback_id)["state"] == "claimed"


async def test_numbers_are_masked_for_an_operator_without_a_call(desk: Desk) -> None:
    who = desk.person("王芳", "+8613812348000")
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_record(stage, who)
        assert stage.shows("numbers masked", "+86138****8000")
        assert not stage.shows("1234")


def a_pair(desk: Desk) -> tuple[int, int]:
    one, other = desk.person("王芳"), desk.person("王方")
    desk.database.write(
        lambda unit: unit.run(
            possible_match.insert(),
            {
                "person_id": one,
                "other_id": other,
                "reason": "name",
                "state": "open",
                "found_at": desk.clock.now,
            },
        )
    )
    return one, other


async def test_a_possible_match_is_brought_together(desk: Desk) -> None:
    one, other = a_pair(desk)
    async with staged(desk) as stage:
        screen = await open_record(stage, other)
        await stage.press("m")
        assert stage.shows("Are they one person?", "王芳", "王方")
        await stage.press("1")
        assert column_of(desk, other, "merged_into") == one
        assert screen.person_id == one
        await stage.press("f9")
        assert stage.shows("Nobody else looks like the same person.")


async def test_an_operator_does_not_merge(desk: Desk) -> None:
    one, _ = a_pair(desk)
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_record(stage, one)
        await stage.press("m")
        assert stage.shows("Only a lead decides")


async def test_a_customer_who_is_not_there_is_an_error_in_words(desk: Desk) -> None:
    async with staged(desk) as stage:
        stage.app.show_customer(4711)
        await stage.settle()
        assert stage.shows("There is no customer 4711.")
        await stage.press("enter", "e")
        assert stage.shows("The record is being read.")
        await stage.press("escape")
        assert type(stage.app.screen).__name__ == "DeskScreen"


async def test_a_record_that_cannot_be_read_leaves_the_present_one_in_place(desk: Desk) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        screen = await open_record(stage, who)
        screen.ask_for(4711)
        await stage.settle()
        await stage.press("enter")
        assert screen.person_id == who
        await stage.press("d", "1", "1", "y")
        assert stage.shows("王芳 will not be rung again.")


async def test_the_record_follows_what_others_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.customer.PATIENCE", 0.01)
    who = desk.person("王芳")
    async with staged(desk) as stage:
        screen = await open_record(stage, who)
        set_do_not_call(desk.database, desk.actor, person_id=who)
        screen.post_message(TopicsMoved(frozenset({"queue"})))
        await stage.pilot.pause(0.05)
        await stage.settle()
        assert stage.shows("DO NOT CALL")


async def test_over_the_cap_the_search_says_when_it_is_open_again(desk: Desk) -> None:
    desk.person("王芳", "+8613800008000")
    async with staged(desk) as stage:
        book = desk.database.rulebook
        caps = replace(book.searches, per_hour=dict.fromkeys(Role, 0))
        desk.database.take_rulebook(replace(book, searches=caps))
        await stage.press("slash")
        await stage.types("wang")
        assert stage.shows("That was more than 0 searches in an hour.", "11:00")
        await stage.press(*["backspace"] * 4)
        await stage.types("8000")
        assert stage.shows("王芳")


async def test_hidden_text_is_typed_anew_and_never_written_back(desk: Desk) -> None:
    who = desk.person("王芳")
    edit_field(desk.database, desk.actor, who, "email", "wang.fang@example.org")
    desk.operator("bob")
    async with staged(desk, desk.seat("bob").actor) as stage:
        await open_record(stage, who)
        await stage.press("e")
        await stage.types("mail")
        assert stage.shows("w***@example.org")
        await stage.press("enter")
        assert stage.shows("Hidden: w***@example.org.")
        await stage.press("enter")
        await stage.types("new@example.org")
        await stage.press("enter")
        assert stage.shows("Saved: e-mail")
    assert reveal(desk.database, desk.actor, who).fields.email == "new@example.org"


@pytest.fixture
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Records are read only once this event is set."""
    go = threading.Event()

    def late(database: Database, actor: Actor, person_id: int) -> CustomerRecord:
        assert go.wait(30)
        return show(database, actor, person_id)

    show = customers.show
    monkeypatch.setattr(customers, "show", late)
    yield go
    go.set()


async def ask_early(stage: Stage, person_id: int, *keys: str) -> None:
    """Opens a record and presses keys before it is read."""
    stage.app.show_customer(person_id)
    await stage.pilot.pause()
    await stage.pilot.press(*keys)


async def test_a_deed_asked_for_while_the_record_is_read_comes_with_it(
    desk: Desk, slow_reading: threading.Event
) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        # Of what is typed ahead the first counts: the second would be meant for its dialog.
        await ask_early(stage, who, "e", "d")
        await stage.pilot.pause()
        assert stage.shows(translate("en", "customer.reading"))
        slow_reading.set()
        await stage.settle()
        assert isinstance(stage.app.screen, FieldFinder)
        await stage.press("escape")
        assert isinstance(stage.app.screen, CustomerScreen)
        await stage.press("r")
        assert isinstance(stage.app.screen, CustomerScreen)


async def test_a_deed_that_can_not_be_done_says_why_once_the_record_is_there(
    desk: Desk, slow_reading: threading.Event
) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        await ask_early(stage, who, "c")
        slow_reading.set()
        await stage.settle()
        assert stage.shows(translate("en", "customer.no_case"))


async def test_a_deed_is_forgotten_with_the_record_that_did_not_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> CustomerRecord:
        raise StorageError("database_missing", database="x.db")

    who = desk.person("王芳")
    async with staged(desk) as stage:
        with monkeypatch.context() as patch:
            patch.setattr(customers, "show", gone)
            await ask_early(stage, who, "e")
            await stage.settle()
            assert isinstance(stage.app.screen, ErrorDialog)
        await stage.press("escape")
        stage.app.screen.ask_for(who)
        await stage.settle()
        assert isinstance(stage.app.screen, CustomerScreen)
        assert stage.shows("No call yet.")


async def test_a_record_left_while_it_is_read_leaves_its_deed_undone(
    desk: Desk, slow_reading: threading.Event
) -> None:
    who = desk.person("王芳")
    async with staged(desk) as stage:
        await ask_early(stage, who, "e", "b")
        slow_reading.set()
        await stage.settle()
        assert isinstance(stage.app.screen, DeskScreen)
