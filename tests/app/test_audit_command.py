"""`audit list` and `audit export`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from db.customer_edit import edit_field
from db.events import append_audit
from domain.export_mark import MARK_COLUMN
from tests.command_line import Run
from tests.databases import Desk


def test_entries_are_listed_for_people_and_programs(desk: Desk, run: Run):
    who = desk.person("\x1b[31m王芳")
    desk.operator("bo")
    edit_field(desk.database, desk.actor, who, "occupation", "教师")
    told = run("audit", "list", "--action", "edited", lang="zh")
    assert told.exit_code == 0, told.output
    assert "修改资料" in told.stdout
    assert "\x1b" not in told.stdout
    plain = json.loads(run("audit", "list", "--customer", str(who), "--json").stdout)
    (entry,) = plain["entries"]
    assert (entry["action"], entry["fields"], entry["operator"]) == (
        "edited",
        ["occupation"],
        "Ann",
    )
    first = json.loads(run("audit", "list", "--limit", "1", "--json").stdout)
    assert first["more"]
    after = str(first["entries"][0]["id"])
    rest = json.loads(run("audit", "list", "--after", after, "--json").stdout)
    assert first["entries"][0] not in rest["entries"]
    refused = run("audit", "list", login="bo")
    assert refused.exit_code != 0


def test_a_file_carries_its_number_in_every_row(desk: Desk, run: Run, tmp_path: Path):
    desk.database.write(lambda unit: append_audit(unit, desk.actor, "noted", "person", 1))
    file = tmp_path / "audit.csv"
    given = ("audit", "export", "--file", str(file), "--purpose", "authority", "--json")
    done = run(*given)
    assert done.exit_code == 0, done.output
    mark = json.loads(done.stdout)["mark"]
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == mark["rows"]
    assert all(row[MARK_COLUMN].startswith(f"{mark['number']} ann ") for row in rows)
    listed = json.loads(run("audit", "list", "--action", "exported", "--json").stdout)
    assert listed["entries"][0]["details"]["export"] == mark["number"]
    assert run(*given).exit_code != 0
    assert file.stat().st_mode & 0o77 == 0


def test_numbers_are_hidden_until_a_lead_asks_for_them(desk: Desk, run: Run):
    who = str(desk.person("王芳", "+8613812348000"))
    desk.operator("bo")
    for words in (("customer", "show", who), ("customer", "show", who, "--json")):
        told = run(*words)
        assert told.exit_code == 0, told.output
        assert "13812348000" not in told.stdout
        assert "138****8000" in told.stdout
    assert "13812348000" in run("customer", "show", who, "--whole").stdout
    assert run("customer", "show", who, "--whole", login="bo").exit_code != 0
    listed = json.loads(run("audit", "list", "--action", "revealed", "--json").stdout)
    assert len(listed["entries"]) == 1
