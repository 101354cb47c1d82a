"""What the finish dialog draws: the outcomes and flags with their keys, the mood at the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from domain.outcome import Outcome
from screens.actions import shown_key
from screens.call_draft import LIGHTS, Light
from screens.call_views import LIGHT_STYLES
from widgets.safe_text import fit

if TYPE_CHECKING:
    from content.translations import Language
    from screens.call_views import Say

LIGHT_KEYS: Final = ("ctrl+g", "ctrl+y", "ctrl+r")
"""What sets each light at the end, in the order of `LIGHTS`."""
_COLUMNS: Final = 3
_KEY_STYLE: Final = "bold $text-accent"


def endings_view(
    endings: Sequence[Outcome], chosen: Outcome | None, language: Language, width: int
) -> Content:
    """The endings in columns, read downwards, each with its key; the chosen one stands out.

    Args:
        endings: in their order.
        chosen: the chosen one; none while there is none.
        language: which one.
        width: of all columns together, in cells.
    """
    rows = -(-len(endings) // _COLUMNS)
    lines = []
    for row in range(rows):
        parts = [_ending(one, chosen, language, width // _COLUMNS) for one in endings[row::rows]]
        lines.append(Content("").join(parts))
    return Content("\n").join(lines)


def _ending(outcome: Outcome, chosen: Outcome | None, language: Language, width: int) -> Content:
    is_chosen = chosen is not None and outcome.code == chosen.code
    sign = "▸" if is_chosen else " "
    name = fit(outcome.name.of(language), width - 5)
    style = "bold reverse" if is_chosen else ""
    return Content.assemble((f"{sign}{outcome.key} ", _KEY_STYLE), (f"{name} ", style))


def flags_view(
    flags: Sequence[Outcome], are_set: Collection[str], language: Language, width: int
) -> Content:
    """The flags in one line, each with its key and a box.

    Args:
        flags: in their order.
        are_set: codes of those that are set.
        language: which one.
        width: of the line, in cells.
    """
    cell = width // max(1, len(flags))
    parts = [_flag(one, language, cell, is_set=one.code in are_set) for one in flags]
    return Content("").join(parts)


def _flag(flag: Outcome, language: Language, width: int, *, is_set: bool) -> Content:
    name = fit(flag.name.of(language), width - 7)
    style = "bold $text-success" if is_set else "$muted"
    return Content.assemble(
        (f" {flag.key} ", _KEY_STYLE), (f"[{'x' if is_set else ' '}] ", style), name
    )


def mood_view(start: Light, end: Light | None, say: Say) -> Content:
    """The light at the start, and the three of which one is set for the end by its key."""
    parts: list[Content | str | tuple[str, str]] = [
        (f"{say('finish.mood')}  ", "$muted"),
        (f"◉ {say(f'call.light.{start}')}", LIGHT_STYLES[start]),
        " → ",
    ]
    for key, light in zip(LIGHT_KEYS, LIGHTS, strict=True):
        chosen = light == end
        style = f"{LIGHT_STYLES[light]} reverse" if chosen else LIGHT_STYLES[light]
        parts += [
            (f"{'▸' if chosen else ' '}{shown_key(key)} ", _KEY_STYLE),
            (f"{say(f'call.light.{light}')} ", style),
            " ",
        ]
    return Content.assemble(*parts)
