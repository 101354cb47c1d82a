"""`slip` as an operator uses it: asked, printed, answered; and a department's day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from db.cases import NewCase, open_case
from db.customer_edit import edit_field
from tests.command_line import Run, plain
from tests.databases import Desk

HOSTILE = "<script>alert(1)</script>发票\x1b[31m没开"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_slip_is_sent_printed_and_answered(
    desk: Desk, run: Run, tmp_path: Path, lang: str
) -> None:
    new = NewCase(desk.person("王芳"), HOSTILE, wishes=("开发票",))
    case = open_case(desk.database, desk.actor, new)
    sent = plain(run("slip", "send", str(case), "finance", "--ask", "何时能开？", "--json"))
    assert sent["reply_by"] == "2026-11-24T10:00:00Z"
    number = str(sent["slip"])

    printed = plain(
        run("slip", "print", number, "--to", str(tmp_path / "out"), "--json", lang=lang)
    )
    page = Path(printed["path"]).read_text(encoding="utf-8")
    assert ("财务部" if lang == "zh" else "Finance") in page
    assert all(word in page for word in ("2026-11-24 18:00", "开发票", "何时能开？"))
    assert not any(word in page for word in ("<script>", "\x1b"))

    desk.clock.advance(hours=2)
    assert run("slip", "answer", number, "--reply", "明天寄出", lang=lang).exit_code == 0
    shown = plain(run("slip", "show", number, "--json"))
    assert (shown["reply"], shown["replied_at"]) == ("明天寄出", "2026-11-23T04:00:00Z")
    again = run("slip", "answer", number, "--reply", "…", lang=lang)
    assert again.exit_code != 0
    assert number in again.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_change_sheet_of_a_day_on_screen_and_on_paper(
    desk: Desk, run: Run, tmp_path: Path, lang: str
) -> None:
    person = desk.person("王芳")
    case = open_case(desk.database, desk.actor, NewCase(person, "发票没开", department="finance"))
    plain(run("slip", "send", str(case), "finance", "--ask", "何时能开？", "--json"))
    desk.clock.advance(minutes=30)
    edit_field(desk.database, desk.actor, person, "email", "wang@example.org")

    told = run("slip", "changes", "finance", "--day", "2026-11-23", lang=lang)
    assert told.exit_code == 0, told.output
    label = "邮箱" if lang == "zh" else "e-mail"
    assert all(word in told.output for word in ("王芳", "何时能开？", label))
    assert "wang@example.org" not in told.output

    sheet = plain(run("slip", "changes", "finance", "--print", str(tmp_path), "--json", lang=lang))
    assert "王芳" in Path(sheet["path"]).read_text(encoding="utf-8")
    assert [one["case"] for one in sheet["cases"]] == [case]

    desk.clock.advance(hours=48)
    desk_day = desk.clock.now + timedelta(hours=8)
    empty = plain(run("slip", "changes", "sales", "--day", f"{desk_day:%Y-%m-%d}", "--json"))
    assert (empty["owed"], empty["cases"], empty["records"]) == ([], [], [])


def test_a_department_that_nobody_knows_is_named_with_those_that_are(desk: Desk, run: Run) -> None:
    case = open_case(desk.database, desk.actor, NewCase(desk.person(), "刹车响"))
    refused = run("slip", "send", str(case), "nobody", "--ask", "?")
    assert refused.exit_code != 0
    assert all(word in refused.output for word in ("nobody", "finance"))
