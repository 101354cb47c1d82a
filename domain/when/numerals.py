"""Numbers as they are spoken, in both languages."""

from __future__ import annotations

from typing import Final

ZH: Final = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十廿卅]{1,5})"
"""A whole number in a Chinese sentence."""

_ZH_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_ONES_SAID: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ONES: Final = tuple(_ONES_SAID.split())
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50}
_EN_WORDS: Final = {word: value for value, word in enumerate(_ONES)} | _TENS

_ONE_TO_NINE: Final = "|".join(_ONES[1:10])
_WORDS: Final = "|".join(sorted(_ONES, key=len, reverse=True))
EN_WORD: Final = rf"(?:(?:{'|'.join(_TENS)})(?:[ -]?(?:{_ONE_TO_NINE}))?|{_WORDS})"
"""A whole number below sixty in English words."""
EN: Final = rf"(?:[0-9]{{1,4}}|{EN_WORD})"
"""A whole number in an English sentence."""

WORD_END: Final = "(?![a-z])"
"""Where an English word ends; a figure or a Chinese character may follow."""


def zh_number(text: str) -> int:
    """The value of a text that `ZH` matches; 十五 is 15, 二零二六 is 2026.

    Raises:
        ValueError: figures in an order that nobody says.
    """
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.partition("十")
    if not ten:
        # 两三 is a guess and no number; digits follow each other only in years and in 零五.
        if len(text) not in {1, 4} and text[0] not in "零〇":
            raise ValueError(text)
        return int("".join(str(_ZH_DIGITS[digit]) for digit in text))
    if len(tens) > 1 or len(ones) > 1:
        raise ValueError(text)
    return (_ZH_DIGITS[tens] if tens else 1) * 10 + (_ZH_DIGITS[ones] if ones else 0)


def en_number(text: str) -> int:
    """The value of a text that `EN` matches; `twenty-five` is 25."""
    if text.isdigit():
        return int(text)
    for word, tens in _TENS.items():
        if text.startswith(word):
            rest = text[len(word) :].strip(" -")
            return tens + (_EN_WORDS[rest] if rest else 0)
    return _EN_WORDS[text]
