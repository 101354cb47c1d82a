"""The rules of the board: the shipped file, what it refuses, and how a scale judges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.board import FILE, board_rules, board_rules_in
from domain.board_rules import AlarmKind, Better, Level, Scale
from domain.errors import InputError

TEXT = FILE.read_text(encoding="utf-8")


def test_the_shipped_rules_name_every_band_and_alarm():
    rules = board_rules()
    assert len(rules.service) == 10
    assert list(rules.service) == sorted(rules.service)
    assert set(rules.alarms) == set(AlarmKind)
    assert rules.overdue == timedelta(hours=1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("overdue_minutes = 60", "overdue_minutes = 0"),
        ('code = "service_level"', 'code = "service"'),
        ('code = "abandonment"', 'code = "occupancy"'),
        ("notice = 85\n", "notice = 95\n"),
        ("better =", "bettr ="),
        ("9 = 480\n", ""),
        ("after_minutes = 5", "after_minutes = -5"),
    ],
)
def test_a_slip_in_the_file_is_refused(old: str, new: str):
    assert old in TEXT
    with pytest.raises(InputError, match="content_bad"):
        board_rules_in(TEXT.replace(old, new, 1), "board.toml")


@given(
    st.sampled_from(Better),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
)
def test_worse_never_asks_for_less_attention(better, one, two, here, there):
    low, high = sorted((one, two))
    rising = better is Better.LESS
    scale = Scale(better, low if rising else high, high if rising else low)
    better_value, worse = sorted((here, there), reverse=not rising)
    assert scale.level(better_value) <= scale.level(worse)
    assert scale.level(None) is Level.CALM
