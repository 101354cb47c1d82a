"""What a chance may bring, as it is typed; and when a customer only ever heard sales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chance import MOST, read_amount
from domain.errors import InputError
from domain.touch import CHANNELS, only_sold


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5000", (500_000, "CNY")),
        ("12,000.50", (1_200_050, "CNY")),
        ("12.5", (1_250, "CNY")),
        ("8000 EUR", (800_000, "EUR")),
        ("eur 8000", (800_000, "EUR")),
        ("3万", (3_000_000, "CNY")),
        ("3.25万", (3_250_000, "CNY")),
        ("２千元", (200_000, "CNY")),
        ("0", (0, "CNY")),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: tuple[int, str]) -> None:
    assert read_amount(text, "CNY") == amount


@pytest.mark.parametrize(
    ("text", "usual", "code"),
    [
        ("much", "CNY", "amount_unclear"),
        ("1.234", "CNY", "amount_unclear"),
        ("1,23", "CNY", "amount_unclear"),
        ("-5", "CNY", "amount_unclear"),
        ("EUR 5 USD", "CNY", "amount_unclear"),
        ("5000", "", "amount_currency"),
        (str(MOST + 1), "CNY", "amount_high"),
        ("999999万", "CNY", "amount_high"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, usual: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        read_amount(text, usual)
    assert error.value.code == code


@given(st.integers(0, MOST * 100), st.sampled_from(("CNY", "EUR", "USD")))
def test_a_written_amount_is_read_as_itself(hundredths: int, currency: str) -> None:
    text = f"{hundredths // 100:,}.{hundredths % 100:02d} {currency}"
    assert read_amount(text, "") == (hundredths, currency)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        amount, currency = read_amount(text, "CNY")
    except InputError:
        return
    assert 0 <= amount <= MOST * 100
    assert len(currency) == 3


def test_only_many_touches_of_one_kind_are_sales_alone() -> None:
    assert only_sold(3, 3)
    assert not only_sold(2, 2)
    assert not only_sold(9, 8)
    assert not set(CHANNELS["in"]) - set(CHANNELS["out"])
