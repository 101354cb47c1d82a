"""Rows of a file from outside, read and judged: what the database is handed to write.

Everything here is cleaned: text without control characters, days and amounts as values. Days are
kept as ISO text where the table keeps them so, or where they go into the import's memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from domain.phone import Number, ProblemCode

Value = str | int
Role = Literal["mobile", "home", "office", "fax"]
Stop = Literal["marked", "note"]
DueKind = Literal["exact", "day_only", "soon", "none"]
RowKind = Literal["customers", "orders", "callbacks", "complaints"]


@dataclass(frozen=True, slots=True)
class PhoneCell:
    """A cell that should hold a number.

    Attributes:
        role: what the number is for.
        raw: the cell as it stood, cleaned.
        number: the number; none where it has a problem.
        problem: why it can't be called.
        zones: the zones in which the number may lie, sorted IANA names.
    """

    role: Role
    raw: str
    number: Number | None = None
    problem: ProblemCode | None = None
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What a row says of a person. A cell that is empty says nothing and is left out.

    Attributes:
        customer_number: the number under which the other system knows the person.
        name: as it is shown; empty where the row has none.
        key: what spellings of the name have in common (`domain.record.names.name_key`).
        pinyin: its sound, for searching.
        initials: the first letters of its sound.
        fields: further columns of the table of persons by name.
        asset: columns of the table of assets by name; empty where the row has none.
        phones: the main number first, even when it is none; others only where the cell has text.
        consent: leave to call, where the row speaks of it.
        stop: that the person must not be called: marked in a column, or asked for in a note.
        faults: codes of what is wrong with the record; a person is asked to mend them.
    """

    customer_number: str
    name: str
    key: str = ""
    pinyin: str = ""
    initials: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    asset: Mapping[str, Value] = field(default_factory=dict)
    phones: tuple[PhoneCell, ...] = ()
    consent: bool | None = None
    stop: Stop | None = None
    faults: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers that can be called, the main one first; a fax can't."""
        return tuple(
            cell.number for cell in self.phones if cell.number is not None and cell.role != "fax"
        )

    @property
    def vin(self) -> str:
        """The vehicle's number where it is a right one, else empty."""
        return "" if self.asset.get("vin_problem") else str(self.asset.get("vin", ""))

    @property
    def id_number(self) -> str:
        """The citizen number where it is a right one, else empty."""
        wrong = any(fault.startswith("id_number_") for fault in self.faults)
        return "" if wrong else str(self.fields.get("id_number", ""))


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A row of a customer file."""

    row: int
    person: PersonRecord


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A row of a file of workshop orders; `amount` in hundredths of the currency's unit."""

    row: int
    number: str
    customer_number: str
    plate_key: str
    vin: str
    service: str
    visited_on: date
    mileage: int | None
    amount: int | None
    currency: str
    advisor: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A row of a file of callbacks.

    Attributes:
        row: its number in the file.
        number: the callback's own number in the other system; empty where there is none.
        person: what the row says of the person.
        campaign: code of the kind of callback.
        due_at: when to call, UTC; none where the row names no time and no export time is known.
        due_kind: whether a clock, only a day, as soon as possible or nothing was said.
        agent: the name of the operator who should call; empty for anyone.
        priority: high, normal or low.
        note: what the callback is about.
        faults: codes of what was wrong and did not stop the row.
    """

    row: int
    number: str
    person: PersonRecord
    campaign: str
    due_at: datetime | None
    due_kind: DueKind
    agent: str
    priority: str
    note: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A row of a file of complaints; instants are UTC.

    Attributes:
        row: its number in the file.
        number: the complaint's number in the other system; empty where there is none.
        person: what the row says of the person.
        received_at: when the complaint came in.
        channel: code of the way it came.
        level: local, skip_level or regulator.
        category: code, empty where the row has none.
        customer_class: A to D, empty where the row has none.
        description: the complaint in the customer's words.
        wants: what the customer wants, one by one.
        status: open, in_progress, waiting, closed or reopened.
        reply_by: until when an answer was promised.
        reply_kind: whether a time was named, a span from the receipt, or nothing.
        faults: codes of what was wrong and did not stop the row.
    """

    row: int
    number: str
    person: PersonRecord
    received_at: datetime
    channel: str
    level: str
    category: str
    customer_class: str
    description: str
    wants: tuple[str, ...]
    status: str
    reply_by: datetime | None
    reply_kind: Literal["time", "within", "empty"]
    faults: tuple[str, ...] = ()


Row = CustomerRow | OrderRow | CallbackRow | ComplaintRow


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not imported, and why.

    Attributes:
        row: its number in the file.
        reason: a code; its words are `import.reason.<code>` of the catalogues.
        field: the field that is wrong, empty where it is none alone.
        value: what the cell held, cleaned and cut to a line.
    """

    row: int
    reason: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A whole file, read and judged, ready to be written.

    Attributes:
        kind: what kind of rows it holds.
        file_name: the file's name without its folder.
        digest: SHA-256 of its bytes.
        total: how many rows it has.
        rows: the rows that can be written, in the file's order.
        rejected: the rows that can't.
        phone_problems: problems of the main number column, over all rows of the file.
        brings_persons: whether unknown customers are added from the row itself; else a row that
            names an unknown customer is rejected.
        options: how the file was understood (region, zone, export time), as plain values.
    """

    kind: RowKind
    file_name: str
    digest: str
    total: int
    rows: tuple[Row, ...]
    rejected: tuple[RejectedRow, ...]
    phone_problems: Mapping[str, int]
    brings_persons: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
