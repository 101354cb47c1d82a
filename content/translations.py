"""The message catalogues: every sentence of the program, in both languages.

A catalogue is gettext's: `content/messages/<language>/<area>.po` holds one area's sentences under
keys (`desk.title`); `compile_catalogues` merges the areas of a language into `<language>.mo`.
Placeholders are `{name}` as in `str.format`. A plural has `msgid_plural` equal to the key with
`.many` behind it and is chosen by the parameter `n`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from content.catalogue import Catalogue
from domain.bilingual import Bilingual
from domain.errors import DeskError
from domain.said import Said

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
FOLDER: Final = Path(__file__).parent / "messages"


@cache
def catalogue(language: Language) -> Catalogue:
    """The compiled catalogue of a language.

    Raises:
        DeskError: `catalogue_missing` when it has not been compiled.
    """
    path = FOLDER / f"{language}.mo"
    try:
        return Catalogue(path.read_bytes())
    except FileNotFoundError as error:
        raise DeskError("catalogue_missing", path=str(path)) from error


def translate(language: Language, key: str, /, **params: object) -> str:
    """The sentence of a key in a language, with its placeholders filled.

    Args:
        language: the language to speak.
        key: a key of the catalogues; with a parameter `n` its plural form is chosen.
        params: values for the placeholders; a `Said` is translated first, of a text in both
            languages the right one is taken.

    Raises:
        KeyError: the catalogue has no such key (a test holds every key that the code names).
    """
    n = params.get("n")
    text = catalogue(language).text(key, n if isinstance(n, int) else 1)
    if not text:
        raise KeyError(key)
    if not params:
        return text.replace("{{", "{").replace("}}", "}")
    return text.format(**{name: _plain(language, value) for name, value in params.items()})


def say(language: Language, said: Said) -> str:
    """The sentence that a rule wants said, in a language."""
    return translate(language, said.key, **said.params)


def as_language(name: str) -> Language | None:
    """The language of a name such as `zh`, `zh_CN.UTF-8` or `en-GB`; none where we speak it not."""
    short = name.replace("-", "_").split("_")[0].split(".")[0].lower()
    return short if short in LANGUAGES else None


def _plain(language: Language, value: object) -> object:
    if isinstance(value, Said):
        return say(language, value)
    if isinstance(value, Bilingual):
        return value.of(language)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value
