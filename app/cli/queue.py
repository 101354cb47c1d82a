"""`callback-desk queue`: the queue without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import INSTANT, SPAN, Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.calls import OpenCall
    from db.engine import Database
    from db.queue_list import Page, QueueRow, View
    from domain.permissions import Actor

queue = desk_group(
    "queue",
    {
        "deal-out": "app.cli.deal_out:deal_out",
        "reassign": "app.cli.queue_lead:reassign",
        "next-for": "app.cli.queue_lead:next_for",
        "free": "app.cli.queue_lead:free",
        "band": "app.cli.queue_lead:band",
        "reschedule": "app.cli.queue_lead:reschedule",
        "cancel": "app.cli.queue_lead:cancel",
        "steal": "app.cli.queue_lead:steal",
        "actions": "app.cli.queue_lead:actions",
        "undo-action": "app.cli.queue_lead:undo",
    },
)

VIEWS: Final = ("open", "mine", "pool", "check")
_FOR_PEOPLE: Final = 50
_FOR_PROGRAMS: Final = 10_000


@desk_command("list", "database", "login", "now", group=queue)
@option("--view", type=click.Choice(VIEWS), default="open", help="cli.queue.option.view")
@option("--limit", type=click.IntRange(1), help="cli.queue.option.limit")
def list_(frame: Frame, view: View, limit: int | None) -> Answer:
    """List callbacks in the order in which they are worked."""
    from db.queue_counts import EXACT, counts  # noqa: PLC0415 - the help page needs no database

    wanted = limit or (_FOR_PROGRAMS if frame.as_json else _FOR_PEOPLE)
    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        figures = counts(database, actor, EXACT)
        rows: list[QueueRow] = []
        more = False
        for page in _pages(database, actor, view, wanted):
            rows += page.rows
            more = page.more_after
    data = {
        "callbacks": [_plain_row(frame, row) for row in rows],
        "more": more,
        "counts": {name: getattr(figures, name) for name in figures.__slots__},
    }
    summary = frame.say(
        "cli.queue.summary", due=figures.due, callable=figures.callable, closed=figures.closed
    )
    heading = [frame.say(f"cli.queue.head.{name}") for name in _COLUMNS]
    table = aligned([heading, *(_cells(frame, row) for row in rows)]) if rows else []
    lines = [*table, frame.say("cli.queue.more")] if more else table
    return Answer(data, [*lines, summary])


@desk_command("why", "database", "login", "now", group=queue)
@click.argument("callback_id", type=int, metavar="ID")
def why(frame: Frame, callback_id: int) -> Answer:
    """Explain why a callback stands where it stands and what stops it now."""
    from db.why import why as explain  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = explain(database, actor_for(frame, database), callback_id)
    order = [frame.say_here(said) for said in found.order]
    blocks = [
        {"said": frame.say_here(block.said), "clears_at": iso(block.clears_at)}
        for block in found.blocks
    ]
    data = {
        "callback_id": callback_id,
        "state": found.state,
        "callable": found.callable_now,
        "order": order,
        "blocks": blocks,
        "clears_at": iso(found.clears_at),
    }
    verdict = frame.say("cli.queue.may_be_called" if found.callable_now else "cli.queue.stopped")
    clears = [frame.say("cli.queue.clears", at=frame.clock(found.clears_at))]
    return Answer(
        data,
        [
            *order,
            verdict,
            *(f"  {block['said']}" for block in blocks),
            *(clears if found.clears_at else []),
        ],
    )


@desk_command("claim", "database", "login", "now", group=queue)
@option("--lease", type=SPAN, help="cli.queue.option.lease")
def claim(frame: Frame, lease: timedelta | None) -> Answer:
    """Take the next callback; a repeat gives the same one until it is finished or released."""
    from db.calls import show_call  # noqa: PLC0415 - the help page needs no database
    from db.queue import claim_next  # noqa: PLC0415
    from db.seats import open_seat  # noqa: PLC0415

    with opened(frame, keep_house=True) as database:
        seat = open_seat(database, frame.login, kind="headless", lease=lease)
        claimed = claim_next(database, seat.actor)
        if claimed.taken is None:
            reasons = claimed.empty.reasons if claimed.empty else ()
            next_at = claimed.empty.next_at if claimed.empty else None
            why_empty = [frame.say_here(said) for said in reasons]
            return Answer(
                {"callback_id": None, "why": why_empty, "next_at": iso(next_at)}, why_empty
            )
        shown = show_call(database, seat.actor, claimed.taken.call_id)
    data = {
        "callback_id": claimed.taken.callback_id,
        "call_id": claimed.taken.call_id,
        "fence": claimed.taken.fence,
        "resumed": claimed.taken.resumed,
        **_plain_call(shown),
    }
    return Answer(data, list(_call_lines(frame, shown)))


@desk_command("release", "database", "login", "now", group=queue)
@click.argument("callback_id", type=int, metavar="[ID]", required=False)
def release(frame: Frame, callback_id: int | None) -> Answer:
    """Give a callback back undialled: the one named, else the open call's of the operator."""
    from db.claimers import claimer_of_callback  # noqa: PLC0415 - the help page needs no database
    from db.queue import release as give_back  # noqa: PLC0415

    with opened(frame) as database:
        if callback_id is not None and frame.named_login is None:
            actor = claimer_of_callback(database, callback_id)
        else:
            actor = actor_for(frame, database)
        freed = give_back(database, actor, callback_id=callback_id)
    numbers = ", ".join(map(str, freed))
    return Answer({"released": list(freed)}, [frame.say("cli.queue.released", ids=numbers)])


@desk_command("override", "database", "login", "now", group=queue)
@click.argument("callback_id", type=int, metavar="ID")
@option("--reason", required=True, help="caps.option.reason")
@option("--until", type=INSTANT, help="caps.option.until")
def override(frame: Frame, callback_id: int, reason: str, until: datetime | None) -> Answer:
    """Set caps aside for one attempt: those of the house as a lead, those of law as an admin."""
    from db.cap_overrides import override_caps  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        done = override_caps(database, actor_for(frame, database), callback_id, reason, until)
        names = [cap.name for cap in database.rulebook.caps.caps if cap.code in done.caps]
    data = {
        "callback_id": callback_id,
        "state": done.state,
        "ready_at": iso(done.ready_at),
        "caps": list(done.caps),
        "until": iso(until),
    }
    rules = "; ".join(name.of(frame.language) for name in names)
    told = [frame.say("caps.overridden", id=callback_id, rules=rules)]
    if done.state == "scheduled":
        told.append(frame.say("cli.queue.clears", at=frame.clock(done.ready_at)))
    return Answer(data, told)


@desk_command("overrides", "database", "login", "now", group=queue)
@option("--revoke", type=int, metavar="ID", help="caps.option.revoke")
def overrides(frame: Frame, revoke: int | None) -> Answer:
    """List the caps that are set aside, or take one override back."""
    from db.cap_overrides import (  # noqa: PLC0415 - the help page needs no database
        overrides_in_force,
        revoke_override,
    )

    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        if revoke is not None:
            revoke_override(database, actor, revoke)
            return Answer({"revoked": revoke}, [frame.say("caps.revoked")])
        found = overrides_in_force(database, actor)
        names = {cap.code: cap.name.of(frame.language) for cap in database.rulebook.caps.caps}
    data = {"overrides": [plain(frame, one) for one in found]}
    if not found:
        return Answer(data, [frame.say("caps.none")])
    columns = ("id", "callback", "customer", "rules", "name", "until", "reason")
    heading = [frame.say(f"caps.head.{name}") for name in columns]
    rows = [
        [
            str(one.id),
            str(one.callback_id),
            f"{one.person_id} {one.person}",
            ", ".join(names.get(code, code) for code in one.caps),
            one.name,
            frame.clock(one.until) if one.until else frame.say("caps.until_attempt"),
            one.reason,
        ]
        for one in found
    ]
    return Answer(data, aligned([heading, *rows]))


@desk_command("reopen", "database", "login", "now", group=queue)
@click.argument("callback_id", type=int, metavar="ID")
@option("--at", "spoken", metavar="TEXT", help="cli.queue.option.reopen_at")
def reopen(frame: Frame, callback_id: int, spoken: str | None) -> Answer:
    """Put a callback that is over back in the queue, as a lead; what came of it stays."""
    from db.reopening import reopen as open_again  # noqa: PLC0415 - the help page needs no database
    from domain.when import understand  # noqa: PLC0415

    with opened(frame) as database:
        at = None
        if spoken:
            mine = frame.settings.my_zone
            now = database.read(lambda unit: unit.now)
            at = understand(spoken, now=now, zone=mine, my_zone=mine).at
        state = open_again(database, actor_for(frame, database), callback_id, at=at)
    data = {"callback_id": callback_id, "state": state, "at": iso(at)}
    lines = [frame.say(f"cli.queue.reopened.{state}", id=callback_id)]
    if at is not None:
        lines.append(frame.say("cli.call.next", at=frame.clock(at)))
    return Answer(data, lines)


_COLUMNS: Final = ("id", "band", "due", "name", "number", "campaign", "now", "note")


def _pages(database: Database, actor: Actor, view: View, wanted: int) -> Iterator[Page]:
    from db.queue_list import PAGE, page  # noqa: PLC0415 - the help page needs no database

    after, left = None, wanted
    while left > 0:
        found = page(database, actor, view, after=after, limit=min(left, PAGE))
        yield found
        if not found.more_after or not found.rows:
            return
        after, left = found.rows[-1].place, left - len(found.rows)


def _plain_row(frame: Frame, row: QueueRow) -> Mapping[str, object]:
    return {
        "id": row.id,
        "state": row.state,
        "band": row.band,
        "due_at": iso(row.due_at),
        "person_id": row.person_id,
        "person": row.name,
        "number": row.masked,
        "campaign": _campaign(frame, row),
        "zone": row.zone,
        "callable": row.callable,
        "opens_at": iso(row.opens_at),
        "promised": row.promised,
        "mine": row.mine,
        "owner": row.owner,
        "claimed_by": row.claimed_by,
        "note": row.note,
        "priority": row.priority,
        "attempts": row.attempts,
        "last_outcome": row.last_outcome,
    }


def _cells(frame: Frame, row: QueueRow) -> list[str]:
    if row.claimed_by is not None:
        now = frame.say(f"cli.queue.hand.{row.state}", name=row.claimed_by)
    elif row.callable:
        now = frame.say("cli.queue.open" if row.state == "due" else "cli.queue.later")
    else:
        now = frame.say("cli.queue.opens", at=frame.clock(row.opens_at))
    note = (row.note or "").replace("\n", " ")
    return [
        str(row.id),
        str(row.band),
        frame.clock(row.due_at),
        row.name,
        row.masked,
        _campaign(frame, row),
        now,
        note,
    ]


def _campaign(frame: Frame, row: QueueRow) -> str:
    return row.campaign_zh if frame.language == "zh" else row.campaign_en


def _plain_call(shown: OpenCall) -> dict[str, object]:
    first = shown.callbacks[0]
    dial = next((line for line in shown.card.phones if line.phone_id == shown.phone_id), None)
    return {
        "person_id": shown.card.person_id,
        "person": shown.card.name,
        "number": dial.e164 if dial else None,
        "extension": dial.extension if dial else "",
        "campaign": first.campaign_code,
        "due_at": iso(first.due_at),
        "promised": first.promised,
        "note": first.note,
        "attempts": first.attempts,
        "zones": list(shown.zones),
        "playbook": shown.playbook,
        "survey": shown.survey,
        "callbacks": [line.id for line in shown.callbacks],
        "draft": dict(shown.draft),
    }


def _call_lines(frame: Frame, shown: OpenCall) -> Iterator[str]:
    plain = _plain_call(shown)
    yield frame.say("cli.queue.claimed", call=shown.call_id, fence=shown.fence)
    names = ("person", "number", "campaign", "due", "zones", "note")
    values = {
        **plain,
        "due": frame.clock(shown.callbacks[0].due_at),
        "campaign": shown.callbacks[0].campaign_zh
        if frame.language == "zh"
        else shown.callbacks[0].campaign_en,
        "zones": ", ".join(shown.zones) or "–",
        "number": f"{plain['number'] or '–'} {plain['extension']}".strip(),
    }
    rows = [[frame.say(f"cli.queue.call.{name}"), str(values[name] or "–")] for name in names]
    yield from aligned(rows)
