"""`callback-desk queue reassign|next-for|band|reschedule|cancel|steal|actions|undo-action`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, desk_command, iso, option
from app.cli.lead_choice import act, how, people, person, spoken_time, which
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.queue import queue
from domain.lead import Deed, DeedKind

if TYPE_CHECKING:
    from db.engine import Database


@desk_command("reassign", "database", "login", "now", group=queue)
@which
@option("--to", required=True, metavar="WHO", help="lead_cli.option.to")
@how
def reassign(
    frame: Frame, to: str, reason: str | None, dry_run: bool, yes: bool, **given: Any
) -> Answer:
    """Give waiting callbacks to an operator, a team or the pool."""

    def make(database: Database) -> Deed:
        found, team = people(database, to)
        return Deed(DeedKind.REASSIGN, to=found, team=team)

    return act(frame, make, given, reason=reason, dry_run=dry_run, yes=yes)


@desk_command("next-for", "database", "login", "now", group=queue)
@click.argument("who", metavar="LOGIN")
@click.argument("callback_id", type=int, metavar="ID")
@how
def next_for(
    frame: Frame, who: str, callback_id: int, reason: str | None, dry_run: bool, yes: bool
) -> Answer:
    """Put a callback before an operator as the next one."""

    def make(database: Database) -> Deed:
        return Deed(DeedKind.NEXT_FOR, to=(person(database, who),))

    return act(frame, make, _only(callback_id), reason=reason, dry_run=dry_run, yes=yes)


@desk_command("free", "database", "login", "now", group=queue)
@which
@how
def free(frame: Frame, reason: str | None, dry_run: bool, yes: bool, **given: Any) -> Answer:
    """Give callbacks back to everybody: personal ones, and claimed ones that were not dialled."""
    return act(
        frame, lambda _: Deed(DeedKind.RELEASE), given, reason=reason, dry_run=dry_run, yes=yes
    )


@desk_command("band", "database", "login", "now", group=queue)
@which
@option("--to", "band", required=True, type=int, metavar="BAND", help="lead_cli.option.band")
@how
def band(
    frame: Frame, band: int, reason: str | None, dry_run: bool, yes: bool, **given: Any
) -> Answer:
    """Put waiting callbacks into another band."""
    return act(
        frame, lambda _: Deed(DeedKind.BAND, band=band), given,
        reason=reason, dry_run=dry_run, yes=yes,
    )  # fmt: skip


@desk_command("reschedule", "database", "login", "now", group=queue)
@which
@option("--at", "at", required=True, metavar="TEXT", help="lead_cli.option.at")
@how
def reschedule(
    frame: Frame, at: str, reason: str | None, dry_run: bool, yes: bool, **given: Any
) -> Answer:
    """Move waiting callbacks to another time, typed as it is said."""

    def make(database: Database) -> Deed:
        return Deed(DeedKind.RESCHEDULE, at=spoken_time(frame, database, at))

    return act(frame, make, given, reason=reason, dry_run=dry_run, yes=yes)


@desk_command("cancel", "database", "login", "now", group=queue)
@which
@how
def cancel(frame: Frame, reason: str | None, dry_run: bool, yes: bool, **given: Any) -> Answer:
    """Cancel waiting callbacks, with the reason."""
    return act(
        frame, lambda _: Deed(DeedKind.CANCEL), given, reason=reason, dry_run=dry_run, yes=yes
    )


@desk_command("steal", "database", "login", "now", group=queue)
@click.argument("callback_id", type=int, metavar="ID")
@option("--reason", metavar="TEXT", help="lead_cli.option.reason")
@option("--yes", is_flag=True, help="lead_cli.option.yes")
def steal(frame: Frame, callback_id: int, reason: str | None, yes: bool) -> Answer:
    """Take a stuck call out of an operator's hands; it waits for a word whether it was made."""
    from db.lead_claims import steal as take  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        if not yes and not frame.confirm("lead_cli.sure_steal", id=callback_id):
            return Answer({"stolen": None}, [frame.say("lead_cli.not_done")])
        done = take(database, actor, callback_id, uuid4().hex, reason)
    data = {
        "callback_id": callback_id,
        "call_id": done.call_id,
        "state": done.state,
        "fence": done.fence,
        "action": done.action_id,
    }
    return Answer(data, [frame.say("lead_cli.stolen", id=callback_id, fence=done.fence)])


@desk_command("actions", "database", "login", "now", group=queue)
@option("--mine", is_flag=True, help="lead_cli.option.mine")
@option("--limit", type=click.IntRange(1, 1000), default=20, help="cli.queue.option.limit")
def actions(frame: Frame, mine: bool, limit: int) -> Answer:
    """List what leads did to the work of others, the newest first."""
    from db.lead_record import list_actions  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = list_actions(database, actor_for(frame, database), mine=mine, limit=limit)
    plain = [
        {
            "id": one.id,
            "kind": one.kind,
            "at": iso(one.at),
            "by": one.by,
            "count": one.count,
            "reason": one.reason,
            "undone_at": iso(one.undone_at),
            "undoable": one.undoable,
        }
        for one in found
    ]
    names = ("action", "at", "by", "kind", "count", "reason", "undone")
    rows = [[frame.say(f"lead_cli.head.{name}") for name in names]]
    rows += [
        [
            str(one.id),
            frame.clock(one.at),
            one.by,
            frame.say(f"lead.kind.{one.kind}"),
            str(one.count),
            one.reason or "",
            frame.clock(one.undone_at) if one.undone_at else "",
        ]
        for one in found
    ]
    none = [frame.say("lead_cli.no_actions")]
    return Answer({"actions": plain}, aligned(rows) if found else none)


@desk_command("undo-action", "database", "login", "now", group=queue)
@click.argument("action_id", type=int, metavar="[ACTION]", required=False)
def undo(frame: Frame, action_id: int | None) -> Answer:
    """Take a lead's action back: the one named, else one's own last."""
    from db.lead_record import last_action  # noqa: PLC0415 - the help page needs no database
    from db.lead_undo import undo_action  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        if action_id is None:
            last = last_action(database, actor)
            if last is None:
                return Answer({"action": None}, [frame.say("lead.nothing_to_undo")], 1)
            action_id = last.id
        done = undo_action(database, actor, action_id, uuid4().hex)
    left = [{"callback_id": one.callback_id, "why": frame.say_here(one.why)} for one in done.left]
    lines = [frame.say("lead_cli.undone", action=done.action_id, n=done.restored)]
    lines += [f"  {one['callback_id']} {one['why']}" for one in left]
    return Answer({"action": done.action_id, "restored": done.restored, "left": left}, lines)


def _only(callback_id: int) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("whose", "owner", "team", "campaign", "due_from", "due_before", "tier")
    )
    return {
        **nothing, "ids": (callback_id,), "pool": False, "bands": (), "states": (),
        "overdue": False,
    }  # fmt: skip
