"""The command `callback-desk`: opens the desk, or runs one of the commands behind it."""

from __future__ import annotations

import sys

import click
from click.core import ParameterSource

from app.cli import COMMANDS
from app.cli.frame import Frame, common_options, needed_option
from app.cli.spoken import Caller, SpokenGroup, SpokenOption
from domain.errors import RefusedError


@click.pass_context
def _program(
    ctx: click.Context,
    database: str | None,
    login: str | None,
    practice: bool,
    show_version: bool,
) -> None:
    caller: Caller = ctx.obj
    if show_version:
        from importlib.metadata import version  # noqa: PLC0415 - no start waits for it

        click.echo(f"callback-desk {version('callback-desk')}")
        return
    caller.chosen.update(database=database, login=login)
    if ctx.invoked_subcommand is None:
        _open_desk(Frame(caller, database=database, login=login), practice=practice)


def _open_desk(frame: Frame, *, practice: bool) -> None:
    # The desk draws on stderr and reads keys from stdin; piped, it would hang unseen.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError("desk_without_terminal")
    from app.desk_app import run  # noqa: PLC0415 - no command line without a screen waits for it

    url = frame.database(practice=practice)
    if practice and frame.named_database is None:
        _prepare_practice(frame, url)
    source = click.get_current_context().get_parameter_source("lang")
    named = source is ParameterSource.COMMANDLINE or frame.settings.language is not None
    run(
        settings=frame.settings,
        database=url,
        login=frame.login,
        language=frame.language,
        practice=practice,
        own_language=not named,
    )


def _prepare_practice(frame: Frame, url: str) -> None:
    """Fills the practice database in the usual place the first time that somebody practises."""
    from db.place import read_place  # noqa: PLC0415 - practising only

    file = read_place(url).file
    if file is None or file.exists():
        return
    from app.demo.making import make_demo  # noqa: PLC0415 - the first time only

    frame.tell("cli.demo.making")
    make_demo(url, login=frame.login, language=frame.language)


callback_desk = SpokenGroup(
    "callback-desk",
    lazy=COMMANDS,
    help="cli.help.program",
    invoke_without_command=True,
    callback=_program,
    params=[
        needed_option("database"),
        needed_option("login"),
        SpokenOption(["--practice"], is_flag=True, help="cli.option.practice"),
        SpokenOption(["--version", "show_version"], is_flag=True, help="cli.option.version"),
        *common_options(),
    ],
)
