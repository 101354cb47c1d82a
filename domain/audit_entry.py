"""An entry of the audit as it is read and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry: ids, names of fields and codes; `at` in UTC.

    Attributes:
        id: its number.
        at: when.
        operator_id: who; none for the program itself.
        operator: their name.
        seat_id: from which seat; none without one.
        action: code of what was done.
        subject: to what: person, callback, case, …
        subject_id: which of them.
        person_id: the customer whom it concerns; none where it concerns none.
        name: the name of the customer or operator whom it concerns, as it is now; empty without.
        fields: names of what was written.
        details: codes, ids and counts.
    """

    id: int
    at: datetime
    operator_id: int | None
    operator: str | None
    seat_id: int | None
    action: str
    subject: str
    subject_id: int | None
    person_id: int | None
    name: str
    fields: tuple[str, ...]
    details: Mapping[str, Any]
