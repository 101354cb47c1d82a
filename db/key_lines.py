"""The lines by which sshd lets operators in, read from the database by its bare driver.

sshd asks twice a login, so nothing is loaded here but the driver itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from db.driver import sqlite_module
from db.place import Place, read_place
from domain.errors import InputError, StorageError
from domain.ssh_key import is_fingerprint, read_public_key

WAITS: Final = 5
"""Seconds for which a login waits for the database."""

HANDED_ON: Final = (
    "HOME", "TERM", "COLORTERM", "NO_COLOR",
    "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND", "SSH_USER_AUTH",
)  # fmt: skip
"""The variables of a login that reach the program under their own names."""

_KEYS: Final = (
    "SELECT k.public_key, k.fingerprint, o.login FROM operator_key k"
    " JOIN operator o ON o.id = k.operator_id WHERE k.revoked_at IS NULL AND o.active"
)
_ONE: Final = " AND k.fingerprint = {} AND k.public_key = {}"
_ORDER: Final = " ORDER BY o.login, k.id"


@dataclass(frozen=True, slots=True)
class Way:
    """How a login reaches the program.

    Attributes:
        program: the program and its arguments, all paths absolute; `--key` and the fingerprint
            come behind them.
    """

    program: tuple[str, ...]

    def command(self, fingerprint: str) -> str:
        """The forced command of a key, for a POSIX shell.

        A few variables of the login go on, as they are and under no name that a library heeds
        before the program has judged them. Suspend and quit are dead from the first moment.
        """
        handed = " ".join(f'{name}="${name}"' for name in HANDED_ON)
        program = shlex.join((*self.program, "--key", fingerprint))
        return (
            "trap '' QUIT TSTP; ulimit -c 0; exec /usr/bin/env -i LANG=C.UTF-8"
            f' CLIENT_LANG="$LANG" {handed} {program}'
        )

    def line(self, public_key: str, fingerprint: str, login: str) -> str:
        """The line of a key as `authorized_keys` has it.

        Raises:
            InputError: `ssh_path` when a path holds what such a line can't.
        """
        command = self.command(fingerprint)
        if not command.isprintable():
            raise InputError("ssh_path", path=" ".join(self.program))
        quoted = command.replace('"', '\\"')
        note = "".join(letter if letter.isalnum() else "_" for letter in login)
        return f'restrict,pty,command="{quoted}" {public_key} {note}'


def key_lines(url: str, way: Way, offered: str | None = None) -> Iterator[str]:
    """The lines of all keys that stand, or of the one that a client offers.

    Args:
        url: of the database.
        way: how a login reaches the program.
        offered: type and base64 as sshd hands them over; what is no key of ours has no line.

    Raises:
        InputError: `database_url`, `ssh_path`.
        StorageError: the database can't be read.
    """
    wanted: tuple[str, ...] = ()
    if offered is not None:
        try:
            key = read_public_key(offered)
        except InputError:
            return
        wanted = (key.fingerprint, key.line)
    for public_key, fingerprint, login in _rows(url, wanted):
        # What another hand wrote into the table must not become a line of another meaning.
        if is_fingerprint(fingerprint) and read_public_key(public_key).line == public_key:
            yield way.line(public_key, fingerprint, login)


def _rows(url: str, wanted: tuple[str, ...]) -> Sequence[Sequence[Any]]:
    place = read_place(url)
    if place.file is not None:
        return _rows_of_file(place, wanted)
    return _rows_of_server(place, wanted)


def _rows_of_file(place: Place, wanted: tuple[str, ...]) -> Sequence[Sequence[Any]]:
    module = sqlite_module()
    # Opened only where it is there: asking for a key must not leave an empty file behind.
    uri = f"{place.file.as_uri() if place.file else ''}?mode=rw"
    try:
        with closing(module.connect(uri, uri=True, timeout=WAITS)) as connection:
            rows: Sequence[Sequence[Any]] = connection.execute(
                _query(wanted, "?"), wanted
            ).fetchall()
    except module.Error as error:
        raise StorageError("keys_unreadable", database=place.shown, reason=str(error)) from error
    return rows


def _rows_of_server(place: Place, wanted: tuple[str, ...]) -> Sequence[Sequence[Any]]:
    import psycopg  # noqa: PLC0415 - only a server needs it

    try:
        with psycopg.connect(
            place.url.replace("postgresql+psycopg://", "postgresql://", 1),
            autocommit=True, connect_timeout=WAITS, tcp_user_timeout=WAITS * 1000,
            prepare_threshold=None, application_name="callback-desk keys",
        ) as connection:  # fmt: skip
            return connection.execute(_query(wanted, "%s").encode(), wanted).fetchall()
    except psycopg.Error as error:
        raise StorageError("keys_unreadable", database=place.shown, reason=str(error)) from error


def _query(wanted: tuple[str, ...], mark: str) -> str:
    return _KEYS + (_ONE.format(mark, mark) if wanted else "") + _ORDER
