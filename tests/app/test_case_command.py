"""`case` as operators and a lead use it: opened, worked on, handed over, judged, closed, listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result

from db.tables import audit
from tests.command_line import Run, plain
from tests.databases import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.operator("bea")
    desk.operator("cai")
    desk.operator("lea", "lead")
    return desk


@pytest.fixture
def run(run: Run) -> Run:
    def invoke(*words: object, lang: str = "en", login: str = "bea") -> Result:
        return run("case", *words, lang=lang, login=login)

    return invoke


def refused(result: Result, code: str) -> None:
    assert result.exit_code == 1, result.output
    assert json.loads(result.stdout)["error"]["code"] == code


def opened(desk: Desk, run: Run, *words: object, name: str = "王芳", **who: str) -> int:
    made = plain(run("open", desk.person(name), "--description", "刹车响", *words, "--json", **who))
    return int(made["case"])


def test_a_case_is_opened_told_and_counted(desk: Desk, run: Run) -> None:
    made = plain(
        run(
            "open", desk.person("王芳"), "--description", "刹车\x1b[31m响", "--category",
            "product_quality", "--cause", "quality", "--class", "C", "--wish", "免费更换",
            "--wish", "赔礼道歉", "--json",
        )
    )  # fmt: skip
    case = made["case"]
    assert (made["owner"], made["status"]) == ("bea", "open")
    assert (made["next_action"]["kind"], made["next_action"]["by"]) == (
        "call", "2026-11-23T04:00:00Z",
    )  # fmt: skip

    found = plain(run("show", case, "--json"))
    assert (found["category"], found["class"], found["person"]) == ("product_quality", "C", "王芳")
    assert [one["text"] for one in found["wishes"]] == ["免费更换", "赔礼道歉"]
    assert found["timeline"][0]["kind"] == "opened"
    assert {one["state"] for one in found["timers"]} == {"running"}
    for limit in found["timers"]:
        assert limit["left_seconds"] > 0
        assert limit["counted"]
        assert all(day["reason"] for day in limit["counted"])
    assert len(found["steps"]) == 8
    assert {"note", "resolve", "escalate"} <= set(found["may"])

    for lang, words in (("en", ("Timeline", "resident", "acknowledge")), ("zh", ("经过", "居民"))):
        told = run("show", case, lang=lang)
        assert told.exit_code == 0, told.output
        assert "\x1b" not in told.stdout
        for word in (*words, "免费更换", f"#{case}"):
            assert word in told.stdout, (lang, word, told.stdout)


def test_a_case_from_the_first_note_to_the_last_word(desk: Desk, run: Run) -> None:
    case = opened(desk, run, "--wish", "换新车")
    desk.clock.advance(hours=1)
    inspected = plain(run("note", case, "刹车片磨损", "--kind", "inspection", "--json"))
    assert inspected["status"] == "in_progress"
    refused(run("note", case, " ", "--json"), "case_text_missing")

    (wish,) = plain(run("show", case, "--json"))["wishes"]
    refused(run("judge", wish["id"], "--impossible", "--json"), "expectation_reason_missing")
    judged = plain(
        run("judge", wish["id"], "--impossible", "--reason", "已过三包期", "--offer", "免费换片",
            "--json")
    )  # fmt: skip
    refused(run("judge", wish["id"], "--offer", "再加保养", "--json"), "wish_moved_on")
    second = run("judge", judged["wish"], "--offer", "送三次保养", "--json")
    refused(second, "wish_contradicts")
    assert plain(run("judge", judged["wish"], "--offer", "送三次保养", "--despite", "--json"))

    refused(run("close", case, "--json"), "case_no_resolution")
    plain(run("resolve", case, "免费换了刹车片", "--told", "--json"))
    refused(run("verdict", case, "satisfied", "--json"), "case_verdict_by_handler")
    assert run("verdict", case).exit_code == 2
    assert run("verdict", case, "satisfied", "--tried", "未接").exit_code == 2
    assert run("verdict", case, "satisfied", "--at", "2026-11-23T10:00:00+08:00").exit_code == 2
    refused(run("close", case, "--json"), "case_verdict_missing")
    plain(run("verdict", case, "--tried", "响铃无人接听", "--json", login="cai"))
    unknown = run("verdict", case, "happy", login="cai")
    assert "satisfied" in unknown.output
    given = plain(run("verdict", case, "satisfied", "--text", "谢谢", "--json", login="cai"))
    assert given["next_action"]["kind"] == "close"
    refused(run("close", case, "--json", login="cai"), "case_not_yours")
    closed = plain(run("close", case, "--json"))
    assert (closed["status"], closed["next_action"]) == ("closed", None)
    assert plain(run("review", case, "备件要常备", "--json"))["status"] == "closed"

    found = plain(run("show", case, "--json"))
    kinds = [one["kind"] for one in found["timeline"]]
    for kind in ("opened", "inspection", "wish", "resolution", "verdict_try", "verdict", "closed"):
        assert kind in kinds, kinds
    assert (found["verdict"], found["verdict_by"], found["review"]) == (
        "satisfied", "Cai", "备件要常备",
    )  # fmt: skip
    assert all(one["said"] for one in found["timeline"])
    assert plain(run("reopen", case, "--reason", "又响了", "--json"))["status"] == "reopened"


def test_who_answers_for_a_case_and_at_which_level(desk: Desk, run: Run) -> None:
    case = opened(desk, run)
    offered = plain(run("hand-over", case, "cai", "--note", "你熟悉刹车", "--json"))
    assert (offered["owner"], offered["offered_to"]) == ("bea", "cai")
    refused(run("accept", case, "--json", login="lea"), "case_not_offered")
    plain(run("decline", case, "--reason", "今天休假", "--json", login="cai"))
    plain(run("hand-over", case, "cai", "--json"))
    assert plain(run("accept", case, "--json", login="cai"))["owner"] == "cai"
    refused(run("escalate", case, "--reason", "?", "--json"), "case_not_yours")
    assert run("escalate", case, login="cai").exit_code == 2
    up = plain(
        run("escalate", case, "--reason", "转办", "--to", "regulator", "--notice-due",
            "2026-11-25", "--json", login="cai")
    )  # fmt: skip
    assert (up["level"], up["weight"]) == ("regulator", "appeal")
    due = {one["due"] for one in plain(run("show", case, "--json"))["timers"] if one["typed"]}
    assert due == {"2026-11-25T23:59:59+08:00"}
    refused(run("resolve", case, "x", "--json"), "case_regulator_not_yours")
    refused(run("take-over", case, "--reason", "?", "--json"), "case_regulator_not_yours")
    assert plain(run("take-over", case, "--reason", "Cai 病假", "--json", login="lea"))[
        "owner"
    ] == ("lea")
    down = plain(run("deescalate", case, "--reason", "撤诉", "--json", login="lea"))
    assert (down["level"], down["weight"]) == ("skip_level", "complaint")


def test_a_limit_stands_and_runs_on_by_its_step_or_number(desk: Desk, run: Run) -> None:
    case = opened(desk, run)
    limits = plain(run("show", case, "--json"))["timers"]
    first = limits[-1]
    plain(run("pause", case, first["step"], "--reason", "等客户发照片", "--json"))
    (paused,) = [
        one for one in plain(run("show", case, "--json"))["timers"] if one["id"] == first["id"]
    ]
    assert (paused["state"], paused["paused_because"]) == ("paused", "等客户发照片")
    refused(run("pause", case, first["id"], "--reason", "?", "--json"), "case_timer_paused")
    desk.clock.advance(hours=40)
    plain(run("resume", case, f"{first['regime']}/{first['step']}", "--json"))
    (after,) = [
        one for one in plain(run("show", case, "--json"))["timers"] if one["id"] == first["id"]
    ]
    assert after["due_utc"] > first["due_utc"]
    assert after["pauses"] == [{"from": "2026-11-23T02:00:00Z", "until": "2026-11-24T18:00:00Z"}]
    refused(run("pause", case, "nothing", "--reason", "?", "--json"), "case_timer_unknown")


def test_the_list_by_owner_weight_level_person_and_words(desk: Desk, run: Run) -> None:
    assert "No case fits." in run("list").stdout
    grumble = opened(desk, run, "--weight", "grumble", name="陈默")
    local = opened(desk, run, "--category", "attitude", "--department", "sales")
    high = opened(desk, run, "--level", "regulator", name="李雷", login="cai")

    def ids(*words: object, **who: str) -> set[int]:
        return {one["id"] for one in plain(run("list", *words, "--json", **who))["cases"]}

    assert ids() == {grumble, local, high}
    assert ids("--mine") == {grumble, local}
    assert ids("--owner", "cai") == {high}
    assert ids("--weight", "grumble", "--weight", "appeal") == {grumble, high}
    assert ids("--level", "regulator") == {high}
    assert ids("--category", "attitude") == ids("--department", "sales") == {local}
    assert ids("--search", "李") == ids("--search", f"#{high}") == {high}
    assert ids("--overdue") == ids("--status", "closed") == set()
    person = plain(run("show", local, "--json"))["person_id"]
    assert ids("--person", person) == {local}
    refused(run("list", "--owner", "nobody", "--json"), "colleague_unknown")
    assert run("list", "--level", "moon").exit_code == 2

    plain(run("resolve", grumble, "已道歉", "--told", "--json"))
    plain(run("close", grumble, "--json"))
    assert ids() == {local, high}
    assert ids("--over") == ids("--status", "closed") == {grumble}
    assert ids("--all") == {grumble, local, high}
    raised = opened(desk, run, "--weight", "grumble", name="陈默")
    assert plain(run("raise", raised, "--reason", "第二次", "--json"))["weight"] == "complaint"

    desk.clock.advance(days=5)
    assert {local, high} <= ids("--overdue")
    for lang, words in (("en", ("!! overdue", "李雷")), ("zh", ("李雷", "态度"))):
        told = run("list", lang=lang)
        assert told.exit_code == 0, told.output
        assert all(word in told.stdout for word in words), told.stdout


@pytest.mark.parametrize("order", ["next", "urgent", "newest"])
def test_pages_follow_one_another_without_a_gap(desk: Desk, run: Run, order: str) -> None:
    for place in range(5):
        opened(desk, run, name=f"客户{place}")
        desk.clock.advance(minutes=7 * (place % 3))
    whole = [one["id"] for one in plain(run("list", "--order", order, "--json"))["cases"]]
    assert len(whole) == 5
    seen: list[int] = []
    more: list[str] = []
    while True:
        page = plain(run("list", "--order", order, "--limit", 2, *more, "--json"))
        seen += [one["id"] for one in page["cases"]]
        if not page["more"]:
            break
        more = ["--after", str(seen[-1])]
    assert seen == whole
    assert "--after" in run("list", "--limit", 2).stdout
    refused(run("list", "--after", 9999, "--json"), "case_unknown")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_case_is_printed_without_harm_and_the_audit_knows(
    desk: Desk, run: Run, tmp_path: Path, lang: str
) -> None:
    case = opened(desk, run, "--wish", "<b>换新车</b>", name="<script>王")
    printed = plain(run("print", case, "--to", tmp_path / "out", "--json", lang=lang))
    page = Path(printed["path"]).read_text(encoding="utf-8")
    assert "换新车" in page
    assert ("诉求" if lang == "zh" else "Wishes") in page
    assert "<script>" not in page
    assert "<b>" not in page
    (row,) = desk.rows(sa.select(audit).where(audit.c.action == "case_printed"))
    assert row["subject_id"] == case
    refused(run("print", 99, "--json"), "case_unknown")


def test_what_cases_teach_is_told_with_what_it_rests_on(desk: Desk, run: Run) -> None:
    person = desk.person()
    for cause in ("quality", "quality", "time_wasted", None):
        words = ["--cause", cause] if cause else []
        plain(run("open", person, "--description", "响", "--category", "process", *words, "--json"))
        desk.clock.advance(days=1)
    plain(run("resolve", 1, "换了", "--told", "--json"))

    refused(run("learning", "--json"), "not_allowed")
    found = plain(run("learning", "--json", login="lea"))
    assert (found["since"], found["until"], found["received"]) == ("2025-11-28", "2026-11-27", 4)
    returns = found["returns"]
    assert (returns["usual_days"], returns["known_until"], returns["strangers"]) == (None, None, 4)
    rates = {one["handling"]: one for one in returns["rates"]}
    assert {name: one["share"] for name, one in rates.items()} == dict.fromkeys(rates)
    claims = {name: [one["claim"] for one in rate["claims"]] for name, rate in rates.items()}
    assert claims == {
        "unsaid": [0.09], "unresolved": [0.19], "resolved": [0.54, 0.7], "quick": [0.82, 0.95],
        "grumble": [], "visit": [],
    }  # fmt: skip
    assert all(one["source"] for rate in rates.values() for one in rate["claims"])
    assert [(bar["code"], bar["count"]) for bar in found["causes"]["bars"]] == [
        ("quality", 2), ("time_wasted", 1),
    ]  # fmt: skip
    assert (found["causes"]["unrecorded"], found["causes"]["few"]) == (1, True)
    assert (found["repeats"]["count"], found["repeats"]["n"]) == (3, 4)
    resolution = found["times"][0]["steps"][1]
    assert (resolution["n"], resolution["owed"], resolution["median_seconds"]) == (1, 3, 345600)
    short = plain(run("learning", "--since", "2026-11-25", "--json", login="lea"))
    assert short["received"] == 2

    for lang, said in (
        ("en", ("nobody yet to tell by", "claim: 54 % [1], 70 % [2]", "no study", "under 30")),
        ("zh", ("还没有可算的", "只是说法", "不足 30")),
    ):  # fmt: skip
        told = run("learning", lang=lang, login="lea")
        assert told.exit_code == 0, told.output
        assert all(word in told.stdout for word in (*said, "100%|", "#1")), told.stdout


def test_what_is_recorded_is_changed_and_limits_are_set_by_hand(desk: Desk, run: Run) -> None:
    case = opened(desk, run)
    changed = run("change", case, "--category", "process", "--department", "finance", "--json")
    assert plain(changed)["case"] == case
    head = plain(run("show", case, "--json"))
    assert (head["category"], head["department"]) == ("process", "finance")
    assert run("change", case).exit_code == 2
    refused(run("change", case, "--category", "weather", "--json"), "case_code_unknown")

    def states() -> dict[str, str]:
        return {one["step"]: one["state"] for one in plain(run("show", case, "--json"))["timers"]}

    plain(run("meet", case, "acknowledge", "--json"))
    assert states()["acknowledge"] == "met"
    plain(run("start", case, "car-warranty-cn", "complete", "--json"))
    assert states()["complete"] == "running"
    plain(run("stop", case, "complete", "--reason", "不在三包期", "--json"))
    assert states()["complete"] == "stopped"
