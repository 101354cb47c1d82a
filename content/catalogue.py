"""A compiled message catalogue, read as it is asked: a start needs a hundred of its sentences."""

from __future__ import annotations

import struct
from typing import Final

_LITTLE: Final = b"\xde\x12\x04\x95"
"""How a file begins that was written with the low byte first."""


class Catalogue:
    """The sentences of gettext's binary format (`.mo`, UTF-8).

    `gettext.GNUTranslations` takes every sentence apart before the first one is said. Of a plural's
    forms the second is for every number but one; a language without a plural has one form only.

    Args:
        raw: the file.
    """

    def __init__(self, raw: bytes) -> None:
        order = "<" if raw.startswith(_LITTLE) else ">"
        count, keys_at, texts_at = struct.unpack_from(f"{order}3I", raw, 8)
        keys = struct.unpack_from(f"{order}{2 * count}I", raw, keys_at)
        self._raw: Final = raw
        self._texts: Final = struct.unpack_from(f"{order}{2 * count}I", raw, texts_at)
        self._places: Final = {
            # Behind the key of a plural stands that of its second form.
            raw[start : start + size].partition(b"\0")[0]: place
            for place, (size, start) in enumerate(zip(keys[::2], keys[1::2], strict=True))
        }

    def text(self, key: str, n: int = 1) -> str | None:
        """The sentence of a key, of a plural the form for `n`; none where the key is unknown."""
        place = self._places.get(key.encode())
        if place is None:
            return None
        size, start = self._texts[2 * place : 2 * place + 2]
        forms = self._raw[start : start + size].split(b"\0")
        return forms[-1 if n != 1 else 0].decode()

    def keys(self, prefix: str) -> tuple[str, ...]:
        """All keys that begin so, by their letters."""
        start = prefix.encode()
        return tuple(sorted(one.decode() for one in self._places if one.startswith(start)))
