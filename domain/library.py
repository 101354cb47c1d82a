"""All books of one language, as one release of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.errors import InputError
from domain.objections import PhraseIndex
from domain.playbook import Book, BookKind, Heard, Step


@dataclass(frozen=True, slots=True)
class Advice:
    """One line of the advice strip.

    Attributes:
        id: unique in its library, the same in every language.
        group: the list that it belongs to (`mood`, `hearts`, `taboos`, …).
        text: one sentence, plain text.
    """

    id: str
    group: str
    text: str


@dataclass(frozen=True, slots=True)
class Library:
    """The books, the objections' search index and the advice of one language.

    Attributes:
        language: `zh` or `en`.
        books: by id.
        advice: lines for the strip, in the order of their file.
        also_heard: words of the other languages by which an objection is found too, by its id.
        index: finds objections by words, pinyin and initials.
    """

    language: str
    books: Mapping[str, Book]
    advice: tuple[Advice, ...] = ()
    also_heard: Mapping[str, tuple[Heard, ...]] = field(default_factory=dict)
    index: PhraseIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        entries = (
            (step.id, (*step.heard, *self.also_heard.get(step.id, ()))) for step in self.objections
        )
        object.__setattr__(self, "index", PhraseIndex(entries))

    @classmethod
    def of(
        cls,
        language: str,
        books: Iterable[Book],
        advice: Iterable[Advice] = (),
        others: Iterable[Book] = (),
    ) -> Library:
        """A library of a language's books that also finds objections by other languages' words.

        Args:
            language: `zh` or `en`; books of another language are left to `others`.
            books: the language's own books; books of parts stay behind, what they hold has been
                brought into the others.
            advice: the language's lines for the strip.
            others: books of the other languages; only what objections are heard by is taken.
        """
        heard: dict[str, tuple[Heard, ...]] = {}
        for book in others:
            if book.kind is BookKind.OBJECTIONS:
                for step in book.steps:
                    heard[step.id] = (*heard.get(step.id, ()), *step.heard)
        own = {book.id: book for book in books if book.kind is not BookKind.PARTS}
        return cls(language, own, tuple(advice), heard)

    @property
    def playbooks(self) -> tuple[Book, ...]:
        """The scripts that a campaign can name, by id."""
        return tuple(
            book for _, book in sorted(self.books.items()) if book.kind is BookKind.PLAYBOOK
        )

    @property
    def objections(self) -> tuple[Step, ...]:
        """Every objection, those of the book `objections` first."""
        books = [book for book in self.books.values() if book.kind is BookKind.OBJECTIONS]
        books.sort(key=lambda book: book.id != BookKind.OBJECTIONS)
        return tuple(step for book in books for step in book.steps)

    @property
    def ladder(self) -> Book:
        """The expectation ladder.

        Raises:
            InputError: `script_no_ladder` when the library has none.
        """
        for book in self.books.values():
            if book.kind is BookKind.LADDER:
                return book
        raise InputError("script_no_ladder", language=self.language)

    def book(self, book_id: str) -> Book:
        """The book of an id.

        Raises:
            InputError: `script_no_book`.
        """
        try:
            return self.books[book_id]
        except KeyError as error:
            raise InputError("script_no_book", book=book_id) from error

    def find(self, book_id: str, step_id: str) -> Step | None:
        """A step by its book and id; none where there is no such book or step."""
        book = self.books.get(book_id)
        return book.step(step_id) if book else None

    def objection_book(self, objection_id: str) -> Book:
        """The book that holds an objection.

        Raises:
            InputError: `script_no_objection`.
        """
        for book in self.books.values():
            if book.kind is BookKind.OBJECTIONS and book.step(objection_id):
                return book
        raise InputError("script_no_objection", objection=objection_id)

    def advise(self, group: str) -> tuple[Advice, ...]:
        """The lines of one group of advice."""
        return tuple(line for line in self.advice if line.group == group)

    def mood_advice(self, light: str) -> str:
        """The one line that goes with a mood light (`red`, `yellow`, `green`).

        Raises:
            InputError: `script_no_advice` when the library has none for it.
        """
        for line in self.advise("mood"):
            if line.id == light:
                return line.text
        raise InputError("script_no_advice", light=light)
