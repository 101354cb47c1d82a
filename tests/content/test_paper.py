"""A sheet of paper holds the words it was given, and nothing that a browser would obey."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.paper import Facts, Grid, Paper, Ruled, Section, Signed, Words, page, save
from content.translations import Language
from domain.errors import DeskError

TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "span", "div", "h1", "h2", "p",
    "section", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "footer",
}  # fmt: skip
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class"}


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(text: str) -> Seen:
    reader = Seen()
    reader.feed(text)
    reader.close()
    return reader


def sheet(word: str, language: Language = "en") -> Paper:
    blocks = (Facts(((word, word),)), Words(word, word), Grid((word,), ((word,),)))
    more = (Ruled(word), Signed((word,)))
    sections = (Section(word, blocks), Section(word, more), Section("left out", ()))
    return Paper(language, word, word, word, word, sections, word)


@given(st.text())
def test_whatever_stands_in_a_sheet_is_text(word: str) -> None:
    read = seen(page(sheet(word)))
    assert set(read.tags) <= TAGS
    assert read.attributes <= ATTRIBUTES
    assert read.tags.count("section") == 2
    plain = seen(page(sheet("x")))
    assert read.tags.count("td") == plain.tags.count("td")


def test_markup_is_printed_and_not_obeyed() -> None:
    hostile = "</style><script>alert(1)</script>&amp;\u202egnp\x1b[31m"
    text = page(sheet(hostile))
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "<script>alert(1)</script>&amp;gnp[31m" in seen(text).text


def test_empty_parts_are_left_out() -> None:
    paper = Paper(
        "zh", "", "案件单", "案件", "", (Section("要点", (Facts((("责任人", ""),)),)),), ""
    )
    text = page(paper)
    assert 'lang="zh-CN"' in text
    assert "责任人" not in text
    assert "stamp" not in text.partition("</style>")[2]


def test_a_file_is_new_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "papers"
    first, second = save("one", folder, "case/../41 王"), save("two", folder, "case/../41 王")
    assert first.parent == second.parent == folder
    assert (first.read_text(), second.read_text()) == ("one", "two")
    assert first.stat().st_mode & 0o077 == 0
    assert save("three", folder, "../..").name == "sheet.html"


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeskError, match="paper_unwritable"):
        save("x", tmp_path / "file" / "papers", "case")
