"""The lines for sshd: who gets one, on both databases, and without anything slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.key_lines import Way, key_lines
from db.operator_keys import add_key, revoke_key
from db.tables import operator, operator_key
from domain.errors import DeskError
from tests.databases import Desk
from tests.db.test_operator_keys import fresh_key

WAY = Way(("/opt/desk/bin/python", "-I", "-m", "app.ssh.session", "--settings", "/etc/d.toml"))
HOSTILE = [
    "", " ", "--help", "-x", "'; DROP TABLE operator_key; --", "ssh-ed25519", "ssh-ed25519 ",
    "ssh-ed25519 AAAA\nssh-ed25519 BBBB", "%s %s", "?", "ssh-ed25519 \x00", "\udcff",
    "restrict ssh-ed25519 AAAA", "a" * 100_000,
]  # fmt: skip


def test_only_keys_that_stand_have_a_line(desk: Desk, url: str) -> None:
    desk.operator("bob")
    desk.operator("left")
    texts = {name: fresh_key() for name in ("ann", "bob", "gone", "left")}
    owners = {"gone": "bob"}
    keys = {
        name: add_key(desk.database, desk.actor, owners.get(name, name), text)
        for name, text in texts.items()
    }
    revoke_key(desk.database, desk.actor, keys["gone"].fingerprint)
    closed = sa.update(operator).where(operator.c.login == "left").values(active=False)
    desk.database.write(lambda unit: unit.run(closed))
    lines = list(key_lines(url, WAY))
    assert [line.rpartition(" ")[2] for line in lines] == ["ann", "bob"]
    for name, text in texts.items():
        one = list(key_lines(url, WAY, text))
        assert one == [line for line in lines if text in line]
        assert len(one) == (name in {"ann", "bob"})
    assert f'--key {keys["ann"].fingerprint}" {texts["ann"]} ann' in lines[0]
    assert lines[0].startswith('restrict,pty,command="trap')


def test_a_stranger_and_hostile_words_have_none(desk: Desk, url: str) -> None:
    add_key(desk.database, desk.actor, "ann", fresh_key())
    assert list(key_lines(url, WAY, fresh_key())) == []
    for words in HOSTILE:
        assert list(key_lines(url, WAY, words)) == []


def test_what_another_hand_put_into_the_table_makes_no_line(desk: Desk, url: str) -> None:
    """A row that is no bare key could else smuggle a line of its own."""
    add_key(desk.database, desk.actor, "ann", fresh_key())
    smuggled = sa.update(operator_key).values(
        public_key=f"{fresh_key()}\nssh-ed25519 AAAA", fingerprint="SHA256:" + "a" * 43
    )
    desk.database.write(lambda unit: unit.run(smuggled))
    with pytest.raises(DeskError):
        list(key_lines(url, WAY))


@given(login=st.text(min_size=1, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_line_is_one_line_whatever_the_login(login: str) -> None:
    line = WAY.line(fresh_key(), "SHA256:" + "a" * 43, login)
    assert len(line.splitlines()) == 1
    assert line.count('"') == line.count('\\"') + 2


def test_a_path_with_a_line_break_is_refused() -> None:
    way = Way(("/opt/de\nsk", "-m", "x"))
    with pytest.raises(DeskError):
        way.line(fresh_key(), "SHA256:" + "a" * 43, "ann")


def test_a_missing_or_foreign_file_is_said_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    with pytest.raises(DeskError) as error:
        list(key_lines(str(file), WAY))
    assert error.value.code == "keys_unreadable"
    assert not file.exists()
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(DeskError):
        list(key_lines(str(file), WAY))


def test_sshd_s_question_loads_nothing_slow(desk: Desk, url: str, tmp_path: Path) -> None:
    text = fresh_key()
    add_key(desk.database, desk.actor, "ann", text)
    file = tmp_path / "settings.toml"
    file.write_text(f'database = "{url}"\n', encoding="utf-8")
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['x', '--settings', {str(file)!r}, '--key', {text!r}]\n"
        "try: runpy.run_module('app.ssh.for_sshd', run_name='__main__')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "slow = {'sqlalchemy', 'textual', 'click', 'pendulum', 'phonenumbers', 'alembic'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert text in done.stdout
