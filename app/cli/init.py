"""`callback-desk init`: the database, its tables, the first operator, and the shop."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.operator import as_plain
from app.cli.shop import plain_shop, shop_lines


@desk_command("init", "database", "login")
@option("--practice", is_flag=True, help="cli.init.option.practice")
@option("--name", default="", help="cli.init.option.name")
@option("--region", metavar="CC", help="shop.option.country")
@option("--zone", metavar="ZONE", help="shop.option.zone")
@option("--trade", metavar="TRADE", help="shop.option.trade")
def init(
    frame: Frame,
    practice: bool,
    name: str,
    region: str | None,
    zone: str | None,
    trade: str | None,
) -> Answer:
    """Make the tables and the first operator, an admin, and say whose days and clock count."""
    from app.machine_shop import country_at, machine_shop, told_zone  # noqa: PLC0415
    from content.rulebook import load_shipped  # noqa: PLC0415 - the help page needs no database
    from db.engine import open_database  # noqa: PLC0415
    from db.operators import actor_of, initialise  # noqa: PLC0415
    from db.schema import create  # noqa: PLC0415
    from db.shop import checked_shop, set_shop  # noqa: PLC0415
    from screens.scripts import take_shipped_in  # noqa: PLC0415

    url, settings = frame.database(practice=practice), frame.settings
    clock = zone or told_zone(settings)
    database = open_database(
        url,
        rulebook=load_shipped(),
        machine=lambda: machine_shop(settings),
        must_exist=False,
    )
    try:
        country = region or country_at(settings, clock)
        given = {"country": country or None, "zone": clock or None, "trade": trade}
        # What is refused is refused before anything is made.
        checked_shop(database, **given)
        create(database)
        made = initialise(
            database,
            login=frame.login,
            name=name or frame.login,
            language=frame.language,
            practice=practice,
        )
        take_shipped_in(database)
        shop = set_shop(database, actor_of(database, made.login), **given)
        where = database.place.shown
    finally:
        database.close()
    lines = [
        frame.say("cli.init.made.practice" if practice else "cli.init.made", database=where),
        frame.say("cli.init.operator", login=made.login),
        *shop_lines(frame, shop),
        frame.say("cli.init.next"),
    ]
    data = {"database": where, "practice": practice, "operator": as_plain(made)}
    return Answer({**data, "shop": plain_shop(shop)}, lines)
