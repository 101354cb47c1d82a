"""What sshd runs when an operator logs in by key: the desk, and nothing else.

The arguments come from the key's own line (`ssh authorized-keys`), never from the client. What the
client brings along is judged here, before anything of ours is loaded that might heed it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from app.ssh.fence import fence_in, harden
from app.ssh.login import (
    Words,
    address_of,
    check_proof,
    clean_environment,
    language_of,
    read_words,
    refuse_commands,
)
from domain.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.settings import Settings
    from content.translations import Language


def main() -> NoReturn:
    """Let an operator in; ends the process with its exit code."""
    harden()
    brought = dict(os.environ)
    os.environ.clear()
    language = language_of(brought) or "en"
    from app.cli.spoken import Caller, guarded  # noqa: PLC0415 - the environment is clean now

    sys.exit(guarded(lambda: _let_in(sys.argv[1:], brought, language), Caller(language)))


def _let_in(arguments: list[str], brought: Mapping[str, str], language: Language) -> int:
    words = read_words(arguments)
    os.environ.update(clean_environment(brought, words.settings))
    refuse_commands(brought)
    # The desk draws on stderr and reads keys from stdin.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError("ssh_no_terminal")
    check_proof(brought, words.fingerprint)
    return _open_desk(words, address_of(brought), language)


def _open_desk(words: Words, remote: str | None, language: Language) -> int:
    from app.settings import read_settings  # noqa: PLC0415 - refusals need none
    from app.ssh.way import named_database  # noqa: PLC0415

    settings = read_settings(words.settings)
    url, _ = named_database(settings)
    _fence(settings, url)
    import click  # noqa: PLC0415

    from app.cli.lines import harmless  # noqa: PLC0415
    from app.desk_app import stay  # noqa: PLC0415
    from app.ssh.remote_desk import RemoteDesk  # noqa: PLC0415
    from content.translations import say  # noqa: PLC0415

    desk = RemoteDesk(settings, url, words.fingerprint, remote, language)
    stay(desk)
    if desk.parting is None:
        return 0
    click.echo(harmless(say(desk.language, desk.parting)), err=True)
    return 1


def _fence(settings: Settings, url: str) -> None:
    from db.place import read_place  # noqa: PLC0415 - refusals need none
    from db.writer import lock_of  # noqa: PLC0415

    file = read_place(url).file
    programs = settings.dial_command[:1] if settings.dial_over_ssh else ()
    fence_in(written=[lock_of(file)] if file else [], programs=programs)


if __name__ == "__main__":
    main()
