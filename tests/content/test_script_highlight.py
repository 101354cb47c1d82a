from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.playbooks import shipped_sources
from content.script_highlight import advice_marks, head_rows, script_marks


def pieces(row: str, language: str = "en", *, in_head: bool = False) -> list[tuple[str, str]]:
    return [(row[m.start : m.end], m.piece) for m in script_marks(row, language, in_head=in_head)]


def test_a_heading_and_its_id() -> None:
    assert pieces("## The handover {#handover}") == [
        ("## The handover {#handover}", "heading"),
        ("{#handover}", "anchor"),
    ]


def test_words_to_say_with_label_and_variables() -> None:
    row = "> *Explore:* {% if shop.name %}From {{ shop.name }}.{% endif %}"
    assert pieces(row) == [
        (row[1:], "quote"),
        (">", "sign"),
        ("*Explore:*", "label"),
        ("{% if shop.name %}", "condition"),
        ("{{ shop.name }}", "variable"),
        ("{% endif %}", "condition"),
    ]


def test_a_choice_with_two_links() -> None:
    assert pieces("- [Score](ask:csat/overall) → [Next](#closing)") == [
        ("- ", "sign"),
        ("[Score](ask:csat/overall)", "target"),
        ("Score", "link"),
        ("[Next](#closing)", "target"),
        ("Next", "link"),
    ]


def test_an_include_an_open_variable_and_plain_advice() -> None:
    assert pieces("[Opening](include:parts.md#opening)")[-1][1] == "include"
    assert pieces("Say {{ shop.name and go on") == [("{{ shop.name and go on", "broken")]
    assert pieces("Let them *talk* first.") == []


def test_labels_belong_to_a_language() -> None:
    assert pieces("*聆听:* 真忙的人会另约时间。", "zh")[0] == ("*聆听:*", "label")
    assert pieces("*聆听:* 真忙的人会另约时间。", "en") == []


def test_the_head_ends_at_its_second_line_of_dashes() -> None:
    assert head_rows(["---", "id: a", "---", "", "## A {#a}"]) == 3
    assert head_rows(["---", "id: a"]) == 0
    assert head_rows(["", "---"]) == 0
    assert head_rows([]) == 0
    assert pieces("title: A call: short", in_head=True) == [("title:", "head")]
    assert pieces("---", in_head=True) == [("---", "sign")]


def test_advice_has_groups_and_entries() -> None:
    assert [m.piece for m in advice_marks("[mood]")] == ["heading"]
    assert [m.piece for m in advice_marks('red = "Stay calm."')] == ["head"]
    assert [m.piece for m in advice_marks("# why")] == ["sign"]
    assert advice_marks("") == ()


@pytest.mark.parametrize("source", shipped_sources(), ids=lambda source: source.file)
def test_nothing_that_is_shipped_looks_broken(source) -> None:  # type: ignore[no-untyped-def]
    rows = source.text.split("\n")
    head = head_rows(rows)
    assert head > 1
    for number, row in enumerate(rows):
        found = script_marks(row, source.language, in_head=number < head)
        assert all(mark.piece != "broken" for mark in found), row


@given(
    st.text(alphabet=st.sampled_from("ab #>-*[](){}%:|\\·聆听=\"'\t"), max_size=60), st.booleans()
)
def test_marks_stay_within_their_row(row: str, in_head: bool) -> None:
    for mark in (*script_marks(row, "zh", in_head=in_head), *advice_marks(row)):
        assert 0 <= mark.start <= mark.end <= len(row)
