"""What a file is judged against: where and when it comes from, and whose habits it follows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, Literal

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from content.columns import ColumnBook
from domain.campaign import Campaigns
from domain.phone import Number, read_number
from domain.zones import zones_of_number
from intake.mapping import ColumnMapping
from intake.table import Table, text_of

RegionFrom = Literal["option", "setting", "file"]

_SAMPLE: Final = 120
_PLAUSIBLE: Final = 0.5
_CONVINCING: Final = 0.8
_GUESSES: Final = ("CN", "US", "GB")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_WRITES_CHINESE: Final = frozenset(["CN", "HK", "MO", "SG", "TW"])


@dataclass(frozen=True, slots=True)
class JudgingSetting:
    """What rows are judged against.

    Attributes:
        region: the country whose habits a row without a country of its own follows.
        region_from: whether a person said so, the settings, or the file's own numbers.
        zone: the clock of times in the file that are not the customer's own (IANA name).
        now: the moment of judging, UTC.
        as_of: the export time that a person named, UTC.
        book: the fields and words by which files are understood.
        campaigns: the kinds of callback.
    """

    region: str
    region_from: RegionFrom
    zone: str
    now: datetime
    as_of: datetime | None
    book: ColumnBook
    campaigns: Campaigns


def choose_region(
    table: Table, mapping: ColumnMapping, named: str | None, setting: str
) -> tuple[str, RegionFrom]:
    """The country whose habits the numbers of a file follow, and what says so.

    A region that a person named stands. The setting's stands unless most of the file's numbers are
    none there while nearly all are in one of the usual countries, or the file has no numbers and
    names its columns in Chinese: a desk whose terminal speaks British English still gets Chinese
    files right, and the choice is shown.
    """
    if named is not None:
        return named, "option"
    place = mapping.place_of("phone")
    if mapping.place_of("country") is not None:
        return setting, "setting"
    if place is None:
        chinese = sum(bool(_HAN.search(name)) for name in table.header) * 2 > len(table.header)
        return (
            ("CN", "file") if chinese and setting not in _WRITES_CHINESE else (setting, "setting")
        )
    column = [text_of(row.cells[place]) for row in table.rows[:_SAMPLE] if place < len(row.cells)]
    cells = [text for text in column if any(letter.isdigit() for letter in text)]
    if not cells or _share(cells, setting) >= _PLAUSIBLE:
        return setting, "setting"
    shares = Counter({guess: _share(cells, guess) for guess in _GUESSES})
    guess, share = shares.most_common(1)[0]
    return (guess, "file") if share >= _CONVINCING else (setting, "setting")


def zone_of_region(region: str, otherwise: str) -> str:
    """The zone of a country that has but one; else another zone, the desk's own."""
    zones = _country_zones(phonenumbers.country_code_for_region(region))
    return zones[0] if len(zones) == 1 else otherwise


def zones_of(number: Number) -> tuple[str, ...]:
    """All zones in which a number may lie; quick for numbers of countries that have but one."""
    zones = _country_zones(number.calling_code)
    return zones if len(zones) == 1 else zones_of_number(number.e164)


@cache
def _country_zones(calling_code: int) -> tuple[str, ...]:
    return tuple(TIMEZONE_DATA.get(str(calling_code), ()))


def _share(cells: Sequence[str], region: str) -> float:
    good = sum(isinstance(read_number(cell, region), Number) for cell in cells)
    return good / len(cells)
