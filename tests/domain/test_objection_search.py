"""Objections are found by the customer's words, by pinyin, by initials, and despite slips."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.pinyin import pinyin_of
from content.playbooks import load_shipped
from domain.library import Library
from domain.objections import PhraseIndex, search, slips_in_start, squeeze
from domain.playbook import Heard

LIBRARIES = {language: load_shipped(language) for language in ("zh", "en")}
PHRASES = [
    (step.id, heard)
    for library in LIBRARIES.values()
    for step in library.objections
    for heard in step.heard
]
SYLLABLES = (
    "ma",
    "shi",
    "jian",
    "zhang",
    "lü",
    "qian",
    "dian",
    "hua",
    "bie",
    "tai",
    "gui",
    "cheng",
)


def ids(library: Library, text: str, limit: int = 5) -> list[str]:
    return [found.id for found in search(library, text, limit)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_customers_own_words_come_first_in_either_language(language: str) -> None:
    for objection, heard in PHRASES:
        assert ids(LIBRARIES[language], heard.text, 1) == [objection], heard.text
        if heard.pinyin and len(heard.pinyin.split()) > 2:
            assert ids(LIBRARIES[language], heard.pinyin, 1) == [objection], heard.pinyin


@pytest.mark.parametrize(
    ("typed", "objection"),
    [
        ("没时", "no-time"),
        ("我现在真的没有时间听你说", "no-time"),
        ("msj", "no-time"),
        ("mei shi jian", "no-time"),
        ("meishijan", "no-time"),
        ("NO TIEM", "no-time"),
        ("ｎｏ　ｔｉｍｅ", "no-time"),
        ("pz", "unknown-number"),
        ("你是骗子吧", "unknown-number"),
        ("expensiv", "price"),
        ("太贵", "price"),
        ("manger", "wants-manager"),
        ("jl", "wants-manager"),
        ("how u get my number", "how-got-number"),
        ("开着车", "driving-now"),
        ("别打了", "stop-calling"),
        ("没shijian", "no-time"),
        ("mei时间", "no-time"),
        ("没sj", "no-time"),
        ("没 shi jian", "no-time"),
        ("没ｓｈｉｊｉａｎ", "no-time"),
        ("ＭＳＪ", "no-time"),
        ("bussy", "no-time"),
        ("没事间", "no-time"),
        ("太归", "price"),
        ("骗自", "unknown-number"),
        ("找你们jingli", "wants-manager"),
    ],
)
def test_half_typed_and_slipped_words_still_find(typed: str, objection: str) -> None:
    for library in LIBRARIES.values():
        assert ids(library, typed, 3)[:1] == [objection]


@given(st.sampled_from(PHRASES), st.data())
def test_one_slip_in_a_longer_phrase_still_finds(
    phrase: tuple[str, Heard], data: st.DataObject
) -> None:
    objection, heard = phrase
    letters = squeeze(heard.pinyin or heard.text)
    if len(letters) < 8:
        return
    at = data.draw(st.integers(1, len(letters) - 2))
    slip = data.draw(st.sampled_from(("lost", "doubled", "swapped", "wrong")))
    slipped = {
        "lost": letters[:at] + letters[at + 1 :],
        "doubled": letters[: at + 1] + letters[at:],
        "swapped": letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :],
        "wrong": letters[:at] + "q" + letters[at + 1 :],
    }[slip]
    assert objection in ids(LIBRARIES["en"], slipped)


def fewest_slips(query: str, text: str) -> int:
    """The plain table of distances from a query to every start of a text."""
    before: list[int] = []
    last = list(range(len(text) + 1))
    for row, letter in enumerate(query, 1):
        now = [row]
        for column, other in enumerate(text, 1):
            cost = min(now[-1] + 1, last[column] + 1, last[column - 1] + (letter != other))
            if before and column > 1 and (letter, query[row - 2]) == (text[column - 2], other):
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return min(last)


@given(st.text("abc", min_size=1, max_size=9), st.text("abcd", max_size=12))
def test_slips_are_counted_as_the_plain_table_counts_them(query: str, text: str) -> None:
    places: dict[str, int] = {}
    for place, letter in enumerate(query):
        places[letter] = places.get(letter, 0) | 1 << place
    assert slips_in_start(places, len(query), text) == fewest_slips(query, text)


@given(st.text(max_size=80))
def test_anything_typed_gives_an_ordered_list(text: str) -> None:
    found = search(LIBRARIES["zh"], text, 9)
    assert len({one.id for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 <= one.score <= 1 for one in found)


def test_nothing_typed_lists_them_in_order() -> None:
    library = LIBRARIES["en"]
    every = [step.id for step in library.objections]
    assert ids(library, " ", 99) == every
    assert ids(library, "", 3) == every[:3]


def test_nonsense_finds_nothing() -> None:
    assert ids(LIBRARIES["en"], "xqzvw kkk") == []


def test_a_key_is_answered_at_once_over_five_hundred_entries() -> None:
    words = [heard.text for _, heard in PHRASES]
    entries = []
    for number in range(500):
        phrases = []
        for nth in range(24):
            text = f"{words[(7 * number + nth) % len(words)]} {number * nth % 97}"
            spelled = " ".join(SYLLABLES[(number + nth * k) % len(SYLLABLES)] for k in range(1, 6))
            phrases.append(Heard(text, spelled if nth % 2 else ""))
        entries.append((f"entry-{number}", phrases))
    index = PhraseIndex(entries)
    slowest = 0.0
    for typed in ("m", "msj", "mashijian", "没时间", "how did you get my numbr", "a" * 200):
        tries = []
        for _ in range(4):
            began = time.process_time()
            index.search(typed, 9)
            tries.append(time.process_time() - began)
        slowest = max(slowest, min(tries))
    assert slowest <= 0.020


def test_pinyin_is_stored_with_the_words() -> None:
    spelled = {heard.text: heard.pinyin for _, heard in PHRASES}
    assert spelled["没时间"] == "mei shi jian"
    assert spelled["no time"] == ""
    assert pinyin_of("4S店") == "4s dian"
