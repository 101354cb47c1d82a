"""Due times as they are heard, read with the customer's clock and echoed in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from domain.errors import InputError
from domain.when import understand
from widgets.due_input import DueEcho

if TYPE_CHECKING:
    from screens.frame import Acting


def due_reader(screen: Acting[Any], zone: str, country: str | None) -> Callable[[str], DueEcho]:
    """What reads a typed time on a screen.

    Args:
        screen: speaks and knows the time.
        zone: IANA name of the customer's zone.
        country: the customer's country, which settles the order of day and month.
    """

    def read(text: str) -> DueEcho:
        now = screen.shell.now()
        try:
            found = understand(
                text, now=now, zone=zone, my_zone=screen.shell.my_zone, country=country
            )
        except InputError as error:
            return DueEcho(None, (screen.t(error.title_key, **error.params),))
        said = (screen.spoken(found.understood), *map(screen.spoken, found.assumptions))
        return DueEcho(found.at, said)

    return read
