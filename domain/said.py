"""A sentence that the rules want said, before any language is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from domain.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Said:
    """A catalogue key with the values that its sentence names.

    Attributes:
        key: a key of the message catalogues.
        params: the values; an instant is an aware datetime, a nested `Said` is said first, a
            `Bilingual` is said in its own words.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)


def said_as_plain(said: Said) -> dict[str, object]:
    """A sentence as JSON's own values, for a database to keep; `said_from_plain` reads it back."""
    return {"key": said.key, "params": {name: _plain(one) for name, one in said.params.items()}}


def said_from_plain(plain: Mapping[str, object]) -> Said:
    """The sentence that `said_as_plain` wrote.

    Raises:
        KeyError, TypeError, ValueError: it did not write it.
    """
    params = cast("Mapping[str, object]", plain["params"])
    return Said(str(plain["key"]), {name: _unplain(one) for name, one in params.items()})


def _plain(value: object) -> object:
    if isinstance(value, Said):
        return {"said": said_as_plain(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, Bilingual):
        return {"zh": value.zh, "en": value.en}
    return value if isinstance(value, int | float | None) else str(value)


def _unplain(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    if "said" in value:
        return said_from_plain(value["said"])
    if "zh" in value:
        return Bilingual(value["zh"], value["en"])
    return datetime.fromisoformat(value["at"])
