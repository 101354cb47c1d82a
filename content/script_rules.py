"""The limits, labels, word lists and sample customers that playbooks are held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from content.toml_file import FOLDER, read_toml
from content.variables import VARIABLES
from domain.errors import InputError
from domain.playbook import LISTEN, STAGES
from domain.said import Said

FILE: Final = FOLDER / "script_rules.toml"
HEARD: Final = "heard"


@dataclass(frozen=True, slots=True)
class ScriptRules:
    """What the words of one language are held to.

    Attributes:
        language: `zh` or `en`.
        breath: the longest sentence, in `unit`s.
        unit: `letters` (punctuation not counted) or `words`.
        labels: the label that each emphasised word at the start of a paragraph stands for.
        early: words never said before the right person is confirmed.
        begging: words that ask for a score instead of an opinion.
        sample: an invented customer's values, by variable.
    """

    language: str
    breath: int
    unit: str
    labels: Mapping[str, str]
    early: tuple[str, ...]
    begging: tuple[str, ...]
    sample: Mapping[str, str]


def load_script_rules(language: str, path: Path = FILE) -> ScriptRules:
    """The rules of a language in a file.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    tables: dict[str, Any] = read_toml(path)
    try:
        table = tables[language]
        labels = {str(table["labels"][label]): label for label in (HEARD, LISTEN, *STAGES)}
        sample = {name: str(tables["sample"][language][name]) for name in VARIABLES}
        rules = ScriptRules(
            language=language,
            breath=int(table["breath"]),
            unit=str(table["breath_unit"]),
            labels=labels,
            early=tuple(str(word) for word in table["words"]["early"]),
            begging=tuple(str(word) for word in table["words"]["begging"]),
            sample=sample,
        )
    except KeyError as error:
        where = f"{path.name} [{language}]"
        raise InputError(
            "content_bad", where=where, problem=Said("script.rules.missing", {"key": str(error)})
        ) from error
    if rules.unit not in ("letters", "words") or rules.breath < 1:
        where = f"{path.name} [{language}]"
        raise InputError("content_bad", where=where, problem=Said("script.rules.breath"))
    return rules


@cache
def script_rules(language: str) -> ScriptRules:
    """The shipped rules of a language."""
    return load_script_rules(language)
