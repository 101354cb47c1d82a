"""The shop's clock, whether the care plan runs by itself, and when it last ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, cast, get_args

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.shop import keep_shop, shop_in, shop_of
from db.tables import care_pass, desk_fact, operator
from db.transaction import Unit
from domain.errors import InputError
from domain.permissions import Actor, require
from domain.said import Said
from domain.shop import Shop
from domain.zones import checked_zone

Auto = Literal["on", "off", "level"]
"""Whether the plan runs by itself; with `level` calls that can wait go to days with room."""
AUTO: Final[tuple[Auto, ...]] = get_args(Auto)

_AUTO: Final = "care_auto"
_PRACTICE: Final = "practice"
_SET: Final = sa.text(
    "INSERT INTO desk_fact (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run of the plan.

    Attributes:
        day: for which day, on the shop's clock.
        by_itself: whether the desk ran it, and not a person.
        operator: the name of who ran it, or at whose seat it ran; none where it is not known.
        begun_at: when it began (UTC).
        finished_at: when it was through (UTC); none while it is under way or was cut off.
        customers: how many were looked at.
        made: callbacks made.
        merged: planned calls for which others stand.
        left_out: calls that must not be made.
    """

    day: date
    by_itself: bool
    operator: str | None
    begun_at: datetime
    finished_at: datetime | None
    customers: int
    made: int
    merged: int
    left_out: int

    @property
    def said(self) -> Said:
        """What came of it, for people."""
        kind = "auto" if self.by_itself else "hand"
        words = {"at": self.begun_at, "name": self.operator or "–", "customers": self.customers}
        counts = {"made": self.made, "merged": self.merged, "left": self.left_out}
        if self.finished_at is None:
            kind = "under_way"
        return Said(f"care.last.{kind}", {**words, **counts})


@dataclass(frozen=True, slots=True)
class CareSettings:
    """What leads set for the plan, and its last run.

    Attributes:
        shop: the shop in force.
        auto: whether the plan runs by itself.
        last: the last run; none where there was none.
    """

    shop: Shop
    auto: Auto
    last: LastRun | None

    @property
    def zone(self) -> str | None:
        """The shop's clock (IANA name); none where nobody has named it."""
        return _named(self.shop)

    def said(self) -> tuple[Said, ...]:
        """What is set and what the last run made, for people."""
        key = "care.zone" if self.zone else "care.zone_unset"
        zone = Said(key, {"zone": self.shop.zone})
        last = self.last.said if self.last else Said("care.last.never")
        return Said(f"care.auto.{self.auto}"), zone, last


def care_settings(database: Database) -> CareSettings:
    """What is set for the care plan."""
    return database.read(lambda unit: settings_in(unit, database))


def settings_in(unit: Unit, database: Database) -> CareSettings:
    """What is set for the care plan, within a transaction on the database."""
    names = (_AUTO, _PRACTICE)
    facts = {
        row.name: row.value
        for row in unit.run(
            sa.select(desk_fact.c.name, desk_fact.c.value).where(desk_fact.c.name.in_(names))
        )
    }
    shop = shop_in(unit, database)
    zone = _named(shop)
    # Where nobody has named the shop's clock, nobody knows when its day begins.
    usual: Auto = "on" if zone and facts.get(_PRACTICE) != "yes" else "off"
    auto = cast("Auto", facts.get(_AUTO, usual)) if zone else "off"
    return CareSettings(shop, auto, _last(unit))


def shop_zone(database: Database) -> str:
    """The shop's clock (IANA name); the machine's own where nobody has named it."""
    return shop_of(database).zone


def set_care(
    database: Database, actor: Actor, *, zone: str | None = None, auto: str | None = None
) -> CareSettings:
    """Names the shop's clock or says whether the plan runs by itself; what is not given stays.

    Raises:
        InputError: `zone_unknown`, `care_auto_unknown`; `care_auto_without_zone` where the plan
            shall run by itself and nobody has named the shop's clock.
        RefusedError: `not_allowed`.
    """
    if zone is not None:
        checked_zone(zone)
    if auto is not None and auto not in AUTO:
        raise InputError("care_auto_unknown", auto=auto[:40], known=", ".join(AUTO))

    def work(unit: Unit) -> CareSettings:
        require(actor, "care.run")
        known = settings_in(unit, database)
        if auto not in (None, "off") and (zone or known.zone) is None:
            raise InputError("care_auto_without_zone")
        if zone is not None:
            require(actor, "shop.edit")
            keep_shop(unit, actor, {"zone": zone})
        if auto is not None:
            unit.run(_SET, {"name": _AUTO, "value": auto})
            details = {"value": auto}
            append_audit(unit, actor, "care_set", "desk", None, fields=[_AUTO], details=details)
        return settings_in(unit, database)

    return database.write(work)


def _named(shop: Shop) -> str | None:
    return None if shop.source("zone") == "machine" else shop.zone or None


def _last(unit: Unit) -> LastRun | None:
    columns = care_pass.c
    row = unit.run(
        sa.select(care_pass, operator.c.name.label("operator"))
        .outerjoin(operator, operator.c.id == columns.operator_id)
        .order_by(columns.begun_at.desc(), columns.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return LastRun(
        day=row.day,
        by_itself=row.kind == "auto",
        operator=row.operator,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        customers=row.customers,
        made=row.made,
        merged=row.merged,
        left_out=sum(row.left_out.values()),
    )
