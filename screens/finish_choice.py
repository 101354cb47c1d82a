"""What was chosen in the finish dialog, brought into a call's draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.decision import NewNumber
from domain.phone import Number, read_number
from domain.zones import zones_of_number

if TYPE_CHECKING:
    from screens.call_draft import CallDraft
    from screens.finish_task import FinishChoice


def with_choice(draft: CallDraft, choice: FinishChoice) -> CallDraft:
    """The draft with the flags, the grievance, the words and the light that the dialog brought."""
    draft = replace(
        draft,
        flags=choice.flags,
        grievance=choice.grievance,
        skipped_recovery=choice.skipped_recovery,
    )
    if choice.note:
        note = f"{draft.note.rstrip()}\n{choice.note}" if draft.note.strip() else choice.note
        draft = replace(draft, note=note)
    return replace(draft, mood_end=choice.mood_end)


def new_number(text: str, country: str) -> NewNumber | None:
    """A number as it was typed; none where it is none that can be rung.

    Args:
        text: as typed.
        country: ISO 3166 code of the country in which a number without its own lies.
    """
    number = read_number(text, country)
    if not isinstance(number, Number):
        return None
    return NewNumber(
        e164=number.e164,
        extension=number.extension,
        country=number.region if number.region.isalpha() else None,
        kind=number.kind,
        zones=zones_of_number(number.e164),
    )
