"""Which columns files have, by all their names, and what the words in some of them mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from content.toml_file import FOLDER, read_toml
from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.said import Said

FILE: Final = FOLDER / "columns.toml"
COUNTRY_FILE: Final = FOLDER / "countries.toml"
KINDS: Final = ("customers", "orders", "callbacks", "complaints")
LOOKS: Final = ("phone", "id_number", "email", "plate", "vin")

_BRACKETS: Final = re.compile(r"[(\[【][^)\]】]*[)\]】]")


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can hold.

    Attributes:
        code: the name that the program uses.
        label: the name that people read.
        names: all names under which files have it, folded.
        kinds: the files that can have it.
        needed: the files that can't be read without it.
        look: the shape of value by which a column without a known name is recognised, or "".
    """

    code: str
    label: Bilingual
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    needed: tuple[str, ...] = ()
    look: str = ""


@dataclass(frozen=True, slots=True)
class ColumnBook:
    """All fields, words and phrases by which files are understood.

    Attributes:
        fields: the fields in the order in which they are offered.
        words: for a set of words (`service`): each folded word's code.
        labels: for a set of words: each code's name for people.
        countries: each folded country name's two-letter code.
        month_first: the countries whose short dates begin with the month.
        stop: what a note says that asks us not to ring again.
        soon: folded words for "as soon as possible".
    """

    fields: tuple[Field, ...]
    words: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, Bilingual]]
    countries: Mapping[str, str]
    month_first: frozenset[str]
    stop: re.Pattern[str]
    soon: frozenset[str]

    def of_kind(self, kind: str) -> tuple[Field, ...]:
        """The fields that a kind of file can have."""
        return tuple(field for field in self.fields if kind in field.kinds)

    def word(self, word_set: str, text: str) -> str | None:
        """The code that a word of a set stands for, whatever its case, width and spaces."""
        return self.words[word_set].get(folded(text))

    def country(self, text: str) -> str | None:
        """The two-letter code of a country's name or code; none where it is not known."""
        return self.countries.get(folded(text))

    def asks_to_stop(self, note: str) -> bool:
        """Whether a note says that the customer wants no more calls."""
        return bool(note) and bool(self.stop.search(note))

    def is_soon(self, text: str) -> bool:
        """Whether a due time says "as soon as possible"."""
        return folded(text) in self.soon

    def label(self, code: str) -> Bilingual:
        """What people call a field."""
        return next(field.label for field in self.fields if field.code == code)


def folded(text: str) -> str:
    """A name without case, width, spaces and signs."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def without_brackets(text: str) -> str:
    """A header without what stands in brackets."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", text))


@cache
def column_book() -> ColumnBook:
    """The fields and words that the desk ships with."""
    return load_columns(FILE, COUNTRY_FILE)


def load_columns(path: Path, country_path: Path) -> ColumnBook:
    """The fields and words of the two files.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it; also for a name that
            means two fields of one kind of file.
    """
    file = Entry(path.name, read_toml(path))
    fields = tuple(_field(entry) for entry in file.entries("field"))
    _refuse_shared_names(file, fields)
    words, labels = _words(file)
    stop = file.entry("stop")
    phrases = stop.texts("phrases")
    stop.close()
    soon = file.entry("soon")
    soon_words = frozenset(folded(word) for word in soon.texts("words"))
    soon.close()
    file.close()
    countries, month_first = _countries(country_path)
    return ColumnBook(
        fields=fields,
        words=words,
        labels=labels,
        countries=countries,
        month_first=month_first,
        stop=re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE),
        soon=soon_words,
    )


def _field(entry: Entry) -> Field:
    code = entry.text("code")
    entry.where = f"{entry.where} ({code})"
    field = Field(
        code=code,
        label=entry.both("label"),
        names=tuple(dict.fromkeys(folded(name) for name in entry.texts("names"))),
        kinds=entry.texts("kinds"),
        needed=entry.texts("needed"),
        look=entry.text("look") if entry.has("look") else "",
    )
    entry.close()
    unknown = (set(field.kinds) | set(field.needed)) - set(KINDS)
    if unknown or (field.look and field.look not in LOOKS):
        known = ", ".join((*KINDS, *LOOKS))
        raise entry.bad(Said("rules.bad.choice", {"field": "kinds", "known": known}))
    return field


def _refuse_shared_names(file: Entry, fields: tuple[Field, ...]) -> None:
    for kind in KINDS:
        seen: set[str] = set()
        for field in fields:
            if kind not in field.kinds:
                continue
            for name in field.names:
                if name in seen:
                    raise file.bad(Said("rules.bad.twice", {"value": f"{kind} {name}"}))
                seen.add(name)


def _words(file: Entry) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, Bilingual]]]:
    words: dict[str, dict[str, str]] = {}
    labels: dict[str, dict[str, Bilingual]] = {}
    for word_set, codes in _tables(file, "words").items():
        words[word_set], labels[word_set] = {}, {}
        for code in _tables(Entry(f"{file.where} {word_set}", {"codes": codes}), "codes"):
            entry = Entry(f"{file.where} {word_set} {code}", codes[code])
            chinese, english = entry.texts("zh"), entry.texts("en")
            entry.close()
            if not chinese or not english:
                raise entry.bad(Said("rules.bad.missing_field", {"field": "zh, en"}))
            labels[word_set][code] = Bilingual(chinese[0], english[0])
            for word in (code, *chinese, *english):
                if words[word_set].setdefault(folded(word), code) != code:
                    raise entry.bad(Said("rules.bad.twice", {"value": word}))
    return words, labels


def _tables(entry: Entry, key: str) -> dict[str, dict[str, object]]:
    value = entry.value(key)
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise entry.bad(Said("rules.bad.not_a_table"))
    return value


def _countries(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    file = Entry(path.name, read_toml(path))
    month_first = frozenset(file.texts("month_first"))
    value = file.value("names")
    file.close()
    if not isinstance(value, dict):
        raise file.bad(Said("rules.bad.not_a_table"))
    codes: dict[str, str] = {}
    names = Entry(f"{path.name} names", value)
    for code in value:
        for name in (code, *names.texts(code)):
            if codes.setdefault(folded(name), code) != code:
                raise names.bad(Said("rules.bad.twice", {"value": name}))
    return codes, month_first
