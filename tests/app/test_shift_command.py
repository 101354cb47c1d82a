"""`callback-desk shift`, as a program calls it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.rulebook import load_shipped
from db import operators
from db.callbacks import NewCallback, create_callback
from db.engine import open_database
from db.people import NewPerson, add_number, add_person
from db.tables import callback
from domain.decision import NewNumber

START = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
NOW = "2026-11-23T12:30:00+08:00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "desk.db"
    words = ["init", "--database", str(made), "--as", "ann", "--name", "Ann", "--practice"]
    assert CliRunner().invoke(callback_desk, words).exit_code == 0
    database = open_database(str(made), rulebook=load_shipped())
    database.set_clock(lambda: START)
    ann = operators.actor_of(database, "ann")
    operators.add(database, ann, login="bob", name="Bob", role="operator")

    def fill(unit) -> None:
        person = add_person(unit, NewPerson("王芳"))
        number = NewNumber("+8613800000001", "", "CN", "mobile", ("Asia/Shanghai",))
        add_number(unit, person, number)
        one = NewCallback(person_id=person, campaign="after-service-3day", due_at=START)
        made = create_callback(unit, database.rulebook, one)
        unit.run(
            sa.update(callback)
            .where(callback.c.id == made)
            .values(owner_id=ann.operator_id, assigned_to=ann.operator_id)
        )

    database.write(fill)
    database.close()
    return made


def run(file: Path, *words: str, login: str = "ann", ok: bool = True) -> dict:
    given = ["shift", *words, "--as", login, "--json", "--database", str(file), "--now", NOW]
    done = CliRunner().invoke(callback_desk, given)
    assert (done.exit_code == 0) is ok, done.output
    return json.loads(done.stdout) if ok else {}


def test_a_shift_from_begin_to_sheet(file: Path) -> None:
    assert run(file, "begin")["begun"] is True
    assert run(file, "begin")["begun"] is False
    (piece,) = run(file, "end", "--dry-run")["pieces"]
    assert (piece["kind"], piece["goes"], piece["name"]) == ("callback", "pool", "王芳")
    key = f"callback:{piece['id']}"
    ended = run(file, "end", "--send", f"{key}=bob", "--note", "Ring at ten.")
    assert ended["ended"]["moved"] == 1
    (sheet,) = run(file, "show", login="bob")["sheets"]
    assert (sheet["note"], sheet["lines"][0]["to"]) == ("Ring at ten.", "Bob")
    assert run(file, "sheet")["sheet"]["lines"][0]["name"] == "王芳"


def test_pieces_and_people_that_nobody_knows_are_refused(file: Path) -> None:
    run(file, "end", "--send", "callback:99=bob", ok=False)
    run(file, "end", "--all", "nobody", ok=False)
    run(file, "sheet", ok=False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_is_told_in_lines(file: Path, language: str) -> None:
    run(file, "end", "--all", "bob", "--note", "Ring at ten.")
    words = ["shift", "sheet", "--as", "ann", "--lang", language, "--database", str(file)]
    done = CliRunner().invoke(callback_desk, [*words, "--now", NOW])
    assert done.exit_code == 0, done.output
    assert "王芳" in done.stdout
    assert "Ring at ten." in done.stdout
