"""How sshd starts this program: by absolute paths only, whatever a login brings along."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from app.settings import Settings
from db.key_lines import Way
from domain.errors import InputError

SESSION: Final = "app.ssh.session"


def isolated_python() -> tuple[str, ...]:
    """The interpreter of this environment, deaf to variables and to the present folder."""
    # A link into the environment stays as it is: what it points to knows none of our modules.
    return (str(Path(sys.executable).absolute()), "-I", "-X", "utf8")


def way_by(settings: Path) -> Way:
    """How a login reaches the desk with a settings file."""
    return Way((*isolated_python(), "-m", SESSION, "--settings", str(settings.absolute())))


def named_database(settings: Settings) -> tuple[str, Path]:
    """The database that a settings file names, as a URL, and the file.

    Over SSH nothing but this file may say which database it is.

    Raises:
        InputError: `ssh_no_settings` without such a file, `ssh_no_database` when it names none.
    """
    if settings.source is None:
        raise InputError("ssh_no_settings")
    if settings.database is None:
        raise InputError("ssh_no_database", path=str(settings.source))
    url = settings.database
    if "://" not in url:
        url = f"sqlite:///{Path(url).expanduser().absolute()}"
    return url, settings.source
