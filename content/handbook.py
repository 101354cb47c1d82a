"""The handbook: its files found, read, checked with each other and with what they go with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Final

from content.handbook_parser import ParsedCards, parse_cards
from content.playbook_parser import LANGUAGES, Source
from content.playbooks import load_advice, read_source
from content.script_finding import Finding
from content.toml_file import FOLDER
from domain.errors import InputError
from domain.handbook import BOOK, Card, Handbook
from domain.library import Advice
from domain.playbook import Book

SHELF: Final = FOLDER / "handbook"


@dataclass(frozen=True, slots=True)
class GoesWith:
    """What cards may say that they go with.

    Attributes:
        advice: names of groups, and of entries as `group/entry`, by language.
        books: ids of the scripts.
    """

    advice: Mapping[str, Collection[str]]
    books: Collection[str]


def handbook_sources(shelf: Path = SHELF) -> tuple[Source, ...]:
    """Every shipped file of every language, by path.

    Raises:
        InputError: `content_bad` for a file that is no UTF-8.
    """
    return tuple(
        Source(str(path.relative_to(shelf.parent)), language, read_source(path).text)
        for language in LANGUAGES
        for path in sorted((shelf / language).glob("*.md"))
    )


def companions(books: Iterable[Book]) -> GoesWith:
    """The shipped advice, and books, for cards to go with.

    Raises:
        InputError: `content_bad` for advice that can't be read.
    """
    advice = {language: names_of(load_advice(language)) for language in LANGUAGES}
    return GoesWith(advice, {book.id for book in books})


def names_of(lines: Iterable[Advice]) -> frozenset[str]:
    """The groups of advice lines, and each line as `group/entry`."""
    return frozenset(name for line in lines for name in (line.group, f"{line.group}/{line.id}"))


def check_handbook(sources: Iterable[Source], known: GoesWith) -> tuple[Finding, ...]:
    """Every fault of the handbook's files, by file and line.

    Args:
        sources: all files of all languages.
        known: what cards may go with.
    """
    parsed = [parse_cards(source) for source in sources]
    cards: dict[str, list[Card]] = defaultdict(list)
    for one in parsed:
        cards[one.language] += one.cards
    found = {finding for one in parsed for finding in one.findings}
    found.update(_twice(cards), _strangers(cards, known), _translations(cards))
    return tuple(sorted(found))


@cache
def load_handbook(language: str) -> Handbook:
    """The shipped handbook of a language, found by the words of all languages.

    Raises:
        InputError: `script_invalid`, naming file, line and fault.
    """
    cards = _shipped_cards()
    others = [card for other in LANGUAGES if other != language for card in cards[other]]
    return Handbook.of(language, cards[language], others)


def handbook_phrases() -> tuple[str, ...]:
    """Every Chinese phrase that a card is found by, for the table of pinyin."""
    return tuple(
        found.text
        for cards in _shipped_cards().values()
        for card in cards
        for found in card.find
        if not found.text.isascii()
    )


@cache
def _shipped_cards() -> Mapping[str, tuple[Card, ...]]:
    parsed = [_sound(parse_cards(source)) for source in handbook_sources()]
    return {
        language: tuple(card for one in parsed if one.language == language for card in one.cards)
        for language in LANGUAGES
    }


def _sound(parsed: ParsedCards) -> ParsedCards:
    if parsed.findings:
        first = parsed.findings[0]
        raise InputError("script_invalid", file=first.file, line=first.line, fault=first.said)
    return parsed


def _twice(shelves: Mapping[str, Iterable[Card]]) -> Iterator[Finding]:
    for cards in shelves.values():
        seen: set[str] = set()
        for card in cards:
            if card.id in seen:
                yield Finding(card.file, card.line, "card_twice", {"card": card.id})
            seen.add(card.id)


def _strangers(shelves: Mapping[str, Iterable[Card]], known: GoesWith) -> Iterator[Finding]:
    for language, cards in shelves.items():
        advice = known.advice.get(language, ())
        for card in cards:
            for name in card.goes_with:
                params = {"card": card.id, "name": name}
                if name.startswith(BOOK):
                    if name.removeprefix(BOOK) not in known.books:
                        yield Finding(card.file, card.line, "goes_with_no_book", params)
                elif name not in advice:
                    yield Finding(card.file, card.line, "goes_with_no_advice", params)


def _translations(shelves: Mapping[str, Iterable[Card]]) -> Iterator[Finding]:
    for one, two in permutations(LANGUAGES, 2):
        twins = {card.id: card for card in shelves.get(two, ())}
        for card in shelves.get(one, ()):
            params = {"card": card.id, "language": two}
            twin = twins.get(card.id)
            if twin is None:
                yield Finding(card.file, card.line, "card_untranslated", params)
                continue
            if len(card.claims) != len(twin.claims):
                yield Finding(card.file, card.line, "claims_differ", params)
            if set(card.goes_with) != set(twin.goes_with):
                yield Finding(card.file, card.line, "goes_with_differs", params)
