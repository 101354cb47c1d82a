"""Cells of a record: cleaned, and what is wrong with them named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.record.cells import clean, clean_line
from domain.record.days import Day, read_day
from domain.record.figures import read_mileage, read_money
from domain.record.marks import read_id_number, read_mail, read_plate, read_vin
from domain.record.names import full_name, name_key, read_name


def test_what_a_terminal_obeys_is_taken_out() -> None:
    assert clean("\x1b[31m紧急\x1b[0m").text == "紧急"
    assert clean("\x1b]0;新标题\x07请回电").text == "请回电"
    assert clean("\u202e反向文字").text == "反向文字"
    assert clean("\x1b[31m\u202ea\x07").removed == ("escape", "bidi", "control")


@pytest.mark.parametrize(
    "text",
    ["[bold red]VIP", "[@click=app.quit]x[/]", '=HYPERLINK("http://x")', "<b>重要</b>&nbsp;"],
)
def test_markup_formulas_and_emoji_are_plain_text_and_stay(text: str) -> None:
    assert clean(text).text == text
    family = "👨\u200d👩\u200d👧"
    assert clean(family).text == family


def test_line_ends_are_one() -> None:
    assert clean("a\r\nb\rc\u2028d").text == "a\nb\nc\nd"
    assert clean_line("a\r\nb\u3000 c") == "a b c"


@given(st.text())
def test_cleaning_leaves_nothing_to_clean(text: str) -> None:
    once = clean(text).text
    assert clean(once).text == once
    assert not set(once) & {chr(code) for code in (*range(9), *range(11, 32), 127, 0x202E)}


def test_names() -> None:
    assert read_name("王\u3000婷").text == "王婷"
    titled = read_name("\u3000覃艳伟先生 ")
    assert (titled.text, titled.salutation, titled.sex) == ("覃艳伟", "先生", "m")
    assert read_name("Mrs. Jane  Doe").text == "Jane Doe"
    assert full_name("太郎", "山田").text == "山田太郎"
    assert full_name("EMILY", "Nguyen").text == "EMILY Nguyen"
    assert name_key("EMILY Nguyen") == name_key("Nguyen, Emily")
    assert name_key("Zoë MacLeod") == name_key("ZOE MACLEOD")


@pytest.mark.parametrize(
    "cell",
    [
        "2026/3/5",
        "2026-03-05",
        "2026年3月5日",
        "20260305",
        "2026/3/5 0:00:00",
        "２０２６－０３－０５",
    ],
)
def test_a_day_in_all_its_spellings(cell: str) -> None:
    found = read_day(cell)
    assert isinstance(found, Day)
    assert found.solar == date(2026, 3, 5)


def test_days_that_are_none() -> None:
    assert read_day("") == "empty"
    assert read_day("1900-01-01") == "placeholder"
    assert read_day("2026/2/31") == "impossible"
    assert read_day("1997/13/1") == "impossible"
    assert read_day("soon") == "not_a_day"
    assert read_day(datetime(2026, 3, 5, 14, 30, tzinfo=UTC)) == Day(2026, 3, 5)


def test_lunar_days() -> None:
    thirtieth = read_day("1990-02-30", lunar=True)
    assert thirtieth == Day(1990, 2, 30, lunar=True)
    assert isinstance(thirtieth, Day)
    assert thirtieth.lunar_only
    assert thirtieth.iso == "1990-02-30"
    assert read_day("1990-01-31", lunar=True) == Day(1990, 1, 31)
    assert read_day("1990-02-30") == "impossible"


@given(st.dates(min_value=date(1901, 1, 1)))
def test_every_spelling_of_a_date_is_read(day: date) -> None:
    for text in (
        f"{day.year}/{day.month}/{day.day}" if day.year > 999 else day.isoformat(),
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"),
    ):
        found = read_day(text)
        assert isinstance(found, Day)
        assert found.solar == day


@pytest.mark.parametrize(
    ("cell", "hundredths"),
    [
        ("￥11,954.90", 1195490),
        ("￥ 79639.36", 7963936),
        ("¥15591.19", 1559119),
        ("649.60元", 64960),
        (2159.16, 215916),
        (0.0, 0),
        ("", "empty"),
        ("一千", "not_a_figure"),
        ("1,23.4", "not_a_figure"),
        ("-5.5", -550),
    ],
)
def test_money(cell: str | float, hundredths: int | str) -> None:
    assert read_money(cell) == hundredths


def test_mileage() -> None:
    assert [read_mileage(cell) for cell in ("4520", "4,520", "4520公里", 17238.0, "", "很多")] == [
        4520, 4520, 4520, 17238, "empty", "not_a_figure",
    ]  # fmt: skip


@given(st.integers(min_value=0, max_value=10**10))
def test_money_is_read_as_it_is_written(hundredths: int) -> None:
    text = f"{hundredths // 100}.{hundredths % 100:02}"
    assert read_money(f"¥{text}") == hundredths
    assert read_money(float(text)) == hundredths


def test_plates() -> None:
    for cell in ("粤B12345", "粤B·12345", "粤b 12345", "粤B-12345"):
        plate = read_plate(cell)
        assert plate is not None
        assert (plate.text, plate.key) == ("粤B·12345", "粤B12345")
    electric = read_plate("粤BD12345")
    assert electric is not None
    assert electric.text == "粤B·D12345"
    assert read_plate("临牌") is None
    assert read_plate("") is None


def test_vehicle_numbers() -> None:
    assert read_vin("l00bumvf2fb471093 ") == ("L00BUMVF2FB471093", None)
    assert read_vin("L00YKCPF8WBO95551")[1] == "has_i_o_or_q"
    assert read_vin("L00YK")[1] == "wrong_length"
    assert read_vin("") == ("", None)


def test_citizen_numbers() -> None:
    assert read_id_number("44039919860522459x") == ("44039919860522459X", None)
    assert read_id_number("440199199303029582")[1] == "wrong_check_digit"
    assert read_id_number("4401991993")[1] == "wrong_shape"
    assert read_id_number("") == ("", None)


def test_mail_addresses() -> None:
    assert read_mail("u852826＠example.net") == ("u852826@example.net", True)
    assert read_mail("U724744@Example.COM ") == ("U724744@example.com", True)
    assert read_mail("nobody") == ("nobody", False)
