"""`callback-desk customer`: finding and showing customers, handing out and erasing their data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened

if TYPE_CHECKING:
    from db.customer_search import CustomerHit

customer = desk_group("customer")


@desk_command("search", "database", "login", "now", group=customer)
@click.argument("text")
@option("--limit", type=click.IntRange(1, 500), default=50, help="cli.customer.option.limit")
def search(frame: Frame, text: str, limit: int) -> Answer:
    """Find customers by name, sound, plate or number; numbers are masked."""
    from db.customer_search import search as find  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = find(database, actor_for(frame, database), text, limit)
    if not found:
        return Answer({"customers": []}, [frame.say("cli.customer.nobody")])
    heading = [frame.say(f"cli.customer.head.{name}") for name in ("id", "name", "number", "asset")]
    heading += [frame.say("cli.customer.head.open"), frame.say("cli.customer.head.matched")]
    rows = [
        [
            str(hit.person_id),
            hit.name,
            hit.masked,
            " ".join(filter(None, (hit.plate, hit.model))),
            str(hit.open_callbacks),
            frame.say_here(hit.matched),
        ]
        for hit in found
    ]
    return Answer({"customers": [_plain(frame, hit) for hit in found]}, aligned([heading, *rows]))


def _plain(frame: Frame, hit: CustomerHit) -> dict[str, object]:
    return {
        "person_id": hit.person_id,
        "name": hit.name,
        "salutation": hit.salutation,
        "number": hit.masked,
        "plate": hit.plate,
        "model": hit.model,
        "open_callbacks": hit.open_callbacks,
        "last_call": iso(hit.last_call),
        "matched": frame.say_here(hit.matched),
        "closed": hit.closed,
    }
