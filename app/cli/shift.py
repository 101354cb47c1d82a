"""`callback-desk shift`: one's own shift, its end, and the sheets that are left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group, option
from app.cli.opened import actor_for, opened
from app.cli.plain import plain
from domain.errors import InputError
from domain.hand_over import Goes, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from db.engine import Database
    from screens.shift_words import ShiftWords

shift = desk_group("shift")

_KEEP, _POOL = "keep", "pool"


@desk_command("begin", "database", "login", "now", group=shift)
def begin(frame: Frame) -> Answer:
    """Begin the shift; one that runs goes on."""
    from db.duty import begin_duty  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        begun = begin_duty(database, actor_for(frame, database))
    return Answer({"begun": begun}, [frame.say("shift.has_begun" if begun else "shift.runs")])


@desk_command("show", "database", "login", "now", group=shift)
def show(frame: Frame) -> Answer:
    """Show the shift so far, and what others left."""
    from db.duty import my_shift, sheets_left  # noqa: PLC0415 - the help page needs no database
    from screens.shift_words import rows_of  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        found, left = my_shift(database, actor), sheets_left(database, actor)
        words = _words(frame, database, found.now)
        lines = [f"{label}: {value}" for label, value in words.figures(found)]
        for sheet in left:
            lines.append(frame.say("shift.left_by", name=sheet.name, at=words.at(sheet.ended_at)))
            lines += [f"  {sheet.note}"] if sheet.note else []
            lines += [f"  {line}" for line in words.lines(rows_of(sheet))]
        data = {"shift": plain(frame, found), "sheets": plain(frame, left)}
        return Answer(data, lines)


@desk_command("end", "database", "login", "now", group=shift)
@option("--dry-run", is_flag=True, help="shift.option.dry_run")
@option("--all", "every", metavar="WHERE", help="shift.option.all")
@option("--send", multiple=True, metavar="PIECE=WHERE", help="shift.option.send")
@option("--note", default="", help="shift.option.note")
@option("--uuid", help="shift.option.uuid")
def end(
    frame: Frame, dry_run: bool, every: str | None, send: tuple[str, ...], note: str,
    uuid: str | None,
) -> Answer:  # fmt: skip
    """End the shift and hand over what is open: as proposed, or as said."""
    from db.hand_over import end_shift, open_work  # noqa: PLC0415 - the help page needs no database
    from db.leave import colleagues  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        work = open_work(database, actor)
        people = {login: one for one, login, _ in colleagues(database, actor)}
        pieces = _sent(work.pieces, people, every, send)
        names = {one: login for login, one in people.items()}
        words = _words(frame, database, work.now)
        lines = words.lines(
            (one.kind, one.id, one.name, one.due_at, one.goes, names.get(one.to or 0))
            for one in pieces
        ) or [frame.say("shift.nothing_open")]
        data = {"pieces": plain(frame, pieces), "until": plain(frame, work.until)}
        if dry_run:
            return Answer({**data, "done": False}, [*lines, frame.say("shift.dry_run")])
        ended = end_shift(database, actor, pieces, note, uuid or str(uuid4()))
        told = frame.say("shift.ended_line", n=ended.moved, id=ended.duty_id)
        if ended.left:
            told = frame.say("shift.ended_but", n=ended.moved, left=", ".join(ended.left))
        return Answer({**data, "done": True, "ended": plain(frame, ended)}, [*lines, told])


@desk_command("sheet", "database", "login", "now", group=shift)
@click.argument("duty_id", type=int, metavar="[ID]", required=False)
def sheet(frame: Frame, duty_id: int | None) -> Answer:
    """Show a hand-over sheet: one's own last one, or that of a shift."""
    from db.duty import my_shift, read_sheet  # noqa: PLC0415 - the help page needs no database
    from screens.shift_words import rows_of  # noqa: PLC0415

    with opened(frame) as database:
        actor = actor_for(frame, database)
        found = read_sheet(database, actor, duty_id)
        words = _words(frame, database, my_shift(database, actor).now)
        head = frame.say("shift.sheet_of", name=found.name, at=words.at(found.ended_at))
        lines = [head, *([found.note] if found.note else []), *words.lines(rows_of(found))]
        return Answer({"sheet": plain(frame, found)}, lines)


def _words(frame: Frame, database: Database, now: datetime) -> ShiftWords:
    from screens.shift_words import ShiftWords  # noqa: PLC0415 - the help page needs no database

    return ShiftWords(frame.language, frame.settings.my_zone, now, database.rulebook.day)


def _sent(
    pieces: Iterable[Piece], people: Mapping[str, int], every: str | None, send: tuple[str, ...]
) -> tuple[Piece, ...]:
    """Pieces with the ways that were said.

    Raises:
        InputError: `colleague_unknown`, `hand_over_piece`, `hand_over_way`.
    """
    wanted = dict(one.partition("=")[::2] for one in send)
    found = []
    for piece in pieces:
        where = wanted.pop(piece.key, every)
        found.append(piece if where is None else _going(piece, where, people))
    if wanted:
        raise InputError("hand_over_piece", piece=", ".join(wanted))
    return tuple(found)


def _going(piece: Piece, where: str, people: Mapping[str, int]) -> Piece:
    if where == _KEEP:
        return piece.going(Goes.KEEP)
    if where == _POOL:
        return piece.going(Goes.POOL)
    if where not in people:
        raise InputError("colleague_unknown", name=where)
    return piece.going(Goes.TO, people[where])
