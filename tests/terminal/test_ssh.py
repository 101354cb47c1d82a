"""Logging in by key, in a real terminal through a real sshd: working, revoked, coming back."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from content.translations import Language, translate
from db.operator_keys import list_keys, revoke_key
from db.tables import call, callback, draft, operator_key, seat
from tests.sshd import wait_until
from tests.terminal.ssh_office import office

OUT = 5.0
"""Seconds within which somebody whose key is revoked is out."""


def test_lead_and_operator_log_in_and_see_their_own_screens(template: Path) -> None:
    due, in_hand = (translate("en", f"board.line.{name}") for name in ("due", "claimed"))
    with office(template) as desk, desk.logged_in("otto") as otto:
        otto.wait("Otto", "王芳", "李伟")
        with desk.logged_in("lena", width=140, height=40) as lena:
            lena.wait("李娜", "王芳", "李伟")
            assert "Otto" not in lena.screen.splitlines()[0]
            otto.keys("b")
            otto.wait(translate("en", "rules.role.lead"))
            lena.keys("b")
            lena.wait(f"{due} 3", f"{in_hand} 0")
            otto.keys("n")
            otto.wait("+86 138 0000 0000")
            # The lead's board follows while the operator works.
            lena.wait(f"{due} 2", f"{in_hand} 1")
            lena.keys("Escape")
            lena.wait("Otto has it in hand", "to ring 2")
            seats = {row["operator_id"]: row for row in desk.rows(seat)}
            keys = {key.id: key.login for key in list_keys(desk.database, desk.admin)}
            assert sorted(keys[row["key_id"]] for row in seats.values()) == ["lena", "otto"]
            assert {row["remote"] for row in seats.values()} == {"127.0.0.1"}
            lena.keys("C-q")
            lena.wait("ended with 0")
        ended = desk.wait_for_rows(seat, seat.c.ended.is_not(None))
        assert [row["ended"] for row in ended] == ["closed"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_revoked_key_is_out_at_once_and_told_why(template: Path, language: Language) -> None:
    with office(template, language=language) as desk, desk.logged_in("otto") as otto:
        otto.wait("王芳")
        otto.keys("n")
        otto.wait("+86 138 0000 0000")
        here = desk.seat_of("otto")
        key = next(key for key in list_keys(desk.database, desk.admin) if key.login == "otto")
        began = time.monotonic()
        revoke_key(desk.database, desk.admin, key.fingerprint)
        otto.wait("ended with 1")
        assert time.monotonic() - began < OUT
        otto.wait(translate(language, "ssh.parting.revoked")[:20])
        assert desk.rows(seat, seat.c.id == here["id"])[0]["ended"] == "revoked"
        assert [row["state"] for row in desk.rows(callback, callback.c.claimed_seat == here["id"])]
        wait_until(lambda: not _runs(here["process"]))
        refused = subprocess.run(
            desk.server.client(desk.keys["otto"]), capture_output=True, text=True, check=False
        )
        assert refused.returncode == 255
        assert "Permission denied" in refused.stderr


def test_a_seat_asks_for_its_key_by_itself(template: Path) -> None:
    """What nobody told it: the row was changed by another hand."""
    with office(template) as desk, desk.logged_in("otto") as otto:
        otto.wait("王芳")
        desk.seat_of("otto")
        began = time.monotonic()
        gone = operator_key.update().where(operator_key.c.id == 1).values(
            revoked_at=operator_key.c.added_at
        )  # fmt: skip
        desk.database.write(lambda unit: unit.run(gone))
        otto.wait("ended with 1")
        # Writing to the database and looking at the screen take their time on a shared machine.
        assert time.monotonic() - began < OUT + 6.0


@pytest.mark.parametrize("ending", ["client killed", "SIGHUP"])
def test_a_dropped_line_leaves_check_and_draft_and_the_next_login_resumes(
    template: Path, ending: str
) -> None:
    with office(template) as desk:
        with desk.logged_in("otto") as otto:
            otto.wait("王芳")
            otto.keys("n")
            otto.wait("+86 138 0000 0000")
            otto.composes("客户说周五再打")
            otto.wait("客户说周五再打")
            here = desk.seat_of("otto")
            if ending == "SIGHUP":
                os.kill(here["process"], signal.SIGHUP)
            else:
                line = otto.tmux("list-panes", "-t", "desk", "-F", "#{pane_pid}").strip()
                subprocess.run(["pkill", "-KILL", "-P", line, "-x", "ssh"], check=True)
            wait_until(lambda: not _runs(here["process"]), lambda: desk.server.log)
        assert desk.rows(seat, seat.c.id == here["id"])[0]["ended"] == "closed"
        lost = desk.wait_for_rows(callback, callback.c.state == "check")
        assert len(lost) == 1
        kept = desk.rows(draft, draft.c.call_id == lost[0]["call_id"])
        assert "客户说周五再打" in str([dict(row) for row in kept])
        with desk.logged_in("otto") as again:
            again.wait("Otto")
            again.keys("n")
            again.wait(translate("en", "call.resumed"))
            again.keys("n")
            again.wait("客户说周五再打")
            calls = desk.rows(call, call.c.id == lost[0]["call_id"])
            assert [row["phase"] for row in calls] == ["open"]


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
