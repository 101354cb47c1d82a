"""The shipped playbooks: found, read, and held together as libraries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from content.front_matter import read_front_matter
from content.outcomes import outcomes
from content.playbook_check import Known, check_books
from content.playbook_parser import LANGUAGES, Parsed, Source, parse_books
from content.playbook_parts import Include, unused_parts
from content.script_finding import Finding
from content.surveys import surveys
from content.toml_file import FOLDER, read_toml
from domain.errors import InputError
from domain.library import Advice, Library
from domain.playbook import Book, BookKind
from domain.said import Said

SHELVES: Final = ("playbooks", "objections", "expectations")
"""Folders of the content that hold books, each with one folder a language."""

LIGHTS: Final = ("red", "yellow", "green")
"""The mood lights; each has one line of advice in the group `mood`."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Files read and checked together.

    Attributes:
        books: every book that could be read.
        findings: every fault, by file and line; with none the books may go into force.
    """

    books: tuple[Book, ...]
    findings: tuple[Finding, ...]


def shipped_sources() -> tuple[Source, ...]:
    """Every shipped file of every language, by path.

    Raises:
        InputError: `content_bad` for a file that is no UTF-8.
    """
    return tuple(
        _source(path, str(path.relative_to(FOLDER)), language)
        for shelf in SHELVES
        for language in LANGUAGES
        for path in sorted((FOLDER / shelf / language).glob("*.md"))
    )


def read_source(path: Path) -> Source:
    """A file of a team lead's own; its folder's name says the language unless its head does.

    Raises:
        InputError: `content_bad` when it can't be read or is no UTF-8.
    """
    return _source(path, str(path), path.resolve().parent.name)


def shipped_known() -> Known:
    """What links may name: the shipped surveys, their bundles, and the outcomes that end a call."""
    shelf = surveys()
    return Known(
        questions={survey.id: {one.id for one in survey.questions} for survey in shelf},
        bundles={*shelf.bundles, *(survey.id for survey in shelf)},
        outcomes={outcome.code for outcome in outcomes().endings},
    )


def check_sources(sources: Iterable[Source], known: Known) -> Checked:
    """Files read and checked as one whole."""
    parsed = parse_books(sources)
    books = tuple(one.book for one in parsed if one.book is not None)
    findings = {finding for one in parsed for finding in one.findings}
    findings |= {*check_books(books, known), *_unused(parsed)}
    return Checked(books, tuple(sorted(findings)))


def check_with_shipped(sources: Sequence[Source], known: Known) -> Checked:
    """A lead's files checked as they would stand among the shipped ones.

    A file takes the place of the shipped book of the same id and language.
    """
    return check_among(sources, shipped_sources(), known)


def check_among(sources: Sequence[Source], others: Iterable[Source], known: Known) -> Checked:
    """Files checked as they would stand among others.

    Args:
        sources: the files to check; each takes the place of the other of its id and language.
        others: the files that stand beside them.
        known: the surveys and outcomes that links may name.

    Returns:
        The files' own books and every fault of the whole; others that were sound before have a
        fault now only by what the files changed.
    """
    own = {place_of(source) for source in sources}
    beside = [source for source in others if place_of(source) not in own]
    whole = check_sources([*sources, *beside], known)
    names = {source.file for source in sources}
    # That two files differ is told once, in the one that was given.
    findings = tuple(
        one for one in whole.findings if one.file in names or one.code != "choices_differ"
    )
    return Checked(tuple(book for book in whole.books if book.file in names), findings)


def place_of(source: Source) -> tuple[str, str]:
    """The language and id under which a file stands, as far as its head says them."""
    head = read_front_matter(source.file, source.text).values
    return head.get("language", source.language), head.get("id", Path(source.file).stem)


def _unused(parsed: Sequence[Parsed]) -> Iterable[Finding]:
    used: dict[str, list[Include]] = defaultdict(list)
    for one in parsed:
        if one.book is not None:
            used[one.book.language] += one.includes
    return unused_parts((one.book for one in parsed if one.book is not None), used)


@cache
def load_shipped(language: str) -> Library:
    """The shipped library of a language; its objections are found by all languages' words.

    Raises:
        InputError: `script_invalid`, naming file, line and fault.
    """
    return library_of(language, shipped_books(), load_advice(language))


def library_of(language: str, books: Collection[Book], advice: Iterable[Advice] = ()) -> Library:
    """A library of books of all languages; objections are found by every language's words."""
    return Library.of(
        language,
        [book for book in books if book.language == language],
        advice,
        [book for book in books if book.language != language],
    )


def load_advice(language: str, path: Path | None = None) -> tuple[Advice, ...]:
    """The lines of the advice strip.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = path or FOLDER / "advice" / f"{language}.toml"
    return advice_in(read_toml(file), f"{file.parent.name}/{file.name}")


def advice_in(groups: Mapping[str, object], where: str) -> tuple[Advice, ...]:
    """The lines of the advice strip in the tables of a file.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    lines: list[Advice] = []
    for group, entries in groups.items():
        if not isinstance(entries, dict):
            raise _bad_advice(where, group)
        for name, text in entries.items():
            if not isinstance(text, str) or not text.strip():
                raise _bad_advice(where, f"{group}.{name}")
            lines.append(Advice(str(name), group, text))
    if [line.id for line in lines if line.group == "mood"] != list(LIGHTS):
        raise _bad_advice(where, "mood")
    return tuple(lines)


def shipped_phrases() -> tuple[str, ...]:
    """Every Chinese phrase that an objection is found by, for the table of pinyin."""
    return tuple(
        heard.text
        for book in shipped_books()
        if book.kind is BookKind.OBJECTIONS
        for step in book.steps
        for heard in step.heard
        if not heard.text.isascii()
    )


@cache
def shipped_books() -> tuple[Book, ...]:
    """Every shipped book of every language.

    Raises:
        InputError: `script_invalid`, naming file, line and fault.
    """
    return tuple(_sound(parsed) for parsed in parse_books(shipped_sources()))


def _sound(parsed: Parsed) -> Book:
    if parsed.book is None or parsed.findings:
        first = parsed.findings[0]
        raise InputError("script_invalid", file=first.file, line=first.line, fault=first.said)
    return parsed.book


def _source(path: Path, name: str, language: str) -> Source:
    try:
        return Source(name, language, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError("content_bad", where=name, problem=Said("rules.bad.not_utf8")) from error
    except OSError as error:
        raise InputError("content_bad", where=name, problem=Said("rules.bad.no_file")) from error


def _bad_advice(where: str, entry: str) -> InputError:
    problem = Said("script.advice.bad")
    return InputError("content_bad", where=f"{where} [{entry}]", problem=problem)
