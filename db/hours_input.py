"""What decides about the hours of a callback: the customer's record, the number, the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.campaign import Campaigns
from domain.places import places_of, state_of_home, zones_of_state
from domain.terms import Terms, write_terms
from domain.week import Week, read_week

PERSON_FIELDS = frozenset(
    {"zone", "country", "home_postcode", "home_address", "preferred_hours", "refused_hours"}
)
"""The columns of a person of which a change leads to other hours."""
PHONE_FIELDS = frozenset({"e164", "country", "zones"})
"""The columns of a number that count."""

HOURS: Final = "hours"
"""In a campaign's settings: the hours of its own, as the rules in force give them."""
_POINTED: Final = "pointed"
"""In a campaign's settings: by which reading its callbacks point to their windows."""
_READING: Final = 2
"""Grows when records are read in another way, so that what waits is pointed anew."""


@dataclass(frozen=True, slots=True)
class HoursInput:
    """The input of a decision about calling hours: one stored window for each distinct one.

    Attributes:
        zones: all zones that the customer's setting, address or number can mean (IANA names).
        places: the countries or states whose rows bind.
        purpose: the purpose of the call.
        preferred: the customer's and the campaign's hours as `domain.terms.write_terms` has them.
    """

    zones: tuple[str, ...]
    places: tuple[str, ...]
    purpose: str
    preferred: str


def hours_input(
    who: Mapping[Any, Any],
    number: Mapping[Any, Any],
    kind: Mapping[Any, Any],
    campaigns: Campaigns,
    *,
    named_by_customer: bool = False,
    in_hand: bool = False,
) -> HoursInput:
    """The input of a callback.

    The customer's own zone counts first, then those of the state in which they live, then the
    number's; where there are several, all of them must allow the call.

    Args:
        who: a row of `person`.
        number: a row of `phone`.
        kind: a row of `campaign`.
        campaigns: the kinds of callback in force, some of them with hours of their own.
        named_by_customer: whether the customer named the time, so that house hours give way.
        in_hand: whether a call is under way, which goes on though its campaign was switched off.
    """
    terms = Terms(
        named=named_by_customer,
        preferred=_week(who["preferred_hours"]),
        refused=_week(who["refused_hours"]),
        campaign=_week(_own_hours(kind, campaigns)),
        off=not (kind["active"] or in_hand),
    )
    country = number["country"]
    lives = {
        "home": who["country"],
        "postcode": who["home_postcode"],
        "address": who["home_address"],
    }
    places = places_of(country, number["e164"], **lives)
    state = state_of_home(country, **lives)
    zones = [who["zone"]] if who["zone"] else number["zones"]
    if state is not None and not who["zone"]:
        zones = zones_of_state(state)
    return HoursInput(
        zones=tuple(sorted(set(zones))),
        places=places,
        purpose=kind["purpose"],
        preferred=write_terms(terms),
    )


def pointed_by(kind: Mapping[Any, Any], campaigns: Campaigns) -> str:
    """What the windows of a campaign's callbacks depend on beside records and rows of hours."""
    off = "" if kind["active"] else "off"
    return " ".join(f"{_READING} {kind['purpose']} {_own_hours(kind, campaigns)} {off}".split())


def is_pointed(kind: Mapping[Any, Any], campaigns: Campaigns) -> bool:
    """Whether all callbacks of a campaign point to the windows that its rules give them."""
    return bool(kind["settings"].get(_POINTED) == pointed_by(kind, campaigns))


def with_pointed(settings: Mapping[str, Any], to: str | None) -> dict[str, Any]:
    """A campaign's settings that say by which reading all its callbacks point; none while none."""
    others = {name: value for name, value in settings.items() if name != _POINTED}
    return others if to is None else {**others, _POINTED: to}


def _own_hours(kind: Mapping[Any, Any], campaigns: Campaigns) -> str:
    """The row counts: a seat may not have heard yet which rules are in force."""
    hours: str | None = kind["settings"].get(HOURS)
    return campaigns.hours_of(kind["code"]) if hours is None else hours


def _week(text: str | None) -> Week | None:
    return read_week(text) if text else None
