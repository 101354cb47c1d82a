"""A reading that is made anew whenever something moves behind it, with rests in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from screens.frame import Acting

_NEVER: Final = float("-inf")


class Paced:
    """Reads at once, then after a rest; what moves meanwhile is read once more.

    Args:
        screen: whose reading it is.
        work: the name of its work.
        read: begins it.
    """

    def __init__(self, screen: Acting[Any], work: str, read: Callable[[], object]) -> None:
        self._screen = screen
        self._work = work
        self._read = read
        self._asked = _NEVER
        self._rest = 0.0
        self._again = False
        self._resting = False

    @property
    def since(self) -> float:
        """Seconds since it was begun last; without end where it never was."""
        return time.monotonic() - self._asked

    def look(self) -> None:
        """Read now, or as soon as it is time to."""
        if self._screen.requests.busy(self._work):
            self._again = True
            return
        wait = self._rest - self.since
        if wait > 0:
            if not self._resting:
                self._resting = True
                self._screen.set_timer(wait, self._rested)
            return
        self._again = False
        self._asked = time.monotonic()
        self._read()

    def came(self, took: float, rest: float) -> None:
        """It came after so many seconds; the next one is made after a rest."""
        self._rest = took + rest
        if self._again:
            self._again = False
            self.look()

    def at_once(self) -> None:
        """Read without a rest."""
        self._asked = _NEVER
        self.look()

    def _rested(self) -> None:
        self._resting = False
        self.look()
