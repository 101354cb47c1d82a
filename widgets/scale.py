"""A question with the keys that answer it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from widgets.safe_text import cells
from widgets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """One answer that a key gives.

    Attributes:
        key: the key.
        label: what it stands for, already spoken; empty where the key says it.
        chosen: whether it is the answer now.
    """

    key: str
    label: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A question as it is drawn.

    Attributes:
        question: the words to ask.
        answers: the keys that answer it, in order.
        low: what the lowest value means.
        high: what the highest one means.
        missing: the keys that say why there is no answer.
        typed: what was answered by typing; none where keys answer.
        hint: what to do, already spoken.
    """

    question: str
    answers: tuple[KeyAnswer, ...] = ()
    low: str = ""
    high: str = ""
    missing: tuple[KeyAnswer, ...] = ()
    typed: str | None = None
    hint: str = ""


def draw_scale(sheet: Sheet, scale: ScaleView, *, owns: bool) -> None:
    """Put a question and its keys on a sheet; dim where the digits belong to another pane."""
    sheet.bar(scale.question, "bold" if owns else "", sign_style="$text-accent")
    if any(answer.label for answer in scale.answers):
        for answer in scale.answers:
            sheet.put(
                answer.label,
                _style(answer, owns=owns),
                lead=f" {_boxed(answer)} ",
                lead_style=_key_style(answer, owns=owns),
            )
    elif scale.answers:
        _draw_row(sheet, scale, owns=owns)
    if scale.typed is not None:
        sheet.put(scale.typed or "…", "$text-success bold" if scale.typed else "$muted")
    if scale.missing:
        line = Content("  ").join(
            Content.assemble(
                (_boxed(answer), _key_style(answer, owns=owns)),
                " ",
                (answer.label, _style(answer, owns=owns)),
            )
            for answer in scale.missing
        )
        sheet.line(line)
    if scale.hint:
        sheet.put(scale.hint, "$muted")


def _draw_row(sheet: Sheet, scale: ScaleView, *, owns: bool) -> None:
    keys = [
        Content.styled(_boxed(answer), _key_style(answer, owns=owns)) for answer in scale.answers
    ]
    row = Content(" ").join(keys)
    sheet.line(row)
    room = min(cells(row.plain), sheet.width)
    if scale.low or scale.high:
        space = max(1, room - cells(scale.low) - cells(scale.high))
        sheet.put(f"{scale.low}{' ' * space}{scale.high}", "$muted")


def _boxed(answer: KeyAnswer) -> str:
    return f"[{answer.key}]" if answer.chosen else answer.key


def _key_style(answer: KeyAnswer, *, owns: bool) -> str:
    if answer.chosen:
        return "bold reverse $text-success"
    return "bold $text-accent" if owns else "$muted"


def _style(answer: KeyAnswer, *, owns: bool) -> str:
    if answer.chosen:
        return "bold $text-success"
    return "" if owns else "$muted"
