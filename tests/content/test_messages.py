"""The catalogues against each other and against every sentence that the code asks for."""

from __future__ import annotations

import ast
import io
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from content.translations import translate

ROOT: Final = Path(__file__).parents[2]
MESSAGES: Final = ROOT / "content" / "messages"
PACKAGES: Final = (
    "app", "content", "db", "domain", "intake", "screens", "telephony", "widgets",
)  # fmt: skip

SPEAKERS: Final = {"translate", "say", "tell", "confirm", "speak", "Said"}
"""Functions whose first literal text is a key and whose keywords fill its placeholders."""

CHINESE: Final = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CHINESE_IN_ENGLISH: Final[frozenset[str]] = frozenset()
"""Keys whose English text quotes Chinese on purpose."""


@cache
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Each key with its text, or with the texts of its plural forms."""
    found: dict[str, tuple[str, ...]] = {}
    for area in sorted((MESSAGES / language).glob("*.po")):
        for message in read_po(io.BytesIO(area.read_bytes()), locale=language):
            if message.id:
                plural = not isinstance(message.id, str)
                key = message.id[0] if plural else message.id
                found[key] = tuple(message.string) if plural else (message.string,)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@dataclass(frozen=True)
class Asked:
    """One place in the code that asks for a sentence; `given` is none if values are unpacked."""

    where: str
    key: str
    given: frozenset[str] | None


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths
    )


@cache
def errors() -> frozenset[str]:
    """The names of the classes of the error family."""
    family = {"DeskError"}
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    while grown := {name for name, parents in bases.items() if parents & family} - family:
        family |= grown
    return frozenset(family)


@cache
def asked() -> tuple[Asked, ...]:
    found: list[Asked] = []
    for path, tree in trees():
        # An error made only for its key is filled by whoever says it.
        only_keys = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"title_key", "todo_key"}
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                asking = _asked_by(path, node)
                unknown = id(node) in only_keys
                found += (replace(each, given=None) if unknown else each for each in asking)
    return tuple(found)


def _asked_by(path: str, call: ast.Call) -> Iterator[Asked]:
    name = ast.unparse(call.func).rpartition(".")[2]
    where = f"{path}:{call.lineno}"
    given: frozenset[str] | None = frozenset(word.arg or "" for word in call.keywords)
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    text = next((text for text in texts if isinstance(text, str)), None)
    if given is not None and "" in given:
        given = None
    if name in errors() and text is not None:
        yield Asked(where, f"error.{text}.title", given)
        yield Asked(where, f"error.{text}.todo", given)
    elif name in SPEAKERS and text is not None and re.fullmatch(r"[a-z_]+(\.\w+)+", text):
        unknown = name == "Said" and (len(call.args) > 1 or call.keywords)
        yield Asked(where, text, _said_params(call) if unknown else given)
    for word in call.keywords:
        if word.arg == "help" and isinstance(word.value, ast.Constant) and word.value.value:
            yield Asked(where, str(word.value.value), None)


def _said_params(call: ast.Call) -> frozenset[str] | None:
    values = [*call.args[1:], *(word.value for word in call.keywords)]
    if len(values) != 1 or not isinstance(values[0], ast.Dict):
        return None
    keys = values[0].keys
    if not all(isinstance(key, ast.Constant) for key in keys):
        return None
    return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))


@cache
def named() -> tuple[frozenset[str], re.Pattern[str]]:
    """Every text in code and data that may be a key, and the keys that the code builds."""
    texts: set[str] = set()
    built: list[str] = []
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                built += _built(node)
    for path in (ROOT / "content").rglob("*.toml"):
        texts |= set(re.findall(r'"([a-z_]+(?:\.\w+)+)"', path.read_text(encoding="utf-8")))
    return frozenset(texts), re.compile("|".join(built))


def _built(node: ast.JoinedStr) -> Iterator[str]:
    first = node.values[0]
    if not isinstance(first, ast.Constant) or not re.match(r"[a-z_]+\.", str(first.value)):
        return
    yield "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.-]+"
        for part in node.values
    )


def _is_used(key: str) -> bool:
    texts, built = named()
    if key.startswith("error."):
        code = key.split(".")[1]
        return code in texts or built.fullmatch(key) is not None
    return key in texts or built.fullmatch(key) is not None


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("en")) == set(catalogue("zh"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_is_missing(language: str) -> None:
    empty = [key for key, texts in catalogue(language).items() if not all(texts)]
    assert empty == []


def test_both_languages_fill_the_same_placeholders() -> None:
    english = catalogue("en")
    different = {
        key: (sorted(placeholders(english[key][-1])), sorted(placeholders(texts[-1])))
        for key, texts in catalogue("zh").items()
        if key in english and placeholders(english[key][-1]) != placeholders(texts[-1])
    }
    assert different == {}


def test_a_key_begins_with_its_area() -> None:
    stray = [
        f"{path.name}: {key}"
        for path in MESSAGES.glob("*/*.po")
        for message in read_po(io.BytesIO(path.read_bytes()))
        if (key := message.id if isinstance(message.id, str) else message.id[0])
        if key.split(".")[0] not in {path.stem, "error"} and not key.startswith("cli.command.")
    ]
    assert stray == []


def test_every_sentence_asked_for_exists() -> None:
    missing = [f"{each.where}: {each.key}" for each in asked() if each.key not in catalogue("en")]
    assert missing == []


def test_every_placeholder_is_filled() -> None:
    unfilled = [
        f"{each.where}: {each.key} needs {sorted(lacking)}"
        for each in asked()
        if each.given is not None and each.key in catalogue("en")
        if (lacking := placeholders(catalogue("en")[each.key][-1]) - each.given)
    ]
    assert unfilled == []


def test_doubled_braces_are_braces_whether_or_not_something_is_filled_in() -> None:
    assert "{#id}" in translate("en", "script.finding.step_no_id")


def test_no_sentence_is_left_over() -> None:
    assert [key for key in catalogue("en") if not _is_used(key)] == []


def test_english_is_english() -> None:
    mixed = [
        key
        for key, texts in catalogue("en").items()
        if key not in CHINESE_IN_ENGLISH and any(CHINESE.search(text) for text in texts)
    ]
    assert mixed == []


def test_chinese_is_chinese() -> None:
    """A Chinese text without one Chinese character is a sign, a name or a forgotten sentence."""
    words = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
    forgotten = [
        key
        for key, texts in catalogue("zh").items()
        if any(words.search(text) and not CHINESE.search(text) for text in texts)
    ]
    assert forgotten == []
