"""The shipped rules of the board: minutes in time, scales, alarms."""

from __future__ import annotations

from functools import cache
from typing import Final

from content.toml_file import FOLDER, parse_toml, read_text
from domain.board_rules import BoardRules, board_rules_of

FILE: Final = FOLDER / "board.toml"


def board_rules_in(text: str, where: str) -> BoardRules:
    """The rules of a file's text.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    return board_rules_of(parse_toml(text, where), where)


@cache
def board_rules() -> BoardRules:
    """The rules that the desk ships with.

    Raises:
        InputError: `content_bad`.
    """
    return board_rules_in(read_text(FILE), FILE.name)
