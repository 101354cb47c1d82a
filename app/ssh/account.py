"""The one system account of the desk, as it has to be on this machine."""

from __future__ import annotations

import pwd
from pathlib import Path
from typing import Final

from app.ssh.plan import Plan
from domain.errors import InputError

_SHELLS: Final = ("/bin/dash", "/usr/bin/dash", "/bin/sh")
_FIRST_PERSON: Final = 1000
_SHADOW: Final = Path("/etc/shadow")
NO_PASSWORD: Final = "*"  # noqa: S105 - the sign for an account that has none
"""Neither a password nor a lock: `!`, as useradd leaves it, reads as locked to sshd without PAM."""


def login_shell() -> str:
    """A shell that reads no file of its own before the forced command, as bash may."""
    return next((shell for shell in _SHELLS if Path(shell).exists()), _SHELLS[-1])


def commands_for(plan: Plan) -> list[list[str]]:
    """The commands that make the account on this machine, or put it right; none where it is right.

    Raises:
        InputError: `ssh_account_person` when the account is a person's.
    """
    shell = login_shell()
    try:
        found = pwd.getpwnam(plan.account)
    except KeyError:
        return new_account(plan)
    if found.pw_uid >= _FIRST_PERSON or found.pw_uid == 0:
        raise InputError("ssh_account_person", account=plan.account, id=found.pw_uid)
    commands = []
    if found.pw_shell != shell:
        commands.append(["usermod", "--shell", shell, plan.account])
    if found.pw_dir != str(plan.home):
        commands.append(["usermod", "--home", str(plan.home), plan.account])
    if _password_field(plan.account) != NO_PASSWORD:
        commands.append(_without_password(plan))
    return commands


def new_account(plan: Plan) -> list[list[str]]:
    """The commands that make the account where there is none."""
    made = ["useradd", "--system", "--user-group", "--home-dir", str(plan.home),
            "--no-create-home", "--shell", login_shell(), plan.account]  # fmt: skip
    return [made, _without_password(plan)]


def _without_password(plan: Plan) -> list[str]:
    return ["usermod", "--password", NO_PASSWORD, plan.account]


def _password_field(account: str) -> str | None:
    for line in _SHADOW.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(":")
        if name == account:
            return rest.partition(":")[0]
    return None
