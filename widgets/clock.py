"""Clocks that cost next to nothing to watch: a wall clock and a stopwatch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content
from textual.widgets import Static


class Ticking(Static):
    """A label that says something new at most once a second and redraws only itself."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._drawn = ""

    def on_mount(self) -> None:
        """Begin to tick."""
        self.set_interval(1.0, self.tick)
        self.tick()

    def reading(self) -> str:
        """What the clock shows now."""
        raise NotImplementedError

    def tick(self) -> None:
        """Draw the reading if it is another one; a covered clock stands still."""
        if not self.screen.is_current:
            return
        text = self.reading()
        if text != self._drawn:
            self._drawn = text
            self.update(Content(text), layout=False)


class WallClock(Ticking):
    """The time of day in a zone; changes once a minute.

    Args:
        now: gives the present instant, aware.
        zone: IANA name of the zone to show.
    """

    def __init__(self, now: Callable[[], datetime], zone: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._zone = ZoneInfo(zone)

    def reading(self) -> str:
        """Hours and minutes."""
        return self._now().astimezone(self._zone).strftime("%H:%M")


class Stopwatch(Ticking):
    """Minutes and seconds since an instant that the database knows, so that nothing resets it.

    Args:
        now: gives the present instant, aware.
    """

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._label = ""
        self._ends_at: datetime | None = None
        self._left = ""
        self._over = ""

    def run_since(self, label: str, since: datetime | None, until: datetime | None = None) -> None:
        """Measure from an instant, up to another one if it has already come.

        Args:
            label: what is measured, already spoken.
            since: begin of the measured time; none: nothing runs.
            until: its end; none: it still runs.
        """
        self._label, self._since, self._until = label, since, until
        self._ends_at = None
        self._restart()

    def run_down(self, left: str, over: str, ends_at: datetime) -> None:
        """Count down to an instant, and up from it once it is over.

        Args:
            left: the sentence of the time that is left, with `{time}`.
            over: the sentence of the time by which it is over, with `{time}`.
            ends_at: the instant, aware.
        """
        self._left, self._over, self._ends_at = left, over, ends_at
        self._restart()

    def _restart(self) -> None:
        if self.is_mounted:
            self.tick()

    def reading(self) -> str:
        """The label with minutes and seconds, hours where there are any."""
        if self._ends_at is not None:
            left = int((self._ends_at - self._now()).total_seconds())
            self.set_class(left < 0, "-over")
            text = self._over if left < 0 else self._left
            return text.format(time=spell_seconds(abs(left)))
        self.set_class(False, "-over")  # noqa: FBT003 - Textual's signature
        if self._since is None:
            return self._label
        seconds = int(((self._until or self._now()) - self._since).total_seconds())
        return f"{self._label} {spell_seconds(max(0, seconds))}".strip()


def spell_seconds(seconds: int) -> str:
    """A duration as a stopwatch shows it: `02:41`, `1:02:41`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
