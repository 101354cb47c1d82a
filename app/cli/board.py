"""`callback-desk board`: the live board on its own, and its figures without a screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from app.cli.frame import Answer, Frame, common_options, desk_command, iso, needed_option
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.spoken import Caller, SpokenGroup, SpokenOption
from domain.errors import RefusedError

if TYPE_CHECKING:
    from db.board import LiveBoard
    from db.board_day import DayBoard
    from domain.board import Figure, Waiting
    from domain.board_rules import BoardRules
    from screens.board_rows import BoardRows


@click.pass_context
def _open(ctx: click.Context, database: str | None, login: str | None, wall: bool) -> None:
    caller: Caller = ctx.obj
    chosen = {"database": database, "login": login}
    caller.chosen.update({name: value for name, value in chosen.items() if value is not None})
    if ctx.invoked_subcommand is not None:
        return
    # The board draws on stderr and reads keys from stdin; piped, it would hang unseen.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError("desk_without_terminal")
    from app.board_app import run_board  # noqa: PLC0415 - no command line waits for a screen

    frame = Frame(caller, **caller.chosen)
    given = {one.get_parameter_source("lang") for one in (ctx, ctx.find_root())}
    named = ParameterSource.COMMANDLINE in given
    run_board(
        settings=frame.settings,
        database=frame.database(),
        login=frame.login,
        language=frame.language,
        wall=wall,
        own_language=not named and frame.settings.language is None,
    )


board = SpokenGroup(
    "board",
    help="cli.command.board",
    invoke_without_command=True,
    callback=_open,
    params=[
        SpokenOption(["--wall"], is_flag=True, help="board.option.wall"),
        needed_option("database"),
        needed_option("login"),
        *common_options(),
    ],
)


@desk_command("show", "database", "login", "now", group=board)
def show(frame: Frame) -> Answer:
    """The figures of the board at this moment."""
    from db.board import live_board  # noqa: PLC0415 - the help page needs no database
    from db.board_day import day_board  # noqa: PLC0415
    from db.queue_counts import EXACT  # noqa: PLC0415
    from screens.board_rows import BoardRows  # noqa: PLC0415

    with opened(frame, keep_house=True) as database:
        actor = actor_for(frame, database)
        live = live_board(database, actor, EXACT)
        day = day_board(database, actor)
        book = database.rulebook
    pauses = {one.code: one.name.of(frame.language) for one in book.day.pauses}
    rows = BoardRows(frame.say, frame.say_here, frame.language, book.board, live.at, pauses)
    return Answer(_data(live, day, rows, book.board), _lines(frame, live, day, rows))


def _data(live: LiveBoard, day: DayBoard, rows: BoardRows, rules: BoardRules) -> dict[str, Any]:
    service = day.by_band
    return {
        "at": iso(live.at),
        "day_begin": iso(day.begin),
        "zone": day.zone,
        "figures": [_figure(one, rules) for one in rows.figures(live, day)],
        "bands": [
            {
                "band": one.band,
                **_waiting(one.waiting),
                "oldest": iso(one.oldest),
                "service_level": (
                    _figure(service[one.band].service_level, rules) if one.band in service else None
                ),
            }
            for one in live.queue.bands
        ],
        "campaigns": [
            {"campaign": one.code, "paused": one.paused, **_waiting(one.waiting)}
            for one in live.queue.campaigns
        ],
        "operators": [
            {
                "operator": one.login,
                "state": one.state,
                "pause": one.pause_code,
                "since": iso(one.since),
                "ends_at": iso(one.ends_at),
                "on_shift": one.on_shift,
                "figures": [
                    _figure(figure, rules)
                    for figure in (day.worked[one.id].figures() if one.id in day.worked else ())
                ],
            }
            for one in live.operators
        ],
        "samples": [{"at": iso(at), **figures} for at, figures in day.samples],
    }


def _figure(one: Figure, rules: BoardRules) -> dict[str, Any]:
    return {
        "figure": one.code,
        "measure": one.measure.value,
        "value": one.value,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "level": rules.level(one.code, one.value).name.lower(),
    }


def _waiting(one: Waiting) -> dict[str, float]:
    return {figure.code: figure.numerator for figure in one.figures()}


def _lines(frame: Frame, live: LiveBoard, day: DayBoard, rows: BoardRows) -> list[str]:
    figures = [
        [cell.text for cell in rows.figure_row(place, one).cells]
        for place, one in enumerate(rows.figures(live, day))
    ]
    people = [[column.title for column in rows.operator_columns()]]
    people += [[cell.text for cell in rows.operator_row(one, day).cells] for one in live.operators]
    queue = [[column.title for column in rows.queue_columns()]]
    queue += [[cell.text for cell in row.cells] for row in rows.queue_rows(live.queue, day)]
    parts = {"figures": figures, "operators": people, "queue": queue}
    lines: list[str] = []
    for name, table in parts.items():
        lines += ["", frame.say(f"board.pane.{name}", n=len(live.operators)), *aligned(table)]
    return lines[1:]
