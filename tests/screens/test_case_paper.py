"""The sheet of a case says everything about it, in both languages, and where it was saved."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from content.paper import saved_said
from content.translations import Language
from db.case_timers import pause_timer
from db.cases import NewCase, note_case, open_case
from db.tables import audit, case_timer
from screens.case import CaseScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged

HOSTILE = "</td><script>alert(1)</script>\x1b[31m\u202e"


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def read(path: Path) -> Text:
    reader = Text()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_a_sheet_is_saved_and_its_place_is_said(
    desk: Desk, tmp_path: Path, size: tuple[int, int], language: Language
) -> None:
    ann = desk.seat("ann").actor
    person = desk.person(f"王芳{HOSTILE}", zone="Europe/London", customer_class="C")
    new = NewCase(person, HOSTILE, category="attitude", wishes=("换新车",))
    case_id = open_case(desk.database, ann, new)
    note_case(desk.database, ann, case_id, "客户到店")
    timer = desk.rows(sa.select(case_timer.c.id).order_by(case_timer.c.id))[0]["id"]
    pause_timer(desk.database, ann, timer, "等配件")
    desk.clock.advance(days=1)
    async with staged(desk, ann, size=size, language=language) as stage:
        stage.app.papers = lambda: tmp_path / "papers"
        stage.app.show_case(case_id)
        await stage.settle()
        assert isinstance(stage.app.screen, CaseScreen)
        await stage.press("#")
        assert stage.shows("ready to print" if language == "en" else "可打印")
    (path,) = (tmp_path / "papers").iterdir()
    sheet = read(path)
    assert "script" not in sheet.tags
    en = language == "en"
    for told in (
        f"#{case_id}", "王芳</td><script>alert(1)</script>[31m", "换新车", "客户到店", "等配件",
        "Case sheet" if en else "案件单",
        "C resident" if en else "C 居民",
        "2026-11-23 10:00",
        "2026-11-23 10:00 (theirs 02:00)" if en else "2026-11-23 10:00（当地 02:00）",
        "Printed 2026-11-24 10:00 by Ann" if en else "Ann 于 2026-11-24 10:00 打印",
    ):  # fmt: skip
        assert told in sheet.text, told
    printed = desk.rows(sa.select(audit).where(audit.c.action == "case_printed"))
    assert [(row["subject"], row["subject_id"]) for row in printed] == [("case", case_id)]


def test_over_a_remote_login_the_machine_is_named() -> None:
    there = saved_said(Path("/x.html"), {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"})
    assert there.key == "paper.saved_there"
    assert there.params["machine"]
    assert saved_said(Path("/x.html"), {}).key == "paper.saved"


async def test_a_folder_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    ann = desk.seat("ann").actor
    case_id = open_case(desk.database, ann, NewCase(desk.person(), "x"))
    (tmp_path / "file").write_text("")
    desk.clock.now += timedelta(hours=1)
    async with staged(desk, ann, size=WIDE) as stage:
        stage.app.papers = lambda: tmp_path / "file" / "papers"
        stage.app.show_case(case_id)
        await stage.settle()
        await stage.press("#")
        assert stage.shows("could not be saved")
