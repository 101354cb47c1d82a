"""An unhappy customer at the end of a call: a grumble, a case, or the reason for neither."""

from __future__ import annotations

from collections.abc import Callable

from domain.outcome import Outcome
from domain.said import Said
from screens.choice import Choice
from screens.dialog import Dialog
from screens.finish_task import FinishChoice, FinishTask
from screens.grievance import Grievance, Weight
from screens.grievance_dialog import GrievanceDialog, grievance_task
from screens.prompt import Prompt


class FinishRecovery(Dialog[FinishChoice]):
    """What the finish dialog knows and asks of what makes the customer unhappy.

    Args:
        task: what is to be decided.
    """

    def __init__(self, task: FinishTask) -> None:
        super().__init__()
        self._asked = task
        self._chosen: Outcome | None = None
        self._mood_end = task.mood_end
        self._grievance = task.grievance
        self._laid_aside: Grievance | None = None
        self._skipped = task.skipped_recovery

    @property
    def _needs_recovery(self) -> bool:
        """Whether an unhappy customer has neither a grumble nor a case, and nobody said why."""
        asked, outcome = self._asked, self._chosen
        red = (self._mood_end or asked.mood_start) == "red"
        if outcome is not None and not outcome.contacted:
            return False
        return (asked.low_score or red) and self._grievance is None and not self._skipped

    def _grieve(self, weight: Weight, then: Callable[[], object] | None = None) -> None:
        """Note a grumble or complaint and ask about it, or lay the one that is noted aside.

        Args:
            weight: which of the two.
            then: what follows once everything about it was answered; none for nothing.
        """
        known = self._grievance
        if known is not None and known.weight == weight:
            self._keep(None)
            return
        grievance = (known or self._laid_aside or Grievance(weight)).weighing(weight)
        self._keep(grievance)
        task = grievance_task(
            self.database.rulebook.cases,
            self.shell.language,
            grievance,
            words_needed=self._asked.words_needed,
        )

        def gone_through(whole: bool | None) -> None:
            if whole and then is not None:
                then()

        self.app.push_screen(GrievanceDialog(task, self._keep), gone_through)

    def _keep(self, grievance: Grievance | None) -> None:
        self._laid_aside = self._grievance
        self._grievance = grievance
        self.relabel()

    def _ask_recovery(self, then: Callable[[], object]) -> None:
        """Ask what becomes of an unhappy customer; `then` follows once that is settled."""

        def chosen(place: int | None) -> None:
            match place:
                case 0:
                    self._grieve("grumble", then)
                case 1:
                    self._grieve("complaint", then)
                case 2:
                    title = Said("finish.skip_title")
                    self.app.push_screen(Prompt(title, Said("finish.skip_hint")), skipped)

        def skipped(reason: str | None) -> None:
            if reason:
                self._skipped = reason
                then()

        options = [Said(f"finish.recover.{one}") for one in ("grumble", "complaint", "skip")]
        title = Said("finish.recovery_title", {"name": self._asked.name})
        self.app.push_screen(Choice(title, options), chosen)
