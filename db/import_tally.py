"""What became of each row of an import: counted as it goes, kept with the import's position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Result = Literal["added", "updated", "unchanged", "merged", "possibly_same", "rejected"]
RESULTS: Final[tuple[Result, ...]] = (
    "added",
    "updated",
    "unchanged",
    "merged",
    "possibly_same",
    "rejected",
)


_COUNTERS: Final = ("results", "reasons", "notices", "stops", "consent", "persons")


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """The one end of a row.

    Attributes:
        row: its number in the file.
        result: what became of it.
        reason: why it was rejected, else what spoke for the merging or the suspicion.
        with_row: the earlier row that it was folded into.
        with_id: the person (for rows of persons) that it was merged with or may be the same as.
    """

    row: int
    result: Result
    reason: str = ""
    with_row: int | None = None
    with_id: int | None = None


@dataclass(slots=True)
class Tally:
    """Counts of an import so far.

    Attributes:
        results: rows by result.
        reasons: rejected rows by reason.
        notices: what was wrong with rows that were imported all the same, by code.
        stops: do-not-call taken in: `marked`, `asked_to_stop`; and `same_number`, rows whose number
            another row or the desk stops.
        consent: rows by `given`, `refused`, `unknown`.
        persons: persons `added`, `merged`, `possibly_same`, `updated` beside the rows themselves.
        conflicts: fields that a file and the desk both changed.
        outcomes: how rows ended; of an import that was continued, those before the break are kept
            where they were neither added nor unchanged.
        told: those ends as plain values, to be kept with the import's row.
    """

    results: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    consent: Counter[str] = field(default_factory=Counter)
    persons: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0
    outcomes: dict[int, RowOutcome] = field(default_factory=dict)
    told: list[list[Any]] = field(default_factory=list)

    def end(
        self,
        row: int,
        result: Result,
        reason: str = "",
        *,
        with_row: int | None = None,
        with_id: int | None = None,
    ) -> None:
        """Notes the end of a row; every row ends once."""
        self.outcomes[row] = RowOutcome(row, result, reason, with_row, with_id)
        self.results[result] += 1
        if result not in ("added", "unchanged"):
            self.told.append([row, result, reason, with_row, with_id])
        if result == "rejected":
            self.reasons[reason] += 1

    def take_in(self, more: Tally) -> None:
        """Adds the counts and ends of a batch."""
        for name in _COUNTERS:
            getattr(self, name).update(getattr(more, name))
        self.conflicts += more.conflicts
        self.outcomes.update(more.outcomes)
        self.told += more.told

    def with_batch(self, more: Tally) -> dict[str, Any]:
        """The counts together with a batch's as plain values, for the import's row."""
        counts = {name: dict(getattr(self, name) + getattr(more, name)) for name in _COUNTERS}
        return {
            **counts,
            "conflicts": self.conflicts + more.conflicts,
            "told": [*self.told, *more.told],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Tally:
        """The counts of an import's row."""
        return cls(
            **{name: Counter(data.get(name, {})) for name in _COUNTERS},
            conflicts=int(data.get("conflicts", 0)),
            outcomes={one[0]: RowOutcome(*one) for one in data.get("told", ())},
            told=list(data.get("told", ())),
        )
