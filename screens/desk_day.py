"""The line of one's own day on the desk: the next promise with what is left, the rate kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from domain.own_day import day_begins, day_ends
from screens.desk_base import DeskBase
from screens.work import database_work
from widgets.clock import Ticking

if TYPE_CHECKING:
    from db.promise_rates import MyPromises


class DayRead(Message):
    """One's own promises on one's own day."""

    def __init__(self, found: MyPromises) -> None:
        super().__init__()
        self.found = found


class DayLine(Ticking):
    """One line that counts down by itself; not there while there is nothing to say."""

    def reading(self) -> str:
        """The line as it stands at this second."""
        desk = self.screen
        return desk.day_text() if isinstance(desk, DeskDay) else ""


class DeskDay(DeskBase):
    """A desk that tells its operator what they promised."""

    _day: MyPromises | None = None

    @database_work("desk.day", quiet=True)
    def read_day(self) -> Message:
        """Read one's next promise and how today's were kept."""
        from db.promise_rates import my_promises  # noqa: PLC0415 - connected long since

        now, zone = self.shell.now(), self.shell.my_zone
        began, ends = day_begins(now, zone), day_ends(now, zone)
        return DayRead(my_promises(self.database, self.actor, began, ends))

    @on(DayRead)
    def _day_came(self, event: DayRead) -> None:
        self._day = event.found
        self.show_day()

    def show_day(self) -> None:
        """Draw the line, or put it away."""
        for line in self.query("#desk-day").results(DayLine):
            line.display = bool(self.day_text())
            line.tick()

    def day_text(self) -> str:
        """The next promise with what is left, the broken ones, and the rate kept today."""
        day = self._day
        if day is None:
            return ""
        from content.promise_words import promised_text  # noqa: PLC0415 - the desk starts without
        from screens.promise_lines import PromiseWords  # noqa: PLC0415

        shell, parts, following = self.shell, [], day.next
        if day.broken:
            parts.append(self.t("promise.day.broken", n=day.broken))
        if day.today.n:
            parts.append(self.t("promise.day.kept", kept=day.today.kept, n=day.today.n))
        if following is not None and following.due_at is not None:
            words = PromiseWords(shell.language, shell.my_zone, shell.now())
            parts.append(
                self.t(
                    "promise.day.next",
                    left=words.left(following.due_at),
                    name=following.name,
                    due=words.due(following.due_at, following.zone),
                    what=promised_text(
                        shell.language, following.kind, following.text, following.condition
                    ),
                )
            )
        if not parts:
            return ""
        key = shell.registry["desk.promises"].shown_keys()[0]
        return f" {self.t('promise.day.mine', key=key, what=' · '.join(parts))}"
