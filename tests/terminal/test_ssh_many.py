"""Many people log in over SSH at the same moment, with the settings that `ssh setup` writes."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.crowd import Crowd, Member
from benchmarks.seats import memory
from content.translations import translate
from db.tables import seat
from tests.terminal.ssh_office import office

MANY = 8
"""Forty are measured by `python -m benchmarks seats`."""


def test_all_who_log_in_at_the_same_moment_are_let_in(template: Path, tmp_path: Path) -> None:
    with office(template) as desk:
        members = []
        for number in range(MANY):
            login = f"many{number}"
            desk.let_in(login, "operator", f"Many {number}")
            program, *arguments = desk.server.client(desk.keys[login])
            title = translate("en", "ui.title")
            members.append(Member(shutil.which(program) or program, (*arguments,), title, "王芳"))
        with Crowd(members, tmp_path, within=0.0, patience=150.0) as crowd:
            arrivals = crowd.wait()
            assert [one.trouble for one in arrivals] == [None] * MANY, desk.server.log
            assert all(one.rows is not None for one in arrivals)
            seats = desk.rows(seat, seat.c.closed_at.is_(None))
            assert len({row["operator_id"] for row in seats}) == len(seats) == MANY
            assert all(memory(row["process"])[1] > 0 for row in seats)
