"""`roster`, `leave` and `queue deal-out` as leads and operators use them."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Run, plain
from tests.databases import Desk


def test_a_week_is_set_shown_copied_and_comes_back_from_its_file(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    desk.operator("bea")
    desk.operator("cyd")
    words = ["--from", "2026-11-23", "--to", "2026-11-29"]
    done = run("roster", "set", "bea", "Cyd", "--pattern", "周一至周五 9-18", *words, "--json")
    assert plain(done)["changed"] == 10
    assert plain(run("roster", "set", "bea", "--hours", "off", "--from", "2026-11-25", "--json"))
    shown = run("roster", "show", "2026-11-25")
    assert "Mon 23" in shown.output
    assert "9-18" in shown.output
    assert "Asia/Shanghai" in shown.output
    assert "周三 25" in run("roster", "show", "2026-11-25", lang="zh").output
    copied = run("roster", "copy", "2026-11-23", "2026-12-03", "--weeks", "2", "--json")
    assert plain(copied)["changed"] == 18
    file = tmp_path / "roster.csv"
    assert plain(run("roster", "export", str(file), "--json"))["days"] == 27
    again = plain(run("roster", "import", str(file), "--json"))
    assert (again["days"], again["changed"]) == (27, 0)
    # An operator sees the own week and changes nothing.
    own = plain(run("roster", "show", "2026-11-25", "--json", login="bea"))
    assert [one["login"] for one in own["people"]] == ["bea"]
    assert run("roster", "export", login="bea").exit_code == 1


def test_a_messy_file_is_told_line_by_line_and_nothing_of_it_taken(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    desk.operator("bea")
    file = tmp_path / "roster.csv"
    file.write_text(
        "账号,日期,时间\nbea,2026-11-23,9-18\nbob,2026-11-23,9-18\nbea,soon,9-18\n", "utf-8"
    )
    refused = run("roster", "import", str(file), lang="zh")
    assert refused.exit_code == 1
    assert "第 3 行" in refused.output
    assert "第 4 行" in refused.output
    week = plain(run("roster", "show", "2026-11-23", "--json"))
    assert not any(one["known"] for one in week["people"])


def test_a_leave_is_noted_listed_and_cancelled(desk: Desk, run: Run) -> None:
    bea = desk.operator("bea")
    desk.operator("cyd")
    one = desk.callback(owner_id=bea.operator_id)
    added = run("leave", "add", "bea", "2026-11-23", "2026-11-24", "--deputy", "cyd")
    assert "Cyd" in added.output or "cyd" in added.output
    assert run("queue", "list").exit_code == 0
    row = desk.row(one)
    assert row["assigned_to"] != bea.operator_id
    here = plain(run("roster", "here", "--json"))
    states = {person["login"]: (person["state"], person["deputy"]) for person in here["people"]}
    assert states["bea"] == ("leave", "Cyd")
    listed = plain(run("leave", "list", "--json"))["leaves"]
    assert [line["deputy"] for line in listed] == ["Cyd"]
    done = plain(run("leave", "cancel", str(listed[0]["id"]), "--json"))
    assert (done["callbacks"], done["touched"]) == (1, 0)
    assert desk.row(one)["assigned_to"] == bea.operator_id
    refused = run("leave", "add", "cyd", "--deputy", "nobody")
    assert refused.exit_code == 1
    assert plain(run("leave", "add", "bea", "--reason", "sick", "--now-on", "--json", login="bea"))


def test_a_deal_out_is_looked_at_first(desk: Desk, run: Run) -> None:
    desk.operator("bea")
    desk.operator("cyd")
    assert run("queue", "deal-out").exit_code == 1
    desk.seat("bea")
    desk.seat("cyd")
    ids = [desk.callback() for _ in range(3)]
    run("roster", "weight", "cyd", "50")
    shown = plain(run("queue", "deal-out", "--how", "weight", "--dry-run", "--json"))
    assert {one["login"]: one["gets"] for one in shown["people"]} == {"bea": 2, "cyd": 1}
    assert {desk.row(one)["assigned_to"] for one in ids} == {None}
    done = run("queue", "deal-out", "--how", "weight")
    assert "3 dealt out" in done.output
    assert None not in {desk.row(one)["assigned_to"] for one in ids}
    assert "nothing to move" in run("queue", "deal-out", "--pool").output
