"""The help screen: every key that works where one came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.actions import Action
from screens.dialog import Dialog
from widgets.safe_text import fit


class HelpScreen(Dialog[None]):
    """Keys, names and explanations, from the registry.

    Args:
        actions: what works on the screen below.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,question_mark,f1", "leave", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="help-box", can_focus=False):
            yield Static(id="help-text")

    def on_mount(self) -> None:
        """Say it."""
        self.relabel()

    def relabel(self) -> None:
        """Say it again in the present language."""
        box = self.query_one("#help-box")
        box.border_title = self.t("help.title")
        box.border_subtitle = self.t("help.leave")
        self.query_one("#help-text", Static).update(Content("\n").join(self._lines()))

    def action_scroll(self, by: int) -> None:
        """Move through the page."""
        self.query_one("#help-box").scroll_relative(y=by, animate=False)

    def _lines(self) -> Iterator[Content]:
        scope = ""
        for action in self._actions:
            if action.scope != scope:
                if scope:
                    yield Content("")
                scope = action.scope
                yield Content.styled(self.t(f"keys.scope.{scope}"), "bold $text-accent underline")
            keys = fit(" ".join(action.shown_keys()), 12)
            name = fit(self.t(action.label_key) + (" !" if action.danger else ""), 16)
            yield Content.assemble((keys, "bold"), " ", (name, "bold"), " ", self.t(action.tip_key))
        for part in ("modes", "digits", "list", "copy"):
            yield Content("")
            yield Content.styled(self.t(f"help.{part}.title"), "bold $text-accent underline")
            yield Content(self.t(f"help.{part}"))
