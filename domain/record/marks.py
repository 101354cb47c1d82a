"""Plates, vehicle numbers, citizen numbers and mail addresses, checked by their own rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from domain.record.cells import clean_line

VinProblem = Literal["wrong_length", "has_i_o_or_q", "not_letters_and_digits"]
IdProblem = Literal["wrong_check_digit", "wrong_shape", "impossible_birthday"]

_SEPARATORS: Final = re.compile(r"[\s·・•.\-]+")
_CHINESE_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff]")
_TEMPORARY: Final = ("临牌", "临时", "未上牌", "无牌", "暂无")
_VIN: Final = re.compile(r"[A-Z0-9]+")
_ID: Final = re.compile(r"\d{17}[\dX]")
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK: Final = "10X98765432"
_MAIL: Final = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]+\.[^\s@,;<>.]{2,}")
_VIN_LENGTH: Final = 17


@dataclass(frozen=True, slots=True)
class Plate:
    """A number plate.

    Attributes:
        text: as it is shown, such as `粤B·12345`.
        key: the bare plate by which it is found, such as `粤B12345`.
    """

    text: str
    key: str


def read_plate(cell: str) -> Plate | None:
    """The plate in a cell; none where it is empty or says that there is only a temporary one."""
    plain = clean_line(cell).upper()
    if not plain or plain.startswith(_TEMPORARY):
        return None
    key = _SEPARATORS.sub("", plain)
    if _CHINESE_PLATE.fullmatch(key):
        return Plate(f"{key[:2]}·{key[2:]}", key)
    return Plate(plain, key) if key else None


def read_vin(cell: str) -> tuple[str, VinProblem | None]:
    """A vehicle number in capitals, and what is wrong with it; empty where the cell is.

    No such number has the letters I, O or Q (ISO 3779). A wrong one is kept as it stands: which
    digit was meant is not for a program to guess.
    """
    vin = clean_line(cell).upper().replace(" ", "")
    if not vin:
        return "", None
    if not _VIN.fullmatch(vin):
        return vin, "not_letters_and_digits"
    if len(vin) != _VIN_LENGTH:
        return vin, "wrong_length"
    return vin, "has_i_o_or_q" if set(vin) & set("IOQ") else None


def read_id_number(cell: str) -> tuple[str, IdProblem | None]:
    """A Chinese citizen number in capitals, and what is wrong with it; empty where the cell is.

    The last character is a check digit over the other seventeen (GB 11643-1999).
    """
    number = clean_line(cell).upper().replace(" ", "")
    if not number:
        return "", None
    if not _ID.fullmatch(number):
        return number, "wrong_shape"
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if _ID_CHECK[total % 11] != number[-1]:
        return number, "wrong_check_digit"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return number, "impossible_birthday"
    return number, None


def read_mail(cell: str) -> tuple[str, bool]:
    """A mail address, its domain in small letters, and whether it is one (or the cell is empty)."""
    plain = clean_line(cell).replace(" ", "")
    if not _MAIL.fullmatch(plain):
        return plain, not plain
    local, _, domain = plain.rpartition("@")
    return f"{local}@{domain.lower()}", True
