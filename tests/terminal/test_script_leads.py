"""A hard call in a real terminal, led by the script's own choices; then the database is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.playbooks import load_shipped
from content.translations import Language, translate
from db.tables import call_decision, call_step, callback, complaint, promise, wish
from domain.library import Library
from domain.playbook import Link, LinkKind
from tests.terminal.working_day import opened

WORDS = {
    "zh": {
        "trouble": "等了三个小时",
        "refund": "全额退款",
        "fast": "当天修好",
        "why": "超出退款期限",
        "offer": "免费上门取送车",
        "when": "明天下午三点",
        "echo": "下午3:00",
    },
    "en": {
        "trouble": "waited three hours",
        "refund": "all money back",
        "fast": "mended today",
        "why": "past the refund period",
        "offer": "we fetch and return the car",
        "when": "tomorrow 3pm",
        "echo": "3:00 pm",
    },
}


def digit(library: Library, book: str, step: str, kind: LinkKind, target: str, detail: str) -> str:
    """The key of a choice; that of the way back where nothing came up is never offered."""
    found = library.find(book, step)
    assert found is not None
    links = [choice.link for choice in found.choices]
    return str(links.index(Link(kind, target, detail)) + 1)


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 80, 24), ("en", 140, 40)])
def test_no_time_then_a_complaint_then_the_second_best_with_one_wish_shelved(
    template: Path, tmp_path: Path, language: Language, width: int, height: int
) -> None:
    library, words = load_shipped(language), WORDS[language]

    def title(book: str, step: str) -> str:
        found = library.find(book, step)
        assert found is not None
        # The frame cuts a long heading.
        return found.title[:20]

    with opened(template, tmp_path, language, width=width, height=height) as day:
        screen = day.terminal

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
            screen.wait(
                gone=[
                    translate(language, "ui.box_keys"),
                    translate(language, "grievance.title.complaint"),
                ]
            )

        screen.wait("王芳", "李", "Mary")
        screen.keys("n")
        screen.wait(title("delivery-3day", "opening"), "+86 138 0000 0000")
        go("delivery-3day", "opening", "delivery-3day", "moment")
        go("delivery-3day", "moment", "objections", "no-time")
        screen.keys("x", "v", "w")
        do("objections", "no-time", "return")
        screen.wait(
            title("delivery-3day", "moment"), gone=[translate(language, "call.stage.acknowledge")]
        )
        go("delivery-3day", "moment", "delivery-3day", "unhappy")
        go("delivery-3day", "unhappy", "complaint", "accept")
        go("complaint", "accept", "complaint", "calm")
        go("complaint", "calm", "complaint", "clarify")
        do("complaint", "clarify", "complaint")
        answer("grievance.title.complaint", words["trouble"])
        screen.wait(title("complaint", "solve"))
        do("complaint", "solve", "expectations")
        screen.wait(title("ladder", "wishes"))
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
        screen.keys("w")
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
        screen.wait(words["echo"])
        screen.settle(0.5)
        screen.keys("Enter")
        screen.wait(title("ladder", "agreement"))
        go("ladder", "agreement", "ladder", "settled")
        do("ladder", "settled", "return")
        screen.wait(title("complaint", "solve"))
        go("complaint", "solve", "complaint", "thank")
        do("complaint", "thank", "outcome", "completed")
        screen.wait(translate(language, "finish.title", name="王芳"))
        screen.keys("Enter")
        screen.wait("[/]李[@click=app.quit]伟", "+86 138 0000 0001")

        (decision,) = day.rows(call_decision)
        assert decision["outcome"] == "completed"
        (case,) = day.rows(complaint)
        assert (case["weight"], case["description"]) == ("complaint", words["trouble"])
        refund, fast = day.rows(wish)
        assert (refund["text"], refund["state"], refund["reason"]) == (
            words["refund"],
            "shelved",
            words["why"],
        )
        assert refund["answer_by"] > datetime.now(UTC)
        assert (fast["text"], fast["state"], fast["offer"]) == (
            words["fast"],
            "accepted",
            words["offer"],
        )
        assert {refund["complaint_id"], fast["complaint_id"]} == {case["id"]}
        (owed,) = day.rows(promise)
        assert owed["due_at"] == refund["answer_by"]
        (next_call,) = day.rows(callback, callback.c.origin_id.is_not(None))
        assert (next_call["band"], next_call["due_at"]) == (0, owed["due_at"])

        steps = day.rows(call_step)
        walked = [(row["kind"], row["playbook"], row["step"]) for row in steps]
        for expected in (
            ("step", "delivery-3day", "opening"),
            ("objection", "objections", "no-time"),
            ("step", "delivery-3day", "unhappy"),
            ("step", "complaint", "solve"),
            ("rung", "ladder", "wishes"),
            ("rung", "ladder", "frame"),
            ("rung", "ladder", "options"),
            ("rung", "ladder", "agreement"),
            ("rung", "ladder", "shelving"),
            ("step", "complaint", "thank"),
        ):
            assert expected in walked, walked
        judged = [
            row["result"] for row in steps if row["step"] == "no-time" and row["result"] is not None
        ]
        assert judged == ["failed", "worked"]
        assert all(row["details"]["wording"] for row in steps if row["variant"] is not None)
