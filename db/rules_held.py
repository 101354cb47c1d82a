"""Which files of rules hold now, and what they say; light enough for the start of a seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.release_rows import all_slots
from db.rule_state import rules_taken
from db.shop import shop_facts
from db.tables import content_file, content_release, release_file
from db.transaction import Unit
from domain.content_set import in_force

RULES: Final = "rules"
"""The kind of the files of rules."""


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """What holds now.

    Attributes:
        release: the release whose rules these are.
        digests: the version of each file of rules, by name.
        taken: whether the database's rows go by this release already.
    """

    release: str
    digests: Mapping[str, str]
    taken: bool


def rules_in_force(database: Database) -> RulesInForce | None:
    """Which files of rules hold now; none in a database without a release.

    The shop that they are about is taken up on the way.
    """

    def work(unit: Unit) -> RulesInForce | None:
        database.take_shop(shop_facts(unit))
        slot = in_force(all_slots(unit), unit.now)
        if slot is None:
            return None
        taken = rules_taken(unit)
        digests = digests_of(unit, slot.name)
        return RulesInForce(slot.name, digests, taken is not None and taken.content == slot.name)

    return database.read(work)


def rule_texts(database: Database, release: str) -> dict[str, str]:
    """The files of rules of a release, by name."""
    return database.read(lambda unit: _texts(unit, release))


def texts_in_force(database: Database) -> dict[str, str]:
    """The files of rules that hold now, by name; none in a database without a release."""

    def work(unit: Unit) -> dict[str, str]:
        slot = in_force(all_slots(unit), unit.now)
        return {} if slot is None else _texts(unit, slot.name)

    return database.read(work)


def _texts(unit: Unit, release: str) -> dict[str, str]:
    rows = unit.run(_files_of(release, content_file.c.name, content_file.c.source))
    return {row.name: row.source for row in rows}


def digests_of(unit: Unit, release: str) -> dict[str, str]:
    """The version of each file of rules of a release, by name; within a transaction."""
    rows = unit.run(_files_of(release, content_file.c.name, content_file.c.digest))
    return {row.name: row.digest for row in rows}


def _files_of(release: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .join(release_file, release_file.c.file_id == content_file.c.id)
        .join(content_release, content_release.c.id == release_file.c.release_id)
        .where(content_release.c.name == release, content_file.c.kind == RULES)
    )
