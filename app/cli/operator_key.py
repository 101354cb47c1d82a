"""`callback-desk operator key`: the SSH keys by which operators log in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import Answer, Frame, desk_command, iso
from app.cli.lines import aligned
from app.cli.opened import actor_for, opened
from app.cli.spoken import SpokenGroup
from domain.errors import InputError

if TYPE_CHECKING:
    from db.operator_keys import OperatorKey

key = SpokenGroup("key", help="cli.command.operator.key", no_args_is_help=True)

_LONGEST: Final = 65_536
"""Bytes of a file that may be a key; anything longer is something else."""


@desk_command("add", "database", "login", group=key)
@click.argument("owner", metavar="LOGIN")
@click.argument("source", metavar="FILE|-|'TYPE BASE64'")
def add(frame: Frame, owner: str, source: str) -> Answer:
    """Give an operator a public key to log in with."""
    from db.operator_keys import add_key  # noqa: PLC0415 - the help page needs no database

    text = _text_of(source)
    with opened(frame) as database:
        made = add_key(database, actor_for(frame, database), owner, text)
    line = frame.say("ssh.key.added", login=made.login, type=made.type, key=made.fingerprint)
    return Answer({"key": as_plain(made)}, [line])


@desk_command("list", "database", "login", group=key)
@click.argument("owner", metavar="[LOGIN]", required=False)
def list_(frame: Frame, owner: str | None) -> Answer:
    """List the keys, revoked ones too."""
    from db.operator_keys import list_keys  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        found = list_keys(database, actor_for(frame, database), owner)
    if not found:
        return Answer({"keys": []}, [frame.say("ssh.key.none")])
    heads = ("login", "type", "added", "state", "fingerprint", "note")
    rows = [[frame.say(f"ssh.key.head.{head}") for head in heads]]
    rows += [
        [one.login, one.type, frame.clock(one.added_at), _state(frame, one), one.fingerprint,
         one.note]
        for one in found
    ]  # fmt: skip
    return Answer({"keys": [as_plain(one) for one in found]}, aligned(rows))


@desk_command("revoke", "database", "login", group=key)
@click.argument("which", metavar="FINGERPRINT")
def revoke(frame: Frame, which: str) -> Answer:
    """Take a key back; whoever is logged in with it is out at once."""
    from db.operator_keys import revoke_key  # noqa: PLC0415 - the help page needs no database

    with opened(frame) as database:
        gone, ended = revoke_key(database, actor_for(frame, database), which)
    lines = [frame.say("ssh.key.revoked_now", login=gone.login, key=gone.fingerprint)]
    if ended:
        lines.append(frame.say("ssh.key.seats_ended", n=ended))
    return Answer({"key": as_plain(gone), "seats_ended": ended}, lines)


def as_plain(one: OperatorKey) -> dict[str, object]:
    """A key as JSON's own values."""
    return {
        "login": one.login,
        "type": one.type,
        "fingerprint": one.fingerprint,
        "note": one.note,
        "added_at": iso(one.added_at),
        "revoked_at": iso(one.revoked_at),
        "live_seats": one.live,
    }


def _state(frame: Frame, one: OperatorKey) -> str:
    if one.revoked_at is not None:
        return frame.say("ssh.key.state.revoked", at=frame.clock(one.revoked_at))
    return frame.say("ssh.key.state.live" if one.live else "ssh.key.state.good")


def _text_of(source: str) -> str:
    """The text of a key: read from a file or from standard input, or given as it is.

    Raises:
        InputError: `key_file` when the file can't be read, `key_broken` when it is no text.
    """
    if source != "-" and " " in source.strip() and not Path(source).exists():
        return source
    try:
        if source == "-":
            data = sys.stdin.buffer.read(_LONGEST)
        else:
            with Path(source).open("rb") as stream:
                data = stream.read(_LONGEST)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError("key_file", path=source, reason=reason) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("key_broken") from error
