"""A file that carries the mark of an export is read like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from domain.export_mark import MARK_COLUMN, ExportMark, ExportPurpose, harmless_cell
from intake.preparing import prepare

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_an_import_leaves_the_mark_out(tmp_path: Path):
    mark = ExportMark("X-1a2b", NOW, "lee", ExportPurpose.MOVE, 1).text
    marked, plain = tmp_path / "marked.csv", tmp_path / "plain.csv"
    marked.write_text(f"姓名,手机,{MARK_COLUMN}\n王芳,13800138000,{mark}\n", encoding="utf-8-sig")
    plain.write_text("姓名,手机\n王芳,13800138000\n", encoding="utf-8-sig")
    read = [
        prepare(file, "customers", now=NOW, house_region="CN", house_zone="Asia/Shanghai").ready()
        for file in (marked, plain)
    ]
    persons = [[row.person for row in one.rows] for one in read]
    assert persons[0] == persons[1] != []


def test_what_a_spreadsheet_would_reckon_is_quoted():
    assert harmless_cell("=1+1") == "'=1+1"
    assert harmless_cell("@SUM(A1)") == "'@SUM(A1)"
    assert harmless_cell("-2+3+cmd|' /C calc'!A0").startswith("'")
    assert harmless_cell("+86 138 0013 8000") == "+86 138 0013 8000"
    assert harmless_cell("王芳") == "王芳"
