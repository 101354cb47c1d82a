"""Books as plain JSON values and back, for whoever stores the parsed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from domain.errors import InputError
from domain.library import Advice, Library
from domain.playbook import Book, BookKind, Choice, Heard, Link, LinkKind, Part, Step, Variant

FORM: Final = 1
"""The number of the present form; it grows when a stored form could not be read any more."""


def encode_book(book: Book) -> dict[str, Any]:
    """A book as plain JSON values."""
    return {"form": FORM, **asdict(book)}


def decode_book(data: Mapping[str, Any]) -> Book:
    """The book of `encode_book`.

    Raises:
        InputError: `script_form_unknown` for another form or anything else than a book.
    """
    try:
        if data["form"] != FORM:
            raise InputError("script_form_unknown", form=str(data["form"]))
        return Book(
            id=_text(data["id"]),
            kind=BookKind(data["kind"]),
            title=_text(data["title"]),
            language=_text(data["language"]),
            version=_text(data["version"]),
            steps=tuple(_step(step) for step in data["steps"]),
            survey=_text_or_none(data["survey"]),
            confirmed=_text_or_none(data["confirmed"]),
            file=_text(data["file"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("script_form_unknown", form="?") from error


def encode_library(library: Library) -> dict[str, Any]:
    """A whole library as plain JSON values."""
    return {
        "form": FORM,
        "language": library.language,
        "books": [encode_book(book) for book in library.books.values()],
        "advice": [asdict(line) for line in library.advice],
        "also_heard": {
            entry: [asdict(heard) for heard in phrases]
            for entry, phrases in library.also_heard.items()
        },
    }


def decode_library(data: Mapping[str, Any]) -> Library:
    """The library of `encode_library`, its search index made anew.

    Raises:
        InputError: `script_form_unknown` for another form or anything else than a library.
    """
    try:
        if data["form"] != FORM:
            raise InputError("script_form_unknown", form=str(data["form"]))
        books = [decode_book(book) for book in data["books"]]
        return Library(
            language=_text(data["language"]),
            books={book.id: book for book in books},
            advice=tuple(
                Advice(_text(line["id"]), _text(line["group"]), _text(line["text"]))
                for line in data["advice"]
            ),
            also_heard={
                _text(entry): tuple(_heard(heard) for heard in phrases)
                for entry, phrases in data["also_heard"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("script_form_unknown", form="?") from error


def _step(data: Mapping[str, Any]) -> Step:
    return Step(
        id=_text(data["id"]),
        title=_text(data["title"]),
        variants=tuple(
            Variant(
                tuple(_part(part) for part in variant["parts"]),
                int(variant["line"]),
                _text(variant["shared"]),
            )
            for variant in data["variants"]
        ),
        advice=tuple(_part(part) for part in data["advice"]),
        choices=tuple(_choice(choice) for choice in data["choices"]),
        heard=tuple(_heard(heard) for heard in data["heard"]),
        line=int(data["line"]),
    )


def _part(data: Mapping[str, Any]) -> Part:
    return Part(_text(data["text"]), _text(data["label"]), int(data["line"]))


def _choice(data: Mapping[str, Any]) -> Choice:
    then = data["then"]
    return Choice(
        label=_text(data["label"]),
        link=_link(data["link"]),
        then=None if then is None else _link(then),
        line=int(data["line"]),
    )


def _link(data: Mapping[str, Any]) -> Link:
    return Link(LinkKind(data["kind"]), _text(data["target"]), _text(data["detail"]))


def _heard(data: Mapping[str, Any]) -> Heard:
    return Heard(_text(data["text"]), _text(data["pinyin"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
