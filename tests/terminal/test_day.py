"""A day of work in a real terminal, by keys only, in both languages; then the database is asked."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from content.playbooks import load_shipped as load_shipped_library
from content.translations import Language, translate
from db.tables import (
    answer,
    call,
    call_decision,
    call_step,
    callback,
    draft,
    promise,
    score,
    wish,
)
from tests.terminal.working_day import SHANGHAI, opened
from tests.tmux import desk_command, terminal


def tomorrow_at_three(about: datetime) -> set[datetime]:
    """Three in the afternoon of the customer's tomorrow, seen from before or after midnight."""
    local = about.astimezone(ZoneInfo(SHANGHAI))
    return {
        (day + timedelta(days=1))
        .replace(hour=15, minute=0, second=0, microsecond=0)
        .astimezone(UTC)
        for day in (local, local - timedelta(minutes=5))
    }


TYPED = {
    "zh": {"no time": "没时间", "wish": "免费保养三年", "when": "明天下午三点", "echo": "下午3:00"},
    "en": {"no time": "no time", "wish": "three free services", "when": "tomorrow 3pm",
           "echo": "3:00 pm"},
}  # fmt: skip


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 80, 24), ("en", 140, 40)])
def test_a_call_from_the_queue_to_the_agreed_time(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    library, words = load_shipped_library(language), TYPED[language]

    def title(step: str, book: str = "delivery-3day") -> str:
        return library.find(book, step).title

    with opened(template, tmp_path, language, width=width, height=height) as day:
        screen = day.terminal
        screen.wait("王芳", "李", "Mary")
        screen.keys("n")
        screen.wait(title("opening"), "+86 138 0000 0000")
        screen.keys("1")
        screen.wait(title("moment"))
        screen.keys("1")
        screen.wait(title("handover"), "10")
        screen.keys("9")
        screen.wait(title("explain"))
        screen.keys("o")
        screen.wait(translate(language, "call.objection_title"))
        screen.composes(words["no time"])
        screen.settle(0.5)
        screen.keys("Enter")
        screen.wait(title("no-time", "objections"))
        screen.keys("w")
        screen.settle(0.5)
        screen.keys("b")
        screen.wait(title("explain"), gone=[title("no-time", "objections")])
        screen.keys("e")
        screen.wait(translate(language, "call.ladder"))
        screen.keys("2")
        screen.wait(title("frame", "ladder"))
        screen.keys("t")
        screen.wait(translate(language, "call.wish_new_hint"))
        screen.composes(words["wish"])
        screen.settle(0.5)
        screen.keys("Enter")
        screen.wait(words["wish"], gone=[translate(language, "call.wish_new_hint")])
        screen.keys("e")
        screen.keys("f")
        screen.wait(translate(language, "finish.title", name="王芳"), "z")
        screen.keys("3")
        screen.composes(words["when"])
        screen.wait(words["echo"])
        before = datetime.now(UTC)
        screen.keys("Enter")
        screen.wait("[/]李[@click=app.quit]伟")
        day.wait_for_rows(callback, callback.c.origin_id.is_not(None))
        (made,) = day.rows(callback, callback.c.origin_id.is_not(None))
        assert made["due_at"] in tomorrow_at_three(before)
        assert (made["band"], made["promised"]) == (0, True)
        (owed,) = day.rows(promise)
        assert (owed["due_at"], owed["callback_id"]) == (made["due_at"], made["id"])
        (decision,) = day.rows(call_decision)
        assert decision["outcome"] == "callback-at"
        (given,) = day.rows(answer)
        assert (given["question"], given["number"]) == ("delivery-process", 9.0)
        assert {row["metric"] for row in day.rows(score)} == {"sales_index"}
        uses = {(row["kind"], row["step"]): row["result"] for row in day.rows(call_step)}
        assert {("step", "opening"), ("step", "handover"), ("rung", "frame")} <= set(uses)
        assert uses[("objection", "no-time")] == "worked"
        assert [row["text"] for row in day.rows(wish)] == [words["wish"]]


def test_no_answer_takes_one_key_and_is_taken_back_by_one(template: Path, tmp_path: Path) -> None:
    with opened(template, tmp_path, "zh") as day:
        screen = day.terminal
        screen.wait("王芳")
        screen.keys("n")
        screen.wait("+86 138 0000 0000")
        screen.settle(3)  # a customer's first seconds on screen are safe from the key
        screen.keys("z")
        screen.wait("[/]李[@click=app.quit]伟", "+86 138 0000 0001")
        (done,) = day.rows(call_decision)
        assert done["outcome"] == "no-answer"
        screen.keys("u")
        screen.wait("+86 138 0000 0000")
        day.wait_for_rows(call_decision, call_decision.c.kind == "undo")
        rows = {row["id"]: row for row in day.rows(callback)}
        assert [rows[one]["state"] for one in sorted(rows)] == ["claimed", "due", "due"]
        assert [rows[one]["attempts"] for one in sorted(rows)] == [0, 0, 0]


def test_a_held_key_disposes_of_one_customer_at_most(template: Path, tmp_path: Path) -> None:
    with opened(template, tmp_path, "zh") as day:
        screen = day.terminal
        screen.wait("王芳")
        screen.keys("n")
        screen.wait("+86 138 0000 0000")
        screen.settle(3)
        presses, last = 1, time.monotonic()
        for _ in range(90):
            screen.tmux("send-keys", "-t", "desk", "z")
            screen.settle(0.033)
            now = time.monotonic()
            # Where the machine stood still for so long, the key was let go for all that it knows.
            presses, last = presses + (now - last > 0.4), now
        screen.settle(1)
        assert len(day.rows(call_decision)) <= presses


@pytest.mark.parametrize("way", ["pasted", "composed"])
def test_text_of_an_input_method_lands_in_the_note(
    template: Path, tmp_path: Path, way: str
) -> None:
    text = "4S店很好。"
    with opened(template, tmp_path, "zh") as day:
        screen = day.terminal
        screen.wait("王芳")
        screen.keys("n")
        screen.wait("+86 138 0000 0000")
        screen.keys("1", "1")
        screen.wait("交车过程", "10")
        (screen.pastes if way == "pasted" else screen.composes)(text)
        screen.wait(text)
        day.wait_for(lambda: [row["body"].get("note") for row in day.rows(draft)] == [text])
        (kept,) = day.rows(draft)
        assert kept["body"]["interview"]["answers"] == {}
        assert [row["phase"] for row in day.rows(call)] == ["open"]
        assert day.rows(call_decision) == []


def test_a_killed_desk_brings_the_call_back_with_its_note(template: Path, tmp_path: Path) -> None:
    with opened(template, tmp_path, "zh") as day:
        screen = day.terminal
        screen.wait("王芳")
        screen.keys("n")
        screen.wait("+86 138 0000 0000")
        screen.keys("n")
        screen.composes("客户说下午再谈")
        day.wait_for(lambda: [row["body"].get("note") for row in day.rows(draft)] != [])
        screen.tmux("kill-server")
    again = desk_command(day.database.place.file, "--as", "ann", "--lang", "zh")
    with terminal(again) as second:
        # Where the first seat's last beat is young, the desk asks before it takes over.
        ask = translate("zh", "ui.second.title")
        day.wait_for(lambda: "王芳" in second.screen or ask in second.screen)
        if ask in second.screen:
            second.keys("t")
            second.wait("王芳")
        second.keys("n")
        second.wait("+86 138 0000 0000")
        second.keys("n")
        second.wait("客户说下午再谈")
