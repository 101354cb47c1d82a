"""`callback-desk import` from end to end: answers, rejects, words in both languages."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from app.cli.import_ import _place_of
from app.cli.program import callback_desk
from content.columns import column_book
from domain.phone import read_number
from intake.words import WHOLE_ROW, words_of
from tests.command_line import Run, plain

SAMPLES = Path(__file__).parents[1] / "samples"
NOW = "2026-11-23T01:00:00Z"
KEYS = {
    "rows", "added", "updated", "unchanged", "merged", "possibly_same", "rejected", "reasons",
    "phone_problems",
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Run:
    database = str(tmp_path / "desk.db")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(callback_desk, [*words, "--database", database])

    assert invoke("init", "--practice", "--as", "ann", "--json").exit_code == 0
    return invoke


def imported(run: Run, kind: str, file: Path, *words: str) -> dict[str, Any]:
    return plain(run("import", kind, str(file), "--as", "ann", "--now", NOW, "--json", *words))


def test_a_sample_is_imported_whatever_the_terminal_speaks(run: Run) -> None:
    rehearsed = imported(run, "complaints", SAMPLES / "telecom_complaints.csv", "--dry-run")
    assert rehearsed["import_id"] is None
    first = imported(run, "complaints", SAMPLES / "telecom_complaints.csv")
    assert set(first) >= KEYS
    assert (first["rows"], first["added"], first["merged"]) == (300, 288, 12)
    assert first["phone_problems"] == {"empty": 3, "not_valid": 3, "too_short": 3}
    assert (first["region"], first["region_from"]) == ("CN", "file")
    for key in KEYS:
        assert rehearsed[key] == first[key]
    again = imported(run, "complaints", SAMPLES / "telecom_complaints.csv")
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 300)


def test_rejected_rows_are_corrected_and_imported_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    text = (
        "客户编号;姓名;电话;国家;回访类型;到期时间;备注\r\n"
        "1;王芳;13800138000;中国;售后回访;明天下午三点;=1+1\r\n"
        "2;李娜;无;中国;售后回访;2026-11-25 10:00;\r\n"
        "3;周平;13700137000;中国;售后回访;2026-11-25 10:00;😀\r\n"
    )
    file.write_bytes(text.encode("gb18030"))
    rejects = tmp_path / "rejects.csv"
    report = imported(run, "callbacks", file, "--rejects", str(rejects))
    assert report["reasons"] == {"due_relative": 1, "no_usable_number": 1}
    assert report["rejects"] == {"file": str(rejects), "rows": 2}
    assert [row["row"] for row in report["rejected_rows"]] == [2, 3]
    written = rejects.read_bytes().decode("gb18030")
    assert written.endswith("\r\n")
    rows = list(csv.reader(written.splitlines(), delimiter=";"))
    assert rows[0][-1] == "Reason"
    assert rows[1][-2:] == ["'=1+1", words_of("due_relative", "en")]
    rejects.write_bytes(written.replace("明天下午三点", "2026-11-24 15:00").encode("gb18030"))
    mended = imported(run, "callbacks", rejects)
    assert (mended["added"], mended["reasons"]) == (1, {"no_usable_number": 1})
    listed = plain(run("queue", "list", "--as", "ann", "--now", NOW, "--json"))
    assert "=1+1" in [row["note"] for row in listed["callbacks"]]


def test_rejects_of_a_spreadsheet_are_one(run: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.xlsx"
    report = imported(
        run, "callbacks", SAMPLES / "clinic_callbacks_en.xlsx", "--rejects", str(rejects),
        "--dry-run",
    )  # fmt: skip
    sheet = CalamineWorkbook.from_path(rejects).get_sheet_by_name("Callbacks").to_python()
    assert len(sheet) == report["rejected"] + 1
    assert sheet[0][-2:] == ["Notes", "Reason"]
    formulas = [row[11] for row in sheet if "HYPERLINK" in str(row[11])]
    assert set(formulas) <= {'\'=HYPERLINK("http://x")'}
    again = imported(run, "callbacks", rejects, "--dry-run")
    assert again["reasons"] == report["reasons"]


def test_columns_are_named_by_hand(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("甲,乙,手机\n王芳,教师,13800138000\n", encoding="utf-8")
    refused = plain(run("import", "customers", str(file), "--as", "ann", "--json"), 1)
    assert refused["error"]["code"] == "import_columns_missing"
    report = imported(run, "customers", file, "--column", "甲=name", "--column", "2=occupation")
    assert report["columns"] == {"甲": "name", "乙": "occupation", "手机": "phone"}
    assert report["added"] == 1
    wrong = plain(
        run("import", "customers", str(file), "--as", "ann", "--json", "--column", "甲=nonsense"), 1
    )
    assert wrong["error"]["code"] == "import_column_choice"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_are_told_in_their_language(run: Run, tmp_path: Path, language: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("姓名,电话,到期时间\n王芳,13800138000,明天\n李娜,无,\n", encoding="utf-8")
    result = run("import", "callbacks", str(file), "--as", "ann", "--now", NOW, "--lang", language)
    assert result.exit_code == 0, result.output
    reason = words_of("due_relative", "zh" if language == "zh" else "en")
    assert reason in result.stdout
    assert "calls.csv" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nowhere.csv",), "import_file_missing"),
        (("{file}", "--region", "XX"), "region_unknown"),
        (("{file}", "--rejects", "{file}"), "rejects_is_input"),
        (("{file}", "--rejects", "{folder}"), "rejects_not_written"),
        (("{file}", "--encoding", "nonsense"), "import_encoding_wrong"),
    ],
)
def test_what_can_not_be_done_is_said(
    run: Run, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,手机\n王芳,13800138000\n", encoding="utf-8")
    given = [word.format(file=file, folder=tmp_path) for word in words]
    result = run("import", "customers", *given, "--as", "ann", "--json")
    assert plain(result, 1)["error"]["code"] == code


def test_an_import_is_taken_back(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,手机\n王芳,13800138000\n", encoding="utf-8")
    report = imported(run, "customers", file)
    assert plain(run("import", "unfinished", "--as", "ann", "--json")) == {"imports": []}
    taken = plain(run("import", "take-back", str(report["import_id"]), "--as", "ann", "--json"))
    assert (taken["removed"], taken["restored"], taken["kept"]) == (1, 0, 0)
    assert imported(run, "customers", file)["added"] == 1


def test_conflicts_are_listed_and_settled(run: Run, tmp_path: Path) -> None:
    customers, orders = tmp_path / "list.csv", tmp_path / "orders.csv"
    customers.write_text("客户编号,姓名,手机\n1,王芳,13800138000\n", encoding="utf-8")
    orders.write_text(
        "工单号,客户编号,服务类型,进厂日期,金额\nR1,1,保养,2026-05-01,100\nR1,1,保养,2026-05-01,120\n",
        encoding="utf-8",
    )
    imported(run, "customers", customers)
    assert imported(run, "orders", orders)["conflicts"] == 1
    (one,) = plain(run("import", "conflicts", "--as", "ann", "--json"))["conflicts"]
    assert (one["file"], one["row"], one["field"]) == ("orders.csv", 3, "amount")
    assert "orders.csv" in run("import", "conflicts", "--as", "ann").stdout
    words = ["import", "settle", str(one["conflict_id"])]
    refused = plain(run(*words, "file", "--as", "ann", "--json"), 1)
    assert refused["error"]["code"] == "conflict_without_value"
    assert plain(run(*words, "desk", "--as", "ann", "--json"))["taken"] == "desk"
    assert plain(run("import", "conflicts", "--as", "ann", "--json")) == {"conflicts": []}


def test_the_place_of_a_number() -> None:
    for text, place in (("075588328653", "深圳"), ("+1 415 555 0103", "San Francisco")):
        number = read_number(text, "CN")
        assert place in _place_of(number)


def test_every_reason_and_fault_has_words() -> None:
    for language in ("en", "zh"):
        for code in WHOLE_ROW:
            assert words_of(code, language)
    assert words_of("birthday_impossible", "en") == "birthday: no such day"
    assert words_of("first_visit_on_not_a_day", "zh").startswith("首次来厂日期")
    assert words_of("due_local_not_understood", "en").startswith(
        column_book().label("due_local").en
    )
    with pytest.raises(KeyError):
        words_of("nonsense", "en")
