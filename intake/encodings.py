"""Telling the encodings of text files apart, by their bytes alone."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from domain.errors import InputError
from domain.said import Said

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
_MAGIC: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc",
    b"\x1f\x8b",
    b"SQLite",
)
_CONTROLS: Final = re.compile(b"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_HIGH: Final = re.compile(b"[\x80-\xff]")
_UTF8_LETTER: Final = re.compile(
    b"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_GB2312: Final = re.compile(b"[\xa1-\xf7][\xa1-\xfe]")
_GB_PAIR: Final = re.compile(b"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\xfe]")
_SAMPLE: Final = 1 << 20
_LOOKED_AT: Final = 1 << 16
_DAMAGE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and how it was coded.

    Attributes:
        text: without a byte order mark; letters that were damaged are U+FFFD.
        encoding: as Python names it.
        notices: what a person should know.
    """

    text: str
    encoding: str
    notices: tuple[Said, ...] = ()


def encoding_name(encoding: str) -> str:
    """An encoding as people call it."""
    return _NAMES.get(encoding, encoding)


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text of a file's bytes.

    Args:
        data: all bytes of the file.
        name: the file's name, for errors.
        encoding: what a person chose; else it is told from the bytes: a byte order mark, UTF-16 by
            its zero bytes, UTF-8, then GB18030 or Latin-1 by which of both the pairs of high bytes
            look like.

    Raises:
        InputError: `import_file_binary`, `import_truncated` (cut in the middle of a letter) or
            `import_encoding_wrong` (not in the encoding chosen).
    """
    if encoding is not None:
        return _as_chosen(data, name, encoding)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, marked)
    if data.startswith(_MAGIC):
        raise InputError("import_file_binary", file=name)
    sixteen = _without_mark(data[:4096])
    if sixteen is not None:
        return _strict(data, name, sixteen)
    sample = data[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > max(8, len(sample) // 50):
        raise InputError("import_file_binary", file=name)
    return _eight_bits(data, name)


def _eight_bits(data: bytes, name: str) -> Decoded:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        high, letters = _utf8_share(data[:_SAMPLE])
        if high and letters / high > 1 - _DAMAGE:
            if error.start > len(data) - 4:
                raise InputError("import_truncated", file=name, row=_lines(data)) from error
            return _damaged(data, "utf-8")
    if _looks_chinese(data):
        try:
            return Decoded(data.decode("gb18030"), "gb18030")
        except UnicodeDecodeError as error:
            if error.start > len(data) - 4:
                raise InputError("import_truncated", file=name, row=_lines(data)) from error
            return _damaged(data, "gb18030")
    try:
        encoding = "cp1252" if re.search(b"[\x80-\x9f]", data) else "latin-1"
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Decoded(data.decode("latin-1"), "latin-1")


def _as_chosen(data: bytes, name: str, encoding: str) -> Decoded:
    for mark, marked in _MARKS:
        if data.startswith(mark) and marked.startswith(encoding.lower()):
            return _strict(data[len(mark) :], name, marked)
    try:
        return Decoded(data.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError("import_encoding_wrong", file=name, encoding=encoding) from error


def _strict(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode("utf-8" if encoding == "utf-8-sig" else encoding), encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(data):
            raise InputError("import_truncated", file=name, row=_lines(data)) from error
        return _damaged(data, encoding)


def _damaged(data: bytes, encoding: str) -> Decoded:
    text = data.decode("utf-8" if encoding == "utf-8-sig" else encoding, errors="replace")
    damaged = Said("import.notice.damaged", {"count": text.count("\ufffd")})
    return Decoded(text, encoding, (damaged,))


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 without its mark: zeros stand at every second place of what is plain ASCII."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    few = max(1, len(sample) // 50)
    if odd > few and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > few and odd == 0 else None


def _utf8_share(data: bytes) -> tuple[int, int]:
    """How many high bytes there are, and how many of them are letters of UTF-8."""
    return len(_HIGH.findall(data)), sum(len(letter) for letter in _UTF8_LETTER.findall(data))


def _looks_chinese(data: bytes) -> bool:
    """Whether the high bytes come in the pairs of common Chinese characters.

    A high byte of Latin-1 usually stands beside an ASCII letter, which makes a rare GBK character;
    in Chinese text nearly every pair is one of GB 2312.
    """
    first = _HIGH.search(data)
    start = first.start() if first else 0
    pairs = _GB_PAIR.findall(data[start : start + _LOOKED_AT])
    common = sum(1 for pair in pairs if _GB2312.fullmatch(pair))
    return bool(pairs) and common / len(pairs) > 0.6


def _lines(data: bytes) -> int:
    return data.count(b"\n") + 1
