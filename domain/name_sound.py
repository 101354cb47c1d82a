"""How a name may have been meant that was typed by its sound: `wangxm`, `xian`, `Nguyen`.

Stored sounds are toneless small letters with a space between syllables or words (`wang xiao ming`);
people type without spaces, and `xian` is one syllable or two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Finals that each initial takes (Scheme for the Chinese Phonetic Alphabet, 1958); v stands for ü.
_BACK: Final = "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang"
_PALATAL: Final = "i ia ie iao iu ian in iang ing iong u ue uan un"
_FLAT: Final = "a e ai ei ao ou an en ang eng ong i u uo ui uan un"
_RETROFLEX: Final = "a e ai ei ao ou an en ang eng ong i u ua uo uai ui uan un uang"
_FINALS: Final = {
    "": "a o e ai ei ao ou an en ang eng er",
    "y": "a o e ao ou an ang i in ing ong u ue uan un",
    "w": "a o ai ei an en ang eng u",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve",
    "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve",
    "g": _BACK,
    "k": _BACK,
    "h": _BACK,
    "j": _PALATAL,
    "q": _PALATAL,
    "x": _PALATAL,
    "zh": _RETROFLEX,
    "ch": _RETROFLEX,
    "sh": _RETROFLEX,
    "r": _RETROFLEX,
    "z": _FLAT,
    "c": _FLAT,
    "s": _FLAT,
}
_SYLLABLES: Final = frozenset(
    initial + final for initial, finals in _FINALS.items() for final in finals.split()
)
_STARTS: Final = frozenset(
    syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1)
)
_LONGEST: Final = max(map(len, _SYLLABLES))
_LETTERS: Final = re.compile(r"[a-z]+")
_PARTS: Final = re.compile(r"[^\W_]+")
_MOST: Final = 12
_MOST_LETTERS: Final = 40


def plain_sound(text: str) -> str:
    """A text as sounds are stored: small letters without accents, one space between words."""
    lettered = unicodedata.normalize("NFC", text.casefold()).replace("ü", "v")
    folded = unicodedata.normalize("NFKD", lettered)
    return " ".join(
        _PARTS.findall("".join(one for one in folded if not unicodedata.combining(one)))
    )


@lru_cache(maxsize=512)
def sound_starts(text: str) -> tuple[str, ...]:
    """The starts of stored sounds that a typed text may mean, the likeliest first.

    The last syllable may be unfinished: `wangf` gives `wang f`, `xian` gives `xian` and `xi an`.

    Args:
        text: as typed, in Latin letters; anything else gives nothing but itself.

    Returns:
        A dozen at most; empty where the text has no letters or digits.
    """
    parts = plain_sound(text).split()
    if not parts:
        return ()
    starts = [""]
    for place, part in enumerate(parts):
        ends = place == len(parts) - 1
        ways = [*_splits(part, unfinished=ends)]
        if part not in ways:
            ways.append(part)
        starts = [f"{start} {way}".lstrip() for start in starts for way in ways][:_MOST]
    return tuple(starts)


def _splits(word: str, *, unfinished: bool) -> list[str]:
    """The ways to read a word as syllables, those with the fewest first."""
    if len(word) > _MOST_LETTERS or not _LETTERS.fullmatch(word):
        return []
    # ways[n]: how the first n letters can be read.
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in word)]
    for end in range(1, len(word) + 1):
        for begin in range(max(0, end - _LONGEST), end):
            piece = word[begin:end]
            last = unfinished and end == len(word)
            if piece in (_STARTS if last else _SYLLABLES):
                ways[end].extend((*before, piece) for before in ways[begin])
        ways[end].sort(key=len)
        del ways[end][_MOST:]
    return [" ".join(way) for way in ways[-1]]
