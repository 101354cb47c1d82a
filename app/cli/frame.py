"""The frame of every command: its options, what it knows about its caller, its answer.

A command is a function that takes a `Frame` first and returns an `Answer`; the frame prints the
answer for people or, with `--json`, as one object on one line. It raises `DeskError`s and never
prints them. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

    @desk_command("when")
    @click.argument("text")
    @option("--zone", required=True, help="when.option.zone")
    def when(frame: Frame, text: str, zone: str) -> Answer:
        ...
        return Answer({"at": at.isoformat()}, [frame.say("when.understood", at=at)])
"""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import click

from app.cli.lines import harmless, one_line
from app.cli.own_clock import on_clock
from app.cli.spoken import Caller, SpokenCommand, SpokenGroup, SpokenOption, help_key, speak
from app.settings import Settings, database_url, load_settings
from content.translations import LANGUAGES, Language, translate
from domain.errors import RefusedError
from domain.said import Said

Need = Literal["database", "login", "now"]


class InstantType(click.ParamType[datetime]):
    """An ISO 8601 instant with its offset or `Z`; gives an aware datetime in UTC."""

    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Refuse what is no instant, and a time without offset: it could be anybody's clock."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(speak(ctx, "cli.usage.instant", value=value), param, ctx)
        if instant.tzinfo is None:
            self.fail(speak(ctx, "cli.usage.instant_offset", value=value), param, ctx)
        return instant.astimezone(UTC)


INSTANT: Final = InstantType()


class SpanType(click.ParamType[timedelta]):
    """A length of time: a whole number with `s`, `m` or `h` behind it."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Refuse what is no length of time, and one of nothing or of more than a day."""
        if isinstance(value, timedelta):
            return value
        match = _SPAN.fullmatch(value)
        span = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
        if not timedelta(0) < span <= timedelta(days=1):
            self.fail(speak(ctx, "cli.usage.span", value=value), param, ctx)
        return span


_SPAN: Final = re.compile(r"([0-9]{1,5})([smh])")
_UNITS: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
SPAN: Final = SpanType()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say.

    Attributes:
        data: the one JSON object, of plain values.
        lines: the same for people, line by line; cleaned of what a terminal would obey.
        exit_code: 1 for a check that found faults and lists them; refusals are raised instead.
    """

    data: Mapping[str, object]
    lines: Sequence[str] = field(default=())
    exit_code: int = 0


class Frame:
    """What a command knows about its caller.

    Args:
        caller: language and form of the answer.
        database: the URL or file that the command line names.
        login: the operator that the command line names.
        now: the instant to take for the clock's, in UTC; only a practice database accepts it.
    """

    def __init__(
        self,
        caller: Caller,
        *,
        database: str | None = None,
        login: str | None = None,
        now: datetime | None = None,
    ) -> None:
        self.language: Final[Language] = caller.language
        self.as_json: Final = caller.as_json
        self.now: Final = now
        self.named_database: Final = database
        self.named_login: Final = login

    @cached_property
    def settings(self) -> Settings:
        """The settings of this machine, read when first asked for.

        Raises:
            InputError: the settings file is wrong.
        """
        return load_settings()

    def database(self, *, practice: bool = False) -> str:
        """The URL of the database to work on; practice has one of its own."""
        return database_url(self.settings, self.named_database, practice=practice)

    @property
    def login(self) -> str:
        """Who is working: named by the caller, else set, else the system's login name."""
        return self.named_login or self.settings.login or getpass.getuser()

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked: at a terminal, and the answer is not JSON."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.as_json

    def say(self, key: str, /, **params: object) -> str:
        """The sentence of a catalogue key in the caller's language."""
        return translate(self.language, key, **params)

    def say_here(self, said: Said) -> str:
        """What a rule wants said, its instants on the operator's own clock."""
        return self.say(said.key, **on_clock(said.params, ZoneInfo(self.settings.my_zone)))

    def clock(self, instant: datetime | None) -> str:
        """An instant on the operator's own clock, to the minute; a dash for none."""
        if instant is None:
            return "–"
        return instant.astimezone(ZoneInfo(self.settings.my_zone)).strftime("%Y-%m-%d %H:%M")

    def tell(self, key: str, /, **params: object) -> None:
        """Say something beside the answer, on stderr, so that stdout stays the answer."""
        click.echo(harmless(self.say(key, **params)), err=True)

    def confirm(self, key: str, /, **params: object) -> bool:
        """Ask a yes/no question.

        Raises:
            RefusedError: `nobody_to_ask` without a terminal.
        """
        if not self.interactive:
            raise RefusedError("nobody_to_ask")
        return click.confirm(harmless(self.say(key, **params)), default=False, err=True)


def iso(instant: datetime | None) -> str | None:
    """An instant as JSON has it: ISO 8601 in UTC with `Z`, to the second."""
    if instant is None:
        return None
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def option(*declarations: str, **attributes: Any) -> Callable[[Callable[..., Any]], Any]:
    """A Click option whose help is a catalogue key."""
    return click.option(*declarations, cls=SpokenOption, **attributes)


def common_options() -> list[click.Parameter]:
    """The options of every command; `Caller` reads them before anything is parsed."""
    language = click.Choice(LANGUAGES)
    return [
        SpokenOption(["--json"], is_flag=True, expose_value=False, help="cli.option.json"),
        SpokenOption(["--lang"], type=language, expose_value=False, help="cli.option.lang"),
        SpokenOption(["--debug"], is_flag=True, expose_value=False, help="cli.option.debug"),
    ]


def needed_option(need: Need) -> click.Parameter:
    """The option by which a caller answers a need; its value goes to the frame."""
    match need:
        case "database":
            return SpokenOption(["--database"], metavar="URL", help="cli.option.database")
        case "login":
            return SpokenOption(["--as", "login"], metavar="LOGIN", help="cli.option.as")
        case "now":
            return SpokenOption(["--now"], type=INSTANT, help="cli.option.now")


def desk_command(
    name: str, *needs: Need, group: SpokenGroup | None = None
) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a function a command with `--json`, `--lang` and the options that it needs.

    The help page's sentence is the catalogue's `cli.command.<name>`, for a command of a group
    `cli.command.<group>.<name>`.

    Args:
        name: the word on the command line.
        needs: `database` for `--database`, `login` for `--as`, `now` for `--now`; their values
            are the frame's.
        group: the group that the command belongs to.
    """

    def decorate(body: Callable[..., Answer]) -> click.Command:
        @click.pass_context
        def run(ctx: click.Context, /, **values: Any) -> None:
            caller: Caller = ctx.obj
            given = dict(caller.chosen)
            given.update((need, value) for need in needs if (value := values.pop(need)) is not None)
            frame = Frame(caller, **given)
            answer = body(frame, **values)
            _print(frame, answer)
            ctx.exit(answer.exit_code)

        sentence = help_key(name, group.name if group else None)
        own = reversed(getattr(body, "__click_params__", ()))
        params = [*own, *map(needed_option, needs), *common_options()]
        command = SpokenCommand(name, callback=run, params=params, help=sentence)
        if group is not None:
            group.add_command(command)
        return command

    return decorate


def desk_group(name: str, lazy: Mapping[str, str] | None = None) -> SpokenGroup:
    """A command that holds others; its help page's sentence is `cli.command.<name>`.

    Args:
        name: the word on the command line.
        lazy: commands of modules that are imported when they are used, each `module:attribute`.
    """
    return SpokenGroup(name, lazy, help=help_key(name, None), no_args_is_help=True)


def _print(frame: Frame, answer: Answer) -> None:
    if frame.as_json:
        click.echo(one_line(answer.data))
    else:
        for line in answer.lines:
            click.echo(harmless(line))
