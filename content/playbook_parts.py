"""Shared parts of playbooks: what `include:` brings into a step.

A part is a step's body in a book of the kind `parts`. Brought into a step it stands there as if it
were written there: advice, wordings and choices. A link `#x` of a part means the step `x` of the
book that brings it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from content.script_finding import Finding
from domain.playbook import Book, BookKind, Choice, Link, LinkKind, Step


@dataclass(frozen=True, slots=True)
class Include:
    """One line that brings a part in.

    Attributes:
        book: the id of the book of parts.
        part: the part.
        line: where the line stands, counted from 1.
    """

    book: str
    part: str
    line: int


class Parts:
    """The parts of all languages, by which books are read; equal when their texts are.

    Args:
        books: read books; those of another kind are passed over.
    """

    def __init__(self, books: Iterable[Book] = ()) -> None:
        self._books: dict[tuple[str, str], Book] = {
            (book.language, book.id): book for book in books if book.kind is BookKind.PARTS
        }

        self._texts = frozenset((*place, book.version) for place, book in self._books.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parts) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(self._texts)

    def bring(self, language: str, include: Include, into: str) -> Step | None:
        """A part as it stands in a book that brings it in; none where there is no such part.

        Every line number is that of the include: there a fault is to be looked for.
        """
        book = self._books.get((language, include.book))
        part = book.step(include.part) if book else None
        if part is None:
            return None
        line = include.line
        return replace(
            part,
            variants=tuple(
                replace(
                    variant,
                    parts=tuple(replace(one, line=line) for one in variant.parts),
                    line=line,
                    shared=f"{include.book}#{include.part}",
                )
                for variant in part.variants
            ),
            advice=tuple(replace(one, line=line) for one in part.advice),
            choices=tuple(_moved(choice, include, into) for choice in part.choices),
            line=line,
        )

    def version(self, language: str, book: str) -> str:
        """The fingerprint of a book of parts; empty where there is none."""
        found = self._books.get((language, book))
        return found.version if found else ""


NO_PARTS: Final = Parts()


def unused_parts(books: Iterable[Book], used: Mapping[str, Iterable[Include]]) -> Iterable[Finding]:
    """Every part that no book of its language brings in.

    Args:
        books: all books that stand together.
        used: the includes of all files, by language.
    """
    brought = {(language, one.book, one.part) for language, many in used.items() for one in many}
    for book in books:
        if book.kind is BookKind.PARTS:
            for part in book.steps:
                if (book.language, book.id, part.id) not in brought:
                    yield Finding(book.file, part.line, "part_unused", {"part": part.id})


def _moved(choice: Choice, include: Include, into: str) -> Choice:
    def link(one: Link) -> Link:
        if one.kind is LinkKind.STEP and one.target == include.book:
            return replace(one, target=into)
        return one

    then = link(choice.then) if choice.then else None
    return replace(choice, link=link(choice.link), then=then, line=include.line)
