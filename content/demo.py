"""The invented customers of the demo: where they live, what they are called, what they drive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from content.toml_file import FOLDER, read_toml
from domain.entry import Entry
from domain.zones import checked_zone

FILE: Final = FOLDER / "demo" / "customers.toml"
_DIGITS: Final = "#"


class Tongue(StrEnum):
    """The language that a customer speaks."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place with customers.

    Attributes:
        name: the city.
        country: ISO 3166, two letters.
        zone: IANA name.
        language: what its customers speak.
        number: their number, `#` for the digits of the running number.
        people: how many customers live there.
        plate: their plates, `#` as in the number.
        campaigns: codes of what they are rung for, in turn.
    """

    name: str
    country: str
    zone: str
    language: Tongue
    number: str
    people: int
    plate: str
    campaigns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoNames:
    """Names to put together, in the order of the language."""

    family: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoModel:
    """A car that is sold nowhere."""

    name: str
    colours: tuple[str, ...]
    language: Tongue


class Mood(StrEnum):
    """The light of a customer's mood."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class DemoPast:
    """A call of the last days; a promised one ends in the promise to ring again."""

    language: Tongue
    promised: bool
    note: str
    mood_start: Mood
    mood_end: Mood


@dataclass(frozen=True, slots=True)
class DemoContent:
    """All that customers are invented from.

    Attributes:
        places: where customers live.
        names: by language.
        models: what they drive.
        notes: what came with a callback, by campaign and language.
        past: calls of the last days.
    """

    places: tuple[DemoPlace, ...]
    names: Mapping[Tongue, DemoNames]
    models: tuple[DemoModel, ...]
    notes: Mapping[str, Mapping[Tongue, tuple[str, ...]]]
    past: tuple[DemoPast, ...]


def load_demo(path: Path) -> DemoContent:
    """The demo's customers of a file.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it; `zone_unknown`.
    """
    file = Entry(path.name, read_toml(path))
    places = tuple(_place(entry) for entry in file.entries("place"))
    names = _by_language(file.entry("names"))
    models = tuple(_model(entry) for entry in file.entries("model"))
    notes = file.entry("notes")
    by_campaign = {
        code: _notes(notes.entry(code))
        for code in dict.fromkeys(code for place in places for code in place.campaigns)
        if notes.has(code)
    }
    notes.close()
    past = tuple(_past(entry) for entry in file.entries("past"))
    file.close()
    return DemoContent(places, names, models, by_campaign, past)


@cache
def demo_content() -> DemoContent:
    """The demo's customers that the desk ships with."""
    return load_demo(FILE)


def filled(pattern: str, number: int) -> str:
    """A number or plate with its `#` replaced by a running number, zeros in front."""
    width = pattern.count(_DIGITS)
    digits = iter(str(number % 10**width).zfill(width))
    return "".join(next(digits) if letter == _DIGITS else letter for letter in pattern)


def _place(entry: Entry) -> DemoPlace:
    place = DemoPlace(
        name=entry.text("name"),
        country=entry.text("country"),
        zone=checked_zone(entry.text("zone")),
        language=entry.one_of("language", Tongue),
        number=entry.text("number"),
        people=entry.whole("people"),
        plate=entry.text("plate"),
        campaigns=entry.texts("campaigns"),
    )
    entry.close()
    return place


def _by_language(entry: Entry) -> Mapping[Tongue, DemoNames]:
    names = {tongue: _names(entry.entry(tongue)) for tongue in Tongue}
    entry.close()
    return names


def _names(entry: Entry) -> DemoNames:
    names = DemoNames(entry.texts("family"), entry.texts("female"), entry.texts("male"))
    entry.close()
    return names


def _model(entry: Entry) -> DemoModel:
    model = DemoModel(
        name=entry.text("name"),
        colours=entry.texts("colours"),
        language=entry.one_of("language", Tongue),
    )
    entry.close()
    return model


def _notes(entry: Entry) -> Mapping[Tongue, tuple[str, ...]]:
    notes = {tongue: entry.texts(tongue) for tongue in Tongue}
    entry.close()
    return notes


def _past(entry: Entry) -> DemoPast:
    past = DemoPast(
        language=entry.one_of("language", Tongue),
        promised=entry.flag("promised", default=False),
        note=entry.text("note"),
        mood_start=entry.one_of("mood_start", Mood),
        mood_end=entry.one_of("mood_end", Mood),
    )
    entry.close()
    return past
