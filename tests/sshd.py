"""A real sshd for the tests: on loopback, on a free port, from a folder of its own.

It runs as whoever runs the tests and lets that account in, by the helper and the settings that
`ssh setup` writes; nothing of the machine's own sshd is read or changed. As root the folder
`/run/sshd` is made where it is missing, as the service does it.
"""

from __future__ import annotations

import grp
import os
import pty
import pwd
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.ssh.helper import helper_text
from app.ssh.plan import Plan
from app.ssh.snippet import snippet_text
from app.ssh.way import isolated_python
from tests.ports import free_port

PATIENCE = 30.0
_TICK = threading.Event()


@dataclass(frozen=True)
class Sshd:
    """A running sshd with the desk behind it.

    Attributes:
        folder: with all its files.
        port: on 127.0.0.1.
        account: who logs in, the same for everybody.
        settings: the desk's settings file.
        pid: of the listening process.
    """

    folder: Path
    port: int
    account: str
    settings: Path
    pid: int

    def make_key(self, name: str, kind: str = "ed25519", *options: str) -> Path:
        """The private key's file of a new pair; the public one ends in `.pub`."""
        file = self.folder / f"key-{name}"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, *options, "-N", "", "-C", name, "-f", str(file)],
            check=True,
        )
        return file

    def client(self, key: Path, *words: str, tty: bool = True) -> list[str]:
        """The command line of ssh (or of its options, for sftp and scp) with a key.

        Args:
            key: the private key's file.
            words: further options; then, behind `--`, a command.
            tty: whether a terminal is asked for.
        """
        options = list(words)
        command: list[str] = []
        if "--" in options:
            place = options.index("--")
            options, command = options[:place], options[place + 1 :]
        return [
            "ssh", *self.options(key), "-p", str(self.port), "-tt" if tty else "-T", *options,
            f"{self.account}@127.0.0.1", *command,
        ]  # fmt: skip

    def options(self, key: Path) -> list[str]:
        """The options that every client of ssh's family takes: this key, no settings of ours."""
        pairs = {
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "ConnectTimeout": "20",
        }
        given = [part for name, value in pairs.items() for part in ("-o", f"{name}={value}")]
        return ["-F", "/dev/null", "-i", str(key), *given]

    @property
    def log(self) -> str:
        """What sshd said so far."""
        return (self.folder / "sshd.log").read_text(encoding="utf-8", errors="replace")


def programs() -> tuple[str, str]:
    """The paths of sshd and ssh-keygen; the test is skipped where one is missing."""
    daemon = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    missing = [name for name in ("ssh", "ssh-keygen", "sftp", "scp") if shutil.which(name) is None]
    if daemon is None or missing:
        pytest.skip(f"no {'sshd' if daemon is None else missing[0]}: install OpenSSH")
    if os.geteuid() != 0 and not _hands_out_terminals():
        pytest.skip("the terminals of this machine are not the group tty's: sshd must be root here")
    return daemon, "ssh-keygen"


def _hands_out_terminals() -> bool:
    """Whether a new terminal is as sshd wants it, so that it need not change its group."""
    ends = pty.openpty()
    try:
        return os.fstat(ends[1]).st_gid == grp.getgrnam("tty").gr_gid
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def sshd(
    folder: Path,
    database: str,
    *,
    settings: str = "",
    extra: Sequence[str] = (),
    match: Mapping[str, str] | None = None,
) -> Iterator[Sshd]:
    """Runs an sshd with the desk behind it until the end of the block.

    Args:
        folder: an empty folder of the test's own.
        database: URL or path of the desk's database.
        settings: further lines of the desk's settings file.
        extra: further lines of sshd's settings, before the account's own.
        match: settings of the account that differ from those that `ssh setup` writes.
    """
    daemon, keygen = programs()
    folder.chmod(0o700)
    account = pwd.getpwuid(os.geteuid()).pw_name
    settings_file = folder / "settings.toml"
    settings_file.write_text(f'database = "{database}"\n{settings}', encoding="utf-8")
    plan = Plan(
        "desk", isolated_python(), settings_file, helper=folder / "helper",
        snippet=folder / "snippet",
    )  # fmt: skip
    plan.helper.write_text(helper_text(plan), encoding="utf-8")
    host_key = folder / "host"
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(host_key)], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = free_port()
    public = host_key.with_suffix(".pub").read_text(encoding="utf-8")
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}", encoding="utf-8")
    config = folder / "sshd_config"
    own = _own_settings(plan, account, match or {})
    config.write_text(
        "\n".join(
            [
                f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {host_key}",
                f"PidFile {folder}/sshd.pid", "UsePAM no", "StrictModes no",
                "PermitRootLogin forced-commands-only", "LogLevel VERBOSE",
                f"Subsystem sftp {_sftp_server()}", *extra, own,
            ]
        ),
        encoding="utf-8",
    )  # fmt: skip
    subprocess.run([daemon, "-t", "-f", str(config)], check=True)
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [daemon, "-D", "-e", "-f", str(config)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        made = Sshd(folder, port, account, settings_file, process.pid)
        wait_until(lambda: _listens(port), lambda: made.log)
        yield made
    finally:
        _end(process)


def _own_settings(plan: Plan, account: str, different: Mapping[str, str]) -> str:
    """What `ssh setup` writes, for the account that runs the tests.

    sshd wants its helper in folders that only root can write; here a system program reads it.
    """
    text = snippet_text(plan, (9, 2))
    text = text.replace(
        f"AuthorizedKeysCommand {plan.helper}", f"AuthorizedKeysCommand /bin/sh {plan.helper}"
    )
    text = text.replace("Match User desk", f"Match User {account}")
    text = text.replace("AuthorizedKeysCommandUser desk", f"AuthorizedKeysCommandUser {account}")
    lines = []
    for line in text.splitlines():
        name = line.strip().partition(" ")[0]
        lines.append(f"    {name} {different[name]}" if name in different else line)
    return "\n".join(lines) + "\n"


def wait_until(holds: object, why: object = "", patience: float = PATIENCE) -> None:
    """Waits until a function says yes.

    Raises:
        AssertionError: it has not in time; `why` says or gives more.
    """
    assert callable(holds)
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, why() if callable(why) else why
        _TICK.wait(0.05)


def _sftp_server() -> str:
    found = Path("/usr/lib/openssh/sftp-server")
    return str(found) if found.exists() else "internal-sftp"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the sshd and the logins that it still serves."""
    children = _children(process.pid)
    process.terminate()
    process.wait(10)
    for child in children:
        try:
            os.kill(child, 15)
        except ProcessLookupError:
            continue


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]
