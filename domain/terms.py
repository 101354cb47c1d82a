"""What decides about the hours of a callback beside the rows: the customer's word and a campaign's.

Law binds whatever is asked for. A time that the customer named, or else the hours that they
prefer, stand in for the house rows and for the campaign's own hours; hours that they refuse are
always left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from domain.week import ANYTIME, Week, read_week, week_key

_NAMED: Final = "named"
OFF: Final = "off"
"""What stands for a campaign's hours while it is switched off: the last word of such terms."""
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """The hours that were asked for, on the customer's clock.

    Attributes:
        named: whether the customer named the time of this callback.
        preferred: when they like to be called.
        refused: when they are not to be called.
        campaign: the hours to which the house keeps a campaign.
        off: whether the campaign is switched off, so that no hour is one of its own.
    """

    named: bool = False
    preferred: Week | None = None
    refused: Week | None = None
    campaign: Week | None = None
    off: bool = False

    @property
    def wish(self) -> Week | None:
        """The hours that stand in for the house's; none where the house's hold."""
        return ANYTIME if self.named else self.preferred


def read_terms(text: str) -> Terms:
    """The terms that `write_terms` wrote; a week alone is preferred hours.

    Raises:
        ValueError: it did not write them.
    """
    parts = text.split("/")
    if len(parts) > _PARTS:
        raise ValueError(text)
    asked, refused, campaign = (*parts, *[""] * (_PARTS - len(parts)))
    named = asked == _NAMED
    return Terms(
        named=named,
        preferred=None if named or not asked else read_week(asked),
        refused=read_week(refused) if refused else None,
        campaign=read_week(campaign) if campaign and campaign != OFF else None,
        off=campaign == OFF,
    )


def write_terms(terms: Terms) -> str:
    """Terms as one line that is the same whenever they decide alike: a key of stored windows."""
    asked = _NAMED if terms.named else _week(terms.preferred)
    # A wish stands in for the campaign's hours, so that they make no difference beside it.
    campaign = "" if asked else _week(terms.campaign)
    campaign = OFF if terms.off else campaign
    return "/".join((asked, _week(terms.refused), campaign)).rstrip("/")


def named_too(text: str) -> str:
    """The terms of a callback as they are once the customer names its time."""
    return write_terms(replace(read_terms(text), named=True))


def switched_on(text: str) -> str:
    """Terms without the word that their campaign is switched off."""
    return write_terms(replace(read_terms(text), off=False))


def _week(week: Week | None) -> str:
    return "" if week is None else week_key(week)
