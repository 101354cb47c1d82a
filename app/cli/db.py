"""`callback-desk db`: bringing the tables up to date, copying the database, and the shop."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, iso, option
from app.cli.opened import opened
from content.translations import say

db = desk_group("db", {"shop": "app.cli.shop:shop"})


@desk_command("upgrade", "database", group=db)
def upgrade(frame: Frame) -> Answer:
    """Bring the tables to this program's revision, and the scripts that it ships into them."""
    from db.engine import open_database  # noqa: PLC0415 - the help page needs no database
    from db.schema import upgrade as upgrade_tables  # noqa: PLC0415
    from screens.scripts import take_shipped_in  # noqa: PLC0415

    database = open_database(frame.database())
    try:
        before, after = upgrade_tables(database)
        take_shipped_in(database)
        where = database.place.shown
    finally:
        database.close()
    key = "cli.db.upgrade.nothing" if before == after else "cli.db.upgrade.done"
    line = frame.say(key, database=where, before=before or "-", after=after)
    return Answer({"database": where, "before": before, "after": after}, [line])


@desk_command("copy", group=db)
@click.argument("source")
@click.argument("target")
@option("--while-open", is_flag=True, help="copy.option.while_open")
def copy(frame: Frame, source: str, target: str, while_open: bool) -> Answer:
    """Copy a whole database into an empty one, from a file to a server or back."""
    from contextlib import closing  # noqa: PLC0415 - the help page needs no database

    from db.copying import copy_database  # noqa: PLC0415
    from db.engine import open_database  # noqa: PLC0415

    def told(table: str, rows: int) -> None:
        if frame.interactive:
            frame.tell("copy.progress", table=table, rows=rows)

    with (
        closing(open_database(source)) as there,
        closing(open_database(target, must_exist=False)) as here,
    ):
        done = copy_database(there, here, while_open=while_open, told=told)
    lines = [
        *(
            frame.say("copy.table", table=one.name, rows=one.rows, checksum=one.checksum)
            for one in done.tables
            if one.rows
        ),
        frame.say(
            "copy.done",
            source=done.source,
            target=done.target,
            tables=len(done.tables),
            rows=sum(one.rows for one in done.tables),
        ),
    ]
    if done.open_seats:
        at = frame.clock(done.taken_at)
        lines.append(frame.say("copy.open", n=done.open_seats, at=at))
    data = {
        "source": done.source,
        "target": done.target,
        "revision": done.revision,
        "taken_at": iso(done.taken_at),
        "open_seats": done.open_seats,
        "tables": [
            {"name": one.name, "rows": one.rows, "checksum": one.checksum} for one in done.tables
        ],
    }
    return Answer(data, lines)


@desk_command("backup", "database", group=db)
@click.argument("file", type=click.Path(path_type=Path))
def backup(frame: Frame, file: Path) -> Answer:
    """Copy the database to a new file while others go on working."""
    from db.schema import backup as copy_to  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        size = copy_to(database, file.absolute())
    line = frame.say("cli.db.backup.done", file=str(file), size=f"{size / 1e6:.1f}")
    return Answer({"file": str(file.absolute()), "bytes": size}, [line])


@desk_command("grants", "database", group=db)
@option("--owner", default="desk_owner", show_default=True, help="grants.option.owner")
@option("--role", default="desk", show_default=True, help="grants.option.role")
@option("--reader", default="desk_report", show_default=True, help="grants.option.reader")
@option("--part", type=click.Choice(["roles", "tables"]), help="grants.option.part")
def grants(frame: Frame, owner: str, role: str, reader: str, part: str | None) -> Answer:
    """Print the SQL that gives a server's roles the rights that they need, and no more."""
    from db.grants import grants as rights  # noqa: PLC0415 - the help page needs no database
    from db.place import read_place  # noqa: PLC0415

    name = read_place(frame.database()).name
    found = rights(name, owner=owner, role=role, reader=reader)
    parts = {"roles": found.roles, "tables": found.tables}
    chosen = {key: lines for key, lines in parts.items() if part in (None, key)}
    lines = []
    for key, statements in chosen.items():
        lines += [f"-- {frame.say(f'grants.{key}', owner=owner)}", *statements]
    return Answer({key: list(statements) for key, statements in chosen.items()}, lines)


@desk_command("verify", "database", group=db)
def verify(frame: Frame) -> Answer:
    """Prove the history of calls and callbacks; exit code 1 with faults."""
    from db.history import LIMIT, check_history  # noqa: PLC0415 - the help page needs no database

    began = time.monotonic()
    with opened(frame) as database:
        faults = check_history(database)
        where = database.place.shown
    seconds = f"{time.monotonic() - began:.1f}"
    data = {
        "ok": not faults,
        "database": where,
        "whole": len(faults) < LIMIT,
        "faults": [
            {
                "code": fault.code,
                "callback": fault.callback_id,
                "call": fault.call_id,
                **fault.params,
                "said": say(frame.language, fault.said),
            }
            for fault in faults
        ],
    }
    if not faults:
        return Answer(data, [frame.say("fault.none", database=where, seconds=seconds)])
    lines = [frame.say("fault.found", database=where, count=len(faults))]
    lines += [f"  ✗ {say(frame.language, fault.said)}" for fault in faults]
    if len(faults) >= LIMIT:
        lines.append(frame.say("fault.and_more", count=LIMIT))
    return Answer(data, [*lines, frame.say("fault.todo")], exit_code=1)
