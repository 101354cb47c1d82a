"""Instants put on the operator's own clock before a sentence names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.said import Said


def on_clock(params: Mapping[str, object], zone: ZoneInfo) -> dict[str, object]:
    """The values of a sentence with every instant, nested ones too, in a zone."""
    return {name: _moved(value, zone) for name, value in params.items()}


def _moved(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, Said):
        return Said(value.key, on_clock(value.params, zone))
    return value
