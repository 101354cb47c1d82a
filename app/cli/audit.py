"""`callback-desk audit`: who did what to whose data or work, and handing it out marked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, desk_group, option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.plain import plain
from app.new_file import write_new
from domain.export_mark import ExportPurpose

if TYPE_CHECKING:
    from db.audit import AuditSieve
    from db.engine import Database

audit = desk_group("audit")

_PURPOSE: Final = click.Choice([one.value for one in ExportPurpose])


@desk_command("list", "database", "login", "now", group=audit)
@option("--since", type=INSTANT, help="audit.option.since")
@option("--until", type=INSTANT, help="audit.option.until")
@option("--by", metavar="LOGIN", help="audit.option.by")
@option("--action", metavar="CODE", help="audit.option.action")
@option("--customer", type=int, metavar="ID", help="audit.option.customer")
@option("--after", type=int, metavar="ID", help="audit.option.after")
@option("--limit", type=click.IntRange(1, 500), default=50, help="audit.option.limit")
def list_(
    frame: Frame,
    since: datetime | None,
    until: datetime | None,
    by: str | None,
    action: str | None,
    customer: int | None,
    after: int | None,
    limit: int,
) -> Answer:
    """List entries, the latest first."""
    from content.audit_words import action_word, detail_words, subject_words  # noqa: PLC0415
    from db.audit import list_audit  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        sieve = _sieve(database, since, until, by, action, customer)
        page = list_audit(database, actor, sieve, anchor=after, limit=limit)
    data = {"entries": [plain(frame, one) for one in page.rows], "more": page.more_after}
    if not page.rows:
        return Answer(data, [frame.say("audit.none")])
    names = ("id", "at", "who", "action", "subject")
    heading = [*(frame.say(f"audit.head.{name}") for name in names), frame.say("audit.details")]
    rows = [
        [
            str(one.id),
            frame.clock(one.at),
            one.operator or frame.say("audit.by_program"),
            action_word(frame.language, one.action),
            subject_words(frame.language, one),
            " · ".join(detail_words(frame.language, one)),
        ]
        for one in page.rows
    ]
    lines = aligned([heading, *rows])
    if page.more_after:
        lines.append(frame.say("audit.more", id=page.rows[-1].id))
    return Answer(data, lines)


@desk_command("export", "database", "login", "now", group=audit)
@option("--file", type=click.Path(path_type=Path), required=True, help="audit.option.file")
@option("--purpose", type=_PURPOSE, required=True, help="audit.option.purpose")
@option("--since", type=INSTANT, help="audit.option.since")
@option("--until", type=INSTANT, help="audit.option.until")
@option("--by", metavar="LOGIN", help="audit.option.by")
@option("--action", metavar="CODE", help="audit.option.action")
@option("--customer", type=int, metavar="ID", help="audit.option.customer")
def export(
    frame: Frame,
    file: Path,
    purpose: str,
    since: datetime | None,
    until: datetime | None,
    by: str | None,
    action: str | None,
    customer: int | None,
) -> Answer:
    """Write entries into a new CSV file whose every row carries the mark."""
    from content.audit_words import audit_csv  # noqa: PLC0415
    from db.audit import export_audit  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        actor = actor_for(frame, database)
        sieve = _sieve(database, since, until, by, action, customer)
        taken = export_audit(database, actor, sieve, ExportPurpose(purpose))
    write_new(file, audit_csv(taken.rows, taken.mark))
    key = "audit.exported_cut" if taken.cut else "audit.exported"
    said = frame.say(key, n=len(taken.rows), number=taken.mark.number, path=str(file))
    data = {"mark": taken.mark.plain, "file": str(file.absolute()), "cut": taken.cut}
    return Answer(data, [said])


def _sieve(
    database: Database,
    since: datetime | None,
    until: datetime | None,
    by: str | None,
    action: str | None,
    customer: int | None,
) -> AuditSieve:
    from db.audit import AuditSieve  # noqa: PLC0415 - the help page needs no database
    from db.operators import actor_of  # noqa: PLC0415

    operator_id = None if by is None else actor_of(database, by).operator_id
    return AuditSieve(
        since=since, until=until, operator_id=operator_id, action=action, person_id=customer
    )
