"""The objection palette: a key over five hundred entries in both languages, beside difflib."""

from __future__ import annotations

import difflib
import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.databases import Bench
from benchmarks.figures import Figure, interleaved, p95
from content.playbooks import load_shipped
from domain.objections import PhraseIndex
from domain.playbook import Heard

ENTRIES: Final = 500
_PHRASES = 12
_BUDGET = 20.0
_SHOWN = 40
_WARM = 3
_TYPED: Final = (
    "我现在没有时间",
    "太贵了别家便宜",
    "mei shi jian",
    "meishijan",
    "msj",
    "没shijian",
    "how did you get my numbr",
    "i dont have tiem",
    "stop caling me",
)
"""What is typed, letter by letter: words, pinyin, initials, mixtures and slips."""


def measure(_bench: Bench) -> list[Figure]:
    """What 95 of 100 keys stay below; nothing of it touches a database."""
    entries = list(synthetic())
    index = PhraseIndex(entries)
    forms = [text for _, phrases in entries for heard in phrases for text in spellings(heard)]
    keys = [typed[:length] for typed in _TYPED for length in range(1, len(typed) + 1)]

    def ours(typed: str) -> None:
        index.search(typed, _SHOWN)

    def beside(typed: str) -> None:
        difflib.get_close_matches(typed, forms, n=_SHOWN, cutoff=0.6)

    # Every third key: difflib needs most of a second for one.
    some = keys[::3]
    all_keys = [_timed(ours, typed) for typed in keys * 3]
    mine, anchor = interleaved(len(some), _in_turn(ours, some), _in_turn(beside, some), warm=_WARM)
    name = f"palette: a key over {ENTRIES} entries, p95"
    return [
        Figure(name, p95(all_keys), None, "ms", _BUDGET),
        Figure("the same beside difflib", p95(mine), p95(anchor), "ms"),
    ]


def synthetic() -> Iterator[tuple[str, tuple[Heard, ...]]]:
    """Entries made of the halves of shipped phrases, as many Chinese ones as English ones.

    Halves keep the letters, lengths and syllables of what customers really say.
    """
    chance = random.Random(20261122)
    heard = [
        one
        for language in ("zh", "en")
        for step in load_shipped(language).objections
        for one in step.heard
    ]
    chinese = [
        (one.text, one.pinyin.split())
        for one in heard
        if len(one.text) == len(one.pinyin.split()) > 3
    ]
    english = [one.text.split() for one in heard if not one.pinyin and " " in one.text]
    for number in range(ENTRIES):
        phrases = []
        for _ in range(_PHRASES):
            (one, ones), (two, twos) = chance.choice(chinese), chance.choice(chinese)
            left, right = len(one) // 2, len(two) // 2
            spelled = " ".join([*ones[:left], *twos[right:]])
            phrases.append(Heard(one[:left] + two[right:], spelled))
            first, second = chance.choice(english), chance.choice(english)
            words = [*first[: len(first) // 2], *second[len(second) // 2 :]]
            phrases.append(Heard(" ".join(words)))
        yield f"entry-{number}", tuple(phrases)


def spellings(heard: Heard) -> Iterator[str]:
    """The forms of a phrase that a plain comparison would have to go through."""
    yield heard.text
    if heard.pinyin:
        yield heard.pinyin
        yield "".join(syllable[0] for syllable in heard.pinyin.split())


def _in_turn(search: Callable[[str], None], keys: list[str]) -> Callable[[], float]:
    """Times one key after the other; the first ones again for the rounds that do not count."""
    order = iter([*keys[:_WARM], *keys])
    return lambda: _timed(search, next(order))


def _timed(search: Callable[[str], None], typed: str) -> float:
    began = time.perf_counter()
    search(typed)
    return (time.perf_counter() - began) * 1000
