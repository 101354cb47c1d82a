"""What was typed, made plain: one width, one case, one script."""

from __future__ import annotations

import unicodedata
from typing import Final

_SIMPLER: Final = str.maketrans(
    "點時週禮號後兩鐘鍾這個對間過內盡儘馬現裡裏東倫紐約臺國請電話給聯繫係來兒從開〜～–—−‐‑∶：’‘“”",
    "点时周礼号后两钟钟这个对间过内尽尽马现里里东伦纽约台国请电话给联系系来儿从开~~-----::''\"\"",
)


def plain(text: str) -> str:
    """The text in ordinary width, lower case and simplified characters, trimmed.

    Controls become blanks and invisible characters vanish, so that nothing unseen decides.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_SIMPLER).lower()
    if folded.isascii() and folded.isprintable():
        return folded.strip()
    kept = (
        " " if letter.isspace() or unicodedata.category(letter) == "Cc" else letter
        for letter in folded
        if unicodedata.category(letter) not in {"Cf", "Cs"}
    )
    return "".join(kept).strip()
