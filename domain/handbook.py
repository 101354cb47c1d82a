"""The handbook: one-page cards for new operators, for the quiet minutes, and beside a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.library import Advice
from domain.objections import PhraseIndex, squeeze
from domain.playbook import Heard

BOOK: Final = "book:"
"""Stands before the id of a script that a card goes with."""

_SHORTEST_IN_TEXT: Final = 2
"""Letters from which a query is looked for in the cards' text too."""

_SURE: Final = 0.7
"""Score from which what was typed stands in what a card is found by, without a slip."""


class BlockKind(StrEnum):
    """What a paragraph of a card is, and so how it is drawn."""

    TEXT = "text"
    BULLET = "bullet"
    WORDS = "words"
    CUSTOMER = "customer"
    WE = "we"
    RUNG = "rung"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a card.

    Attributes:
        kind: text, a point of a list, words to say, a turn of a dialogue (`customer`, `we`), or
            the name of the rung on which the turns below it stand.
        text: plain text.
        line: its line in the file, counted from 1.
    """

    kind: BlockKind
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that somebody states, never shown without who states it.

    Attributes:
        text: the figure in a sentence.
        source: where it comes from, and how far it can be trusted.
        line: its line in the file, counted from 1.
    """

    text: str
    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One page of the handbook.

    Attributes:
        id: unique in the handbook, the same in every language.
        title: its heading.
        topic: title of the file that it stands in.
        blocks: what is read, from top to bottom.
        find: words that it is found by; the heading is the first of them.
        goes_with: what it belongs to: a group of advice (`taboos`), an entry (`mood/red`), or a
            script (`book:complaint`).
        file: the file that it stands in.
        line: the line of its heading, counted from 1.
    """

    id: str
    title: str
    topic: str
    blocks: tuple[Block | Claim, ...] = ()
    find: tuple[Heard, ...] = ()
    goes_with: tuple[str, ...] = ()
    file: str = ""
    line: int = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The figures that it states."""
        return tuple(block for block in self.blocks if isinstance(block, Claim))


@dataclass(frozen=True, slots=True)
class Handbook:
    """All cards of one language with what finds them.

    Attributes:
        language: `zh` or `en`.
        cards: in the order of files and pages.
        also_found: words of the other languages that a card is found by, by its id.
        index: finds cards by words, pinyin and initials.
    """

    language: str
    cards: tuple[Card, ...]
    also_found: Mapping[str, tuple[Heard, ...]] = field(default_factory=dict)
    index: PhraseIndex = field(init=False, repr=False, compare=False)
    _by_id: Mapping[str, Card] = field(init=False, repr=False, compare=False)
    _texts: tuple[tuple[Card, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        phrases = (
            (card.id, (*card.find, *self.also_found.get(card.id, ()))) for card in self.cards
        )
        object.__setattr__(self, "index", PhraseIndex(phrases))
        object.__setattr__(self, "_by_id", {card.id: card for card in self.cards})
        texts = tuple((card, squeeze(" ".join(_words_of(card)))) for card in self.cards)
        object.__setattr__(self, "_texts", texts)

    @classmethod
    def of(cls, language: str, cards: Iterable[Card], others: Iterable[Card] = ()) -> Handbook:
        """A handbook whose cards are found by other languages' words too.

        Args:
            language: `zh` or `en`.
            cards: the language's own cards.
            others: the cards of the other languages; only what they are found by is taken.
        """
        found: dict[str, tuple[Heard, ...]] = {}
        for card in others:
            found[card.id] = (*found.get(card.id, ()), *card.find)
        return cls(language, tuple(cards), found)

    def card(self, card_id: str) -> Card | None:
        """The card of an id; none where the handbook has no such card."""
        return self._by_id.get(card_id)

    def search(self, text: str) -> tuple[Card, ...]:
        """The cards that fit, best first; all of them in their order where nothing is typed.

        What a card is found by comes first, by words of any language, pinyin or initials; then
        the cards whose text holds what was typed. Slips are only thought of where nothing fits.
        """
        query = squeeze(text)
        if not query:
            return self.cards
        near = self.index.search(text, len(self.cards))
        found = {one.id: self._by_id[one.id] for one in near if one.score >= _SURE}
        if len(query) >= _SHORTEST_IN_TEXT or not query.isascii():
            for card, words in self._texts:
                if query in words:
                    found.setdefault(card.id, card)
        return tuple(found.values()) or tuple(self._by_id[one.id] for one in near)

    def cards_for(self, what: Advice | str) -> tuple[Card, ...]:
        """The cards that go with a line of advice, a group of advice, or a script.

        A card that names it first, and little else, comes before one that names it among others.

        Args:
            what: a line (cards for the line itself come before those for its whole group), the
                name of a group, or `book:` and a script's id.
        """
        wanted = (f"{what.group}/{what.id}", what.group) if isinstance(what, Advice) else (what,)
        found: dict[str, Card] = {}
        for name in wanted:
            cards = [card for card in self.cards if name in card.goes_with]
            cards.sort(key=lambda card: (card.goes_with.index(name), len(card.goes_with)))
            found |= {card.id: card for card in cards if card.id not in found}
        return tuple(found.values())


def _words_of(card: Card) -> Iterator[str]:
    for block in card.blocks:
        yield block.text
        if isinstance(block, Claim):
            yield block.source


def first_card(handbook: Handbook, *wishes: Advice | str | None) -> Card | None:
    """The first card that goes with the first of several wishes that has one; see `cards_for`."""
    for wish in wishes:
        cards: Sequence[Card] = () if wish is None else handbook.cards_for(wish)
        if cards:
            return cards[0]
    return None
