"""Everything that can be wrong with playbooks as a whole: links, ends, words, languages.

The parser finds what one file alone shows; this module looks at all books together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from content.script_finding import Finding
from content.script_rules import ScriptRules, script_rules
from content.variables import fill
from domain.errors import InputError
from domain.expectation import AGREEMENT, RUNGS, SHELVING
from domain.playbook import (
    ACTIONS,
    GAPS,
    LISTEN,
    MOODS,
    STAGES,
    WISH_STEPS,
    Book,
    BookKind,
    Choice,
    Link,
    LinkKind,
    Step,
    Variant,
)

FEWEST_WORDINGS: Final = 2
"""An objection and a rung need another wording: what fails once must not be said again."""

_EARLY_VARIABLES: Final = re.compile(
    r"\b(customer\.asset|customer\.plate|customer\.bought_on|callback\.reason|promise\.text)\b"
)
_SENTENCE_ENDS: Final = {"zh": re.compile(r"[。！？!?；…]+"), "en": re.compile(r"[.!?]+(?=\s|$)")}
_Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What links may name beside the books.

    Attributes:
        questions: every survey's questions, by the survey's id.
        bundles: ids that the head's `survey` may name: surveys and bundles of them.
        outcomes: codes of outcomes that end a call.
    """

    questions: Mapping[str, Collection[str]]
    bundles: Collection[str]
    outcomes: Collection[str]


def check_books(books: Sequence[Book], known: Known) -> tuple[Finding, ...]:
    """Every fault of the books of all languages, by file and line.

    Args:
        books: all books that stand together; a link to a book that is not here is dead.
        known: the surveys and outcomes that links may name.
    """
    by_language: dict[str, list[Book]] = defaultdict(list)
    for book in books:
        by_language[book.language].append(book)
    findings: set[Finding] = set()
    for shelf in by_language.values():
        findings.update(_twice(shelf))
        graph = _Graph([book for book in shelf if book.kind is not BookKind.PARTS])
        for book in shelf:
            if book.kind is BookKind.PARTS:
                checks: tuple[_Check, ...] = (_links(graph, known), _spoken)
            else:
                checks = (_links(graph, known), _ways(graph), _shape, _spoken, _early(graph))
            for check in checks:
                findings.update(check(book))
    findings.update(_translations(by_language))
    return tuple(sorted(findings))


class _Graph:
    """The steps of one language's books and the ways between them."""

    def __init__(self, books: Sequence[Book]) -> None:
        self.books = {book.id: book for book in books}
        self.steps: dict[_Node, Step] = {
            (book.id, step.id): step for book in books for step in book.steps
        }
        # Every book asks for these: they are found once, for an editor checks while one types.
        self._onward = {node: self._ways_of(step) for node, step in self.steps.items()}
        self._ending = {returning: self._leads_out(returning) for returning in (False, True)}

    def _ways_of(self, step: Step) -> tuple[_Node, ...]:
        ways = ((link.target, link.detail) for choice in step.choices for link in choice.steps)
        return tuple(way for way in ways if way in self.steps)

    def onward(self, node: _Node) -> tuple[_Node, ...]:
        """The existing steps that a step's choices lead to."""
        return self._onward[node]

    def reached(self, starts: Iterable[_Node], *, but_not: _Node | None = None) -> set[_Node]:
        """The steps that can be come to from some steps without going through one."""
        seen: set[_Node] = set()
        waiting = [node for node in starts if node in self.steps and node != but_not]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(following for following in self.onward(node) if following != but_not)
        return seen

    def ending(self, *, returning: bool) -> set[_Node]:
        """The steps from which an end of the call (or a return) can be come to."""
        return self._ending[returning]

    def _leads_out(self, returning: bool) -> set[_Node]:
        ends = {
            node
            for node, step in self.steps.items()
            if any(choice.ends or (returning and choice.returns) for choice in step.choices)
        }
        grown = True
        while grown:
            more = {n for n in self.steps if n not in ends and not ends.isdisjoint(self.onward(n))}
            ends |= more
            grown = bool(more)
        return ends


_Check = Callable[[Book], Iterator[Finding]]


def _twice(books: Sequence[Book]) -> Iterator[Finding]:
    seen: set[str] = set()
    objections: dict[str, str] = {}
    for book in books:
        if book.id in seen:
            yield Finding(book.file, 1, "book_twice", {"id": book.id})
        seen.add(book.id)
        if book.kind is BookKind.OBJECTIONS:
            for step in book.steps:
                if step.id in objections and objections[step.id] != book.file:
                    yield Finding(book.file, step.line, "objection_twice", {"id": step.id})
                objections.setdefault(step.id, book.file)


def _links(graph: _Graph, known: Known) -> _Check:
    def check(book: Book) -> Iterator[Finding]:
        if book.survey is not None and book.survey not in known.bundles:
            yield Finding(book.file, 1, "survey_unknown", {"survey": book.survey})
        for _, choice in book.links():
            for link in (choice.link, *choice.steps):
                if book.kind is BookKind.PARTS and link.target == book.id:
                    # A part's own steps are those of the book that brings it in: looked for there.
                    continue
                found = _dead(graph, known, link)
                if found is not None:
                    yield Finding(book.file, choice.line, found[0], found[1])

    return check


def _dead(graph: _Graph, known: Known, link: Link) -> tuple[str, dict[str, object]] | None:
    if link.kind is LinkKind.STEP:
        if link.target not in graph.books:
            return "book_unknown", {"book": link.target}
        if (link.target, link.detail) not in graph.steps:
            return "dead_link", {"book": link.target, "step": link.detail}
    elif link.kind is LinkKind.ASK:
        if link.detail not in known.questions.get(link.target, ()):
            return "ask_unknown", {"question": f"{link.target}/{link.detail}"}
    else:
        lists = {"outcome": known.outcomes, "mood": MOODS, "wish": WISH_STEPS, "gap": GAPS}
        allowed = lists.get(ACTIONS[link.target].argument)
        if allowed is not None and link.detail not in allowed:
            return "argument_unknown", {"action": link.target, "argument": link.detail}
    return None


def _ways(graph: _Graph) -> _Check:
    def check(book: Book) -> Iterator[Finding]:
        script = book.kind is BookKind.PLAYBOOK
        ending = graph.ending(returning=not script)
        starts = {(book.id, step.id) for step in (book.steps[:1] if script else book.steps)}
        for node in graph.steps:
            if node[0] != book.id:
                starts.update(way for way in graph.onward(node) if way[0] == book.id)
        reached = graph.reached(starts)
        for step in book.steps:
            if (book.id, step.id) not in reached:
                yield Finding(book.file, step.line, "unreachable", {"step": step.id})
            if (book.id, step.id) not in ending:
                yield Finding(book.file, step.line, "dead_end", {"step": step.id})

    return check


def _shape(book: Book) -> Iterator[Finding]:
    if book.kind is BookKind.LADDER:
        for rung in (*RUNGS, AGREEMENT, SHELVING):
            if book.step(rung) is None:
                yield Finding(book.file, 1, "rung_missing", {"rung": rung})
    if book.kind is BookKind.PLAYBOOK:
        if book.confirmed is None:
            yield Finding(book.file, 1, "confirmed_missing")
        elif book.step(book.confirmed) is None:
            yield Finding(book.file, 1, "dead_link", {"book": book.id, "step": book.confirmed})
        return
    for step in book.steps:
        if len(step.variants) < FEWEST_WORDINGS:
            yield Finding(
                book.file,
                step.line,
                "too_few_wordings",
                {"step": step.id, "least": FEWEST_WORDINGS},
            )
        if book.kind is BookKind.OBJECTIONS:
            yield from _answer(book, step)


def _answer(book: Book, step: Step) -> Iterator[Finding]:
    if all(part.label != LISTEN for part in step.advice):
        yield Finding(book.file, step.line, "no_listening", {"step": step.id})
    if len(step.heard) < 2:
        yield Finding(book.file, step.line, "not_heard", {"step": step.id})
    for variant in step.variants:
        if tuple(part.label for part in variant.parts) != STAGES:
            yield Finding(book.file, variant.line, "stages_wrong", {"step": step.id})


def _spoken(book: Book) -> Iterator[Finding]:
    rules = script_rules(book.language)
    for _, variant in _variants(book):
        if variant.shared:
            # Its words are looked at where they are written.
            continue
        empty = True
        for part in variant.parts:
            for sample in (rules.sample, {}):
                text = _filled(part.text, sample)
                empty = empty and not (text and not sample)
                for sentence in _sentences(rules, text):
                    length = breath(sentence, rules)
                    if length > rules.breath:
                        params = {"length": length, "most": rules.breath, "text": sentence[:60]}
                        yield Finding(book.file, part.line, "breath", params)
                for word in rules.begging:
                    if word in text.casefold():
                        yield Finding(book.file, part.line, "begging", {"word": word})
        if empty:
            yield Finding(book.file, variant.line, "says_nothing")


def breath(sentence: str, rules: ScriptRules) -> int:
    """How long a sentence is to say, in the unit of its language."""
    if rules.unit == "words":
        return len(sentence.split())
    return sum(letter.isalnum() for letter in sentence)


def _sentences(rules: ScriptRules, text: str) -> Iterable[str]:
    return (piece.strip() for piece in _SENTENCE_ENDS[rules.language].split(text) if piece.strip())


def _early(graph: _Graph) -> _Check:
    """What is said before the right person is known to be on the line, however one comes there."""

    def check(book: Book) -> Iterator[Finding]:
        if book.kind is not BookKind.PLAYBOOK or book.confirmed is None:
            return
        start = (book.id, book.steps[0].id)
        rules = script_rules(book.language)
        for node in graph.reached([start], but_not=(book.id, book.confirmed)):
            other = graph.books[node[0]]
            for variant in graph.steps[node].variants:
                for part in variant.parts:
                    said = _EARLY_VARIABLES.search(part.text)
                    text = part.text.casefold()
                    word = said[0] if said else next((w for w in rules.early if w in text), None)
                    if word is not None:
                        yield Finding(other.file, part.line, "told_too_early", {"word": word})

    return check


def _translations(shelves: Mapping[str, Sequence[Book]]) -> Iterator[Finding]:
    languages = sorted(shelves)
    for one, two in (*pairwise(languages), *pairwise(languages[::-1])):
        others = {book.id: book for book in shelves[two]}
        for book in shelves[one]:
            other = others.get(book.id)
            if other is None:
                yield Finding(book.file, 1, "book_untranslated", {"book": book.id, "language": two})
                continue
            for step in book.steps:
                twin = other.step(step.id)
                if twin is None:
                    params: dict[str, object] = {"step": step.id, "language": two}
                    yield Finding(book.file, step.line, "step_untranslated", params)
                elif _ways_of(step.choices) != _ways_of(twin.choices):
                    params = {"step": step.id, "file": other.file}
                    yield Finding(book.file, step.line, "choices_differ", params)


def _ways_of(choices: Iterable[Choice]) -> list[tuple[Link, Link | None]]:
    return [(choice.link, choice.then) for choice in choices]


def _variants(book: Book) -> Iterator[tuple[Step, Variant]]:
    for step in book.steps:
        for variant in step.variants:
            yield step, variant


def _filled(template: str, sample: Mapping[str, str]) -> str:
    try:
        return fill(template, sample)
    except InputError:
        # The parser has named the faulty template already.
        return ""
