"""Whatever else a client tries over SSH is refused, even by an sshd that is set up carelessly."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from content.translations import translate
from tests.ports import free_port
from tests.sshd import wait_until
from tests.terminal.ssh_office import Office, office
from tests.tmux import terminal

CARELESS = {
    "AcceptEnv": "*",
    "DisableForwarding": "no",
    "AllowTcpForwarding": "yes",
    "AllowStreamLocalForwarding": "yes",
    "AllowAgentForwarding": "yes",
    "PermitTunnel": "yes",
}
"""Settings of the account that leave all to the key's own line and to the program."""

SECRET = b"nobody reads this"


@pytest.fixture(scope="module")
def as_set_up(template: Path) -> Iterator[Office]:
    with office(template) as made:
        yield made


@pytest.fixture(scope="module")
def careless(template: Path) -> Iterator[Office]:
    with office(template, match=CARELESS) as made:
        yield made


@pytest.fixture(params=["as_set_up", "careless"])
def desk(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


@contextmanager
def listener() -> Iterator[int]:
    """A server on this machine that a tunnel could reach; it says a secret to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ending = threading.Event()

        def serve() -> None:
            while not ending.is_set():
                with suppress(TimeoutError):
                    line, _ = server.accept()
                    with line:
                        line.sendall(SECRET)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ending.set()
            thread.join()


def heard(port: int, said: bytes = b"") -> bytes:
    """All that comes from a port of ours until it is closed."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.settimeout(60)
        with suppress(ConnectionError):
            line.sendall(said)
            while got := line.recv(4096):
                found += got
    return found


@contextmanager
def client(desk: Office, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = desk.server.client(desk.keys["otto"], "-N", *words, tty=False)
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def asked(desk: Office, *words: str, tty: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        desk.server.client(desk.keys["otto"], *words, tty=tty),
        check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip


def test_no_port_is_forwarded_to_the_server(desk: Office) -> None:
    port = free_port()
    with listener() as secret, client(desk, "-L", f"{port}:127.0.0.1:{secret}"):
        wait_until(lambda: answers(port))
        assert heard(port) == b""


def test_no_port_is_forwarded_to_the_client(desk: Office) -> None:
    done = asked(desk, "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9")
    assert done.returncode == 255


def test_the_server_is_no_proxy(desk: Office) -> None:
    port = free_port()
    with listener() as secret, client(desk, "-D", str(port)):
        wait_until(lambda: answers(port))
        target = b"\x05\x01\x00\x01" + bytes([127, 0, 0, 1]) + secret.to_bytes(2, "big")
        assert SECRET not in heard(port, b"\x05\x01\x00" + target)
    with listener() as secret:
        assert SECRET.decode() not in asked(desk, "-W", f"127.0.0.1:{secret}").stdout


def test_no_agent_and_no_socket_come_along(desk: Office, tmp_path: Path) -> None:
    there = tmp_path / "there"
    done = asked(desk, "-N", "-o", "ExitOnForwardFailure=yes", "-R", f"{there}:127.0.0.1:9")
    assert done.returncode == 255
    assert not there.exists()


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("command", ["id", "callback-desk --as ann", "; id", "$(id)", " "])
def test_no_command_is_run(desk: Office, command: str, tty: bool) -> None:
    done = asked(desk, "--", command, tty=tty)
    assert done.returncode == 1
    assert "uid=" not in done.stdout
    said = (done.stdout + done.stderr).replace("\r\n", "")
    assert translate("en", "error.ssh_nothing_else.title") in said


def test_the_desk_needs_a_terminal(desk: Office) -> None:
    done = asked(desk)
    assert done.returncode == 1
    assert translate("en", "error.ssh_no_terminal.title") in done.stderr


def test_refusals_speak_the_client_s_language(desk: Office) -> None:
    done = asked(desk, "-o", "SetEnv=LANG=zh_CN.UTF-8")
    assert translate("zh", "error.ssh_no_terminal.title") in done.stderr


def test_no_file_goes_in_or_out(desk: Office, tmp_path: Path) -> None:
    options = desk.server.options(desk.keys["otto"])
    where = f"{desk.server.account}@127.0.0.1"
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_text("ours", encoding="utf-8")
    port = str(desk.server.port)
    attempts = [
        ["scp", *options, "-P", port, str(ours), f"{where}:{theirs}"],
        ["scp", "-O", *options, "-P", port, str(ours), f"{where}:{theirs}"],
        ["scp", *options, "-P", port, f"{where}:/etc/passwd", str(theirs)],
        ["sftp", *options, "-P", port, "-b", "-", where],
    ]
    for attempt in attempts:
        done = subprocess.run(
            attempt, check=False, capture_output=True, text=True,
            input=f"put {ours} {theirs}\n", timeout=60,
        )  # fmt: skip
        assert done.returncode != 0, attempt
        assert not theirs.exists(), attempt


@pytest.mark.parametrize("kind", ["xterm;sh", "$(touch {mark})", "../../x"])
def test_a_hostile_terminal_name_means_nothing(careless: Office, tmp_path: Path, kind: str) -> None:
    mark = tmp_path / "mark"
    name = kind.format(mark=mark)
    command = ["env", f"TERM={name}", *careless.server.client(careless.keys["otto"])]
    with terminal(command) as otto:
        otto.wait("Otto", "王芳")
        otto.keys("C-q")
        otto.wait("ended with 0")
    assert not mark.exists()


HOSTILE = {
    "PYTHONPATH": "{folder}",
    "PYTHONHOME": "{folder}",
    "PYTHONSTARTUP": "{folder}/sitecustomize.py",
    "PYTHONINSPECT": "1",
    "PYTHONBREAKPOINT": "os.system",
    "TEXTUAL_DRIVER": "sitecustomize:Driver",
    "TEXTUAL_ALLOW_SIGNALS": "1",
    "TEXTUAL_LOG": "{folder}/mark",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_SCREENSHOT_LOCATION": "{folder}",
    "LD_LIBRARY_PATH": "{folder}",
    "LD_PRELOAD": "{folder}/none.so",
    "CALLBACK_DESK_SETTINGS": "{folder}/settings.toml",
    "CALLBACK_DESK_DATABASE": "{folder}/other.db",
    "CALLBACK_DESK_DEBUG": "1",
    "SSH_USER_AUTH": "{folder}/proof",
    "EDITOR": "{folder}/editor",
    "PAGER": "{folder}/editor",
    "LC_ALL": "../../{folder}",
    "LOCPATH": "{folder}",
}


def test_hostile_variables_mean_nothing(careless: Office, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').close()\nclass Driver: pass\n"
    (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
    (tmp_path / "settings.toml").write_text("nonsense", encoding="utf-8")
    before = set(tmp_path.iterdir())
    pairs = [f"{name}={value.format(folder=tmp_path)}" for name, value in HOSTILE.items()]
    with careless.logged_in("otto", "-o", f"SetEnv={' '.join(pairs)}") as otto:
        otto.wait("Otto", "王芳")
        process = careless.seat_of("otto")["process"]
        brought = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
        names = {pair.partition(b"=")[0].decode() for pair in brought if pair}
        assert names & (HOSTILE.keys() - {"SSH_USER_AUTH"}) == set()
        assert str(tmp_path).encode() not in b"".join(brought)
        otto.keys("C-q")
        otto.wait("ended with 0")
    assert set(tmp_path.iterdir()) == before


def ignored_by(process: int) -> set[int]:
    """The signals that a process ignores."""
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (mask,) = [line.split()[1] for line in told.splitlines() if line.startswith("SigIgn:")]
    return {number for number in range(1, 65) if int(mask, 16) >> (number - 1) & 1}


def test_ctrl_z_and_ctrl_backslash_stop_nothing(careless: Office) -> None:
    with careless.logged_in("otto") as otto:
        # Before the desk is drawn, when the terminal still has its own keys …
        process = wait_for_program(careless)
        wait_until(lambda: {signal.SIGTSTP, signal.SIGQUIT} <= ignored_by(process))
        otto.tmux("send-keys", "-t", "desk", "C-z", "C-\\", "C-z")
        otto.wait("Otto", "王芳")
        # … and while it is.
        otto.tmux("send-keys", "-t", "desk", "C-z", "C-\\", "C-z")
        otto.keys("F1")
        otto.wait(translate("en", "help.title"))
        assert state_of(process) not in "TtZX"
        assert careless.seat_of("otto")["process"] == process
        otto.keys("Escape")
        otto.wait(gone=[translate("en", "help.title")])
        otto.keys("C-q")
        otto.wait("ended with 0")


def test_no_picture_of_the_screen_is_saved(careless: Office) -> None:
    home = Path(f"~{careless.server.account}").expanduser()
    before = set(home.rglob("*.svg"))
    with careless.logged_in("otto") as otto:
        otto.wait("Otto", "王芳")
        otto.keys("C-p")
        otto.wait(translate("en", "ui.palette_title"))
        otto.types("screenshot")
        otto.wait(translate("en", "ui.palette_nothing"))
        otto.keys("Enter", "Escape")
        otto.wait(gone=[translate("en", "ui.palette_nothing")])
        otto.keys("C-q")
        otto.wait("ended with 0")
    assert set(home.rglob("*.svg")) == before


def test_files_of_the_server_are_nobody_s(careless: Office) -> None:
    with careless.logged_in("otto", width=140, height=40) as otto:
        otto.wait("Otto", "王芳")
        otto.keys("m")
        otto.wait(translate("en", "ssh.no_files")[:50])
        otto.keys("C-q")
        otto.wait("ended with 0")


def test_the_seat_says_where_it_came_from(careless: Office) -> None:
    with careless.logged_in("otto") as otto:
        otto.wait("Otto", "王芳")
        here = careless.seat_of("otto")
        otto.keys("C-q")
        otto.wait("ended with 0")
    assert here["remote"] == "127.0.0.1"
    assert here["key_id"] is not None


@pytest.mark.parametrize("allowed", [False, True])
def test_the_server_dials_only_where_the_settings_say_so(
    template: Path, tmp_path: Path, allowed: bool
) -> None:
    rung = tmp_path / "rung"
    settings = f'dial_command = ["touch", "{rung}", "--"]\n'
    settings += "dial_over_ssh = true\n" if allowed else ""
    with office(template, settings=settings) as desk, desk.logged_in("otto") as otto:
        otto.wait("王芳")
        otto.keys("n")
        otto.wait("+86 138 0000 0000")
        otto.keys("d")
        otto.wait(translate("en", "call.dial_handed_over" if allowed else "call.dial_copied"))
        assert rung.exists() == allowed


def wait_for_program(desk: Office) -> int:
    """The process of a login, as soon as there is one."""
    found: list[int] = []

    def there() -> bool:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                    if b"app.ssh.session" in words and bytes(desk.server.settings) in words:
                        found[:] = [int(folder.name)]
        return bool(found)

    wait_until(there, lambda: desk.server.log)
    return found[0]


def state_of(process: int) -> str:
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return text.rpartition(")")[2].split()[0]
