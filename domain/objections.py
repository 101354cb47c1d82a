"""Finding an objection by the customer's words while they are still being typed.

Words, pinyin and pinyin initials are forms of one phrase. A query is compared with the few forms
that share most of its letter pairs, so that the time for a key does not grow with the library.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from domain.playbook import Heard

if TYPE_CHECKING:
    from domain.library import Library

_WEIGHTS: Final = {"words": 1.0, "pinyin": 0.97, "initials": 0.93, "word": 0.8}
_SHORTEST_WORD: Final = 5  # a shorter word of a phrase ("your", "don't") says nothing by itself
_COMPARED: Final = 96  # forms looked at closely for one key
_LONGEST_QUERY: Final = 48
_LEAST_SCORE: Final = 0.34
_LEAST_COVERAGE: Final = 0.55


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

    __slots__ = ("_entries", "_forms", "_postings")

    def __init__(self, entries: Iterable[tuple[str, Iterable[Heard]]]) -> None:
        self._entries: dict[str, str] = {}
        self._forms: list[_Form] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        for rank, (entry, phrases) in enumerate(entries):
            for heard in phrases:
                self._entries.setdefault(entry, heard.text)
                for kind, text in _forms_of(heard):
                    self._add(_Form(entry, rank, heard.text, kind, text, _pairs(text)))

    def _add(self, form: _Form) -> None:
        number = len(self._forms)
        self._forms.append(form)
        for pair in form.pairs:
            self._postings[pair].append(number)

    def search(self, text: str, limit: int) -> tuple[Found, ...]:
        """The entries that fit, best first; see `search`."""
        query = squeeze(text)[:_LONGEST_QUERY]
        if not query:
            every = [Found(entry, 0.0, phrase) for entry, phrase in self._entries.items()]
            return tuple(every[:limit])
        pairs = _pairs(query)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._postings.get(pair, ()))
        most = max(shared.values(), default=0)
        near = nlargest(
            _COMPARED,
            [item for item in shared.items() if 4 * item[1] >= most],
            key=lambda item: item[1] / (len(pairs) + len(self._forms[item[0]].pairs)),
        )
        best: dict[str, tuple[float, int, str]] = {}
        for number, _ in near:
            form = self._forms[number]
            score = _score(query, pairs, form)
            if score >= _LEAST_SCORE and score > best.get(form.entry, (0.0, 0, ""))[0]:
                best[form.entry] = (score, form.rank, form.phrase)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
        return tuple(Found(entry, score, phrase) for entry, (score, _, phrase) in ranked[:limit])


def squeeze(text: str) -> str:
    """Letters, digits and ideographs only, in one case and width."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _forms_of(heard: Heard) -> Iterable[tuple[str, str]]:
    words = squeeze(heard.text)
    if words:
        yield "words", words
        yield from (
            ("word", word)
            for word in map(squeeze, heard.text.split())
            if _SHORTEST_WORD <= len(word) < len(words) and word.isascii()
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


def _score(query: str, pairs: frozenset[str], form: _Form) -> float:
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
        slips = _slips(query, form, pairs, len(pairs & form.pairs))
        return weight * (0.72 - 0.12 * slips) if slips else 0.0
    if query in text and whole:
        return weight * (0.72 + 0.12 * share)
    if text in query and (len(text) > 3 or not text.isascii()):
        return weight * (0.66 + 0.14 * share)
    common = len(pairs & form.pairs)
    close = weight * (0.72 - 0.12 * slips) if (slips := _slips(query, form, pairs, common)) else 0.0
    coverage = max(common / len(form.pairs), 0.9 * common / len(pairs))
    loose = weight * 0.62 * coverage if coverage >= _LEAST_COVERAGE else 0.0
    return max(close, loose)


def _slips(query: str, form: _Form, pairs: frozenset[str], common: int) -> int:
    """How many slips (at least one) lie between query and a start of the form; 0 for too many."""
    allowed = _allowed_slips(query)
    # One slip spoils three letter pairs at most: most forms need not be gone through.
    if not allowed or common < len(pairs) - 3 * allowed:
        return 0
    slips = _slips_in_start(query, form.text, allowed)
    return slips if slips <= allowed else 0


def _allowed_slips(query: str) -> int:
    if not query.isascii():
        return 1 if len(query) > 3 else 0
    return 0 if len(query) < 4 else 1 if len(query) < 8 else 2


def _slips_in_start(query: str, text: str, most: int) -> int:
    """The fewest slips (wrong, missing, doubled, swapped letter) from query to a start of text.

    Only the band of `most` letters around the diagonal is gone through; more slips than that
    come out as `most + 1`.
    """
    beyond = most + 1
    before: dict[int, int] = {}
    last = {column: column for column in range(min(most, len(text)) + 1)}
    for row, letter in enumerate(query, 1):
        now = {0: row} if row <= most else {}
        for column in range(max(1, row - most), min(len(text), row + most) + 1):
            other = text[column - 1]
            cost = min(
                now.get(column - 1, beyond) + 1,
                last.get(column, beyond) + 1,
                last.get(column - 1, beyond) + (letter != other),
            )
            if row > 1 and column > 1 and letter == text[column - 2] and query[row - 2] == other:
                cost = min(cost, before.get(column - 2, beyond) + 1)
            now[column] = cost
        if not now or min(now.values()) > most:
            return beyond
        before, last = last, now
    return min(*last.values(), beyond)
