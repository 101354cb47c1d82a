from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.cli.lines import aligned, cells, harmless, one_line

ANY_TEXT = st.text(st.characters())
OBEYED = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200e\u202e\u2028\u2066\ufeff",
]


@given(ANY_TEXT)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = harmless(text)
    assert not any(character in shown for character in OBEYED)
    assert harmless(shown) == shown


def test_names_keep_their_letters() -> None:
    assert harmless("王\x1b[31m女士\tÅsa\u202e") == "王[31m女士 Åsa"
    assert harmless("e\u0301") == "e\u0301"


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.integers() | st.none() | st.booleans(), max_size=5))
def test_json_is_one_line_and_says_the_same(data: dict[str, object]) -> None:
    line = one_line(data)
    assert json.loads(line) == data
    assert len(line.splitlines()) == 1
    assert not any(character in line for character in OBEYED)
    line.encode("utf-8")


def test_chinese_stays_readable_in_json() -> None:
    assert one_line({"name": "王芳", "said": "\u202e"}) == '{"name": "王芳", "said": "\\u202e"}'


def test_columns_align_by_cells() -> None:
    lines = aligned([["ID", "姓名", "时间"], ["1", "欧阳娜娜", "9:30"], ["22", "Ann\x1b"]])
    assert lines == ["ID  姓名      时间", "1   欧阳娜娜  9:30", "22  Ann"]
    assert cells("欧e\u0301") == 3
    assert aligned([]) == []
