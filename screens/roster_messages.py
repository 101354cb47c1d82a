"""What workers tell the roster: frozen answers of the database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.message import Message

from domain.said import Said
from screens.roster_asking import Colleague
from widgets.window_list import Request

if TYPE_CHECKING:
    from db.absent_left import LeftAlone
    from db.leave import LeaveLine
    from db.roster import Presence, Week


class RosterRead(Message):
    """A week with all that belongs to it."""

    def __init__(
        self,
        request: Request,
        week: Week,
        leaves: tuple[LeaveLine, ...],
        here: tuple[Presence, ...],
        people: tuple[Colleague, ...],
        alone: tuple[LeftAlone, ...],
        today: date,
    ) -> None:
        super().__init__()
        self.request = request
        self.week = week
        self.leaves = leaves
        self.here = here
        self.people = people
        self.alone = alone
        self.today = today


class RosterChanged(Message):
    """Something was written; what to say of it."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said
