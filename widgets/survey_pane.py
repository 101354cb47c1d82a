"""The record of a call: answers of the survey, mood, promises, note in brief."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.message import Message

from widgets.pane import TextPane
from widgets.safe_text import cells, clip, fit
from widgets.scale import ScaleView, draw_scale
from widgets.sheet import Sheet

_LABEL: Final = 13
"""Cells of a label; the longest is the name of a score."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with its answer.

    Attributes:
        label: the question in brief.
        answer: the answer, already spoken; empty while there is none.
        sign: `!` where the answer asks for attention.
        current: whether it is the open question.
        required: whether an answer or a reason for none is needed.
    """

    label: str
    answer: str = ""
    sign: str = ""
    current: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A labelled line of the record, with a sign where the colour alone would speak."""

    label: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class RecordView:
    """The record as it is drawn.

    Attributes:
        facts: mood, promises and the like.
        survey: title of the survey; empty without one.
        answers: its questions.
        scale: the open question, while the digits answer it here.
        scores: what the answers come to, already spoken.
        saved: whether everything typed is in the database, already spoken.
    """

    facts: tuple[RecordLine, ...] = ()
    survey: str = ""
    answers: tuple[AnswerLine, ...] = ()
    scale: ScaleView | None = None
    scores: tuple[RecordLine, ...] = ()
    saved: str = ""


class SurveyPane(TextPane):
    """Shows what the call has brought so far; keys answer the open question."""

    class Answered(Message):
        """A key was pressed that may answer the open question."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: RecordView | None = None

    def show(self, view: RecordView) -> None:
        """Draw the record."""
        if view != self._view:
            self._view = view
            self.redraw()

    def take_key(self, key: str) -> bool:
        """Answer the open question."""
        if self._view is None or self._view.scale is None:
            return False
        self.post_message(self.Answered(key))
        return True

    def lay_out(self, sheet: Sheet) -> None:
        """Facts, answers, the open question, scores."""
        view = self._view
        if view is None:
            return
        for fact in view.facts:
            sheet.pair(fact.label, fact.value, fact.style, width=_LABEL)
        if view.survey:
            sheet.heading(view.survey)
        for answer in view.answers:
            self._lay_out_answer(sheet, answer)
        sheet.gap()
        for score in view.scores:
            sheet.pair(score.label, score.value, score.style, width=_LABEL)
        if view.saved:
            sheet.gap()
            sheet.put(view.saved, "$muted")

    def lay_out_foot(self, sheet: Sheet) -> None:
        """The open question stays in sight."""
        if self._view is not None and self._view.scale is not None:
            draw_scale(sheet, self._view.scale, owns=self.owns_digits)

    def _lay_out_answer(self, sheet: Sheet, answer: AnswerLine) -> None:
        if answer.current:
            sheet.mark()
        value = clip(answer.answer, max(4, sheet.width // 2)) or ("*" if answer.required else "·")
        room = sheet.width - cells(value) - 3
        lead = "▸" if answer.current else answer.sign or " "
        style = "bold" if answer.current else ("$text-error" if answer.sign else "")
        sheet.put(fit(answer.label, room) + " " + value, style, lead=f"{lead} ")
