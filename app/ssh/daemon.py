"""Asking this machine's sshd: its version, whether its settings are sound, what holds for whom."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from app.ssh.plan import Plan
from app.ssh.snippet import FOR_EVERYBODY, Version, for_account
from domain.errors import InputError

_VERSION: Final = re.compile(r"OpenSSH_([0-9]+)\.([0-9]+)")
_FOLDERS: Final = "/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin"
_WAITS: Final = 30
_EMPTY: Final = Path("/run/sshd")
CONFIG: Final = Path("/etc/ssh/sshd_config")


def find_sshd() -> str:
    """The path of sshd.

    Raises:
        InputError: `ssh_no_sshd`.
    """
    found = shutil.which("sshd", path=_FOLDERS)
    if found is None:
        raise InputError("ssh_no_sshd")
    return found


def version(sshd: str) -> Version:
    """The version of OpenSSH.

    Raises:
        InputError: `ssh_no_sshd` when it is another sshd.
    """
    # Older ones know no -V, and say their version all the same when they refuse it.
    match = _VERSION.search(_said([sshd, "-V"])[1])
    if match is None:
        raise InputError("ssh_no_sshd")
    return int(match[1]), int(match[2])


def refuse_unsound(sshd: str, config: Path) -> None:
    """Have sshd judge settings.

    Raises:
        InputError: `ssh_unsound` with sshd's own words.
    """
    if os.geteuid() == 0:
        # The service makes this folder when it starts; without it sshd judges nothing.
        _EMPTY.mkdir(mode=0o755, exist_ok=True)
    code, said = _said([sshd, "-t", "-f", str(config)])
    if code:
        raise InputError("ssh_unsound", reason=" ".join(said.split())[:400])


def differing(sshd: str, plan: Plan) -> list[str]:
    """What holds for the account otherwise than planned, each as sshd says it.

    Args:
        sshd: its path.
        plan: what should hold.

    Raises:
        InputError: `ssh_unsound`.
    """
    who = f"user={plan.account},host=localhost,addr=127.0.0.1"
    code, said = _said([sshd, "-T", "-C", who, "-f", str(CONFIG)])
    if code:
        raise InputError("ssh_unsound", reason=" ".join(said.split())[:400])
    return deviations(said.splitlines(), {**FOR_EVERYBODY, **for_account(plan)}, plan.account)


def deviations(lines: Sequence[str], wanted: Mapping[str, str], account: str) -> list[str]:
    """The lines of `sshd -T` that say something else than is wanted, and who keeps us out.

    Args:
        lines: of `sshd -T`.
        wanted: keywords with their values.
        account: that has to be let in.
    """
    held: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(" ")
        held.setdefault(name, []).append(value)
    found = []
    for name, value in wanted.items():
        told = held.get(name.lower(), [])
        # A list comes as one line each, some of it with names of its own order.
        if told and sorted(" ".join(told).split()) != sorted(value.split()):
            found.append(f"{name} {' '.join(told)}")
    if held.get("permituserenvironment", ["no"]) != ["no"]:
        found.append("PermitUserEnvironment")
    if "allowusers" in held and account not in held["allowusers"]:
        found.append(f"AllowUsers {' '.join(held['allowusers'])}")
    if account in held.get("denyusers", []):
        found.append(f"DenyUsers {account}")
    return found


def reload() -> str:
    """Have the running sshd read its settings again; what was done: systemd, signal or nothing."""
    if Path("/run/systemd/system").is_dir():
        for unit in ("ssh", "sshd"):
            code, said = _said(["systemctl", "is-active", unit])
            if not code and said.strip() == "active":
                _said(["systemctl", "reload", unit])
                return "systemd"
        return "nothing"
    try:
        pid = int(Path("/run/sshd.pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return "nothing"
    return "nothing" if _said(["kill", "-HUP", str(pid)])[0] else "signal"


def _said(command: Sequence[str]) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - programs of the system, no shell
        command, check=False, capture_output=True, text=True, timeout=_WAITS
    )
    return done.returncode, done.stdout + done.stderr
