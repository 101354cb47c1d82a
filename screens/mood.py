"""The customer's mood light, in two keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.boxed import Boxed
from screens.call_draft import LIGHTS, Light
from screens.call_views import LIGHT_STYLES


class MoodDialog(Boxed[Light]):
    """Green, yellow or red; sets the start first, then the end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,g", "light('green')", show=False),
        Binding("2,y", "light('yellow')", show=False),
        Binding("3,r", "light('red')", show=False),
    ]

    def __init__(self, *, at_start: bool) -> None:
        super().__init__()
        self._at_start = at_start

    def heading(self) -> str:
        """Which of the two lights it is."""
        return self.t("call.mood_start" if self._at_start else "call.mood_end")

    def text(self) -> Content:
        """The three lights."""
        lines = [
            Content.assemble(
                (f"{digit} {light[0]}  ", "bold $text-accent"),
                (self.t(f"call.light.{light}"), LIGHT_STYLES[light]),
                "  ",
                (self.t(f"call.light.{light}.hint"), "$muted"),
            )
            for digit, light in enumerate(LIGHTS, 1)
        ]
        return Content("\n").join(lines)

    def action_light(self, light: Light) -> None:
        """Give the light back."""
        self.dismiss(light)
