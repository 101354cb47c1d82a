"""The command palette: every action that works here, found by its name in either language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from content.translations import LANGUAGES, translate
from domain.said import Said
from screens.actions import Action
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row


class CommandPalette(Finder[str]):
    """Finds an action and gives back its id.

    Args:
        actions: what works on the screen below.
        reason_against: why an action can't be done now.
    """

    def __init__(
        self, actions: Sequence[Action], reason_against: Callable[[Action], Said | None]
    ) -> None:
        super().__init__()
        self._actions = [action for action in actions if not action.fixed]
        self._reasons = {action.id: reason_against(action) for action in self._actions}

    def heading(self) -> str:
        """What is looked for."""
        return self.t("ui.palette_title")

    def columns(self) -> Sequence[Column]:
        """Name, what it does, keys."""
        return (
            Column(self.t("ui.palette_name"), 16),
            Column(self.t("ui.palette_what"), 20, stretch=1),
            Column(self.t("ui.palette_keys"), 12),
        )

    def look_for(self, text: str) -> None:
        """Show the actions whose names or explanations hold every typed word."""
        parts = text.casefold().split()
        rows = [
            self._row(number, action)
            for number, action in enumerate(self._actions)
            if all(part in self._haystack(action) for part in parts)
        ]
        self.show_found(rows, self.t("ui.palette_nothing"))

    def take(self, row_id: int) -> None:
        """Give the action back, or say why it can't be done."""
        self.dismiss(self._actions[row_id].id)

    def _row(self, number: int, action: Action) -> Row:
        reason = self._reasons[action.id]
        what = self.spoken(reason) if reason else self.t(action.tip_key)
        cells = (
            Cell(self.t(action.label_key) + (" !" if action.danger else "")),
            Cell(what, "muted"),
            Cell(" ".join(action.shown_keys())),
        )
        return Row(number, cells, muted=reason is not None)

    def _haystack(self, action: Action) -> str:
        said = [
            translate(language, key)
            for language in LANGUAGES
            for key in (action.label_key, action.tip_key)
        ]
        return " ".join([action.id, *said]).casefold()
