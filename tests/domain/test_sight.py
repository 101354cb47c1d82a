"""What is masked, and who sees the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mask import mask_address, mask_birthday, mask_digits, mask_mail
from domain.permissions import Role
from domain.sight import NOTHING, Sight, sight_of

ALL = Sight(numbers=True, places=True, papers=True)
OWN = Sight(numbers=True, places=True, papers=False)
PLACES = Sight(numbers=False, places=True, papers=False)


@pytest.mark.parametrize(
    ("role", "own", "revealed", "seen"),
    [
        (Role.OPERATOR, False, False, NOTHING),
        (Role.OPERATOR, True, False, OWN),
        (Role.OPERATOR, False, True, NOTHING),
        (Role.OPERATOR, True, True, OWN),
        (Role.LEAD, False, False, PLACES),
        (Role.LEAD, True, False, OWN),
        (Role.LEAD, False, True, ALL),
        (Role.ADMIN, False, False, PLACES),
        (Role.ADMIN, True, False, OWN),
        (Role.ADMIN, True, True, ALL),
    ],
)
def test_who_sees_what(role: Role, own: bool, revealed: bool, seen: Sight):
    assert sight_of(role, own=own, revealed=revealed) == seen


def test_masks():
    assert mask_digits("11010519491231002X") == "***************02X"
    assert mask_mail("li.na@example.org") == "l***@example.org"
    assert mask_mail("nonsense") == "n***"
    assert mask_address("深圳市南山区科技园1号") == "深圳市南山区***"
    assert mask_address("12 High Street") == "** Hig***"
    assert mask_birthday("1949-12-31") == "****-12-31"
    assert mask_birthday("--05-17") == "--05-17"


@given(st.text(st.sampled_from("0123456789 -ab"), min_size=3, max_size=30))
def test_at_most_two_digits_are_left(text: str):
    assert sum(letter.isdigit() for letter in mask_digits(text)) <= 2
