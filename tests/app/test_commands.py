"""The commands on a practice database of their own, as a script would use them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from content.rulebook import load_shipped
from db.callbacks import NewCallback, create_callback
from db.engine import open_database
from db.people import NewPerson, add_number, add_person
from domain.decision import NewNumber
from tests.command_line import Run, plain

NOW = "2026-11-23T10:30:00+08:00"
START = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def run(file: Path) -> Run:
    """Runs a command on the file; the database is a practice one of operator ann."""

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(callback_desk, [*words, "--database", str(file)])

    made = invoke("init", "--practice", "--as", "ann", "--name", "Ann")
    assert made.exit_code == 0, made.output
    return invoke


def refused(result: Result) -> str:
    error = plain(result, 1)["error"]
    assert set(error) == {"code", "title", "todo"}
    assert error["title"]
    assert error["todo"]
    return str(error["code"])


def add_customers(file: Path, count: int, campaign: str = "delivery-3day") -> list[int]:
    database = open_database(str(file), rulebook=load_shipped())
    database.set_clock(lambda: START)

    def work(unit: Any) -> list[int]:
        made = []
        for number in range(count):
            person = add_person(unit, NewPerson(f"王芳{number}", zone="Asia/Shanghai"))
            e164 = f"+861380000{number:04d}"
            add_number(unit, person, NewNumber(e164, "", "CN", "mobile", ("Asia/Shanghai",)))
            due = START - timedelta(hours=count - number)
            new = NewCallback(person_id=person, campaign=campaign, due_at=due)
            made.append(create_callback(unit, database.rulebook, new))
        return made

    try:
        return database.write(work)
    finally:
        database.close()


def test_init_makes_a_desk_once(file: Path, run: Run) -> None:
    assert file.exists()
    listed = plain(run("operator", "list", "--json"))
    (ann,) = listed["operators"]
    assert (ann["login"], ann["name"], ann["role"]) == ("ann", "Ann", "admin")
    assert refused(run("init", "--as", "bob", "--json")) == "already_initialised"


def test_a_missing_database_is_told(tmp_path: Path) -> None:
    words = ["queue", "list", "--database", str(tmp_path / "none.db"), "--json"]
    assert refused(CliRunner().invoke(callback_desk, words)) == "database_missing"
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"SQLite format 3\x00" + b"x" * 4096])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.db"
    file.write_bytes(content)
    words = ["queue", "list", "--database", str(file), "--as", "ann", "--json"]
    code = refused(CliRunner().invoke(callback_desk, words))
    assert code != "unexpected"


def test_a_set_clock_is_for_practice_only(tmp_path: Path) -> None:
    words = ["--database", str(tmp_path / "real.db"), "--as", "ann", "--json"]
    assert CliRunner().invoke(callback_desk, ["init", *words]).exit_code == 0
    result = CliRunner().invoke(callback_desk, ["queue", "list", *words, "--now", NOW])
    assert refused(result) == "not_a_practice_database"


def test_operators_are_added_by_an_admin(run: Run) -> None:
    added = plain(run("operator", "add", "li.na", "--name", "李娜", "--as", "ann", "--json"))
    assert added["operator"]["role"] == "operator"
    assert refused(run("operator", "add", "li.na", "--as", "ann", "--json")) == "operator_exists"
    assert refused(run("operator", "add", "x", "--as", "li.na", "--json")) == "not_allowed"
    assert refused(run("operator", "add", "x", "--as", "nobody", "--json")) == "operator_unknown"


def test_an_empty_queue_is_an_answer(run: Run) -> None:
    found = plain(run("queue", "claim", "--as", "ann", "--json"))
    assert found["callback_id"] is None
    assert found["why"]
    assert plain(run("queue", "list", "--as", "ann", "--json"))["callbacks"] == []


def test_claim_finish_and_the_next_customer(file: Path, run: Run) -> None:
    first, second = add_customers(file, 2)
    claimed = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    assert claimed["callback_id"] == first
    assert claimed["person"] == "王芳0"
    assert claimed["number"] == "+8613800000000"
    again = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    assert (again["call_id"], again["fence"]) == (claimed["call_id"], claimed["fence"])

    words = ["call", "finish", str(claimed["call_id"]), "--fence", str(claimed["fence"])]
    words += ["--outcome", "callback-at", "--next", "明天下午三点", "--now", NOW, "--json"]
    words += ["--id", "7b0c2a8e-0000-4000-8000-000000000001"]
    done = plain(run(*words))
    assert done["next_at"] == "2026-11-24T07:00:00Z"
    assert (done["callback_id"], done["late"]) == (first, False)
    assert plain(run(*words)) == done
    assert refused(run(*words, "--note", "something else")) == "decision_reused"

    following = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    assert following["callback_id"] == second
    listed = plain(run("queue", "list", "--as", "ann", "--now", NOW, "--json"))
    assert {row["id"] for row in listed["callbacks"]} == {second, done["next_callback_id"]}


def test_two_operators_never_get_the_same(file: Path, run: Run) -> None:
    add_customers(file, 2)
    plain(run("operator", "add", "bob", "--as", "ann", "--json"))
    ids = {
        plain(run("queue", "claim", "--as", who, "--now", NOW, "--json"))["callback_id"]
        for who in ("ann", "bob", "ann", "bob")
    }
    assert len(ids) == 2


def test_a_released_callback_is_offered_again(file: Path, run: Run) -> None:
    (only,) = add_customers(file, 1)
    claim = ["queue", "claim", "--as", "ann", "--now", NOW, "--json"]
    claimed = plain(run(*claim))
    released = plain(run("queue", "release", str(only), "--now", NOW, "--json"))
    assert released == {"released": [only]}
    again = plain(run(*claim))
    assert again["callback_id"] == only
    assert again["fence"] > claimed["fence"]
    assert plain(run("queue", "release", "--as", "ann", "--now", NOW, "--json")) == released
    assert refused(run("queue", "release", "--as", "ann", "--now", NOW, "--json"))


def test_answers_are_checked_and_kept(file: Path, run: Run) -> None:
    add_customers(file, 1)
    claimed = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    words = ["call", "finish", str(claimed["call_id"]), "--fence", str(claimed["fence"])]
    words += ["--outcome", "completed", "--now", NOW, "--json"]
    assert refused(run(*words, "--answers", "{")) == "answers_bad"
    assert refused(run(*words, "--answers", "[]")) == "answers_bad"
    assert refused(run(*words, "--answers", '{"nps/nonsense": 9}')) != "unexpected"
    assert refused(run(*words, "--outcome", "nonsense")) != "unexpected"
    assert plain(run(*words))["state"] == "done"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_read_the_same_in_both_languages(file: Path, run: Run, language: str) -> None:
    first, _ = add_customers(file, 2)
    tail = ["--as", "ann", "--now", NOW, "--lang", language]
    listed = run("queue", "list", *tail)
    assert listed.exit_code == 0, listed.output
    assert "王芳0" in listed.stdout
    assert "138****" in listed.stdout
    assert "+8613800000000" not in listed.stdout
    explained = run("queue", "why", str(first), *tail)
    assert explained.exit_code == 0, explained.output
    claimed = run("queue", "claim", *tail)
    assert "+8613800000000" in claimed.stdout


def test_the_list_is_cut_and_says_so(file: Path, run: Run) -> None:
    add_customers(file, 5)
    tail = ("--as", "ann", "--now", NOW, "--json")
    some = plain(run("queue", "list", *tail, "--limit", "3"))
    assert (len(some["callbacks"]), some["more"]) == (3, True)
    every = plain(run("queue", "list", *tail))
    assert (len(every["callbacks"]), every["more"]) == (5, False)
    assert every["callbacks"][:3] == some["callbacks"]


def test_upgrade_and_backup(file: Path, run: Run, tmp_path: Path) -> None:
    add_customers(file, 1)
    upgraded = plain(run("db", "upgrade", "--json"))
    assert upgraded["before"] == upgraded["after"]
    target = tmp_path / "copy.db"
    copied = plain(run("db", "backup", str(target), "--json"))
    assert copied["bytes"] == target.stat().st_size
    assert refused(run("db", "backup", str(target), "--json")) == "backup_exists"
    words = ["queue", "list", "--as", "ann", "--json", "--database", str(target)]
    assert len(plain(CliRunner().invoke(callback_desk, words))["callbacks"]) == 1


def test_a_customer_is_found_shown_handed_out_and_erased(
    file: Path, run: Run, tmp_path: Path
) -> None:
    add_customers(file, 2)
    tail = ("--as", "ann", "--now", NOW, "--json")
    (hit,) = plain(run("customer", "search", "王芳1", *tail))["customers"]
    assert hit["number"] == "+86138****0001"
    person = str(hit["person_id"])
    shown = plain(run("customer", "show", person, *tail))["customer"]
    assert shown["card"]["name"] == "王芳1"
    assert len(shown["callbacks"]) == 1
    target = tmp_path / "person.json"
    written = plain(run("customer", "export", person, "--file", str(target), *tail))
    assert written["file"] == str(target)
    assert target.stat().st_mode & 0o077 == 0
    assert "王芳1" in target.read_text(encoding="utf-8")
    again = run("customer", "export", person, "--file", str(target), *tail)
    assert refused(again) == "file_exists"
    assert plain(run("customer", "erase", person, *tail))["erased"]["numbers"] == 1
    assert plain(run("customer", "search", "王芳1", *tail))["customers"] == []
    left = plain(run("customer", "show", person, *tail))["customer"]
    assert left["card"]["name"] == ""
    assert refused(run("customer", "show", "999", *tail)) == "person_unknown"


def test_what_a_person_is_told_of_a_customer(file: Path, run: Run) -> None:
    add_customers(file, 1)
    for language in ("en", "zh"):
        tail = ("--as", "ann", "--now", NOW, "--lang", language)
        assert "王芳0" in run("customer", "search", "王芳", *tail).stdout
        shown = run("customer", "show", "1", *tail)
        assert shown.exit_code == 0, shown.output
        assert "王芳0" in shown.stdout


def test_erasing_is_an_admins(file: Path, run: Run) -> None:
    add_customers(file, 1)
    plain(run("operator", "add", "bob", "--as", "ann", "--json"))
    assert refused(run("customer", "erase", "1", "--as", "bob", "--json")) == "not_allowed"
    assert refused(run("customer", "export", "1", "--as", "bob", "--json")) == "not_allowed"


def test_answers_and_scores_are_in_the_record(file: Path, run: Run) -> None:
    add_customers(file, 1)
    claimed = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    given = {"overall": 4, "recommend": 9, "met-expectations": True, "like": {"missing": "refused"}}
    words = ["call", "finish", str(claimed["call_id"]), "--fence", str(claimed["fence"])]
    words += ["--outcome", "completed", "--answers", json.dumps(given), "--now", NOW]
    assert run(*words, "--lang", "zh").exit_code == 0
    english = run("customer", "show", "1", "--as", "ann", "--lang", "en").stdout
    assert "Satisfaction 4 · Recommendation 9 (promoter)" in english
    assert "– Yes" in english
    assert "won’t say" in english
    chinese = run("customer", "show", "1", "--as", "ann", "--lang", "zh").stdout
    assert "– 是" in chinese


def test_an_outcome_of_today_is_corrected_and_the_rest_stays(file: Path, run: Run) -> None:
    add_customers(file, 1, campaign="delivery-3day")
    claimed = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    call_id = str(claimed["call_id"])
    words = ["call", "finish", call_id, "--fence", str(claimed["fence"]), "--outcome", "completed"]
    words += ["--answers", '{"recommend": 3}', "--note", "short", "--now", NOW, "--json"]
    plain(run(*words))
    fixed = ["call", "amend", call_id, "--as", "ann", "--now", NOW, "--json"]
    fixed += ["--id", "7b0c2a8e-0000-4000-8000-000000000009"]
    done = plain(run(*fixed, "--outcome", "no-answer", "--answers", '{"recommend": 9}'))
    assert done["state"] == "scheduled"
    shown = plain(run("customer", "show", "1", "--as", "ann", "--now", NOW, "--json"))
    (past,) = shown["customer"]["calls"]
    assert past["note"] == "short"
    assert "9" in str(past)
    later = "2026-11-25T10:00:00+08:00"
    again = ["call", "amend", call_id, "--as", "ann", "--now", later, "--outcome", "busy", "--json"]
    assert refused(run(*again)) == "amend_too_old"
    assert refused(run("call", "amend", "99", "--as", "ann", "--json")) == "call_unknown"


def test_a_lead_opens_a_callback_again(file: Path, run: Run) -> None:
    (only,) = add_customers(file, 1)
    again = ("queue", "reopen", str(only), "--as", "ann", "--now", NOW, "--json")
    assert refused(run(*again)) == "callback_not_over"
    claim = plain(run("queue", "claim", "--as", "ann", "--now", NOW, "--json"))
    done = ("--fence", str(claim["fence"]), "--outcome", "completed")
    plain(run("call", "finish", str(claim["call_id"]), *done, "--now", NOW, "--json"))
    assert refused(run(*again[:-1], "--at", "whenever", "--json"))
    later = plain(run(*again[:-1], "--at", "tomorrow 3pm", "--json"))
    assert later["state"] == "scheduled"
    assert datetime.fromisoformat(later["at"]) > datetime.fromisoformat(NOW)
