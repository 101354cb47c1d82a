"""`callback-desk promise`: what we owe our customers, its story, and the rate kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, iso, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.playbook_phrases import DayType
from app.cli.promised import OWED, due_text, left_text
from content.promise_words import promised_text, step_said
from domain.promise import Evidence, EvidenceKind

if TYPE_CHECKING:
    from db.promise_ledger import PromiseFile, PromiseRow, View
    from db.promise_rates import GroupRate
    from domain.promise_rate import KeptRate

promise = desk_group("promise")

_PERIOD: Final = timedelta(days=30)


@desk_command("list", "database", "login", "now", group=promise)
@option("--open", "view", flag_value="open", help="promise.option.open")
@option("--broken", "view", flag_value="broken", help="promise.option.broken")
@option("--kept", "view", flag_value="kept", help="promise.option.kept")
@option("--late", "view", flag_value="late", help="promise.option.late")
@option("--withdrawn", "view", flag_value="withdrawn", help="promise.option.withdrawn")
@option("--all", "view", flag_value="all", help="promise.option.all")
@option("--owner", metavar="LOGIN", help="promise.option.owner")
@option("--person", "person_id", type=int, metavar="ID", help="promise.option.person")
@option("--case", "complaint_id", type=int, metavar="ID", help="promise.option.case")
@option("--due-before", type=INSTANT, metavar="INSTANT", help="promise.option.due_before")
@option("--after", type=int, metavar="ID", help="promise.option.after")
@option("--limit", type=click.IntRange(1, 1000), default=100, help="promise.option.limit")
def list_(
    frame: Frame,
    view: View | None,
    owner: str | None,
    person_id: int | None,
    complaint_id: int | None,
    due_before: datetime | None,
    after: int | None,
    limit: int,
) -> Answer:
    """List promises, the earliest due first; all that is owed unless told otherwise."""
    from db.promise_ledger import (  # noqa: PLC0415 - the help page needs no database
        PromiseFilter,
        list_promises,
    )

    which = PromiseFilter(view or "owed", owner, person_id, complaint_id, due_before)
    with opened(frame) as database:
        actor = actor_for(frame, database)
        page = list_promises(database, actor, which, anchor=after, limit=limit)
    data = {
        "promises": [_plain(frame, row, page.now) for row in page.rows],
        "more": page.more_after,
    }
    if not page.rows:
        return Answer(data, [frame.say("promise.none")])
    heading = [frame.say(f"promise.head.{name}") for name in _COLUMNS]
    lines = aligned([heading, *(_cells(frame, row, page.now) for row in page.rows)])
    if page.more_after:
        lines.append(frame.say("promise.more", id=page.rows[-1].id))
    return Answer(data, lines)


@desk_command("show", "database", "login", "now", group=promise)
@click.argument("promise_id", type=int, metavar="ID")
def show(frame: Frame, promise_id: int) -> Answer:
    """Show a promise with all that happened to it."""
    from db.promise_ledger import show_promise  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = show_promise(database, actor_for(frame, database), promise_id)
    steps = [
        {
            "at": iso(step.at),
            "kind": step.kind,
            "by": step.by,
            "call_id": step.call_id,
            "text": step.text,
            "data": dict(step.data),
            "said": frame.say_here(step_said(step.kind, step.data, found.names)),
        }
        for step in found.steps
    ]
    data = {**_plain(frame, found.row, found.now), "history": steps}
    return Answer(data, [*_head(frame, found), *_story(frame, found)])


@desk_command("rate", "database", "login", "now", group=promise)
@option(
    "--by",
    type=click.Choice(["operator", "campaign"]),
    default="operator",
    help="promise.option.by",
)
@option("--since", type=DayType(), metavar="DATE", help="promise.option.since")
@option("--until", type=DayType(), metavar="DATE", help="promise.option.until")
def rate(
    frame: Frame, by: Literal["operator", "campaign"], since: date | None, until: date | None
) -> Answer:
    """Tell how many promises were kept, with n and the interval."""
    from db.promise_rates import kept_rates  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        zone = ZoneInfo(frame.settings.my_zone)
        today = database.read(lambda unit: unit.now).astimezone(zone).date()
        last = until or today
        first = since or last - _PERIOD + timedelta(days=1)
        begin, end = (
            datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1))
        )
        found = kept_rates(database, actor_for(frame, database), begin, end, by=by)
    data = {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "by": by,
        "whole": _plain_rate(found.whole),
        "groups": [
            {"code": one.code, "name": _name(frame, one), **_plain_rate(one.rate)}
            for one in found.groups
        ],
    }
    rows = [[_name(frame, one), frame.say_here(one.rate.said())] for one in found.groups]
    rows.append([frame.say("promise.rate.whole"), frame.say_here(found.whole.said())])
    heading = frame.say(f"promise.rate.by_{by}", since=first.isoformat(), until=last.isoformat())
    return Answer(data, [heading, *aligned(rows), frame.say("promise.rate.formula")])


@desk_command("make", "database", "login", "now", group=promise)
@click.argument("person_id", type=int, metavar="PERSON")
@click.argument("text")
@option("--by", "spoken", metavar="TIME", help="promise.option.time")
@option("--if", "condition", metavar="TEXT", help="promise.option.condition")
@option("--call", "rings", is_flag=True, help="promise.option.rings")
@option("--case", "complaint_id", type=int, metavar="ID", help="promise.option.about_case")
@option("--owner", metavar="LOGIN", help="promise.option.new_owner")
def make(
    frame: Frame,
    person_id: int,
    text: str,
    spoken: str | None,
    condition: str | None,
    rings: bool,
    complaint_id: int | None,
    owner: str | None,
) -> Answer:
    """Enter a promise that was made outside a call; one with a time makes a callback."""
    from db.promise_ledger import show_promise  # noqa: PLC0415 - the help page needs no database
    from db.promise_making import make_promise  # noqa: PLC0415
    from domain.decision import GivenPromise  # noqa: PLC0415
    from domain.when import understand  # noqa: PLC0415

    with opened(frame) as database:
        due = None
        if spoken:
            mine = frame.settings.my_zone
            now = database.read(lambda unit: unit.now)
            due = understand(spoken, now=now, zone=mine, my_zone=mine).at
        given = GivenPromise(text, due, condition, "call" if rings else "deed")
        actor = actor_for(frame, database)
        made = make_promise(
            database, actor, person_id, given, complaint_id=complaint_id, owner=owner
        )
        found = show_promise(database, actor, made)
    return Answer(_plain(frame, found.row, found.now), list(_head(frame, found)))


@desk_command("owner", "database", "login", "now", group=promise)
@click.argument("promise_id", type=int, metavar="ID")
@click.argument("colleague", metavar="LOGIN")
def owner(frame: Frame, promise_id: int, colleague: str) -> Answer:
    """Give a promise to another operator, as a lead; its callback goes along."""
    from db.promise_owner import reassign_promise  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        reassign_promise(database, actor_for(frame, database), promise_id, colleague)
    data = {"promise_id": promise_id, "owner": colleague}
    return Answer(data, [frame.say("promise.given_to", id=promise_id, name=colleague)])


@desk_command("fulfil", "database", "login", "now", group=promise)
@click.argument("promise_id", type=int, metavar="ID")
@click.argument("kind", type=click.Choice([one.value for one in EvidenceKind]))
@click.argument("number", type=int)
@option("--text", default="", help="promise.option.done")
def fulfil(frame: Frame, promise_id: int, kind: str, number: int, text: str) -> Answer:
    """Settle a promised deed by the fact that fulfils it; its own instant decides."""
    from db.promise_deeds import fulfil as settle  # noqa: PLC0415 - the help page needs no database

    evidence = Evidence(EvidenceKind(kind), number)
    with opened(frame) as database:
        state = settle(database, actor_for(frame, database), promise_id, evidence, text)
    data = {"promise_id": promise_id, "state": state.value}
    return Answer(data, [frame.say(f"promise.fulfilled.{state.value}", id=promise_id)])


_COLUMNS: Final = ("id", "state", "due", "left", "customer", "what", "owner")


def _plain(frame: Frame, row: PromiseRow, now: datetime) -> dict[str, object]:
    left = None if row.due_at is None else int((row.due_at - now).total_seconds())
    return {
        "id": row.id,
        "person_id": row.person_id,
        "person": row.name,
        "kind": row.kind,
        "text": row.text,
        "condition": row.condition,
        "state": row.state,
        "due_at": iso(row.due_at),
        "due_desk": _local(row.due_at, frame.settings.my_zone),
        "due_customer": _local(row.due_at, row.zone),
        "zone": row.zone,
        "left_seconds": left if row.state in OWED else None,
        "owner": row.owner_login,
        "made_at": iso(row.made_at),
        "settled_at": iso(row.settled_at),
        "case_id": row.complaint_id,
        "call_id": row.call_id,
        "callback_id": row.callback_id,
        "waits": row.waits,
    }


def _local(at: datetime | None, zone: str | None) -> str | None:
    return None if at is None or zone is None else at.astimezone(ZoneInfo(zone)).isoformat()


def _cells(frame: Frame, row: PromiseRow, now: datetime) -> list[str]:
    return [
        str(row.id),
        frame.say(f"promise.state.{row.state}"),
        due_text(frame, row.due_at, row.zone),
        left_text(frame, row.due_at, row.state, now),
        row.name,
        promised_text(frame.language, row.kind, row.text, row.condition),
        row.owner or frame.say("promise.nobody"),
    ]


def _head(frame: Frame, found: PromiseFile) -> list[str]:
    row = found.row
    zh = frame.language == "zh"
    when = (
        due_text(frame, row.due_at, row.zone),
        left_text(frame, row.due_at, row.state, found.now),
    )
    pairs = [
        ("what", promised_text(frame.language, row.kind, row.text, row.condition)),
        ("customer", f"{row.person_id} {row.name}"),
        ("state", frame.say(f"promise.state.{row.state}")),
        ("due", " · ".join(part for part in when if part)),
        ("owner", row.owner or frame.say("promise.nobody")),
        ("case", "" if row.complaint_id is None else str(row.complaint_id)),
        ("callback", _served(frame, row, (row.campaign_zh if zh else row.campaign_en) or "")),
    ]
    rows = [[frame.say(f"promise.head.{name}"), value] for name, value in pairs if value]
    return aligned(rows)


def _served(frame: Frame, row: PromiseRow, campaign: str) -> str:
    if row.callback_id is None:
        return frame.say("promise.no_callback")
    key = "promise.waits" if row.waits else "promise.waits_not"
    return frame.say(key, id=row.callback_id, campaign=campaign)


def _story(frame: Frame, found: PromiseFile) -> list[str]:
    rows = []
    for step in found.steps:
        said = frame.say_here(step_said(step.kind, step.data, found.names))
        rows.append([frame.clock(step.at), step.by or "–", f"{said} {step.text or ''}".rstrip()])
    return aligned(rows)


def _name(frame: Frame, one: GroupRate) -> str:
    return (one.name_zh if frame.language == "zh" else one.name_en) or frame.say("promise.nobody")


def _plain_rate(rate: KeptRate) -> Mapping[str, object]:
    interval = rate.interval
    return {
        "kept": rate.kept,
        "late": rate.late,
        "broken": rate.broken,
        "n": rate.n,
        "share": rate.share,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "few": rate.few,
    }
