"""The desk's own shop: its country, clock and trade, set once for every seat."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import desk_fact
from db.topics import CONTENT
from db.transaction import Unit
from domain.errors import InputError
from domain.permissions import Actor, require
from domain.shop import FIELDS, Shop, checked_country
from domain.zones import checked_zone

NO_TRADE: Final = "none"
"""What takes a trade back that was set."""
_FACT: Final = "shop_"
_SET: Final = sa.text(
    "INSERT INTO desk_fact (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def shop_in(unit: Unit, database: Database) -> Shop:
    """The shop in force, as the database has it at this moment; the rules go by it from now on."""
    database.take_shop(shop_facts(unit))
    return database.shop


def shop_facts(unit: Unit) -> Shop:
    """What was set for the desk of its shop, within a transaction."""
    names = [_FACT + name for name in FIELDS]
    rows = unit.run(
        sa.select(desk_fact.c.name, desk_fact.c.value).where(desk_fact.c.name.in_(names))
    )
    return Shop(**{row.name.removeprefix(_FACT): row.value for row in rows})


def shop_of(database: Database) -> Shop:
    """The shop in force: what the rules name, else what was set for the desk, else the machine's.

    Raises:
        StorageError: the database can't be reached or read.
    """
    return database.read(lambda unit: shop_in(unit, database))


def set_shop(
    database: Database,
    actor: Actor,
    *,
    country: str | None = None,
    zone: str | None = None,
    trade: str | None = None,
) -> Shop:
    """Sets the shop for every seat and returns the one in force; what is not given stays.

    Limits of cases that run keep the clock and the calendar with which they were told.

    Args:
        database: the database.
        actor: a lead.
        country: ISO 3166 code of two letters.
        zone: IANA zone.
        trade: one that a timer of the rules binds, or `none`.

    Raises:
        InputError: `shop_country_unknown`, `zone_unknown`, `trade_unknown`.
        RefusedError: `not_allowed`.
        StorageError: it can't be written.
    """
    given = checked_shop(database, country=country, zone=zone, trade=trade)

    def work(unit: Unit) -> Shop:
        require(actor, "shop.edit")
        keep_shop(unit, actor, given)
        return shop_in(unit, database)

    return database.write(work)


def checked_shop(
    database: Database, *, country: str | None, zone: str | None, trade: str | None
) -> dict[str, str]:
    """The fields that are given, checked and as they are stored.

    Raises:
        InputError: as `set_shop`.
    """
    given = {
        "country": None if country is None else checked_country(country),
        "zone": None if zone is None else checked_zone(zone),
        "trade": None if trade is None else _checked_trade(database, trade),
    }
    return {name: value for name, value in given.items() if value is not None}


def keep_shop(unit: Unit, actor: Actor, values: dict[str, str]) -> None:
    """Writes checked fields of the shop, and lets every seat know."""
    for name, value in values.items():
        unit.run(_SET, {"name": _FACT + name, "value": value})
        details = {"value": value}
        append_audit(unit, actor, "shop_set", "desk", None, fields=[name], details=details)
    if values:
        unit.move(CONTENT)


def trades_of(database: Database) -> tuple[str, ...]:
    """The trades that timers of the rules in force bind."""
    return tuple(
        sorted({one for timer in database.rulebook.timers for one in timer.binding.trades})
    )


def _checked_trade(database: Database, trade: str) -> str:
    known, word = trades_of(database), trade.strip().lower()
    if word == NO_TRADE:
        return ""
    if word not in known:
        raise InputError("trade_unknown", trade=trade[:40], known=", ".join([*known, NO_TRADE]))
    return word
