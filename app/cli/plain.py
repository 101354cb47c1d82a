"""Values of the desk as JSON's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.cli.frame import Frame, iso
from domain.said import Said


def plain(frame: Frame, value: object) -> object:
    """A value with everything in it as JSON takes it.

    Dataclasses become objects, instants ISO text in UTC, days ISO text, spans of time seconds,
    sentences the caller's language.
    """
    if isinstance(value, Said):
        return frame.say_here(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(frame, getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(frame, one) for name, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [plain(frame, one) for one in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return float(value)
    return value
