"""Setting a server up: what is printed, what is written below another root, what is refused."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from app.ssh.account import commands_for, login_shell
from app.ssh.daemon import deviations, find_sshd, refuse_unsound
from app.ssh.helper import helper_text
from app.ssh.plan import Plan
from app.ssh.setup import refuse_unsafe
from app.ssh.snippet import for_account, snippet_text
from domain.errors import InputError
from tests.command_line import Run, plain
from tests.databases import Desk
from tests.sshd import programs

PLAN = Plan("callback-desk", ("/opt/desk/bin/python", "-I"), Path("/etc/callback-desk/s.toml"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'database = "{tmp_path / "desk.db"}"\n', encoding="utf-8")
    monkeypatch.setenv("CALLBACK_DESK_SETTINGS", str(settings))

    def invoke(*words: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(callback_desk, [*map(str, words), "--lang", "en"], input=stdin)

    return invoke


def make_key(folder: Path, name: str = "key", *options: str) -> Path:
    programs()
    file = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", *options, "-N", "", "-C", name, "-f", str(file)],
        check=True,
    )
    return file.with_suffix(".pub")


def test_a_key_comes_from_a_file_a_pipe_or_the_line_itself(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    desk.operator("bob")
    admin = ("--as", "ann", "--json")
    texts = [make_key(tmp_path, f"key{n}").read_text(encoding="utf-8") for n in range(3)]
    by_file = plain(run("operator", "key", "add", "bob", tmp_path / "key0.pub", *admin))["key"]
    by_pipe = plain(run("operator", "key", "add", "bob", "-", *admin, stdin=texts[1]))["key"]
    bare = " ".join(texts[2].split()[:2])
    by_line = plain(run("operator", "key", "add", "bob", bare, *admin))["key"]
    listed = plain(run("operator", "key", "list", "bob", *admin))["keys"]
    assert listed == [by_file, by_pipe, by_line]
    for key, file in zip(listed, ("key0", "key1", "key2"), strict=True):
        said = subprocess.run(
            ["ssh-keygen", "-lf", str(tmp_path / f"{file}.pub")],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        assert key["fingerprint"] == said.split()[1]
    gone = plain(run("operator", "key", "revoke", by_pipe["fingerprint"], *admin))
    assert (gone["seats_ended"], gone["key"]["revoked_at"] is not None) == (0, True)
    lines = plain(run("ssh", "authorized-keys", "--json"))["lines"]
    assert [by_file["fingerprint"] in lines[0], by_line["fingerprint"] in lines[1]] == [True] * 2
    assert len(lines) == 2
    for key in (texts[0], texts[1]):
        one = plain(run("ssh", "authorized-keys", "--key", key, "--json"))["lines"]
        assert one == [line for line in lines if key.split()[1] in line]
    for words in (("list",), ("revoke", by_file["fingerprint"]), ("add", "bob", bare)):
        denied = plain(run("operator", "key", *words, "--as", "bob", "--json"), 1)
        assert denied["error"]["code"] == "not_allowed"


def test_a_private_or_missing_file_is_refused(desk: Desk, run: Run, tmp_path: Path) -> None:
    public = make_key(tmp_path)
    for source, code in (
        (public.with_suffix(""), "key_private"),
        (tmp_path / "none.pub", "key_file"),
        (tmp_path, "key_file"),
        (tmp_path / "desk.db", "key_broken"),
    ):
        done = run("operator", "key", "add", "ann", source, "--as", "ann", "--json")
        assert plain(done, 1)["error"]["code"] in {code, "key_none"}


def test_the_lines_need_a_settings_file_that_names_a_database(
    desk: Desk, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text('region = "CN"\n', encoding="utf-8")
    code = plain(run("ssh", "authorized-keys", "--json"), 1)["error"]["code"]
    assert code == "ssh_no_database"
    monkeypatch.delenv("CALLBACK_DESK_SETTINGS")
    code = plain(run("ssh", "authorized-keys", "--json"), 1)["error"]["code"]
    assert code == "ssh_no_settings"


def test_printing_changes_nothing_and_writing_twice_changes_once(run: Run, tmp_path: Path) -> None:
    programs()
    root = tmp_path / "root"
    printed = plain(run("ssh", "setup", "--root", root, "--json"))
    assert not root.exists()
    assert printed["account"] == "callback-desk"
    first = plain(run("ssh", "setup", "--apply", "--root", root, "--json"))["steps"]
    assert {step["state"] for step in first} == {"made"}
    for path, text in printed["files"].items():
        assert (root / path.lstrip("/")).read_text(encoding="utf-8") == text
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*") if path.is_file()
    }
    assert modes == {"authorized-keys": 0o755, "callback-desk.conf": 0o644, "settings.toml": 0o640}
    again = plain(run("ssh", "setup", "--apply", "--root", root, "--json"))["steps"]
    assert [step["step"] for step in again] == [step["step"] for step in first]
    assert {step["state"] for step in again} == {"kept"}
    snippet = root / "etc/ssh/sshd_config.d/callback-desk.conf"
    snippet.write_text("edited", encoding="utf-8")
    settings = root / "etc/callback-desk/settings.toml"
    settings.write_text("the house's own", encoding="utf-8")
    third = plain(run("ssh", "setup", "--apply", "--root", root, "--json"))["steps"]
    assert {step["step"]: step["state"] for step in third}["snippet"] == "changed"
    assert settings.read_text(encoding="utf-8") == "the house's own"
    assert not [path for path in root.rglob(".*") if path.is_file()]


@pytest.mark.parametrize("version", [(9, 2), (9, 8), (10, 0)])
@pytest.mark.parametrize("offices", [(), ("203.0.113.0/24", "2001:db8::/32")])
def test_penalties_are_told_only_to_a_sshd_that_knows_them(
    version: tuple[int, int], offices: tuple[str, ...]
) -> None:
    plan = Plan("desk", PLAN.python, PLAN.settings, offices=offices)
    lines = snippet_text(plan, version).splitlines()
    told = [line for line in lines if line.startswith("PerSourcePenaltyExemptList")]
    known = version >= (9, 8) and bool(offices)
    assert told == (["PerSourcePenaltyExemptList 203.0.113.0/24,2001:db8::/32"] if known else [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account": "root"}, "ssh_account_name"),
        ({"account": "a b"}, "ssh_account_name"),
        ({"account": "*"}, "ssh_account_name"),
        ({"account": "a\nPermitRootLogin yes"}, "ssh_account_name"),
        ({"settings": Path("/etc/a b")}, "ssh_path"),
        ({"settings": Path("relative")}, "ssh_path"),
        ({"settings": Path("/etc/$(id)")}, "ssh_path"),
        ({"python": ("/opt/o'desk/python",)}, "ssh_path"),
        ({"offices": ("everywhere",)}, "ssh_network"),
        ({"offices": ("203.0.113.0/24\nMatch all",)}, "ssh_network"),
    ],
)
def test_what_would_mean_more_in_a_file_is_refused(change: dict[str, Any], code: str) -> None:
    given = {"account": "desk", "python": PLAN.python, "settings": PLAN.settings, **change}
    with pytest.raises(InputError) as refused:
        Plan(**given)
    assert refused.value.code == code


def test_other_settings_of_sshd_that_win_are_found() -> None:
    wanted = for_account(PLAN)
    held = [f"{name.lower()} {value}" for name, value in wanted.items() if name != "AcceptEnv"]
    held += [f"acceptenv {name}" for name in ("NO_COLOR", "LANG", "COLORTERM")]
    assert deviations(held, wanted, PLAN.account) == []
    assert deviations([*held, "acceptenv LC_*"], wanted, PLAN.account) != []
    loose = [line.replace("disableforwarding yes", "disableforwarding no") for line in held]
    assert deviations(loose, wanted, PLAN.account) == ["DisableForwarding no"]
    others = [*held, "allowusers root", "denyusers callback-desk", "permituserenvironment yes"]
    found = deviations(others, wanted, PLAN.account)
    assert found == ["PermitUserEnvironment", "AllowUsers root", "DenyUsers callback-desk"]


def test_sshd_s_own_words_are_told(tmp_path: Path) -> None:
    programs()
    config = tmp_path / "sshd_config"
    config.write_text("NoSuchThing yes\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        refuse_unsound(find_sshd(), config)
    assert "NoSuchThing" in str(refused.value.params["reason"])


ACCOUNTS = [
    (None, "!", [["useradd"], ["usermod", "--password", "*"]]),
    ({}, "*", []),
    ({}, "!", [["usermod", "--password", "*"]]),
    ({}, "$y$secret", [["usermod", "--password", "*"]]),
    ({"pw_shell": "/bin/bash"}, "*", [["usermod", "--shell"]]),
    ({"pw_dir": "/tmp"}, "*", [["usermod", "--home"]]),
]


@pytest.mark.parametrize(("found", "password", "expected"), ACCOUNTS)
def test_an_account_is_made_or_put_right(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    found: dict[str, Any] | None,
    password: str,
    expected: list[list[str]],
) -> None:
    sound = {"pw_uid": 998, "pw_shell": login_shell(), "pw_dir": str(PLAN.home)}

    def getpwnam(name: str) -> Any:
        if found is None:
            raise KeyError(name)
        return SimpleNamespace(**{**sound, **found})

    shadow = tmp_path / "shadow"
    shadow.write_text(f"root:*:1::::::\n{PLAN.account}:{password}:1::::::\n", encoding="utf-8")
    monkeypatch.setattr("app.ssh.account._SHADOW", shadow)
    monkeypatch.setattr("app.ssh.account.pwd.getpwnam", getpwnam)
    commands = commands_for(PLAN)
    assert [command[: len(wanted)] for command, wanted in zip(commands, expected, strict=True)] == (
        expected
    )
    assert all(command[-1] == PLAN.account for command in commands)


@pytest.mark.parametrize("number", [0, 1000, 1001])
def test_a_person_s_account_is_left_alone(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    found = SimpleNamespace(pw_uid=number, pw_shell="/bin/bash", pw_dir="/home/x")
    monkeypatch.setattr("app.ssh.account.pwd.getpwnam", lambda _: found)
    with pytest.raises(InputError) as refused:
        commands_for(PLAN)
    assert refused.value.code == "ssh_account_person"


def test_a_helper_that_others_can_change_is_refused(tmp_path: Path) -> None:
    """As sshd itself would refuse to run it; everybody may write into the folder of this test's."""
    tmp_path.chmod(0o777)
    with pytest.raises(InputError) as refused:
        refuse_unsafe(tmp_path)
    assert refused.value.code == "ssh_unsafe_path"


@pytest.mark.parametrize("words", ["$(touch mark)", "`touch mark`", "; touch mark", "'\"", "-- -x"])
def test_the_helper_hands_hostile_words_on_as_words(tmp_path: Path, words: str) -> None:
    echo = tmp_path / "python"
    echo.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    echo.chmod(0o755)
    plan = Plan("desk", (str(echo), "-I"), tmp_path / "s.toml")
    helper = tmp_path / "helper"
    helper.write_text(helper_text(plan), encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", str(helper), "ssh-ed25519", words],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.split("|")[-3:-1] == ["--key", f"ssh-ed25519 {words}"]
    assert not (tmp_path / "mark").exists()
