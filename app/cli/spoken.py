"""Click's classes, speaking the caller's language: help pages, usage errors, failures.

Every command's `main` ends in an exit code: 0 done, 1 refused or failed, 2 wrong usage. With
`--json` a failure is one JSON line on stdout; its words go to stderr either way.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from app.cli.lines import harmless, one_line
from app.cli.own_clock import on_clock
from app.settings import load_settings, system_language, system_zone
from content.translations import Language, as_language, translate
from domain.errors import DeskError

INTERRUPTED: Final = 130
_DEBUG_VARIABLE: Final = "CALLBACK_DESK_DEBUG"


@dataclass(slots=True)
class Caller:
    """Who called the program and how, known before any option is parsed.

    Attributes:
        language: the language to answer in.
        as_json: whether the answer is one JSON line.
        debug: whether an unexpected failure shows its traceback.
        chosen: what the program's own options say, for the commands behind them.
    """

    language: Language
    as_json: bool = False
    debug: bool = False
    chosen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Sequence[str]) -> Caller:
        """The caller of a command line, however broken its other words are."""
        own = list(words[: words.index("--")] if "--" in words else words)
        return cls(
            language=_language(own),
            as_json="--json" in own,
            debug="--debug" in own or bool(os.environ.get(_DEBUG_VARIABLE)),
        )


def speak(ctx: click.Context | None, key: str, /, **params: object) -> str:
    """The sentence of a catalogue key in the language of a context's caller."""
    caller = ctx.obj if ctx is not None else None
    language = caller.language if isinstance(caller, Caller) else system_language()
    return translate(language, key, **params)


class SpokenOption(click.Option):
    """An option whose help is a catalogue key."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's names and its sentence."""
        record = super().get_help_record(ctx)
        return record and (record[0], speak(ctx, self.help) if self.help else "")


class _Spoken(click.Command):
    def main(  # type: ignore[override]  # the words of a command line, not Windows' globs
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "callback-desk",
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        words = list(sys.argv[1:] if args is None else args)
        caller = Caller.of(words)
        extra.setdefault("obj", caller)
        run = super().main
        if not standalone_mode:
            return run(words, prog_name, standalone_mode=False, **extra)
        sys.exit(guarded(lambda: run(words, prog_name, standalone_mode=False, **extra), caller))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=speak(ctx, "cli.help.usage"))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(speak(ctx, self.help))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        made = super().get_help_option(ctx)
        if made is not None:
            made.help = speak(ctx, "cli.option.help")
        return made

    def options_of(self, ctx: click.Context) -> list[tuple[str, str]]:
        """The options with their sentences, for the help page."""
        options = (each for each in self.get_params(ctx) if isinstance(each, click.Option))
        records = (each.get_help_record(ctx) for each in options)
        return [record for record in records if record is not None]


class SpokenCommand(_Spoken):
    """A command that answers in the caller's language; its help is a catalogue key."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under a heading in the caller's language."""
        with formatter.section(speak(ctx, "cli.help.options")):
            formatter.write_dl(self.options_of(ctx))


class SpokenGroup(_Spoken, click.Group):
    """A group that answers in the caller's language and imports its commands when used.

    Args:
        name: the word on the command line.
        lazy: commands by name, each `module:attribute`.
    """

    def __init__(
        self, name: str | None = None, lazy: Mapping[str, str] | None = None, **attributes: Any
    ) -> None:
        super().__init__(name, **attributes)
        self._lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """The names in the order in which they are listed, lazy ones first."""
        return [*self._lazy, *sorted(self.commands.keys() - self._lazy.keys())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now if it is a lazy one."""
        target = self._lazy.get(cmd_name)
        if target is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(target)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options and the commands, each under a heading in the caller's language."""
        with formatter.section(speak(ctx, "cli.help.options")):
            formatter.write_dl(self.options_of(ctx))
        with formatter.section(speak(ctx, "cli.help.commands")):
            formatter.write_dl(list(self._commands_of(ctx)))

    def _commands_of(self, ctx: click.Context) -> Iterable[tuple[str, str]]:
        for name in self.list_commands(ctx):
            # Listing imports nothing: a command's sentence is known by its name.
            yield name, speak(ctx, help_key(name, None if ctx.parent is None else self.name))


def help_key(name: str, group: str | None) -> str:
    """The catalogue key of a command's sentence on the help pages."""
    return f"cli.command.{group}.{name}" if group else f"cli.command.{name}"


def guarded(run: Callable[[], Any], caller: Caller) -> int:
    """Run, tell whatever went wrong in words, and give the exit code.

    Args:
        run: gives an exit code, or anything else for 0.
        caller: whom to tell, and how.
    """
    try:
        code = run()
        sys.stdout.flush()
    except click.UsageError as error:
        _tell_usage(error, caller)
        return error.exit_code
    except DeskError as error:
        _tell_error(error, caller)
        return 1
    except BrokenPipeError:
        # Whoever read the answer has enough; the interpreter must not flush into the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo(err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place that can put it in words
        _tell_unexpected(error, caller)
        return 1
    return code if isinstance(code, int) else 0


def error_words(language: Language, error: DeskError) -> tuple[str, str]:
    """What happened and what to do, for an error, in a language and on the operator's clock."""
    params = on_clock(error.params, _zone())
    try:
        return (
            translate(language, error.title_key, **params),
            translate(language, error.todo_key, **params),
        )
    except DeskError:
        # Without a catalogue there are no other words than these.
        return str(error), "make setup"


def _tell_error(error: DeskError, caller: Caller) -> None:
    try:
        words = error_words(caller.language, error)
    except KeyError:
        # An error without words is a slip of ours; it must not hide what went wrong.
        _tell_unexpected(error, caller)
    else:
        _tell(caller, error.code, *words)


def _tell(caller: Caller, code: str, title: str, todo: str) -> None:
    if caller.as_json:
        click.echo(one_line({"error": {"code": code, "title": title, "todo": todo}}))
    click.echo(harmless(title), err=True)
    click.echo(harmless(todo), err=True)


def _tell_usage(error: click.UsageError, caller: Caller) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.message, err=True)
        return
    path = error.ctx.command_path if error.ctx is not None else "callback-desk"
    todo = translate(caller.language, "cli.usage.todo", path=path)
    _tell(caller, "usage", _usage_title(error, caller.language), todo)


def _usage_title(error: click.UsageError, language: Language) -> str:
    match error:
        case click.exceptions.NoSuchOption(option_name=name):
            return translate(language, "cli.usage.no_option", name=name)
        case click.exceptions.NoSuchCommand(command_name=name):
            return translate(language, "cli.usage.no_command", name=name)
        case click.exceptions.MissingParameter(param=click.Parameter() as missing):
            return translate(language, "cli.usage.missing", name=_name(missing))
        case click.exceptions.BadParameter(param=click.Parameter() as wrong):
            reason = _why_unfit(error.message, wrong, language)
            return translate(language, "cli.usage.unfit", name=_name(wrong), reason=reason)
        case _:
            return translate(language, "cli.usage.other", reason=error.message)


def _why_unfit(message: str, parameter: click.Parameter, language: Language) -> str:
    """What the parser says of a value; what may be chosen, in the language of the answer."""
    if isinstance(parameter.type, click.Choice):
        choices = ", ".join(str(choice) for choice in parameter.type.choices)
        return translate(language, "cli.usage.choices", choices=choices)
    return message


def _name(parameter: click.Parameter) -> str:
    """As the help page calls it."""
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return parameter.metavar or str(parameter.name).upper()


def _tell_unexpected(error: Exception, caller: Caller) -> None:
    if caller.debug:
        for line in "".join(traceback.format_exception(error)).splitlines():
            click.echo(harmless(line), err=True)
    words = DeskError("unexpected", kind=type(error).__name__, reason=str(error))
    _tell(caller, words.code, *error_words(caller.language, words))


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(load_settings().my_zone)
    except DeskError:
        return ZoneInfo(system_zone())


def _language(words: Sequence[str]) -> Language:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and (named := as_language(name)):
            return named
    try:
        return load_settings().language or system_language()
    except DeskError:
        # The command itself meets the broken settings file and says what is wrong with it.
        return system_language()
