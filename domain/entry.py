"""One entry of a data file, read field by field and checked as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.bilingual import Bilingual
from domain.errors import InputError
from domain.said import Said

_Choice = TypeVar("_Choice", bound=StrEnum)


class Entry:
    """The fields of one entry; every reading is checked, and `close` refuses what was not read.

    Args:
        where: the place that an error names, such as `outcomes.toml busy`.
        data: the entry as TOML or JSON gave it.
    """

    def __init__(self, where: str, data: object) -> None:
        self.where = where
        if not isinstance(data, Mapping):
            raise self.bad(Said("rules.bad.not_a_table"))
        self._data: Mapping[str, object] = data
        self._read: set[str] = set()

    def bad(self, problem: Said) -> InputError:
        """The error that says what is wrong in this entry; the caller raises it."""
        return InputError("content_bad", where=self.where, problem=problem)

    def has(self, key: str) -> bool:
        """Whether the entry has the field."""
        return key in self._data

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all fields, for an entry whose names are themselves data."""
        return tuple(self._data)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "text")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false; the file may leave out what equals the default."""
        if not self.has(key):
            return default
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "flag")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number of zero or more; without a default the field is required."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(key, "whole")
        return value

    def number(self, key: str, default: float) -> float:
        """A number above zero."""
        if not self.has(key):
            return default
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self._wrong(key, "number")
        return float(value)

    def one_of(self, key: str, choices: type[_Choice], default: _Choice | None = None) -> _Choice:
        """One of a closed set of words; without a default the field is required."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        for choice in choices:
            if choice.value == value:
                return choice
        known = ", ".join(choices)
        raise self.bad(Said("rules.bad.choice", {"field": key, "known": known}))

    def both(self, key: str) -> Bilingual:
        """A text in both languages: a table with `zh` and `en`."""
        words = Entry(f"{self.where} {key}", self._take(key))
        text = Bilingual(words.text("zh"), words.text("en"))
        words.close()
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; an absent field is an empty one."""
        if not self.has(key):
            return ()
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self._wrong(key, "texts")
        return tuple(value)

    def entry(self, key: str) -> Entry:
        """A table inside the entry."""
        return Entry(f"{self.where} {key}", self._take(key))

    def entries(self, key: str) -> tuple[Entry, ...]:
        """A list of tables inside the entry; an absent field is an empty one."""
        if not self.has(key):
            return ()
        value = self._take(key)
        if not isinstance(value, list):
            raise self._wrong(key, "tables")
        return tuple(
            Entry(f"{self.where} {key} {place}", one) for place, one in enumerate(value, start=1)
        )

    def value(self, key: str) -> object:
        """A field as it stands, for a reader who judges it."""
        return self._take(key)

    def close(self) -> None:
        """Refuse fields that nobody read: a misspelt name must not pass for an absent one."""
        left = sorted(set(self._data) - self._read)
        if left:
            raise self.bad(Said("rules.bad.unknown_field", {"field": ", ".join(left)}))

    def _take(self, key: str) -> object:
        if key not in self._data:
            raise self.bad(Said("rules.bad.missing_field", {"field": key}))
        self._read.add(key)
        return self._data[key]

    def _wrong(self, key: str, kind: str) -> InputError:
        return self.bad(Said(f"rules.bad.{kind}", {"field": key}))
