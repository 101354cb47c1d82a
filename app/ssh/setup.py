"""Setting up a server so that operators log in by key: step by step, as often as one likes."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.ssh.account import commands_for
from app.ssh.daemon import CONFIG, differing, find_sshd, refuse_unsound, reload
from app.ssh.helper import helper_text
from app.ssh.plan import Plan
from app.ssh.snippet import Version, snippet_text
from domain.errors import InputError
from domain.said import Said

State = Literal["kept", "made", "changed", "look"]

_PUBLIC: Final = 0o644
_PROGRAM: Final = 0o755
_PRIVATE: Final = 0o640
_HOME: Final = 0o700


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step.

    Attributes:
        what: a stable code: account, home, settings, helper, snippet, reload, force, keys.
        state: `kept` as it was, `made`, `changed`, or `look`: a person has to.
        said: the same for people.
    """

    what: str
    state: State
    said: Said


def apply(plan: Plan, version: Version, on_step: Callable[[Step], None]) -> None:
    """Set everything up; what is right already stays as it is.

    Args:
        plan: where everything lies.
        version: of OpenSSH.
        on_step: told of each step once it is done.

    Raises:
        InputError: `ssh_not_root`, `ssh_account_person`, `ssh_unsafe_path`, `ssh_unsound`,
            `ssh_command_failed`; what was done before stays, and may be run again.
    """
    sshd = find_sshd()
    if plan.practising:
        owner = None
    else:
        if os.geteuid() != 0:
            raise InputError("ssh_not_root")
        on_step(_account(plan))
        owner = pwd.getpwnam(plan.account)
    on_step(_home(plan, owner))
    on_step(_settings(plan, owner))
    helper = _written(plan, "helper", plan.helper, helper_text(plan), _PROGRAM)
    if not plan.practising:
        refuse_unsafe(plan.helper)
    on_step(helper)
    _judge(sshd, plan, version)
    before = _text(plan.on_disk(plan.snippet))
    snippet = _written(plan, "snippet", plan.snippet, snippet_text(plan, version), _PUBLIC)
    if plan.practising:
        on_step(snippet)
        return
    try:
        refuse_unsound(sshd, CONFIG)
    except InputError:
        _put_back(plan.snippet, before)
        raise
    on_step(snippet)
    if wrong := differing(sshd, plan):
        on_step(Step("force", "look", Said("ssh.setup.differs", {"lines": " · ".join(wrong)})))
    else:
        on_step(Step("force", "kept", Said("ssh.setup.holds")))
    if snippet.state != "kept":
        how = reload()
        state: State = "look" if how == "nothing" else "changed"
        on_step(Step("reload", state, Said(f"ssh.setup.reload.{how}")))
    on_step(_asked(plan, owner))


def refuse_unsafe(path: Path) -> None:
    """Make sure that nobody but root can change a file or put another one in its place.

    Raises:
        InputError: `ssh_unsafe_path`: sshd would refuse to run it.
    """
    for each in (path, *path.parents):
        found = each.stat()
        if found.st_uid != 0 or found.st_mode & 0o022:
            raise InputError("ssh_unsafe_path", path=str(each))


def _account(plan: Plan) -> Step:
    there = _exists(plan.account)
    commands = commands_for(plan)
    for command in commands:
        done = subprocess.run(  # noqa: S603 - programs of the system, no shell
            command, check=False, capture_output=True, text=True
        )
        if done.returncode:
            reason = done.stderr.strip() or f"exit {done.returncode}"
            raise InputError("ssh_command_failed", command=command[0], reason=reason)
    state: State = "made" if not there else "changed" if commands else "kept"
    return Step("account", state, Said(f"ssh.setup.account.{state}", {"account": plan.account}))


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _home(plan: Plan, owner: pwd.struct_passwd | None) -> Step:
    folder = plan.on_disk(plan.home)
    there = folder.is_dir()
    if not there:
        folder.mkdir(parents=True, mode=_HOME)
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    return _step("home", "kept" if there else "made", plan.home)


def _settings(plan: Plan, owner: pwd.struct_passwd | None) -> Step:
    """A settings file that names a database in the home; one that is there is the house's own."""
    file = plan.on_disk(plan.settings)
    if file.exists():
        if owner is not None and not _readable(file, owner):
            return _step("settings", "look", plan.settings)
        return _step("settings", "kept", plan.settings)
    text = f'database = "{plan.home / "desk.db"}"\n'
    step = _written(plan, "settings", plan.settings, text, _PRIVATE)
    if owner is not None:
        os.chown(file, 0, owner.pw_gid)
    return step


def _readable(file: Path, owner: pwd.struct_passwd) -> bool:
    found = file.stat()
    if found.st_uid == owner.pw_uid:
        return bool(found.st_mode & 0o400)
    if found.st_gid == owner.pw_gid:
        return bool(found.st_mode & 0o040)
    return bool(found.st_mode & 0o004)


def _written(plan: Plan, what: str, path: Path, text: str, mode: int) -> Step:
    file = plan.on_disk(path)
    before = _text(file)
    if before == text and file.stat().st_mode & 0o7777 == mode:
        return _step(what, "kept", path)
    file.parent.mkdir(parents=True, exist_ok=True, mode=_PROGRAM)
    # Whoever reads it meanwhile reads the old or the new one, never a half.
    with tempfile.NamedTemporaryFile(
        "w", dir=file.parent, prefix=f".{file.name}.", delete=False, encoding="utf-8"
    ) as stream:
        stream.write(text)
    fresh = Path(stream.name)
    fresh.chmod(mode)
    fresh.replace(file)
    return _step(what, "made" if before is None else "changed", path)


def _step(what: str, state: State, path: Path) -> Step:
    return Step(what, state, Said(f"ssh.setup.{what}.{state}", {"path": str(path)}))


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _put_back(path: Path, before: str | None) -> None:
    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")


def _judge(sshd: str, plan: Plan, version: Version) -> None:
    """Have sshd judge the settings before they lie where it reads them."""
    with tempfile.TemporaryDirectory() as folder:
        host_key = Path(folder) / "key"
        subprocess.run(  # noqa: S603 - programs of the system, no shell
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(host_key)],  # noqa: S607
            check=True,
        )
        draft = Path(folder) / "sshd_config"
        draft.write_text(f"HostKey {host_key}\n{snippet_text(plan, version)}", encoding="utf-8")
        refuse_unsound(sshd, draft)


def _asked(plan: Plan, owner: pwd.struct_passwd | None) -> Step:
    """Ask the helper as sshd will, with a key that is nobody's."""
    nobody = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    try:
        done = subprocess.run(  # noqa: S603 - the helper that was just written
            [str(plan.helper), "ssh-ed25519", nobody],
            check=False, capture_output=True, text=True, timeout=30, cwd="/",
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return Step("keys", "look", Said("ssh.setup.keys.look", {"reason": str(error)}))
    if done.returncode:
        reason = " ".join((done.stderr or f"exit {done.returncode}").split())[-300:]
        return Step("keys", "look", Said("ssh.setup.keys.look", {"reason": reason}))
    return Step("keys", "kept", Said("ssh.setup.keys.kept"))
