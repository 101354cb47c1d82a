"""`queue override`: a cap is set aside for one attempt, and `queue why` says so."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from content.rulebook import load_shipped
from db.callbacks import NewCallback, create_callback
from db.engine import open_database
from db.finish import finish
from db.operators import actor_of
from db.people import NewPerson, add_number, add_person
from db.queue import claim
from db.seats import open_seat
from domain.decision import Decision, NewNumber

START = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
LATER = "2026-11-23T12:30:00+08:00"


def rung_three_times(file: Path) -> int:
    database = open_database(str(file), rulebook=load_shipped())
    clock = [START]
    database.set_clock(lambda: clock[0])

    def work(unit) -> int:
        person = add_person(unit, NewPerson("王芳"))
        number = NewNumber("+8613800000001", "", "CN", "mobile", ("Asia/Shanghai",))
        add_number(unit, person, number)
        return person

    person = database.write(work)

    def one_more() -> int:
        new = NewCallback(person, "delivery-3day", START)
        return database.write(lambda unit: create_callback(unit, database.rulebook, new))

    ann = open_seat(database, "ann").actor
    for _ in range(3):
        taken = claim(database, ann, one_more())
        decision = Decision(str(uuid.uuid4()), "completed")
        finish(database, ann, taken.call_id, taken.fence, decision)
        clock[0] += timedelta(minutes=10)
    assert actor_of(database, "ann").role == "admin"
    made = one_more()
    database.close()
    return made


def test_a_cap_is_set_aside_with_a_reason_and_why_tells_it(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"

    def run(*words: str) -> Result:
        return CliRunner().invoke(callback_desk, [*words, "--database", str(file)])

    assert run("init", "--practice", "--as", "ann", "--name", "Ann").exit_code == 0
    made = str(rung_three_times(file))
    given = ("--as", "ann", "--now", LATER, "--json")
    before = json.loads(run("queue", "why", made, *given).stdout)
    assert not before["callable"]
    assert any("3 calls a day" in block["said"] for block in before["blocks"])
    refused = run("queue", "override", made, "--reason", " ", *given)
    assert json.loads(refused.stdout)["error"]["code"] == "override_needs_reason"
    done = json.loads(run("queue", "override", made, "--reason", "she asked", *given).stdout)
    assert (done["state"], done["caps"]) == ("due", ["house-day"])
    after = json.loads(run("queue", "why", made, *given).stdout)
    assert after["callable"], after
    assert any("she asked" in line for line in after["order"])
