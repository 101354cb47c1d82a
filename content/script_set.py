"""All files of a release read together, scripts and rules: a release, or what would be one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from content.markdown_file import refusals
from content.playbook_parser import LANGUAGES, Source
from content.playbooks import SHELVES, advice_in, check_sources, library_of, shipped_known
from content.rule_files import FILES, RULES, digest_of, shipped_rules
from content.rule_set import read_rules
from content.toml_file import FOLDER, parse_toml
from domain.advice_codec import encode_advice
from domain.content_set import FileKey, FileText, NewFile
from domain.errors import InputError
from domain.library import Advice, Library
from domain.playbook import Book
from domain.playbook_codec import FORM, encode_book
from domain.rulebook import Rulebook
from domain.said import Said

ADVICE: Final = "advice"
"""The kind of the files of the advice strip, which are TOML."""

PLAYBOOKS: Final = "playbooks"
"""The kind of the scripts that campaigns name."""

KINDS: Final = (*SHELVES, ADVICE, RULES)
"""The kinds of files that a release holds."""

_LINE: Final = re.compile(r"\(at line (\d+),")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one file.

    Attributes:
        key: the file.
        line: counted from 1; 1 for a fault of the whole file.
        said: the sentence that says it.
    """

    key: FileKey
    line: int
    said: Said


@dataclass(frozen=True, slots=True)
class ReadSet:
    """Files read together.

    Attributes:
        files: as they were given.
        books: those that could be read.
        advice: the lines of the strip, by the file that they stand in.
        faults: everything that is wrong, by file and line.
        rulebook: what the files of rules say; none where something is wrong with them.
    """

    files: tuple[FileText, ...]
    books: Mapping[FileKey, Book]
    advice: Mapping[FileKey, tuple[Advice, ...]]
    faults: tuple[Fault, ...]
    rulebook: Rulebook | None = None

    @property
    def rules(self) -> dict[str, str]:
        """The texts of the files of rules, by name."""
        return {file.name: file.source for file in self.files if file.kind == RULES}

    def library(self, language: str) -> Library:
        """What an operator of a language would have before them, as far as it could be read."""
        lines = [
            line
            for (_, _, other), many in self.advice.items()
            if other == language
            for line in many
        ]
        return library_of(language, list(self.books.values()), lines)

    def new_files(self) -> tuple[NewFile, ...]:
        """The files with their parsed forms, for a release.

        Raises:
            ValueError: there are faults (a slip in the program).
        """
        if self.faults:
            raise ValueError("a set with faults does not become a release")
        return tuple(
            NewFile(*file.key, self._digest(file), file.source, self._parsed(file))
            for file in self.files
        )

    def _digest(self, file: FileText) -> str:
        """Names the version and the form that it is stored in: another form is another version."""
        if file.kind == RULES:
            return digest_of(file.source)
        if file.kind == ADVICE:
            version = hashlib.sha256(file.source.encode()).hexdigest()[:12]
        else:
            version = self.books[file.key].version
        return f"{version}.{FORM}"

    def _parsed(self, file: FileText) -> dict[str, Any]:
        if file.kind == RULES:
            return {}  # whoever opens the database reads the rules, and hands them over
        if file.kind == ADVICE:
            return encode_advice(self.advice[file.key])
        return encode_book(self.books[file.key])


def read_set(files: Iterable[FileText]) -> ReadSet:
    """Files read and checked as one whole; nothing is raised, what is wrong is a fault."""
    given = tuple(files)
    books = [file for file in given if file.kind not in (ADVICE, RULES)]
    names = {path_of(file.key): file.key for file in books}
    sources = [Source(path_of(file.key), file.language, file.source) for file in books]
    rules = read_rules(
        {file.name: file.source for file in given if file.kind == RULES},
        {file.name for file in books if file.kind == PLAYBOOKS},
    )
    endings = {outcome.code for outcome in rules.outcomes.endings}
    checked = check_sources(sources, replace(shipped_known(), outcomes=endings))
    faults = [Fault(names[one.file], one.line, one.said) for one in checked.findings]
    advice: dict[FileKey, tuple[Advice, ...]] = {}
    for file in given:
        if file.kind == ADVICE:
            unfit = refusals(path_of(file.key), file.source)
            refused = [Fault(file.key, one.line, one.said) for one in unfit]
            faults += refused
            if refused:
                continue
            try:
                advice[file.key] = _advice_of(file)
            except InputError as error:
                faults.append(_advice_fault(file.key, error))
    faults += _untranslated_advice(advice)
    faults += [
        Fault((RULES, one.name, ""), one.line, Said(one.error.title_key, one.error.params))
        for one in rules.faults
    ]
    return ReadSet(
        given,
        {names[book.file]: book for book in checked.books},
        advice,
        tuple(sorted(faults, key=_place)),
        rules.rulebook,
    )


def reread(files: Sequence[FileText]) -> tuple[NewFile, ...] | None:
    """The files of a whole set in their parsed forms; none when something is wrong with them."""
    read = read_set(files)
    return None if read.faults else read.new_files()


def shipped_files() -> tuple[FileText, ...]:
    """Every file of scripts and rules that the program ships.

    Raises:
        InputError: `content_bad` for a file that is no UTF-8.
    """
    keys: list[FileKey] = [
        (kind, path.stem, language)
        for kind in SHELVES
        for language in LANGUAGES
        for path in sorted((FOLDER / kind / language).glob("*.md"))
    ]
    keys += [(ADVICE, ADVICE, language) for language in LANGUAGES]
    scripts = tuple(FileText(*key, _shipped(path_of(key))) for key in keys)
    rules = tuple(FileText(RULES, name, "", text) for name, text in shipped_rules().items())
    return (*scripts, *rules)


def path_of(key: FileKey) -> str:
    """Where a file stands among the others, in a folder of a lead's own too."""
    kind, name, language = key
    if kind == RULES:
        return f"{RULES}/{FILES.get(name, name)}"
    return f"{kind}/{language}.toml" if kind == ADVICE else f"{kind}/{language}/{name}.md"


def _place(fault: Fault) -> tuple[FileKey, int, str]:
    return fault.key, fault.line, fault.said.key


def _advice_of(file: FileText) -> tuple[Advice, ...]:
    where = path_of(file.key)
    return advice_in(parse_toml(file.source, where), where)


def _advice_fault(key: FileKey, error: InputError) -> Fault:
    said = Said("script.advice.where", error.params)
    found = _LINE.search(str(error.params["problem"]))
    return Fault(key, int(found[1]) if found else 1, said)


def _untranslated_advice(advice: Mapping[FileKey, tuple[Advice, ...]]) -> Iterable[Fault]:
    names = {key: {f"{line.group}.{line.id}" for line in lines} for key, lines in advice.items()}
    every = set().union(*names.values()) if names else set()
    for key, own in names.items():
        missing = sorted(every - own)
        if missing:
            yield Fault(key, 1, Said("script.advice.missing", {"names": ", ".join(missing[:5])}))


def _shipped(path: str) -> str:
    try:
        return (FOLDER / path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("content_bad", where=path, problem=Said("rules.bad.not_utf8")) from error
