"""A pane with the course of the day: one line a figure, with its hours beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from widgets.pane import TextPane
from widgets.safe_text import cells, fit
from widgets.sheet import Sheet
from widgets.spark import ZERO, spark_line

_LABEL: Final = 14
_VALUE: Final = 8


@dataclass(frozen=True, slots=True)
class Course:
    """A figure through the day.

    Attributes:
        label: what it is, already spoken.
        values: one for each step; none where nothing is known.
        last: the newest value, already written.
        top: what reaches the top; the highest value unless given.
        each: how many signs each value takes.
    """

    label: str
    values: tuple[float | None, ...]
    last: str
    top: float | None = None
    each: int = 1


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """Courses on one scale of time.

    Attributes:
        heading: already spoken.
        courses: what is drawn.
        hours: the scale: its place in signs and its words, such as `09`.
    """

    heading: str
    courses: tuple[Course, ...]
    hours: tuple[tuple[int, str], ...]


class TrendPane(TextPane):
    """Draws groups of courses; where room is short, their latest part."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._groups: tuple[CourseGroup, ...] = ()
        self._empty = ""

    def show(self, groups: Sequence[CourseGroup], empty: str) -> None:
        """Draw other courses, or say that there is nothing yet."""
        if (tuple(groups), empty) != (self._groups, self._empty):
            self._groups, self._empty = tuple(groups), empty
            self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """Each group: heading, a line a figure, the hours."""
        if not self._groups:
            sheet.put(self._empty, "$muted")
        room = max(8, sheet.width - _LABEL - _VALUE - 2)
        for group in self._groups:
            sheet.heading(group.heading)
            signs = [
                "".join(_column(sign, one.each) for sign in spark_line(one.values, one.top))
                for one in group.courses
            ]
            cut = max(0, max(map(len, signs), default=0) - room)
            for one, drawn in zip(group.courses, signs, strict=True):
                sheet.line(
                    Content.assemble(
                        (fit(one.label, _LABEL) + " ", "$muted"),
                        (fit(drawn[cut:], room), "$text-accent"),
                        (" " + fit(one.last, _VALUE, right=True), "bold"),
                    )
                )
            sheet.put(" " * (_LABEL + 1) + _scale(group.hours, cut, room), "$muted")


def _column(sign: str, each: int) -> str:
    """A sign as wide as its step, parted from the next one where there is room."""
    if each == 1:
        return sign
    return sign.ljust(each) if sign == ZERO else (sign * (each - 1)).ljust(each)


def _scale(hours: Sequence[tuple[int, str]], cut: int, room: int) -> str:
    line = ""
    for place, words in hours:
        at = place - cut
        if at >= 0 and at + cells(words) <= room and (not line or at > len(line)):
            line += " " * (at - len(line)) + words
    return line
