"""Which of a customer's personal data a person sees: by whose work it is, by role, by asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.permissions import Role, allowed

REVEAL: Final = "customers.reveal"
"""The use case of asking for everything that is hidden; each time is written down."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is shown whole; the rest is masked.

    Attributes:
        numbers: phone numbers, and cells that were to be one.
        places: addresses, mail address and the year of birth.
        papers: the citizen number.
    """

    numbers: bool
    places: bool
    papers: bool


NOTHING: Final = Sight(numbers=False, places=False, papers=False)
"""Everything is masked."""


def sight_of(role: Role, *, own: bool, revealed: bool = False) -> Sight:
    """What a person sees of a customer.

    Whole numbers are for those who ring: the customer is in one's own call, or one of one's own
    callbacks waits. Addresses and mail are for those too, and for leads, who write letters. No call
    needs a citizen number.

    Args:
        role: the person's role.
        own: whether the customer is in a call of theirs that is not over, or among the callbacks
            that are theirs.
        revealed: whether they asked for everything; only for roles that may (`REVEAL`), and only
            after the asking was written down.
    """
    asked = revealed and allowed(role, REVEAL)
    return Sight(
        numbers=own or asked,
        places=own or asked or role is not Role.OPERATOR,
        papers=asked,
    )
