"""`callback-desk slip`: departments asked about a case, and what they answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, iso, option
from app.cli.opened import actor_for, opened
from app.cli.playbook_phrases import DayType

if TYPE_CHECKING:
    from db.case_story import SlipLine
    from db.change_sheet import ChangeSheet
    from db.engine import Database
    from domain.permissions import Actor
    from screens.slip_paper import DepartmentPapers

slip = desk_group("slip")

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@desk_command("send", "database", "login", "now", group=slip)
@click.argument("case_id", type=int, metavar="CASE")
@click.argument("department")
@option("--ask", required=True, help="slip.option.ask")
@option("--reply-by", type=INSTANT, metavar="INSTANT", help="slip.option.reply_by")
def send(
    frame: Frame, case_id: int, department: str, ask: str, reply_by: datetime | None
) -> Answer:
    """Ask a department about a case; the reply is timed by the rules."""
    from db.dispatch import NewSlip, send_slip, slip_file  # noqa: PLC0415 - help needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        made = send_slip(database, actor, case_id, NewSlip(department, ask, reply_by))
        _, line = slip_file(database, actor, made)
        told = _said(frame, database, line)
    return Answer(_plain(case_id, line), [told])


@desk_command("show", "database", "login", "now", group=slip)
@click.argument("slip_id", type=int, metavar="SLIP")
def show(frame: Frame, slip_id: int) -> Answer:
    """Show a slip with its reply."""
    from db.dispatch import slip_file  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        file, line = slip_file(database, actor_for(frame, database), slip_id)
        told = _said(frame, database, line)
    lines = [told, line.ask, *([line.reply] if line.reply else [])]
    return Answer(_plain(file.head.id, line), lines)


@desk_command("answer", "database", "login", "now", group=slip)
@click.argument("slip_id", type=int, metavar="SLIP")
@option("--reply", required=True, help="slip.option.reply")
@option("--at", type=INSTANT, metavar="INSTANT", help="slip.option.at")
def answer(frame: Frame, slip_id: int, reply: str, at: datetime | None) -> Answer:
    """Enter what a department answered."""
    from db.dispatch import answer_slip  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        answer_slip(database, actor_for(frame, database), slip_id, reply, at=at)
    return Answer({"slip": slip_id}, [frame.say("slip.answered", slip=slip_id)])


@desk_command("withdraw", "database", "login", "now", group=slip)
@click.argument("slip_id", type=int, metavar="SLIP")
@option("--reason", required=True, help="slip.option.reason")
def withdraw(frame: Frame, slip_id: int, reason: str) -> Answer:
    """Let a slip go that need not be answered any more."""
    from db.dispatch import withdraw_slip  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        withdraw_slip(database, actor_for(frame, database), slip_id, reason)
    return Answer({"slip": slip_id}, [frame.say("slip.withdrawn", slip=slip_id)])


@desk_command("print", "database", "login", "now", group=slip)
@click.argument("slip_id", type=int, metavar="SLIP")
@option("--to", "folder", type=_FOLDER, default=".", help="slip.option.to")
def print_(frame: Frame, slip_id: int, folder: Path) -> Answer:
    """Save a slip as a sheet to print."""
    from content.paper import page, save  # noqa: PLC0415 - the help page prints nothing
    from db.dispatch import slip_file  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        file, line = slip_file(database, actor, slip_id)
        paper = _papers(frame, database, actor).slip(file, line)
    path = save(page(paper), folder, f"slip-{slip_id}")
    return Answer({"slip": slip_id, "path": str(path)}, [frame.say("slip.printed", path=path)])


@desk_command("changes", "database", "login", "now", group=slip)
@click.argument("department")
@option("--day", type=DayType(), metavar="DATE", help="slip.option.day")
@option("--print", "folder", type=_FOLDER, metavar="FOLDER", help="slip.option.print")
def changes(frame: Frame, department: str, day: date | None, folder: Path | None) -> Answer:
    """Tell a department what changed about its customers on a day."""
    from content.paper import page, save  # noqa: PLC0415 - loaded where it is used
    from db.change_sheet import change_sheet  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        zone = ZoneInfo(database.rulebook.cases.shop.zone)
        now: datetime = database.read(lambda unit: unit.now)
        of_day = day or now.astimezone(zone).date()
        since = datetime.combine(of_day, time(), zone).astimezone(UTC)
        until = datetime.combine(of_day + timedelta(days=1), time(), zone).astimezone(UTC)
        sheet = change_sheet(database, actor, department, since, until)
        papers = _papers(frame, database, actor)
    data = _plain_sheet(of_day, sheet)
    lines = papers.lines(sheet)
    if folder is not None:
        path = save(page(papers.changes(sheet)), folder, f"changes-{department}-{of_day}")
        data["path"] = str(path)
        lines.append(frame.say("slip.printed", path=path))
    return Answer(data, lines)


def _papers(frame: Frame, database: Database, actor: Actor) -> DepartmentPapers:
    from screens.case_story import StoryTeller  # noqa: PLC0415 - only sheets need words for cases
    from screens.case_words import CaseWords  # noqa: PLC0415
    from screens.slip_paper import DepartmentPapers  # noqa: PLC0415

    rules, zone = database.rulebook, database.rulebook.cases.shop.zone
    now: datetime = database.read(lambda unit: unit.now)
    words = CaseWords(frame.say, frame.language, zone, now, rules)
    house = frame.settings.shop_name
    return DepartmentPapers(words, StoryTeller(words, zone, rules), zone, house, actor.name, now)


def _plain_sheet(day: date, sheet: ChangeSheet) -> dict[str, object]:
    return {
        "department": sheet.department,
        "day": day.isoformat(),
        "owed": [
            {"slip": one.id, "customer": name, "reply_by": iso(one.reply_by), "ask": one.ask}
            for name, one in sheet.owed
        ],
        "cases": [
            {
                "case": one.id,
                "customer": one.customer,
                "status": one.status,
                "events": [
                    {
                        "at": iso(line.at),
                        "kind": line.kind,
                        "operator": line.operator,
                        "text": line.text,
                    }
                    for line in one.lines
                ],
            }
            for one in sheet.cases
        ],
        "records": [
            {"at": iso(one.at), "person_id": one.person_id, "fields": list(one.fields)}
            for one in sheet.records
        ],
    }


def _said(frame: Frame, database: Database, line: SlipLine) -> str:
    known = database.rulebook.cases.departments.get(line.department)
    state = "replied" if line.replied_at else "let_go" if line.withdrawn_at else "owed"
    return frame.say(
        f"slip.{state}",
        slip=line.id,
        department=line.department if known is None else known.name.of(frame.language),
        by=frame.clock(line.reply_by),
        at=frame.clock(line.replied_at or line.withdrawn_at or line.sent_at),
    )


def _plain(case_id: int, line: SlipLine) -> dict[str, object]:
    return {
        "slip": line.id,
        "case": case_id,
        "department": line.department,
        "ask": line.ask,
        "sent_at": iso(line.sent_at),
        "sent_by": line.sent_by,
        "reply_by": iso(line.reply_by),
        "reply": line.reply,
        "replied_at": iso(line.replied_at),
        "withdrawn_at": iso(line.withdrawn_at),
    }
