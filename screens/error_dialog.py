"""The one dialog that tells what went wrong and what to do."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from domain.errors import DeskError
from screens.dialog import Dialog
from widgets.safe_text import safe


class ErrorDialog(Dialog[None]):
    """Title, what happened, what to do.

    Args:
        error: a `DeskError` with its words, or anything unexpected.
    """

    CSS_PATH = "error_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "leave", show=False),
    ]

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        if isinstance(error, DeskError):
            self._told = error
        else:
            detail = f"{type(error).__name__}: {error}"
            self._told = DeskError("program_mistake", detail=detail[:300])

    def same_as(self, other: ErrorDialog) -> bool:
        """Whether the other one would say the same."""
        return (self._told.code, self._told.params) == (other._told.code, other._told.params)

    def compose(self) -> ComposeResult:
        """The words."""
        with Vertical(id="error-box"):
            yield Static(id="error-happened")
            yield Static(id="error-todo")
            yield Static(id="error-keys")

    def on_mount(self) -> None:
        """Say it."""
        self.relabel()

    def relabel(self) -> None:
        """Say it again in the present language."""
        box = self.query_one("#error-box")
        box.border_title = f"! {self.t('ui.error_title')}"
        happened, todo = self._words(self._told)
        self.query_one("#error-happened", Static).update(safe(happened, lines=True))
        self.query_one("#error-todo", Static).update(safe(todo, lines=True))
        self.query_one("#error-keys", Static).update(safe(self.t("ui.error_keys")))

    def _words(self, told: DeskError) -> tuple[str, str]:
        try:
            return self.t(told.title_key, **told.params), self.t(told.todo_key, **told.params)
        except KeyError:  # an error without words must not take the desk down with it
            return self._words(DeskError("program_mistake", detail=str(told)[:300]))
