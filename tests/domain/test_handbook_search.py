from __future__ import annotations

import pytest

from domain.handbook import Block, BlockKind, Card, Claim, Handbook, first_card
from domain.library import Advice
from domain.playbook import Heard


def card(card_id: str, *goes_with: str, find: tuple[Heard, ...] = (), text: str = "") -> Card:
    blocks = (Block(BlockKind.TEXT, text), Claim("One in three.", "Nobody knows."))
    title = Heard(card_id.capitalize())
    return Card(card_id, title.text, "Topic", blocks, (title, *find), goes_with)


TABOOS = card("taboos", "taboos", find=(Heard("never say"),))
ANGER = card("anger", "mood/red", "taboos", "book:complaint", text="Let them have the last word.")
TONE = card("tone", "taboos/tone")
TABOOS_ZH = card("taboos", find=(Heard("禁忌", "jin ji"),))
BOOK = Handbook.of("en", [TABOOS, ANGER, TONE], [TABOOS_ZH])


def ids(cards: tuple[Card, ...]) -> list[str]:
    return [one.id for one in cards]


def test_nothing_typed_finds_every_card_in_its_order() -> None:
    assert ids(BOOK.search("  ")) == ["taboos", "anger", "tone"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("never", "taboos"),
        ("tabboos", "taboos"),
        ("禁忌", "taboos"),
        ("jinji", "taboos"),
        ("jj", "taboos"),
        ("Last Word", "anger"),
    ],
)
def test_a_card_is_found_by_words_of_any_language_pinyin_slips_and_its_text(
    text: str, first: str
) -> None:
    assert ids(BOOK.search(text))[:1] == [first]


def test_what_no_card_holds_is_not_found() -> None:
    assert BOOK.search("quantum") == ()


def test_the_line_itself_comes_before_its_group() -> None:
    assert ids(BOOK.cards_for(Advice("tone", "taboos", "x"))) == ["tone", "taboos", "anger"]
    assert ids(BOOK.cards_for("taboos")) == ["taboos", "anger"]
    assert ids(BOOK.cards_for("book:complaint")) == ["anger"]
    assert BOOK.cards_for(Advice("green", "mood", "x")) == ()


def test_the_first_wish_that_has_a_card_opens_it() -> None:
    green = Advice("green", "mood", "x")
    assert first_card(BOOK, None, green, "book:general", "book:complaint") == ANGER
    assert first_card(BOOK, green, None) is None
