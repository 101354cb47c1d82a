"""The table of pinyin agrees with the library it comes from, which the running desk never loads."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from content.pinyin import TABLE, pinyin_of, spelled, write_table
from content.playbooks import shipped_phrases

ROOT = Path(__file__).parents[2]


def test_the_table_holds_every_shipped_phrase_as_it_is_spelled(tmp_path: Path) -> None:
    fresh = tmp_path / "pinyin.csv"
    write_table(shipped_phrases(), fresh)
    assert TABLE.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), (
        "run: python -m content.pinyin"
    )
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert all(
            pinyin_of(words) == spelled(words) == sounds for words, sounds in csv.reader(file)
        )


def test_words_that_a_lead_adds_are_spelled_too() -> None:
    assert pinyin_of("退订短信") == "tui ding duan xin"
    assert pinyin_of("€5") == ""


def test_the_running_desk_needs_no_pinyin_library() -> None:
    code = (
        "import sys; from content.playbooks import load_shipped; load_shipped('zh');"
        "assert not {'pypinyin', 'textual', 'sqlalchemy', 'click'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
