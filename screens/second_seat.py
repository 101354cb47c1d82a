"""The question what to do about another working seat of the same person."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from domain.errors import RefusedError
from screens.dialog import Dialog
from widgets.safe_text import safe


class SecondSeat(Dialog[Literal["take_over", "look"]]):
    """Take the work over, only look, or leave.

    Args:
        refusal: says where and since when the other seat works.
    """

    CSS_PATH = "second_seat.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,f2", "choose('take_over')", show=False),
        Binding("l,f3", "choose('look')", show=False),
    ]

    def __init__(self, refusal: RefusedError) -> None:
        super().__init__()
        self._refusal = refusal

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(id="second-box"):
            yield Static(id="second-text")
            yield Static(id="second-keys")

    def on_mount(self) -> None:
        """Ask."""
        self.relabel()

    def relabel(self) -> None:
        """Ask again in the present language."""
        self.query_one("#second-box").border_title = self.t("ui.second.title")
        told = self.t(self._refusal.title_key, **self._refusal.params)
        self.query_one("#second-text", Static).update(safe(told, lines=True))
        keys = "\n".join(self.t(f"ui.second.{one}") for one in ("take_over", "look", "leave"))
        self.query_one("#second-keys", Static).update(safe(keys, lines=True))

    def action_choose(self, what: Literal["take_over", "look"]) -> None:
        """Give the answer back."""
        self.dismiss(what)
