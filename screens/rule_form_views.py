"""How the forms of rules are drawn: rows, fields, and what is known of the marked one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from content.rule_choices import Choices
from content.rule_forms import Field, Form, Kind
from content.rule_rows import FormRow, asked_for, row_name
from content.rule_values import spoken, wanted
from content.translations import Language
from domain.said import Said
from widgets.customer_card import CardLine, CardSection, CardView
from widgets.list_rows import Cell, Column, Row

Say = Callable[..., str]
Speak = Callable[[Said], str]

CHANGED = "●"
LAW = "§"
FAULT = "✗"


@dataclass(frozen=True, slots=True)
class Typing:
    """What is being typed into the marked field.

    Attributes:
        text: so far.
        problem: why it can't be taken; none where it can.
    """

    text: str
    problem: Said | None


@dataclass(frozen=True, slots=True)
class FormView:
    """Everything that drawing a form needs.

    Attributes:
        form: the form.
        rows: as they stand in one's own text.
        in_force: as they stand in the version in force.
        choices: the words that fields take.
        language: the language to speak.
    """

    form: Form
    rows: Sequence[FormRow]
    in_force: Sequence[FormRow]
    choices: Choices
    language: Language

    def before(self, row: FormRow) -> FormRow | None:
        """The row in force that is the same one; none where it is new."""
        key = self.form.key
        if not key:
            return next((one for one in self.in_force if one.place == row.place), None)
        mine = [row.value(path) for path in key]
        same = [one for one in self.in_force if [one.value(path) for path in key] == mine]
        dated = [one for one in same if one.value(("since",)) == row.value(("since",))]
        return next(iter(dated or same), None)

    def name(self, row: FormRow) -> str:
        """What people call a row."""
        return row_name(self.form, row, self.choices, self.language)

    def said(self, field: Field, row: FormRow) -> str:
        """A field's value as people read it."""
        return spoken(field, row.value(field.path), self.choices, self.language)


def row_columns(say: Say) -> tuple[Column, ...]:
    """The columns of the list of rows."""
    return (Column(say("rule_form.head.row"), 8, stretch=1), Column("", 2))


def list_rows(view: FormView) -> list[Row]:
    """The rows of a form, those that can be changed before those of law."""
    found = []
    for place, row in enumerate(view.rows):
        before = view.before(row)
        changed = before is None or before.values != row.values
        sign = LAW if row.law else CHANGED if changed else ""
        off = row.value(("active",)) is False
        cells = (Cell(view.name(row)), Cell(sign, "warm" if changed else "muted"))
        found.append(Row(place, cells, muted=row.law or off))
    return sorted(found, key=lambda one: view.rows[one.id].law)


def field_columns(say: Say) -> tuple[Column, ...]:
    """The columns of the list of fields."""
    return (
        Column(say("rule_form.head.field"), 15, stretch=2),
        Column(say("rule_form.head.value"), 14, stretch=3),
        Column("", 8, stretch=2),
    )


def field_rows(
    say: Say, speak: Speak, view: FormView, row: FormRow, typing: tuple[Field, Typing] | None
) -> list[Row]:
    """The fields of a row, with what is typed in the place of the value."""
    before = view.before(row)
    found = []
    for place, field in enumerate(view.form.fields):
        value, note, tone = view.said(field, row), "", ""
        if before is not None and before.value(field.path) != row.value(field.path):
            note, tone = f"{CHANGED} {say('rule_form.was', value=view.said(field, before))}", "warm"
        if typing is not None and typing[0] is field:
            value = typing[1].text
            if typing[1].problem is not None:
                note, tone = f"{FAULT} {speak(typing[1].problem)}", "urgent"
        asked = asked_for(field, row)
        if not asked:
            value = say("rule_form.unasked")
        stays = row.law or field.fixed or field.path in view.form.key or not asked
        cells = (Cell(speak(field.label)), Cell(value, "muted" if stays else ""), Cell(note, tone))
        found.append(Row(place, cells, muted=not asked))
    return found


def about_field(
    say: Say,
    speak: Speak,
    view: FormView,
    row: FormRow,
    field: Field,
    typing: Typing | None,
    stays: Said | None,
) -> CardView:
    """What the marked field does, takes and is now; what is wrong with what is typed comes first.

    Args:
        say: a sentence of the catalogues.
        speak: a rule's sentence.
        view: the form.
        row: the marked row.
        field: the marked field.
        typing: what is being typed into it.
        stays: why it can't be changed here; none where it can.
    """
    lines = []
    takes = wanted(field, view.choices, view.language)
    problem = typing.problem if typing is not None else None
    if problem is not None:
        lines.append(CardLine(speak(problem), sign=FAULT, style="$text-error"))
    lines.append(CardLine(speak(field.tip)))
    if stays is not None:
        lines.append(CardLine(speak(stays), style="$text-warning"))
    elif takes != problem:
        empty = field.optional and field.kind is not Kind.FLAG
        told = speak(takes)
        lines.append(CardLine(f"{told} {say('rule_form.may_be_empty')}" if empty else told))
    before = view.before(row)
    if before is None:
        lines.append(CardLine(say("rule_form.row_is_new"), style="$text-muted"))
    else:
        now = say("rule_form.in_force", value=view.said(field, before))
        lines.append(CardLine(now, style="$text-muted"))
    return CardView("", (CardSection("", tuple(lines)),))


def about_row(say: Say, speak: Speak, view: FormView, row: FormRow) -> CardView:
    """What the form is for and, of a row of law, where it comes from."""
    lines = [] if row.law else [CardLine(speak(view.form.tip))]
    if row.law:
        lines.append(CardLine(say("rule_form.law_stays"), style="$text-warning"))
        for name in ("source", "confidence", "as_of"):
            field = view.form.field((name,))
            lines.append(CardLine(view.said(field, row), label=speak(field.label)))
    return CardView(view.name(row), (CardSection("", tuple(lines)),))
