"""The server stops under an open call: the desk says so, keeps what is typed, and goes on alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from content.translations import translate
from db import schema
from db.engine import open_database
from db.history import check_history
from db.tables import call_decision, draft
from domain.errors import StorageError
from tests.databases import postgres_database
from tests.postgres import NoServerError, own_server
from tests.terminal.working_day import Day, opened_on


def notes(day: Day) -> list[str]:
    try:
        return [row["body"].get("note") for row in day.rows(draft)]
    except StorageError:
        return []


def test_a_server_stops_and_starts_under_an_open_call(tmp_path: Path) -> None:
    lost = translate("en", "ui.trouble")
    try:
        running = own_server()
        with running as server, postgres_database(server.url, "desk") as url:
            with closing(open_database(url)) as database:
                schema.create(database)
            with opened_on(url, tmp_path, "en") as day:
                screen = day.terminal
                screen.wait("王芳")
                screen.keys("n")
                screen.wait("+86 138 0000 0000")
                screen.keys("n")
                screen.composes("before, ")
                day.wait_for(lambda: notes(day) == ["before, "])
                server.stop()
                try:
                    screen.composes("meanwhile, ")  # no dialog takes it
                    screen.wait(lost)
                    screen.wait("meanwhile")
                    screen.keys("C-q")
                    screen.wait(translate("en", "call.quit_unsaved", name="王芳")[:40])
                    screen.keys("Escape")
                finally:
                    server.start()
                screen.wait("meanwhile", gone=[lost])
                day.wait_for(lambda: notes(day) == ["before, meanwhile, "])
                screen.composes("after")
                day.wait_for(lambda: notes(day) == ["before, meanwhile, after"])
                screen.keys("Escape")
                screen.keys("z")
                day.wait_for_rows(call_decision)
                assert len(day.rows(call_decision)) == 1
                screen.keys("C-q")
                assert check_history(day.database) == ()
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")
