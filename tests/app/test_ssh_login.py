"""What a login brings along is judged before anything is believed."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ssh.login import (
    address_of,
    check_proof,
    clean_environment,
    language_of,
    read_words,
    refuse_commands,
)
from app.ssh.snippet import CLIENT_ALIVE
from db.engine import Timing
from domain.errors import RefusedError
from domain.ssh_key import fingerprint_of

ROOT = Path(__file__).parents[2]
KEY = "SHA256:" + "a" * 43
SETTINGS = Path("/etc/callback-desk/settings.toml")
SOUND = ["--settings", str(SETTINGS), "--key", KEY]


def test_only_the_words_of_a_key_s_line_are_taken() -> None:
    assert read_words(SOUND).fingerprint == KEY
    for wrong in (
        [],
        SOUND[:2],
        [*SOUND, "--as", "ann"],
        [*SOUND, "--database", "x.db"],
        ["--settings", "settings.toml", "--key", KEY],
        ["--settings", str(SETTINGS), "--key", f"{KEY} --as ann"],
        ["--settings", str(SETTINGS), "--key", KEY[:-1]],
        ["--settings", str(SETTINGS), "--key", f"{KEY}\n"],
    ):
        with pytest.raises(RefusedError) as refused:
            read_words(wrong)
        assert refused.value.code == "ssh_words"


@given(st.dictionaries(st.text(), st.text()), st.text())
def test_nothing_unknown_gets_through(brought: dict[str, str], kind: str) -> None:
    clean = clean_environment({**brought, "TERM": kind}, SETTINGS)
    assert clean.keys() <= {
        "PATH", "HOME", "LANG", "TERM", "CALLBACK_DESK_SETTINGS", "COLORTERM", "NO_COLOR",
    }  # fmt: skip
    assert clean["CALLBACK_DESK_SETTINGS"] == str(SETTINGS)
    assert clean["TERM"].isascii()
    assert set(clean["TERM"]) & set(" ;$`'\"/\\\n\0\x1b|&<>(){}") == set()


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        ("xterm-256color", "xterm-256color"),
        ("screen.xterm-256color", "screen.xterm-256color"),
        ("xterm;sh", "xterm"),
        ("$(id)", "xterm"),
        ("../../etc/passwd", "xterm"),
        ("", "xterm"),
        ("x" * 41, "xterm"),
    ],
)
def test_a_terminal_s_name_is_a_plain_word(kind: str, taken: str) -> None:
    assert clean_environment({"TERM": kind}, SETTINGS)["TERM"] == taken


def test_the_client_s_language_is_taken_and_nothing_else_of_its_locale() -> None:
    assert language_of({"CLIENT_LANG": "zh_CN.UTF-8"}) == "zh"
    for locale in ("", "C.UTF-8", "../../zh", "zh_CN;sh", "fr_FR.UTF-8"):
        assert language_of({"CLIENT_LANG": locale}) is None
    assert clean_environment({"CLIENT_LANG": "zh_CN.GBK"}, SETTINGS)["LANG"] == "C.UTF-8"


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.9 50022 10.0.0.1 22", "203.0.113.9"),
        ("2001:db8::1 50022 2001:db8::2 22", "2001:db8::1"),
        ("fe80::1%eth0 1 fe80::2 22", "fe80::1"),
        ("", None),
        ("evil; 1 2 3", None),
    ],
)
def test_the_address_is_an_address(told: str, address: str | None) -> None:
    assert address_of({"SSH_CONNECTION": told}) == address


@pytest.mark.parametrize("command", ["id", "internal-sftp", " ", "/usr/lib/openssh/sftp-server"])
def test_a_command_is_refused(command: str) -> None:
    refuse_commands({"SSH_ORIGINAL_COMMAND": ""})
    with pytest.raises(RefusedError) as refused:
        refuse_commands({"SSH_ORIGINAL_COMMAND": command})
    assert refused.value.code == "ssh_nothing_else"


def test_sshd_must_name_the_very_key(tmp_path: Path) -> None:
    blob, other = (base64.b64encode(data).decode() for data in (b"one key", b"another"))
    proof = tmp_path / "proof"

    def check(text: str | None) -> str:
        if text is not None:
            proof.write_text(text, encoding="utf-8")
        brought = {} if text is None else {"SSH_USER_AUTH": str(proof)}
        try:
            check_proof(brought, fingerprint_of(b"one key"))
        except RefusedError as error:
            return error.code
        return "proved"

    assert check(f"publickey ssh-ed25519 {blob}\n") == "proved"
    assert check(f"publickey ssh-rsa {other}\npublickey ssh-ed25519 {blob}\n") == "proved"
    assert check(f"publickey ssh-ed25519 {other}\n") == "ssh_other_key"
    assert check(f"password\nhostbased ssh-ed25519 {blob}\n") == "ssh_other_key"
    assert check("publickey ssh-ed25519 not-base64!\n\xff\n") == "ssh_other_key"
    assert check("") == "ssh_other_key"
    assert check(None) == "ssh_unproved"
    proof.unlink()
    with pytest.raises(RefusedError):
        check_proof({"SSH_USER_AUTH": str(proof)}, KEY)


def test_a_silent_client_is_noticed_before_its_seat_is_lost() -> None:
    interval, count = CLIENT_ALIVE
    assert interval * (count + 1) < Timing().lease


FORBIDDEN = {
    "os.system('true')": "ssh_no_programs",
    "os.execv('/bin/true', ['true'])": "ssh_no_programs",
    "os.fork()": "ssh_no_programs",
    "os.posix_spawn('/bin/true', ['true'], {})": "ssh_no_programs",
    "os.popen('true')": "ssh_no_programs",
    "subprocess.run(['true'])": "ssh_no_programs",
    "subprocess.run(['/bin/touch', '--', folder + '/new'])": "ssh_no_programs",
    "pty.spawn(['sh'])": "ssh_no_programs",
    "open(folder + '/new', 'w')": "ssh_no_files",
    "open(folder + '/there', 'a')": "ssh_no_files",
    "open(folder + '/there', 'r+')": "ssh_no_files",
    "open('/dev/../' + folder + '/new', 'w')": "ssh_no_files",
    "os.open(folder + '/new', os.O_CREAT | os.O_WRONLY)": "ssh_no_files",
    "os.open(folder + '/there', os.O_RDWR)": "ssh_no_files",
    "pathlib.Path(folder, 'new').write_text('x')": "ssh_no_files",
    "tempfile.NamedTemporaryFile()": "ssh_no_files",
    "os.remove(folder + '/there')": "ssh_no_files",
    "os.rename(folder + '/there', folder + '/new')": "ssh_no_files",
    "os.mkdir(folder + '/new')": "ssh_no_files",
    "os.symlink('/etc', folder + '/new')": "ssh_no_files",
    "shutil.copyfile(folder + '/there', folder + '/new')": "ssh_no_files",
}
ALLOWED = [
    "open(folder + '/there').read()",
    "open(folder + '/lock', 'w').close()",
    "os.close(os.open(folder + '/lock', os.O_RDWR | os.O_CREAT))",
    "open('/dev/null', 'w').close()",
    "subprocess.run(['dial', '1'], check=False)",
]


def test_the_fence_holds(tmp_path: Path) -> None:
    """All in one process, because a fence can't be taken down again."""
    (tmp_path / "there").write_text("there", encoding="utf-8")
    lines = [
        "import os, pathlib, pty, shutil, subprocess, sys, tempfile",
        "from app.ssh.fence import fence_in",
        "from domain.errors import RefusedError",
        f"folder, forbidden, allowed = {str(tmp_path)!r}, {FORBIDDEN!r}, {ALLOWED!r}",
        "fence_in(written=[pathlib.Path(folder, 'lock')], programs=['dial'])",
        "for line, code in forbidden.items():",
        "    try: eval(line)",
        "    except RefusedError as error: assert error.code == code, (line, error.code)",
        "    else: raise SystemExit('not refused: ' + line)",
        "for line in allowed:",
        "    try: eval(line)",
        "    except FileNotFoundError: pass",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"there", "lock"}
    assert (tmp_path / "there").read_text(encoding="utf-8") == "there"


def test_the_program_started_by_hand_says_who_may_start_it() -> None:
    for words in ([], ["--key", KEY], [*SOUND, "--as", "ann"]):
        done = subprocess.run(
            [sys.executable, "-I", "-m", "app.ssh.session", *words],
            check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == 1
        assert "started by sshd alone" in done.stderr
