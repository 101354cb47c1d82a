"""Do-not-call and consent as files bring them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from db.import_batch import Batch
from db.import_memory import pieces
from db.stops import add_stop
from db.tables import consent, do_not_call
from domain.record.rows import Stop

REASONS: Final[Mapping[Stop, str]] = {"marked": "file", "note": "note"}
_ANY: Final = "any"


def add_stops(batch: Batch, person_id: int, phone_ids: Sequence[int], stop: Stop) -> None:
    """Puts a stop on a person and on the numbers of its row, where there is none yet."""
    stopped_persons, stopped_phones = standing_stops(batch, [person_id], phone_ids)
    reason = REASONS[stop]
    if person_id not in stopped_persons:
        add_stop(
            batch.unit, batch.actor, person_id=person_id, phone_id=None, reason=reason,
            source=batch.source,
        )  # fmt: skip
    for phone_id in phone_ids:
        if phone_id not in stopped_phones:
            add_stop(
                batch.unit, batch.actor, person_id=None, phone_id=phone_id, reason=reason,
                source=batch.source,
            )  # fmt: skip


def standing_stops(
    batch: Batch,
    persons: Collection[int],
    phones: Collection[int],
    purposes: Collection[str] = (),
) -> tuple[set[int], set[int]]:
    """Those of the persons and numbers that must not be called: at all, or for the purposes."""
    columns = do_not_call.c
    standing = (
        columns.purpose.in_((_ANY, *purposes)),
        columns.lifted_at.is_(None),
        sa.or_(columns.expires_at.is_(None), columns.expires_at > batch.unit.now),
    )
    found: list[set[int]] = []
    for column, values in ((columns.person_id, persons), (columns.phone_id, phones)):
        stopped: set[int] = set()
        for some in pieces(sorted(set(values))):
            stopped |= set(
                batch.unit.run(sa.select(column).where(column.in_(some), *standing)).scalars()
            )
        found.append(stopped)
    return found[0], found[1]


def add_consents(batch: Batch, given: Mapping[int, bool]) -> None:
    """Keeps leave that was given or refused; an older word of the same person ends."""
    if not given:
        return
    columns = consent.c
    for some in pieces(sorted(given)):
        batch.unit.run(
            sa.update(consent)
            .where(columns.person_id.in_(some), columns.until.is_(None), columns.purpose == _ANY)
            .values(until=batch.unit.now)
        )
    batch.unit.run(consent.insert(), [_consent(batch, who, word) for who, word in given.items()])


def _consent(batch: Batch, person_id: int, granted: bool) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "purpose": _ANY,
        "granted": granted,
        "evidence": f"import {batch.import_id}",
        "since": batch.unit.now,
    }
