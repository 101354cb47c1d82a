"""Two versions of a text, and what became of one in the other, over the whole screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from domain.said import Said
from screens.dialog import Dialog
from screens.work import database_work
from widgets.difference import Difference, difference
from widgets.difference_pane import DifferencePane
from widgets.safe_text import safe


class Compared(Message):
    """The difference was found."""

    def __init__(self, found: Difference) -> None:
        super().__init__()
        self.found = found


class DifferenceScreen(Dialog[str]):
    """Shows a difference; arrows scroll, `n` goes to the next place, Escape leaves.

    Args:
        heading: which two versions these are.
        old: the earlier text.
        new: the later text.
        answers: what can be done about it: the sentence for the foot by its key, `t` (take) or
            `k` (keep); the screen gives the key back.
    """

    CSS_PATH = "difference.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "leave", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown,space", "leaf(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("n,f2", "next", show=False),
        Binding("t,f8", "answer('t')", show=False),
        Binding("k,f9", "answer('k')", show=False),
    ]

    def __init__(
        self, heading: Said, old: str, new: str, answers: Mapping[str, Said] | None = None
    ) -> None:
        super().__init__()
        self._heading = heading
        self._old, self._new = old, new
        self._answers = answers or {}
        self._found: Difference | None = None

    def compose(self) -> ComposeResult:
        """The difference and how to move in it."""
        with Vertical(id="difference-box"):
            yield DifferencePane(id="difference-pane")
            yield Static(id="difference-foot")

    def on_mount(self) -> None:
        """Compare."""
        self.relabel()
        self.pane.own_digits(owns=True)
        self.compare()

    @property
    def pane(self) -> DifferencePane:
        """Where it is shown."""
        return self.query_one("#difference-pane", DifferencePane)

    def relabel(self) -> None:
        """Say everything again in the present language."""
        heading, found = self.spoken(self._heading), self._found
        if found is not None:
            heading = f"{heading}  +{found.added} -{found.removed}"
        self.pane.name_it(heading)
        foot = [self.spoken(said) for said in self._answers.values()]
        foot.append(self.t("playbooks_screen.difference_keys"))
        self.query_one("#difference-foot", Static).update(safe(" · ".join(foot)))

    @database_work("difference.compare")
    def compare(self) -> Message:
        """Compare beside the loop: long files take a while."""
        return Compared(difference(self._old, self._new))

    @on(Compared)
    def _compared(self, event: Compared) -> None:
        self._found = event.found
        self.pane.show(event.found, self.t("playbooks_screen.no_difference"))
        self.relabel()

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.pane.scroll_lines(by)

    def action_leaf(self, by: int) -> None:
        """Scroll by screens."""
        self.pane.scroll_pages(by)

    def action_next(self) -> None:
        """Go to the next changed place."""
        self.pane.next_place()

    def action_answer(self, key: str) -> None:
        """Give an answer back that was offered."""
        if key in self._answers:
            self.dismiss(key)
