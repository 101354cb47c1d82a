"""Which rulebook the database's own rows go by: windows, campaigns, waiting callbacks.

A seat that has not heard of a change yet works on by its older rulebook for a moment. What it must
not do meanwhile is put rows back that follow the newer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from db.tables import desk_fact
from db.transaction import Unit

if TYPE_CHECKING:
    from domain.rulebook import Rulebook

_TAKEN: Final = "rules_in_force"
_BEGUN: Final = "content_begun"
_SET = sa.text(
    "INSERT INTO desk_fact (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class RulesTaken:
    """The rules that the rows go by: a rulebook's release, and the files' that it was read from."""

    rulebook: str
    content: str


def rules_taken(unit: Unit) -> RulesTaken | None:
    """The rules that the rows go by; none as long as nobody has taken any up."""
    value = _read(unit, _TAKEN)
    return RulesTaken(*value.split()) if value else None


def remember_rules(unit: Unit, taken: RulesTaken) -> None:
    """Lets the rows go by other rules from now on."""
    unit.run(_SET, {"name": _TAKEN, "value": f"{taken.rulebook} {taken.content}"})


def in_step(unit: Unit, rulebook: Rulebook) -> bool:
    """Whether the rows go by this rulebook, or by none that anybody has named."""
    taken = rules_taken(unit)
    return taken is None or taken.rulebook == rulebook.release


def has_begun(unit: Unit, release: str) -> bool:
    """Whether it has been told before that a release came into force; it is from now on."""
    if _read(unit, _BEGUN) == release:
        return True
    unit.run(_SET, {"name": _BEGUN, "value": release})
    return False


def _read(unit: Unit, name: str) -> str | None:
    value: str | None = unit.run(
        sa.select(desk_fact.c.value).where(desk_fact.c.name == name)
    ).scalar()
    return value
