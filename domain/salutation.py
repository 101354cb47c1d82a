"""How a customer is spoken to: 王女士 in Chinese, Ms Wang in English."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

Sex = Literal["female", "male"]

_TITLES: Final = {
    ("zh", "female"): "女士",
    ("zh", "male"): "先生",
    ("en", "female"): "Ms",
    ("en", "male"): "Mr",
}
_DOUBLE_SURNAMES: Final = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
    "公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇令狐呼延第五轩辕西门百里东郭南门拓跋完颜"
)
"""Common double surnames, two letters each (Hundred Family Surnames and present-day registers)."""


def salutation(name: str, sex: Sex | None, language: str, *, latin: str = "") -> str:
    """The words by which a customer is addressed; empty when there is no name.

    Without a known sex the full name is used: a wrong title offends more than a plain name.

    Args:
        name: the full name as recorded, in any script.
        sex: as recorded; none when unknown.
        language: `zh` or `en`.
        latin: the name in Latin letters, surname first (pinyin), for English words about a
            Chinese name; empty when unknown.
    """
    full = " ".join(name.split())
    if not full:
        return ""
    chinese = _is_chinese(full)
    if language == "zh":
        if sex is None:
            return full
        title = _TITLES["zh", sex]
        if not chinese:
            return f"{full.split()[-1]}{title}"
        return f"{_chinese_surname(full)}{title}"
    if chinese:
        spelled = " ".join(latin.split())
        if not spelled:
            return full
        return f"{_TITLES['en', sex]} {spelled.split()[0]}" if sex else spelled
    return f"{_TITLES['en', sex]} {full.split()[-1]}" if sex else full


def _chinese_surname(full: str) -> str:
    letters = full.replace(" ", "").replace("·", "")
    doubles = {_DOUBLE_SURNAMES[at : at + 2] for at in range(0, len(_DOUBLE_SURNAMES), 2)}
    if len(letters) > 2 and letters[:2] in doubles:
        return letters[:2]
    # A long name with a dot is a transliteration: the whole of its last part is the surname.
    if "·" in full:
        return full.rsplit("·", maxsplit=1)[-1]
    return letters[:1]


def _is_chinese(text: str) -> bool:
    return any("CJK UNIFIED" in unicodedata.name(letter, "") for letter in text)
