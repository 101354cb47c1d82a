"""The rows of a form in the text of its file, and the text with a row or a value changed."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from content.csv_edit import rows_of, with_cell, with_line, without_line
from content.rule_choices import Choices
from content.rule_forms import Field, Form, Rows
from content.rule_values import spoken
from content.toml_edit import Place, with_row, with_value, without_row
from content.translations import Language, translate
from domain.errors import InputError

_MONTH: Final = "{month}"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a form.

    Attributes:
        place: its number from 0, or its name.
        values: what stands in it, tables within tables.
        law: whether it is law and stays as it is.
    """

    place: int | str
    values: Mapping[str, Any]
    law: bool = False

    def value(self, path: Path) -> object:
        """A value; none where it is left out."""
        node: Any = self.values
        for step in path:
            if not isinstance(node, Mapping) or step not in node:
                return None
            node = node[step]
        return node


def form_rows(form: Form, text: str) -> tuple[FormRow, ...]:
    """The rows of a form in a file's text.

    Raises:
        InputError: `form_unreadable` when the text is no TOML, or no table: the text editor says
            where.
    """
    try:
        if form.rows is Rows.CSV:
            head, *lines = rows_of(text)
            plain = [
                {name: cell for name, cell in zip(head, line, strict=True) if cell}
                for line in lines
            ]
        else:
            data = tomllib.loads(text)
            if form.rows is Rows.WHOLE:
                return (FormRow("", data),)
            if form.rows is Rows.NAMED:
                return tuple(FormRow(name, one) for name, one in data.get(form.at, {}).items())
            plain = data.get(form.at, [])
    except (ValueError, InputError, csv.Error, RecursionError) as error:
        raise InputError("form_unreadable", file=form.file) from error
    return tuple(FormRow(place, one, _is_law(form, one)) for place, one in enumerate(plain))


def asked_for(field: Field, row: FormRow) -> bool:
    """Whether a field means something in a row."""
    if not field.where:
        return True
    found = row.value(field.where)
    return found is not None and (not field.where_words or found in field.where_words)


def row_name(form: Form, row: FormRow, choices: Choices, language: Language) -> str:
    """What people call a row."""
    if form.rows is Rows.WHOLE:
        return translate(language, form.label.key)
    if form.rows is Rows.NAMED:
        return choices.label(language, form.at, str(row.place))
    parts = []
    for path in form.title:
        if path[-1] == "*":
            parts.append(str(row.value((*path[:-1], language)) or ""))
        else:
            value = row.value(path)
            unnamed = f"rule_form.{form.id}.unnamed"
            said = spoken(form.field(path), value, choices, language)
            parts.append(translate(language, unnamed) if value is None else said)
    return " · ".join(part for part in parts if part)


def changed(form: Form, text: str, row: FormRow, field: Field, value: object) -> str:
    """The text with a field's value set, or left out, and what depends on it put right.

    Raises:
        InputError: `layout_strange`.
    """
    if value == field.default and not isinstance(value, dict | list):
        value = None
    if form.rows is Rows.CSV:
        return _with_cell(text, row, field.path[0], "" if value is None else str(value))
    text = _set(form, text, row.place, field.path, value)
    if value is not None and field.instead:
        text = _set(form, text, row.place, field.instead, None)
    if field.brings:
        held = _row_at(form, text, row.place).value(field.brings)
        if value is None or held is None:
            text = _set(form, text, row.place, field.brings, None if value is None else {})
    return _without_strangers(form, text, row.place, field.path)


def with_new_row(
    form: Form, text: str, beside: FormRow | None, asked: Mapping[Path, object], month: str
) -> tuple[str, int]:
    """The text with one more row like another one, and the place of the new row.

    Args:
        form: the form.
        text: of its file.
        beside: the row that it is like and stands beside; none where there are no rows.
        asked: what was asked for it, by path.
        month: the present month, `2026-11`.

    Raises:
        InputError: `layout_strange`.
    """
    values = _copied(beside.values) if beside is not None else {}
    for name, given in form.fresh.items():
        values.pop(name, None)
        if given:
            values[name] = month if given == _MONTH else given
    for path, value in asked.items():
        node = values
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = value
    place = int(beside.place) if beside is not None else None
    if form.rows is Rows.CSV:
        behind = 0 if place is None else place + 1
        head = rows_of(text)[0]
        line = [str(values.get(name, "")) for name in head]
        return with_line(text, line, behind), behind
    order = [field.path[0] for field in form.fields]
    ordered = dict(sorted(values.items(), key=lambda one: _rank(order, one[0])))
    at = 0 if place is None else place if form.first else place + 1
    return with_row(text, form.at, ordered, place, first=form.first), at


def without(form: Form, text: str, row: FormRow) -> str:
    """The text without a row.

    Raises:
        InputError: `layout_strange`.
    """
    place = int(row.place)
    if form.rows is Rows.CSV:
        return without_line(text, place + 1)
    return without_row(text, form.at, place)


def _is_law(form: Form, values: Mapping[str, object]) -> bool:
    return form.law and values.get("confidence") != "house"


def _row_at(form: Form, text: str, place: int | str) -> FormRow:
    return next(one for one in form_rows(form, text) if one.place == place)


def _set(form: Form, text: str, place: int | str, path: Path, value: object) -> str:
    order = [field.path[0] for field in form.fields]
    return with_value(text, _place(form, place), path, value, order)


def _place(form: Form, place: int | str) -> Place:
    return () if form.rows is Rows.WHOLE else (form.at, place)


def _with_cell(text: str, row: FormRow, column: str, value: str) -> str:
    head = rows_of(text)[0]
    return with_cell(text, int(row.place) + 1, head.index(column), value)


def _without_strangers(form: Form, text: str, place: int | str, path: Path) -> str:
    """Fields that mean nothing any more are taken out: the loaders refuse them."""
    row = _row_at(form, text, place)
    for field in form.fields:
        depends = field.where == path
        if depends and row.value(field.path) is not None and not asked_for(field, row):
            text = _set(form, text, place, field.path, None)
    row = _row_at(form, text, place)
    for table in {field.path[:-1] for field in form.fields if len(field.path) > 1}:
        inside = [field for field in form.fields if field.path[: len(table)] == table]
        optional = all(field.optional for field in inside)
        brought = any(field.brings == table for field in form.fields)
        if optional and not brought and len(table) == 1 and row.value(table) == {}:
            text = _set(form, text, place, table, None)
    return text


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(one) if isinstance(one, Mapping) else one for name, one in values.items()}


def _rank(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
