"""The script: words to say, advice, choices, and the scale of a question that it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.content import Content
from textual.message import Message

from widgets.pane import TextPane
from widgets.safe_text import clean
from widgets.scale import ScaleView, draw_scale
from widgets.sheet import Sheet
from widgets.speech import words

_MARKS = {"worked": ("✓", "$text-success"), "failed": ("✗", "$text-error")}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One paragraph of a step.

    Attributes:
        kind: `say` for the customer's ear, `advice` for the operator's eye.
        text: the words.
        label: a stage of an answer, already spoken; empty where there is none.
    """

    kind: Literal["say", "advice"]
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """One way on.

    Attributes:
        digit: its key.
        label: what the operator reads.
        sign: what following it does, as a sign (`?` asks, `»` leads out, `↩` goes back).
    """

    digit: str
    label: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class ScriptView:
    """A step of the script as it is drawn.

    Attributes:
        title: the step's heading.
        place: where the script stands, already spoken (`2/6`).
        lines: words and advice.
        choices: the ways on.
        scale: the question that the step asks, while it is open.
        scale_first: whether the digits answer the question; else they choose the way on.
        variant: number of the wording shown in the order of the call, from 1.
        variants: how many wordings there are.
        evidence: how often the wording has worked, already spoken; empty where nobody knows.
        mark: `worked`, `failed`, or none.
        came_from: title of the step that an objection or rung returns to; empty in the script.
    """

    title: str
    place: str
    lines: tuple[ScriptLine, ...] = ()
    choices: tuple[ChoiceLine, ...] = ()
    scale: ScaleView | None = None
    scale_first: bool = True
    variant: int = 1
    variants: int = 1
    evidence: str = ""
    mark: str | None = None
    came_from: str = ""


class ScriptPane(TextPane):
    """Shows a step; digits answer its question or choose the way on."""

    class Chose(Message):
        """A way on was chosen, by its number from 1."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Answered(Message):
        """A key was pressed that may answer the open question."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: ScriptView | None = None

    def show(self, view: ScriptView) -> None:
        """Draw a step."""
        moved = self._view is None or self._view.title != view.title
        self._view = view
        self.name_it(f"{view.place} · {view.title}" if view.place else view.title)
        self._name_way_back(view.came_from)
        if moved:
            self.to_top()
        self.redraw()

    def _name_way_back(self, step: str) -> None:
        """Name the step to return to in the frame, where it takes no line from the words."""
        back = clean(words(self, "call.came_from", step=step)) if step else ""
        if str(self.border_subtitle or "") != back:
            self.border_subtitle = Content.styled(back, "$text-warning")

    def take_key(self, key: str) -> bool:
        """Answer the question that is open, or choose a way on."""
        view = self._view
        if view is None:
            return False
        if view.scale is not None and view.scale_first:
            self.post_message(self.Answered(key))
            return True
        if key == "enter" and view.choices:
            self.post_message(self.Chose(1))
            return True
        if key.isdigit() and 1 <= int(key) <= len(view.choices):
            self.post_message(self.Chose(int(key)))
            return True
        return False

    def lay_out(self, sheet: Sheet) -> None:
        """Words and advice."""
        view = self._view
        if view is None:
            return
        for line in view.lines:
            # Where room is short, a label takes no line of its own: the words are what is needed.
            label = line.label if sheet.tight else ""
            if line.label and not label:
                sheet.put(line.label, "$muted italic")
            if line.kind == "say":
                sheet.bar(line.text, "bold", sign_style="$text-primary", label=label)
            else:
                told = f"{label} · {line.text}" if label else line.text
                sheet.put(told, "$muted", lead="· ")
            sheet.gap()

    def lay_out_foot(self, sheet: Sheet) -> None:
        """How the wording works, the question and the ways on: in sight while long words scroll."""
        view = self._view
        if view is None:
            return
        self._lay_out_variant(sheet, view)
        if view.scale is not None:
            draw_scale(sheet, view.scale, owns=self.owns_digits and view.scale_first)
            sheet.gap()
        mine = self.owns_digits and not (view.scale is not None and view.scale_first)
        for choice in view.choices:
            sheet.put(
                f"{choice.label} {choice.sign}".rstrip(),
                "" if mine else "$muted",
                lead=f"{choice.digit} ",
                lead_style="bold $text-accent" if mine else "$muted",
            )

    def _lay_out_variant(self, sheet: Sheet, view: ScriptView) -> None:
        parts = []
        if view.variants > 1:
            parts.append(words(self, "call.variant", number=view.variant, of=view.variants))
        if view.evidence:
            parts.append(view.evidence)
        if view.mark is not None:
            sign, style = _MARKS[view.mark]
            told = [words(self, f"call.mark_{view.mark}"), *parts]
            sheet.put(" · ".join(told), style, lead=f"{sign} ")
        elif parts:
            sheet.put(" · ".join(parts), "$muted")
