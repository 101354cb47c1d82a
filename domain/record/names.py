"""Names as files spell them: spaces inside, a form of address behind, letters in any case."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from domain.record.cells import clean_line

Sex = Literal["m", "f"]

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇·"
_ALL_HAN: Final = re.compile(f"[{_HAN} ]+")
_FORMS: Final[dict[str, tuple[str, Sex | None]]] = {
    "先生": ("先生", "m"),
    "女士": ("女士", "f"),
    "小姐": ("小姐", "f"),
    "太太": ("太太", "f"),
    "mr": ("Mr", "m"),
    "mrs": ("Mrs", "f"),
    "ms": ("Ms", "f"),
    "miss": ("Miss", "f"),
    "mx": ("Mx", None),
    "dr": ("Dr", None),
}
_CHINESE_FORM: Final = re.compile(r"(.+?)\s*[(]?(先生|女士|小姐|太太)[)]?")
_LATIN_FORM: Final = re.compile(r"(mr|mrs|ms|miss|mx|dr)\.?\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name and how to address the person.

    Attributes:
        text: the name alone, as it is shown.
        salutation: the form of address that stood with it, such as 女士 or Mrs; else None.
        sex: what the form of address says; else None.
    """

    text: str
    salutation: str | None = None
    sex: Sex | None = None


def read_name(text: str) -> Name:
    """The name in a cell; its text is empty where the cell is."""
    plain = clean_line(text)
    found = _CHINESE_FORM.fullmatch(plain)
    if found:
        salutation, sex = _FORMS[found.group(2)]
        return Name(_joined(found.group(1)), salutation, sex)
    found = _LATIN_FORM.fullmatch(plain)
    if found:
        salutation, sex = _FORMS[found.group(1).lower()]
        return Name(_joined(found.group(2)), salutation, sex)
    return Name(_joined(plain))


def full_name(first: str, last: str) -> Name:
    """The name of a person whose cells keep first and last name apart.

    Two parts in Chinese or Japanese writing are put together last name first, without a space.
    """
    given, family = read_name(first), read_name(last)
    parts = [part for part in (given.text, family.text) if part]
    if len(parts) == 2 and all(_ALL_HAN.fullmatch(part) for part in parts):
        text = family.text + given.text
    else:
        text = " ".join(parts)
    return Name(text, given.salutation or family.salutation, given.sex or family.sex)


def name_key(text: str) -> str:
    """What two spellings of one name have in common: letters only, no accents, case or order.

    Words are sorted, so that `Nguyen, Emily` and `EMILY Nguyen` meet.
    """
    if _ALL_HAN.fullmatch(text) and text.isalpha():
        return text
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in folded if not unicodedata.combining(c)))
    return " ".join(sorted(words))


def is_chinese(text: str) -> bool:
    """Whether a name is written in Chinese characters alone."""
    return bool(text) and bool(_ALL_HAN.fullmatch(text))


def _joined(text: str) -> str:
    return text.replace(" ", "") if _ALL_HAN.fullmatch(text) else text
