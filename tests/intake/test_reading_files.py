"""Files of every make, and broken ones: each is read, or refused with a code of its own."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from intake.encodings import decode
from intake.mapping import recognise
from intake.preparing import Prepared, prepare
from intake.reading import read_table
from intake.table import Table

HEADER = "客户编号,姓名,手机,家庭住址\r\n"
BODY = "00010001,王芳,13800138000,深圳市南山区\r\n00010002,李娜,13900139000,广州市\r\n"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def saved(folder: Path, data: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def table(folder: Path, data: bytes | str, name: str = "file.csv") -> Table:
    return read_table(saved(folder, data, name))


def ready(folder: Path, data: bytes | str, name: str = "file.csv") -> Prepared:
    return prepare(
        saved(folder, data, name), now=NOW, house_region="CN", house_zone="Asia/Shanghai"
    )


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_encodings_are_told_apart(tmp_path: Path, encoding: str, found: str) -> None:
    read = table(tmp_path, (HEADER + BODY).encode(encoding))
    assert read.encoding == found
    assert read.header == ("客户编号", "姓名", "手机", "家庭住址")
    assert read.rows[0].cells[1] == "王芳"


@pytest.mark.parametrize(("encoding", "found"), [("latin-1", "latin-1"), ("cp1252", "cp1252")])
def test_western_letters(tmp_path: Path, encoding: str, found: str) -> None:
    quote = "’" if encoding == "cp1252" else "'"
    text = f"Name,Phone\nAmélie Lefèvre,020 7946 0001\nZoë d{quote}Aubigné,020 7946 0002\n"
    read = table(tmp_path, text.encode(encoding))
    assert read.encoding == found
    assert read.rows[1].cells[0] == f"Zoë d{quote}Aubigné"


@given(st.lists(st.sampled_from("王李张客户手机号码地址深圳南山，。abc,123"), min_size=8))
def test_chinese_text_is_never_taken_for_latin(letters: list[str]) -> None:
    text = "客户姓名" + "".join(letters)
    assert decode(text.encode("gb18030"), "file").text == text
    assert decode(text.encode("utf-8"), "file").text == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    read = table(tmp_path, (HEADER + BODY).replace(",", delimiter))
    assert read.delimiter == delimiter
    assert len(read.header) == 4


def test_titles_above_the_header_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    read = table(tmp_path, "客户名单 2026,,,\r\n,,,\r\n" + HEADER + ",,,\r\n" + BODY)
    assert read.header[0] == "客户编号"
    assert [row.number for row in read.rows] == [5, 6]


def test_a_file_without_header_is_recognised_by_its_values(tmp_path: Path) -> None:
    read = table(tmp_path, "王芳,13800138000\r\n李娜,13900139000\r\n赵敏,13700137000\r\n")
    assert not read.has_header
    mapping = recognise(read, "customers")
    assert mapping.columns[1].field == "phone"
    assert mapping.missing == ("name",)
    assert mapping.changed(0, "name").missing == ()


def test_an_unknown_header_is_recognised_by_a_look(tmp_path: Path) -> None:
    rows = "".join(f"王芳,1380013800{n}\r\n" for n in range(5))
    mapping = recognise(table(tmp_path, "姓名,甲\r\n" + rows), "customers")
    assert mapping.columns[1].field == "phone"
    assert mapping.columns[1].confidence < 1


def test_a_mapping_is_changed_saved_and_found_again(tmp_path: Path) -> None:
    read = table(tmp_path, "姓名,甲\r\n王芳,x\r\n")
    mapping = recognise(read, "customers").changed(1, "occupation")
    again = recognise(read, "customers").with_saved(mapping.to_dict())
    assert again.fields == {"name", "occupation"}
    moved = again.changed(1, "name")
    assert [column.field for column in moved.columns] == [None, "name"]


def workbook(rows: list[list[object]], title: str = "S") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_the_sheet_that_tells_most_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["说明", "本表由系统导出"])
    second = book.create_sheet("客户")
    for row in (HEADER + BODY).split():
        second.append(row.split(","))
    data = io.BytesIO()
    book.save(data)
    assert table(tmp_path, data.getvalue(), "file.xlsx").sheet == "客户"


def test_the_bytes_tell_the_format_and_not_the_name(tmp_path: Path) -> None:
    data = workbook([["姓名", "手机"], ["王芳", 13800138000]])
    read = ready(tmp_path, data, "file.csv")
    assert read.table.format == "xlsx"
    assert read.ready().phone_problems == {}


def huge_grid() -> bytes:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as source,
        zipfile.ZipFile(data, "w") as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = content.replace(
                    b"</sheetData>",
                    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
                )
            target.writestr(entry, content)
    return data.getvalue()


def declared_grid() -> bytes:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(
            io.BytesIO(workbook([["姓名", "手机"], ["王芳", "13800138000"]]))
        ) as source,
        zipfile.ZipFile(data, "w") as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = content.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            target.writestr(entry, content)
    return data.getvalue()


def other_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("readme.txt", "no workbook")
    return data.getvalue()


SHEET = workbook([["姓名", "手机"], ["王芳", "13800138000"]])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import_file_empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "import_file_empty"),
        (b",,,\r\n,,,\r\n", "import_file_empty"),
        (bytes(range(256)) * 20, "import_file_binary"),
        (b"%PDF-1.7 ...", "import_file_binary"),
        (b"\x89PNG\r\n\x1a\n" + b"abc" * 50, "import_file_binary"),
        (b"\x00" * 5000 + b"abc", "import_file_binary"),
        (other_zip(), "import_not_a_workbook"),
        (SHEET[: len(SHEET) // 2], "import_workbook_broken"),
        (SHEET[:-200], "import_workbook_broken"),
        (b"PK\x03\x04 nothing", "import_workbook_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "import_old_workbook"),
        (huge_grid(), "import_workbook_huge"),
        (workbook([[]]), "import_file_empty"),
        (
            (HEADER + BODY).encode()[:-3].replace("广州市".encode(), b'"' + "广".encode()),
            "import_truncated",
        ),
        ((HEADER + BODY).encode()[:-4], "import_truncated"),
        ((HEADER + BODY).encode("utf-16")[:-3], "import_truncated"),
        ("姓名\r\n" + "长" * 200_000, "import_cell_too_long"),
        ("甲,乙\r\n1,2\r\n", "import_kind_unknown"),
    ],
)
def test_broken_files_are_refused_each_with_its_code(
    tmp_path: Path, data: bytes | str, code: str
) -> None:
    with pytest.raises(InputError) as raised:
        ready(tmp_path, data)
    assert raised.value.code == code


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_table(tmp_path / "none.csv")
    assert raised.value.code == "import_file_missing"
    with pytest.raises(InputError) as raised:
        read_table(tmp_path)
    assert raised.value.code == "import_file_unreadable"


def test_the_wrong_encoding_chosen_by_hand(tmp_path: Path) -> None:
    path = saved(tmp_path, (HEADER + BODY).encode("gb18030"))
    with pytest.raises(InputError) as raised:
        read_table(path, encoding="utf-8")
    assert raised.value.code == "import_encoding_wrong"


def test_a_sheet_that_only_declares_a_million_rows_is_read(tmp_path: Path) -> None:
    assert len(table(tmp_path, declared_grid(), "file.xlsx").rows) == 1


def test_zero_bytes_and_damaged_letters_are_said_and_damaged_rows_rejected(tmp_path: Path) -> None:
    many = "".join(f"0002{n:04},王芳,1380013{n:04},深圳市\r\n" for n in range(200))
    data = (HEADER + many).encode().replace("00020003,王".encode(), b"00020003,\xe7\x8e")
    found = ready(tmp_path, data.replace(b"00020005", b"0002\x000005"))
    assert [notice.key for notice in found.notices] == [
        "import.notice.damaged",
        "import.notice.zero_bytes",
    ]
    assert [(one.row, one.reason) for one in found.ready().rejected] == [(5, "damaged_text")]
    assert len(found.ready().rows) == 199


def test_rows_too_long_and_cut_off_are_rejected_and_short_ones_filled(tmp_path: Path) -> None:
    data = HEADER + BODY + "00010003,赵敏,13700137000\r\n1,2,3,4,5\r\n00010004,周"
    found = ready(tmp_path, data).ready()
    assert [(one.row, one.reason) for one in found.rejected] == [
        (5, "too_many_cells"),
        (6, "cut_off"),
    ]
    assert len(found.rows) == 3


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for prefix in (b"", HEADER.encode(), HEADER.encode("gb18030"), b"PK\x03\x04", SHEET[:900]):
        with contextlib.suppress(InputError):
            ready(folder, prefix + data)


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(min_value=1, max_value=len(SHEET) - 1))
def test_a_spreadsheet_cut_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    with pytest.raises(InputError):
        ready(tmp_path_factory.mktemp("cut"), SHEET[:cut])


def test_a_file_named_for_what_it_is_not_is_refused() -> None:
    samples = Path(__file__).parents[1] / "samples"
    for name, kind in (
        ("service_orders.xlsx", "customers"),
        ("dealer_customers.csv", "callbacks"),
        ("callbacks_today.csv", "customers"),
    ):
        with pytest.raises(InputError) as raised:
            recognise(read_table(samples / name), kind)  # type: ignore[arg-type]
        assert raised.value.code == "import_kind_differs"


def test_a_list_of_names_and_numbers_is_one_of_customers(tmp_path: Path) -> None:
    assert recognise(table(tmp_path, "姓名,手机\r\n王芳,13800138000\r\n")).kind == "customers"
