"""Which column holds what: recognised by name, else by a look at its values; shown and changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from content.columns import ColumnBook, Field, column_book, folded, without_brackets
from domain.errors import InputError
from domain.phone import Number, read_number
from domain.record.marks import read_id_number, read_mail, read_plate, read_vin
from domain.said import Said
from intake.table import Cell, Table, text_of

Kind = Literal["customers", "orders", "callbacks", "complaints"]
KINDS: Final[tuple[Kind, ...]] = ("customers", "orders", "callbacks", "complaints")

EXACT: Final = 1.0
WITHOUT_BRACKETS: Final = 0.9
CONTAINED: Final = 0.6
BY_LOOK: Final = 0.5

_UNLIKE: Final = 2.0
_SAMPLE: Final = 60
_LOOKS_LIKE: Final = 0.8
_SHOWN: Final = 3
_CHINESE_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z]·[A-Z0-9\u4e00-\u9fff]{5,6}")
# What tells one kind of file from another; the other fields are found in several.
_TELLING: Final[Mapping[str, frozenset[str]]] = {
    "customers": frozenset(
        [
            "birthday",
            "id_number",
            "home_address",
            "vin",
            "model",
            "bought_on",
            "spent",
            "member_level",
            "fax",
        ]
    ),
    "orders": frozenset(["order_number", "service", "visited_on", "mileage", "amount", "advisor"]),
    "callbacks": frozenset(
        ["campaign", "due", "due_local", "agent", "exported_at", "callback_number"]
    ),
    "complaints": frozenset(
        ["complaint_number", "received_at", "level", "category", "wants", "reply_by", "description"]
    ),
}


_NAMES: Final[Mapping[str, str]] = {
    "customers": "import.kind.customers",
    "orders": "import.kind.orders",
    "callbacks": "import.kind.callbacks",
    "complaints": "import.kind.complaints",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file and what it is taken for.

    Attributes:
        index: its place, from 0.
        name: its header.
        field: the code of a field of `content/columns.toml`; none: it is not imported.
        confidence: 1 where the name is known, less where it was guessed; 1 where a person chose.
        sample: its first values, to show.
    """

    index: int
    name: str
    field: str | None
    confidence: float
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column of a file holds, as one kind of file."""

    kind: Kind
    columns: tuple[Column, ...]

    def place_of(self, field: str) -> int | None:
        """The place of the column that holds a field."""
        return next((column.index for column in self.columns if column.field == field), None)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the file has."""
        return frozenset(column.field for column in self.columns if column.field)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which such a file can't be read; empty when it can."""
        book = column_book()
        needed = [one.code for one in book.fields if self.kind in one.needed]
        lacking = [code for code in needed if code not in self.fields]
        if self.kind != "orders" and not self._names_persons:
            lacking.append("name")
        if self.kind == "orders" and not self.fields & {"customer_number", "plate", "vin"}:
            lacking.append("customer_number")
        if self.kind == "callbacks" and not self.fields & {"phone", "customer_number"}:
            lacking.append("phone")
        return tuple(lacking)

    @property
    def _names_persons(self) -> bool:
        """Whether rows say who they are about; a customer number alone adds nothing to anybody."""
        if self.fields & {"name", "last_name"}:
            return True
        adds = self.kind != "customers" or self.fields & {"phone", *_TELLING["customers"]}
        return "customer_number" in self.fields and bool(adds)

    def changed(self, index: int, field: str | None) -> ColumnMapping:
        """The mapping with another meaning for one column; who had that meaning loses it."""
        return replace(
            self,
            columns=tuple(
                replace(column, field=field, confidence=EXACT)
                if column.index == index
                else replace(column, field=None, confidence=EXACT)
                if field is not None and column.field == field
                else column
                for column in self.columns
            ),
        )

    def to_dict(self) -> dict[str, object]:
        """The choice as plain values, to be saved for files with the same header."""
        return {column.name: column.field for column in self.columns}

    def with_saved(self, saved: Mapping[str, object]) -> ColumnMapping:
        """The mapping with a saved choice for the columns that it names."""
        known = {one.code for one in column_book().of_kind(self.kind)}
        columns = []
        for column in self.columns:
            field = saved.get(column.name, column.field)
            fits = field is None or field in known
            columns.append(
                replace(column, field=field, confidence=EXACT)  # type: ignore[arg-type]
                if column.name in saved and fits
                else column
            )
        return replace(self, columns=tuple(columns))


def header_digest(kind: str, header: Sequence[str]) -> str:
    """What a saved mapping is found by: the kind of file and the names of its columns, in order."""
    return hashlib.sha256("\x1f".join((kind, *map(folded, header))).encode()).hexdigest()


def recognise(table: Table, kind: Kind | None = None) -> ColumnMapping:
    """What the columns of a file hold.

    Args:
        table: the file.
        kind: what kind of file it is; else the kind that its columns tell.

    Raises:
        InputError: `import_kind_unknown` when its columns tell no kind; `import_kind_differs` when
            nothing tells the kind that was named, and much another.
    """
    if kind is not None:
        found = _recognised(table, kind)
        _refuse_another_kind(table, found)
        return found
    candidates = [_recognised(table, one) for one in KINDS]
    scores = [_score(mapping) for mapping in candidates]
    best = max(scores)
    if best <= 0:
        columns = ", ".join(name for name in table.header if name)[:120]
        raise InputError("import_kind_unknown", file=table.path.name, columns=columns)
    return candidates[scores.index(best)]


def header_score(names: Sequence[Cell]) -> float:
    """How much a row looks like a header: the sum of the confidence of all names known."""
    texts = [text_of(name) for name in names]
    return max(sum(found[1] for name in texts if (found := _known(name, kind))) for kind in KINDS)


def _score(mapping: ColumnMapping) -> float:
    if mapping.missing:
        return 0.0
    # A list of names and numbers alone is one of customers.
    return _telling(mapping) + (0.1 if mapping.kind == "customers" else 0.0)


def _telling(mapping: ColumnMapping) -> float:
    """How much the columns speak for the mapping's own kind of file."""
    return sum(
        column.confidence for column in mapping.columns if column.field in _TELLING[mapping.kind]
    )


def _refuse_another_kind(table: Table, found: ColumnMapping) -> None:
    """Refuses a file of orders that was named one of customers, and the like."""
    if _telling(found) > 0:
        return
    for kind in KINDS:
        if kind != found.kind and _telling(_recognised(table, kind)) >= _UNLIKE:
            raise InputError("import_kind_differs", file=table.path.name, kind=Said(_NAMES[kind]))


def _recognised(table: Table, kind: Kind) -> ColumnMapping:
    guesses: dict[int, tuple[str, float]] = {}
    by_confidence = sorted(
        (
            (found[1], index, found[0])
            for index, name in enumerate(table.header)
            if (found := _by_name(name, kind)) is not None
        ),
        key=lambda guess: (-guess[0], guess[1]),
    )
    taken: set[str] = set()
    for confidence, index, field in by_confidence:
        if field not in taken:
            taken.add(field)
            guesses[index] = (field, confidence)
    samples = [_sample(table, index) for index in range(len(table.header))]
    for one in column_book().of_kind(kind):
        if one.look and one.code not in taken:
            place = _by_look(one, samples, guesses)
            if place is not None:
                taken.add(one.code)
                guesses[place] = (one.code, BY_LOOK)
    columns = []
    for index, name in enumerate(table.header):
        field_code, sure = guesses.get(index, (None, 0.0))
        columns.append(Column(index, name, field_code, sure, tuple(samples[index][:_SHOWN])))
    return ColumnMapping(kind, tuple(columns))


def _by_name(name: str, kind: str) -> tuple[str, float] | None:
    """The field that a header names, and how surely."""
    found = _known(name, kind)
    if found is not None:
        return found
    header = folded(name)
    contained = [
        (len(known), code)
        for known, code in _names(kind).items()
        if len(known) >= (5 if known.isascii() else 2) and known in header
    ]
    return (max(contained)[1], CONTAINED) if contained else None


def _known(name: str, kind: str) -> tuple[str, float] | None:
    names = _names(kind)
    for text, confidence in ((name, EXACT), (without_brackets(name), WITHOUT_BRACKETS)):
        code = names.get(folded(text))
        if code is not None:
            return code, confidence
    return None


@cache
def _names(kind: str) -> Mapping[str, str]:
    return {name: field.code for field in column_book().of_kind(kind) for name in field.names}


def _sample(table: Table, index: int) -> list[str]:
    values: list[str] = []
    for row in table.rows:
        if index < len(row.cells) and (text := text_of(row.cells[index]).strip()):
            values.append(text)
            if len(values) == _SAMPLE:
                break
    return values


def _by_look(
    field: Field, samples: Sequence[Sequence[str]], guesses: Mapping[int, object]
) -> int | None:
    look = _LOOKS[field.look]
    for index, values in enumerate(samples):
        if index in guesses or len(values) < _SHOWN:
            continue
        if sum(map(look, values)) / len(values) >= _LOOKS_LIKE:
            return index
    return None


def _is_phone(text: str) -> bool:
    return len(text) >= 8 and any(
        isinstance(read_number(text, region), Number) for region in ("CN", "US", "GB")
    )


def _is_plate(text: str) -> bool:
    plate = read_plate(text)
    return plate is not None and bool(_CHINESE_PLATE.fullmatch(plate.text))


_LOOKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "phone": _is_phone,
    "id_number": lambda text: read_id_number(text)[1] in (None, "wrong_check_digit"),
    "email": lambda text: read_mail(text)[1],
    "plate": _is_plate,
    "vin": lambda text: read_vin(text)[1] in (None, "has_i_o_or_q"),
}


def book() -> ColumnBook:
    """The fields that columns can hold, with the names that people read."""
    return column_book()
