"""Finding an objection by the customer's words while they are still being typed.

Words, pinyin and pinyin initials are forms of one phrase. What is typed in Chinese is read aloud as
well, so that a wrong character of the same sound, or words half left in pinyin, still find. A query
is compared with the few forms that share most of its letter pairs, so that the time for a key does
not grow with the library.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from domain.playbook import Heard

if TYPE_CHECKING:
    from domain.library import Library

_WEIGHTS: Final = {"words": 1.0, "pinyin": 0.97, "initials": 0.93, "word": 0.8}
_SHORTEST_WORD: Final = 5  # a shorter word of a phrase ("your", "don't") says nothing by itself,
_SHORTEST_TELLING: Final = 4  # unless no other objection has it ("busy", "rude")
_COMPARED: Final = 96  # forms looked at closely for one key
_LONGEST_QUERY: Final = 48
_LEAST_SCORE: Final = 0.34
_LEAST_COVERAGE: Final = 0.55
_READ_ALOUD: Final = 0.95  # what was found by sound alone comes behind what was found as written


@dataclass(frozen=True, slots=True)
class Found:
    """An objection that fits what was typed.

    Attributes:
        id: the objection.
        score: 0 to 1, for the order only.
        phrase: the words it was found by.
    """

    id: str
    score: float
    phrase: str


@dataclass(frozen=True, slots=True)
class _Form:
    entry: str
    rank: int
    phrase: str
    kind: str
    text: str
    pairs: frozenset[str]


class _Typed:
    """What was typed, with what is needed of it for every form.

    Attributes:
        query: the letters, squeezed.
        pairs: its letter pairs.
        slips: how many slips are forgiven.
        places: for each letter the places where it stands, as bits.
    """

    __slots__ = ("pairs", "places", "query", "slips")

    def __init__(self, query: str, pairs: frozenset[str]) -> None:
        self.query = query
        self.pairs = pairs
        self.slips = _allowed_slips(query)
        self.places: dict[str, int] = {}
        for place, letter in enumerate(query):
            self.places[letter] = self.places.get(letter, 0) | 1 << place


def search(library: Library, text: str, limit: int = 9) -> tuple[Found, ...]:
    """The objections that fit what was typed, best first.

    Args:
        library: the objections, with the words that they are heard by in every language.
        text: words in any language, pinyin with or without spaces, or pinyin initials; nothing
            typed finds all of them in the order of their file.
        limit: how many at most.
    """
    return library.index.search(text, limit)


class PhraseIndex:
    """The forms of all phrases, by their letter pairs.

    Args:
        entries: each objection's id with the phrases that it is heard by.
    """

    __slots__ = ("_entries", "_forms", "_postings", "_sizes", "_sounds")

    def __init__(self, entries: Iterable[tuple[str, Iterable[Heard]]]) -> None:
        self._entries: dict[str, str] = {}
        self._forms: list[_Form] = []
        self._sizes: list[int] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._sounds: dict[str, str] = {}
        every = tuple((entry, tuple(phrases)) for entry, phrases in entries)
        telling = _telling_words(every)
        for rank, (entry, phrases) in enumerate(every):
            for heard in phrases:
                self._entries.setdefault(entry, heard.text)
                self._sounds.update(_sounds_of(heard))
                for kind, text in _forms_of(heard, telling):
                    self._add(_Form(entry, rank, heard.text, kind, text, _pairs(text)))

    def _add(self, form: _Form) -> None:
        number = len(self._forms)
        self._forms.append(form)
        self._sizes.append(len(form.pairs))
        for pair in form.pairs:
            self._postings[pair].append(number)

    def search(self, text: str, limit: int) -> tuple[Found, ...]:
        """The entries that fit, best first; see `search`."""
        query = squeeze(text)[:_LONGEST_QUERY]
        if not query:
            every = [Found(entry, 0.0, phrase) for entry, phrase in self._entries.items()]
            return tuple(every[:limit])
        best: dict[str, tuple[float, int, str]] = {}
        for read, weight in ((query, 1.0), *self._read_aloud(query)):
            for likely, form in self._likely(read):
                score = weight * likely
                if score >= _LEAST_SCORE and score > best.get(form.entry, (0.0, 0, ""))[0]:
                    best[form.entry] = (score, form.rank, form.phrase)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
        return tuple(Found(entry, score, phrase) for entry, (score, _, phrase) in ranked[:limit])

    def _read_aloud(self, query: str) -> Iterator[tuple[str, float]]:
        """What was typed in Chinese, in pinyin; half in pinyin, also in initials."""
        if len(query) < 2 or query.isascii():
            return
        sounds = [self._sounds.get(letter, letter) for letter in query]
        yield "".join(sounds)[:_LONGEST_QUERY], _READ_ALOUD
        if any(letter.isascii() for letter in query):
            yield "".join(sound[0] for sound in sounds), _READ_ALOUD

    def _likely(self, query: str) -> Iterator[tuple[float, _Form]]:
        """The forms that share most of a query's letter pairs, each with its score."""
        pairs = _pairs(query)
        width, sizes = len(pairs), self._sizes
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._postings.get(pair, ()))
        least = max(shared.values(), default=0) / 4
        # One plain pass: a key touches most forms, and a call for each of them would be felt.
        likeness = [
            (common / (width + sizes[number]), -number)
            for number, common in shared.items()
            if common >= least
        ]
        typed = _Typed(query, pairs)
        for _, number in nlargest(_COMPARED, likeness):
            form = self._forms[-number]
            yield _score(typed, form), form


def squeeze(text: str) -> str:
    """Letters, digits and ideographs only, in one case and width."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _sounds_of(heard: Heard) -> Iterable[tuple[str, str]]:
    """The syllable of each ideograph, where a phrase is all ideographs."""
    words, syllables = squeeze(heard.text), heard.pinyin.split()
    if len(words) == len(syllables) and not any(letter.isascii() for letter in words):
        yield from zip(words, map(squeeze, syllables), strict=True)


def _telling_words(entries: Iterable[tuple[str, Iterable[Heard]]]) -> frozenset[str]:
    """The short words that only one entry is heard by."""
    homes: dict[str, set[str]] = defaultdict(set)
    for entry, phrases in entries:
        for heard in phrases:
            for word in map(squeeze, heard.text.split()):
                if _SHORTEST_TELLING <= len(word) < _SHORTEST_WORD:
                    homes[word].add(entry)
    return frozenset(word for word, entries_of in homes.items() if len(entries_of) == 1)


def _forms_of(heard: Heard, telling: frozenset[str]) -> Iterable[tuple[str, str]]:
    words = squeeze(heard.text)
    if words:
        yield "words", words
        yield from (
            ("word", word)
            for word in map(squeeze, heard.text.split())
            if (len(word) >= _SHORTEST_WORD or word in telling)
            and len(word) < len(words)
            and word.isascii()
        )
    if heard.pinyin:
        yield "pinyin", squeeze(heard.pinyin)
        initials = "".join(squeeze(syllable)[:1] for syllable in heard.pinyin.split())
        if len(initials) > 1:
            yield "initials", initials


def _pairs(text: str) -> frozenset[str]:
    """Letter pairs, the first letter with a mark, and single ideographs."""
    marked = f"^{text}"
    pairs = {marked[start : start + 2] for start in range(len(text))}
    return frozenset(pairs | {letter for letter in text if not letter.isascii()})


def _score(typed: _Typed, form: _Form) -> float:
    query, pairs = typed.query, typed.pairs
    weight = _WEIGHTS[form.kind]
    text = form.text
    if query == text:
        return weight
    share = min(len(query), len(text)) / max(len(query), len(text))
    if text.startswith(query):
        return weight * (0.88 + 0.08 * share)
    whole = len(query) > 1 or not query.isascii()
    if form.kind == "initials":
        return weight * (0.5 + 0.2 * share) if len(query) > 1 and query in text else 0.0
    if form.kind == "word":
        slips = _slips(typed, form, len(pairs & form.pairs))
        return weight * (0.72 - 0.12 * slips) if slips else 0.0
    if query in text and whole:
        return weight * (0.72 + 0.12 * share)
    if text in query and (len(text) > 3 or not text.isascii()):
        return weight * (0.66 + 0.14 * share)
    common = len(pairs & form.pairs)
    close = weight * (0.72 - 0.12 * slips) if (slips := _slips(typed, form, common)) else 0.0
    coverage = max(common / len(form.pairs), 0.9 * common / len(pairs))
    loose = weight * 0.62 * coverage if coverage >= _LEAST_COVERAGE else 0.0
    return max(close, loose)


def _slips(typed: _Typed, form: _Form, common: int) -> int:
    """How many slips (at least one) lie between query and a start of the form; 0 for too many."""
    allowed = typed.slips
    # One slip spoils three letter pairs at most: most forms need not be gone through.
    if not allowed or common < len(typed.pairs) - 3 * allowed:
        return 0
    slips = slips_in_start(typed.places, len(typed.query), form.text[: len(typed.query) + allowed])
    return slips if slips <= allowed else 0


def _allowed_slips(query: str) -> int:
    if not query.isascii():
        return 1 if len(query) > 3 else 0
    return 0 if len(query) < 4 else 1 if len(query) < 8 else 2


def slips_in_start(places: Mapping[str, int], size: int, text: str) -> int:
    """The fewest slips (wrong, missing, doubled, swapped letter) from a query to a start of text.

    One column of the table of distances is kept as bits, a letter of the query each, so that a
    letter of the text costs a few operations on whole numbers (Hyyrö 2003, "A Bit-Vector Algorithm
    for Computing Levenshtein and Damerau Edit Distances", after Myers 1999).

    Args:
        places: for each letter of the query the places where it stands, as bits.
        size: the number of the query's letters, at least one.
        text: what the query is compared with.
    """
    every, last = (1 << size) - 1, 1 << size - 1
    more, less, same, before = every, 0, 0, 0
    slips = fewest = size
    for letter in text:
        here = places.get(letter, 0)
        swapped = (~same & here) << 1 & before
        same = ((here & more) + more ^ more | here | less | swapped) & every
        right, left = less | ~(same | more) & every, same & more
        if right & last:
            slips += 1
        elif left & last:
            slips -= 1
            fewest = min(fewest, slips)
        right, left = right << 1 | 1, left << 1
        more, less = (left | ~(same | right)) & every, right & same
        before = here
    return fewest
