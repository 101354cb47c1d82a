"""What a customer expected and what they received, factor by factor, typed with digits alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from domain.gap import (
    MOMENTS,
    SIDES,
    GapFactor,
    GivenGap,
    Moment,
    Side,
    rating_of,
    with_rating,
)
from screens.boxed import Boxed
from widgets.safe_text import cells, fit, safe

Ratings = tuple[GivenGap, ...]
SURVEY: Final = "service-gap"
"""The survey whose questions against one another are the factors."""
_COLUMN: Final = 10
_TEN: Final = 10


class GapDialog(Boxed[Ratings]):
    """Goes from cell to cell; a digit rates and moves on, `0` is ten, `-` takes a rating back.

    Args:
        factors: what is rated.
        ratings: what was rated before, in this call.
        moment: before or after the talk; `m` changes it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "done", show=False),
        Binding("up", "move(-2)", show=False),
        Binding("down", "move(2)", show=False),
        Binding("left,shift+tab", "move(-1)", show=False),
        Binding("right,tab", "move(1)", show=False),
        Binding("m", "moment", show=False),
    ]

    def __init__(self, factors: Sequence[GapFactor], ratings: Ratings, moment: Moment) -> None:
        super().__init__()
        self._factors = tuple(factors)
        self._ratings = ratings
        self._moment = moment
        self._cell = 0

    def heading(self) -> str:
        """Which of the two moments it is."""
        return self.t(f"expectation.gap.{self._moment}")

    def keys(self) -> str:
        """How it works."""
        return self.t("expectation.gap.keys")

    def text(self) -> Content:
        """The question of the present cell, and all cells."""
        language = self.shell.language
        factor, side = self._here
        asked = factor.expected if side == "expected" else factor.received
        names = [one.name.of(language) for one in self._factors]
        wide = max(cells(name) for name in names) + 2
        head = "".join(_right(self.t(f"expectation.gap.{word}")) for word in (*SIDES, "gap"))
        lines = [safe(asked.of(language)), Content(""), safe(" " * (wide + 2) + head)]
        for place, (one, name) in enumerate(zip(self._factors, names, strict=True)):
            rating = rating_of(self._ratings, self._moment, one)
            marked = place == self._cell // 2
            parts: list[Content | tuple[str, str]] = [
                ("▸ " if marked else "  ", "bold $text-accent"),
                safe(fit(name, wide)),
            ]
            for number, value in enumerate((rating.expected, rating.received)):
                here = marked and number == self._cell % 2
                parts.append((_right("·" if value is None else str(value)), _style(here=here)))
            gap = rating.gap
            parts.append((_right("" if gap is None else f"{gap:+d}"), _gap_style(gap)))
            lines.append(Content.assemble(*parts))
        return Content("\n").join(lines)

    def on_key(self, event: events.Key) -> None:
        """A digit rates the present cell and moves on."""
        if event.key.isdigit() or event.character == "-":
            event.stop()
            event.prevent_default()
            self._rate(None if event.character == "-" else int(event.key) or _TEN)

    def _rate(self, value: int | None) -> None:
        factor, side = self._here
        if value is not None and value > factor.scale:
            return
        rating = rating_of(self._ratings, self._moment, factor).rated(side, value)
        self._ratings = with_rating(self._ratings, rating)
        self._cell = min(self._cell + 1, 2 * len(self._factors) - 1)
        self.relabel()

    @property
    def _here(self) -> tuple[GapFactor, Side]:
        return self._factors[self._cell // 2], SIDES[self._cell % 2]

    def action_move(self, by: int) -> None:
        """Go to another cell."""
        self._cell = (self._cell + by) % (2 * len(self._factors))
        self.relabel()

    def action_moment(self) -> None:
        """Rate the other moment."""
        self._moment = MOMENTS[1 - MOMENTS.index(self._moment)]
        self._cell = 0
        self.relabel()

    def action_done(self) -> None:
        """Give the ratings back."""
        self.dismiss(self._ratings)


def _right(text: str) -> str:
    return fit(text, _COLUMN, right=True)


def _style(*, here: bool) -> str:
    return "bold reverse" if here else ""


def _gap_style(gap: int | None) -> str:
    if gap is None:
        return ""
    return "$text-error" if gap < 0 else "$text-success"
