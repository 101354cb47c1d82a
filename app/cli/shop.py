"""`callback-desk db shop`: the country, clock and trade of the shop, for every seat."""

from __future__ import annotations

from app.cli.db import db
from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.opened import actor_for, opened
from domain.shop import FIELDS, Shop


@desk_command("shop", "database", "login", group=db)
@option("--country", metavar="CC", help="shop.option.country")
@option("--zone", metavar="ZONE", help="shop.option.zone")
@option("--trade", metavar="TRADE", help="shop.option.trade")
def shop(frame: Frame, country: str | None, zone: str | None, trade: str | None) -> Answer:
    """Say or set whose working days, which clock and which trade count."""
    from db.shop import set_shop, shop_of  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        if country is None and zone is None and trade is None:
            found = shop_of(database)
        else:
            actor = actor_for(frame, database)
            found = set_shop(database, actor, country=country, zone=zone, trade=trade)
    return Answer(plain_shop(found), shop_lines(frame, found))


def plain_shop(found: Shop) -> dict[str, object]:
    """The shop as JSON's own values, each field with who names it."""
    return {
        **{name: getattr(found, name) or None for name in FIELDS},
        "named_by": {name: found.source(name) for name in FIELDS},
    }


def shop_lines(frame: Frame, found: Shop) -> list[str]:
    """The shop for people: each field, and who names it."""
    return [
        frame.say(f"shop.{name}.{found.source(name)}", value=getattr(found, name))
        for name in FIELDS
    ]
