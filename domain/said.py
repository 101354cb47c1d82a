"""A sentence that the rules want said, before any language is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """A catalogue key with the values that its sentence names.

    Attributes:
        key: a key of the message catalogues.
        params: the values; an instant is an aware datetime, a nested `Said` is said first.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
