"""What every dialog has: it lies over a screen and is left with Escape."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from screens.frame import Acting

T = TypeVar("T")


class Dialog(Acting[T], ModalScreen[T], Generic[T]):
    """A dialog; it takes none of the keys that work everywhere."""

    SCOPE = "dialog"
    DEFAULT_CSS = """
    Dialog {
        background: $background 60%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        """Close it with nothing done."""
        self.dismiss(None)
