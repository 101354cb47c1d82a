"""`promise` as an operator and a lead use it: the ledger, one story, the rate, other owners."""

from __future__ import annotations

from datetime import timedelta

from db.occasions import note_occasion
from db.promise_making import make_promise
from domain.care.facts import OccasionKind
from domain.decision import GivenPromise
from tests.command_line import Run, plain
from tests.databases import MONDAY_10, Desk

HOUR = timedelta(hours=1)


def test_the_ledger_tells_both_clocks_and_what_is_left(desk: Desk, run: Run):
    person = desk.person("Ada", "+12125550123")
    due = MONDAY_10 + 90 * timedelta(minutes=1)
    given = GivenPromise("send the invoice", due, kind="deed")
    one = make_promise(desk.database, desk.actor, person, given)
    answer = run("promise", "list")
    assert "2026-11-23 11:30 (theirs 2026-11-22 22:30)" in answer.stdout
    assert "in 1 h 30 min" in answer.stdout
    (row,) = plain(run("promise", "list", "--open", "--json"))["promises"]
    assert (row["id"], row["due_customer"], row["left_seconds"]) == (
        one, "2026-11-22T22:30:00-05:00", 5400,
    )  # fmt: skip
    assert not plain(run("promise", "list", "--broken", "--json"))["promises"]
    desk.clock.advance(hours=2)
    (row,) = plain(run("promise", "list", "--broken", "--json"))["promises"]
    assert (row["state"], row["left_seconds"]) == ("broken", -1800)
    told = run("promise", "list", lang="zh").stdout
    assert "已失约" in told
    assert "已晚30分钟" in told
    assert "send the invoice" in told
    assert run("promise", "list", "--due-before", "2026-11-23T10:00").exit_code == 2


def test_a_promise_is_made_given_away_fulfilled_and_its_story_told(desk: Desk, run: Run):
    desk.operator("bea")
    person = desk.person("王芳")
    made = plain(run("promise", "make", str(person), "查明原因", "--by", "+2h", "--json"))
    assert (made["state"], made["owner"], made["waits"]) == ("open", "ann", True)
    one = str(made["id"])
    assert run("promise", "owner", one, "ann", login="bea").exit_code == 1
    assert run("promise", "owner", one, "bea").exit_code == 0
    refused = run("promise", "fulfil", one, "booking", "7")
    assert (refused.exit_code, "Nothing with number 7" in refused.stderr) == (1, True)
    desk.clock.advance(hours=3)
    day = desk.clock.now.date()
    noted = note_occasion(desk.database, desk.actor, person, OccasionKind.APPOINTMENT, day)
    done = plain(
        run("promise", "fulfil", one, "booking", str(noted), "--text", "约了检修", "--json")
    )
    assert done == {"promise_id": int(one), "state": "late"}
    found = plain(run("promise", "show", one, "--json"))
    assert [step["kind"] for step in found["history"]] == ["made", "owner", "late"]
    assert [step["said"] for step in found["history"]] == [
        "promised", "Ann → Bea", f"made good, late: appointment {noted}",
    ]  # fmt: skip
    told = run("promise", "show", one, lang="zh").stdout
    for words in ("晚兑现", "作出承诺", "Ann → Bea", "约了检修", "一般回访"):
        assert words in told, told
    only_if = plain(run("promise", "make", str(person), "免费更换", "--if", "再响", "--json"))
    assert (only_if["due_at"], only_if["callback_id"]) == (None, None)
    assert run("promise", "make", str(person), "x").exit_code == 1


def test_the_rate_says_on_how_few_it_rests(desk: Desk, run: Run):
    assert "nothing due yet" in run("promise", "rate").stdout
    for _ in range(3):
        given = GivenPromise("x", desk.clock.now + HOUR, kind="deed")
        make_promise(desk.database, desk.actor, desk.person(), given)
    desk.clock.advance(hours=2)
    told = run("promise", "rate", "--by", "campaign")
    assert "0 % kept (0–56 %), 0 of only n = 3" in told.stdout
    found = plain(run("promise", "rate", "--json"))
    assert (found["whole"]["n"], found["whole"]["few"], found["whole"]["low"]) == (3, True, 0.0)
    assert [one["code"] for one in found["groups"]] == ["ann"]
    assert "样本少" in run("promise", "rate", lang="zh").stdout
