"""One batch of an import: the transaction, who imports, and what is counted in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.import_tally import Tally
from db.tables import audit, import_conflict
from db.transaction import Unit
from domain.permissions import Actor
from domain.phone import Number
from domain.rulebook import Rulebook

PlaceOf = Callable[[Number], str]
"""The region name of a number; it is slow to load, so that only the command line hands one over."""


@dataclass(slots=True)
class Batch:
    """What the writers of a batch share.

    Attributes:
        unit: the transaction.
        rulebook: the rules in force.
        actor: who imports.
        import_id: the import's row.
        kind: what kind of file is imported.
        source: the system that the file comes from; natural keys are its own.
        place_of: the region name of a number, where there is one to ask.
        tally: what was counted in this batch.
    """

    unit: Unit
    rulebook: Rulebook
    actor: Actor
    import_id: int
    kind: str
    source: str
    place_of: PlaceOf | None = None
    tally: Tally = field(default_factory=Tally)

    def conflict(self, kind: str, record_id: int, names: Sequence[str], row: int) -> None:
        """Lists fields that the file and the desk both changed; a person decides."""
        if not names:
            return
        self.tally.conflicts += len(names)
        self.unit.run(
            import_conflict.insert(),
            [
                {
                    "import_id": self.import_id,
                    "kind": kind,
                    "row_id": record_id,
                    "field": name,
                    "row_number": row,
                    "at": self.unit.now,
                }
                for name in names
            ],
        )

    def audit_all(self, action: str, subject: str, written: Mapping[int, Sequence[str]]) -> None:
        """Appends to the audit which fields of which records were written; never their values."""
        if written:
            self.unit.run(
                audit.insert(),
                [self._audited(action, subject, one, names) for one, names in written.items()],
            )

    def _audited(
        self, action: str, subject: str, record_id: int, names: Sequence[str]
    ) -> dict[str, Any]:
        return {
            "at": self.unit.now,
            "operator_id": self.actor.operator_id,
            "seat_id": self.actor.seat_id,
            "action": action,
            "subject": subject,
            "subject_id": record_id,
            "fields": list(names),
            "details": {"import": self.import_id},
        }
