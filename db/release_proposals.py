"""Shipped files of a newer program beside those that a lead has edited: a proposal each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.tables import content_file, content_proposal
from db.transaction import Unit
from domain.content_set import FileKey, NewFile, Version
from domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that nobody has decided on: its row, and the shipped version's row."""

    id: int
    file_id: int
    key: FileKey
    source: str
    at: datetime


def open_proposals(unit: Unit) -> tuple[OpenProposal, ...]:
    """The open proposals, by kind, name and language."""
    rows = unit.run(
        sa.select(
            content_proposal.c.id,
            content_proposal.c.file_id,
            content_proposal.c.at,
            content_file.c.kind,
            content_file.c.name,
            content_file.c.language,
            content_file.c.source,
        )
        .join(content_file, content_file.c.id == content_proposal.c.file_id)
        .where(content_proposal.c.settled_at.is_(None))
        .order_by(content_file.c.kind, content_file.c.name, content_file.c.language)
    )
    return tuple(
        OpenProposal(row.id, row.file_id, (row.kind, row.name, row.language), row.source, row.at)
        for row in rows
    )


def propose(unit: Unit, file_ids: Mapping[FileKey, int]) -> None:
    """Opens proposals of shipped versions; another one of the same file gives way.

    One that gave way comes back with its words; what a person has decided on stays decided.
    """
    wanted = list(file_ids.values())
    others = [one for one in open_proposals(unit) if one.key in file_ids]
    close(unit, None, [one.id for one in others if one.file_id not in wanted])
    unit.run(
        sa.update(content_proposal)
        .where(content_proposal.c.file_id.in_(wanted), content_proposal.c.operator_id.is_(None))
        .values(settled_at=None)
    )
    known = set(
        unit.run(
            sa.select(content_proposal.c.file_id).where(content_proposal.c.file_id.in_(wanted))
        ).scalars()
    )
    rows = [{"file_id": one, "at": unit.now} for one in wanted if one not in known]
    if rows:
        unit.run(content_proposal.insert(), rows)


def settle_taken(unit: Unit, actor: Actor, files: Sequence[NewFile]) -> None:
    """Closes the proposals whose words have just been published."""
    taken = {file.key: file.source for file in files}
    close(unit, actor, [one.id for one in open_proposals(unit) if taken.get(one.key) == one.source])


def close(unit: Unit, actor: Actor | None, proposals: Sequence[int]) -> None:
    """Notes that proposals are decided on, and by whom."""
    if proposals:
        unit.run(
            sa.update(content_proposal)
            .where(content_proposal.c.id.in_(proposals))
            .values(settled_at=unit.now, operator_id=actor.operator_id if actor else None)
        )


def newest_shipped(unit: Unit) -> dict[FileKey, Version]:
    """The newest shipped version of each file that the program ever shipped to this database."""
    newest = (
        sa.select(sa.func.max(content_file.c.id))
        .where(content_file.c.shipped)
        .group_by(content_file.c.kind, content_file.c.name, content_file.c.language)
    )
    rows = unit.run(
        sa.select(
            content_file.c.kind,
            content_file.c.name,
            content_file.c.language,
            content_file.c.digest,
            content_file.c.source,
        ).where(content_file.c.id.in_(newest))
    )
    return {
        (row.kind, row.name, row.language): Version(row.digest, row.source, shipped=True)
        for row in rows
    }
