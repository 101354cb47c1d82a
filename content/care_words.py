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


def note_in(
    language: Language, campaigns: Campaigns
) -> Callable[[CareEvent | None, Sequence[CareEvent]], str]:
    """What puts a callback's note into words: what it is about, and the calls it stands for."""

    def note(about: CareEvent | None, others: Sequence[CareEvent]) -> str:
        lines = [] if about is None else [say(language, about.reason)]
        lines += [
            translate(
                language,
                "care.also",
                name=campaigns[one.campaign].name,
                reason=say(language, one.reason),
            )
            for one in others
        ]
        return "\n".join(lines)

    return note


def parts(language: Language, counts: Mapping[str, int]) -> str:
    """Names with their figures, the largest first, as one line."""
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    said = [translate(language, "care.part", name=name, count=n) for name, n in most]
    return translate(language, "care.join").join(said)
