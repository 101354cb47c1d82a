"""From an angry customer to a closed case in a real terminal; then its timeline is read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.playbooks import load_shipped
from content.translations import Language, translate
from db import operators
from db.case_file import case_file
from db.operators import actor_of
from db.tables import call_decision, callback, complaint, draft, promise, wish
from domain.library import Library
from domain.playbook import Link, LinkKind
from tests.terminal.working_day import Day, opened
from tests.tmux import desk_command, terminal

WORDS = {
    "zh": {
        "trouble": "等了三个小时没人理",
        "refund": "全额退款",
        "fast": "当天修好",
        "why": "超出退款期限",
        "offer": "免费上门取送车",
        "when": "2分钟后",
        "answer": "已答复退款的事",
        "done": "当天修好并送还",
        "thanks": "这次很快",
    },
    "en": {
        "trouble": "waited three hours",
        "refund": "all money back",
        "fast": "mended today",
        "why": "past the refund period",
        "offer": "we fetch and return the car",
        "when": "in 2 minutes",
        "answer": "told about the refund",
        "done": "mended and brought back",
        "thanks": "quick this time",
    },
}
PATIENCE = 200
"""Seconds until a promise of two minutes must have fallen due; machines are shared."""


def digit(library: Library, book: str, step: str, kind: LinkKind, target: str, detail: str) -> str:
    found = library.find(book, step)
    assert found is not None
    links = [choice.link for choice in found.choices]
    return str(links.index(Link(kind, target, detail)) + 1)


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 80, 24), ("en", 140, 40)])
def test_an_angry_customer_becomes_a_case_that_is_kept_told_and_closed(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    words = WORDS[language]
    size = {"width": width, "height": height}
    # A finished call keeps its customer for a while, longer than this promise waits.
    no_hold = "hold_pause = 0"
    with opened(template, tmp_path, language, promised=1, settings=no_hold, **size) as day:
        ann = actor_of(day.database, "ann")
        operators.add(day.database, ann, login="bo", name="王丽", language=language)
        _take_in(day, language, words)
        _keep(day, language, words)
        _resolve(day, language, words)
        url = tmp_path / "desk.db"
        with terminal(desk_command(url, "--as", "bo", "--lang", language), **size) as other:
            other.wait("[/]李")
            other.keys("f")
            other.wait(translate(language, "cases.marked"))
            other.keys("v")
            other.wait("#1", words["trouble"][:6])
            other.keys("Enter")
            other.wait(translate(language, "case.pane.story"), "王芳")
            other.keys("k", "1")
            other.wait(translate(language, "case.ask.verdict"))
            other.composes(words["thanks"])
            other.wait(words["thanks"])
            other.settle(0.3)
            other.keys("Enter")
            day.wait_for_rows(complaint, complaint.c.verdict.is_not(None))
        _close_and_read(day, language, words)


def _take_in(day: Day, language: Language, words: dict[str, str]) -> None:
    """A low score, a red light, a complaint in three keys, the ladder, one wish shelved."""
    library, screen = load_shipped(language), day.terminal

    def title(book: str, step: str) -> str:
        found = library.find(book, step)
        assert found is not None
        return found.title[:20]

    def go(book: str, step: str, to_book: str, to_step: str) -> None:
        screen.keys(digit(library, book, step, LinkKind.STEP, to_book, to_step))
        screen.wait(title(to_book, to_step))

    def do(book: str, step: str, action: str, detail: str = "") -> None:
        screen.keys(digit(library, book, step, LinkKind.DO, action, detail))

    def answer(heading: str, text: str) -> None:
        screen.wait(translate(language, heading))
        screen.composes(text)
        screen.wait(text)
        screen.settle(0.3)
        screen.keys("Enter")
        screen.wait(gone=[translate(language, "ui.box_keys")])

    screen.wait("王芳", "李", "Mary")
    screen.keys("n")
    screen.wait(title("delivery-3day", "opening"), "+86 138 0000 0000")
    go("delivery-3day", "opening", "delivery-3day", "moment")
    go("delivery-3day", "moment", "delivery-3day", "handover")
    screen.keys("2")
    screen.settle(0.5)
    screen.keys("m", "r")
    screen.wait(f"◉ {translate(language, 'call.light.red')}")
    go("delivery-3day", "handover", "delivery-3day", "unhappy")
    screen.keys("!")
    screen.wait(translate(language, "grievance.title.complaint"))
    screen.keys("4", "Enter")
    screen.composes(words["trouble"])
    screen.wait(words["trouble"])
    screen.settle(0.3)
    screen.keys("Enter")
    screen.wait(gone=[translate(language, "grievance.title.complaint")])
    go("delivery-3day", "unhappy", "complaint", "accept")
    go("complaint", "accept", "complaint", "calm")
    screen.keys("e")
    screen.wait(title("ladder", "wishes"))
    screen.keys("1", "BTab")
    for wanted in ("refund", "fast"):
        do("ladder", "wishes", "wish", "hear")
        answer("call.wish_new", words[wanted])
        screen.wait(words[wanted], gone=[translate(language, "call.wish_new_hint")])
    go("ladder", "wishes", "ladder", "frame")
    do("ladder", "frame", "wish", "impossible")
    screen.wait(translate(language, "call.wish_which"))
    screen.keys("1")
    answer("call.wish_why", words["why"])
    screen.wait(title("ladder", "frame"))
    go("ladder", "frame", "ladder", "options")
    do("ladder", "options", "wish", "offer")
    screen.wait(translate(language, "call.wish_which"))
    screen.keys("2")
    answer("call.wish_what", words["offer"])
    screen.wait(title("ladder", "options"))
    go("ladder", "options", "ladder", "agreement")
    do("ladder", "agreement", "wish", "accept")
    screen.settle(0.5)
    go("ladder", "agreement", "ladder", "shelving")
    do("ladder", "shelving", "wish", "shelve")
    screen.wait(translate(language, "call.promise_title"), words["refund"])
    screen.settle(0.5)
    screen.keys("Enter")
    screen.settle(0.5)
    screen.composes(words["when"])
    screen.wait(words["when"])
    screen.settle(0.5)
    screen.keys("Enter")
    day.wait_for(lambda: any(row["body"]["promises"] for row in day.rows(draft)))
    screen.keys("p")
    screen.wait(translate(language, "pause.which"))
    screen.keys("1")
    screen.wait("小休" if language == "zh" else "Short break")
    screen.keys("f")
    screen.wait(translate(language, "finish.title", name="王芳"))
    screen.keys("1", "Enter")
    day.wait_for_rows(call_decision)
    (decision,) = day.rows(call_decision)
    assert (decision["recovery"], decision["recovery_reason"]) == ("case", None)
    (case,) = day.rows(complaint)
    assert (case["category"], case["description"]) == ("response_time", words["trouble"])
    refund, fast = day.rows(wish)
    assert (refund["state"], fast["state"]) == ("shelved", "accepted")
    assert {refund["complaint_id"], fast["complaint_id"]} == {case["id"]}


def _keep(day: Day, language: Language, words: dict[str, str]) -> None:
    """At its minute the promise is the first in the queue; it is kept by ringing."""
    screen = day.terminal
    (owed,) = day.rows(promise)
    (row,) = day.rows(callback, callback.c.id == owed["callback_id"])
    assert (row["band"], row["due_at"]) == (0, owed["due_at"])
    end = time.monotonic() + PATIENCE
    while datetime.now(UTC) < owed["due_at"]:
        assert time.monotonic() < end
        screen.settle(0.5)
    day.wait_for_rows(callback, callback.c.id == owed["callback_id"], callback.c.state == "due")
    screen.keys("p")
    screen.wait(translate(language, "ui.going_on")[:20])
    screen.keys("n")
    screen.wait("+86 138 0000 0000", words["refund"])
    screen.keys("p")
    screen.wait(translate(language, "pause.which"))
    screen.keys("1")
    screen.wait(gone=(translate(language, "pause.which"),))
    screen.keys("d")
    screen.wait(translate(language, "call.dial_keys"))
    screen.keys("Enter")
    screen.wait(gone=(translate(language, "call.dial_keys"),))
    screen.keys("n")
    screen.settle(0.5)
    screen.composes(words["answer"])
    screen.wait(words["answer"])
    screen.keys("Escape")
    screen.wait(f"[{translate(language, 'ui.mode_key')}]")
    screen.keys("f")
    screen.wait(translate(language, "finish.title", name="王芳"))
    screen.keys("1", "Enter")
    day.wait_for(lambda: len(day.rows(call_decision)) == 2)
    (kept,) = day.rows(promise)
    assert kept["state"] == "kept"


def _resolve(day: Day, language: Language, words: dict[str, str]) -> None:
    """What was done is written into the case."""
    screen = day.terminal
    screen.wait("[/]李")
    screen.keys("f")
    screen.wait(translate(language, "cases.marked"), "#1", words["trouble"][:6])
    screen.keys("Enter")
    screen.wait(translate(language, "case.pane.story"), "王芳")
    screen.keys("s")
    screen.wait(translate(language, "case.hint.resolve"))
    screen.composes(words["done"])
    screen.wait(words["done"])
    screen.settle(0.3)
    screen.keys("Enter")
    day.wait_for_rows(complaint, complaint.c.resolution == words["done"])


def _close_and_read(day: Day, language: Language, words: dict[str, str]) -> None:
    """The case is closed upon the verdict; its timeline tells the story from the first word."""
    screen = day.terminal
    screen.wait(words["thanks"])
    screen.keys("z")
    screen.wait(translate(language, "case.hint.close")[:30])
    screen.keys("Enter")
    day.wait_for_rows(complaint, complaint.c.status == "closed")
    screen.wait(translate(language, "case.entry.closed"))
    screen.keys("m")
    screen.wait(translate(language, "case.oldest"), translate(language, "case.entry.opened"))
    seen = screen.screen
    for _ in range(6):
        screen.keys("PageDown")
        screen.settle(0.5)
        seen += screen.screen
    flat = "".join(seen.split())
    told = (
        "opened", "call", "wish", "promise_made", "promise_kept", "resolution", "verdict", "closed"
    )  # fmt: skip
    places = [flat.find("".join(translate(language, f"case.entry.{one}").split())) for one in told]
    assert -1 not in places, dict(zip(told, places, strict=True))
    (case,) = day.rows(complaint)
    file = case_file(day.database, actor_of(day.database, "ann"), case["id"])
    kinds = [line.kind for line in file.entries]
    expected = ["opened", "call", "promise_kept", "call", "resolution", "verdict", "closed"]
    rest = iter(kinds)
    assert all(kind in rest for kind in expected), kinds
    assert kinds.count("wish") >= 2
    assert "promise_made" in kinds
    assert all(line.operator for line in file.entries if line.kind in ("call", "verdict"))
    assert not [one for one in file.callbacks if one.open]
