"""`callback-desk campaign`: kinds of callbacks, paused and let go on."""

from __future__ import annotations

from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened

campaign = desk_group("campaign")


@desk_command("list", "database", "login", "now", group=campaign)
def list_(frame: Frame) -> Answer:
    """List the kinds of callbacks, how many of each are due, and which are paused."""
    from db.lead_campaigns import list_campaigns  # noqa: PLC0415 - the help page needs no database

    with opened(frame, keep_house=True) as database:
        found = list_campaigns(database, actor_for(frame, database))
    zh = frame.language == "zh"
    rows = [[frame.say(f"lead_cli.head.{name}") for name in ("code", "campaign", "n", "state")]]
    plain = []
    for one in found:
        state = "paused" if one.paused_at else "on" if one.active else "off"
        rows.append(
            [
                one.code,
                one.name_zh if zh else one.name_en,
                str(one.due),
                frame.say(f"lead_cli.campaign.state.{state}", at=frame.clock(one.paused_at)),
            ]
        )
        plain.append(
            {
                "code": one.code,
                "name": one.name_zh if zh else one.name_en,
                "due": one.due,
                "active": one.active,
                "paused_at": iso(one.paused_at),
            }
        )
    return Answer({"campaigns": plain}, aligned(rows))


@desk_command("pause", "database", "login", "now", group=campaign)
@click.argument("code", metavar="CODE")
@option("--reason", metavar="TEXT", help="lead_cli.option.reason")
def pause(frame: Frame, code: str, reason: str | None) -> Answer:
    """Pause a kind of callback: nobody gets one of it until it goes on."""
    return _switch(frame, code, reason, paused=True)


@desk_command("resume", "database", "login", "now", group=campaign)
@click.argument("code", metavar="CODE")
@option("--reason", metavar="TEXT", help="lead_cli.option.reason")
def resume(frame: Frame, code: str, reason: str | None) -> Answer:
    """Let a kind of callback go on that was paused."""
    return _switch(frame, code, reason, paused=False)


def _switch(frame: Frame, code: str, reason: str | None, *, paused: bool) -> Answer:
    from db.lead_campaigns import pause_campaign  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        changed = pause_campaign(database, actor, code, uuid4().hex, paused=paused, reason=reason)
    key = ("paused" if paused else "resumed") if changed else "as_it_was"
    told = frame.say(f"lead_cli.campaign.{key}", code=code)
    return Answer({"campaign": code, "paused": paused, "changed": changed}, [told])
