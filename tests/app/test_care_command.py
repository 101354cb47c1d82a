"""`care` as a lead uses it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from db.tables import asset, callback, person, person_asset
from tests.command_line import Run, plain
from tests.databases import MONDAY_10, Desk

TODAY = date(2026, 11, 23)


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TZ", "Asia/Shanghai")

    def invoke(*words: str, lang: str = "en") -> Result:
        own = ["--as", "ann", "--lang", lang, "--database", str(desk.database.place.file)]
        own += ["--now", MONDAY_10.isoformat()] if words[0] != "note" else []
        return CliRunner().invoke(callback_desk, ["care", *words, *own])

    return invoke


def customer(desk: Desk, bought_on: date, birthday: str | None = None) -> int:
    """A customer with a car."""
    who = desk.person()
    now = desk.clock.now

    def work(unit: Any) -> None:
        unit.run(sa.update(person).where(person.c.id == who).values(birthday=birthday))
        car = unit.run(
            asset.insert().returning(asset.c.id),
            {"kind": "car", "bought_on": bought_on, "created_at": now, "updated_at": now},
        ).scalar_one()
        link = {"person_id": who, "asset_id": car, "role": "owner", "position": 0}
        unit.run(person_asset.insert(), {**link, "since": now})

    desk.database.write(work)
    return who


def test_a_dry_run_lists_and_a_run_makes_once(desk: Desk, run: Run) -> None:
    who = customer(desk, date(2024, 12, 23))
    dry = plain(run("run", "--dry-run", "--json"))
    assert dry["calls"] == [
        {
            "person_id": who,
            "campaign": "insurance-renewal",
            "on": "2026-11-23",
            "reason": "The insurance ends about 2026-12-23, counted from the purchase.",
            "put_off": None,
        }
    ]
    assert (dry["made"], dry["dry_run"], dry["merged"]) == (1, True, {"annual-inspection": 1})
    assert not desk.rows(sa.select(callback.c.id))
    shown = run("run", "--dry-run", lang="zh")
    assert "保险约 2026-12-23 到期" in shown.stdout
    assert "会生成回访 1 条" in shown.stdout
    made = run("run", lang="zh")
    assert made.exit_code == 0, made.output
    assert "1 条并入相近的另一通回访：年检到期提醒 1。" in made.stdout
    (row,) = desk.rows(sa.select(callback.c.note))
    assert row["note"] == "一并说：年检到期提醒。2026-12-23 年检到期（车龄 2 年）。"
    again = plain(run("run", "--json"))
    assert (again["made"], again["known"]) == (0, 1)


def test_the_calendar_counts_by_day_and_campaign(desk: Desk, run: Run) -> None:
    for days in (0, 3, 3):
        customer(desk, TODAY, (TODAY + timedelta(days=days)).isoformat())
    found = plain(run("calendar", "--days", "4", "--json"))
    assert found["until"] == "2026-11-26"
    assert found["days"] == {"2026-11-23": {"birthday": 1}, "2026-11-26": {"birthday": 2}}
    table = run("calendar", "--days", "4", "--per-operator", "1").stdout.splitlines()
    assert table[1].split() == ["2026-11-23", "0", "1", "1", "1", "Birthday", "greeting", "1"]
    assert table[2].split() == ["2026-11-24", "0", "0", "1", "0"]
    assert table[4].split()[:6] == ["2026-11-26", "0", "2", "!", "1", "2"]
    unknown = run("calendar", "--days", "4", lang="zh").stdout
    assert "算不出能打多少：近两周只有 0 个工作日" in unknown


def test_a_full_day_is_levelled(desk: Desk, run: Run) -> None:
    for _ in range(3):
        customer(desk, date(2025, 12, 23))
    words = ("run", "--level", "--per-operator", "1")
    assert "2 calls that can wait are on later days" in run(*words, "--dry-run").stdout
    made = plain(run(*words, "--json"))
    assert made["moved"] == 2
    assert list(made["levelled"]) == ["2026-11-23", "2026-11-24", "2026-11-25"]


def test_occasions_are_noted_and_settled(desk: Desk, run: Run) -> None:
    who = desk.person()
    noted = plain(run("note", "appointment", str(who), "--on", "2026-11-24", "--json"))
    assert noted["on"] == "2026-11-24"
    assert plain(run("calendar", "--json"))["days"] == {
        "2026-11-23": {"appointment-reminder": 1},
        "2026-11-25": {"missed-appointment": 1},
    }
    said = run("settle", str(noted["occasion_id"]), "cancelled", lang="zh").stdout
    assert said.strip() == f"编号 {noted['occasion_id']}：已取消。"
    assert plain(run("calendar", "--json"))["days"] == {}


def test_a_day_that_is_none_or_past_is_refused_in_words(run: Run) -> None:
    wrong = run("run", "--until", "soon", lang="zh")
    assert (wrong.exit_code, "“soon”不是日期" in wrong.stderr) == (2, True)
    past = run("run", "--until", "2020-01-01")
    assert (past.exit_code, "The plan can't end on 2020-01-01" in past.stderr) == (1, True)


def test_the_clock_and_whether_it_runs_by_itself_are_told_and_set(desk: Desk, run: Run) -> None:
    unset = run("auto").stdout.splitlines()
    assert unset[0] == "The plan does not run by itself."
    assert "(Asia/Shanghai)" in unset[1]
    assert unset[2] == "The plan has not run yet."
    refused = run("auto", "on", lang="zh")
    assert (refused.exit_code, "还没有设门店时区" in refused.stderr) == (1, True)
    assert run("auto", "level", "--zone", "Asia/Tokyo").exit_code == 0
    customer(desk, date(2024, 12, 23))
    assert run("run").exit_code == 0
    found = plain(run("auto", "--json"))
    assert (found["auto"], found["zone"]) == ("level", "Asia/Tokyo")
    last = found["last"]
    assert (last["made"], last["merged"], last["by_itself"]) == (1, 1, False)
    said = run("auto", lang="zh").stdout
    assert "门店时区：Asia/Tokyo" in said
    assert "Ann。生成 1，并入 1，不该打 0。" in said


def test_the_days_of_the_plan_are_the_shops(desk: Desk, run: Run) -> None:
    assert plain(run("run", "--dry-run", "--json"))["today"] == "2026-11-23"
    run("auto", "--zone", "America/Los_Angeles")
    assert plain(run("run", "--dry-run", "--json"))["today"] == "2026-11-22"
    assert plain(run("calendar", "--json"))["today"] == "2026-11-22"


def test_what_was_left_out_is_counted_and_where_to_say_otherwise(desk: Desk, run: Run) -> None:
    customer(desk, TODAY - timedelta(days=3))
    said = run("run").stdout
    assert "1 must not be made: not recorded whether we sold the car 1." in said
    assert "unknown_is_ours = true" in said
    assert plain(run("run", "--json"))["suppressed"] == {"seller_unknown": 1}


def test_queue_why_names_the_plan_and_what_was_merged(desk: Desk, run: Run) -> None:
    customer(desk, date(2024, 12, 23))
    run("run")
    (row,) = desk.rows(sa.select(callback.c.id))
    words = ["queue", "why", str(row["id"]), "--as", "ann", "--lang", "zh"]
    words += ["--database", str(desk.database.place.file), "--now", MONDAY_10.isoformat()]
    said = CliRunner().invoke(callback_desk, words).stdout
    assert "关怀计划“保险到期”：保险约 2026-12-23 到期（按购车日推算）。" in said
    assert "计划 2026-11-23 打：2026-12-23 之前 30 天。" in said
    assert "另并入“年检到期提醒”（时间太近）" in said
