"""The shop: its country, clock and trade, each from the first source that names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import InputError

FIELDS: Final = ("country", "zone", "trade")
_COUNTRY_LENGTH: Final = 2


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop, where a timer or a customer names nothing of its own.

    Attributes:
        country: ISO 3166 code whose working days count; empty where nobody said.
        zone: IANA zone; empty where nobody said.
        trade: what it trades in, such as `car`, `telecom`, `finance`; empty where nobody said.
        ruled: the fields that the rules name, above what the desk says of itself.
        guessed: the fields that nobody named, so that a machine's own settings count.
    """

    country: str = ""
    zone: str = ""
    trade: str = ""
    ruled: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()

    def source(self, field: str) -> str:
        """Who names a field: `rules`, `machine` or the `desk`; `nobody` where it is empty."""
        if not getattr(self, field):
            return "nobody"
        if field in self.ruled:
            return "rules"
        return "machine" if field in self.guessed else "desk"


def shop_in_force(ruled: Shop, desk: Shop, machine: Shop) -> Shop:
    """The shop by which everything goes.

    Args:
        ruled: what the rules say of it; it wins.
        desk: what was set for the desk.
        machine: what this machine's settings say; it counts where nobody has named a field.
    """
    named = {name: getattr(ruled, name) or getattr(desk, name) for name in FIELDS}
    guessed = frozenset(name for name in FIELDS if not named[name] and getattr(machine, name))
    return Shop(
        **{name: named[name] or getattr(machine, name) for name in FIELDS},
        ruled=frozenset(name for name in FIELDS if getattr(ruled, name)),
        guessed=guessed,
    )


def checked_country(code: str) -> str:
    """The code of a country, in capitals.

    Raises:
        InputError: `shop_country_unknown`.
    """
    import phonenumbers  # noqa: PLC0415 - see `domain.zones.zones_of_number`

    country = code.strip().upper()
    if len(country) != _COUNTRY_LENGTH or not phonenumbers.country_code_for_region(country):
        raise InputError("shop_country_unknown", country=code[:40])
    return country
