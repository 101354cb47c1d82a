from __future__ import annotations

import sys
from pathlib import Path

import pytest

from domain.errors import DeskError
from telephony.command import hand_over
from telephony.number import dial_string, tel_link


def test_the_number_is_written_for_dialling_and_as_a_link() -> None:
    assert dial_string("+8613800138000") == "+8613800138000"
    assert dial_string("+862112345678", "801", "9") == "9+862112345678,801"
    assert tel_link("+862112345678", "801") == "tel:+862112345678;ext=801"


def test_the_program_gets_the_number_as_one_argument(tmp_path: Path) -> None:
    target = tmp_path / "dialled"
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('|'.join(sys.argv[2:]))"
    hand_over([sys.executable, "-c", code, str(target), "tel={number}", "x"], "+8613800138000")
    assert target.read_text() == "tel=+8613800138000|x"


@pytest.mark.parametrize("number", ["", "+86;rm", "138 0013", "$(x)", "\x1b[31m"])
def test_nothing_but_a_number_is_handed_over(number: str) -> None:
    with pytest.raises(DeskError) as caught:
        hand_over([sys.executable, "-c", ""], number)
    assert caught.value.code == "dial_not_a_number"


def test_a_program_that_fails_is_said() -> None:
    with pytest.raises(DeskError) as caught:
        hand_over([sys.executable, "-c", "raise SystemExit(3)"], "+8613800138000")
    assert caught.value.params["reason"] == "exit 3"
    with pytest.raises(DeskError):
        hand_over(["/does/not/exist"], "+8613800138000")
