"""Where everything that sshd needs for the desk lies on a server."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from domain.errors import InputError

_ACCOUNT: Final = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_PLAIN: Final = re.compile(r"/[A-Za-z0-9._/+-]+")


@dataclass(frozen=True, slots=True)
class Plan:
    """The account, the files and the networks of a desk on a server; all paths are absolute.

    Attributes:
        account: the one system account of the desk.
        python: the interpreter of the program's environment, with its switches.
        settings: the settings file; its folder is root's.
        home: the account's home, where an embedded database lies.
        helper: what sshd asks for keys.
        snippet: sshd's settings for the account.
        offices: networks from which many people log in at once.
        root: the folder that stands for `/`; another one is for looking at and for tests.
    """

    account: str
    python: tuple[str, ...]
    settings: Path
    home: Path = Path("/var/lib/callback-desk")
    helper: Path = Path("/usr/local/libexec/callback-desk/authorized-keys")
    snippet: Path = Path("/etc/ssh/sshd_config.d/callback-desk.conf")
    offices: tuple[str, ...] = field(default=())
    root: Path = Path("/")

    def __post_init__(self) -> None:
        """Refuse what would mean something else in a file of sshd's or of a shell.

        Raises:
            InputError: `ssh_account_name`, `ssh_path`, `ssh_network`.
        """
        if not _ACCOUNT.fullmatch(self.account) or self.account == "root":
            raise InputError("ssh_account_name", account=self.account)
        for path in (self.python[0], self.settings, self.home, self.helper, self.snippet):
            if not _PLAIN.fullmatch(str(path)):
                raise InputError("ssh_path", path=str(path))
        for network in self.offices:
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise InputError("ssh_network", network=network) from error

    @property
    def practising(self) -> bool:
        """Whether the files go to another folder than the machine's own root."""
        return self.root != Path("/")

    def on_disk(self, path: Path) -> Path:
        """Where a path of the plan is written."""
        return self.root / path.relative_to("/")
