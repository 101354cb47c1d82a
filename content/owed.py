"""What to say first to a customer to whom a promise was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from content.toml_file import FOLDER, read_toml
from content.translations import Language
from content.variables import Line, ScriptValues, fault, fill
from domain.errors import InputError
from domain.promise import PromiseKind
from domain.said import Said

SHELF: Final = FOLDER / "owed"


@dataclass(frozen=True, slots=True)
class OwedWords:
    """The first words about one kind of promise: advice to the operator, then what is said."""

    advice: str
    say: tuple[str, ...]


def load_owed(path: Path) -> Mapping[PromiseKind, OwedWords]:
    """The words of a file, one entry for each kind of promise.

    Raises:
        InputError: `content_bad`, naming file and entry, for one that is missing, unknown, empty
            or that the scripts' check would refuse.
    """
    entries = read_toml(path)
    found = {}
    for kind in PromiseKind:
        entry = entries.pop(kind.value, None)
        advice, said = _parts(entry)
        texts = (advice, *said)
        if not advice or not said or any(not text or fault(text) for text in texts):
            raise InputError(
                "content_bad", where=f"{path.name} [{kind}]", problem=Said("promise.words.bad")
            )
        found[kind] = OwedWords(advice, said)
    if entries:
        raise InputError(
            "content_bad",
            where=f"{path.name} [{min(entries)}]",
            problem=Said("promise.words.unknown"),
        )
    return found


def first_words(language: Language, kind: PromiseKind, values: ScriptValues) -> tuple[Line, ...]:
    """What to heed and what to say before the script begins, filled in.

    Args:
        language: the language to speak.
        kind: what was promised.
        values: what is known; its promise is the broken one.
    """
    words, spoken = _shipped(language)[kind], values.spoken()
    lines = [Line("advice", fill(words.advice, spoken))]
    lines += [Line("say", fill(text, spoken)) for text in words.say]
    return tuple(line for line in lines if line.text)


def _parts(entry: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(entry, dict) or set(entry) != {"advice", "say"}:
        return "", ()
    advice, said = entry["advice"], entry["say"]
    if not isinstance(advice, str) or not isinstance(said, list):
        return "", ()
    if not all(isinstance(text, str) for text in said):
        return "", ()
    return advice.strip(), tuple(text.strip() for text in said)


@cache
def _shipped(language: Language) -> Mapping[PromiseKind, OwedWords]:
    return load_owed(SHELF / f"{language}.toml")
