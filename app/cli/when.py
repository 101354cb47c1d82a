"""`when TEXT`: how a due time is understood, without a screen."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from content.translations import say
from domain.when import understand


@desk_command("when")
@click.argument("text")
@option("--zone", required=True, metavar="ZONE", help="when.option.zone")
@option("--my-zone", metavar="ZONE", help="when.option.my_zone")
@option("--now", type=INSTANT, help="when.option.now")
def when(frame: Frame, text: str, zone: str, my_zone: str | None, now: datetime | None) -> Answer:
    """Answers `at` on the customer's clock, `utc`, `understood` in the caller's language."""
    mine = my_zone or frame.settings.my_zone
    found = understand(text, now=now or datetime.now(UTC), zone=zone, my_zone=mine)
    understood = say(frame.language, found.understood)
    assumptions = [say(frame.language, said) for said in found.assumptions]
    data = {
        "at": found.local.isoformat(),
        "utc": found.at.isoformat().replace("+00:00", "Z"),
        "understood": understood,
        "kind": found.kind.value,
        "zone": found.zone,
        "assumptions": assumptions,
    }
    return Answer(data, [understood, *assumptions, found.local.isoformat()])
