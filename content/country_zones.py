"""The clocks of countries, from the table that comes with the zone database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def zone_in(country: str, own: str) -> str:
    """The zone of a country when nobody names it: one's own if it is there, else its main one.

    Args:
        country: ISO 3166 code of two letters, or of a part of it (`GB-SCT`).
        own: IANA zone, taken too where the country is not in the table.
    """
    zones = _zones().get(country[:2], ())
    return own if own in zones or not zones else zones[0]


def country_of(zone: str) -> str:
    """The country (ISO 3166) that a zone is named for; empty where the table names none.

    Args:
        zone: IANA zone.
    """
    return next((country for country, zones in _zones().items() if zone in zones), "")


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    """The zones of every country, the most populous first as far as the table knows."""
    found: dict[str, list[str]] = defaultdict(list)
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country].append(zone)
    return {country: tuple(zones) for country, zones in found.items()}
