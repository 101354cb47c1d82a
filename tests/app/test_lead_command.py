"""`queue`, `campaign` and `operator` as a lead uses them: shown first, done, told, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.queue import claim
from db.tables import campaign, operator, seat, seat_message
from tests.command_line import Run, plain
from tests.databases import Desk


def test_work_is_shown_then_given_to_a_team_and_taken_back(desk: Desk, run: Run) -> None:
    bo, cy, dee = (desk.operator(one) for one in ("bo", "cy", "dee"))
    people = (cy.operator_id, dee.operator_id)
    desk.database.write(
        lambda unit: unit.run(sa.update(operator).where(operator.c.id.in_(people)).values(team="B"))
    )
    mine = [desk.callback(owner_id=bo.operator_id) for _ in range(4)]
    late = desk.callback(owner_id=bo.operator_id, due_at=desk.clock.now + timedelta(hours=9))
    words = ("queue", "reassign", "--whose", "bo", "--due-before", "16:00", "--to", "team:B")
    shown = run(*words, "--dry-run")
    assert "4 would be moved" in shown.stdout
    assert "Cy: 2" in shown.stdout
    assert {desk.row(one)["assigned_to"] for one in mine} == {bo.operator_id}
    done = plain(run(*words, "--yes", "--json", "--reason", "Bo is ill"))
    assert (done["moved"], done["left_since"]) == (4, [])
    assert {desk.row(one)["assigned_to"] for one in mine} == set(people)
    assert desk.row(late)["assigned_to"] == bo.operator_id
    (listed, *_) = plain(run("queue", "actions", "--json"))["actions"]
    assert (listed["kind"], listed["count"], listed["reason"]) == ("reassign", 4, "Bo is ill")
    undone = plain(run("queue", "undo-action", "--json"))
    assert (undone["action"], undone["restored"]) == (done["action"], 4)
    assert {desk.row(one)["assigned_to"] for one in mine} == {bo.operator_id}


def test_nothing_is_done_without_somebody_to_ask(desk: Desk, run: Run) -> None:
    one = desk.callback()
    asked = run("queue", "band", str(one), "--to", "3")
    assert asked.exit_code == 1
    assert desk.row(one)["band"] != 3
    assert run("queue", "band", str(one), "--to", "3", "--yes").exit_code == 0
    assert desk.row(one)["band"] == 3


def test_what_can_not_be_done_is_listed_with_the_reason(desk: Desk, run: Run) -> None:
    owed = desk.callback(promised=True)
    answer = run("queue", "cancel", str(owed), "--yes", "--reason", "x")
    assert answer.exit_code == 1
    assert "a promise is kept or let off" in answer.stdout
    assert "没有说明是哪些回访" in run("queue", "cancel", "--yes", lang="zh").stderr


def test_another_time_the_next_one_and_giving_back(desk: Desk, run: Run) -> None:
    bo = desk.operator("bo")
    one, two, three = (desk.callback() for _ in range(3))
    moved = run("queue", "reschedule", str(one), "--at", "tomorrow 3pm", "--yes")
    assert moved.exit_code == 0, moved.output
    assert desk.row(one)["state"] == "scheduled"
    assert run("queue", "next-for", "bo", str(two), "--yes").exit_code == 0
    assert desk.row(two)["next_for"] == bo.operator_id
    claim(desk.database, desk.seat("bo").actor, three)
    assert plain(run("queue", "free", str(three), "--yes", "--json"))["moved"] == 1
    assert desk.row(three)["state"] == "due"


def test_a_stuck_call_is_taken_over(desk: Desk, run: Run) -> None:
    desk.operator("bo")
    one = desk.callback()
    taken = claim(desk.database, desk.seat("bo").actor, one)
    stolen = plain(run("queue", "steal", str(one), "--yes", "--json", "--reason", "hangs"))
    assert (stolen["state"], stolen["call_id"]) == ("check", taken.call_id)
    assert run("queue", "steal", str(one), "--yes").exit_code == 1


def test_a_campaign_is_paused_and_goes_on(desk: Desk, run: Run) -> None:
    code = "after-service-3day"
    desk.callback()
    assert plain(run("campaign", "pause", code, "--json"))["changed"]
    assert not plain(run("campaign", "pause", code, "--json"))["changed"]
    assert "paused since" in run("campaign", "list").stdout
    assert desk.rows(sa.select(campaign.c.id).where(campaign.c.paused_at.is_not(None)))
    assert plain(run("campaign", "resume", code, "--json"))["changed"]
    assert run("campaign", "pause", "nonsense").exit_code == 1


def test_an_operator_is_written_to_paused_and_logged_out(desk: Desk, run: Run) -> None:
    desk.operator("bo")
    sitting = desk.seat("bo").actor
    assert plain(run("operator", "message", "everybody", "tea at four", "--json"))["sent"] == 1
    assert plain(run("operator", "pause", "bo", "--code", "lunch", "--json"))["at_once"]
    assert run("operator", "pause", "bo", "--code", "nonsense").exit_code == 1
    assert plain(run("operator", "go-on", "bo", "--json"))["ended"]
    one = desk.callback()
    claim(desk.database, sitting, one)
    assert plain(run("operator", "logout", "bo", "--reason", "closing", "--json"))["to_check"] == 1
    assert desk.row(one)["state"] == "check"
    assert [row["ended"] for row in desk.rows(sa.select(seat))] == ["dismissed"]
    kept = desk.rows(sa.select(seat_message.c.key, seat_message.c.text))
    assert [row["key"] or row["text"] for row in kept] == [
        "tea at four", "notice.force_pause", "notice.pause_lifted", "notice.log_out",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("queue", "reassign", "1", "--to", "pool", "--yes"),
        ("queue", "steal", "1", "--yes"),
        ("queue", "undo-action", "1"),
        ("campaign", "pause", "birthday"),
        ("operator", "logout", "ann", "--reason", "x"),
        ("operator", "message", "ann", "x"),
    ],
)
def test_operators_may_not(desk: Desk, run: Run, words: tuple[str, ...]) -> None:
    desk.operator("bo")
    desk.callback()
    answer = run(*words, login="bo")
    assert answer.exit_code == 1
    assert "lead" in answer.stderr
