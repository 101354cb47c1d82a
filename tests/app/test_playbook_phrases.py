"""`playbook phrases` and `playbook learning`, as a lead uses them."""

from __future__ import annotations

import uuid

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from content.playbooks import load_shipped
from db.finish import finish
from db.queue import claim_next
from domain.decision import Decision, GivenUse
from domain.phrases import fingerprint
from tests.command_line import Run, plain
from tests.databases import Desk


@pytest.fixture
def run(desk: Desk) -> Run:
    def invoke(*words: str, login: str = "ann", lang: str = "en") -> Result:
        own = ["--as", login, "--lang", lang, "--database", str(desk.database.place.file)]
        return CliRunner().invoke(callback_desk, ["playbook", *words, *own])

    return invoke


def used(desk: Desk) -> str:
    """A call in which the first answer to "no time" worked, and words that no book has."""
    book = load_shipped("zh").objection_book("no-time")
    step = book.step("no-time")
    assert step is not None
    words = fingerprint(step.variants[0])
    given = ("objection", book.id, book.version, "no-time")
    uses = (
        GivenUse(*given, 0, "zh", "worked", words, 1),
        GivenUse(*given, 1, "zh", None, "gone", 2),
    )
    desk.callback(desk.person("王芳", tier="key"))
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    decision = Decision(
        str(uuid.uuid4()), "completed", uses=uses, mood_start="red", mood_end="green"
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    return words


def test_a_lead_reads_what_came_of_each_wording(desk: Desk, run: Run) -> None:
    words = used(desk)
    first, second = plain(run("phrases", "--json"))["phrases"]
    assert (first["wording"], first["uses"], first["worked"], first["n"]) == (words, 1, 1, 1)
    assert first["share"] == 100.0
    assert first["interval"]["low"] == pytest.approx(20.7)
    assert first["interval"]["method"] == "Wilson score"
    assert first["mood"] == {"better": 1, "same": 0, "worse": 0}
    assert first["tiers"]["key"]["uses"] == 1
    assert first["words"]
    assert (second["words"], second["share"], second["interval"]) == (None, None, None)
    told = run("phrases").stdout
    assert "objections#no-time zh" in told
    assert "21–100 %" in told
    assert "Wilson" in told
    assert "有效率" in run("phrases", lang="zh").stdout


def test_the_report_is_narrowed_by_days_tier_and_book(desk: Desk, run: Run) -> None:
    used(desk)

    def count(*words: str) -> int:
        return len(plain(run("phrases", "--json", *words))["phrases"])

    day = desk.clock.now.date().isoformat()
    assert count("--since", day, "--until", day) == 2
    assert count("--until", "2026-11-01") == 0
    assert count("--since", "2026-12-01") == 0
    assert count("--tier", "key", "--playbook", "objections", "--step", "no-time") == 2
    assert count("--tier", "poor") == count("--playbook", "general") == 0
    assert "No wording" in run("phrases", "--tier", "poor").stdout
    wrong = run("phrases", "--since", "yesterday")
    assert wrong.exit_code == 2
    assert "2026-11-22" in wrong.stderr


def test_an_operator_is_refused_the_report_and_the_switch(desk: Desk, run: Run) -> None:
    desk.operator("wu")
    for words in (("phrases",), ("learning", "off")):
        result = plain(run(*words, "--json", login="wu"), 1)
        assert result["error"]["code"] == "not_allowed"
    assert plain(run("learning", "show", "--json", login="wu")) == {"learning": True}


def test_the_switch_is_turned_and_shown(desk: Desk, run: Run) -> None:
    desk.operator("li", "lead")
    assert plain(run("learning", "off", "--json", login="li")) == {"learning": False}
    assert "order of the playbook" in run("learning", "show").stdout
    assert plain(run("learning", "on", "--json", login="li")) == {"learning": True}
    wrong = run("learning", "maybe")
    assert wrong.exit_code == 2
    assert "on|off|show does not fit: one of on, off, show is expected." in wrong.stderr
