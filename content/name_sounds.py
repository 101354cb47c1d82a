"""How a name sounds, for finding people and for telling two spellings of one name.

The library that knows pinyin takes a quarter of a second to import: it is imported when the first
Chinese name is spelled, which happens at imports and where a name is saved.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from content.toml_file import FOLDER, read_toml
from domain.entry import Entry
from domain.said import Said

FILE: Final = FOLDER / "surname_readings.toml"


@dataclass(frozen=True, slots=True)
class Sound:
    """A name in plain small letters.

    Attributes:
        pinyin: its syllables or words, parted by spaces: `wang ting`, `emily nguyen`.
        initials: the first letter of each: `wt`, `en`.
    """

    pinyin: str
    initials: str


@lru_cache(maxsize=16384)
def name_sound(name: str) -> Sound:
    """The sound of a name in Chinese or Latin letters; surnames by their own readings."""
    syllables: list[str] = []
    rest = name
    for length in (2, 1):
        reading = _readings().get(name[:length]) if len(name) > length else None
        if reading is not None:
            syllables = reading.split()
            rest = name[length:]
            break
    word = ""
    for letter in rest:
        if _is_han(letter):
            if word:
                syllables.append(word)
                word = ""
            syllables.append(_syllable(letter))
        elif letter.isalnum():
            word += _plain(letter)
        elif letter.isspace() or letter == "-":
            if word:
                syllables.append(word)
            word = ""
    if word:
        syllables.append(word)
    return Sound(" ".join(syllables), "".join(syllable[0] for syllable in syllables if syllable))


def _is_han(letter: str) -> bool:
    return (
        "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or letter >= "\U00020000"
    )


@cache
def _syllable(letter: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see the head of this module

    return str(lazy_pinyin(letter)[0]).lower()


@cache
def _plain(letter: str) -> str:
    folded = unicodedata.normalize("NFKD", letter.casefold())
    return "".join(part for part in folded if not unicodedata.combining(part))


@cache
def _readings() -> Mapping[str, str]:
    file = Entry(FILE.name, read_toml(FILE))
    value = file.value("readings")
    file.close()
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise file.bad(Said("rules.bad.not_a_table"))
    return value
