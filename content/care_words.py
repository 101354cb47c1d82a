"""Care plans as the program is handed them, and planned calls in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from content.lunar import BoraxCalendar
from content.rule_set import plans_of
from content.translations import Language, say, translate
from domain.campaign import Campaigns
from domain.care.book import CareBook
from domain.care.events import CareEvent


def care_book(zone: str, rules: Mapping[str, str]) -> CareBook:
    """The plans in force with their calendar.

    Args:
        zone: the shop's clock (IANA name).
        rules: the files of rules in force, by name; the shipped plans hold without one.

    Raises:
        InputError: `content_bad`, naming the place.
    """
    return CareBook(plans_of(rules), BoraxCalendar(), zone)


def note_in(language: Language, campaigns: Campaigns) -> Callable[[Sequence[CareEvent]], str]:
    """What puts into words, for a callback's note, the calls that it stands for."""

    def note(events: Sequence[CareEvent]) -> str:
        return "\n".join(
            translate(
                language,
                "care.also",
                name=campaigns[one.campaign].name,
                reason=say(language, one.reason),
            )
            for one in events
        )

    return note


def parts(language: Language, counts: Mapping[str, int]) -> str:
    """Names with their figures, the largest first, as one line."""
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    said = [translate(language, "care.part", name=name, count=n) for name, n in most]
    return translate(language, "care.join").join(said)
