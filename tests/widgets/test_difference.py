from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from widgets.difference import difference

TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "", "中文"]), max_size=12).map("\n".join)


def test_a_changed_line_shows_what_changed_in_it() -> None:
    found = difference("one\nIs now all right?\nthree", "one\nIs now a good time?\nthree")
    assert [(line.sign, line.old, line.new) for line in found.lines] == [
        ("@", 1, 1),
        (" ", 1, 1),
        ("-", 2, 0),
        ("+", 0, 2),
        (" ", 3, 3),
    ]
    came = found.lines[3]
    assert "".join(came.text[a:b] for a, b in came.changed)
    assert (found.added, found.removed) == (1, 1)


def test_lines_that_share_nothing_are_not_marked_within() -> None:
    found = difference("aaaaaaaa", "zzzzzzzz")
    assert [line.changed for line in found.lines if line.sign in "+-"] == [(), ()]


def test_places_far_apart_are_shown_apart() -> None:
    old = "\n".join(str(n) for n in range(40))
    new = old.replace("3\n", "three\n", 1).replace("37", "x")
    assert [line.sign for line in difference(old, new).lines].count("@") == 2


def test_equal_texts_have_no_difference() -> None:
    assert difference("a\nb", "a\nb").lines == ()


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_the_whole_difference(old: str, new: str) -> None:
    found = difference(old, new, context=1000)
    if not found.lines:
        assert old.splitlines() == new.splitlines()
        return
    assert [line.text for line in found.lines if line.sign in " -"] == old.splitlines()
    assert [line.text for line in found.lines if line.sign in " +"] == new.splitlines()
    for line in found.lines:
        assert all(0 <= a < b <= len(line.text) for a, b in line.changed)
