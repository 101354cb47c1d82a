"""What becomes of one wish: an offer, yes or no to it, shelved with a date, or impossible."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from textual.binding import Binding, BindingType
from textual.content import Content

from domain.expectation import Wish
from screens.boxed import Boxed
from widgets.safe_text import safe

Step = Literal["as_wished", "offer", "accept", "refuse", "shelve", "impossible", "first", "need"]
STEPS: Final[tuple[Step, ...]] = (
    "as_wished",
    "offer",
    "accept",
    "refuse",
    "shelve",
    "impossible",
    "first",
    "need",
)


class WishDialog(Boxed[Step]):
    """Asks what is to be done about a wish.

    Args:
        wish: the wish.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(digit), f"step('{step}')", show=False) for digit, step in enumerate(STEPS, 1)
    ]

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self._wish = wish

    def heading(self) -> str:
        """The wish."""
        return self.t("call.wish_title", text=self._wish.text)

    def text(self) -> Content:
        """What can be done."""
        lines = [
            Content.assemble(
                (f"{digit}  ", "bold $text-accent"), safe(self.t(f"call.wish_step.{step}"))
            )
            for digit, step in enumerate(STEPS, 1)
        ]
        return Content("\n").join(lines)

    def action_step(self, step: Step) -> None:
        """Give back what is to be done."""
        self.dismiss(step)
