"""Tells a key from a text, so that an input method or a paste never fires actions.

A terminal sends composed text as a run of characters in one read: `4S店很好。` arrives as seven
keys within a fraction of a millisecond. A person's keys are tens of milliseconds apart, and so are
the repeats of a key held down. Every key that could begin a text is therefore held back for a
moment; keys that no text can begin with (arrows, function keys, Ctrl) pass at once.

The guard is a value without a clock: it is told when keys came and what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from textual.events import Key

HOLD: Final = 0.02
"""Seconds for which a key waits for a second one. Keyboards repeat every 25 ms at the fastest."""

REPEAT: Final = 0.75
"""Seconds within which the same key again may be the same press: the longest usual delay before a
held key repeats is 0.66 s."""

_LINE_KEYS: Final = {"enter": "\n", "tab": "\t"}


@dataclass(frozen=True, slots=True)
class Press:
    """One key that a person pressed.

    Attributes:
        event: the key.
        repeated: whether it may be the same press still held down.
    """

    event: Key
    repeated: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """Characters that came as text: composed, pasted or dropped."""

    text: str


Verdict = Press | Typed


@dataclass(slots=True)
class KeyGuard:
    """What is held back and what was pressed last.

    Attributes:
        hold: seconds for which a key waits for a second one; 0 lets every key pass at once.
    """

    hold: float = HOLD
    _held: list[Key] = field(default_factory=list)
    _last_key: str = ""
    _last_time: float = float("-inf")

    def take(self, event: Key) -> list[Verdict]:
        """What is certain now that this key came; the key itself may stay held back.

        Args:
            event: the key; its `time` is when it was read from the terminal.
        """
        letter = text_of(event)
        together = bool(self._held) and event.time - self._held[-1].time <= self.hold
        if together and letter is not None:
            self._held.append(event)
            return []
        verdicts = self.settle()
        if letter is None or not self.hold:
            verdicts.append(self._press(event) if _can_act(event) else Typed(letter or ""))
        else:
            self._held.append(event)
        return verdicts

    def passed(self, event: Key) -> None:
        """A key went past the guard into a text: what is pressed next is no repeat of before."""
        self._last_key = event.key
        self._last_time = event.time

    def wait(self, now: float) -> float | None:
        """Seconds until the held keys are certain; none when nothing is held."""
        return max(0.0, self._held[-1].time + self.hold - now) if self._held else None

    def settle(self) -> list[Verdict]:
        """What the held keys are, now that no further one belongs to them."""
        held, self._held = self._held, []
        if not held:
            return []
        first = held[0]
        same = all(event.key == first.key for event in held)
        if _can_act(first) and same and (len(held) == 1 or self._repeats(first)):
            return [self._press(event) for event in held]
        self._last_key = ""
        return [Typed("".join(text_of(event) or "" for event in held))]

    def _repeats(self, event: Key) -> bool:
        return event.key == self._last_key and event.time - self._last_time <= REPEAT

    def _press(self, event: Key) -> Press:
        press = Press(event, self._repeats(event))
        self.passed(event)
        return press


def text_of(event: Key) -> str | None:
    """What the key would write in a text; none for keys that write nothing."""
    if event.key in _LINE_KEYS:
        return _LINE_KEYS[event.key]
    if "+" in event.key or event.character is None:
        return None
    return event.character if event.character.isprintable() else None


def _can_act(event: Key) -> bool:
    """Whether a single key may be an action: no composed, full-width or foreign letter may."""
    return event.character is None or event.character.isascii()
