"""Numbers as files spell them, the own country's habits first."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mask import mask
from domain.phone import PROBLEM_CODES, Number, NumberProblem, read_number


def e164(text: str, region: str = "CN") -> str:
    found = read_number(text, region)
    assert isinstance(found, Number), found
    return found.e164


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        " 138 0013 8000\t",
        "138-0013-8000\u3000",
        "\ufeff+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "8613800138000",
        "013800138000",
        "１３８００１３８０００",
        "（+86）13800138000",
    ],
)
def test_one_mobile_in_many_spellings(text: str) -> None:
    assert e164(text) == "+8613800138000"


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("0755-88328653转 4483", "+8675588328653", "4483"),
        ("(0755)8878 7875转7802", "+8675588787875", "7802"),
        ("010 88864662 分机 2368", "+861088864662", "2368"),
        ("+86 10 23622894 ext. 12", "+861023622894", "12"),
        ("（０２０）６５１４７９１３ 转7450", "+862065147913", "7450"),
    ],
)
def test_extensions(text: str, number: str, extension: str) -> None:
    found = read_number(text, "CN")
    assert isinstance(found, Number)
    assert (found.e164, found.extension, found.kind) == (number, extension, "landline")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u3000\t", "empty"),
        ("没有", "not_a_number"),
        ("-", "not_a_number"),
        ("1.38E+10", "scientific_notation"),
        ("1.81870E+10", "scientific_notation"),
        ("138****8000", "masked"),
        ("138xxxx8000", "masked"),
        ("1341629546", "too_short"),
        ("138001380001", "too_long"),
        ("10800138000", "not_valid"),
    ],
)
def test_why_a_chinese_cell_is_no_number(text: str, code: str) -> None:
    assert read_number(text, "CN") == NumberProblem(code)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("0055 92 99856-6430", "BR", "+5592998566430"),
        ("001 514 555 0120", "CA", "+15145550120"),
        ("001 1 312 555 0199", "US", "+13125550199"),
        ("011 1 312 555 0199", "US", "+13125550199"),
        ("011 44 20 7946 0901", "GB", "+442079460901"),
        ("0061 8 7010 5182", "AU", "+61870105182"),
        ("+44 (0)28 9649 6725", "GB", "+442896496725"),
        ("306-555-0152 x282", "CA", "+13065550152"),
        ("+49 40/66969 433", "DE", "+494066969433"),
        ("+852 9662 9877", "CN", "+85296629877"),
        ("011 3229-8480", "BR", "+551132298480"),
    ],
)
def test_the_rows_own_country_comes_first(text: str, region: str, number: str) -> None:
    assert e164(text, region) == number


def test_a_number_of_another_country_keeps_its_own() -> None:
    found = read_number("+852 9662 9877", "CN")
    assert found == Number("+85296629877", "", "mobile", "HK", 852)


def test_other_countries_know_one_problem_of_length() -> None:
    assert read_number("555-0159", "US") == NumberProblem("not_valid")


def test_masks_keep_the_end_by_which_a_customer_is_found() -> None:
    assert mask("+8613800138000") == "+86138****8000"
    assert mask("+6591300357") == "+65****0357"


@given(st.text(max_size=40), st.sampled_from(["CN", "US", "BR", "GB", "JP", "ZZ"]))
def test_any_text_is_a_number_or_a_known_problem(text: str, region: str) -> None:
    found = read_number(text, region)
    if isinstance(found, Number):
        assert phonenumbers.is_valid_number(phonenumbers.parse(found.e164))
        assert found.e164[1:].isdigit()
    else:
        assert found.code in PROBLEM_CODES


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "0086", "86"]))
def test_a_mobile_reads_the_same_behind_every_prefix(digits: str, prefix: str) -> None:
    assert read_number(prefix + digits, "CN") == read_number(digits, "CN")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_short_way_for_mobiles_agrees_with_the_phone_rules(digits: str) -> None:
    good = phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    assert isinstance(read_number(digits, "CN"), Number) == good
