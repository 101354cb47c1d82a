"""What a name typed by its sound may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from domain.name_sound import plain_sound, sound_starts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wangfang", "wang fang"),
        ("wangf", "wang f"),
        ("Wang Xiaoming", "wang xiao ming"),
        ("xian", "xi an"),
        ("xian", "xian"),
        ("xi'an", "xi an"),
        ("lüping", "lv ping"),
        ("ouyangzhen", "ou yang zhen"),
        ("zh", "zh"),
        ("Nguyen", "nguyen"),
        ("emily nguyen", "emily nguyen"),
        ("Zoë O'Brien", "zoe o brien"),
    ],
)
def test_a_typed_sound_means(typed: str, meant: str) -> None:
    assert meant in sound_starts(typed)


def test_the_plainest_reading_comes_first() -> None:
    assert sound_starts("wangfang")[0] == "wang fang"
    assert sound_starts("xian")[0] == "xian"


def test_every_common_character_can_be_typed_without_spaces() -> None:
    """Each syllable of the common characters (GB 2312, first level) is known as one."""
    common = bytes(
        byte for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for byte in (row, cell)
    ).decode("gb2312", errors="ignore")
    syllables = set(lazy_pinyin(common)) - {"n", "ng", "m", "hm"}
    unknown = {one for one in syllables if f"wang {one}" not in sound_starts(f"wang{one}")}
    assert unknown <= {"dia", "eng", "ei", "o"}
    assert len(syllables) > 380


@given(st.text(max_size=60))
def test_any_text_gives_a_few_starts(text: str) -> None:
    starts = sound_starts(text)
    assert len(starts) <= 12
    assert bool(starts) == bool(plain_sound(text))
    assert all(start.replace(" ", "") == plain_sound(text).replace(" ", "") for start in starts)
