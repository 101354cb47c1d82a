"""Rows of law that a newer program brought since somebody was last at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.engine import Database
from db.tables import content_release, seat
from db.transaction import Unit
from domain.permissions import Actor, allowed


@dataclass(frozen=True, slots=True)
class LawNews:
    """What changed in law.

    Attributes:
        release: the version that brought it.
        at: when it came (UTC).
        rows: places, purposes and caps, in few words that need no language.
    """

    release: str
    at: datetime
    rows: str


def law_news(database: Database, actor: Actor) -> LawNews | None:
    """The last change of law that came with a program since the actor sat down before.

    None where there is none, for whoever is no lead, and at somebody's first start.
    """

    def work(unit: Unit) -> LawNews | None:
        before = unit.run(
            sa.select(sa.func.max(seat.c.started_at)).where(
                seat.c.operator_id == actor.operator_id,
                seat.c.id != (actor.seat_id or 0),
                seat.c.kind != "headless",
            )
        ).scalar()
        if before is None:
            return None
        release = content_release.c
        found = unit.run(
            sa.select(release.name, release.created_at, release.note)
            .where(
                release.operator_id.is_(None),
                release.note.is_not(None),
                release.note != "",
                release.created_at > before,
                release.in_force_from <= unit.now,
            )
            .order_by(release.id.desc())
            .limit(1)
        ).first()
        return None if found is None else LawNews(*found)

    return database.read(work) if allowed(actor.role, "playbooks.publish") else None
