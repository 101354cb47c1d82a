"""The desk's switch for a lead: whether wordings come in the order of what works."""

from __future__ import annotations

from textual import on
from textual.message import Message

from domain.permissions import allowed
from domain.said import Said
from screens.desk_day import DeskDay
from screens.work import database_work


class LearningRead(Message):
    """Whether this desk orders wordings by what works; `changed` where somebody has just said."""

    def __init__(self, *, on: bool, changed: bool) -> None:
        super().__init__()
        self.on = on
        self.changed = changed


class DeskLearning(DeskDay):
    """A desk whose lead decides whether it learns which wording works."""

    def why_not_learning(self) -> Said | None:
        """Why the switch can't be turned here; none where it can."""
        may = allowed(self.actor.role, "playbooks.publish")
        return None if may else Said("phrases.leads_only")

    def do_learning(self) -> None:
        """Ask whether the wording that works comes first."""
        if not self.requests.busy("desk.learning"):
            self.read_learning()

    @database_work("desk.learning", every=True)
    def read_learning(self) -> Message:
        """Read how the switch stands."""
        from db.phrases import learning  # noqa: PLC0415 - connected long since

        return LearningRead(on=learning(self.database, self.actor), changed=False)

    @database_work("desk.learning", every=True)
    def turn_learning(self, wanted: bool) -> Message:
        """Turn the switch for the whole desk."""
        from db.phrases import set_learning  # noqa: PLC0415

        set_learning(self.database, self.actor, on=wanted)
        return LearningRead(on=wanted, changed=True)

    @on(LearningRead)
    def _learning_read(self, event: LearningRead) -> None:
        from screens.choice import Choice  # noqa: PLC0415 - the desk is drawn without it

        now = "phrases.is_on" if event.on else "phrases.is_off"
        if event.changed:
            self.say(now)
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self.turn_learning(wanted=place == 0)

        options = (Said("phrases.turn_on"), Said("phrases.turn_off"))
        self.app.push_screen(Choice(Said("phrases.switch"), options, Said(now)), chosen)
