"""The number, large: to be read, selected, copied, clicked, or handed to a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Digits, Static

from screens.boxed import Boxed
from screens.card_view import grouped
from telephony.number import dial_string, tel_link
from widgets.safe_text import clean, safe

DialEnd = Literal["talk", "no_answer", "next_number"]


@dataclass(frozen=True, slots=True)
class Dialled:
    """The number that is being rung.

    Attributes:
        e164: the number.
        extension: to dial once somebody answers.
        ask_for: whom to ask for.
        outside_line: digits before the number.
        how: what was done with it, already spoken.
    """

    e164: str
    extension: str
    ask_for: str
    outside_line: str
    how: str


class DialPanel(Boxed[DialEnd]):
    """Shows the number while it rings.

    Args:
        dialled: the number and what was done with it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,d,f2", "end('talk')", show=False),
        Binding("z,f9", "end('no_answer')", show=False),
        Binding("l,ctrl+n", "end('next_number')", show=False),
    ]

    def __init__(self, dialled: Dialled) -> None:
        super().__init__()
        self._dialled = dialled

    def parts(self) -> Iterable[Widget]:
        """The number in large figures and as text."""
        number = dial_string(
            self._dialled.e164, self._dialled.extension, self._dialled.outside_line
        )
        yield Digits(clean(grouped(self._dialled.e164)), id="dial-large")
        link = Style(link=tel_link(self._dialled.e164, self._dialled.extension), bold=True)
        yield Static(Content(clean(number)).stylize(link), id="dial-number")

    def heading(self) -> str:
        """What it is."""
        return self.t("call.dial_title")

    def text(self) -> Content:
        """What was done with the number, and whom to ask for."""
        lines = [self._dialled.how]
        if self._dialled.ask_for:
            lines.insert(0, self.t("call.ask_for", name=self._dialled.ask_for))
        return safe("\n".join(line for line in lines if line), lines=True)

    def keys(self) -> str:
        """What to press when it rings."""
        return self.t("call.dial_keys")

    def action_end(self, how: DialEnd) -> None:
        """Say how it went on."""
        self.dismiss(how)
