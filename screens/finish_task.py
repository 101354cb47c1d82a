"""What the finish dialog is asked, and what is chosen in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.decision import NextOwner
from domain.outcome import OutcomeTable
from screens.call_draft import Light
from screens.grievance import Grievance


@dataclass(frozen=True, slots=True)
class FinishChoice:
    """How the call ended, as it was chosen.

    Attributes:
        outcome: code of the ending.
        next_at: when to ring again (UTC), where a time was typed.
        note: more for the note, typed here.
        colleague: login of the colleague; empty where the outcome names none.
        flags: flags that are set.
        grievance: the grumble or complaint that is noted.
        skipped_recovery: why an unhappy customer was left without either.
        settle_all: whether the further callbacks of the customer end the same way.
        number: a new number as it was typed; empty for none.
        mood_end: the light at the end, where it was set here.
        next_owner: who makes the agreed call in one's own place; none for oneself.
    """

    outcome: str
    next_at: datetime | None = None
    note: str = ""
    colleague: str = ""
    flags: tuple[str, ...] = ()
    grievance: Grievance | None = None
    skipped_recovery: str = ""
    settle_all: bool = True
    number: str = ""
    mood_end: Light | None = None
    next_owner: NextOwner | None = None


@dataclass(frozen=True, slots=True)
class FinishTask:
    """What the dialog is asked to do.

    Attributes:
        outcomes: the endings and flags.
        name: of the customer.
        preset: the outcome that the script named; empty for none.
        has_note: whether a note is written already.
        flags: flags that are set already.
        grievance: the grumble or complaint that is noted already.
        low_score: whether the customer gave a low score.
        skipped_recovery: why an unhappy customer was left without a grumble and without a case.
        words_needed: whether a grumble or complaint must have words of its own.
        others: names of further callbacks of the customer.
        colleagues: logins that the call can be passed to.
        mood_start: the light at the start; the end is asked for only where it was set.
        mood_end: the light at the end, where it is set already.
    """

    outcomes: OutcomeTable
    name: str
    preset: str = ""
    has_note: bool = False
    flags: tuple[str, ...] = ()
    grievance: Grievance | None = None
    low_score: bool = False
    skipped_recovery: str = ""
    words_needed: bool = False
    others: tuple[str, ...] = ()
    colleagues: tuple[str, ...] = ()
    mood_start: Light | None = None
    mood_end: Light | None = None
