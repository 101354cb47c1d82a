"""The shop as the settings of a machine have it."""

from __future__ import annotations

from typing import Final

from app.settings import Settings
from domain.shop import Shop

_NOWHERE: Final = frozenset({"UTC", "Etc/UTC"})


def machine_shop(settings: Settings) -> Shop:
    """What counts as long as neither the rules nor the desk name the shop.

    The country is the one that the settings file names, else that of the clock: a terminal's
    language says less of where its shop is.
    """
    return Shop(country_at(settings, settings.my_zone) or settings.region, settings.my_zone)


def told_zone(settings: Settings) -> str:
    """The machine's clock; empty for one that keeps UTC, which says nothing of its place."""
    return "" if settings.my_zone in _NOWHERE else settings.my_zone


def country_at(settings: Settings, zone: str) -> str:
    """The country that the settings file names, else that of a zone; empty where nobody knows."""
    if "region" in settings.named:
        return settings.region
    from content.country_zones import country_of  # noqa: PLC0415 - reads the table of zones

    return country_of(zone) if zone else ""
